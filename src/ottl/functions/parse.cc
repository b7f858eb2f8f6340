// Texts that hold structures, and the way back.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/buffer.h"
#include "base/utf8.h"
#include "otlp/json_body.h"
#include "otlp/value_text.h"
#include "ottl/function.h"
#include "ottl/functions/charset.h"
#include "ottl/functions/csv.h"
#include "ottl/functions/functions.h"
#include "ottl/functions/key_value.h"
#include "wire/base64.h"

namespace sluice::ottl {
namespace {

/// In all maps of a new value.
void keep_last_members(Value& value) {
  if (value.kind == Kind::Array) {
    for (uint32_t i = 0; i < value.size; ++i) keep_last_members(value.elements[i]);
  } else if (value.kind == Kind::Map) {
    value.size = keep_last(value.members, value.size);
    for (uint32_t i = 0; i < value.size; ++i) keep_last_members(value.members[i].value);
  }
}

/// An object or array; numbers are doubles, as in the original.
Fresh parse_json(Frame& frame, std::string_view target) {
  thread_local otlp::JsonBodyParser parser;
  Value root;
  if (!parser.parse(target, *frame.arena, root, true))
    return {frame.fail("the text is no JSON object or array")};
  keep_last_members(root);
  return {root};
}

/// Whether underscores stand between digits only; one may follow a prefix such as "0x".
bool underscores_separate_digits(std::string_view digits, bool has_prefix) {
  bool after_digit = has_prefix;
  for (const char c : digits) {
    if (c == '_' && !after_digit) return false;
    after_digit = c != '_';
  }
  return after_digit || digits.empty();
}

/// Go's strconv.ParseInt: base 0 goes by the prefix, and allows underscores.
Value parse_int(Frame& frame, std::string_view target, int64_t base) {
  if (base < 0 || base == 1 || base > 36) return frame.fail("a base is 0, or 2 to 36");
  if (target.empty()) return frame.fail("an empty text is no number");
  std::string digits(target);
  const bool negative = digits.front() == '-';
  if (negative || digits.front() == '+') digits.erase(0, 1);
  if (base == 0) {
    base = 10;
    const char second = digits.size() > 1 ? static_cast<char>(digits[1] | 0x20) : '\0';
    const bool has_prefix = digits.size() > 1 && digits.front() == '0';
    if (has_prefix) {
      base = second == 'x' ? 16 : second == 'b' ? 2 : 8;
      digits.erase(0, second == 'x' || second == 'b' || second == 'o' ? 2 : 1);
    }
    if (!underscores_separate_digits(digits, has_prefix))
      return frame.fail("\"", target, "\" has underscores that do not separate digits");
    digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
  }
  uint64_t size = 0;
  const char* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, size, static_cast<int>(base));
  const uint64_t most =
      static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) + (negative ? 1 : 0);
  if (parsed.ec != std::errc() || parsed.ptr != end || size > most)
    return frame.fail("\"", target, "\" is no whole number of 64 bits in this base");
  return Value::integer(static_cast<int64_t>(negative ? 0 - size : size));
}

struct Mode {
  CsvQuotes quotes;
  static Result<Mode> make(std::string_view text) {
    if (text == "strict") return Mode{CsvQuotes::Strict};
    if (text == "lazyQuotes") return Mode{CsvQuotes::Lazy};
    if (text == "ignoreQuotes") return Mode{CsvQuotes::Ignore};
    return invalid_argument("the mode is \"strict\", \"lazyQuotes\" or \"ignoreQuotes\"");
  }
};

struct Delimiter {
  std::string character;
  static Result<Delimiter> make(std::string_view text) {
    if (!text.empty() && utf8::decode(text).size == text.size())
      return Delimiter{std::string(text)};
    return invalid_argument("the delimiter is one character");
  }
};

Value parse_csv(Frame& frame, std::string_view target, std::string_view header,
                std::optional<Setting<Delimiter>> delimiter,
                std::optional<Setting<Delimiter>> header_delimiter,
                std::optional<Setting<Mode>> mode) {
  const std::string_view separator = delimiter ? std::string_view((*delimiter)->character) : ",";
  const std::string_view header_separator =
      header_delimiter ? std::string_view((*header_delimiter)->character) : separator;
  const CsvQuotes quotes = mode ? (*mode)->quotes : CsvQuotes::Strict;
  if (header.empty()) return frame.fail("the header has no columns");
  std::vector<std::string> fields;
  std::string error;
  if (!parse_csv_line(target, separator, quotes, fields, error)) return frame.fail(error);
  const std::vector<std::string_view> names = split_at(header, header_separator);
  if (names.size() != fields.size()) {
    return frame.fail("the line has ", std::to_string(fields.size()), " fields, the header ",
                      std::to_string(names.size()));
  }
  MapBuilder out(*frame.arena);
  for (size_t i = 0; i < names.size(); ++i)
    out[names[i]] = Value::string(frame.arena->copy(fields[i]));
  return out.map();
}

Status check_delimiters(std::string_view delimiter, std::string_view pair_delimiter) {
  if (delimiter.empty() || pair_delimiter.empty())
    return invalid_argument("a delimiter must not be empty");
  if (delimiter == pair_delimiter) return invalid_argument("the two delimiters must differ");
  return {};
}

using TextSetting = std::optional<Setting<std::string>>;

/// Of the second and third parameter, as they were bound.
template <typename Bound>
Status check_bound_delimiters(const Bound& bound) {
  const auto& delimiter = std::get<1>(bound);
  const auto& pair_delimiter = std::get<2>(bound);
  return check_delimiters(delimiter ? **delimiter : "=", pair_delimiter ? **pair_delimiter : " ");
}

Value parse_key_value(Frame& frame, std::string_view target, TextSetting delimiter,
                      TextSetting pair_delimiter) {
  MapBuilder out(*frame.arena);
  std::string error;
  if (!parse_key_values(target, delimiter ? **delimiter : "=",
                        pair_delimiter ? **pair_delimiter : " ", *frame.arena, out, error))
    return frame.fail(error);
  return out.map();
}

Value to_key_value_string(Frame& frame, MapArg target, TextSetting delimiter,
                          TextSetting pair_delimiter, std::optional<Setting<bool>> sort_output) {
  return Value::string(frame.arena->copy(
      key_value_string(target.value, delimiter ? **delimiter : "=",
                       pair_delimiter ? **pair_delimiter : " ", sort_output && **sort_output)));
}

Value base64_decode(Frame& frame, std::string_view target) {
  std::string out;
  if (!decode_base64_text(target, Base64::Standard, out))
    return frame.fail("the text is no base64");
  return Value::string(frame.arena->copy(out));
}

Value base64_encode(Frame& frame, std::string_view target,
                    std::optional<std::string_view> variant) {
  const auto kind = base64_variant(variant.value_or("base64"));
  if (!kind) return frame.fail("there is no variant \"", *variant, "\" of base64");
  return Value::string(frame.arena->copy(encode_base64_text(target, *kind)));
}

Value decode(Frame& frame, Value target, Prepared<Charset> encoding) {
  if (target.kind != Kind::String && target.kind != Kind::Bytes)
    return frame.fail("Decode takes text or bytes, not a ", kind_name(target.kind));
  std::string out;
  if (!encoding->decode(target.view(), out)) return frame.fail("the text is not in this encoding");
  return Value::string(frame.arena->copy(out));
}

}  // namespace

void add_parse_functions(Library& library) {
  library.add("ParseJSON", {"target"}, parse_json);
  library.add("ParseInt", {"target", "base"}, parse_int);
  library.add("ParseCSV", {"target", "header", "delimiter", "header_delimiter", "mode"}, parse_csv);
  library.add("ParseKeyValue", {"target", "delimiter", "pair_delimiter"}, parse_key_value,
              [](const auto& bound) { return check_bound_delimiters(bound); });
  library.add("ToKeyValueString", {"target", "delimiter", "pair_delimiter", "sort_output"},
              to_key_value_string, [](const auto& bound) { return check_bound_delimiters(bound); });
  library.add("Base64Decode", {"target"}, base64_decode);
  library.add("Base64Encode", {"target", "variant"}, base64_encode);
  library.add("Decode", {"target", "encoding"}, decode);
}

}  // namespace sluice::ottl
