#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/budget.h"
#include "base/status.h"
#include "http/stream_server.h"
#include "server/mem_file.h"
#include "server/query_request.h"
#include "server/sql.h"
#include "wire/stream_codec.h"

namespace sluice::server {

/// SQL text beyond this is refused with QUERY_IS_TOO_LARGE before the engine sees it; the engine's
/// own max_query_size (256 KiB by default) is the user's to set.
inline constexpr size_t kStatementBytesMax = 64 << 20;
/// By so much text it must be clear whether a body is an INSERT with data; ClickHouse looks at as
/// much (max_query_size).
inline constexpr size_t kStatementHeadBytes = 256 << 10;

/// One statement, and the data that came with it.
struct StatementBody {
  std::string sql;              ///< of an INSERT with data, what stands before the data
  StatementShape shape;         ///< of `sql`; its views point into it, so this stays where it is
  std::optional<MemFile> data;  ///< of an INSERT, if it has data or may have

  StatementBody() = default;
  StatementBody(const StatementBody&) = delete;
  StatementBody& operator=(const StatementBody&) = delete;
};

/// Puts the statement together from the parameter `query` and the body after it, reading the body
/// as a stream: the data of an INSERT goes to a file in memory piece by piece, and nowhere else.
/// Errors: InvalidArgument with ClickHouse's "Syntax error: …" or about the body's encoding;
/// DataLoss for a wrong checksum; ResourceExhausted (message tells which limit); Cancelled,
/// DeadlineExceeded as StreamExchange::read_body().
Status read_statement(http::StreamExchange& exchange, const QueryRequest& request, Budget& budget,
                      StatementBody& body);

/// Streams the request's body to `sink`, decoded: the content encoding first, then ClickHouse's
/// native blocks. Errors as read_statement(), and those of the sink.
Status read_body(http::StreamExchange& exchange, const QueryRequest& request,
                 const wire::Sink& sink);

}  // namespace sluice::server
