#include "http/http2_session.h"

#include <gtest/gtest.h>

#include "http/session_testing.h"

namespace sluice::http {
namespace {

using namespace std::chrono_literals;

struct Http2SessionTest : ::testing::Test {
  void begin() {
    session =
        std::make_shared<Http2Session>(SessionContext{limits, budget, handler, transport, "peer"});
  }
  void restart() {
    transport = {};
    client = std::make_unique<Http2TestClient>();
    begin();
  }
  /// Carries bytes to and fro until nobody has any.
  void exchange() {
    if (session == nullptr) begin();
    while (true) {
      const std::string out = client->take();
      if (!out.empty()) session->receive(out);
      const std::string in = std::exchange(transport.sent, {});
      if (!in.empty()) client->feed(in);
      if (out.empty() && in.empty()) return;
    }
  }

  Limits limits;
  Budget budget{64 << 20};
  RecordingHandler handler;
  MemoryTransport transport;
  std::shared_ptr<Http2Session> session;
  std::unique_ptr<Http2TestClient> client = std::make_unique<Http2TestClient>();
};

TEST_F(Http2SessionTest, RequestAndResponseWithTrailers) {
  handler.answer.headers = {{"Content-Type", "application/grpc"}};
  handler.answer.body = "answer";
  handler.answer.trailers = {{"grpc-status", "0"}};
  const int32_t stream =
      client->post("/v1/logs?x=1", {{"content-type", "a"}, {"x", "y"}}, std::string(300000, 'b'));
  exchange();
  ASSERT_EQ(handler.requests.size(), 1u);
  const Request& request = handler.requests[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path(), "/v1/logs");
  EXPECT_EQ(request.query(), "x=1");
  EXPECT_EQ(request.version, Version::Http2);
  EXPECT_EQ(request.headers.get("Host"), "test");
  EXPECT_EQ(request.headers.get("X"), "y");
  EXPECT_EQ(request.body.view(), std::string(300000, 'b'));
  EXPECT_EQ(request.peer, "peer");
  const Http2TestClient::Reply& reply = client->reply(stream);
  EXPECT_EQ(reply.headers.at(":status"), "200");
  EXPECT_EQ(reply.headers.at("content-type"), "application/grpc");
  EXPECT_EQ(reply.body, "answer");
  EXPECT_EQ(reply.trailers.at("grpc-status"), "0");
  EXPECT_TRUE(reply.closed);
  EXPECT_EQ(reply.error, 0u);
  handler.requests.clear();
  EXPECT_EQ(budget.used_bytes(), 0u);
}

TEST_F(Http2SessionTest, ResponseWithoutBodyEndsWithItsHeader) {
  handler.answer.headers = {{"grpc-status", "12"}};
  const int32_t stream = client->post("/", {}, "");
  exchange();
  EXPECT_EQ(client->reply(stream).headers.at("grpc-status"), "12");
  EXPECT_TRUE(client->reply(stream).trailers.empty());
  EXPECT_TRUE(client->reply(stream).closed);
}

TEST_F(Http2SessionTest, LongAnswerGoesThroughTheClientsWindow) {
  handler.answer.body = std::string(1 << 20, 'a');
  const int32_t stream = client->post("/", {}, "x");
  exchange();
  EXPECT_EQ(client->reply(stream).body.size(), 1u << 20);
  EXPECT_TRUE(client->reply(stream).closed);
}

TEST_F(Http2SessionTest, StreamsAreAnsweredInAnyOrder) {
  handler.at_once = false;
  const int32_t first = client->post("/1", {}, "1");
  const int32_t second = client->post("/2", {}, "2");
  exchange();
  ASSERT_EQ(handler.open.size(), 2u);
  handler.open.back().respond({});
  exchange();
  EXPECT_FALSE(client->reply(first).closed);
  EXPECT_TRUE(client->reply(second).closed);
  handler.open.front().respond({});
  exchange();
  EXPECT_TRUE(client->reply(first).closed);
}

TEST_F(Http2SessionTest, BodyOverTheLimitIsAnsweredBeforeItsEnd) {
  handler.limit = 100000;
  const int32_t stream = client->post("/", {}, std::string(1 << 20, 'a'));
  const int32_t other = client->post("/", {}, "small");
  exchange();
  EXPECT_EQ(handler.refusals, std::vector{Refusal::TooLarge});
  EXPECT_EQ(handler.refused[0].body.size(), 100000u);
  EXPECT_EQ(client->reply(stream).headers.at(":status"), "413");
  EXPECT_TRUE(client->reply(stream).closed);
  EXPECT_EQ(client->reply(other).headers.at(":status"), "200");
}

TEST_F(Http2SessionTest, BodyWithoutMemoryIsRefused) {
  Budget small(1000);
  session = std::make_shared<Http2Session>(SessionContext{limits, small, handler, transport, ""});
  client->post("/", {}, std::string(1001, 'a'));
  client->post("/", {{"content-length", "5000"}}, std::string(5000, 'a'));
  exchange();
  EXPECT_EQ(handler.refusals, (std::vector{Refusal::NoMemory, Refusal::NoMemory}));
  handler.refused.clear();
  EXPECT_EQ(small.used_bytes(), 0u);
}

TEST_F(Http2SessionTest, MetadataOverTheLimitIsRefused) {
  limits.header_list_bytes = 10000;
  Http2TestClient::Fields fields;
  for (int i = 0; i < 20; ++i)
    fields.emplace_back("x-" + std::to_string(i), std::string(1000, 'v'));
  const int32_t stream = client->post("/", fields, "a");
  exchange();
  EXPECT_EQ(handler.refusals, std::vector{Refusal::HeaderTooLarge});
  EXPECT_TRUE(client->reply(stream).closed);
}

TEST_F(Http2SessionTest, StreamsOverTheLimitAreRefused) {
  handler.at_once = false;
  limits.streams_per_connection = 10;
  // Before the client has seen our SETTINGS it believes that there is no limit.
  for (int i = 0; i < 50; ++i) client->post("/", {}, "a");
  begin();
  session->receive(client->take());
  client->feed(std::exchange(transport.sent, {}));
  EXPECT_EQ(handler.requests.size(), 10u);
  int refused = 0;
  for (int32_t stream = 1; stream < 100; stream += 2) {
    refused += client->reply(stream).error == NGHTTP2_REFUSED_STREAM ? 1 : 0;
  }
  EXPECT_EQ(refused, 40);
}

/// Frames of which a client may send only so many.
TEST_F(Http2SessionTest, FloodsOfControlFramesEndTheConnection) {
  using Send = void (*)(Http2SessionTest&);
  const std::vector<std::pair<const char*, Send>> floods = {
      {"ping", [](Http2SessionTest& t) { t.client->ping(); }},
      {"settings", [](Http2SessionTest& t) { t.client->settings(); }},
      {"rapid reset",
       [](Http2SessionTest& t) {
         const int32_t stream = t.client->post("/", {}, "a", true);
         t.exchange();
         t.client->reset(stream);
       }},
  };
  limits.control_frames_burst = 50;
  limits.control_frames_per_second = 1;
  handler.at_once = false;
  for (const auto& [name, flood] : floods) {
    SCOPED_TRACE(name);
    restart();
    for (int i = 0; i < 40; ++i) {
      flood(*this);
      exchange();
    }
    EXPECT_FALSE(transport.finished);
    for (int i = 0; i < 40 && !transport.finished; ++i) {
      flood(*this);
      exchange();
    }
    EXPECT_TRUE(transport.finished);
    EXPECT_EQ(client->goaway, NGHTTP2_ENHANCE_YOUR_CALM);
  }
}

TEST_F(Http2SessionTest, PingIsAnswered) {
  client->ping();
  exchange();
  EXPECT_EQ(client->pings_acked, 1);
}

TEST_F(Http2SessionTest, SilentClientIsPingedAndThenCutOff) {
  exchange();
  const Clock::time_point now = Clock::now();
  session->tick(now + limits.ping_after + 1s);
  exchange();
  EXPECT_EQ(client->pings_received, 1);
  session->tick(now + limits.ping_after + limits.ping_timeout + 2s);
  EXPECT_FALSE(transport.aborted) << "the ping was answered";
  session->tick(now + 2 * limits.ping_after + 3s);
  session->tick(now + 2 * limits.ping_after + limits.ping_timeout + 5s);
  EXPECT_TRUE(transport.aborted);
}

TEST_F(Http2SessionTest, ClientWithoutSettingsIsCutOff) {
  begin();
  session->receive("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  session->tick(Clock::now() + limits.header_timeout + 1s);
  EXPECT_TRUE(transport.aborted);
}

TEST_F(Http2SessionTest, SlowBodyIsRefused) {
  client->post("/", {}, "begun", true);
  exchange();
  session->tick(Clock::now() + limits.body_timeout + 2s);
  EXPECT_EQ(handler.refusals, std::vector{Refusal::TooSlow});
}

TEST_F(Http2SessionTest, AnswerThatIsNotTakenIsCutOffAndTheOthersGoOn) {
  handler.answer.body = "answer";
  client->shut_window();
  const int32_t stalled = client->post("/", {}, "a");
  exchange();
  EXPECT_EQ(client->reply(stalled).headers.at(":status"), "200");
  session->tick(Clock::now() + limits.write_timeout - 1s);
  exchange();
  EXPECT_FALSE(client->reply(stalled).closed);
  session->tick(Clock::now() + limits.write_timeout + 1s);
  exchange();
  EXPECT_EQ(client->reply(stalled).body, "");
  EXPECT_TRUE(client->reply(stalled).closed);
  EXPECT_EQ(client->reply(stalled).error, static_cast<uint32_t>(NGHTTP2_CANCEL));
  EXPECT_FALSE(transport.finished || transport.aborted);
  handler.answer.body = {};
  const int32_t next = client->post("/", {}, "a");
  exchange();
  EXPECT_EQ(client->reply(next).headers.at(":status"), "200");
}

TEST_F(Http2SessionTest, DrainAnswersOpenStreamsAndRefusesNewOnes) {
  handler.at_once = false;
  const int32_t open = client->post("/", {}, "a");
  exchange();
  session->drain();
  exchange();
  EXPECT_EQ(client->goaway, 0);
  session->tick(Clock::now());
  exchange();
  EXPECT_FALSE(transport.finished);
  handler.answer_next();
  exchange();
  EXPECT_EQ(client->reply(open).headers.at(":status"), "200");
  EXPECT_TRUE(transport.finished);
}

TEST_F(Http2SessionTest, ResetBeforeTheAnswerIsHarmless) {
  handler.at_once = false;
  const int32_t stream = client->post("/", {}, "a");
  exchange();
  client->reset(stream);
  exchange();
  handler.answer_next();
  exchange();
  EXPECT_FALSE(transport.finished);
}

/// The error code of the GOAWAY among these frames; -1 if there is none.
int goaway_in(std::string_view frames) {
  constexpr size_t kHeaderBytes = 9;
  while (frames.size() >= kHeaderBytes) {
    const auto byte = [&](size_t at) { return static_cast<unsigned char>(frames.at(at)); };
    const size_t length = static_cast<size_t>(byte(0)) << 16 | byte(1) << 8 | byte(2);
    if (byte(3) == NGHTTP2_GOAWAY) return byte(kHeaderBytes + 7);  // codes are below 256
    frames.remove_prefix(kHeaderBytes + length);
  }
  return -1;
}

TEST_F(Http2SessionTest, BrokenFramesEndTheConnection) {
  const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  const std::string settings("\0\0\0\4\0\0\0\0\0", 9);
  const auto frame = [](uint8_t type, uint8_t flags, uint32_t stream, const std::string& payload) {
    std::string bytes;
    for (int shift = 16; shift >= 0; shift -= 8)
      bytes.push_back(static_cast<char>(payload.size() >> shift));
    bytes.push_back(static_cast<char>(type));
    bytes.push_back(static_cast<char>(flags));
    for (int shift = 24; shift >= 0; shift -= 8)
      bytes.push_back(static_cast<char>(stream >> shift));
    return bytes + payload;
  };
  const std::string endless(20, '\xff');
  struct Case {
    const char* what;
    std::string bytes;
    uint32_t goaway;
  };
  std::string continuations = frame(1, 0, 1, "\x82");
  for (int i = 0; i < 1000; ++i) continuations += frame(9, 0, 1, "\x82");
  const std::string begin_of_all = preface + settings;
  const std::vector<Case> cases = {
      {"no preface", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n" + settings, NGHTTP2_PROTOCOL_ERROR},
      {"HEADERS on stream 0", begin_of_all + frame(1, 5, 0, "\x82"), NGHTTP2_PROTOCOL_ERROR},
      {"even stream", begin_of_all + frame(1, 5, 2, "\x82\x86\x84\x41\x01x"),
       NGHTTP2_PROTOCOL_ERROR},
      {"DATA before HEADERS", begin_of_all + frame(0, 1, 1, "x"), NGHTTP2_PROTOCOL_ERROR},
      {"HPACK index 0", begin_of_all + frame(1, 5, 1, "\x80"), NGHTTP2_COMPRESSION_ERROR},
      {"HPACK endless number", begin_of_all + frame(1, 5, 1, endless), NGHTTP2_COMPRESSION_ERROR},
      {"HPACK string longer than its frame",
       begin_of_all + frame(1, 5, 1, "\x40\x7f\xff\xff\xff\x0f"), NGHTTP2_COMPRESSION_ERROR},
      {"HPACK table size", begin_of_all + frame(1, 5, 1, "\x3f\xff\xff\xff\x0f"),
       NGHTTP2_COMPRESSION_ERROR},
      {"endless CONTINUATION", begin_of_all + continuations, NGHTTP2_ENHANCE_YOUR_CALM},
      {"window overflow", begin_of_all + frame(8, 0, 0, "\x7f\xff\xff\xff"),
       NGHTTP2_FLOW_CONTROL_ERROR},
      {"frame over the size", begin_of_all + std::string("\xff\xff\xff\0\0\0\0\0\1", 9),
       NGHTTP2_FRAME_SIZE_ERROR},
      {"SETTINGS of 5 bytes", preface + frame(4, 0, 0, "12345"), NGHTTP2_FRAME_SIZE_ERROR},
      {"not HTTP/2 after the preface", preface + "GET / HTTP/1.1\r\n\r\n", NGHTTP2_PROTOCOL_ERROR},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    restart();
    session->receive(c.bytes);
    EXPECT_TRUE(transport.finished);
    EXPECT_TRUE(handler.requests.empty());
    EXPECT_EQ(goaway_in(transport.sent), static_cast<int>(c.goaway));
  }
}

TEST_F(Http2SessionTest, ResponderOutlivesItsConnection) {
  handler.at_once = false;
  client->post("/", {}, "a");
  exchange();
  session.reset();
  handler.answer_next();
  EXPECT_EQ(transport.sent, "");
}

TEST_F(Http2SessionTest, WhatIsNotAdmittedIsRefusedBeforeItsBodyIsRead) {
  handler.admits = false;
  const int32_t stream = client->post("/", {}, std::string(100000, 'b'));
  exchange();
  EXPECT_EQ(handler.refusals, std::vector{Refusal::NotAdmitted});
  EXPECT_TRUE(handler.requests.empty());
  EXPECT_EQ(client->reply(stream).headers.at(":status"), "413");
  EXPECT_EQ(budget.used_bytes(), 0u);
}

TEST_F(Http2SessionTest, IdleAndOldConnectionsAreToldToGoAway) {
  for (const bool by_age : {false, true}) {
    limits.connection_idle = by_age ? 0s : 10s;
    limits.connection_age = by_age ? 10s : 0s;
    restart();
    const int32_t stream = client->post("/", {}, "b");
    exchange();
    EXPECT_EQ(client->reply(stream).headers.at(":status"), "200");
    session->tick(Clock::now() + 8s);
    EXPECT_FALSE(transport.finished);
    for (const auto later : {12s, 13s, 14s}) session->tick(Clock::now() + later);
    EXPECT_TRUE(transport.finished) << by_age;
  }
}

}  // namespace
}  // namespace sluice::http
