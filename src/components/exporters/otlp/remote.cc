#include "components/exporters/otlp/remote.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/buffer.h"
#include "http/grpc.h"
#include "http/resolve.h"
#include "io/tls.h"
#include "otlp/export_response.h"
#include "wire/base64.h"

namespace sluice::components::otlp_exporter {
namespace {

using delivery::Attempt;
using Verdict = Attempt::Verdict;
using std::chrono::milliseconds;

/// An answer is short; one that unpacks to more is not looked at.
constexpr size_t kAnswerBytesMax = 1 << 20;
/// Without a time limit of the user's own, waits are of this length and repeated.
constexpr milliseconds kWait{1'000};

std::string_view method_of(otlp::Signal signal) {
  switch (signal) {
    case otlp::Signal::Logs: return "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
    case otlp::Signal::Traces: return "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    case otlp::Signal::Metrics: break;
  }
  return "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// Names of metadata are in lower case, and values of names in "-bin" travel in base64.
http::ClientHeader metadata_of(const std::string& name, const std::string& value) {
  http::ClientHeader entry{ascii::lower(name), value};
  if (!ends_with(entry.name, "-bin")) return entry;
  Buffer encoded;
  wire::append_base64(value, encoded);
  entry.value = encoded.view();
  return entry;
}

Attempt retry(Status status) { return {Verdict::Retry, std::move(status)}; }

Verdict verdict_of(Code code, bool has_retry_delay) {
  switch (code) {
    case Code::Ok: return Verdict::Done;
    case Code::Cancelled:
    case Code::DeadlineExceeded:
    case Code::Aborted:
    case Code::OutOfRange:
    case Code::Unavailable:
    case Code::DataLoss: return Verdict::Retry;
    // Without a word about when, it is the request that is too large.
    case Code::ResourceExhausted: return has_retry_delay ? Verdict::Retry : Verdict::Refused;
    case Code::InvalidArgument: return Verdict::Refused;
    default: return Verdict::Barred;
  }
}

}  // namespace

Attempt read_answer(const http::GrpcReply& reply) {
  Attempt attempt;
  attempt.verdict = verdict_of(reply.status.code(), reply.retry_delay.has_value());
  if (attempt.verdict != Verdict::Done) {
    attempt.status = {reply.status.code(), "the receiver answered " + reply.status.to_string()};
    attempt.retry_after = reply.retry_delay.value_or(std::chrono::nanoseconds(0));
    return attempt;
  }
  const auto encoding = reply.encoding.empty() ? wire::Encoding::Identity
                                               : http::grpc::parse_encoding(reply.encoding);
  Buffer message;
  otlp::ExportResponse response;
  // The status says that the request was taken; a message that is none of OTLP says nothing more.
  const bool is_read =
      encoding && (reply.message.empty() ||
                   wire::decompress(*encoding, reply.message, kAnswerBytesMax, message).ok());
  if (is_read && otlp::decode_response_protobuf(message.view(), response).ok()) {
    attempt.rejected = response.rejected;
    attempt.message = std::move(response.message);
  }
  return attempt;
}

GrpcRemote::GrpcRemote(const Config& config, http::Address endpoint,
                       http::GrpcClientOptions options, const pipeline::ClientAuth* auth)
    : config_(config),
      connections_(std::move(endpoint), config.balancer_name, std::move(options), http::resolve),
      auth_(auth) {}

Result<std::unique_ptr<GrpcRemote>> GrpcRemote::create(const Config& config,
                                                       const pipeline::ClientAuth* auth) {
  auto endpoint = Endpoint::parse(config.endpoint);
  if (!endpoint.ok()) return endpoint.status();
  http::GrpcClientOptions options;
  options.user_agent = "sluice/" SLUICE_VERSION;
  options.authority = config.authority;
  if (endpoint->address.unix_path.empty()) {
    // The name that the user wrote, not the address that it leads to.
    options.server_name = endpoint->address.host;
    if (options.authority.empty()) options.authority = endpoint->address.to_string();
  }
  for (const auto& [name, value] : config.client.headers)
    options.metadata.push_back(metadata_of(name, value));
  if (wants_tls(config, *endpoint)) {
    auto tls = io::TlsClient::create(config.client.tls, {"h2"});
    if (!tls.ok()) return tls.status();
    options.tls = std::move(tls).value();
  }
  return std::unique_ptr<GrpcRemote>(
      new GrpcRemote(config, endpoint->address, std::move(options), auth));
}

Attempt GrpcRemote::send(otlp::Signal signal, std::string_view body) {
  const auto timeout = std::chrono::ceil<milliseconds>(config_.timeout);
  const auto connect_timeout = timeout.count() == 0
                                   ? http::Client::kConnectTimeout
                                   : std::min(timeout, http::Client::kConnectTimeout);
  Status last;
  size_t tries = 0;
  do {
    auto lease = connections_.take();
    if (!lease.ok()) return retry(lease.status());
    last = lease->client->connect(connect_timeout);
    if (!last.ok()) {
      connections_.failed(lease->address);
      continue;
    }
    Attempt attempt = call(*lease->client, signal, body, timeout);
    if (lease->client->connected() && lease->client->open_calls() == 0)
      connections_.give_back(std::move(*lease));
    return attempt;
  } while (++tries < connections_.addresses());
  return retry(std::move(last));
}

Attempt GrpcRemote::call(http::GrpcClient& client, otlp::Signal signal, std::string_view body,
                         milliseconds timeout) const {
  using Clock = std::chrono::steady_clock;
  const bool is_plain = config_.client.compression == delivery::Compression::None;
  const Clock::time_point end = Clock::now() + timeout;
  http::GrpcCallOptions options;
  options.timeout = timeout;
  if (auth_ != nullptr) {
    pipeline::ClientAuth::Headers credentials;
    auth_->add_headers(credentials);
    for (auto& [name, value] : credentials)
      options.metadata.push_back({std::move(name), std::move(value)});
  }
  client.call(
      1, method_of(signal),
      is_plain ? std::string_view() : delivery::compression_name(config_.client.compression),
      std::string(body), options);
  for (;;) {
    milliseconds wait = kWait;
    if (timeout.count() != 0) wait = std::chrono::ceil<milliseconds>(end - Clock::now());
    if (wait.count() <= 0) {
      return retry({Code::DeadlineExceeded, "the receiver did not answer within " +
                                                std::to_string(timeout.count()) + " ms"});
    }
    const std::vector<http::GrpcReply> replies = client.wait(wait);
    if (replies.empty()) continue;
    if (!replies.front().answered) return retry(replies.front().status);
    return read_answer(replies.front());
  }
}

}  // namespace sluice::components::otlp_exporter
