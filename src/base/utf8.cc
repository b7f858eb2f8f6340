#include "base/utf8.h"

#include <cstddef>

namespace sluice::utf8 {
namespace {

struct Lead {
  uint8_t size;
  uint8_t second_min;
  uint8_t second_max;
};

Lead lead_of(uint8_t byte) {
  if (byte >= 0xc2 && byte <= 0xdf) return {2, 0x80, 0xbf};
  if (byte == 0xe0) return {3, 0xa0, 0xbf};
  if (byte == 0xed) return {3, 0x80, 0x9f};
  if (byte >= 0xe1 && byte <= 0xef) return {3, 0x80, 0xbf};
  if (byte == 0xf0) return {4, 0x90, 0xbf};
  if (byte >= 0xf1 && byte <= 0xf3) return {4, 0x80, 0xbf};
  if (byte == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

}  // namespace

Rune decode(std::string_view text) {
  const auto first = static_cast<uint8_t>(text[0]);
  if (first < 0x80) return {first, 1, true};
  const Lead lead = lead_of(first);
  if (lead.size == 0 || text.size() < lead.size) return {};
  const auto second = static_cast<uint8_t>(text[1]);
  if (second < lead.second_min || second > lead.second_max) return {};
  char32_t value = (first & (0x7fU >> lead.size)) << 6 | (second & 0x3fU);
  for (size_t i = 2; i < lead.size; ++i) {
    const auto next = static_cast<uint8_t>(text[i]);
    if ((next & 0xc0) != 0x80) return {};
    value = value << 6 | (next & 0x3fU);
  }
  return {value, lead.size, true};
}

char* encode(char32_t rune, char* out) {
  if (rune < 0x80) {
    *out++ = static_cast<char>(rune);
  } else if (rune < 0x800) {
    *out++ = static_cast<char>(0xc0 | rune >> 6);
    *out++ = static_cast<char>(0x80 | (rune & 0x3f));
  } else if (rune < 0x10000) {
    *out++ = static_cast<char>(0xe0 | rune >> 12);
    *out++ = static_cast<char>(0x80 | (rune >> 6 & 0x3f));
    *out++ = static_cast<char>(0x80 | (rune & 0x3f));
  } else {
    *out++ = static_cast<char>(0xf0 | rune >> 18);
    *out++ = static_cast<char>(0x80 | (rune >> 12 & 0x3f));
    *out++ = static_cast<char>(0x80 | (rune >> 6 & 0x3f));
    *out++ = static_cast<char>(0x80 | (rune & 0x3f));
  }
  return out;
}

}  // namespace sluice::utf8
