#include "ottl/functions/log_formats.h"

#include <charconv>

#include "wire/hex.h"

namespace sluice::ottl {
namespace {

/// Up to the next separator, which is taken as well.
std::string_view take_until(std::string_view& rest, char separator) {
  const size_t at = std::min(rest.find(separator), rest.size());
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return taken;
}

void put(Attributes& out, std::string_view key, std::string_view text, Arena& arena) {
  find_or_add(out, key, arena) = Value::string(arena.copy(text));
}

/// The attributes' separator of LEEF 2.0: a character, or its code as 0x5E or x5E.
bool read_separator(std::string_view text, char& out) {
  if (text.empty()) {
    out = '\t';
    return true;
  }
  if (text.size() == 1) {
    out = text.front();
    return true;
  }
  if (text.substr(0, 2) != "0x" || text.size() != 4) return false;
  uint8_t byte = 0;
  if (!wire::decode_hex(text.substr(2), &byte)) return false;
  out = static_cast<char>(byte);
  return true;
}

}  // namespace

bool parse_leef(std::string_view text, Arena& arena, Attributes& out, std::string& error) {
  error = "the text is no LEEF";
  if (text.substr(0, 5) != "LEEF:") return false;
  std::string_view rest = text.substr(5);
  const std::string_view version = take_until(rest, '|');
  if (version != "1.0" && version != "2.0") return false;
  constexpr std::string_view kFields[] = {"leef.vendor", "leef.product.name",
                                          "leef.product.version", "leef.event.id"};
  put(out, "leef.version", version, arena);
  for (const std::string_view field : kFields) {
    if (rest.find('|') == std::string_view::npos) return false;
    put(out, field, take_until(rest, '|'), arena);
  }
  char separator = '\t';
  if (version == "2.0") {
    const size_t bar = rest.find('|');
    if (bar == std::string_view::npos || !read_separator(rest.substr(0, bar), separator))
      return false;
    rest.remove_prefix(bar + 1);
  }
  Attributes attributes;
  while (!rest.empty()) {
    const std::string_view pair = take_until(rest, separator);
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    put(attributes, arena.copy(pair.substr(0, equals)), pair.substr(equals + 1), arena);
  }
  find_or_add(out, "leef.attributes", arena) = map_value(attributes);
  return true;
}

Result<ClfFormat> ClfFormat::make(std::string_view name) {
  if (name == "clf") return ClfFormat{false};
  if (name == "combined") return ClfFormat{true};
  return invalid_argument("the format is \"clf\" or \"combined\"");
}

namespace {

/// The way servers escape what stands in quotes: \" \\ \n \t \xhh.
std::string unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    uint8_t byte = 0;
    if (c == 'x' && i + 2 < text.size() && wire::decode_hex(text.substr(i + 1, 2), &byte)) {
      out += static_cast<char>(byte);
      i += 2;
    } else if (c == 'n' || c == 't' || c == 'r') {
      out += c == 'n' ? '\n' : c == 't' ? '\t' : '\r';
    } else if (c == '"' || c == '\\') {
      out += c;
    } else {
      out += '\\';
      out += c;
    }
  }
  return out;
}

const Regex& clf_regex(bool combined) {
  constexpr std::string_view kCommon =
      R"re(^(\S+) (\S+) (\S+) \[([^\]]*)\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-))re";
  constexpr std::string_view kMore = R"re( "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")re";
  static const Regex clf = Regex::compile(std::string(kCommon) + "$").value();
  static const Regex both = Regex::compile(std::string(kCommon) + std::string(kMore) + "$").value();
  return combined ? both : clf;
}

void put_number(Attributes& out, std::string_view key, std::string_view digits, Arena& arena) {
  int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  find_or_add(out, key, arena) = Value::integer(number);
}

/// "GET /path HTTP/1.1"; a request that is not like this has no parts.
void put_request(Attributes& out, const std::string& request, Arena& arena) {
  put(out, "clf.request", request, arena);
  std::string_view rest = request;
  const std::string_view method = take_until(rest, ' ');
  const size_t last = rest.rfind(' ');
  if (last == std::string_view::npos || method.empty()) return;
  put(out, "clf.method", method, arena);
  put(out, "clf.request_uri", rest.substr(0, last), arena);
  put(out, "clf.protocol", rest.substr(last + 1), arena);
}

}  // namespace

Value parse_clf(Frame& frame, std::string_view target, std::optional<Setting<ClfFormat>> format) {
  const bool combined = format && (*format)->combined;
  Regex::Groups groups;
  if (!clf_regex(combined).find(target, 0, groups))
    return frame.fail("the text is not in the log format of web servers");
  Attributes out;
  Arena& arena = *frame.arena;
  put(out, "clf.remote_host", groups[1], arena);
  put(out, "clf.rfc931", groups[2], arena);
  put(out, "clf.auth_user", groups[3], arena);
  put(out, "clf.timestamp", groups[4], arena);
  put_request(out, unescaped(groups[5]), arena);
  put_number(out, "clf.status", groups[6], arena);
  if (groups[7] != "-") put_number(out, "clf.bytes", groups[7], arena);
  if (combined) {
    put(out, "clf.referer", unescaped(groups[8]), arena);
    put(out, "clf.user_agent", unescaped(groups[9]), arena);
  }
  return map_value(out);
}

}  // namespace sluice::ottl
