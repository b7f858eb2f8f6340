#include "clickhouse/client.h"

#include <algorithm>
#include <utility>

namespace sluice::clickhouse {
namespace {

void append_escaped(std::string_view text, std::string& out) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
}

/// Collects the parameters of a request's target.
class Target {
 public:
  Target& add(std::string_view name, std::string_view value) {
    text_ += text_.size() == 1 ? '?' : '&';
    append_escaped(name, text_);
    text_ += '=';
    append_escaped(value, text_);
    return *this;
  }
  Target& add(const Settings& settings, std::string_view prefix = "") {
    for (const auto& [name, value] : settings) add(std::string(prefix) + name, value);
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_ = "/";
};

bool names(const Settings& settings, std::string_view name) {
  return std::any_of(settings.begin(), settings.end(),
                     [&](const auto& setting) { return setting.first == name; });
}

Target insert_target(const Endpoint& endpoint, const InsertRequest& request) {
  std::string sql =
      "INSERT INTO " + quote_identifier(endpoint.database) + "." + quote_identifier(request.table);
  sql.append(" (").append(request.columns).append(") FORMAT Native");
  Target target;
  target.add("query", sql);
  // The answer must mean "stored".
  if (!names(endpoint.settings, "async_insert")) target.add("async_insert", "0");
  target.add("wait_for_async_insert", "1");
  target.add("wait_end_of_query", "1");
  if (request.token.empty()) {
    target.add("insert_deduplicate", "0");
  } else {
    target.add("insert_deduplicate", "1").add("insert_deduplication_token", request.token);
  }
  target.add(endpoint.settings);
  if (request.settings == nullptr) return target;
  for (const auto& [name, value] : *request.settings) {
    if (!names(endpoint.settings, name)) target.add(name, value);
  }
  return target;
}

Code status_code(const Answer& answer) {
  switch (answer.code) {
    case 192:
    case 193:
    case 194:
    case 516: return Code::Unauthenticated;
    case 164:
    case 195:
    case 291:
    case 497: return Code::PermissionDenied;
    case 60:
    case 81: return Code::NotFound;
    default: break;
  }
  switch (answer.error_class) {
    case ErrorClass::Transient:
    case ErrorClass::Ambiguous:
    case ErrorClass::BackPressure: return Code::Unavailable;
    default: return Code::InvalidArgument;
  }
}

}  // namespace

Client::Client(Endpoint endpoint)
    : endpoint_(std::move(endpoint)), http_(endpoint_.address, {.tls = endpoint_.tls}) {}

std::vector<http::ClientHeader> Client::credentials() const {
  if (endpoint_.user.empty() && endpoint_.password.empty()) return {};
  return {{"X-ClickHouse-User", endpoint_.user.empty() ? "default" : endpoint_.user},
          {"X-ClickHouse-Key", endpoint_.password}};
}

Result<std::string> Client::query(const QueryRequest& request) {
  Target target;
  target.add(endpoint_.settings).add(request.settings).add(request.params, "param_");
  const std::vector<http::ClientHeader> headers = credentials();
  const std::string_view body[] = {request.sql};
  http::ClientRequest http_request;
  http_request.method = "POST";
  http_request.target = target.text();
  http_request.headers = headers;
  http_request.body = body;
  http_request.timeout = request.timeout;
  http_request.on_body = request.on_body;
  http::Exchange exchange = http_.send(http_request);
  if (!exchange.status.ok()) return exchange.status;
  Answer answer = understand(exchange, 1);
  if (!answer.done()) return Status(status_code(answer), std::move(answer.message));
  return std::move(exchange.reply.body);
}

Answer Client::insert(const InsertRequest& request) {
  const Target target = insert_target(endpoint_, request);
  std::vector<http::ClientHeader> headers = credentials();
  headers.push_back({"Content-Type", "application/octet-stream"});
  if (request.lz4) headers.push_back({"Content-Encoding", "lz4"});
  http::ClientRequest http_request;
  http_request.method = "POST";
  http_request.target = target.text();
  http_request.headers = headers;
  http_request.body = request.body;
  http_request.timeout = request.timeout;
  return understand(http_.send(http_request), request.try_number, request.rows);
}

}  // namespace sluice::clickhouse
