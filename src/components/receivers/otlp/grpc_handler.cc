#include "components/receivers/otlp/grpc_handler.h"
#include "components/receivers/otlp/metadata.h"

#include <utility>

#include "components/receivers/otlp/reply_body.h"

namespace sluice::components::otlp_receiver {

namespace {

namespace grpc = http::grpc;

constexpr std::chrono::seconds kRetryAfter{1};

std::optional<otlp::Signal> parse_service(std::string_view service) {
  if (service == "opentelemetry.proto.collector.logs.v1.LogsService") return otlp::Signal::Logs;
  if (service == "opentelemetry.proto.collector.trace.v1.TraceService") return otlp::Signal::Traces;
  if (service == "opentelemetry.proto.collector.metrics.v1.MetricsService")
    return otlp::Signal::Metrics;
  return std::nullopt;
}

http::Response failed(std::string_view content_type, const Status& status) {
  std::optional<std::chrono::seconds> retry_after;
  if (status.code() == Code::Unavailable) retry_after = kRetryAfter;
  return grpc::failure(content_type, status, 200, retry_after);
}

std::string_view refusal_reason(Code code) {
  switch (code) {
    case Code::Unimplemented: return "path_or_encoding";
    case Code::ResourceExhausted: return "too_large";
    case Code::Unavailable: return "memory";
    case Code::DeadlineExceeded: return "too_slow";
    case Code::Unauthenticated: return "unauthenticated";
    default: return "undecodable";
  }
}

}  // namespace

/// Who made one call: what its answers look like.
class GrpcHandler::Caller final : public Reply {
 public:
  Caller(const grpc::Call& call, http::Responder responder)
      : content_type_(call.content_type),
        encoding_(*call.encoding),
        encoding_name_(call.encoding_name),
        responder_(std::move(responder)) {}

  void answer(const pipeline::Outcome& outcome) override {
    if (!outcome.status.ok()) {
      responder_.respond(failed(content_type_, for_sender(outcome.status)));
      return;
    }
    grpc::Call call;
    call.content_type = content_type_;
    call.encoding = encoding_;
    call.encoding_name = encoding_name_;
    responder_.respond(grpc::success(call, success_protobuf(outcome)));
  }

 private:
  std::string content_type_;
  wire::Encoding encoding_;
  std::string encoding_name_;
  http::Responder responder_;
};

http::BodyPlan GrpcHandler::plan(const http::Request& request, std::string_view first) {
  if (first.empty() && config_.grpc_auth != nullptr) {
    denial_ = config_.grpc_auth->check(request.headers);
    if (!denial_.ok()) return {0, 0, false};
  }
  const size_t size = grpc::body_size(first);
  const size_t limit = grpc::kPrefixBytes + config_.limits.grpc_message_bytes;
  // A message that says it is too large is not read: its prefix is enough to answer.
  if (size > limit) return {grpc::kPrefixBytes, size};
  return {limit, size};
}

Status GrpcHandler::begin(const grpc::Call& call, otlp::Signal& signal) const {
  const std::optional<otlp::Signal> service = parse_service(call.service);
  if (!service.has_value() || !config_.served[static_cast<size_t>(*service)])
    return {Code::Unimplemented, "unknown service " + std::string(call.service)};
  if (call.method != "Export") {
    return {Code::Unimplemented, "unknown method " + std::string(call.method) + " for service " +
                                     std::string(call.service)};
  }
  if (!call.encoding.has_value()) {
    return {Code::Unimplemented, "grpc: Decompressor is not installed for grpc-encoding \"" +
                                     std::string(call.encoding_name) + "\""};
  }
  if (call.timeout.has_value() && call.timeout->count() <= 0) {
    return {Code::DeadlineExceeded, "context deadline exceeded"};
  }
  signal = *service;
  return {};
}

void GrpcHandler::handle(http::Request&& request, http::Responder responder) {
  grpc::Call call;
  if (std::optional<grpc::CallError> error = grpc::parse_call(request, call)) {
    lane_->instruments().refused(Transport::Grpc, "not_grpc");
    responder.respond(grpc::failure(error->content_type, error->status, error->http_status));
    return;
  }
  const std::string content_type = call.content_type;
  const Status status = receive(std::move(request), call, responder);
  if (status.ok()) return;
  lane_->instruments().refused(Transport::Grpc, refusal_reason(status.code()));
  responder.respond(failed(content_type, status));
}

/// Ok: the responder was taken over by the pipeline.
Status GrpcHandler::receive(http::Request&& request, const grpc::Call& call,
                            http::Responder& responder) {
  otlp::Signal signal{};
  SLUICE_RETURN_IF_ERROR(begin(call, signal));
  Buffer expanded;
  std::string_view message;
  SLUICE_RETURN_IF_ERROR(grpc::read_message(request.body.view(), *call.encoding,
                                            config_.limits.grpc_message_bytes, expanded, message));
  if (!expanded.empty()) {
    SLUICE_RETURN_IF_ERROR(lane_->replace(std::move(expanded), request.body, request.memory));
  }
  pipeline::Batch batch;
  const Status decoded = lane_->decode(signal, Format::Protobuf, message, std::move(request.body),
                                       std::move(request.memory), batch);
  if (!decoded.ok()) {
    return internal_error("grpc: error unmarshalling request: " + decoded.message());
  }
  pipeline::ServerAuth::Attributes known;
  if (config_.grpc_auth != nullptr) known = config_.grpc_auth->attributes(request.headers);
  keep_metadata(request, Transport::Grpc, config_.grpc_metadata, known, batch);
  lane_->consume(std::move(batch), Transport::Grpc,
                 std::make_unique<Caller>(call, std::move(responder)), call.timeout);
  return {};
}

void GrpcHandler::refuse(http::Refusal reason, http::Request&& request, http::Responder responder) {
  grpc::Call call;
  const std::optional<grpc::CallError> error = grpc::parse_call(request, call);
  // A header that is too large has lost fields, perhaps those by which a call is known.
  if (error && reason != http::Refusal::HeaderTooLarge) {
    responder.respond(grpc::failure(error->content_type, error->status, error->http_status));
    return;
  }
  Status status;
  switch (reason) {
    case http::Refusal::TooLarge:
      status = grpc::too_large(request.body.view(), config_.limits.grpc_message_bytes);
      break;
    case http::Refusal::NoMemory: status = out_of_memory(); break;
    case http::Refusal::TooSlow:
      status = {Code::DeadlineExceeded, "the request did not come in time"};
      break;
    case http::Refusal::HeaderTooLarge:
      status = {Code::ResourceExhausted, "the request's metadata is too large"};
      break;
    case http::Refusal::NotAdmitted: status = std::exchange(denial_, Status()); break;
  }
  lane_->instruments().refused(Transport::Grpc, refusal_reason(status.code()));
  responder.respond(failed(error ? "application/grpc" : call.content_type, status));
}

}  // namespace sluice::components::otlp_receiver
