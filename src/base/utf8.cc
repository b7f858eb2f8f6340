#include "base/utf8.h"

#include <cstddef>
#include <cstring>

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

bool is_valid(std::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  while (!text.empty()) {
    if (text.size() >= sizeof(uint64_t)) {
      uint64_t eight;
      std::memcpy(&eight, text.data(), sizeof eight);
      if ((eight & kHighBits) == 0) {
        text.remove_prefix(sizeof eight);
        continue;
      }
    }
    const Rune rune = decode(text);
    if (!rune.valid) return false;
    text.remove_prefix(rune.size);
  }
  return true;
}

std::string to_valid(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const Rune rune = decode(text);
    valid.append(rune.valid ? text.substr(0, rune.size) : kReplacement);
    text.remove_prefix(rune.size);
  }
  return valid;
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

namespace {

bool is_space(char32_t rune) {
  return (rune >= '\t' && rune <= '\r') || rune == ' ' || rune == 0x85 || rune == 0xa0 ||
         rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200a) || rune == 0x2028 || rune == 0x2029 ||
         rune == 0x202f || rune == 0x205f || rune == 0x3000;
}

}  // namespace

std::string_view trim_space(std::string_view text) {
  while (!text.empty()) {
    const Rune rune = decode(text);
    if (!rune.valid || !is_space(rune.value)) break;
    text.remove_prefix(rune.size);
  }
  while (!text.empty()) {
    size_t at = text.size() - 1;
    while (at > 0 && (static_cast<uint8_t>(text[at]) & 0xc0) == 0x80) --at;
    const Rune rune = decode(text.substr(at));
    if (!rune.valid || rune.size != text.size() - at || !is_space(rune.value)) break;
    text.remove_suffix(rune.size);
  }
  return text;
}

}  // namespace sluice::utf8
