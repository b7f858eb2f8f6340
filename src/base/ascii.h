#pragma once

#include <algorithm>
#include <string>

namespace sluice::ascii {

// The case of ASCII letters; all other bytes stay. Whole alphabets are utf8::to_lower()'s.

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

inline std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return lower(c); });
  return text;
}
inline std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return upper(c); });
  return text;
}

}  // namespace sluice::ascii
