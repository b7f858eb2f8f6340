#include "server/http_interface.h"

#include <chrono>
#include <optional>
#include <utility>
#include <variant>

#include "base/log.h"
#include "server/engine_sql.h"
#include "server/exception_status.h"
#include "server/external_tables.h"
#include "server/guard.h"
#include "server/multipart.h"
#include "server/response_headers.h"
#include "server/result_pump.h"
#include "server/result_stream.h"
#include "server/session_state.h"
#include "server/url.h"

namespace sluice::server {
namespace {

constexpr std::string_view kOk = "Ok.\n";
constexpr std::string_view kText = "text/plain; charset=UTF-8";

constexpr std::string_view kNoSuchPath =
    "There is no handle for this path\n\nUse / or /ping for health checks.\nOr "
    "/replicas_status for more sophisticated health checks.\n\nSend queries from your program "
    "with POST method or GET /?query=...\n";

bool begins(const Status& status, std::string_view prefix) {
  return std::string_view(status.message()).substr(0, prefix.size()) == prefix;
}

/// The exception code for what went wrong with a request's body.
int code_of(const Status& status) {
  switch (status.code()) {
    case Code::InvalidArgument:
      return begins(status, "Syntax error")           ? exception::kSyntaxError
             : begins(status, kBadMultipart)          ? exception::kBadArguments
             : begins(status, http::kMalformedChunks) ? exception::kBadArguments
                                                      : exception::kCannotDecompress;
    case Code::DataLoss: return exception::kChecksumDoesntMatch;
    case Code::ResourceExhausted:
      return begins(status, "Max query size") ? exception::kQueryIsTooLarge
                                              : exception::kMemoryLimitExceeded;
    case Code::Unimplemented: return exception::kNotImplemented;
    case Code::DeadlineExceeded: return exception::kSocketTimeout;
    default: return exception::kNetworkError;
  }
}

}  // namespace

/// Takes one query from its parameters to its answer.
class HttpInterface::QueryHandler {
 public:
  QueryHandler(HttpInterface& owner, http::StreamExchange& exchange)
      : owner_(owner), exchange_(exchange) {}

  void run(const Target& target) {
    if (std::optional<engine::Error> error = prepare(target)) {
      record_end(failed(*error));
      give_back_bodies();
      return respond_error(exchange_, *error, request_.cors, request_.query_id);
    }
    ResultStream stream(exchange_, request_,
                        {owner_.engine_, owner_.options_.display_name, owner_.budget_});
    // Everything that the next request of this client may need is given back before the answer
    // ends.
    const engine::Outcome outcome = admit_and_run(stream);
    record_end(outcome);
    give_back_bodies();
    if (outcome.ok()) {
      stream.finish(outcome.figures);
    } else {
      stream.fail(*outcome.error);
    }
  }

 private:
  engine::Error error(int code, std::string_view message) const {
    return owner_.error(code, message);
  }
  /// The bytes that the request brought, which count against those of all.
  void give_back_bodies() {
    body_.data.reset();
    tables_.clear();
  }
  static engine::Outcome failed(engine::Error error) {
    engine::Outcome outcome;
    outcome.error = std::move(error);
    return outcome;
  }

  std::optional<engine::Error> prepare(const Target& target);
  std::optional<engine::Error> read_multipart(engine::NameValues params);
  std::optional<engine::Error> check_guard();
  static std::optional<GuardRefusal> check_data(StatementBody& insert);
  engine::Error running_error(RunningQueries::Refusal refusal) const;
  engine::Error session_error(Sessions::Refusal refusal) const;
  engine::Outcome admit_and_run(ResultStream& stream);
  engine::Outcome run_in_session(ResultStream& stream);
  engine::Outcome run_on(engine::Connection& connection, bool lasting, ResultStream& stream);
  std::optional<engine::Error> set_fields(engine::Connection& connection, bool lasting,
                                          ResultStream& stream) const;
  engine::NameValues default_settings(bool reads) const;
  engine::Outcome execute(engine::Connection& connection, ResultStream& stream);
  void record(QueryLog::Event event, const engine::Outcome& outcome) const;
  void record_end(const engine::Outcome& outcome) const;

  HttpInterface& owner_;
  http::StreamExchange& exchange_;
  const QueryLog::Clock::time_point came_ = QueryLog::Clock::now();
  QueryRequest request_;
  ExternalTables tables_;
  StatementBody body_;
  bool started_ = false;  // the engine has been given the statement
};

std::optional<engine::Error> HttpInterface::QueryHandler::read_multipart(
    engine::NameValues params) {
  Status status = read_form(exchange_, request_, owner_.budget_, params, tables_);
  if (status.ok()) status = describe_tables(params, tables_);
  if (!status.ok()) return error(code_of(status), status.message());
  request_ = QueryRequest();
  return read_query_request(exchange_.head(), params, owner_.engine_.version(), request_);
}

/// Reads the request and its body, up to a statement that may run.
std::optional<engine::Error> HttpInterface::QueryHandler::prepare(const Target& target) {
  const http::StreamHead& head = exchange_.head();
  auto bad = read_query_request(head, target.params, owner_.engine_.version(), request_);
  request_.cors = request_.cors || owner_.options_.cors;
  if (bad) return bad;
  if (head.method == "POST" && !head.has_body) {
    return error(exception::kHttpLengthRequired,
                 "The Transfer-Encoding is not chunked and there is no Content-Length header for "
                 "POST request");
  }
  if (is_multipart(head.field("Content-Type"))) {
    if (auto bad_part = read_multipart(target.params)) return bad_part;
    request_.cors = request_.cors || owner_.options_.cors;
  }
  const Status status = read_statement(exchange_, request_, owner_.budget_, body_);
  if (!status.ok()) return error(code_of(status), status.message());
  return owner_.options_.guard ? check_guard() : std::nullopt;
}

std::optional<engine::Error> HttpInterface::QueryHandler::check_guard() {
  std::optional<GuardRefusal> refusal = guard_check(body_.sql, body_.shape, request_.readonly);
  for (const auto& [name, value] : request_.settings) {
    if (refusal) break;
    refusal = guard_check_setting(name, value, request_.readonly);
  }
  if (!refusal) {
    std::vector<QueryParameter> parameters;
    for (const auto& [name, value] : request_.parameters) parameters.push_back({name, value});
    refusal = guard_check_parameters(body_.sql, body_.shape, parameters);
  }
  if (!refusal) refusal = check_data(body_);
  for (ExternalTable& table : tables_) {
    // Nothing of them stays, so they may come with a request that only reads.
    if (!refusal) refusal = guard_check(table.create.sql, table.create.shape, false);
    if (!refusal) refusal = guard_check(table.insert.sql, table.insert.shape, false);
    if (!refusal) refusal = check_data(table.insert);
  }
  if (!refusal) return std::nullopt;
  return engine::make_error(refusal->code, refusal->type, refusal->message,
                            owner_.engine_.version());
}

/// Data of an INSERT in which the engine evaluates expressions.
std::optional<GuardRefusal> HttpInterface::QueryHandler::check_data(StatementBody& insert) {
  const bool values = insert.shape.insert_values || insert.shape.format == "Values";
  if (!insert.data.has_value() || !values) return std::nullopt;
  const Result<std::string_view> data = insert.data->map();
  if (data.ok()) return guard_check_values(*data);
  return GuardRefusal{exception::kMemoryLimitExceeded,
                      std::string(exception_name(exception::kMemoryLimitExceeded)),
                      data.status().message()};
}

engine::Error HttpInterface::QueryHandler::running_error(RunningQueries::Refusal refusal) const {
  switch (refusal) {
    case RunningQueries::Refusal::SameId:
      return error(exception::kQueryWithSameIdIsAlreadyRunning,
                   "Query with id = " + request_.query_id + " is already running.");
    case RunningQueries::Refusal::Stopping:
      return error(exception::kAborted, "The server is shutting down");
    case RunningQueries::Refusal::TooMany: break;
  }
  return error(exception::kTooManySimultaneousQueries,
               "Too many simultaneous queries for this server; try again later");
}

engine::Error HttpInterface::QueryHandler::session_error(Sessions::Refusal refusal) const {
  switch (refusal) {
    case Sessions::Refusal::NotFound:
      return error(exception::kSessionNotFound, "Session " + request_.session_id + " not found");
    case Sessions::Refusal::Locked:
      return error(exception::kSessionIsLocked,
                   "Session " + request_.session_id + " is locked by a concurrent client");
    case Sessions::Refusal::TooMany:
      return error(exception::kUserSessionLimitExceeded, "Too many sessions");
    case Sessions::Refusal::EngineFailed: break;
  }
  return error(exception::kAborted, "The engine is not available");
}

engine::Outcome HttpInterface::QueryHandler::admit_and_run(ResultStream& stream) {
  const bool insert = body_.shape.kind == StatementKind::Insert;
  const auto slot = owner_.running_.enter(
      insert ? RunningQueries::Kind::Insert : RunningQueries::Kind::Query, request_.query_id);
  if (const auto* refusal = std::get_if<RunningQueries::Refusal>(&slot)) {
    return failed(running_error(*refusal));
  }
  if (!request_.session_id.empty()) return run_in_session(stream);
  Result<std::unique_ptr<engine::Connection>> connection = owner_.engine_.connect();
  if (!connection.ok()) return failed(session_error(Sessions::Refusal::EngineFailed));
  return run_on(**connection, false, stream);
}

engine::Outcome HttpInterface::QueryHandler::run_in_session(ResultStream& stream) {
  auto acquired = owner_.sessions_.acquire(request_.session_id, request_.session_check);
  if (const auto* refusal = std::get_if<Sessions::Refusal>(&acquired)) {
    return failed(session_error(*refusal));
  }
  auto& lease = std::get<Sessions::Lease>(acquired);
  lease.set_timeout(request_.session_timeout);
  if (request_.close_session) lease.close();
  if (lease.fresh()) {
    engine::Outcome begun = lease.connection().execute({set_statement(default_settings(true))});
    if (!begun.ok()) return begun;
  }
  return run_on(lease.connection(), true, stream);
}

engine::Outcome HttpInterface::QueryHandler::run_on(engine::Connection& connection, bool lasting,
                                                    ResultStream& stream) {
  // Before the request's settings, which are for its statement alone.
  TemporaryTables tables(connection, lasting);
  if (std::optional<engine::Error> error = tables.create(tables_)) {
    return failed(std::move(*error));
  }
  SessionState state(connection, lasting);
  const engine::NameValues defaults = default_settings(has_result(body_.shape.kind));
  if (std::optional<engine::Error> error = state.apply(request_, request_.query_id, defaults)) {
    return failed(std::move(*error));
  }
  if (std::optional<engine::Error> error = set_fields(connection, lasting, stream)) {
    return failed(std::move(*error));
  }
  return execute(connection, stream);
}

/// The setting http_response_headers, of the statement, the request or the session.
std::optional<engine::Error> HttpInterface::QueryHandler::set_fields(engine::Connection& connection,
                                                                     bool lasting,
                                                                     ResultStream& stream) const {
  std::optional<std::string> value = setting_of(body_.sql, body_.shape, kResponseHeaders);
  const std::string* of_request = find_last(request_.settings, kResponseHeaders);
  if (!value && of_request != nullptr) value = *of_request;
  if (!value && lasting) {
    const std::string sql = "SELECT value FROM system.settings WHERE changed AND name = " +
                            engine::quoted(kResponseHeaders) + " FORMAT TSVRaw";
    value = connection.execute({sql}).output;
  }
  if (!value || value->empty()) return std::nullopt;
  Result<http::Fields> fields = parse_response_headers(*value);
  if (!fields.ok()) return error(exception::kBadArguments, fields.status().message());
  stream.set_fields(std::move(*fields));
  return std::nullopt;
}

engine::NameValues HttpInterface::QueryHandler::default_settings(bool reads) const {
  engine::NameValues settings = server_settings();
  const engine::NameValues& limits = owner_.options_.query_settings;
  if (reads) settings.insert(settings.end(), limits.begin(), limits.end());
  // ProtocolBlocks knows JSON as texts.
  if (reads && request_.protocol_version >= native::ProtocolBlocks::kVersionMin)
    settings.emplace_back("output_format_native_write_json_as_string", "1");
  return settings;
}

engine::Outcome HttpInterface::QueryHandler::execute(engine::Connection& connection,
                                                     ResultStream& stream) {
  const StatementShape& shape = body_.shape;
  const bool result = has_result(shape.kind);
  if (result) stream.set_format(shape.format.empty() ? request_.default_format : shape.format);
  const auto sql = [&](int fd) {
    if (result) return with_result_to(body_.sql, shape, fd);
    return body_.data.has_value() ? with_data_from(body_.sql, shape, body_.data->path())
                                  : body_.sql.substr(0, shape.end);
  };
  engine::Statement statement;
  statement.default_format = request_.default_format;
  statement.parameters = &request_.parameters;
  // What writes is finished without its client.
  const PumpJob job{owner_.engine_, connection,        owner_.threads_,
                    exchange_,      request_.query_id, result};
  record(QueryLog::Event::Start, {});
  started_ = true;
  PumpResult run = run_statement(job, sql, statement, stream);
  if (run.output.ok() && run.outcome.ok() && !run.outcome.output.empty()) {
    stream.set_format(request_.default_format);
    run.output = stream.write(run.outcome.output);
  }
  if (run.output.code() == Code::Cancelled) {
    run.outcome.error = error(exception::kQueryWasCancelled,
                              "Query was cancelled: the client closed its connection");
  } else if (!run.output.ok()) {
    run.outcome.error = error(code_of(run.output), run.output.message());
  }
  return std::move(run.outcome);
}

void HttpInterface::QueryHandler::record(QueryLog::Event event,
                                         const engine::Outcome& outcome) const {
  if (owner_.log_ == nullptr) return;
  owner_.log_->add({event, request_, body_.sql, body_.shape.kind, exchange_.head(), outcome, came_,
                    owner_.options_.account.user});
}

void HttpInterface::QueryHandler::record_end(const engine::Outcome& outcome) const {
  record(outcome.ok() ? QueryLog::Event::Finish
         : started_   ? QueryLog::Event::ExceptionWhileProcessing
                      : QueryLog::Event::ExceptionBeforeStart,
         outcome);
}

HttpInterface::HttpInterface(engine::Engine& engine, HttpInterfaceOptions options, QueryLog* log)
    : engine_(engine),
      options_(std::move(options)),
      log_(log),
      budget_(options_.body_budget_bytes),
      running_(options_.queries_max, options_.inserts_max),
      sessions_(engine) {}

engine::Error HttpInterface::error(int code, std::string_view message) const {
  return engine::make_error(code, exception_name(code), message, engine_.version());
}

void HttpInterface::handle(http::StreamExchange& exchange) {
  Result<Target> target = parse_target(exchange.head().target);
  if (!target.ok()) {
    return respond_error(exchange, error(exception::kBadArguments, target.status().message()),
                         options_.cors);
  }
  if (!answer_simple(exchange, *target)) answer_query(exchange, *target);
}

/// Everything that needs no engine: health checks, CORS, what is not there.
bool HttpInterface::answer_simple(http::StreamExchange& exchange, const Target& target) const {
  const http::StreamHead& head = exchange.head();
  http::Fields fields;
  const std::string* cors = find_last(target.params, "add_http_cors_header");
  const bool with_cors = options_.cors || (cors != nullptr && *cors == "1");
  if (with_cors) add_cors_fields(fields);
  if (head.method == "OPTIONS") {
    if (with_cors) {
      fields.emplace_back("Access-Control-Allow-Headers",
                          "origin, x-requested-with, content-type, authorization, "
                          "x-clickhouse-user, x-clickhouse-key, x-clickhouse-database, "
                          "x-clickhouse-format");
      fields.emplace_back("Access-Control-Allow-Methods", "POST, GET, OPTIONS");
      fields.emplace_back("Access-Control-Max-Age", "86400");
    }
    exchange.start(204, fields, 0);
    exchange.finish();
    return true;
  }
  fields.emplace_back("Content-Type", kText);
  const bool reads = head.method == "GET" || head.method == "HEAD";
  if (!reads && head.method != "POST") {
    fields.emplace_back("Allow", "GET, HEAD, POST, OPTIONS");
    exchange.respond(405, fields, "Use GET, HEAD, POST or OPTIONS\n");
    return true;
  }
  const bool health = target.path == "/ping" || target.path == "/replicas_status" ||
                      (target.path == "/" && find_last(target.params, "query") == nullptr);
  if (reads && health) {
    exchange.respond(200, fields, kOk);
    return true;
  }
  if (target.path == "/" || target.path == "/query") return false;
  exchange.respond(404, fields, kNoSuchPath);
  return true;
}

void HttpInterface::answer_query(http::StreamExchange& exchange, const Target& target) {
  const http::StreamHead& head = exchange.head();
  if (!head.trusted) {
    if (auto refusal = check_credentials(head, target.params, options_.account)) {
      return respond_error(exchange, error(refusal->code, refusal->message), options_.cors);
    }
  }
  QueryHandler(*this, exchange).run(target);
}

}  // namespace sluice::server
