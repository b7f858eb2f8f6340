#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/budget.h"
#include "base/status.h"
#include "engine/engine.h"
#include "http/stream_server.h"
#include "server/query_request.h"
#include "server/statement_body.h"

namespace sluice::server {

/// A table that comes with a request, as a part of its multipart body, and goes with it: the
/// statement sees a temporary table of the part's name.
/// Reference: https://clickhouse.com/docs/engines/table-engines/special/external-data
struct ExternalTable {
  std::string name;
  StatementBody create;  ///< CREATE TEMPORARY TABLE
  StatementBody insert;  ///< INSERT of the part's bytes
};

/// Each table stays where it is.
using ExternalTables = std::deque<ExternalTable>;

/// Each holds a descriptor until its rows are in the engine.
inline constexpr size_t kExternalTablesMax = 64;
/// The query and its parameters, all of which ClickHouse keeps in memory too.
inline constexpr size_t kFormFieldBytesMax = 16 << 20;

/// Reads a multipart body. Parts with a file name are tables, whose bytes are taken from the
/// budget; the others are `fields`, parameters like those of the URL. Errors as read_body() and
/// MultipartReader; ResourceExhausted (message tells which limit).
Status read_form(http::StreamExchange& exchange, const QueryRequest& request, Budget& budget,
                 engine::NameValues& fields, ExternalTables& tables);

/// Makes the statements of all tables from their parameters, which are taken out of `params`:
/// `<name>_structure` ("a UInt8, b String") or `<name>_types` ("UInt8, String", for columns _1 and
/// _2), and `<name>_format`. InvalidArgument if both are missing, or with ClickHouse's "Syntax
/// error: …".
Status describe_tables(engine::NameValues& params, ExternalTables& tables);

/// The tables of a request on the connection that runs it. On a connection that outlives the
/// request (`lasting`) they are dropped in the end.
class TemporaryTables {
 public:
  TemporaryTables(engine::Connection& connection, bool lasting)
      : connection_(connection), lasting_(lasting) {}
  ~TemporaryTables();
  TemporaryTables(const TemporaryTables&) = delete;
  TemporaryTables& operator=(const TemporaryTables&) = delete;

  /// Creates them all, and gives their bytes back. The engine's error if it refuses one: a name
  /// that the session has already, a type or a format that it does not know, bytes that are not in
  /// it.
  std::optional<engine::Error> create(ExternalTables& tables);

 private:
  engine::Connection& connection_;
  const bool lasting_;
  std::vector<std::string> created_;
};

}  // namespace sluice::server
