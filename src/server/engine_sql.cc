#include "server/engine_sql.h"

#include <algorithm>

namespace sluice::server {
namespace {

constexpr std::string_view kDescriptors = "/proc/self/fd/";

/// Where VALUES or FORMAT stands in an INSERT that ends with "VALUES" or "FORMAT name".
size_t data_clause_at(std::string_view sql, bool values) {
  Lexer lexer(sql);
  size_t last = 0;
  size_t before_last = 0;
  for (Token token; lexer.next(token);) {
    before_last = last;
    last = static_cast<size_t>(token.text.data() - sql.data());
  }
  return values ? last : before_last;
}

/// input() becomes the file, in the format that stands at the end.
std::string with_input_from(std::string_view sql, const StatementShape& shape,
                            std::string_view path) {
  Token token;
  const bool has_columns = Lexer(shape.input_arguments).next(token);
  std::string out(sql.substr(0, shape.input_at));
  out += "file(" + engine::quoted(path) + ", " + engine::quoted(shape.format);
  out += has_columns ? ", " + shape.input_arguments : std::string();
  out += ")";
  out += sql.substr(shape.input_end, data_clause_at(sql, false) - shape.input_end);
  return out;
}

}  // namespace

bool has_result(StatementKind kind) {
  switch (kind) {
    case StatementKind::Select:
    case StatementKind::Explain:
    case StatementKind::Show:
    case StatementKind::Describe:
    case StatementKind::Exists:
    case StatementKind::Check: return true;
    default: return false;
  }
}

std::string with_result_to(std::string_view sql, const StatementShape& shape, int fd) {
  std::string out(sql.substr(0, shape.outfile_at));
  out += " INTO OUTFILE '" + std::string(kDescriptors) + std::to_string(fd) + "' APPEND ";
  out += sql.substr(shape.outfile_at, shape.end - shape.outfile_at);
  return out;
}

std::string with_data_from(std::string_view sql, const StatementShape& shape,
                           std::string_view path) {
  if (shape.input_at != kAbsent) return with_input_from(sql.substr(0, shape.end), shape, path);
  const size_t clause = data_clause_at(sql.substr(0, shape.end), shape.insert_values);
  const size_t at = std::min(clause, shape.settings_at);
  std::string out(sql.substr(0, at));
  out += " FROM INFILE " + engine::quoted(path) + " ";
  out += sql.substr(at, clause - at);
  // INFILE has no VALUES clause, only its format.
  out += shape.insert_values ? std::string_view(" FORMAT Values")
                             : sql.substr(clause, shape.end - clause);
  return out;
}

std::string set_statement(const engine::NameValues& settings) {
  std::string sql;
  for (const auto& [name, value] : settings) {
    sql += sql.empty() ? "SET " : ", ";
    sql += name + " = " + engine::quoted(value);
  }
  return sql;
}

}  // namespace sluice::server
