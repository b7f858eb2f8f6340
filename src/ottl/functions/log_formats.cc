#include "ottl/functions/log_formats.h"

#include <algorithm>
#include <charconv>

#include "base/utf8.h"
#include "ottl/functions/functions.h"
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

/// An entry of a map, in the order of the calls.
void put(Frame& frame, MapBuilder& out, std::string_view key, std::string_view text) {
  out[key] = Value::string(frame.arena->copy(text));
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

Value parse_leef(Frame& frame, std::string_view target) {
  const size_t begin = target.find("LEEF:");
  if (begin == std::string_view::npos) return frame.fail("the text is no LEEF");
  std::string_view rest = target.substr(begin + 5);
  const std::string_view version = take_until(rest, '|');
  if (version != "1.0" && version != "2.0") return frame.fail("only LEEF 1.0 and 2.0 are known");
  constexpr std::string_view kFields[] = {"leef.vendor", "leef.product.name",
                                          "leef.product.version", "leef.event.id"};
  MapBuilder out(*frame.arena);
  put(frame, out, "leef.version", version);
  for (const std::string_view field : kFields) {
    if (rest.find('|') == std::string_view::npos) return frame.fail("a field of LEEF is missing");
    put(frame, out, field, take_until(rest, '|'));
  }
  char separator = '\t';
  const size_t bar = rest.find('|');
  // Where the separator would be there may be an attribute already.
  const bool has_separator = version == "2.0" && bar != std::string_view::npos &&
                             rest.substr(0, bar).find('=') == std::string_view::npos;
  if (has_separator) {
    if (!read_separator(rest.substr(0, bar), separator))
      return frame.fail("a separator of LEEF is one character, or its code as 0x5E");
    rest.remove_prefix(bar + 1);
  }
  MapBuilder attributes(*frame.arena);
  while (!rest.empty()) {
    const std::string_view pair = take_until(rest, separator);
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    put(frame, attributes, frame.arena->copy(pair.substr(0, equals)), pair.substr(equals + 1));
  }
  out["leef.attributes"] = attributes.map();
  return out.map();
}

namespace {

/// Up to the next bar that no backslash stands before; false if there is none.
bool take_cef_field(std::string_view& rest, std::string& field) {
  field.clear();
  for (size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '|') {
      rest.remove_prefix(i + 1);
      return true;
    }
    const bool escapes =
        c == '\\' && i + 1 < rest.size() && (rest[i + 1] == '|' || rest[i + 1] == '\\');
    field += escapes ? rest[++i] : c;
  }
  return false;
}

std::string unescaped_extension(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    switch (next) {
      case '\\':
      case '=': out += next; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      default: out += text[i]; continue;
    }
    ++i;
  }
  return out;
}

bool is_cef_key_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-' || c == '[' || c == ']';
}

/// Where the next key begins that an equals sign follows, from `at` on; its end in `equals`.
size_t next_cef_key(std::string_view text, size_t at, size_t& equals) {
  for (; at < text.size(); ++at) {
    if (at != 0 && text[at - 1] != ' ') continue;
    size_t end = at;
    while (end < text.size() && is_cef_key_byte(text[end])) ++end;
    equals = end;
    if (end > at && end < text.size() && text[end] == '=') return at;
    at = end;
  }
  return std::string_view::npos;
}

}  // namespace

Value parse_cef(Frame& frame, std::string_view target) {
  const size_t begin = target.find("CEF:");
  if (begin == std::string_view::npos) return frame.fail("the text is no CEF");
  std::string_view rest = target.substr(begin + 4);
  const std::string_view version = take_until(rest, '|');
  int64_t number = 0;
  const auto parsed = std::from_chars(version.data(), version.data() + version.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != version.data() + version.size())
    return frame.fail("the version of CEF is no number");
  MapBuilder out(*frame.arena);
  put(frame, out, "cef.version", version);
  constexpr std::string_view kFields[] = {"cef.device_vendor",  "cef.device_product",
                                          "cef.device_version", "cef.device_event_class_id",
                                          "cef.name",           "cef.severity"};
  std::string field;
  for (const std::string_view name : kFields) {
    if (!take_cef_field(rest, field)) return frame.fail("a field of CEF is missing");
    put(frame, out, name, field);
  }
  MapBuilder extensions(*frame.arena);
  size_t equals = 0;
  size_t key = next_cef_key(rest, 0, equals);
  while (key != std::string_view::npos) {
    size_t next_equals = 0;
    const size_t next = next_cef_key(rest, equals + 1, next_equals);
    std::string_view value = rest.substr(equals + 1, next - (equals + 1));
    while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
    put(frame, extensions, frame.arena->copy(rest.substr(key, equals - key)),
        unescaped_extension(value));
    key = next;
    equals = next_equals;
  }
  out["cef.extensions"] = extensions.map();
  return out.map();
}

namespace {

/// Fields between blanks; one in double quotes may hold blanks.
std::vector<std::string> elf_fields(std::string_view line) {
  std::vector<std::string> fields;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == ' ' || line[i] == '\t') continue;
    std::string& field = fields.emplace_back();
    if (line[i] != '"') {
      const size_t end = std::min(line.find_first_of(" \t", i), line.size());
      field = line.substr(i, end - i);
      i = end;
      continue;
    }
    for (++i; i < line.size(); ++i) {
      const bool doubled = line[i] == '"' && i + 1 < line.size() && line[i + 1] == '"';
      if (line[i] == '"' && !doubled) break;
      field += line[i];
      if (doubled) ++i;
    }
  }
  return fields;
}

struct ElfDirective {
  std::string_view name;
  std::string_view key;
};

/// `#Version: 1.0` and the like.
void read_elf_directive(Frame& frame, std::string_view line, MapBuilder& out,
                        std::vector<std::string>& names) {
  constexpr ElfDirective kDirectives[] = {
      {"Version", "elf.version"},       {"Software", "elf.software"}, {"Date", "elf.date"},
      {"Start-Date", "elf.start_date"}, {"End-Date", "elf.end_date"}, {"Remark", "elf.remark"}};
  const std::string_view name = take_until(line, ':');
  const std::string_view value = utf8::trim_space(line);
  if (name == "#Fields") names = elf_fields(value);
  for (const ElfDirective& directive : kDirectives) {
    if (name.substr(1) == directive.name) put(frame, out, directive.key, value);
  }
}

}  // namespace

Value parse_elf(Frame& frame, std::string_view target) {
  Arena& arena = *frame.arena;
  MapBuilder out(arena);
  std::vector<std::string> names;
  ArenaVector<Value> entries;
  while (!target.empty()) {
    const std::string_view line = utf8::trim_space(take_until(target, '\n'));
    if (line.empty()) continue;
    if (line.front() == '#') {
      read_elf_directive(frame, line, out, names);
      continue;
    }
    const std::vector<std::string> fields = elf_fields(line);
    MapBuilder entry(arena);
    for (size_t i = 0; i < names.size(); ++i)
      put(frame, entry, arena.copy(names[i]), i < fields.size() ? fields[i] : "-");
    entries.push_back(arena, entry.map());
  }
  if (out.find("elf.version") == nullptr) return frame.fail("there is no #Version");
  ArenaVector<Value> fields;
  for (const std::string& name : names) fields.push_back(arena, Value::string(arena.copy(name)));
  out["elf.fields"] = list_value(fields);
  out["elf.entries"] = list_value(entries);
  return out.map();
}

Result<ClfFormat> ClfFormat::make(std::string_view name) {
  if (name == "clf") return ClfFormat{false};
  if (name == "combined") return ClfFormat{true};
  return invalid_argument("the format is \"clf\" or \"combined\"");
}

namespace {

/// The way servers escape what stands in quotes: \" \\ \n \t \xhh.
std::string unescaped(std::string_view text) {
  constexpr std::string_view kEscapes = "abfnrtv\"\\";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\"\\";
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    uint8_t byte = 0;
    const size_t known = kEscapes.find(c);
    if (c == 'x' && i + 2 < text.size() && wire::decode_hex(text.substr(i + 1, 2), &byte)) {
      out += static_cast<char>(byte);
      i += 2;
    } else if (known != std::string_view::npos) {
      out += kMeanings[known];
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

void put_number(MapBuilder& out, std::string_view key, std::string_view digits) {
  int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  out[key] = Value::integer(number);
}

/// "GET /path HTTP/1.1"; a request that is not like this has no parts.
void put_request(Frame& frame, MapBuilder& out, const std::string& request) {
  put(frame, out, "clf.request", request);
  std::string_view rest = request;
  const std::string_view method = take_until(rest, ' ');
  const size_t last = rest.rfind(' ');
  if (last == std::string_view::npos || method.empty()) return;
  put(frame, out, "clf.method", method);
  put(frame, out, "clf.request_uri", rest.substr(0, last));
  put(frame, out, "clf.protocol", rest.substr(last + 1));
}

}  // namespace

Value parse_clf(Frame& frame, std::string_view target, std::optional<Setting<ClfFormat>> format) {
  const bool combined = format && (*format)->combined;
  Regex::Groups groups;
  if (!clf_regex(combined).find(target, 0, groups))
    return frame.fail("the text is not in the log format of web servers");
  MapBuilder out(*frame.arena);
  put(frame, out, "clf.remote_host", groups[1]);
  put(frame, out, "clf.rfc931", groups[2]);
  put(frame, out, "clf.auth_user", groups[3]);
  put(frame, out, "clf.timestamp", groups[4]);
  put_request(frame, out, unescaped(groups[5]));
  put_number(out, "clf.status", groups[6]);
  if (groups[7] != "-") put_number(out, "clf.bytes", groups[7]);
  if (combined) {
    put(frame, out, "clf.referer", unescaped(groups[8]));
    put(frame, out, "clf.user_agent", unescaped(groups[9]));
  }
  return out.map();
}

void add_log_functions(Library& library) {
  constexpr ContextSet kLog = in(ContextKind::Log);
  library.add("ParseCLF", {"target", "format"}, parse_clf).contexts = kLog;
  library.add("ParseLEEF", {"target"}, parse_leef).contexts = kLog;
  library.add("ParseCEF", {"target"}, parse_cef).contexts = kLog;
  library.add("ParseELF", {"target"}, parse_elf).contexts = kLog;
}

}  // namespace sluice::ottl
