#include "mapping/severity.h"

#include <array>
#include <cstddef>

namespace sluice::mapping {
namespace {

constexpr InferredSeverity kFatal{21, "fatal"};
constexpr InferredSeverity kError{17, "error"};
constexpr InferredSeverity kWarn{13, "warn"};
constexpr InferredSeverity kInfo{9, "info"};
constexpr InferredSeverity kDebug{5, "debug"};
constexpr InferredSeverity kTrace{1, "trace"};

struct Word {
  std::string_view text;  // lower case, ASCII
  InferredSeverity severity;
};

/// In the order in which a level's text is matched: a later match overrules an earlier one.
constexpr Word kLevelWords[] = {
    {"alert", kFatal}, {"crit", kFatal},  {"emerg", kFatal}, {"fatal", kFatal},
    {"error", kError}, {"err", kError},   {"warn", kWarn},   {"notice", kWarn},
    {"info", kInfo},   {"debug", kDebug}, {"dbug", kDebug},  {"trace", kTrace},
};

/// Keywords in a log line. "info" is none: it says nothing that the default does not.
constexpr Word kBodyWords[] = {
    {"alert", kFatal}, {"crit", kFatal},  {"emerg", kFatal}, {"fatal", kFatal}, {"err", kError},
    {"warn", kWarn},   {"notice", kWarn}, {"debug", kDebug}, {"dbug", kDebug},  {"trace", kTrace},
};

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool starts_with(std::string_view text, std::string_view lower_word) {
  if (text.size() < lower_word.size()) return false;
  for (size_t i = 0; i < lower_word.size(); ++i) {
    if (lower(text[i]) != lower_word[i]) return false;
  }
  return true;
}

bool contains(std::string_view text, std::string_view lower_word) {
  for (size_t i = 0; i + lower_word.size() <= text.size(); ++i) {
    if (starts_with(text.substr(i), lower_word)) return true;
  }
  return false;
}

/// Per byte: part of a word (letters, digits, underscore; ASCII only), and whether a keyword begins
/// with it.
struct ByteClass {
  bool word = false;
  bool first = false;
};

constexpr std::array<ByteClass, 256> make_classes() {
  std::array<ByteClass, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    classes[static_cast<size_t>(c)].word = letter || (c >= '0' && c <= '9') || c == '_';
    for (const Word& word : kBodyWords) {
      if (letter && lower(static_cast<char>(c)) == word.text[0])
        classes[static_cast<size_t>(c)].first = true;
    }
  }
  return classes;
}
constexpr std::array<ByteClass, 256> kClasses = make_classes();

}  // namespace

int32_t severity_number_of_text(std::string_view text) {
  int32_t number = 0;
  for (const Word& word : kLevelWords) {
    if (number != word.severity.number && contains(text, word.text)) number = word.severity.number;
  }
  return number == 0 ? kInfo.number : number;
}

InferredSeverity infer_severity(std::string_view body) {
  const std::string_view text = body.substr(0, kSeverityScanBytes);
  bool in_word = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const ByteClass byte = kClasses[static_cast<uint8_t>(text[i])];
    if (byte.first && !in_word) {
      for (const Word& word : kBodyWords) {
        if (starts_with(text.substr(i), word.text)) return word.severity;
      }
    }
    in_word = byte.word;
  }
  return kInfo;
}

}  // namespace sluice::mapping
