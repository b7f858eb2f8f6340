#pragma once

// A pull reader for OTLP/JSON, by the rules of the OpenTelemetry Collector (which are those of
// jsoniter and Go's strconv):
//   - null is an empty object, an empty array or an empty string, and nothing else;
//   - a whole number is digits, bare or in a string, never with a fraction or exponent, and must
//   fit its type;
//   - a double is a JSON number, or a string as parse_double() reads it ("nan", "-Infinity",
//   "0x1p-2"), and not too large;
//   - a control character in a string is an error, unless an escape came before it in the same
//   string;
//   - bytes that are not UTF-8 pass through; a surrogate escape without its partner is U+FFFD, and
//   takes the escape after
//     it along (JsonSurrogates::InTwos);
//   - an object's member has a name: the empty one is an error;
//   - what follows the outermost value is not looked at.
// Log bodies have another grammar: otlp/json_body.h.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "wire/json_nesting.h"

namespace sluice::wire {

/// Nesting that skip() follows, the original's figure.
inline constexpr size_t kJsonSkipDepthMax = 10'000;

/// A value of a protobuf enum by name.
struct JsonEnumName {
  std::string_view name;
  int32_t value;
};

/// Reads one value after the other, in place. Strings are views into the text or, where escapes
/// were replaced, the arena. The first error sticks: every later read fails too, and loops end, so
/// callers check ok() once.
class JsonReader {
 public:
  JsonReader(std::string_view text, Arena& arena)
      : start_(text.data()), at_(text.data()), end_(text.data() + text.size()), arena_(arena) {}

  /// Members of an object (or null), whose values the caller reads or skips:
  ///   for (bool more = in.begin_object(); more; more = in.next_member()) ... in.key() ...
  bool begin_object();
  bool next_member();
  /// Name of the current member, unescaped.
  std::string_view key() const { return key_; }

  /// Elements of an array (or null), in the same way.
  bool begin_array();
  bool next_element();

  bool string(std::string_view& out);
  /// A string's inside as it stands, with no regard to escapes: for what has none, such as hex.
  /// Null is an error here.
  bool raw_string(std::string_view& out);
  /// Standard base64.
  bool bytes(std::string_view& out);
  bool boolean(bool& out);
  bool real(double& out);
  bool integer(uint64_t& out) { return any_integer(out); }
  bool integer(int64_t& out) { return any_integer(out); }
  bool integer(uint32_t& out) { return any_integer(out); }
  bool integer(int32_t& out) { return any_integer(out); }
  /// A bare number, or one of the names.
  bool enumeration(std::span<const JsonEnumName> names, int32_t& out);
  /// Any value. It must be well-formed, its numbers may be of any size.
  bool skip();

  bool ok() const { return expected_ == nullptr; }
  /// Ends reading. `expected` is a literal: "a trace id of 32 hex digits".
  bool fail(const char* expected) { return fail_at(at_, expected); }
  /// The same, for something that began at `at`.
  bool fail_at(const char* at, const char* expected);
  /// "byte 17, in \"flags\": expected a whole number, found '['". REQUIRES: !ok().
  std::string error() const;

 private:
  using Nesting = JsonNesting<kJsonSkipDepthMax>;

  /// NUL at the end, and NUL is never right outside a string, so one comparison covers both.
  char peek() const { return at_ != end_ ? *at_ : '\0'; }
  char peek_token() {
    while (peek() == ' ' || peek() == '\n' || peek() == '\t' || peek() == '\r') ++at_;
    return peek();
  }

  bool member();
  bool null() { return word("null"); }
  bool word(std::string_view expected);
  bool quoted(std::string_view& out);
  bool quoted_with_escapes(const char* start, std::string_view& out);
  bool number(std::string_view& out);
  bool skip_value(Nesting& nesting);
  bool skip_step(Nesting& nesting);
  template <typename T>
  bool any_integer(T& out);

  const char* start_;
  const char* at_;
  const char* end_;
  Arena& arena_;
  std::string_view key_;
  const char* expected_ = nullptr;  // what the first error missed
  const char* error_at_ = nullptr;
};

}  // namespace sluice::wire
