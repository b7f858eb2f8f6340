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

  const Entry* find(std::string_view name) const {
    for (const Entry& entry : entries) {
      if (entry.name == name) return &entry;
    }
    return nullptr;
  }
};

}  // namespace sluice::otlp
