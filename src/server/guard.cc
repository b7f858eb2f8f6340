#include "server/guard.h"

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "server/guard_functions.h"
#include "server/guard_scan.h"

namespace sluice::server {

namespace {

using Refusal = std::optional<GuardRefusal>;

bool is_keyword_of(const Token& token, std::initializer_list<std::string_view> keywords) {
  return std::any_of(keywords.begin(), keywords.end(),
                     [&token](std::string_view keyword) { return token.is_keyword(keyword); });
}

/// A statement's tokens from some point on; past its end stands a token that is nothing.
class Words {
 public:
  explicit Words(const std::vector<Token>& tokens) : tokens_(tokens) {}

  const Token& operator[](size_t index) const {
    return from_ + index < tokens_.size() ? tokens_[from_ + index] : none_;
  }
  void skip(size_t count) { from_ += count; }
  bool skip_if(std::initializer_list<std::string_view> keywords) {
    const bool found = is_keyword_of((*this)[0], keywords);
    from_ += found ? 1 : 0;
    return found;
  }

 private:
  const std::vector<Token>& tokens_;
  const Token none_;
  size_t from_ = 0;
};

GuardRefusal syntax_error(std::string_view near) {
  return {62, "SYNTAX_ERROR",
          "Syntax error: failed at '" + std::string(near.substr(0, 60)) +
              "'. Expected one of: SELECT, WITH, INSERT, EXPLAIN, SHOW, DESCRIBE, EXISTS, CHECK, "
              "USE, SET, "
              "CREATE, ALTER, DROP, TRUNCATE, RENAME, EXCHANGE, OPTIMIZE, DELETE, UPDATE, SYSTEM"};
}

GuardRefusal statement_denied(std::string_view what) {
  return access_denied("The statement " + std::string(what),
                       "reaches beyond the tables of this server");
}

bool writes(StatementKind kind) {
  switch (kind) {
    case StatementKind::Insert:
    case StatementKind::Ddl:
    case StatementKind::Delete:
    case StatementKind::System:
    case StatementKind::Kill: return true;
    default: return false;
  }
}

/// After CREATE, ALTER, DROP, …: what it is about must be a table, view, database or index.
Refusal check_ddl(Words words) {
  const Token verb = words[0];
  words.skip(1);
  while (words.skip_if({"OR", "REPLACE", "TEMPORARY", "TEMP", "MATERIALIZED", "ALL"})) {
  }
  const bool about_tables =
      is_keyword_of(words[0], {"TABLE", "TABLES", "VIEW", "DATABASE", "INDEX"});
  const bool bare_name = verb.is_keyword("TRUNCATE") && !is_keyword_of(words[0], {"DICTIONARY"});
  const bool alter_other = verb.is_keyword("ALTER") && !words[0].is_keyword("TABLE");
  if ((about_tables || bare_name) && !alter_other) {
    return std::nullopt;
  }
  return statement_denied(std::string(verb.text) + " " + std::string(words[0].text));
}

/// Merges may be stopped and started, logs flushed; all else acts on the process or on other
/// servers.
Refusal check_system(Words words) {
  words.skip(1);
  if (words[0].is_keyword("FLUSH") && words[1].is_keyword("LOGS")) {
    return std::nullopt;
  }
  if (words.skip_if({"START", "STOP"})) {
    words.skip_if({"TTL"});
    if (words[0].is_keyword("MERGES")) {
      return std::nullopt;
    }
  }
  return statement_denied("SYSTEM " + std::string(words[0].text));
}

/// SET name = value; not SET ROLE, SET TRANSACTION and the like.
Refusal check_set(Words words) {
  if (words[1].is_identifier() && (words[2].is("=") || words[2].is("."))) {
    return std::nullopt;
  }
  return statement_denied("SET " + std::string(words[1].text));
}

Refusal check_other(const Words& words) {
  const bool known = is_keyword_of(
      words[0], {"ATTACH", "BACKUP", "BEGIN", "COMMIT", "COPY", "DETACH", "EXECUTE", "GRANT",
                 "MOVE", "PREPARE", "RESTORE", "REVOKE", "ROLLBACK", "START", "UNDROP", "WATCH"});
  return known ? statement_denied(words[0].text) : syntax_error(words[0].text);
}

Refusal check_kind(StatementKind kind, const Words& words) {
  switch (kind) {
    case StatementKind::Ddl: return check_ddl(words);
    case StatementKind::System: return check_system(words);
    case StatementKind::Set: return check_set(words);
    case StatementKind::Kill: return access_denied("The statement KILL", "ends queries of others");
    case StatementKind::Other: return check_other(words);
    default: return std::nullopt;
  }
}

/// Removes EXPLAIN, its kind and its options from the front: the statement behind it is what is
/// checked.
void skip_explain(std::vector<Token>& tokens) {
  Words words(tokens);
  size_t skipped = 0;
  while (words[skipped].is_keyword("EXPLAIN")) {
    ++skipped;
    while (is_keyword_of(words[skipped], {"AST", "SYNTAX", "QUERY", "TREE", "PLAN", "PIPELINE",
                                          "ESTIMATE", "CURRENT", "TRANSACTION"})) {
      ++skipped;
    }
    while (words[skipped].is_identifier() && words[skipped + 1].is("=") &&
           words[skipped + 2].type == TokenType::Number) {
      skipped += words[skipped + 3].is(",") ? 4 : 3;
    }
  }
  tokens.erase(tokens.begin(),
               tokens.begin() + static_cast<ptrdiff_t>(std::min(skipped, tokens.size())));
}

/// A value of {name:Identifier}.
Refusal check_identifier_value(std::string_view value) {
  if (is_path_outside(value)) {
    return access_denied("The name " + std::string(value), "is that of a file");
  }
  const Review function = review_of(NameSpace::Function, value);
  if (function.verdict == Verdict::Denied) {
    return access_denied("Function " + std::string(value), function.reason);
  }
  const Review table = review_of(NameSpace::SystemTable, value);
  if (table.verdict == Verdict::Denied) {
    return access_denied("Table system." + std::string(value), table.reason);
  }
  return std::nullopt;
}

}  // namespace

Refusal guard_check(std::string_view sql, const StatementShape& shape, bool readonly) {
  std::vector<Token> tokens = tokens_of(sql.substr(0, shape.end));
  if (!tokens.empty() && tokens.back().type == TokenType::Error) {
    return syntax_error(
        tokens.back().text);  // "1e" is a number before more text, but not at its end
  }
  StatementKind kind = shape.kind;
  if (kind == StatementKind::Explain) {
    skip_explain(tokens);
    // EXPLAIN CURRENT TRANSACTION and the like leave nothing; what the rest is, its first word
    // says.
    if (tokens.empty()) {
      return statement_denied("EXPLAIN");
    }
    kind = kind_of(tokens[0]);
  }
  if (readonly && writes(kind)) {
    return readonly_refusal(
        "Cannot execute query in readonly mode. For queries over HTTP, method GET implies "
        "readonly. "
        "You should use method POST for modifying queries");
  }
  if (Refusal refusal = check_kind(kind, Words(tokens))) {
    return refusal;
  }
  const std::string_view input = shape.input_at == kAbsent
                                     ? std::string_view()
                                     : sql.substr(shape.input_at, shape.input_end - shape.input_at);
  if (Refusal refusal = scan_tokens(tokens, kind, readonly, input)) {
    return refusal;
  }
  if (shape.insert_data_at != kAbsent && (shape.insert_values || shape.format == "Values")) {
    return guard_check_values(sql.substr(shape.insert_data_at));
  }
  return std::nullopt;
}

Refusal guard_check_setting(std::string_view name, std::string_view value, bool readonly) {
  const Review review = review_of(NameSpace::Setting, name);
  if (review.verdict == Verdict::Denied) {
    return access_denied("Setting " + std::string(name), review.reason);
  }
  const Token as_token{TokenType::Word, name};
  const bool loosens = as_token.is_keyword("READONLY") && value != "1" && value != "2";
  if (loosens && (readonly || value != "0")) {
    return readonly_refusal("Cannot modify 'readonly' setting in readonly mode");
  }
  constexpr std::string_view kParameter = "param_";
  return name.substr(0, kParameter.size()) == kParameter ? check_identifier_value(value)
                                                         : std::nullopt;
}

Refusal guard_check_parameters(std::string_view sql, const StatementShape& shape,
                               const std::vector<QueryParameter>& parameters) {
  const std::vector<Token> tokens = tokens_of(sql.substr(0, shape.end));
  for (size_t i = 0; i + 3 < tokens.size(); ++i) {
    const bool identifier = tokens[i].is("{") && tokens[i + 1].is_identifier() &&
                            tokens[i + 2].is(":") && tokens[i + 3].is_keyword("IDENTIFIER");
    for (const QueryParameter& parameter : parameters) {
      if (identifier && unquoted(tokens[i + 1]) == parameter.name) {
        if (Refusal refusal = check_identifier_value(parameter.value)) {
          return refusal;
        }
      }
    }
  }
  return std::nullopt;
}

Refusal guard_check_values(std::string_view data) {
  const std::vector<Token> tokens = tokens_of(data);
  if (!tokens.empty() && tokens.back().type == TokenType::Error) {
    return syntax_error(tokens.back().text);
  }
  // Rows are expressions, in which subqueries may stand.
  return scan_tokens(tokens, StatementKind::Select, false);
}

}  // namespace sluice::server
