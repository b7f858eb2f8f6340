#pragma once

#include <string>
#include <string_view>

#include "ottl/value.h"

namespace sluice::ottl {

/// "a=1 b='x y'": pairs, between delimiters that do not count inside of quotes; quotes around
/// values are dropped. False, and why, if a pair has no delimiter, a quote does not end, or there
/// is nothing.
bool parse_key_values(std::string_view text, std::string_view delimiter,
                      std::string_view pair_delimiter, Arena& arena, MapBuilder& out,
                      std::string& error);

/// The way back; what holds a delimiter is quoted.
std::string key_value_string(const Value& map, std::string_view delimiter,
                             std::string_view pair_delimiter, bool sorted);

}  // namespace sluice::ottl
