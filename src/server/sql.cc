#include "server/sql.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace sluice::server {

namespace {

constexpr std::array<std::pair<std::string_view, StatementKind>, 24> kFirstKeywords = {{
    {"SELECT", StatementKind::Select},     {"WITH", StatementKind::Select},
    {"FROM", StatementKind::Select},       {"INSERT", StatementKind::Insert},
    {"EXPLAIN", StatementKind::Explain},   {"SHOW", StatementKind::Show},
    {"DESCRIBE", StatementKind::Describe}, {"DESC", StatementKind::Describe},
    {"EXISTS", StatementKind::Exists},     {"CHECK", StatementKind::Check},
    {"USE", StatementKind::Use},           {"SET", StatementKind::Set},
    {"CREATE", StatementKind::Ddl},        {"ALTER", StatementKind::Ddl},
    {"DROP", StatementKind::Ddl},          {"TRUNCATE", StatementKind::Ddl},
    {"RENAME", StatementKind::Ddl},        {"OPTIMIZE", StatementKind::Ddl},
    {"EXCHANGE", StatementKind::Ddl},      {"DELETE", StatementKind::Delete},
    {"UPDATE", StatementKind::Delete},     {"SYSTEM", StatementKind::System},
    {"KILL", StatementKind::Kill},         {"(", StatementKind::Select},
}};

/// How much of the statement an error quotes.
constexpr size_t kQuotedBytesMax = 60;

bool is_keyword_of(const Token& token, std::initializer_list<std::string_view> keywords) {
  return std::any_of(keywords.begin(), keywords.end(),
                     [&token](std::string_view keyword) { return token.is_keyword(keyword); });
}

std::string_view closer_of(const Token& token) {
  if (token.is("(")) {
    return ")";
  }
  if (token.is("[")) {
    return "]";
  }
  return token.is("{") ? "}" : std::string_view{};
}

bool is_closer(const Token& token) { return token.is(")") || token.is("]") || token.is("}"); }

/// Whether a clause can begin after this token. After SELECT, a comma or an operator, FORMAT and
/// SETTINGS are names.
bool ends_operand(const Token& token) {
  if (token.type == TokenType::Punctuation) {
    return is_closer(token) || token.is("*");
  }
  return !is_keyword_of(token, {"SELECT", "DISTINCT", "FROM", "WHERE", "BY", "AS", "AND", "OR"});
}

/// The name of a format as written. But Values, whose data the engine evaluates, is spelled so
/// however it was written, since the engine takes names of formats in any case.
std::string insert_format(const Token& token) {
  std::string name = unquoted(token);
  return Token{TokenType::Word, name}.is_keyword("VALUES") ? "Values" : name;
}

/// Reads one statement, front to back. The tokens at bracket depth 0 are kept, which is where
/// clauses stand.
class ShapeReader {
 public:
  explicit ShapeReader(std::string_view sql) : sql_(sql), lexer_(sql) {}

  Result<StatementShape> read();

 private:
  enum class Step : uint8_t { Token, End, Failed };

  Step step();
  Status read_to_end();
  Status read_insert();
  Status read_insert_target();
  Status read_insert_body();
  Status read_insert_select();
  Status read_insert_format();
  Status read_column_list();
  Status read_name();
  Status finish_after_semicolon();
  void start_data(size_t at);
  void find_trailer();
  bool is_settings_list(size_t begin, size_t end) const;
  bool track_brackets();
  Status fail(size_t position, std::string_view note, std::string_view hint) const;
  Status fail_here(std::string_view hint) const { return fail(offset(token_), {}, hint); }
  size_t offset(const Token& token) const {
    return static_cast<size_t>(token.text.data() - sql_.data());
  }
  size_t end_of(const Token& token) const { return offset(token) + token.text.size(); }

  std::string_view sql_;
  Lexer lexer_;
  Token token_;                         ///< the last one read
  std::vector<Token> flat_;             ///< all tokens at depth 0, opening brackets included
  std::vector<std::string_view> open_;  ///< the closers that are waited for
  Status failure_;                      ///< why step() failed
  StatementShape shape_;
};

/// Reads one token into token_, `flat_` and the bracket stack. End is the end of the text or of the
/// statement.
ShapeReader::Step ShapeReader::step() {
  if (!lexer_.next(token_)) {
    token_ = Token{TokenType::Error, sql_.substr(sql_.size())};
    if (!open_.empty()) {
      failure_ = fail_here("a bracket is not closed");
      return Step::Failed;
    }
    return Step::End;
  }
  if (token_.type == TokenType::Error) {
    failure_ = fail_here("a quoted string or comment is not closed, or the character is unknown");
    return Step::Failed;
  }
  if (token_.type == TokenType::Semicolon) {
    failure_ = open_.empty() ? finish_after_semicolon() : fail_here("a bracket is not closed");
    return failure_.ok() ? Step::End : Step::Failed;
  }
  if (!track_brackets()) {
    failure_ = fail_here("a bracket does not match");
    return Step::Failed;
  }
  shape_.end = end_of(token_);
  return Step::Token;
}

bool ShapeReader::track_brackets() {
  if (is_closer(token_)) {
    if (open_.empty() || open_.back() != token_.text) {
      return false;
    }
    open_.pop_back();
  }
  if (open_.empty()) {
    flat_.push_back(token_);
  }
  if (std::string_view closer = closer_of(token_); !closer.empty()) {
    open_.push_back(closer);
  }
  return true;
}

/// Behind the statement only further semicolons may stand.
Status ShapeReader::finish_after_semicolon() {
  const size_t semicolon = offset(token_);
  while (lexer_.next(token_)) {
    if (token_.type != TokenType::Semicolon) {
      return fail(semicolon, " (Multi-statements are not allowed)", {});
    }
  }
  return {};
}

Status ShapeReader::read_to_end() {
  Step last = Step::Token;
  while (last == Step::Token) {
    last = step();
  }
  return last == Step::Failed ? failure_ : Status();
}

Result<StatementShape> ShapeReader::read() {
  Step first = step();
  if (first == Step::Failed) {
    return failure_;
  }
  if (first == Step::End) {
    return fail(sql_.size(), {}, "the query is empty");
  }
  shape_.begin = offset(token_);
  if (token_.is_identifier()) {
    shape_.first_keyword = token_.text;
  }
  shape_.kind = kind_of(token_);
  if (shape_.kind == StatementKind::Insert) {
    SLUICE_RETURN_IF_ERROR(read_insert());
  } else if (token_.is_keyword("WITH")) {
    Step last = step();
    while (last == Step::Token &&
           !(open_.empty() && flat_.size() > 1 && token_.is_keyword("INTO") &&
             flat_[flat_.size() - 2].is_keyword("INSERT"))) {
      last = step();
    }
    if (last == Step::Failed) {
      return failure_;
    }
    if (last == Step::Token) {
      shape_.kind = StatementKind::Insert;
      SLUICE_RETURN_IF_ERROR(read_insert_target());
    }
  } else {
    SLUICE_RETURN_IF_ERROR(read_to_end());
  }
  // The engine's C interface and logs take NUL for an end in places: nothing may hide behind one.
  if (size_t nul = sql_.substr(0, shape_.end).find('\0'); nul != kAbsent) {
    return fail(nul, {}, "the query contains a NUL byte");
  }
  find_trailer();
  return std::move(shape_);
}

/// After INSERT: [INTO] and the target.
Status ShapeReader::read_insert() {
  if (step() != Step::Token || !token_.is_keyword("INTO")) {
    return failure_.ok() ? fail_here("expected INTO after INSERT") : failure_;
  }
  return read_insert_target();
}

/// After INTO: [TABLE] name [(columns)] or [TABLE] FUNCTION …, then the body.
Status ShapeReader::read_insert_target() {
  Step last = step();
  if (last == Step::Token && token_.is_keyword("TABLE")) {
    last = step();
  }
  if (last == Step::Token && token_.is_keyword("FUNCTION")) {
    if (step() != Step::Token) {
      return failure_.ok() ? fail_here("expected a table function") : failure_;
    }
    return read_insert_body();
  }
  if (last != Step::Token) {
    return failure_.ok() ? fail_here("expected a table name") : failure_;
  }
  SLUICE_RETURN_IF_ERROR(read_name());
  if (token_.is("(")) {
    SLUICE_RETURN_IF_ERROR(read_column_list());
  }
  return read_insert_body();
}

/// From the first token of a table's name to the token behind it. A part is an identifier or
/// {name:Identifier}.
Status ShapeReader::read_name() {
  const size_t begin = offset(token_);
  size_t end = begin;
  while (true) {
    if (token_.is("{")) {
      while (!open_.empty()) {
        if (step() == Step::Failed) {
          return failure_;
        }
      }
    } else if (!token_.is_identifier()) {
      return fail_here("expected a table name");
    }
    end = end_of(token_);
    if (step() == Step::Failed) {
      return failure_;
    }
    if (!token_.is(".")) {
      break;
    }
    if (step() == Step::Failed) {
      return failure_;
    }
  }
  shape_.insert_table = std::string(sql_.substr(begin, end - begin));
  return {};
}

/// From "(" to the token behind ")". Leaves the position alone if this is a SELECT in brackets.
Status ShapeReader::read_column_list() {
  const size_t begin = end_of(token_);
  if (step() == Step::Failed) {
    return failure_;
  }
  if (token_.is("(") || is_keyword_of(token_, {"SELECT", "WITH", "FROM"})) {
    return {};
  }
  while (!open_.empty()) {
    if (step() == Step::Failed) {
      return failure_;
    }
  }
  shape_.insert_columns = std::string(sql_.substr(begin, offset(token_) - begin));
  return step() == Step::Failed ? failure_ : Status();
}

/// From the token behind the target: clauses up to VALUES, FORMAT or the SELECT.
Status ShapeReader::read_insert_body() {
  bool reads_file = false;
  while (offset(token_) < sql_.size() && token_.type != TokenType::Semicolon) {
    if (is_keyword_of(token_, {"SELECT", "WITH"})) {
      shape_.insert_select = true;
      return read_insert_select();
    }
    if (open_.empty() && token_.is_keyword("VALUES")) {
      shape_.insert_values = true;
      shape_.insert_data_at = end_of(token_);
      shape_.outfile_at = shape_.end;
      return {};
    }
    if (open_.empty() && token_.is_keyword("SETTINGS")) {
      shape_.settings_at = offset(token_);
    }
    reads_file = reads_file || token_.is_keyword("INFILE");
    if (open_.empty() && token_.is_keyword("FORMAT")) {
      return read_insert_format();
    }
    if (step() == Step::Failed) {
      return failure_;
    }
  }
  // A file's name may say its format; that no file is read here is the guard's to say.
  return reads_file ? Status() : fail_here("expected VALUES, FORMAT or SELECT");
}

/// From the token FORMAT, behind whose name the data begins.
Status ShapeReader::read_insert_format() {
  if (step() != Step::Token || !token_.is_identifier()) {
    return failure_.ok() ? fail_here("expected the name of a format") : failure_;
  }
  shape_.format = insert_format(token_);
  start_data(shape_.end);
  return {};
}

/// From the first token of the SELECT of an INSERT to the statement's end, or, if it reads from
/// input(), to its data.
Status ShapeReader::read_insert_select() {
  Token before;
  Token last = token_;
  size_t outside = kAbsent;  // brackets that are open around those of input()
  size_t arguments_at = 0;
  while (true) {
    const Step next = step();
    if (next == Step::Failed) {
      return failure_;
    }
    if (next == Step::End) {
      return shape_.input_at == kAbsent ? Status()
                                        : fail_here("expected FORMAT and data for input()");
    }
    const bool in_place_of_table = is_keyword_of(before, {"FROM", "JOIN"}) || before.is(",");
    if (shape_.input_at == kAbsent && token_.is("(") && in_place_of_table && last.is_identifier() &&
        unquoted(last) == "input") {
      shape_.input_at = offset(last);
      arguments_at = end_of(token_);
      outside = open_.size() - 1;
    } else if (outside == open_.size()) {
      shape_.input_arguments =
          std::string(sql_.substr(arguments_at, offset(token_) - arguments_at));
      shape_.input_end = end_of(token_);
      outside = kAbsent;
    } else if (shape_.input_end != kAbsent && open_.empty() && token_.is_keyword("FORMAT") &&
               ends_operand(last)) {
      return read_insert_format();
    }
    before = std::exchange(last, token_);
  }
}

/// Data behind FORMAT X begins after blanks and at most one line break, as the engine has it.
void ShapeReader::start_data(size_t at) {
  auto here = [this, &at](char c) { return at < sql_.size() && sql_[at] == c; };
  while (here(' ') || here('\t') || here('\f')) {
    ++at;
  }
  at += here('\r') ? 1 : 0;
  at += here('\n') ? 1 : 0;
  shape_.insert_data_at = at;
}

/// Whether flat_[begin, end) is SETTINGS name [= value], …
bool ShapeReader::is_settings_list(size_t begin, size_t end) const {
  bool name_expected = true;
  for (size_t i = begin + 1; i < end; ++i) {
    if (name_expected && !flat_[i].is_identifier()) {
      return false;
    }
    name_expected = flat_[i].is(",");
  }
  return end > begin + 1 && !name_expected &&
         (begin + 2 == end || flat_[begin + 2].is("=") || flat_[begin + 2].is(",") ||
          flat_[begin + 2].is("."));
}

/// Finds [SETTINGS …] [FORMAT x] [SETTINGS …] at the end of the statement, back to front.
void ShapeReader::find_trailer() {
  shape_.outfile_at = shape_.end;
  if (shape_.insert_data_at != kAbsent) {
    return;
  }
  size_t end = flat_.size();
  for (size_t i = flat_.size(); i-- > 1;) {
    if (!is_keyword_of(flat_[i], {"FORMAT", "SETTINGS"}) || !ends_operand(flat_[i - 1])) {
      continue;
    }
    if (flat_[i].is_keyword("FORMAT")) {
      if (end != i + 2 || !flat_[i + 1].is_identifier() || !shape_.format.empty()) {
        return;
      }
      shape_.format = unquoted(flat_[i + 1]);
    } else if (!is_settings_list(i, end)) {
      return;
    } else if (shape_.settings_at == kAbsent) {
      shape_.settings_at = offset(flat_[i]);
    }
    shape_.outfile_at = offset(flat_[i]);
    end = i;
  }
}

Status ShapeReader::fail(size_t position, std::string_view note, std::string_view hint) const {
  std::string_view near = sql_.substr(std::min(position, sql_.size()), kQuotedBytesMax);
  std::string message = "Syntax error";
  message += note;
  message += ": failed at position " + std::to_string(position + 1);
  message += near.empty() ? " (end of query)" : ": " + std::string(near);
  if (!hint.empty()) {
    message += ": ";
    message += hint;
  }
  return invalid_argument(message + ".");
}

}  // namespace

StatementKind kind_of(const Token& first) {
  for (const auto& [keyword, kind] : kFirstKeywords) {
    if (first.is_keyword(keyword) || first.is(keyword)) {
      return kind;
    }
  }
  return StatementKind::Other;
}

Result<StatementShape> parse_shape(std::string_view sql) { return ShapeReader(sql).read(); }

}  // namespace sluice::server
