#include "server/response_headers.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "http/message.h"

namespace sluice::server {
namespace {

/// What the HTTP server writes itself.
constexpr std::string_view kFraming[] = {"connection", "content-length", "transfer-encoding"};

Status bad(const std::string& why) {
  return invalid_argument("The setting " + std::string(kResponseHeaders) + " " + why);
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// A token of RFC 9110.
bool is_token(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    const bool is_letter = ascii::lower(c) >= 'a' && ascii::lower(c) <= 'z';
    return is_letter || (c >= '0' && c <= '9') || kMarks.find(c) != std::string_view::npos;
  });
}

Status check_field(const http::Fields& before, const std::string& name, const std::string& value) {
  if (has_control(name) || has_control(value))
    return bad("cannot contain ASCII control characters");
  if (!is_token(name)) return bad("has '" + name + "', which is not a name of a header");
  for (const std::string_view framing : kFraming)
    if (http::equal_fold(name, framing))
      return bad("cannot set " + name + ", which the server sets");
  for (const auto& [other, ignored] : before)
    if (http::equal_fold(name, other)) return bad("has two entries for " + name);
  return {};
}

bool is_text(const Token& token) {
  return token.type == TokenType::String || token.type == TokenType::Heredoc;
}

}  // namespace

Result<http::Fields> parse_response_headers(std::string_view value) {
  const Status not_a_map = bad("must be a Map from String to String");
  http::Fields fields;
  Lexer lexer(value);
  Token token;
  if (!lexer.next(token) || !token.is("{") || !lexer.next(token)) return not_a_map;
  while (!token.is("}")) {
    Token colon;
    Token text;
    if (!is_text(token) || !lexer.next(colon) || !colon.is(":") || !lexer.next(text) ||
        !is_text(text)) {
      return not_a_map;
    }
    std::string name = unquoted(token);
    std::string content = unquoted(text);
    SLUICE_RETURN_IF_ERROR(check_field(fields, name, content));
    fields.emplace_back(std::move(name), std::move(content));
    if (!lexer.next(token) || !(token.is(",") || token.is("}"))) return not_a_map;
    if (token.is(",") && !lexer.next(token)) return not_a_map;
  }
  if (lexer.next(token)) return not_a_map;
  return fields;
}

std::optional<std::string> setting_of(std::string_view sql, const StatementShape& shape,
                                      std::string_view name) {
  std::optional<std::string> found;
  if (shape.settings_at == kAbsent) return found;
  const std::string_view clause = sql.substr(0, shape.end).substr(shape.settings_at);
  Lexer lexer(clause);
  int depth = 0;
  Token before;
  Token token;
  for (Token last; lexer.next(token); before = std::exchange(last, token)) {
    const int opened = token.is("(") || token.is("[") || token.is("{")   ? 1
                       : token.is(")") || token.is("]") || token.is("}") ? -1
                                                                         : 0;
    const bool is_value =
        depth == 0 && last.is("=") && before.is_identifier() && unquoted(before) == name;
    depth += opened;
    if (!is_value) continue;
    if (opened == 0) {
      found = unquoted(token);
      continue;
    }
    const auto begin = static_cast<size_t>(token.text.data() - clause.data());
    while (depth > 0 && lexer.next(token)) {
      depth += token.is("{") || token.is("(") || token.is("[") ? 1 : 0;
      depth -= token.is("}") || token.is(")") || token.is("]") ? 1 : 0;
    }
    found = std::string(clause.substr(begin, lexer.position() - begin));
  }
  return found;
}

void override_fields(http::Fields& fields, const http::Fields& more) {
  for (const auto& [name, value] : more) {
    const auto same = std::find_if(fields.begin(), fields.end(), [&name = name](const auto& field) {
      return http::equal_fold(field.first, name);
    });
    if (same != fields.end()) {
      same->second = value;
    } else {
      fields.emplace_back(name, value);
    }
  }
}

}  // namespace sluice::server
