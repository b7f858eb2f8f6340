#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace sluice::server {

inline constexpr size_t kAbsent = std::string_view::npos;

/// What a piece of SQL text is. The borders are those of ClickHouse's own lexer: where the two
/// disagree, text that is data to us could be code to the engine.
enum class TokenType : uint8_t {
  Word,              ///< a bare identifier or keyword: [A-Za-z0-9_$]+
  QuotedIdentifier,  ///< `…`, "…" or “…”, quotes included
  String,            ///< '…', ‘…’, x'…' or b'…', quotes included
  Heredoc,           ///< $tag$…$tag$, a string to the engine
  Number,
  Punctuation,  ///< an operator or bracket: one token per operator, e.g. "::" or "->"
  Semicolon,
  Error,  ///< what the engine's lexer refuses: an open quote or comment, a byte that starts nothing
};

/// `text` is a view into the statement, from which its offset can be taken.
struct Token {
  TokenType type = TokenType::Error;
  std::string_view text;

  /// Whether this is the bare word `keyword` (given in upper case), in any case. Never true for a
  /// quoted identifier.
  bool is_keyword(std::string_view keyword) const;
  /// Whether this is the punctuation `symbol`.
  bool is(std::string_view symbol) const {
    return type == TokenType::Punctuation && text == symbol;
  }
  /// Whether this may name a thing: a bare word or a quoted identifier.
  bool is_identifier() const {
    return type == TokenType::Word || type == TokenType::QuotedIdentifier;
  }
};

/// Cuts SQL into tokens, one at a time; white space and comments are left out. Borrows the text.
class Lexer {
 public:
  explicit Lexer(std::string_view sql) : sql_(sql) {}

  /// The next token; false at the end of the text.
  bool next(Token& token);

  /// Offset of the first byte that no token has been taken from.
  size_t position() const { return position_; }

 private:
  std::string_view sql_;
  size_t position_ = 0;
  /// Searches for the end of a "$tag$" that found none.
  unsigned open_heredocs_ = 0;
  /// The last token was ".": digits are then the index of an element.
  bool after_dot_ = false;
  /// The last token ends an operand: "." is then an access, not a decimal point.
  bool after_operand_ = false;
};

/// The name or text inside a QuotedIdentifier, Word or String token, escapes resolved as the engine
/// does.
std::string unquoted(const Token& token);

enum class StatementKind : uint8_t {
  Select,
  Insert,
  Explain,
  Show,
  Describe,
  Exists,
  Check,
  Use,
  Set,
  Ddl,     ///< CREATE, ALTER, DROP, TRUNCATE, RENAME, OPTIMIZE, EXCHANGE
  Delete,  ///< lightweight DELETE and UPDATE
  System,
  Kill,
  Other,  ///< anything else; the guard refuses it
};

/// The kind of a statement, from its first token.
StatementKind kind_of(const Token& first);

/// Where the parts of one statement lie. Offsets are bytes into the text given to parse_shape();
/// kAbsent if the part is not there. Views borrow that text.
struct StatementShape {
  StatementKind kind = StatementKind::Other;
  /// As written; empty if the statement begins with "(".
  std::string_view first_keyword;
  /// Where the first token starts.
  size_t begin = 0;
  /// One past the statement: a trailing ';', white space and comments are outside. With inline
  /// data, one past what stands before the data (VALUES, or the format's name).
  size_t end = 0;
  /// Where INTO OUTFILE may be put: before FORMAT or SETTINGS at the end of the outermost
  /// statement, else `end`.
  size_t outfile_at = 0;
  /// Of the outermost statement's FORMAT clause, as written, else empty. An INSERT's Values is
  /// always "Values".
  std::string format;
  /// The keyword SETTINGS of the outermost statement's clause (the last, if there are two).
  size_t settings_at = kAbsent;

  // INSERT only.

  /// As written, e.g. default.otel_logs or `a`.`b`; empty for INSERT INTO FUNCTION.
  std::string insert_table;
  /// The text inside the parentheses, empty if there are none.
  std::string insert_columns;
  bool insert_select = false;  ///< INSERT … SELECT, or WITH … SELECT
  bool insert_values = false;  ///< INSERT … VALUES
  /// The call of the table function input(), whose rows are the inline data, if an INSERT … SELECT
  /// has one: where its name begins, what stands in its brackets, and one past them.
  size_t input_at = kAbsent;
  std::string input_arguments;
  size_t input_end = kAbsent;
  /// Where inline data begins, after FORMAT X or VALUES; may equal the text's size.
  size_t insert_data_at = kAbsent;
};

/// Reads the shape of a text that holds exactly one statement. Errors are InvalidArgument with
/// ClickHouse's wording
/// ("Syntax error: …", its code 62): more than one statement, none, an open quote or comment,
/// brackets that do not match, a NUL byte. Inline data of an INSERT is not looked at. Linear in the
/// text; does not recurse.
Result<StatementShape> parse_shape(std::string_view sql);

}  // namespace sluice::server
