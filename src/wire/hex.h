#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::wire {

/// Writes 2 * `size` lower-case hex digits to `out`.
void hex_lower(const uint8_t* bytes, size_t size, char* out);

/// Decodes hex digits of either case into text.size() / 2 bytes. False if a character is no hex
/// digit or the number of digits is odd.
bool decode_hex(std::string_view text, uint8_t* out);

/// The value of a hex digit, or -1.
int hex_digit_value(char digit);

}  // namespace sluice::wire
