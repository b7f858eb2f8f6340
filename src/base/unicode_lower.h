#pragma once

#include <string_view>

#include "base/arena.h"

namespace sluice::utf8 {

/// The text in lower case, rune by rune with Unicode's simple mappings (no context, no locale).
/// Each byte that is not part of valid UTF-8 becomes U+FFFD. The text itself if nothing changes,
/// else a copy in the arena.
std::string_view to_lower(std::string_view text, Arena& arena);

}  // namespace sluice::utf8
