#pragma once

#include <string>
#include <string_view>

namespace sluice {

/// Appends `text` as a JSON string with its quotes, for output that is not OTLP's or rows
/// (wire/json_write.h has that): '"', '\' and control characters are escaped, these as \u00xx,
/// and every other byte stays.
void append_json_quoted(std::string_view text, std::string& out);

}  // namespace sluice
