#include "http/grpc_client.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "base/budget.h"
#include "http/acceptor.h"
#include "http/server.h"
#include "io/listen.h"

namespace sluice::http {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kPatience{10'000};  // a bound for broken code

/// Answers by the path: /ok echoes the message, /busy is refused, /odd answers without a
/// grpc-status.
class Echo final : public Handler {
 public:
  BodyPlan plan(const Request& /*request*/, std::string_view /*first*/) override {
    return {1 << 20, 0};
  }
  void handle(Request&& request, Responder responder) override {
    Response response;
    response.headers = {{"content-type", "application/grpc"}};
    if (request.path() == "/odd") {
      response.status = 404;
    } else if (request.path() == "/busy") {
      response.trailers = {{"grpc-status", "14"}, {"grpc-message", "come later"}};
    } else {
      response.body = std::string(request.body.view());
      response.trailers = {{"grpc-status", "0"}};
    }
    responder.respond(std::move(response));
  }
  void refuse(Refusal /*reason*/, Request&& /*request*/, Responder responder) override {
    responder.respond({});
  }
};

class Uncounted final : public ConnectionObserver {
 public:
  void opened() override {}
  void closed() override {}
  void received(size_t /*bytes*/) override {}
};

class GrpcClientTest : public testing::Test {
 protected:
  void SetUp() override {
    auto listeners = io::listen("127.0.0.1:0");
    ASSERT_TRUE(listeners.ok());
    const std::string where = listeners->front().address;
    address_ = {"127.0.0.1", static_cast<uint16_t>(std::stoi(where.substr(where.rfind(':') + 1))),
                ""};
    acceptor_ = std::make_unique<Acceptor>(loop_, std::move(listeners->front()), [this](int fd) {
      server_.adopt(fd, {&handler_, &handler_, &observer_});
    });
    loop_.post([this] { acceptor_->start(); });
    thread_ = std::thread([this] { loop_.run(); });
  }
  void TearDown() override {
    loop_.stop();
    thread_.join();
  }

  Limits limits_;
  Budget budget_{1 << 24};
  Echo handler_;
  Uncounted observer_;
  io::Loop loop_;
  Server server_{loop_, limits_, budget_};
  std::unique_ptr<Acceptor> acceptor_;
  std::thread thread_;
  Address address_;
};

std::map<uint64_t, GrpcReply> collect(GrpcClient& client, size_t count) {
  std::map<uint64_t, GrpcReply> replies;
  while (replies.size() < count) {
    const auto some = client.wait(kPatience);
    if (some.empty()) break;
    for (const GrpcReply& reply : some) replies[reply.id] = reply;
  }
  return replies;
}

TEST_F(GrpcClientTest, ManyCallsAtOnce) {
  GrpcClient client(address_);
  ASSERT_TRUE(client.connect(kPatience).ok());
  const std::string large(200'000, 'x');  // more than a window
  for (uint64_t id = 0; id < 20; ++id) client.call(id, "/ok", "", large + std::to_string(id));
  EXPECT_EQ(client.open_calls(), 20u);
  const auto replies = collect(client, 20);
  ASSERT_EQ(replies.size(), 20u);
  for (const auto& [id, reply] : replies) {
    EXPECT_TRUE(reply.status.ok()) << reply.status.to_string();
    EXPECT_EQ(reply.message, large + std::to_string(id));
  }
  EXPECT_EQ(client.open_calls(), 0u);
}

TEST_F(GrpcClientTest, RefusalsCarryTheServersWords) {
  GrpcClient client(address_);
  ASSERT_TRUE(client.connect(kPatience).ok());
  client.call(1, "/busy", "", "x");
  client.call(2, "/odd", "", "x");
  const auto replies = collect(client, 2);
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies.at(1).status, unavailable("come later"));
  EXPECT_TRUE(replies.at(1).answered);
  EXPECT_EQ(replies.at(2).status.code(), Code::Unavailable);
}

TEST_F(GrpcClientTest, AServerThatGoesAwayAnswersEveryCall) {
  GrpcClient client(address_);
  ASSERT_TRUE(client.connect(kPatience).ok());
  client.call(1, "/ok", "", "x");
  ASSERT_EQ(collect(client, 1).size(), 1u);
  loop_.post([this] { server_.drain([] {}); });
  while (client.connected()) client.wait(milliseconds(10));
  EXPECT_EQ(client.open_calls(), 0u);
}

TEST(GrpcClient, NobodyThere) {
  auto listeners = io::listen("127.0.0.1:0");
  ASSERT_TRUE(listeners.ok());
  const std::string where = listeners->front().address;
  listeners->clear();
  GrpcClient client(
      {"127.0.0.1", static_cast<uint16_t>(std::stoi(where.substr(where.rfind(':') + 1))), ""});
  EXPECT_EQ(client.connect(kPatience).code(), Code::Unavailable);
  EXPECT_FALSE(client.connected());
}

}  // namespace
}  // namespace sluice::http
