#include "http/http1_session.h"

#include <gtest/gtest.h>

#include "http/session_testing.h"
#include "testing/bad_requests.h"

namespace sluice::http {
namespace {

using namespace std::chrono_literals;

struct Http1SessionTest : ::testing::Test {
  std::shared_ptr<Http1Session> begin() {
    return std::make_shared<Http1Session>(
        SessionContext{limits, budget, handler, transport, "peer"});
  }
  /// Where status lines begin; messages may name a version too, but never before a number.
  static std::vector<int> statuses(const std::string& sent) {
    std::vector<int> found;
    for (size_t at = 0; (at = sent.find("HTTP/1.1 ", at)) != std::string::npos; at += 9) {
      const std::string number = sent.substr(at + 9, 3);
      if (number.find_first_not_of("0123456789") == std::string::npos)
        found.push_back(std::stoi(number));
    }
    return found;
  }
  /// Of the last answer; 0 if there is none.
  static int status_of(const std::string& sent) {
    const std::vector<int> all = statuses(sent);
    return all.empty() ? 0 : all.back();
  }
  static size_t answers(const std::string& sent) { return statuses(sent).size(); }

  Limits limits;
  Budget budget{64 << 20};
  RecordingHandler handler;
  MemoryTransport transport;
};

TEST_F(Http1SessionTest, GoodRequests) {
  struct Case {
    const char* what;
    std::string bytes;
    std::string method, target, body;
  };
  const std::vector<Case> cases = {
      {"length", "POST /v1/logs?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "POST",
       "/v1/logs?x=1", "abc"},
      {"no body", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/", ""},
      {"length 0", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "POST", "/", ""},
      {"empty line before", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/", ""},
      {"absolute form", "GET http://h:1/v1/logs HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/v1/logs",
       ""},
      {"absolute form without path", "GET http://h HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/", ""},
      {"1.0 without host", "GET / HTTP/1.0\r\n\r\n", "GET", "/", ""},
      {"chunked",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
       "CHUNKED\r\n\r\n3\r\nabc\r\n02;x=y\r\nde\r\n0\r\nT: v\r\n\r\n",
       "POST", "/", "abcde"},
      {"empty chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "POST", "/", ""},
      {"latin-1 in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: \xe9\r\n\r\n", "GET", "/", ""},
  };
  for (const Case& c : cases) {
    // Whole, and byte by byte: the pieces must not matter.
    for (const size_t piece : {c.bytes.size(), size_t{1}, size_t{7}}) {
      SCOPED_TRACE(c.what + std::string(" in pieces of ") + std::to_string(piece));
      handler = {};
      transport = {};
      auto session = begin();
      for (size_t at = 0; at < c.bytes.size(); at += piece)
        session->receive(c.bytes.substr(at, piece));
      ASSERT_EQ(handler.requests.size(), 1u) << transport.sent;
      EXPECT_EQ(handler.requests[0].method, c.method);
      EXPECT_EQ(handler.requests[0].target, c.target);
      EXPECT_EQ(handler.requests[0].body.view(), c.body);
      EXPECT_EQ(status_of(transport.sent), 200);
    }
  }
  handler.requests.clear();
  EXPECT_EQ(budget.used_bytes(), 0u);
}

TEST_F(Http1SessionTest, BadRequestsAreRefusedAndTheConnectionEnds) {
  for (const testing::BadRequest& c : testing::bad_requests(limits.head())) {
    for (const size_t piece : {c.bytes.size(), size_t{1000}, size_t{3}}) {
      SCOPED_TRACE(c.what + std::string(" in pieces of ") + std::to_string(piece));
      handler = {};
      transport = {};
      auto session = begin();
      for (size_t at = 0; at < c.bytes.size(); at += piece)
        session->receive(c.bytes.substr(at, piece));
      EXPECT_TRUE(handler.requests.empty());
      EXPECT_EQ(status_of(transport.sent), c.status) << transport.sent;
      EXPECT_EQ(answers(transport.sent), 1u);
      EXPECT_NE(transport.sent.find("Connection: close\r\n"), std::string::npos);
      EXPECT_TRUE(transport.finished);
    }
  }
}

TEST_F(Http1SessionTest, AnnouncedBodyOverTheLimitIsRefusedUnread) {
  handler.limit = 10;
  auto session = begin();
  session->receive(
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 10000000000\r\n\r\n");
  ASSERT_EQ(handler.refusals, std::vector{Refusal::TooLarge});
  EXPECT_EQ(transport.sent.find("100 Continue"), std::string::npos);
  EXPECT_TRUE(transport.finished);
  EXPECT_EQ(budget.used_bytes(), 0u);
}

TEST_F(Http1SessionTest, ChunkedBodyAtTheLimitPassesAndOneByteMoreDoesNot) {
  handler.limit = 10;
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  begin()->receive(head + "a\r\n0123456789\r\n0\r\n\r\n");
  EXPECT_EQ(handler.requests.size(), 1u);
  begin()->receive(head + "5\r\n01234\r\n6\r\n567890\r\n0\r\n\r\n");
  EXPECT_EQ(handler.requests.size(), 1u);
  ASSERT_EQ(handler.refusals, std::vector{Refusal::TooLarge});
}

TEST_F(Http1SessionTest, BodyWithoutMemoryIsRefusedAndGivesItsShareBack) {
  Budget small(100);
  auto session =
      std::make_shared<Http1Session>(SessionContext{limits, small, handler, transport, ""});
  session->receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n");
  EXPECT_EQ(handler.refusals, std::vector{Refusal::NoMemory});
  transport = {};
  auto chunked =
      std::make_shared<Http1Session>(SessionContext{limits, small, handler, transport, ""});
  chunked->receive("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n60\r\n" +
                   std::string(0x60, 'a') + "\r\n");
  EXPECT_EQ(small.used_bytes(), 0x60u);
  chunked->receive("60\r\n" + std::string(0x60, 'a') + "\r\n");
  EXPECT_EQ(handler.refusals, (std::vector{Refusal::NoMemory, Refusal::NoMemory}));
  handler.refused.clear();
  EXPECT_EQ(small.used_bytes(), 0u);
}

TEST_F(Http1SessionTest, ExpectationIsAnsweredBeforeTheBody) {
  auto session = begin();
  session->receive(
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(transport.sent, "HTTP/1.1 100 Continue\r\n\r\n");
  session->receive("{}");
  EXPECT_EQ(status_of(transport.sent), 200);
}

TEST_F(Http1SessionTest, PipelinedRequestsAreServedInOrderOneAtATime) {
  handler.at_once = false;
  auto session = begin();
  std::string bytes;
  for (int i = 0; i < 1000; ++i) {
    bytes += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";
  }
  session->receive(bytes);
  for (size_t i = 0; i < 1000; ++i) {
    ASSERT_EQ(handler.requests.size(), i + 1);
    ASSERT_EQ(handler.requests.back().target, "/" + std::to_string(i));
    EXPECT_EQ(session->read_size(), 0u);
    handler.answer.body = std::to_string(i);
    handler.answer_next();
  }
  EXPECT_EQ(answers(transport.sent), 1000u);
  EXPECT_NE(session->read_size(), 0u);
}

TEST_F(Http1SessionTest, PeerThatDoesNotReadGetsNoMoreAnswers) {
  auto session = begin();
  transport.held_back = kUnsentMax + 1;
  EXPECT_EQ(session->read_size(), 0u);
  session->receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(handler.requests.empty());
  transport.held_back = 0;
  session->on_sent();
  EXPECT_EQ(handler.requests.size(), 1u);
}

TEST_F(Http1SessionTest, KeepAliveAndClose) {
  struct Case {
    std::string fields;
    bool http10;
    bool stays;
  };
  for (const Case& c : std::vector<Case>{{"", false, true},
                                         {"Connection: close\r\n", false, false},
                                         {"Connection: x, Close\r\n", false, false},
                                         {"Connection: x\r\nConnection: close\r\n", false, false},
                                         {"", true, false},
                                         {"Connection: keep-alive\r\n", true, true}}) {
    transport = {};
    begin()->receive("GET / HTTP/1." + std::string(c.http10 ? "0" : "1") + "\r\nHost: a\r\n" +
                     c.fields + "\r\n");
    EXPECT_EQ(transport.finished, !c.stays) << c.fields << c.http10;
    EXPECT_EQ(transport.sent.find("Connection: close") != std::string::npos, !c.stays);
  }
}

TEST_F(Http1SessionTest, HeadAndNoContentHaveNoBody) {
  handler.answer.body = "12345";
  begin()->receive("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(transport.sent.find("Content-Length: 5\r\n"), std::string::npos);
  EXPECT_EQ(transport.sent.substr(transport.sent.size() - 4), "\r\n\r\n");
  transport = {};
  handler.answer.status = 204;
  begin()->receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(transport.sent.find("Content-Length"), std::string::npos);
  EXPECT_EQ(transport.sent.substr(transport.sent.size() - 4), "\r\n\r\n");
}

TEST_F(Http1SessionTest, TimeLimits) {
  const Clock::time_point now = Clock::now();
  {
    auto silent = begin();
    silent->tick(now + limits.header_timeout - 1s);
    EXPECT_FALSE(transport.aborted);
    silent->tick(now + limits.header_timeout + 1s);
    EXPECT_TRUE(transport.aborted);
  }
  transport = {};
  {
    auto half = begin();
    half->receive("GET / HT");
    half->tick(now + limits.header_timeout + 1s);
    EXPECT_EQ(status_of(transport.sent), 408);
  }
  transport = {};
  {
    auto idle = begin();
    idle->receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    idle->tick(now + limits.header_timeout + 1s);
    EXPECT_FALSE(transport.aborted);
    idle->tick(now + limits.idle_timeout + 1s);
    EXPECT_TRUE(transport.aborted);
  }
  transport = {};
  {
    auto slow = begin();
    slow->receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    slow->receive(std::string(limits.body_bytes_per_second * 5, 'a'));
    slow->tick(now + limits.body_timeout + 4s);
    EXPECT_TRUE(handler.refusals.empty());
    slow->tick(now + limits.body_timeout + 6s);
    EXPECT_EQ(handler.refusals, std::vector{Refusal::TooSlow});
  }
}

TEST_F(Http1SessionTest, CutOffRequestIsForgotten) {
  auto session = begin();
  session->receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  session->end_of_input();
  EXPECT_TRUE(transport.aborted);
  EXPECT_TRUE(handler.requests.empty());
}

TEST_F(Http1SessionTest, DrainAnswersWhatIsOpenAndCloses) {
  handler.at_once = false;
  auto busy = begin();
  busy->receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  busy->drain();
  EXPECT_FALSE(transport.finished);
  handler.answer_next();
  EXPECT_TRUE(transport.finished);
  EXPECT_NE(transport.sent.find("Connection: close"), std::string::npos);

  transport = {};
  begin()->drain();
  EXPECT_TRUE(transport.finished);
}

TEST_F(Http1SessionTest, ForgottenResponderAnswersRetryLater) {
  handler.at_once = false;
  auto session = begin();
  session->receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  handler.open.clear();
  EXPECT_EQ(status_of(transport.sent), 503);
}

TEST_F(Http1SessionTest, ResponderOutlivesItsConnection) {
  handler.at_once = false;
  auto session = begin();
  session->receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  session.reset();
  handler.answer_next();
  EXPECT_EQ(transport.sent, "");
}

TEST_F(Http1SessionTest, WhatIsNotAdmittedIsRefusedBeforeItsBodyIsRead) {
  handler.admits = false;
  auto session = begin();
  session->receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc");
  EXPECT_EQ(handler.refusals, std::vector{Refusal::NotAdmitted});
  EXPECT_TRUE(handler.requests.empty());
  EXPECT_EQ(answers(transport.sent), 1u);
  EXPECT_EQ(budget.used_bytes(), 0u);
}

TEST_F(Http1SessionTest, ConnectionsServeOneRequestWhereTheyAreNotKept) {
  limits.keep_alive = false;
  auto session = begin();
  session->receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(transport.sent.find("Connection: close"), std::string::npos);
}

TEST_F(Http1SessionTest, ABodyMayTakeOnlySoLongWhereThatIsSaid) {
  limits.request_timeout = 2s;
  auto session = begin();
  session->receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
  session->tick(Clock::now() + 1s);
  EXPECT_TRUE(handler.refusals.empty());
  session->tick(Clock::now() + 3s);
  EXPECT_EQ(handler.refusals, std::vector{Refusal::TooSlow});
}

}  // namespace
}  // namespace sluice::http
