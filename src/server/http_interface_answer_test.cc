// How an answer is sent: held back or streamed, failures on the way, progress.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "testing/http_interface.h"

namespace sluice::server {
namespace {

using engine::FakeCall;
using engine::Outcome;
using sluice::testing::failure;
using sluice::testing::Interface;
using sluice::testing::is_setup;
using sluice::testing::RawClient;
using sluice::testing::RawReply;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(HttpInterfaceAnswer, AFailureAfterTheHeadIsToldInTheBodyAndCut) {
  Interface server([](const FakeCall& call) {
    if (is_setup(call)) return Outcome();
    call.print(std::string(2 << 20, 'x'));
    return failure(395, "THROWN", "boom");
  });
  const RawReply reply = server.request("POST /", "SELECT 1");
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.cut);
  const std::string tag = reply.field("X-ClickHouse-Exception-Tag");
  const std::string message = "Code: 395. DB::Exception: boom (THROWN) (version 26.5.1.1)\n";
  EXPECT_EQ(reply.body.substr(2 << 20), "\r\n__exception__\r\n" + tag + "\r\n" + message +
                                            std::to_string(message.size()) + " " + tag +
                                            "\r\n__exception__\r\n");
}

TEST(HttpInterfaceAnswer, HeldBackOutputIsReplacedByTheError) {
  const auto script = [](const FakeCall& call) {
    if (is_setup(call)) return Outcome();
    call.print(std::string(100'000, 'x'));
    return failure(395, "THROWN", "boom");
  };
  Interface server(script);
  EXPECT_EQ(server.request("POST /", "SELECT 1").status, 500);
  EXPECT_EQ(server.request("POST /?buffer_size=1000", "SELECT 1").status, 200);
  EXPECT_EQ(server.request("POST /?buffer_size=1000&wait_end_of_query=1", "SELECT 1").status, 500);
}

TEST(HttpInterfaceAnswer, LargeResultsAreStreamedInChunks) {
  Interface server([](const FakeCall& call) {
    if (is_setup(call)) return Outcome();
    for (int i = 0; i < 50; ++i) call.print(std::string(100'000, 'x'));
    return Outcome();
  });
  const RawReply streamed = server.request("POST /", "SELECT 1");
  EXPECT_EQ(streamed.field("Transfer-Encoding"), "chunked");
  EXPECT_EQ(streamed.body.size(), 5'000'000U);
  EXPECT_FALSE(streamed.cut);
  const RawReply whole = server.request("POST /?wait_end_of_query=1", "SELECT 1");
  EXPECT_EQ(whole.field("Content-Length"), "5000000");
}

engine::Figures running_figures() {
  engine::Figures figures;
  figures.read_rows = 5;
  figures.total_rows_to_read = 10;
  figures.memory_bytes = 7;
  figures.elapsed_s = 0.25;
  return figures;
}

const char kProgress[] =
    "X-ClickHouse-Progress: {\"read_rows\":\"5\",\"total_rows_to_read\":\"10\","
    "\"elapsed_ns\":\"250000000\",\"memory_usage\":\"7\"}\r\n";

TEST(HttpInterfaceAnswer, ProgressIsToldWhileAStatementRuns) {
  for (const char* sql : {"SELECT 1", "INSERT INTO t SELECT 1"}) {
    std::promise<void> seen;
    Interface server([&seen](const FakeCall& call) {
      Outcome outcome;
      if (is_setup(call)) return outcome;
      seen.get_future().wait();
      outcome.figures.read_rows = 10;
      return outcome;
    });
    server.engine().set_progress(running_figures());
    RawClient client = server.connect();
    client.send(
        "POST /?send_progress_in_http_headers=1&http_headers_progress_interval_ms=10 HTTP/1.1\r\n"
        "Host: x\r\nContent-Length: " +
        std::to_string(std::string_view(sql).size()) + "\r\n\r\n" + sql);
    EXPECT_EQ(client.read_line(), "HTTP/1.1 200 OK\r\n");
    EXPECT_EQ(client.read_line(), kProgress);
    EXPECT_EQ(client.read_line(), kProgress);
    seen.set_value();
    const std::string rest = client.read_reply(true).head;
    EXPECT_THAT(rest,
                HasSubstr("X-ClickHouse-Summary: {\"read_rows\":\"10\",\"read_bytes\":\"0\""));
    EXPECT_THAT(rest, HasSubstr("\"total_rows_to_read\":\"10\""));
    EXPECT_THAT(rest, HasSubstr("\"memory_usage\":\"7\"}"));
  }
}

TEST(HttpInterfaceAnswer, AnErrorAfterProgressHasItsCodeThoughNotItsStatus) {
  std::promise<void> seen;
  Interface server([&seen](const FakeCall& call) {
    if (is_setup(call)) return Outcome();
    seen.get_future().wait();
    return failure(395, "THROWN", "boom");
  });
  server.engine().set_progress(running_figures());
  RawClient client = server.connect();
  client.send(
      "POST /?send_progress_in_http_headers=1&http_headers_progress_interval_ms=10 HTTP/1.1\r\n"
      "Host: x\r\nContent-Length: 8\r\n\r\nSELECT 1");
  EXPECT_EQ(client.read_line(), "HTTP/1.1 200 OK\r\n");
  EXPECT_EQ(client.read_line(), kProgress);
  seen.set_value();
  const RawReply reply = client.read_reply();
  EXPECT_EQ(reply.field("X-ClickHouse-Exception-Code"), "395");
  EXPECT_THAT(reply.body, StartsWith("Code: 395. DB::Exception: boom"));
}

TEST(HttpInterfaceAnswer, AStreamedResultHasTheFiguresOfItsFirstBytes) {
  Interface server([](const FakeCall& call) {
    if (!is_setup(call)) call.print(std::string(2 << 20, 'x'));
    return Outcome();
  });
  server.engine().set_progress(running_figures());
  const RawReply reply = server.request("POST /", "SELECT 1");
  EXPECT_FALSE(reply.has("X-ClickHouse-Progress"));
  EXPECT_THAT(reply.field("X-ClickHouse-Summary"), HasSubstr("\"total_rows_to_read\":\"10\""));
}

}  // namespace
}  // namespace sluice::server
