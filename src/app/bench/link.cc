#include "app/bench/link.h"

#include <utility>

#include "http/grpc_client.h"
#include "wire/protobuf.h"

namespace sluice::app::bench {
namespace {

constexpr std::chrono::seconds kHttpTimeout{60};

std::string_view encoding_name(wire::Encoding encoding) {
  return encoding == wire::Encoding::Identity
             ? std::string_view()
             : std::string_view(encoding == wire::Encoding::Gzip ? "gzip" : "zstd");
}

std::string compressed(wire::Encoding encoding, std::string body) {
  if (encoding == wire::Encoding::Identity) return body;
  Buffer out;
  wire::compress(encoding, body, out);
  return std::string(out.view());
}

/// The number of rejected records in an Export*ServiceResponse: field 1 of its field 1, in every
/// signal.
uint64_t rejected_records(std::string_view response) {
  using wire::WireType;
  wire::ProtoError error;
  wire::ProtoCursor cursor(response, error);
  uint64_t rejected = 0;
  uint64_t tag = 0;
  while (cursor.next(tag)) {
    std::string_view partial;
    if (tag != wire::proto_tag(1, WireType::Length) || !cursor.bytes(partial)) break;
    wire::ProtoCursor inner(partial, error);
    while (inner.next(tag)) {
      const bool read =
          tag == wire::proto_tag(1, WireType::Varint) ? inner.varint(rejected) : inner.skip(tag);
      if (!read) break;
    }
  }
  return rejected;
}

class GrpcLink final : public Link {
 public:
  GrpcLink(const http::Address& address, wire::Encoding encoding, size_t open_max)
      : client_(address), encoding_(encoding), open_max_(open_max) {}

  Status connect(std::chrono::milliseconds timeout) override { return client_.connect(timeout); }
  size_t open_max() const override { return open_max_; }
  size_t open() const override { return client_.open_calls(); }

  void send(uint64_t id, otlp::Signal signal, std::string body) override {
    static constexpr std::string_view kPaths[] = {
        "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"};
    client_.call(id, kPaths[static_cast<int>(signal)], encoding_name(encoding_),
                 compressed(encoding_, std::move(body)));
  }

  std::vector<Answer> wait(std::chrono::milliseconds timeout) override {
    std::vector<Answer> answers;
    for (const http::GrpcReply& reply : client_.wait(timeout)) {
      Answer& answer = answers.emplace_back();
      answer.id = reply.id;
      answer.message = reply.status.to_string();
      if (reply.status.ok()) {
        answer.rejected = rejected_records(reply.message);
      } else {
        answer.kind = reply.status.retryable() ? Answer::Kind::Refused : Answer::Kind::Failed;
      }
    }
    return answers;
  }

 private:
  http::GrpcClient client_;
  const wire::Encoding encoding_;
  const size_t open_max_;
};

class HttpLink final : public Link {
 public:
  HttpLink(const http::Address& address, wire::Encoding encoding)
      : client_(address), encoding_(encoding) {}

  Status connect(std::chrono::milliseconds /*timeout*/) override { return {}; }
  size_t open_max() const override { return 1; }
  size_t open() const override { return answers_.size(); }

  void send(uint64_t id, otlp::Signal signal, std::string body) override {
    static constexpr std::string_view kPaths[] = {"/v1/logs", "/v1/traces", "/v1/metrics"};
    body = compressed(encoding_, std::move(body));
    std::vector<http::ClientHeader> headers = {{"Content-Type", "application/x-protobuf"}};
    const std::string_view encoding = encoding_name(encoding_);
    if (!encoding.empty()) headers.push_back({"Content-Encoding", std::string(encoding)});
    const std::string_view piece(body);
    http::ClientRequest request;
    request.method = "POST";
    request.target = kPaths[static_cast<int>(signal)];
    request.headers = headers;
    request.body = {&piece, 1};
    request.timeout = kHttpTimeout;
    answers_.push_back(answer_of(id, client_.send(request)));
  }

  std::vector<Answer> wait(std::chrono::milliseconds /*timeout*/) override {
    return std::exchange(answers_, {});
  }

 private:
  static Answer answer_of(uint64_t id, const http::Exchange& exchange) {
    Answer answer;
    answer.id = id;
    const int status = exchange.reply.status;
    if (!exchange.status.ok()) {
      answer.kind = Answer::Kind::Refused;
      answer.message = exchange.status.to_string();
    } else if (status == 200) {
      answer.rejected = rejected_records(exchange.reply.body);
    } else {
      const bool later = status == 429 || status == 502 || status == 503 || status == 504;
      answer.kind = later ? Answer::Kind::Refused : Answer::Kind::Failed;
      answer.message = "HTTP " + std::to_string(status);
    }
    return answer;
  }

  http::Client client_;
  const wire::Encoding encoding_;
  std::vector<Answer> answers_;
};

}  // namespace

std::unique_ptr<Link> Link::make(Protocol protocol, const http::Address& address,
                                 wire::Encoding encoding, size_t open_max) {
  if (protocol == Protocol::Http) return std::make_unique<HttpLink>(address, encoding);
  return std::make_unique<GrpcLink>(address, encoding, open_max);
}

}  // namespace sluice::app::bench
