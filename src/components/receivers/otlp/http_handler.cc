#include "components/receivers/otlp/http_handler.h"

#include <algorithm>
#include <array>
#include <utility>

#include "components/receivers/otlp/metadata.h"
#include "components/receivers/otlp/reply_body.h"
#include "http/rpc_status.h"

namespace sluice::components::otlp_receiver {

namespace {

constexpr std::string_view kProtobuf = "application/x-protobuf";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kRetryAfterSeconds = "1";

/// Names are compared exactly, as the OpenTelemetry Collector does; x-gzip is RFC 9110's old name
/// of gzip.
constexpr std::array<std::pair<std::string_view, wire::Encoding>, 9> kEncodings{{
    {"", wire::Encoding::Identity},
    {"gzip", wire::Encoding::Gzip},
    {"x-gzip", wire::Encoding::Gzip},
    {"deflate", wire::Encoding::Deflate},
    {"zlib", wire::Encoding::Deflate},
    {"zstd", wire::Encoding::Zstd},
    {"snappy", wire::Encoding::Snappy},
    {"x-snappy-framed", wire::Encoding::SnappyFramed},
    {"lz4", wire::Encoding::Lz4},
}};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decode(std::string_view path) {
  std::string decoded;
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '%' && i + 2 < path.size() && hex_digit(path[i + 1]) >= 0 &&
        hex_digit(path[i + 2]) >= 0) {
      decoded.push_back(static_cast<char>(hex_digit(path[i + 1]) * 16 + hex_digit(path[i + 2])));
      i += 2;
    } else {
      decoded.push_back(path[i]);
    }
  }
  return decoded;
}

/// The first value of that name in a query, decoded.
std::optional<std::string> query_parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    std::string pair(query.substr(0, end));
    query.remove_prefix(std::min(end + 1, query.size()));
    std::replace(pair.begin(), pair.end(), '+', ' ');
    const size_t equals = std::min(pair.find('='), pair.size());
    if (percent_decode(std::string_view(pair).substr(0, equals)) != name) continue;
    return percent_decode(std::string_view(pair).substr(std::min(equals + 1, pair.size())));
  }
  return std::nullopt;
}

/// The media type, whatever its case and parameters.
std::optional<Format> parse_content_type(std::string_view type) {
  type = type.substr(0, type.find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  if (http::equal_fold(type, kProtobuf)) return Format::Protobuf;
  if (http::equal_fold(type, kJson)) return Format::Json;
  return std::nullopt;
}

/// Errors before the type is known to be good are in JSON, unless it says protobuf.
Format error_format(const http::Request& request) {
  return parse_content_type(request.headers.get("content-type")).value_or(Format::Json);
}

int http_status(Code code) {
  switch (code) {
    case Code::InvalidArgument: return 400;
    case Code::ResourceExhausted: return 429;
    case Code::Unauthenticated: return 401;
    case Code::PermissionDenied: return 403;
    case Code::Unimplemented: return 404;
    default: return 503;  // for_sender() leaves only what may be tried again
  }
}

http::Response plain(int status, std::string text) {
  http::Response response;
  response.status = status;
  response.headers.push_back({"Content-Type", "text/plain"});
  response.body = std::move(text);
  return response;
}

http::Response not_found() {
  http::Response response;
  response.status = 404;
  response.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
  response.headers.push_back({"X-Content-Type-Options", "nosniff"});
  response.body = "404 page not found\n";
  return response;
}

http::Response error(int http_code, const Status& status, Format format) {
  http::Response response;
  response.status = http_code;
  const bool json = format == Format::Json;
  response.headers.push_back({"Content-Type", std::string(json ? kJson : kProtobuf)});
  if (http_code == 503)
    response.headers.push_back({"Retry-After", std::string(kRetryAfterSeconds)});
  response.body = json ? http::rpc_status_json(status) : http::rpc_status_protobuf(status);
  return response;
}

Status unsupported_encoding(std::string_view name,
                            const std::optional<std::vector<std::string>>& taken) {
  std::string message = "unsupported Content-Encoding: " + std::string(name) + "; send ";
  if (!taken)
    return invalid_argument(message +
                            "gzip, zstd, deflate, zlib, snappy, x-snappy-framed, lz4 or none");
  std::vector<std::string> names = *taken;
  std::replace(names.begin(), names.end(), std::string(), std::string("none"));
  return invalid_argument(message + config::one_of_text(names));
}

Status body_too_large(size_t limit) {
  return {Code::ResourceExhausted,
          "http: request body too large: the limit is " + std::to_string(limit) + " bytes"};
}

}  // namespace

/// The sender of one request: what its answers look like.
class HttpHandler::Sender final : public Reply {
 public:
  Sender(const HttpHandler& handler, const http::Request& request, http::Responder responder)
      : handler_(handler),
        origin_(request.headers.get("origin")),
        responder_(std::move(responder)) {}

  void decoded_as(otlp::Signal signal, Format format) {
    signal_ = signal;
    format_ = format;
  }

  void answer(const pipeline::Outcome& outcome) override {
    if (!outcome.status.ok()) {
      const Status status = for_sender(outcome.status);
      send(error(http_status(status.code()), status, format_));
      return;
    }
    http::Response response;
    const bool json = format_ == Format::Json;
    response.headers.push_back({"Content-Type", std::string(json ? kJson : kProtobuf)});
    response.body = json ? success_json(signal_, outcome) : success_protobuf(outcome);
    send(std::move(response));
  }

  void send(http::Response&& response) {
    handler_.cors_.annotate(origin_, response);
    for (const auto& [name, value] : handler_.config_.http_response_headers)
      response.headers.push_back({name, value});
    responder_.respond(std::move(response));
  }

 private:
  const HttpHandler& handler_;
  std::string origin_;
  http::Responder responder_;
  otlp::Signal signal_ = otlp::Signal::Logs;
  Format format_ = Format::Json;
};

/// Calls `use` with the headers, before which stand the parameters of the query that count as some.
template <typename Use>
auto HttpHandler::with_credentials(const http::Request& request, Use use) const {
  if (config_.http_auth_params.empty()) return use(request.headers);
  http::Headers headers;
  for (const std::string& name : config_.http_auth_params) {
    if (const auto value = query_parameter(request.query(), name)) headers.add(name, *value);
  }
  for (size_t i = 0; i < request.headers.size(); ++i)
    headers.add(request.headers.name(i), request.headers.value(i));
  return use(headers);
}

/// Preflight requests have no credentials.
Status HttpHandler::admit(const http::Request& request) const {
  if (config_.http_auth == nullptr || cors_.preflight(request)) return {};
  return with_credentials(
      request, [&](const http::Headers& headers) { return config_.http_auth->check(headers); });
}

pipeline::ServerAuth::Attributes HttpHandler::known_of_sender(const http::Request& request) const {
  if (config_.http_auth == nullptr) return {};
  return with_credentials(request, [&](const http::Headers& headers) {
    return config_.http_auth->attributes(headers);
  });
}

http::BodyPlan HttpHandler::plan(const http::Request& request, std::string_view first) {
  if (first.empty()) {
    denial_ = admit(request);
    if (!denial_.ok()) return {0, 0, false};
  }
  return {config_.limits.http_body_bytes, 0};
}

std::optional<wire::Encoding> HttpHandler::parse_encoding(std::string_view name) const {
  const auto& taken = config_.http_encodings;
  if (taken && std::find(taken->begin(), taken->end(), name) == taken->end()) return std::nullopt;
  for (const auto& [known, encoding] : kEncodings) {
    if (name == known) return encoding;
  }
  return std::nullopt;
}

/// The path must be right as it stands: no trailing slash, no "//", no dot segments.
std::optional<otlp::Signal> HttpHandler::parse_path(std::string_view path) const {
  const std::string decoded = percent_decode(path);
  for (size_t i = 0; i < config_.paths.size(); ++i) {
    if (config_.served[i] && decoded == config_.paths[i]) return static_cast<otlp::Signal>(i);
  }
  return std::nullopt;
}

std::optional<http::Response> HttpHandler::route(const http::Request& request, otlp::Signal& signal,
                                                 Format& format, wire::Encoding& encoding) {
  // The order is the original's: encoding, path, method, type.
  auto refused = [this](std::string_view reason, http::Response&& response) {
    lane_->instruments().refused(Transport::Http, reason);
    return std::optional<http::Response>(std::move(response));
  };
  const std::string_view encoding_name = request.headers.get("content-encoding");
  const std::optional<wire::Encoding> known = parse_encoding(encoding_name);
  if (!known.has_value()) {
    return refused("encoding",
                   error(400, unsupported_encoding(encoding_name, config_.http_encodings),
                         error_format(request)));
  }
  encoding = *known;
  const std::optional<otlp::Signal> path = parse_path(request.path());
  if (!path.has_value()) return refused("path", not_found());
  signal = *path;
  if (request.method != "POST") {
    return refused("method", plain(405, "405 method not allowed, supported: [POST]"));
  }
  const std::optional<Format> type = parse_content_type(request.headers.get("content-type"));
  if (!type.has_value()) {
    return refused("content_type",
                   plain(415,
                         "415 unsupported media type, supported: [application/json, "
                         "application/x-protobuf]"));
  }
  format = *type;
  return std::nullopt;
}

void HttpHandler::handle(http::Request&& request, http::Responder responder) {
  if (std::optional<http::Response> preflight = cors_.preflight(request)) {
    responder.respond(*std::move(preflight));
    return;
  }
  otlp::Signal signal{};
  Format format{};
  wire::Encoding encoding{};
  auto sender = std::make_unique<Sender>(*this, request, std::move(responder));
  if (std::optional<http::Response> refused = route(request, signal, format, encoding)) {
    sender->send(*std::move(refused));
    return;
  }
  sender->decoded_as(signal, format);
  receive(std::move(request), signal, format, encoding, std::move(sender));
}

Status HttpHandler::expand(http::Request& request, wire::Encoding encoding) {
  if (encoding == wire::Encoding::Identity) return {};
  Buffer expanded;
  SLUICE_RETURN_IF_ERROR(
      wire::decompress(encoding, request.body.view(), config_.limits.http_body_bytes, expanded));
  return lane_->replace(std::move(expanded), request.body, request.memory);
}

void HttpHandler::receive(http::Request&& request, otlp::Signal signal, Format format,
                          wire::Encoding encoding, std::unique_ptr<Sender> sender) {
  Instruments& instruments = lane_->instruments();
  Status status = expand(request, encoding);
  if (status.code() == Code::ResourceExhausted) {
    instruments.refused(Transport::Http, "too_large");
    sender->send(error(413, body_too_large(config_.limits.http_body_bytes), format));
    return;
  }
  if (!status.ok()) {
    const bool later = status.retryable();
    instruments.refused(Transport::Http, later ? "memory" : "encoding");
    sender->send(error(later ? 503 : 400, status, format));
    return;
  }
  pipeline::Batch batch;
  const std::string_view message = request.body.view();
  status = lane_->decode(signal, format, message, std::move(request.body),
                         std::move(request.memory), batch);
  if (!status.ok()) {
    instruments.refused(Transport::Http, "undecodable");
    sender->send(error(400, status, format));
    return;
  }
  keep_metadata(request, Transport::Http, config_.http_metadata, known_of_sender(request), batch);
  lane_->consume(std::move(batch), Transport::Http, std::move(sender), {});
}

void HttpHandler::refuse(http::Refusal reason, http::Request&& request, http::Responder responder) {
  const Format format = error_format(request);
  Sender sender(*this, request, std::move(responder));
  Instruments& instruments = lane_->instruments();
  switch (reason) {
    case http::Refusal::TooLarge:
      instruments.refused(Transport::Http, "too_large");
      sender.send(error(413, body_too_large(config_.limits.http_body_bytes), format));
      return;
    case http::Refusal::NoMemory:
      instruments.refused(Transport::Http, "memory");
      sender.send(error(503, out_of_memory(), format));
      return;
    case http::Refusal::TooSlow:
      instruments.refused(Transport::Http, "too_slow");
      sender.send(
          error(408, {Code::DeadlineExceeded, "the request body did not come in time"}, format));
      return;
    case http::Refusal::HeaderTooLarge:
      instruments.refused(Transport::Http, "header_too_large");
      sender.send(error(431, {Code::ResourceExhausted, "the request header is too large"}, format));
      return;
    case http::Refusal::NotAdmitted: {
      const Status denial = std::exchange(denial_, Status());
      instruments.refused(Transport::Http, "unauthenticated");
      sender.send(error(http_status(denial.code()), denial, format));
      return;
    }
  }
}

http::BodyPlan WrongPortHandler::plan(const http::Request&, std::string_view) { return {0, 0}; }

void WrongPortHandler::handle(http::Request&&, http::Responder responder) {
  http::Response response = plain(400,
                                  "400 this port speaks gRPC over HTTP/2; OTLP over HTTP has a "
                                  "port of its own, usually 4318\n");
  response.close = true;
  responder.respond(std::move(response));
}

void WrongPortHandler::refuse(http::Refusal, http::Request&& request, http::Responder responder) {
  handle(std::move(request), std::move(responder));
}

}  // namespace sluice::components::otlp_receiver
