#include "server/external_tables.h"

#include <algorithm>
#include <utility>

#include "native/identifier.h"
#include "server/engine_sql.h"
#include "server/multipart.h"

namespace sluice::server {
namespace {

constexpr std::string_view kDefaultFormat = "TabSeparated";

/// Takes the last parameter of this name out, and those that it overrides.
std::optional<std::string> take(engine::NameValues& params, const std::string& name) {
  const std::string* last = find_last(params, name);
  if (last == nullptr) return std::nullopt;
  std::string value = *last;
  params.erase(std::remove_if(params.begin(), params.end(),
                              [&name](const auto& param) { return param.first == name; }),
               params.end());
  return value;
}

/// "UInt8, Decimal(10, 2)" -> "_1 UInt8, _2 Decimal(10, 2)".
std::string columns_of(std::string_view types) {
  std::string columns = "_1 ";
  int number = 1;
  int depth = 0;
  size_t copied = 0;
  Lexer lexer(types);
  for (Token token; lexer.next(token);) {
    depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
    if (depth != 0 || !token.is(",")) continue;
    columns += types.substr(copied, lexer.position() - copied);
    columns += " _" + std::to_string(++number) + " ";
    copied = lexer.position();
  }
  columns += types.substr(copied);
  return columns;
}

/// Makes `sql` the statement, up to where its data would begin.
Status set_statement_of(StatementBody& body, std::string sql) {
  body.sql = std::move(sql);
  Result<StatementShape> shape = parse_shape(body.sql);
  if (!shape.ok()) return shape.status();
  body.sql.resize(shape->end);
  body.shape = std::move(*shape);
  return {};
}

Status describe(engine::NameValues& params, ExternalTable& table) {
  std::optional<std::string> columns = take(params, table.name + "_structure");
  const std::optional<std::string> types = take(params, table.name + "_types");
  const std::optional<std::string> format = take(params, table.name + "_format");
  if (!columns.has_value() && types.has_value()) columns = columns_of(*types);
  if (!columns.has_value()) {
    return invalid_argument(std::string(kBadMultipart) +
                            "Neither structure nor types have been provided for external table " +
                            table.name + ". Use fields " + table.name + "_structure or " +
                            table.name + "_types to do so.");
  }
  const std::string name = native::quote_identifier(table.name);
  SLUICE_RETURN_IF_ERROR(set_statement_of(
      table.create, "CREATE TEMPORARY TABLE " + name + " (" + *columns + ") ENGINE = Memory"));
  // The rows must be there when the statement runs, not queued.
  return set_statement_of(table.insert, "INSERT INTO " + name +
                                            " SETTINGS async_insert = 0 FORMAT " +
                                            format.value_or(std::string(kDefaultFormat)));
}

/// Puts the parts of a body where they belong.
class FormParts {
 public:
  FormParts(Budget& budget, engine::NameValues& fields, ExternalTables& tables)
      : budget_(budget), fields_(fields), tables_(tables) {}

  Result<wire::Sink> begin(std::string name, bool is_file) {
    return is_file ? begin_table(std::move(name)) : begin_field(std::move(name));
  }

 private:
  Result<wire::Sink> begin_table(std::string name) {
    if (tables_.size() == kExternalTablesMax) {
      return Status(Code::ResourceExhausted, "a request may bring no more than " +
                                                 std::to_string(kExternalTablesMax) +
                                                 " external tables");
    }
    Result<MemFile> file = MemFile::create(budget_);
    if (!file.ok()) return file.status();
    ExternalTable& table = tables_.emplace_back();
    table.name = std::move(name);
    table.insert.data = std::move(*file);
    return wire::Sink([&table](std::string_view bytes) { return table.insert.data->write(bytes); });
  }

  Result<wire::Sink> begin_field(std::string name) {
    fields_.emplace_back(std::move(name), std::string());
    return wire::Sink([this](std::string_view bytes) {
      field_bytes_ += bytes.size();
      if (field_bytes_ > kFormFieldBytesMax) {
        return Status(Code::ResourceExhausted,
                      "Max query size exceeded: the fields of a multipart body take more than " +
                          std::to_string(kFormFieldBytesMax) + " bytes");
      }
      fields_.back().second += bytes;
      return Status();
    });
  }

  Budget& budget_;
  engine::NameValues& fields_;
  ExternalTables& tables_;
  size_t field_bytes_ = 0;
};

}  // namespace

Status read_form(http::StreamExchange& exchange, const QueryRequest& request, Budget& budget,
                 engine::NameValues& fields, ExternalTables& tables) {
  FormParts parts(budget, fields, tables);
  MultipartReader reader(
      [&parts](std::string name, bool is_file) { return parts.begin(std::move(name), is_file); });
  SLUICE_RETURN_IF_ERROR(reader.begin(exchange.head().field("Content-Type")));
  SLUICE_RETURN_IF_ERROR(read_body(
      exchange, request, [&reader](std::string_view bytes) { return reader.write(bytes); }));
  return reader.finish();
}

Status describe_tables(engine::NameValues& params, ExternalTables& tables) {
  for (ExternalTable& table : tables) SLUICE_RETURN_IF_ERROR(describe(params, table));
  return {};
}

TemporaryTables::~TemporaryTables() {
  if (!lasting_) return;
  for (const std::string& name : created_) {
    connection_.execute({"DROP TEMPORARY TABLE IF EXISTS " + name});
  }
}

std::optional<engine::Error> TemporaryTables::create(ExternalTables& tables) {
  for (ExternalTable& table : tables) {
    engine::Outcome outcome = connection_.execute({table.create.sql});
    if (!outcome.ok()) return std::move(outcome.error);
    created_.push_back(native::quote_identifier(table.name));
    StatementBody& insert = table.insert;
    outcome = connection_.execute({with_data_from(insert.sql, insert.shape, insert.data->path())});
    if (!outcome.ok()) return std::move(outcome.error);
    insert.data.reset();
  }
  return std::nullopt;
}

}  // namespace sluice::server
