#include "ottl/functions/log_formats.h"

#include <algorithm>
#include <charconv>

#include "base/take.h"
#include "base/utf8.h"
#include "ottl/functions/functions.h"
#include "wire/hex.h"
#include "wire/number_parse.h"

namespace sluice::ottl {
namespace {

/// An entry of a map, in the order of the calls.
void put(Frame& frame, MapBuilder& out, std::string_view key, std::string_view text) {
  out[key] = Value::string(frame.arena->copy(text));
}

/// The attributes' separator of LEEF 2.0: a character, or its code as 0x5E.
bool read_separator(std::string_view text, char& out) {
  if (text.empty()) {
    out = '\t';
    return true;
  }
  if (text.size() == 1) {
    out = text.front();
    return true;
  }
  if ((text.substr(0, 2) != "0x" && text.substr(0, 2) != "0X") || text.size() != 4) return false;
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
  const std::string_view version = take_until(rest, "|");
  if (version != "1.0" && version != "2.0") return frame.fail("only LEEF 1.0 and 2.0 are known");
  constexpr std::string_view kFields[] = {"leef.vendor", "leef.product.name",
                                          "leef.product.version", "leef.event.id"};
  constexpr ptrdiff_t kBarsLeast = std::size(kFields) - 1;
  if (std::count(rest.begin(), rest.end(), '|') < kBarsLeast)
    return frame.fail("a field of LEEF is missing");
  MapBuilder out(*frame.arena);
  put(frame, out, "leef.version", version);
  for (const std::string_view field : kFields) put(frame, out, field, take_until(rest, "|"));
  char separator = '\t';
  // Where the separator would be there may be an attribute already.
  const std::string_view given = rest.substr(0, rest.find('|'));
  if (version == "2.0" && given.find('=') == std::string_view::npos) {
    if (!read_separator(given, separator))
      return frame.fail("a separator of LEEF is one character, or its code as 0x5E");
    take_until(rest, "|");
  }
  MapBuilder attributes(*frame.arena);
  while (!rest.empty()) {
    const std::string_view pair = take_until(rest, {&separator, 1});
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    put(frame, attributes, frame.arena->copy(pair.substr(0, equals)), pair.substr(equals + 1));
  }
  out["leef.attributes"] = attributes.map();
  return out.map();
}

namespace {

/// Up to the next bar that no backslash stands before, or to the end.
std::string take_cef_field(std::string_view& rest, bool& ended) {
  std::string field;
  for (size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '|') {
      rest.remove_prefix(i + 1);
      return field;
    }
    const bool escapes =
        c == '\\' && i + 1 < rest.size() && (rest[i + 1] == '|' || rest[i + 1] == '\\');
    field += escapes ? rest[++i] : c;
  }
  rest = {};
  ended = true;
  return field;
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
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
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
  constexpr std::string_view kFields[] = {
      "cef.version",        "cef.device_vendor",         "cef.device_product",
      "cef.device_version", "cef.device_event_class_id", "cef.name",
      "cef.severity"};
  MapBuilder out(*frame.arena);
  bool ended = false;
  for (const std::string_view name : kFields) {
    if (ended) return frame.fail("a field of CEF is missing");
    put(frame, out, name, take_cef_field(rest, ended));
  }
  if (out["cef.version"].size == 0) return frame.fail("the version of CEF is missing");
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

/// Values between blanks; one in double quotes may hold blanks. False if a quote does not end.
bool elf_values(std::string_view line, std::vector<std::string>& out) {
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == ' ' || line[i] == '\t') continue;
    std::string& value = out.emplace_back();
    if (line[i] != '"') {
      const size_t end = std::min(line.find_first_of(" \t", i), line.size());
      value = line.substr(i, end - i);
      i = end;
      continue;
    }
    for (++i;; ++i) {
      if (i == line.size()) return false;
      const bool doubled = line.substr(i, 2) == "\"\"";
      if (line[i] == '"' && !doubled) break;
      value += line[i];
      if (doubled) ++i;
    }
  }
  return true;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

class ElfReader {
 public:
  explicit ElfReader(Frame& frame) : frame_(frame), out_(*frame.arena) {}

  Value read(std::string_view text) {
    while (!text.empty()) {
      const size_t end = std::min(text.find_first_of("\r\n"), text.size());
      const std::string_view line = utf8::trim_space(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (line.empty()) continue;
      const bool fits = line.front() == '#' ? directive(line.substr(1)) : data(line);
      if (!fits) return {};
    }
    if (out_.find("elf.version") == nullptr) return frame_.fail("there is no #Version");
    ArenaVector<Value> fields;
    for (const std::string_view name : names_) fields.push_back(arena(), Value::string(name));
    out_["elf.fields"] = list_value(fields);
    out_["elf.entries"] = list_value(entries_);
    return out_.map();
  }

 private:
  Arena& arena() { return *frame_.arena; }

  /// "Version: 1.0" and the like; others are passed over.
  bool directive(std::string_view line) {
    struct Directive {
      std::string_view name;
      std::string_view key;
    };
    constexpr Directive kDirectives[] = {
        {"version", "elf.version"},       {"software", "elf.software"}, {"date", "elf.date"},
        {"start-date", "elf.start_date"}, {"end-date", "elf.end_date"}, {"remark", "elf.remark"}};
    constexpr std::string_view kFields = "fields";
    const bool has_colon = line.find(':') != std::string_view::npos;
    const std::string_view name = utf8::trim_space(take_until(line, ":"));
    const std::string_view value = utf8::trim_space(line);
    if (!has_colon) {
      if (!equals_ignoring_case(name.substr(0, kFields.size()), kFields)) return true;
      frame_.fail("#Fields has no colon");
      return false;
    }
    if (equals_ignoring_case(name, kFields)) set_names(value);
    for (const Directive& directive : kDirectives) {
      if (equals_ignoring_case(name, directive.name)) put(frame_, out_, directive.key, value);
    }
    return true;
  }

  void set_names(std::string_view value) {
    names_.clear();
    while (!value.empty()) {
      names_.push_back(arena().copy(value.substr(0, value.find_first_of(" \t"))));
      value = utf8::trim_space(value.substr(names_.back().size()));
    }
  }

  bool data(std::string_view line) {
    std::vector<std::string> values;
    if (names_.empty() || !elf_values(line, values)) {
      frame_.fail(names_.empty() ? "there are data before #Fields" : "a quote does not end");
      return false;
    }
    MapBuilder entry(arena());
    for (size_t i = 0; i < names_.size(); ++i)
      put(frame_, entry, names_[i], i < values.size() ? values[i] : "-");
    entries_.push_back(arena(), entry.map());
    return true;
  }

  Frame& frame_;
  MapBuilder out_;
  std::vector<std::string_view> names_;
  ArenaVector<Value> entries_;
};

}  // namespace

Value parse_elf(Frame& frame, std::string_view target) { return ElfReader(frame).read(target); }

Result<ClfFormat> ClfFormat::make(std::string_view name) {
  if (name == "clf") return ClfFormat{false};
  if (name == "combined") return ClfFormat{true};
  return invalid_argument("the format is \"clf\" or \"combined\"");
}

namespace {

/// The way servers escape what stands in quotes: \" \\ \n \t \xhh.
std::string unescaped(std::string_view text) {
  constexpr std::string_view kEscapes = "bfnrtv\"\\";
  constexpr std::string_view kMeanings = "\b\f\n\r\t\v\"\\";
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
      R"re(^(\S+) (\S+) (\S+) \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\S+) (\S+))re";
  constexpr std::string_view kMore = R"re( "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")re";
  static const Regex clf = Regex::compile(std::string(kCommon) + "$").value();
  static const Regex both = Regex::compile(std::string(kCommon) + std::string(kMore) + "$").value();
  return combined ? both : clf;
}

/// False if the text is no number.
bool put_number(MapBuilder& out, std::string_view key, std::string_view text) {
  int64_t number = 0;
  if (!wire::parse_integer(text, number)) return false;
  out[key] = Value::integer(number);
  return true;
}

/// "GET /path HTTP/1.1"; a request that has no three parts has none.
void put_request(Frame& frame, MapBuilder& out, const std::string& request) {
  put(frame, out, "clf.request", request);
  if (std::count(request.begin(), request.end(), ' ') < 2) return;
  std::string_view rest = request;
  put(frame, out, "clf.method", take_until(rest, " "));
  put(frame, out, "clf.request_uri", take_until(rest, " "));
  put(frame, out, "clf.protocol", rest);
}

}  // namespace

Value parse_clf(Frame& frame, std::string_view target, std::optional<Setting<ClfFormat>> format) {
  const bool combined = format && (*format)->combined;
  Regex::Groups groups;
  if (!clf_regex(combined).find(utf8::trim_space(target), 0, groups))
    return frame.fail("the text is not in the log format of web servers");
  MapBuilder out(*frame.arena);
  put(frame, out, "clf.remote_host", groups[1]);
  put(frame, out, "clf.rfc931", groups[2]);
  put(frame, out, "clf.auth_user", groups[3]);
  put(frame, out, "clf.timestamp", groups[4]);
  put_request(frame, out, unescaped(groups[5]));
  if (!put_number(out, "clf.status", groups[6]) ||
      (groups[7] != "-" && !put_number(out, "clf.bytes", groups[7])))
    return frame.fail("the status or the number of bytes is no number");
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
