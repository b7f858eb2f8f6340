#pragma once

// Escapes in JSON strings, for both JSON grammars.

#include <string_view>

#include "base/arena.h"

namespace sluice::wire {

/// What becomes of the escape of a UTF-16 surrogate. A high one followed by a low one is always one
/// code point.
enum class JsonSurrogates {
  Alone,   ///< any other is U+FFFD, and the escape after it is read for itself
  InTwos,  ///< any other takes the \u escape after it along, each surrogate of the two being U+FFFD
};

/// Replaces the escapes of `raw`, which is what stands between a string's quotes, into a copy in
/// the arena. False, with `bad` at the backslash, if an escape is none of JSON's.
bool json_unescape(std::string_view raw, JsonSurrogates surrogates, Arena& arena,
                   std::string_view& out, const char*& bad);

}  // namespace sluice::wire
