// HTTP/1.1, HTTP/2 and gRPC over TLS: both of our clients with our server.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "http/client.h"
#include "http/grpc_client.h"
#include "testing/fake_server.h"
#include "testing/raw_http.h"
#include "testing/test_ca.h"

namespace sluice::http {
namespace {

using std::chrono::milliseconds;
using testing::FakeServer;
using testing::Identity;
using testing::RawClient;
using testing::TestCa;

constexpr milliseconds kPatience{10'000};  // a bound for broken code

Response echo(const Request& request) {
  Response response;
  response.body = std::string(request.body.view());
  if (request.version == Version::Http2) {
    response.headers = {{"content-type", "application/grpc"}};
    response.trailers = {{"grpc-status", "0"}};
  }
  return response;
}

class TlsTest : public ::testing::Test {
 protected:
  std::shared_ptr<const io::TlsServer> server_tls(const std::string& client_ca_file = "") {
    const Identity identity = ca_.issue();
    io::TlsServerConfig config;
    config.common.cert_pem = identity.certificate;
    config.common.key_pem = identity.key;
    config.client_ca_file = client_ca_file;
    auto made = io::TlsServer::create(config, {"h2", "http/1.1"});
    EXPECT_TRUE(made.ok()) << made.status().to_string();
    return std::move(made).value();
  }
  std::shared_ptr<const io::TlsClient> client_tls(const char* protocol, bool shows_itself = false) {
    io::TlsClientConfig config;
    config.common.ca_pem = ca_.certificate();
    if (shows_itself) {
      const Identity identity = ca_.issue("DNS:client");
      config.common.cert_pem = identity.certificate;
      config.common.key_pem = identity.key;
    }
    auto made = io::TlsClient::create(config, {protocol});
    EXPECT_TRUE(made.ok()) << made.status().to_string();
    return std::move(made).value();
  }
  static Exchange post(Client& client, std::string_view body) {
    ClientRequest request;
    request.method = "POST";
    request.body = {&body, 1};
    request.timeout = kPatience;
    return client.send(request);
  }

  TestCa ca_;
};

TEST_F(TlsTest, RequestsOfAllSizesGoOverOneConnection) {
  FakeServer server(echo, {server_tls()});
  Client client(server.address(), {client_tls("http/1.1")});
  for (const size_t size : {0, 1, 16'383, 16'384, 16'385, 1'000'000, 20'000'000, 5}) {
    const std::string body(size, 'x');
    const Exchange exchange = post(client, body);
    ASSERT_TRUE(exchange.status.ok()) << size << ": " << exchange.status.to_string();
    ASSERT_EQ(exchange.reply.status, 200);
    ASSERT_EQ(exchange.reply.body.size(), size);
    ASSERT_TRUE(exchange.reply.body == body);
  }
  EXPECT_EQ(server.accepted(), 1);
}

TEST_F(TlsTest, GrpcCallsOfAllSizes) {
  FakeServer server(echo, {server_tls()});
  GrpcClient client(server.address(), {.tls = client_tls("h2")});
  ASSERT_TRUE(client.connect(kPatience).ok());
  uint64_t id = 0;
  for (const size_t size : {0, 1, 20'000, 3'000'000}) {
    const std::string message(size, 'y');
    client.call(++id, "/ok", "", message, {kPatience});
    const auto replies = client.wait(kPatience);
    ASSERT_EQ(replies.size(), 1u) << size;
    ASSERT_TRUE(replies.front().status.ok()) << replies.front().status.to_string();
    EXPECT_TRUE(replies.front().message == message) << size;
    ASSERT_TRUE(client.connect(kPatience).ok());
  }
  EXPECT_EQ(server.accepted(), 1);
}

TEST_F(TlsTest, AServerThatNobodyVouchesForGetsNothing) {
  FakeServer server(echo, {server_tls()});
  TestCa other;
  io::TlsClientConfig config;
  config.common.ca_pem = other.certificate();
  auto tls = io::TlsClient::create(config, {"http/1.1"});
  ASSERT_TRUE(tls.ok());
  Client client(server.address(), {std::move(tls).value()});
  const Exchange exchange = post(client, "secret");
  EXPECT_EQ(exchange.status.code(), Code::Unavailable);
  EXPECT_FALSE(exchange.maybe_processed);
  EXPECT_NE(exchange.status.message().find("certificate"), std::string::npos)
      << exchange.status.message();
}

TEST_F(TlsTest, ClientsShowTheirCertificateWhereTheServerAsks) {
  FakeServer server(echo, {server_tls(testing::write_file("http-clients.pem", ca_.certificate()))});
  Client known(server.address(), {client_tls("http/1.1", true)});
  EXPECT_EQ(post(known, "hello").reply.body, "hello");
  Client stranger(server.address(), {client_tls("http/1.1")});
  EXPECT_FALSE(post(stranger, "hello").status.ok());
}

TEST_F(TlsTest, BadHandshakesHarmNobodyElse) {
  Limits limits;
  limits.header_timeout = milliseconds(300);
  FakeServer server(echo, {server_tls(), limits});
  Client good(server.address(), {client_tls("http/1.1")});
  ASSERT_EQ(post(good, "a").reply.body, "a");

  RawClient silent(server.port());
  RawClient slow(server.port());
  slow.send(std::string_view("\x16\x03\x01\x02\x00\x01", 6));  // the beginning of a greeting
  RawClient garbage(server.port());
  garbage.send(std::string(1000, '\xff'));
  RawClient plain(server.port());
  const auto told = plain.request("GET /");
  EXPECT_EQ(told.status, 400);
  EXPECT_NE(told.body.find("HTTPS"), std::string::npos);

  EXPECT_EQ(post(good, "b").reply.body, "b");
  EXPECT_TRUE(silent.at_end()) << "cut off by the header's time limit";
  while (!slow.at_end()) slow.read_reply();
  EXPECT_EQ(post(good, "c").reply.body, "c");
}

TEST_F(TlsTest, ManyAtOnce) {
  FakeServer server(echo, {server_tls()});
  const auto tls = client_tls("http/1.1");
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      Client client(server.address(), {tls});
      for (int i = 0; i < 20; ++i) {
        const std::string body(static_cast<size_t>(1000 * (t + 1) * (i + 1)), 'z');
        ASSERT_TRUE(post(client, body).reply.body == body);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(TlsTest, AConnectionThatTheServerClosedIsReplaced) {
  const auto tls = server_tls();
  const auto trusted = client_tls("http/1.1");
  auto server = std::make_unique<FakeServer>(echo, FakeServer::Options{tls});
  const uint16_t port = server->port();
  Client client(server->address(), {trusted, std::chrono::minutes(1)});
  ASSERT_EQ(post(client, "a").reply.body, "a");
  server.reset();
  server = std::make_unique<FakeServer>(echo, FakeServer::Options{tls, {}, port});
  EXPECT_EQ(post(client, "b").reply.body, "b");
}

TEST(PlainReuse, AConnectionThatTheServerClosedIsReplaced) {
  auto server = std::make_unique<FakeServer>(echo);
  const uint16_t port = server->port();
  Client client(server->address(), {nullptr, std::chrono::minutes(1)});
  GrpcClient grpc(server->address());
  const auto call = [&grpc](const std::string& message) -> std::string {
    if (!grpc.connect(kPatience).ok()) return "not connected";
    grpc.call(1, "/ok", "", message);
    const auto replies = grpc.wait(kPatience);
    return replies.empty() ? "no reply" : replies.front().message;
  };
  const std::string_view body = "a";
  ClientRequest request;
  request.method = "POST";
  request.body = {&body, 1};
  ASSERT_EQ(client.send(request).reply.body, "a");
  ASSERT_EQ(call("a"), "a");
  server.reset();
  server = std::make_unique<FakeServer>(echo, FakeServer::Options{nullptr, {}, port});
  EXPECT_EQ(client.send(request).reply.body, "a");
  EXPECT_EQ(call("b"), "b");
}

TEST(GrpcClientConnect, LeavesOpenCallsToWait) {
  auto server = std::make_unique<FakeServer>([](const Request&) {
    std::this_thread::sleep_for(milliseconds(50));
    return Response();
  });
  GrpcClient client(server->address());
  ASSERT_TRUE(client.connect(kPatience).ok());
  client.call(7, "/ok", "", "m");
  EXPECT_TRUE(client.wait(milliseconds(1)).empty());
  server.reset();
  ASSERT_TRUE(client.connect(kPatience).ok()) << "the call's reply is still to be fetched";
  const auto replies = client.wait(kPatience);
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies.front().id, 7u);
  EXPECT_FALSE(replies.front().status.ok());
  EXPECT_FALSE(client.connect(kPatience).ok()) << "nobody listens any more";
}

TEST(GrpcClientMetadata, IsSentWithEveryCall) {
  std::string seen;
  FakeServer server([&seen](const Request& request) {
    for (const char* name : {"x-token", "user-agent", "grpc-timeout", "x-own"})
      seen += std::string(name) + "=" + std::string(request.headers.get(name)) + ";";
    Response response;
    response.headers = {{"content-type", "application/grpc"}};
    response.trailers = {{"grpc-status", "3"}, {"grpc-message", "50%25 of %C3%A4"}};
    return response;
  });
  GrpcClientOptions options;
  options.metadata = {{"x-token", "abc"}};
  options.user_agent = "test/1";
  GrpcClient client(server.address(), options);
  ASSERT_TRUE(client.connect(kPatience).ok());
  client.call(1, "/p", "", "m", {milliseconds(1500), {{"x-own", "1"}}});
  const auto replies = client.wait(kPatience);
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies.front().status.code(), Code::InvalidArgument);
  EXPECT_EQ(replies.front().status.message(), "50% of \xc3\xa4");
  EXPECT_NE(seen.find("x-token=abc;user-agent=test/1;grpc-timeout=1500m;x-own=1;"),
            std::string::npos)
      << seen;
}

}  // namespace
}  // namespace sluice::http
