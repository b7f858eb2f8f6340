#include "http/client.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "testing/fake_clickhouse.h"

namespace sluice::http {
namespace {

using testing::FakeClickHouse;
using testing::FakeReply;
using testing::FakeRequest;

Address address_of(const FakeClickHouse& server) {
  const std::string url = server.url();
  Address address;
  if (url.rfind("unix://", 0) == 0) {
    address.unix_path = url.substr(7);
  } else {
    address.host = "127.0.0.1";
    address.port = static_cast<uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  }
  return address;
}

ClientRequest post(std::span<const std::string_view> body) {
  ClientRequest request;
  request.method = "POST";
  request.target = "/?a=b";
  request.body = body;
  return request;
}

FakeReply echo(const FakeRequest& request) { return FakeReply::ok(request.body); }

std::string socket_path(const char* name) {
  return ::testing::TempDir() + name + std::to_string(getpid());
}

TEST(Client, SendsSegmentsInOrderAndKeepsTheConnection) {
  FakeClickHouse server(echo);
  Client client(address_of(server));
  const std::array<std::string_view, 4> body = {"one", "", "two", "three"};
  for (int i = 0; i < 3; ++i) {
    const Exchange exchange = client.send(post(body));
    ASSERT_TRUE(exchange.status.ok()) << exchange.status.to_string();
    EXPECT_EQ(exchange.reply.status, 200);
    EXPECT_EQ(exchange.reply.body, "onetwothree");
  }
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(server.requests().front().parameters.at("a"), "b");
}

TEST(Client, SpeaksOverAUnixSocket) {
  FakeClickHouse server(echo, socket_path("client_unix"));
  Client client(address_of(server));
  const std::array<std::string_view, 1> body = {"hello"};
  const Exchange exchange = client.send(post(body));
  ASSERT_TRUE(exchange.status.ok()) << exchange.status.to_string();
  EXPECT_EQ(exchange.reply.body, "hello");
}

TEST(Client, WritesLargeBodiesOfManySegments) {
  FakeClickHouse server(
      [](const FakeRequest& r) { return FakeReply::ok(std::to_string(r.body.size())); });
  Client client(address_of(server));
  const std::string segment(300'000, 'x');
  const std::vector<std::string_view> body(100, segment);
  const Exchange exchange = client.send(post(body));
  ASSERT_TRUE(exchange.status.ok()) << exchange.status.to_string();
  EXPECT_EQ(exchange.reply.body, "30000000");
}

TEST(Client, AConnectionThatTheServerClosedIsReplaced) {
  FakeClickHouse server(echo);
  Client client(address_of(server));
  const std::array<std::string_view, 1> body = {"x"};
  ASSERT_TRUE(client.send(post(body)).status.ok());
  server.close_idle();
  const Exchange again = client.send(post(body));
  EXPECT_TRUE(again.status.ok() || again.maybe_processed) << again.status.to_string();
}

TEST(Client, AnAnnouncedCloseIsHeeded) {
  FakeClickHouse server([](const FakeRequest&) {
    FakeReply reply;
    reply.close = true;
    return reply;
  });
  Client client(address_of(server));
  const std::array<std::string_view, 1> body = {"x"};
  ASSERT_TRUE(client.send(post(body)).status.ok());
  ASSERT_TRUE(client.send(post(body)).status.ok());
  EXPECT_EQ(server.connections(), 2u);
}

TEST(Client, NobodyListensIsNotProcessed) {
  Address address;
  address.host = "127.0.0.1";
  address.port = 1;
  const Exchange exchange = Client(address).send({});
  EXPECT_EQ(exchange.status.code(), Code::Unavailable);
  EXPECT_FALSE(exchange.maybe_processed);
  EXPECT_NE(exchange.status.message().find("127.0.0.1:1"), std::string::npos);
}

TEST(Client, AMissingSocketIsNotProcessed) {
  Address address;
  address.unix_path = socket_path("nothing");
  const Exchange exchange = Client(address).send({});
  EXPECT_EQ(exchange.status.code(), Code::Unavailable);
  EXPECT_FALSE(exchange.maybe_processed);
}

TEST(Client, ALostReplyMayHaveBeenProcessed) {
  for (const auto cut : {FakeReply::Cut::BeforeReply, FakeReply::Cut::InsideReply}) {
    FakeClickHouse server([cut](const FakeRequest&) {
      FakeReply reply = FakeReply::ok("hello");
      reply.cut = cut;
      return reply;
    });
    Client client(address_of(server));
    const std::array<std::string_view, 1> body = {"x"};
    const Exchange exchange = client.send(post(body));
    EXPECT_EQ(exchange.status.code(), Code::Unavailable);
    EXPECT_TRUE(exchange.maybe_processed);
    EXPECT_EQ(server.requests().size(), 1u);
  }
}

TEST(Client, TheDeadlineEndsTheWaitForAReply) {
  FakeClickHouse server([](const FakeRequest&) {
    FakeReply reply;
    reply.delay = std::chrono::milliseconds(300);
    return reply;
  });
  Client client(address_of(server));
  ClientRequest request;
  request.timeout = std::chrono::milliseconds(20);
  const Exchange exchange = client.send(request);
  EXPECT_EQ(exchange.status.code(), Code::DeadlineExceeded);
  EXPECT_TRUE(exchange.maybe_processed);
}

TEST(Client, InterruptEndsTheExchangeAndAllLaterOnes) {
  std::atomic<bool> asked{false};
  FakeClickHouse server([&](const FakeRequest&) {
    asked = true;
    FakeReply reply;
    reply.delay = std::chrono::milliseconds(300);
    return reply;
  });
  Client client(address_of(server));
  std::thread interrupter([&] {
    while (!asked) std::this_thread::yield();
    client.interrupt();
  });
  EXPECT_EQ(client.send({}).status.code(), Code::Cancelled);
  interrupter.join();
  EXPECT_EQ(client.send({}).status.code(), Code::Cancelled);
}

TEST(Client, TheBodyOfA200IsStreamed) {
  const std::string large(1'000'000, 'y');
  FakeClickHouse server([&](const FakeRequest&) { return FakeReply::ok(large); });
  Client client(address_of(server));
  size_t got = 0;
  ClientRequest request;
  request.on_body = [&](std::string_view bytes) {
    got += bytes.size();
    return true;
  };
  const Exchange exchange = client.send(request);
  ASSERT_TRUE(exchange.status.ok()) << exchange.status.to_string();
  EXPECT_EQ(got, large.size());
  EXPECT_TRUE(exchange.reply.body.empty());
}

TEST(Client, AHeaderCannotSmuggleALine) {
  const std::array<ClientHeader, 1> headers = {{{"X", "a\r\nEvil: 1"}}};
  ClientRequest request;
  request.headers = headers;
  Address address;
  address.host = "127.0.0.1";
  EXPECT_EQ(Client(address).send(request).status.code(), Code::InvalidArgument);
}

TEST(Address, IsWrittenAsInUrls) {
  EXPECT_EQ((Address{"h", 1, ""}).to_string(), "h:1");
  EXPECT_EQ((Address{"::1", 8123, ""}).to_string(), "[::1]:8123");
  EXPECT_EQ((Address{"", 0, "/a"}).to_string(), "unix:/a");
}

}  // namespace
}  // namespace sluice::http
