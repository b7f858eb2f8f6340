#pragma once

// Commands of Redis and Valkey without what they store.

#include <string>
#include <string_view>

namespace sluice::components::redaction_processor {

/// The commands, one a line, with ? for values, members and passwords; keys and all of unknown
/// commands stay. Quotes hold arguments together, as "a b".
std::string sanitized_redis(std::string_view commands);

}  // namespace sluice::components::redaction_processor
