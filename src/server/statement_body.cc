#include "server/statement_body.h"

#include <memory>
#include <utility>

namespace sluice::server {
namespace {

Status too_large() {
  return {Code::ResourceExhausted, "Max query size exceeded: the statement is longer than " +
                                       std::to_string(kStatementBytesMax) + " bytes"};
}

/// Gathers text until it is known to be an INSERT with data, and from there on the data.
class StatementReader {
 public:
  StatementReader(Budget& budget, StatementBody& body) : budget_(budget), body_(body) {}

  /// The parameter `query`.
  Status begin(const std::string& query) {
    if (query.empty()) return {};
    body_.sql = query;
    SLUICE_RETURN_IF_ERROR(look_for_data());
    if (!body_.data.has_value()) body_.sql += '\n';
    return {};
  }

  Status take(std::string_view bytes) {
    if (body_.data.has_value()) return body_.data->write(bytes);
    body_.sql += bytes;
    if (body_.sql.size() > kStatementBytesMax) return too_large();
    if (!looked_ && body_.sql.size() >= kStatementHeadBytes) return look_for_data();
    return {};
  }

  Status end() {
    if (body_.data.has_value()) return {};
    looked_ = false;
    SLUICE_RETURN_IF_ERROR(look_for_data());
    return body_.data.has_value() ? Status() : parsed_;
  }

 private:
  /// Splits the text where data begins. That the text is no whole statement yet is no error here.
  Status look_for_data() {
    if (looked_) return {};
    Result<StatementShape> shape = parse_shape(body_.sql);
    looked_ = body_.sql.size() >= kStatementHeadBytes;
    parsed_ = shape.status();
    if (!shape.ok()) return {};
    if (shape->insert_data_at == kAbsent) {
      body_.shape = std::move(*shape);
      return {};
    }
    Result<MemFile> file = MemFile::create(budget_);
    if (!file.ok()) return file.status();
    body_.data = std::move(*file);
    SLUICE_RETURN_IF_ERROR(
        body_.data->write(std::string_view(body_.sql).substr(shape->insert_data_at)));
    body_.sql.resize(shape->end);
    body_.sql.shrink_to_fit();
    // Once more, for views into the text that stays.
    shape = parse_shape(body_.sql);
    if (!shape.ok()) return shape.status();
    body_.shape = std::move(*shape);
    return {};
  }

  Budget& budget_;
  StatementBody& body_;
  Status parsed_ = invalid_argument("Empty query");
  bool looked_ = false;
};

}  // namespace

Status read_body(http::StreamExchange& exchange, const QueryRequest& request,
                 const wire::Sink& sink) {
  auto blocks = request.native_decompress ? wire::make_native_block_decoder() : nullptr;
  auto encoding =
      request.request_encoding != nullptr ? request.request_encoding->make_decoder() : nullptr;
  const wire::Sink to_blocks = [&](std::string_view bytes) {
    return blocks != nullptr ? blocks->write(bytes, sink) : sink(bytes);
  };
  bool empty = true;
  for (;;) {
    const Result<std::string_view> bytes = exchange.read_body();
    if (!bytes.ok()) return bytes.status();
    if (bytes->empty()) break;
    empty = false;
    SLUICE_RETURN_IF_ERROR(encoding != nullptr ? encoding->write(*bytes, to_blocks)
                                               : to_blocks(*bytes));
  }
  // A body without a byte is an empty one, whatever its encoding.
  if (encoding != nullptr && !empty) SLUICE_RETURN_IF_ERROR(encoding->finish(to_blocks));
  return blocks != nullptr ? blocks->finish(sink) : Status();
}

Status read_statement(http::StreamExchange& exchange, const QueryRequest& request, Budget& budget,
                      StatementBody& body) {
  StatementReader reader(budget, body);
  SLUICE_RETURN_IF_ERROR(reader.begin(request.query));
  SLUICE_RETURN_IF_ERROR(read_body(
      exchange, request, [&reader](std::string_view bytes) { return reader.take(bytes); }));
  return reader.end();
}

}  // namespace sluice::server
