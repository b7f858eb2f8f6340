#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/buffer.h"

namespace sluice::wire {

/// Appends standard base64 (RFC 4648 section 4) with padding.
void append_base64(std::string_view bytes, Buffer& out);

/// Room that decode_base64() needs for a text of this size.
constexpr size_t base64_decoded_max(size_t text_size) { return text_size / 4 * 3 + 3; }

/// Decodes standard base64 with padding into `out` (room: base64_decoded_max). CR and LF are
/// skipped wherever they stand, as Go's decoder does; surplus bits of the last character may be
/// set. False if the text is anything else.
bool decode_base64(std::string_view text, char* out, size_t& size);

}  // namespace sluice::wire
