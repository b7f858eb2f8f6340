#pragma once

#include <string_view>

#include "base/buffer.h"

namespace sluice::wire {

/// Appends `text` as a JSON string with its quotes. Escaped are '"', '\', control characters (short
/// forms for \b \f \n \r \t, else \u00xx in lower case), U+2028 and U+2029 (\u2028, \u2029) and
/// each byte that is not valid UTF-8 (\ufffd). Everything else stays as it is, '<', '>', '&' and
/// '/' included.
void append_json_string(std::string_view text, Buffer& out);

/// The same, but for bytes that are not valid UTF-8: for each the character U+FFFD itself.
void append_json_string_replacing(std::string_view text, Buffer& out);

}  // namespace sluice::wire
