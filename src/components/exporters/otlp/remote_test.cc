#include "components/exporters/otlp/remote.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "http/grpc.h"
#include "testing/fake_server.h"
#include "testing/proto_message.h"
#include "testing/test_ca.h"

namespace sluice::components::otlp_exporter {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using delivery::Attempt;
using otlp::Signal;
using testing::FakeServer;
using testing::ProtoMessage;
using Verdict = Attempt::Verdict;

std::unique_ptr<GrpcRemote> remote_for(const Config& config) {
  auto remote = GrpcRemote::create(config);
  EXPECT_TRUE(remote.ok()) << remote.status().to_string();
  return std::move(remote).value();
}

Config plain(const FakeServer& server) {
  Config config;
  config.endpoint = "127.0.0.1:" + std::to_string(server.port());
  config.client.tls.insecure = true;
  config.client.compression = delivery::Compression::None;
  return config;
}

/// Answers calls as a gRPC server does: with the message, or a status.
struct Script {
  Status status;
  std::optional<std::chrono::seconds> retry_after;
  std::string message;
  std::string seen;

  http::Response operator()(const http::Request& request) {
    http::grpc::Call call;
    EXPECT_FALSE(http::grpc::parse_call(request, call).has_value());
    Buffer scratch;
    std::string_view body;
    EXPECT_TRUE(http::grpc::read_message(request.body.view(),
                                         call.encoding.value_or(wire::Encoding::Identity), 1 << 20,
                                         scratch, body)
                    .ok());
    seen = request.target + "|" + std::string(call.encoding_name) + "|" + std::string(body);
    for (const char* name : {"x-key", "some-bin"})
      seen += "|" + std::string(request.headers.get(name));
    if (!status.ok()) return http::grpc::failure("application/grpc", status, 200, retry_after);
    return http::grpc::success(call, message);
  }
};

TEST(GrpcRemote, CallsTheServiceOfEachSignal) {
  Script script;
  FakeServer server([&](const http::Request& request) { return script(request); });
  Config config = plain(server);
  config.client.headers = {{"X-Key", "abc"}, {"some-bin", std::string("\0\1", 2)}};
  const auto remote = remote_for(config);
  EXPECT_EQ(remote->send(Signal::Logs, "l").verdict, Verdict::Done);
  EXPECT_EQ(script.seen, "/opentelemetry.proto.collector.logs.v1.LogsService/Export||l|abc|AAE=");
  remote->send(Signal::Traces, "t");
  EXPECT_EQ(script.seen.find("/opentelemetry.proto.collector.trace.v1.TraceService/Export||t"), 0u);
  remote->send(Signal::Metrics, "m");
  EXPECT_EQ(script.seen.find("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export||m"),
            0u);
  EXPECT_EQ(server.accepted(), 1);
}

TEST(GrpcRemote, NamesTheCompressionAndReadsCompressedAnswers) {
  Script script;
  script.message =
      ProtoMessage().message(1, ProtoMessage().varint(1, 4).bytes(2, "too old")).take();
  FakeServer server([&](const http::Request& request) { return script(request); });
  const struct {
    delivery::Compression compression;
    wire::Encoding encoding;
    const char* name;
  } cases[] = {{delivery::Compression::Gzip, wire::Encoding::Gzip, "gzip"},
               {delivery::Compression::Zstd, wire::Encoding::Zstd, "zstd"},
               {delivery::Compression::Snappy, wire::Encoding::SnappyFramed, "snappy"}};
  for (const auto& c : cases) {
    Config config = plain(server);
    config.client.compression = c.compression;
    Buffer body;
    wire::compress(c.encoding, "the message", body);
    const Attempt attempt = remote_for(config)->send(Signal::Logs, body.view());
    EXPECT_EQ(attempt.verdict, Verdict::Done) << attempt.status.to_string();
    EXPECT_NE(script.seen.find(std::string("|") + c.name + "|the message|"), std::string::npos);
    EXPECT_EQ(attempt.rejected, 4u) << c.name;
    EXPECT_EQ(attempt.message, "too old");
  }
}

TEST(GrpcRemote, JudgesEveryCode) {
  Script script;
  FakeServer server([&](const http::Request& request) { return script(request); });
  const auto remote = remote_for(plain(server));
  const struct {
    Code code;
    bool retry_info;
    Verdict verdict;
  } cases[] = {
      {Code::Ok, false, Verdict::Done},
      {Code::Cancelled, false, Verdict::Retry},
      {Code::Unknown, false, Verdict::Barred},
      {Code::InvalidArgument, false, Verdict::Refused},
      {Code::DeadlineExceeded, false, Verdict::Retry},
      {Code::PermissionDenied, false, Verdict::Barred},
      {Code::ResourceExhausted, false, Verdict::Refused},
      {Code::ResourceExhausted, true, Verdict::Retry},
      {Code::Aborted, false, Verdict::Retry},
      {Code::OutOfRange, false, Verdict::Retry},
      {Code::Unimplemented, false, Verdict::Barred},
      {Code::Internal, false, Verdict::Barred},
      {Code::Unavailable, false, Verdict::Retry},
      {Code::Unavailable, true, Verdict::Retry},
      {Code::DataLoss, false, Verdict::Retry},
      {Code::Unauthenticated, false, Verdict::Barred},
  };
  for (const auto& c : cases) {
    script.status = c.code == Code::Ok ? Status() : Status(c.code, "50% no");
    script.retry_after = c.retry_info ? std::optional(9s) : std::nullopt;
    const Attempt attempt = remote->send(Signal::Logs, "x");
    EXPECT_EQ(attempt.verdict, c.verdict) << code_name(c.code);
    EXPECT_EQ(attempt.retry_after, c.retry_info ? 9s : 0s) << code_name(c.code);
    if (c.code != Code::Ok) {
      EXPECT_NE(attempt.status.message().find("50% no"), std::string::npos);
    }
  }
}

TEST(GrpcRemote, RetriesWhatGotNoAnswer) {
  FakeServer server([](const http::Request&) {
    std::this_thread::sleep_for(1s);
    return http::Response();
  });
  Config config = plain(server);
  config.timeout = 100ms;
  const auto start = std::chrono::steady_clock::now();
  const Attempt late = remote_for(config)->send(Signal::Logs, "x");
  EXPECT_LT(std::chrono::steady_clock::now() - start, 900ms);
  EXPECT_EQ(late.verdict, Verdict::Retry);
  EXPECT_EQ(late.status.code(), Code::DeadlineExceeded);
  config.endpoint = "127.0.0.1:1";
  EXPECT_EQ(remote_for(config)->send(Signal::Logs, "x").verdict, Verdict::Retry);
}

TEST(GrpcRemote, SpeaksTlsUnlessItIsToldNotTo) {
  testing::TestCa ca;
  const testing::Identity identity = ca.issue("DNS:localhost");
  io::TlsServerConfig tls;
  tls.common.cert_pem = identity.certificate;
  tls.common.key_pem = identity.key;
  auto server_tls = io::TlsServer::create(tls, {"h2"});
  ASSERT_TRUE(server_tls.ok());
  Script script;
  FakeServer server([&](const http::Request& request) { return script(request); },
                    {std::move(server_tls).value()});
  Config config = plain(server);
  EXPECT_EQ(remote_for(config)->send(Signal::Logs, "x").verdict, Verdict::Retry);
  config.client.tls.insecure = false;
  config.client.tls.common.ca_pem = ca.certificate();
  EXPECT_EQ(remote_for(config)->send(Signal::Logs, "x").verdict, Verdict::Retry)
      << "the certificate is for localhost, not 127.0.0.1";
  config.endpoint = "localhost:" + std::to_string(server.port());
  EXPECT_EQ(remote_for(config)->send(Signal::Logs, "x").verdict, Verdict::Done);
  config.endpoint = "https://127.0.0.1:" + std::to_string(server.port());
  config.client.tls.server_name_override = "localhost";
  EXPECT_EQ(remote_for(config)->send(Signal::Logs, "x").verdict, Verdict::Done);
}

TEST(GrpcEndpoint, KnowsItsForms) {
  const struct {
    const char* text;
    const char* host;
    int port;
    bool https;
  } cases[] = {{"a:4317", "a", 4317, false},         {"http://a:4317", "a", 4317, false},
               {"https://a:4317/", "a", 4317, true}, {"dns:///a.b:4317", "a.b", 4317, false},
               {"dns:a.b:4317", "a.b", 4317, false}, {"[::1]:4317", "::1", 4317, false},
               {":4317", "localhost", 4317, false},  {"passthrough:///a:1", "a", 1, false}};
  for (const auto& c : cases) {
    const auto endpoint = Endpoint::parse(c.text);
    ASSERT_TRUE(endpoint.ok()) << c.text << endpoint.status().to_string();
    EXPECT_EQ(endpoint->address.host, c.host) << c.text;
    EXPECT_EQ(endpoint->address.port, c.port) << c.text;
    EXPECT_EQ(endpoint->is_https, c.https) << c.text;
  }
  for (const char* text : {"unix:///run/a.sock", "unix:/run/a.sock"})
    EXPECT_EQ(Endpoint::parse(text)->address.unix_path, "/run/a.sock");
  for (const char* text : {"", "a", "a:x", "dns://8.8.8.8/a:1", "unix:"})
    EXPECT_FALSE(Endpoint::parse(text).ok()) << text;
}

http::Address at(const char* host) { return {host, 1, ""}; }

TEST(Connections, GoRoundAndAvoidWhatFails) {
  std::vector<http::Address> found = {at("10.0.0.1"), at("10.0.0.2"), at("10.0.0.3")};
  int look_ups = 0;
  const auto resolve = [&](const http::Address&) -> Result<std::vector<http::Address>> {
    ++look_ups;
    return found;
  };
  Connections round(at("name"), Balancer::RoundRobin, {}, resolve);
  std::string order;
  for (int i = 0; i < 4; ++i) {
    auto lease = round.take();
    ASSERT_TRUE(lease.ok());
    order += lease->address.host.back();
    round.give_back(std::move(*lease));
  }
  EXPECT_EQ(order, "1231");
  round.failed(at("10.0.0.2"));
  order.clear();
  for (int i = 0; i < 4; ++i) order += round.take()->address.host.back();
  EXPECT_EQ(order.find('2'), std::string::npos) << order;
  EXPECT_EQ(look_ups, 1) << "it was looked up a moment ago";

  Connections first(at("name"), Balancer::PickFirst, {}, resolve);
  EXPECT_EQ(first.take()->address.host, "10.0.0.1");
  EXPECT_EQ(first.take()->address.host, "10.0.0.1");
  first.failed(at("10.0.0.1"));
  EXPECT_EQ(first.take()->address.host, "10.0.0.2");
  for (const http::Address& address : found) first.failed(address);
  EXPECT_TRUE(first.take().ok()) << "one that failed is better than none";

  Connections nowhere(at("name"), Balancer::RoundRobin, {},
                      [](const http::Address&) -> Result<std::vector<http::Address>> {
                        return unavailable("no such name");
                      });
  EXPECT_EQ(nowhere.take().status().code(), Code::Unavailable);
}

}  // namespace
}  // namespace sluice::components::otlp_exporter
