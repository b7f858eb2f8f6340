#pragma once

// The tokens of OTTL (https://github.com/open-telemetry/opentelemetry-collector-contrib, the
// language's grammar in pkg/ottl).

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace sluice::ottl {

struct Token {
  enum class Kind : uint8_t {
    Bytes,      // 0x and pairs of hex digits
    Float,      // digits with a point
    Int,        // digits
    String,     // in double quotes, escapes not resolved
    Not,        // not
    Or,         // or
    And,        // and
    Compare,    // == != < <= > >=
    AddSub,     // + -
    MultDiv,    // * /
    Boolean,    // true false
    Arrow,      // =>
    Equal,      // =
    Punct,      // ( ) , . [ ] { } :
    Uppercase,  // a name that begins with a capital
    Lowercase,  // a name that does not
    End,
  };
  Kind kind = Kind::End;
  std::string_view text;  ///< in the source
  size_t at = 0;          ///< byte in the source
};

/// All tokens and an End. The source must outlive them. InvalidArgument shows the source and a
/// caret where it cannot go on.
Result<std::vector<Token>> tokenize(std::string_view source);

/// What a string token (with its quotes) stands for, by Go's escapes; false if one is wrong.
bool unquote(std::string_view quoted, std::string& out);

/// A message about a place in a source: the message, the line, and a caret below it.
Status syntax_error(std::string_view source, size_t at, std::string_view message);
/// A text as messages call it: "statement `set(log.body, 1)`", cut if it is long.
std::string text_name(std::string_view what, std::string_view text);
/// What is wrong with a text, with its name before it.
Status about_text(std::string_view what, std::string_view text, const Status& status);

}  // namespace sluice::ottl
