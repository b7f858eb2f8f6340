#include "wire/json_write.h"

#include "base/utf8.h"
#include "wire/json_scan.h"

namespace sluice::wire {
namespace {

/// The character of a two-byte escape, or 0 if the byte has none.
char short_escape(char c) {
  switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
  }
}

void append_ascii_escape(char c, Buffer& out) {
  if (const char letter = short_escape(c); letter != 0) {
    out.push_back('\\');
    out.push_back(letter);
    return;
  }
  constexpr char kDigits[] = "0123456789abcdef";
  out.append("\\u00");
  out.push_back(kDigits[static_cast<uint8_t>(c) >> 4]);
  out.push_back(kDigits[static_cast<uint8_t>(c) & 15]);
}

/// Appends the code point or bad byte that `text` begins with. Returns how many bytes it took.
size_t append_rune(std::string_view text, std::string_view replacement, Buffer& out) {
  const utf8::Rune rune = utf8::decode(text);
  if (!rune.valid) {
    out.append(replacement);
  } else if (rune.value == 0x2028) {
    out.append("\\u2028");
  } else if (rune.value == 0x2029) {
    out.append("\\u2029");
  } else {
    out.append(text.substr(0, rune.size));
  }
  return rune.size;
}

void append_string(std::string_view text, std::string_view replacement, Buffer& out) {
  out.push_back('"');
  while (!text.empty()) {
    const char* end = text.data() + text.size();
    const char* stop = json_find_stop<JsonStop::ControlAndHigh>(text.data(), end);
    const auto plain = static_cast<size_t>(stop - text.data());
    out.append(text.data(), plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    if (static_cast<uint8_t>(text[0]) < 0x80) {
      append_ascii_escape(text[0], out);
      text.remove_prefix(1);
    } else {
      text.remove_prefix(append_rune(text, replacement, out));
    }
  }
  out.push_back('"');
}

}  // namespace

void append_json_string(std::string_view text, Buffer& out) { append_string(text, "\\ufffd", out); }

void append_json_string_replacing(std::string_view text, Buffer& out) {
  append_string(text, utf8::kReplacement, out);
}

}  // namespace sluice::wire
