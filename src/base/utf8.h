#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::utf8 {

inline constexpr char32_t kReplacementRune = 0xfffd;
inline constexpr std::string_view kReplacement = "\xef\xbf\xbd";

struct Rune {
  char32_t value = kReplacementRune;
  uint8_t size = 1;  ///< bytes; 1 for an invalid byte
  bool valid = false;
};

/// The first code point of the text, by the table of well-formed sequences of the Unicode standard
/// (3-7): no surrogates, no overlong forms, nothing past U+10FFFF. REQUIRES: not empty.
Rune decode(std::string_view text);

/// Whether all of the text is well-formed.
bool is_valid(std::string_view text);

/// The text with U+FFFD for each byte that is not well-formed, as protobuf's strings must be.
std::string to_valid(std::string_view text);

/// Writes up to four bytes, returns one past the last.
char* encode(char32_t rune, char* out);

/// Without Unicode's white space at both ends, as Go's strings.TrimSpace has it.
std::string_view trim_space(std::string_view text);

}  // namespace sluice::utf8
