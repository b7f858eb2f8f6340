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
  Entries entries;                  ///< if the receiver was told to keep them (include_metadata)
  Entries grpc;                     ///< of a call of gRPC, whatever the receiver was told
  std::string_view client_address;  ///< of the sender, without its port

  /// Null if there is none.
  static const Entry* find(const Entries& entries, std::string_view name) {
    for (const Entry& entry : entries) {
      if (entry.name == name) return &entry;
    }
    return nullptr;
  }
  const Entry* find(std::string_view name) const { return find(entries, name); }
};

}  // namespace sluice::otlp
