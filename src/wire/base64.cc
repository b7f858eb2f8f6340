#include "wire/base64.h"

#include <array>

namespace sluice::wire {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The value of each character, or -1.
constexpr std::array<int8_t, 256> kValues = [] {
  std::array<int8_t, 256> values{};
  for (auto& value : values) value = -1;
  for (int i = 0; i < 64; ++i) values[static_cast<uint8_t>(kAlphabet[i])] = static_cast<int8_t>(i);
  return values;
}();

char* encode_group(uint32_t bits, char* out) {
  out[0] = kAlphabet[bits >> 18 & 63];
  out[1] = kAlphabet[bits >> 12 & 63];
  out[2] = kAlphabet[bits >> 6 & 63];
  out[3] = kAlphabet[bits & 63];
  return out + 4;
}

/// The characters of a text without the line ends that may stand among them.
class Characters {
 public:
  explicit Characters(std::string_view text)
      : next_(text.data()), end_(text.data() + text.size()) {}

  /// The next character, or -1 at the end.
  int next() {
    while (next_ != end_ && (*next_ == '\n' || *next_ == '\r')) ++next_;
    return next_ == end_ ? -1 : static_cast<uint8_t>(*next_++);
  }

 private:
  const char* next_;
  const char* end_;
};

}  // namespace

void append_base64(std::string_view bytes, Buffer& out) {
  const size_t size = (bytes.size() + 2) / 3 * 4;
  char* to = out.tail(size);
  const auto* from = reinterpret_cast<const uint8_t*>(bytes.data());
  size_t left = bytes.size();
  for (; left >= 3; left -= 3, from += 3) {
    to = encode_group(uint32_t{from[0]} << 16 | uint32_t{from[1]} << 8 | from[2], to);
  }
  if (left != 0) {
    to = encode_group(uint32_t{from[0]} << 16 | (left == 2 ? uint32_t{from[1]} << 8 : 0), to);
    to[-1] = '=';
    if (left == 1) to[-2] = '=';
  }
  out.commit(size);
}

bool decode_base64(std::string_view text, char* out, size_t& size) {
  Characters in(text);
  char* const start = out;
  while (true) {
    uint32_t bits = 0;
    int digits = 0;
    int c = in.next();
    if (c < 0) break;
    for (; digits < 4; ++digits) {
      if (c < 0 || kValues[static_cast<size_t>(c)] < 0) break;
      bits = bits << 6 | static_cast<uint32_t>(kValues[static_cast<size_t>(c)]);
      if (digits < 3) c = in.next();
    }
    if (digits == 4) {
      *out++ = static_cast<char>(bits >> 16);
      *out++ = static_cast<char>(bits >> 8);
      *out++ = static_cast<char>(bits);
      continue;
    }
    // The last group: two or three digits, filled up with '=' to four.
    if (digits < 2 || c != '=') return false;
    if (digits == 2 && in.next() != '=') return false;
    if (in.next() >= 0) return false;
    bits <<= 6 * (4 - digits);
    *out++ = static_cast<char>(bits >> 16);
    if (digits == 3) *out++ = static_cast<char>(bits >> 8);
    break;
  }
  size = static_cast<size_t>(out - start);
  return true;
}

}  // namespace sluice::wire
