#pragma once

#include <string_view>

#include "base/arena.h"

namespace sluice::otlp {

/// What is known of the request that brought the records: its headers, names in lower case, and
/// its sender. Lives in the batch's arena.
struct Metadata {
  struct Entry {
    std::string_view name;
    ArenaVector<std::string_view> values;
  };
  ArenaVector<Entry> entries;
  std::string_view client_address;  ///< of the sender, without its port

  /// What the receiver's authenticator knows of the sender.
  struct AuthAttribute {
    std::string_view name;
    std::string_view value;
  };
  ArenaVector<AuthAttribute> auth;

  const Entry* find(std::string_view name) const { return find_in(entries, name); }
  const AuthAttribute* find_auth(std::string_view name) const { return find_in(auth, name); }

 private:
  template <typename Named>
  static const Named* find_in(const ArenaVector<Named>& all, std::string_view name) {
    for (const Named& one : all) {
      if (one.name == name) return &one;
    }
    return nullptr;
  }
};

}  // namespace sluice::otlp
