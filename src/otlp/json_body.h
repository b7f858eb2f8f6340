#pragma once

// JSON as it stands in log bodies. This is not OTLP/JSON (json_decoder.h): it is the grammar by
// which the ClickStack collector's ParseJSON takes a body apart, a strict JSON reader with these
// leniencies:
//   - a number is '-' or a digit and then any of "0123456789.eE+-", if Go's ParseFloat takes the
//   whole of it: 01, 1. and
//     -.5 are numbers, 1e400 is not (out of range), +1 and .5 are not (wrong first character);
//   - control characters other than NUL may stand in strings as they are; bytes that are not UTF-8
//   pass through;
//   - a surrogate escape without its partner reads as U+FFFD;
//   - null may stand in the place of a member's name and is the empty name;
//   - after the object's end a NUL byte hides whatever follows it.
// Refused are NaN, comments, trailing commas, single quotes, unknown escapes, and nesting past
// kJsonBodyDepthMax.

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "otlp/records.h"

namespace sluice::otlp {

/// Arrays and objects inside each other, the outermost included. Go's reader stops at 10 000;
/// nothing real comes near either figure, and those who flatten or print the values may recurse.
inline constexpr size_t kJsonBodyDepthMax = 1000;

/// Values in one body: 32 MiB of them. Two bytes of text make one, so a body could ask for sixteen
/// times its size.
inline constexpr size_t kJsonBodyValuesMax = size_t{1} << 20;

/// A parser with its working memory, to be kept for many bodies. Not thread-safe.
class JsonBodyParser {
 public:
  /// Parses `text`, an object (or an array, if that will do), of less than 4 GiB, into a Map or an
  /// Array. Numbers are doubles, null is None. A map has all members in the order of the text: of
  /// those with one name the last counts. Strings of `root` are views into `text` or `arena`, its
  /// elements and members live in `arena`. False, with `root` unspecified, if the grammar does not
  /// accept the text.
  bool parse(std::string_view text, Arena& arena, Value& root, bool takes_array = false);

 private:
  class Pass;

  std::vector<KeyValue> nodes_;  // room for the values whose containers have not been closed yet
};

}  // namespace sluice::otlp
