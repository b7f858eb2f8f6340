#include "wire/hex.h"

#include <array>
#include <cstring>

namespace sluice::wire {
namespace {

/// The two digits of each byte, so that one byte is one 16-bit copy.
constexpr std::array<char, 512> kDigitPairs = [] {
  std::array<char, 512> pairs{};
  constexpr char kDigits[] = "0123456789abcdef";
  for (size_t i = 0; i < 256; ++i) {
    pairs[2 * i] = kDigits[i >> 4];
    pairs[2 * i + 1] = kDigits[i & 15];
  }
  return pairs;
}();

/// The value of each character as a hex digit, or -1.
constexpr std::array<int8_t, 256> kDigitValues = [] {
  std::array<int8_t, 256> values{};
  for (auto& value : values) value = -1;
  for (int i = 0; i < 10; ++i) values[static_cast<size_t>('0' + i)] = static_cast<int8_t>(i);
  for (int i = 0; i < 6; ++i) {
    values[static_cast<size_t>('a' + i)] = static_cast<int8_t>(10 + i);
    values[static_cast<size_t>('A' + i)] = static_cast<int8_t>(10 + i);
  }
  return values;
}();

}  // namespace

void hex_lower(const uint8_t* bytes, size_t size, char* out) {
  for (size_t i = 0; i < size; ++i) {
    std::memcpy(out + 2 * i, kDigitPairs.data() + 2 * size_t{bytes[i]}, 2);
  }
}

int hex_digit_value(char digit) { return kDigitValues[static_cast<uint8_t>(digit)]; }

bool decode_hex(std::string_view text, uint8_t* out) {
  if (text.size() % 2 != 0) return false;
  int seen = 0;  // negative as soon as one digit was none
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit_value(text[i]);
    const int low = hex_digit_value(text[i + 1]);
    seen |= high | low;
    *out++ = static_cast<uint8_t>(static_cast<unsigned>(high) << 4 | static_cast<unsigned>(low));
  }
  return seen >= 0;
}

}  // namespace sluice::wire
