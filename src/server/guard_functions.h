#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::server {

/// The name spaces of the engine that are reviewed by name.
enum class NameSpace : uint8_t {
  Function,  ///< scalar, aggregate and window functions
  TableFunction,
  Engine,  ///< of tables
  DatabaseEngine,
  SystemTable,  ///< the part behind "system."
  Setting,      ///< of queries, tables and formats
};

enum class Verdict : uint8_t { Unknown, Allowed, Denied };

struct Review {
  Verdict verdict = Verdict::Unknown;
  std::string_view
      reason;  ///< why it is denied, as the end of a sentence: "it reads files"; else empty
};

/// What the review (function_list.inc, name_lists.inc) says of a name. Case does not matter: the
/// engine takes some names in any case, and none of the denied ones is harmless in another.
/// Thread-safe; does not allocate but for a copy of the name.
Review review_of(NameSpace space, std::string_view name);

}  // namespace sluice::server
