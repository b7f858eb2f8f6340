#include "components/exporters/otlp_http/remote.h"

#include <gtest/gtest.h>

#include <mutex>
#include <thread>
#include <vector>

#include "base/buffer.h"
#include "http/rpc_status.h"
#include "testing/fake_clickhouse.h"
#include "testing/fake_server.h"
#include "testing/proto_message.h"
#include "testing/test_ca.h"

namespace sluice::components::otlp_http_exporter {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using delivery::Attempt;
using testing::FakeServer;
using testing::ProtoMessage;
using Verdict = Attempt::Verdict;
using otlp::Signal;

std::string url_of(const FakeServer& server, const std::string& scheme = "http") {
  return scheme + "://127.0.0.1:" + std::to_string(server.port());
}

std::unique_ptr<HttpRemote> remote_for(const Config& config) {
  auto remote = HttpRemote::create(config);
  EXPECT_TRUE(remote.ok()) << remote.status().to_string();
  return std::move(remote).value();
}

http::Response response_of(int status, std::vector<http::Field> headers = {},
                           std::string body = {}) {
  http::Response response;
  response.status = status;
  response.headers = std::move(headers);
  response.body = std::move(body);
  return response;
}

TEST(HttpRemote, SendsEachSignalToItsPathWithTheHeaders) {
  std::string seen;
  FakeServer server([&](const http::Request& request) {
    seen = request.method + " " + request.target;
    for (const char* name : {"Content-Type", "Content-Encoding", "X-Key", "Host", "Authorization"})
      seen += "|" + std::string(request.headers.get(name));
    seen += "|" + std::string(request.body.view());
    return response_of(200);
  });
  Config config;
  config.endpoint = url_of(server) + "/base/";
  config.metrics_endpoint = "http://me:pw@127.0.0.1:" + std::to_string(server.port()) + "/m?x=1";
  config.client.headers = {
      {"X-Key", "abc"}, {"content-type", "application/own"}, {"Host", "example.org"}};
  config.client.compression = delivery::Compression::Zstd;
  const auto remote = remote_for(config);
  EXPECT_EQ(remote->send(Signal::Logs, "body").verdict, Verdict::Done);
  EXPECT_EQ(seen, "POST /base/v1/logs|application/own|zstd|abc|example.org||body");
  remote->send(Signal::Traces, "");
  EXPECT_EQ(seen, "POST /base/v1/traces|application/own|zstd|abc|example.org||");
  remote->send(Signal::Metrics, "m");
  EXPECT_EQ(seen, "POST /m?x=1|application/own|zstd|abc|example.org|Basic bWU6cHc=|m");
}

TEST(HttpRemote, JudgesEveryStatus) {
  int status = 0;
  FakeServer server([&](const http::Request&) { return response_of(status); });
  Config config;
  config.endpoint = url_of(server);
  const auto remote = remote_for(config);
  const struct {
    int status;
    Verdict verdict;
    Code code;
  } cases[] = {
      {200, Verdict::Done, Code::Ok},
      {202, Verdict::Done, Code::Ok},
      {301, Verdict::Barred, Code::FailedPrecondition},
      {400, Verdict::Refused, Code::InvalidArgument},
      {401, Verdict::Barred, Code::FailedPrecondition},
      {403, Verdict::Barred, Code::FailedPrecondition},
      {404, Verdict::Barred, Code::FailedPrecondition},
      {413, Verdict::Refused, Code::ResourceExhausted},
      {429, Verdict::Retry, Code::Unavailable},
      {500, Verdict::Barred, Code::FailedPrecondition},
      {502, Verdict::Retry, Code::Unavailable},
      {503, Verdict::Retry, Code::Unavailable},
      {504, Verdict::Retry, Code::Unavailable},
  };
  for (const auto& c : cases) {
    status = c.status;
    const Attempt attempt = remote->send(Signal::Logs, "x");
    EXPECT_EQ(attempt.verdict, c.verdict) << c.status;
    EXPECT_EQ(attempt.status.code(), c.code) << c.status << attempt.status.to_string();
  }
}

TEST(HttpRemote, PassesOnWhatTheReceiverSays) {
  http::Response next;
  FakeServer server([&](const http::Request&) {
    http::Response copy;
    copy.status = next.status;
    copy.headers = next.headers;
    copy.body = next.body;
    return copy;
  });
  Config config;
  config.endpoint = url_of(server);
  const auto remote = remote_for(config);

  next =
      response_of(429, {{"Retry-After", "7"}}, http::rpc_status_protobuf(unavailable("too much")));
  Attempt attempt = remote->send(Signal::Logs, "x");
  EXPECT_EQ(attempt.retry_after, 7s);
  EXPECT_NE(attempt.status.message().find("HTTP 429"), std::string::npos);
  EXPECT_NE(attempt.status.message().find("too much"), std::string::npos);

  next = response_of(400, {{"Content-Type", "application/json"}}, R"({"message":"bad span"})");
  EXPECT_NE(remote->send(Signal::Logs, "x").status.message().find("bad span"), std::string::npos);

  next = response_of(200, {{"Content-Type", "application/x-protobuf"}},
                     ProtoMessage().message(1, ProtoMessage().varint(1, 3).bytes(2, "old")).take());
  attempt = remote->send(Signal::Logs, "x");
  EXPECT_EQ(attempt.verdict, Verdict::Done);
  EXPECT_EQ(attempt.rejected, 3u);
  EXPECT_EQ(attempt.message, "old");

  next = response_of(200, {{"Content-Type", "application/json"}},
                     R"({"partialSuccess":{"errorMessage":"careful"}})");
  EXPECT_EQ(remote->send(Signal::Logs, "x").message, "careful");

  next = response_of(200, {{"Content-Type", "text/html"}}, "<html>");
  EXPECT_EQ(remote->send(Signal::Logs, "x").verdict, Verdict::Done);
}

TEST(HttpRemote, RetriesWhatGotLost) {
  using testing::FakeClickHouse;
  using testing::FakeReply;
  FakeReply before;
  before.cut = FakeReply::Cut::BeforeReply;
  FakeReply inside;
  inside.cut = FakeReply::Cut::InsideReply;
  inside.body = "some";
  FakeReply late;
  late.delay = 5s;
  const std::vector<FakeReply> replies = {before, inside, late};
  size_t next = 0;
  FakeClickHouse server([&](const testing::FakeRequest&) { return replies.at(next++); });
  Config config;
  config.endpoint = server.url();
  config.client.compression = delivery::Compression::None;
  config.timeout = 300ms;
  config.disable_keep_alives = true;
  const auto remote = remote_for(config);
  EXPECT_EQ(remote->send(Signal::Logs, "x").verdict, Verdict::Retry);
  EXPECT_EQ(remote->send(Signal::Logs, "x").verdict, Verdict::Retry);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(remote->send(Signal::Logs, "x").verdict, Verdict::Retry);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 4s);
}

TEST(HttpRemote, RetriesWhereNobodyListens) {
  Config config;
  config.endpoint = "http://127.0.0.1:1";
  EXPECT_EQ(remote_for(config)->send(Signal::Logs, "x").verdict, Verdict::Retry);
}

TEST(HttpRemote, KeepsConnectionsWithinItsLimits) {
  FakeServer server([](const http::Request&) { return response_of(200); });
  Config config;
  config.endpoint = url_of(server);
  config.max_conns_per_host = 2;
  const auto remote = remote_for(config);
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i)
        EXPECT_EQ(remote->send(Signal::Logs, "x").verdict, Verdict::Done);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(server.accepted(), 2);

  config.disable_keep_alives = true;
  const auto short_lived = remote_for(config);
  const int before = server.accepted();
  for (int i = 0; i < 3; ++i) short_lived->send(Signal::Logs, "x");
  EXPECT_EQ(server.accepted() - before, 3);
}

TEST(HttpRemote, SpeaksHttpsAndVerifies) {
  testing::TestCa ca;
  const testing::Identity identity = ca.issue();
  io::TlsServerConfig tls;
  tls.common.cert_pem = identity.certificate;
  tls.common.key_pem = identity.key;
  auto server_tls = io::TlsServer::create(tls, {"h2", "http/1.1"});
  ASSERT_TRUE(server_tls.ok());
  FakeServer server([](const http::Request&) { return response_of(200); },
                    {std::move(server_tls).value()});
  Config config;
  config.endpoint = url_of(server, "https");
  EXPECT_EQ(remote_for(config)->send(Signal::Logs, "x").verdict, Verdict::Retry);
  config.client.tls.common.ca_pem = ca.certificate();
  EXPECT_EQ(remote_for(config)->send(Signal::Logs, "x").verdict, Verdict::Done);
  config.client.tls.common.ca_pem = "none";
  EXPECT_FALSE(HttpRemote::create(config).ok());
}

TEST(RetryAfter, IsSecondsOrADate) {
  const auto now = std::chrono::system_clock::from_time_t(784'111'770);
  const struct {
    const char* value;
    std::chrono::seconds pause;
  } cases[] = {{"7", 7s},
               {"0", 0s},
               {"-3", 0s},
               {"", 0s},
               {"soon", 0s},
               {"Sun, 06 Nov 1994 08:49:37 GMT", 7s},
               {"999999999", 86'400s},
               {"Sun, 06 Nov 1994 08:49:00 GMT", 0s}};
  for (const auto& c : cases) EXPECT_EQ(retry_after(c.value, now), c.pause) << c.value;
}

}  // namespace
}  // namespace sluice::components::otlp_http_exporter
