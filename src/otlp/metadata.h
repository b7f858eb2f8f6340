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
  using Entries = ArenaVector<Entry>;
  /// What the receiver's authenticator knows of the sender.
  struct AuthAttribute {
    std::string_view name;
    std::string_view value;
  };

  Entries entries;  ///< if the receiver was told to keep them (include_metadata)
  Entries grpc;     ///< of a call of gRPC, whatever the receiver was told
  ArenaVector<AuthAttribute> auth;
  std::string_view client_address;  ///< of the sender, without its port

  /// Null if there is none.
  template <typename Named>
  static const Named* find(const ArenaVector<Named>& all, std::string_view name) {
    for (const Named& one : all) {
      if (one.name == name) return &one;
    }
    return nullptr;
  }
  const Entry* find(std::string_view name) const { return find(entries, name); }
};

}  // namespace sluice::otlp
