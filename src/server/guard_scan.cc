#include "server/guard_scan.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "server/guard_functions.h"

namespace sluice::server {

namespace {

using Refusal = std::optional<GuardRefusal>;

std::string lower(std::string text) {
  for (char& c : text) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_keyword_of(const Token& token, std::initializer_list<std::string_view> keywords) {
  return std::any_of(keywords.begin(), keywords.end(),
                     [&token](std::string_view keyword) { return token.is_keyword(keyword); });
}

bool is_text(const Token& token) {
  return token.type == TokenType::String || token.type == TokenType::Heredoc;
}

/// Two words that are refused wherever they follow each other, and why.
struct Pair {
  std::string_view first;
  std::string_view second;
  std::string_view reason;
  bool ddl_only;
};

constexpr std::array<Pair, 14> kRefusedPairs = {{
    {"INTO", "OUTFILE", "writes a file", false},
    {"FROM", "INFILE", "reads a file", false},
    {"INTO", "FUNCTION", "writes to what the table function names, outside of the engine", false},
    {"TABLE", "FUNCTION", "writes to what the table function names, outside of the engine", false},
    {"PARALLEL", "WITH", "is a second statement", false},
    {"ON", "CLUSTER", "asks Keeper and other servers over the network", true},
    {"TO", "DISK", "names a place outside of the data directory", true},
    {"TO", "VOLUME", "names a place outside of the data directory", true},
    {"FREEZE", "", "makes a backup inside the data directory, which nobody would remove", true},
    {"UNFREEZE", "", "belongs to FREEZE, which is refused", true},
    {"FETCH", "PART", "asks another server over the network", true},
    {"FETCH", "PARTITION", "asks another server over the network", true},
    {"EXPORT", "PART", "writes to a store outside of the engine", true},
    {"EXPORT", "PARTITION", "writes to a store outside of the engine", true},
}};

/// Functions with a syntax of their own, in which FROM stands between arguments.
bool has_from_argument(std::string_view callee) {
  return one_of(callee,
                {"trim", "ltrim", "rtrim", "substring", "substr", "mid", "extract", "overlay"});
}

/// Table functions and engines whose arguments name tables of the engine.
bool takes_table_names(std::string_view callee) {
  return starts_with(callee, "merge") || starts_with(callee, "cluster") ||
         starts_with(callee, "prometheus") || starts_with(callee, "timeseries") ||
         callee == "buffer";
}

/// The engine resolves a bare name to a function only as an argument of these (asked of every
/// function it has).
bool takes_function_names(std::string_view callee) {
  return starts_with(callee, "array") || starts_with(callee, "map");
}

/// Table functions whose first argument may hold column definitions, with expressions in them.
bool takes_structure(std::string_view callee) {
  return one_of(callee, {"values", "sqlstandardvalues", "generaterandom", "null"});
}

/// Words behind an operand that go on with an expression: a word before them is a column, not a
/// clause.
bool continues_expression(const Token& token) {
  if (token.type == TokenType::Punctuation) {
    return !token.is("(") && !token.is("[") && !token.is("{") && !token.is("-") && !token.is("*") &&
           !token.is("+");
  }
  return is_keyword_of(token, {"AND", "OR", "IN", "IS", "LIKE", "ILIKE", "BETWEEN", "GLOBAL", "DIV",
                               "MOD", "REGEXP", "AS", "WHEN", "THEN", "ELSE", "END"});
}

/// Words behind which an operand must follow, so that the next word is a column, not a clause.
bool awaits_operand(const Token& token) {
  if (token.type == TokenType::Punctuation) {
    return !token.is(")") && !token.is("]") && !token.is("}") && !token.is("*");
  }
  return is_keyword_of(
      token, {"ON",   "AND",   "OR",       "NOT",    "IN",     "LIKE",    "ILIKE",  "BETWEEN",
              "CASE", "WHEN",  "THEN",     "ELSE",   "DIV",    "MOD",     "REGEXP", "INTERVAL",
              "BY",   "WHERE", "PREWHERE", "HAVING", "SELECT", "DISTINCT"});
}

/// What is known of one pair of brackets, or of the statement itself.
struct Level {
  std::string callee;           ///< the name before "(", in lower case; empty if there is none
  bool select = false;          ///< SELECT was seen
  bool tables = false;          ///< between FROM or JOIN and the next clause
  bool table_expected = false;  ///< the next token names a table
  bool comma_expected = false;  ///< … and follows a comma: it may be an expression after all
  bool alias_expected = false;  ///< AS was seen
  bool order = false;           ///< ORDER BY was seen
  bool settings = false;        ///< SETTINGS was seen
  bool function_names = false;  ///< inside arrayMap( or the like, also in further "("
};

class Scan {
 public:
  Scan(const std::vector<Token>& tokens, StatementKind kind, bool readonly, std::string_view input)
      : tokens_(tokens), kind_(kind), readonly_(readonly), input_(input) {
    levels_.emplace_back();
    levels_[0].settings = kind == StatementKind::Set;
  }

  Refusal run();

 private:
  Refusal look();
  Refusal look_at_name(bool table);
  Refusal look_at_text(bool table) const;
  Refusal check_pairs() const;
  Refusal check_call(bool table) const;
  Refusal check_structure(std::string_view callee) const;
  Refusal check_function_name() const;
  Refusal check_engine() const;
  Refusal check_setting() const;
  Refusal check_system_table(bool table) const;
  Refusal check_parameter() const;
  void note_keyword();
  void note_from();
  bool ends_table_list() const;
  void open(bool table);
  bool starts_query() const;
  void note_as();

  Level& level() { return levels_.back(); }
  const Level& level() const { return levels_.back(); }
  const Token& token() const { return tokens_[at_]; }
  const Token& peek(size_t ahead) const {
    return at_ + ahead < tokens_.size() ? tokens_[at_ + ahead] : none_;
  }
  const Token& back(size_t behind) const { return behind <= at_ ? tokens_[at_ - behind] : none_; }

  const std::vector<Token>& tokens_;
  const StatementKind kind_;
  const bool readonly_;
  const std::string_view input_;
  const Token none_;
  size_t at_ = 0;
  std::vector<Level> levels_;
};

Refusal Scan::run() {
  for (at_ = 0; at_ < tokens_.size(); ++at_) {
    if (Refusal refusal = look()) {
      return refusal;
    }
  }
  return std::nullopt;
}

Refusal Scan::look() {
  const bool describes = kind_ == StatementKind::Describe &&
                         (at_ == 1 || (at_ == 2 && back(1).is_keyword("TABLE"))) &&
                         !token().is_keyword("TABLE");
  const bool table = level().table_expected || describes;
  if (token().type == TokenType::Punctuation) {
    if (token().is("(") || token().is("[") || token().is("{")) {
      Refusal refusal = token().is("{") ? check_parameter() : std::nullopt;
      open(table);
      return refusal;
    }
    level().table_expected = level().alias_expected = false;
    if ((token().is(")") || token().is("]") || token().is("}")) && levels_.size() > 1) {
      levels_.pop_back();
    } else if (token().is(",") && level().tables) {
      level().table_expected = level().comma_expected = true;
    }
    return std::nullopt;
  }
  level().table_expected = false;
  if (token().is_identifier()) {
    return look_at_name(table);
  }
  level().alias_expected = false;
  return is_text(token()) ? look_at_text(table) : std::nullopt;
}

Refusal Scan::look_at_text(bool table) const {
  if (table) {
    return access_denied("A string as a table", "names a file");
  }
  if (takes_table_names(level().callee) && is_path_outside(unquoted(token()))) {
    return access_denied("The name " + std::string(token().text), "is that of a file");
  }
  return std::nullopt;
}

Refusal Scan::look_at_name(bool table) {
  const bool named = table || level().alias_expected || back(1).is(".");
  level().alias_expected = false;
  if (token().type == TokenType::QuotedIdentifier && is_path_outside(unquoted(token()))) {
    return access_denied("The name " + std::string(token().text), "is that of a file");
  }
  if (Refusal refusal = check_pairs()) {
    return refusal;
  }
  if (peek(1).is("(")) {
    if (Refusal refusal = check_call(table)) {
      return refusal;
    }
  } else if (Refusal refusal = check_function_name()) {
    return refusal;
  }
  for (auto check : {check_engine(), check_setting(), check_system_table(table)}) {
    if (check) {
      return check;
    }
  }
  if (is_keyword_of(token(), {"SETTINGS", "SETTING"}) && peek(1).is_identifier()) {
    level().settings = true;  // even where it could be a name: too many checks do no harm
  }
  if (!named && token().type == TokenType::Word) {
    note_keyword();
  }
  return std::nullopt;
}

/// Follows the clauses of a SELECT, as far as it takes to know where tables are named.
void Scan::note_keyword() {
  if (token().is_keyword("FROM")) {
    note_from();
  } else if (token().is_keyword("JOIN")) {
    // After ARRAY JOIN come expressions; ARRAY may be a table's name or alias, though.
    const bool array_join = back(1).is_keyword("ARRAY") &&
                            !is_keyword_of(back(2), {"AS", "FROM", "JOIN"}) && !back(2).is(",") &&
                            !back(2).is(".");
    level().tables = level().table_expected = !array_join;
    level().comma_expected = false;
  } else if (token().is_keyword("AS")) {
    note_as();
  } else if (token().is_keyword("SELECT") && !peek(1).is(",")) {
    level().select = true;
    level().tables = level().settings = false;
  } else if (token().is_keyword("ORDER") && peek(1).is_keyword("BY")) {
    level().order = true;
  }
  if (ends_table_list()) {
    level().tables = false;
  }
}

/// Behind AS stands a name, but for CREATE … AS SELECT and CREATE TABLE … AS f(…).
void Scan::note_as() {
  const bool create = kind_ == StatementKind::Ddl && levels_.size() == 1 && !level().select;
  if (create && peek(2).is("(") && !is_keyword_of(peek(1), {"SELECT", "WITH", "FROM"})) {
    level().table_expected = true;
    level().comma_expected = false;
  } else if (!create || !is_keyword_of(peek(1), {"SELECT", "WITH", "FROM"})) {
    level().alias_expected = true;
  }
}

void Scan::note_from() {
  const bool fill = level().order && back(1).is_keyword("FILL") && back(2).is_keyword("WITH");
  const bool argument = !level().select && has_from_argument(level().callee);
  if (!fill && !argument) {
    level().tables = level().table_expected = true;
    level().comma_expected = false;
  }
}

bool Scan::ends_table_list() const {
  if (is_keyword_of(token(), {"GROUP", "ORDER"})) {
    return peek(1).is_keyword("BY");
  }
  return is_keyword_of(token(), {"WHERE", "PREWHERE", "HAVING", "LIMIT", "SETTINGS", "UNION",
                                 "INTERSECT", "EXCEPT", "WINDOW", "QUALIFY"}) &&
         !continues_expression(peek(1)) && !awaits_operand(back(1));
}

void Scan::open(bool table) {
  Level next;
  if (token().is("(") && table) {
    next.tables = !starts_query();
    next.table_expected = next.tables;
  } else if (token().is("(") && back(1).is_identifier()) {
    next.callee = lower(unquoted(back(1)));
    next.function_names = takes_function_names(next.callee);
  } else if (token().is("(")) {
    next.function_names = level().function_names;
  }
  level().table_expected = level().alias_expected = false;
  levels_.push_back(std::move(next));
}

/// Whether the bracket in a table's place holds a query, not a list of tables (which may bear names
/// of keywords).
bool Scan::starts_query() const {
  if (peek(1).is_keyword("VALUES")) {
    return peek(2).is("(");
  }
  const bool named = continues_expression(peek(2)) || peek(3).is(",") || peek(3).is(")");
  return is_keyword_of(peek(1), {"SELECT", "FROM", "EXPLAIN"}) ||
         (peek(1).is_keyword("WITH") && !named);
}

Refusal Scan::check_pairs() const {
  const bool ddl = kind_ == StatementKind::Ddl || kind_ == StatementKind::Delete ||
                   kind_ == StatementKind::System;
  for (const Pair& pair : kRefusedPairs) {
    const bool follows = pair.second.empty() || peek(1).is_keyword(pair.second);
    if (token().is_keyword(pair.first) && follows && (ddl || !pair.ddl_only) && !back(1).is(".")) {
      std::string what(pair.first);
      what += pair.second.empty() ? "" : " ";
      return access_denied(what += pair.second, pair.reason);
    }
  }
  return std::nullopt;
}

Refusal Scan::check_call(bool table) const {
  const std::string name = unquoted(token());
  const std::string lowered = lower(name);
  if (table && !input_.empty() && token().text.data() == input_.data()) {
    return check_structure(lowered);
  }
  const Review function = review_of(NameSpace::Function, name);
  const Review table_function = review_of(NameSpace::TableFunction, name);
  if (function.verdict == Verdict::Denied) {
    return access_denied("Function " + name, function.reason);
  }
  // A name that is a function as well is harmless where only a function can stand.
  const bool maybe_table = table || function.verdict != Verdict::Allowed;
  if (table_function.verdict == Verdict::Denied && maybe_table) {
    return access_denied("Table function " + name, table_function.reason);
  }
  if (lowered == "format" && lower(unquoted(peek(2))) == "values") {
    return access_denied("Table function format", table_function.reason);
  }
  const bool certainly_table = table && !level().comma_expected;
  if (certainly_table && table_function.verdict != Verdict::Allowed) {
    return access_denied("Table function " + name, "is not one that was reviewed");
  }
  return takes_structure(lowered) ? check_structure(lowered) : std::nullopt;
}

/// Column definitions may come as a string; expressions in them would be evaluated.
Refusal Scan::check_structure(std::string_view callee) const {
  const Token& first = peek(2);
  const bool whole = peek(3).is(",") || peek(3).is(")");
  const bool evaluates = callee == "generaterandom" || callee == "null" || callee == "input";
  if (evaluates && !first.is(")") &&
      !((is_text(first) || first.type == TokenType::Number) && whole)) {
    return access_denied("Table function " + std::string(callee),
                         "has columns that are not one string, and cannot be checked");
  }
  if (!is_text(first)) {
    return std::nullopt;
  }
  const std::string structure = unquoted(first);
  for (const Token& word : tokens_of(structure)) {
    if (word.type == TokenType::Error ||
        is_keyword_of(word, {"DEFAULT", "MATERIALIZED", "ALIAS", "EPHEMERAL"})) {
      return access_denied("Table function " + std::string(callee),
                           "has columns with expressions, which cannot be checked");
    }
  }
  return std::nullopt;
}

/// A function may be named without being called: arrayMap(file, …), * APPLY file, * APPLY(file).
Refusal Scan::check_function_name() const {
  const bool applied =
      back(1).is_keyword("APPLY") || (back(1).is("(") && back(2).is_keyword("APPLY"));
  if (!applied && (!level().function_names || back(1).is(".") || peek(1).is("."))) {
    return std::nullopt;
  }
  const std::string name = unquoted(token());
  const Review review = review_of(NameSpace::Function, name);
  if (review.verdict == Verdict::Denied) {
    return access_denied("Function " + name, review.reason);
  }
  return std::nullopt;
}

Refusal Scan::check_engine() const {
  if (kind_ != StatementKind::Ddl || !token().is_keyword("ENGINE") || back(1).is(".")) {
    return std::nullopt;
  }
  const bool assigned = peek(1).is("=");
  const Token& value = peek(assigned ? 2 : 1);
  if (value.is("{")) {
    return access_denied("An engine by parameter", "cannot be checked");
  }
  if (!value.is_identifier()) {
    return std::nullopt;
  }
  const bool database = tokens_.size() > 1 && tokens_[1].is_keyword("DATABASE");
  const std::string name = unquoted(value);
  const Review review = review_of(database ? NameSpace::DatabaseEngine : NameSpace::Engine, name);
  if (review.verdict == Verdict::Denied) {
    return access_denied("Engine " + name, review.reason);
  }
  // Without "=" this may be a column called engine; the engine itself knows no engines but the
  // reviewed ones.
  if (review.verdict == Verdict::Unknown && assigned && !level().select) {
    return access_denied("Engine " + name, "is not one that was reviewed");
  }
  return std::nullopt;
}

Refusal Scan::check_setting() const {
  const Token& after = peek(1);
  const bool shorthand = after.is(",") || after.is(")") || after.text.empty() ||
                         after.type == TokenType::Semicolon || after.is_keyword("DEFAULT");
  if (!level().settings || (!after.is("=") && !shorthand)) {
    return std::nullopt;
  }
  const std::string name = unquoted(token());
  const std::string value = unquoted(peek(after.is("=") ? 2 : 0));
  const bool is_readonly = Token{TokenType::Word, name}.is_keyword("READONLY");
  if (kind_ == StatementKind::Set && is_readonly && value == "1") {
    return access_denied("SET readonly = 1",
                         "would keep the server from naming what runs in this session, so that it "
                         "could not be cancelled; use readonly = 2, or the parameter readonly=1 of "
                         "a request");
  }
  return guard_check_setting(name, value, readonly_);
}

Refusal Scan::check_system_table(bool table) const {
  const bool qualified =
      back(1).is(".") && back(2).is_identifier() && lower(unquoted(back(2))) == "system";
  if (!qualified && !table) {
    return std::nullopt;
  }
  const std::string name = unquoted(token());
  const Review review = review_of(NameSpace::SystemTable, name);
  if (review.verdict == Verdict::Denied) {
    return access_denied("Table system." + name, review.reason);
  }
  return std::nullopt;
}

/// {name:Identifier} may name a table or a column, whose values guard_check_parameters() checks,
/// but not a function.
Refusal Scan::check_parameter() const {
  const bool identifier =
      peek(1).is_identifier() && peek(2).is(":") && peek(3).is_keyword("IDENTIFIER");
  if (!identifier) {
    return std::nullopt;
  }
  const bool called = peek(4).is("}") && peek(5).is("(");
  const bool target = kind_ == StatementKind::Insert &&
                      (is_keyword_of(back(1), {"INTO", "TABLE"}) || back(1).is("."));
  if ((called && !target) || back(1).is_keyword("APPLY") ||
      (level().function_names && back(1).is("("))) {
    return access_denied("A function by parameter", "cannot be checked");
  }
  return std::nullopt;
}

}  // namespace

GuardRefusal access_denied(std::string_view what, std::string_view reason) {
  std::string message(what);
  message += " is not allowed here: it ";
  message += reason;
  return {497, "ACCESS_DENIED", std::move(message)};
}

GuardRefusal readonly_refusal(std::string message) { return {164, "READONLY", std::move(message)}; }

std::vector<Token> tokens_of(std::string_view sql) {
  std::vector<Token> tokens;
  Lexer lexer(sql);
  Token token;
  while (lexer.next(token)) {
    tokens.push_back(token);
    if (token.type == TokenType::Error) {
      break;
    }
  }
  return tokens;
}

bool is_path_outside(std::string_view name) {
  return starts_with(name, "/") || starts_with(name, "../") ||
         name.find("/../") != std::string_view::npos;
}

std::optional<GuardRefusal> scan_tokens(const std::vector<Token>& tokens, StatementKind kind,
                                        bool readonly, std::string_view input) {
  return Scan(tokens, kind, readonly, input).run();
}

}  // namespace sluice::server
