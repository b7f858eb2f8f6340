#include "http/reply_parser.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::http {
namespace {

struct Case {
  const char* name;
  std::string bytes;
  bool closes;  // the peer closes behind the bytes
  int status;   // 0: an error is expected
  std::string body;
  bool keep_alive;
};

const std::string kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

std::vector<Case> cases() {
  return {
      {"fixed length", kHello, false, 200, "hello", true},
      {"no body", "HTTP/1.1 204 No Content\r\n\r\n", false, 204, "", true},
      {"empty body", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, 200, "", true},
      {"chunked",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n",
       false, 200, "hello", true},
      {"trailers",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\n",
       false, 200, "x", true},
      {"chunked wins over a length",
       "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: "
       "chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
       false, 200, "x", true},
      {"until close", "HTTP/1.1 200 OK\r\n\r\nhello", true, 200, "hello", false},
      {"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", false, 200, "x", false},
      {"HTTP/1.0 kept", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx",
       false, 200, "x", true},
      {"close announced", "HTTP/1.1 200 OK\r\nConnection: foo, CLOSE\r\nContent-Length: 1\r\n\r\nx",
       false, 200, "x", false},
      {"interim reply", "HTTP/1.1 100 Continue\r\n\r\n" + kHello, false, 200, "hello", true},
      {"bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 1\n\nx", false, 200, "x", true},
      {"bytes behind the reply", kHello + "HTTP/1.1 200", false, 200, "hello", false},
      {"error status keeps its body", "HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nbad", false, 500,
       "bad", true},
      {"cut in the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", true, 0, "", false},
      {"cut in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", true, 0,
       "", false},
      {"cut in the head", "HTTP/1.1 200 OK\r\nConte", true, 0, "", false},
      {"nothing", "", true, 0, "", false},
      {"not HTTP", "SSH-2.0-OpenSSH\r\n", false, 0, "", false},
      {"bad status", "HTTP/1.1 2x0 OK\r\n", false, 0, "", false},
      {"header without a name", "HTTP/1.1 200 OK\r\n: x\r\n\r\n", false, 0, "", false},
      {"bad length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", false, 0, "", false},
      {"bad chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", false, 0,
       "", false},
      {"bytes after a chunk",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n", false, 0, "",
       false},
      {"endless head", "HTTP/1.1 200 OK\r\nA: " + std::string(kReplyHeadBytesMax, 'x'), false, 0,
       "", false},
  };
}

/// Feeds in steps of `step` bytes.
Status feed_in_steps(ReplyParser& parser, const std::string& bytes, size_t step) {
  for (size_t at = 0; at < bytes.size(); at += step) {
    SLUICE_RETURN_IF_ERROR(parser.feed(std::string_view(bytes).substr(at, step)));
  }
  return {};
}

TEST(ReplyParser, ReadsRepliesHoweverTheyAreCut) {
  for (const Case& c : cases()) {
    for (const size_t step : {size_t{1}, size_t{7}, size_t{100'000}}) {
      SCOPED_TRACE(std::string(c.name) + ", step " + std::to_string(step));
      ReplyParser parser;
      Status status = feed_in_steps(parser, c.bytes, step);
      if (status.ok() && c.closes) status = parser.finish();
      ASSERT_EQ(status.ok(), c.status != 0) << status.to_string();
      if (!status.ok()) continue;
      ASSERT_TRUE(parser.done());
      EXPECT_EQ(parser.reply().status, c.status);
      EXPECT_EQ(parser.reply().body, c.body);
      EXPECT_EQ(parser.keep_alive(), c.keep_alive);
    }
  }
}

TEST(ReplyParser, HeadersAreFoundInAnyCase) {
  ReplyParser parser;
  ASSERT_TRUE(
      parser.feed("HTTP/1.1 200 OK\r\nX-Two: 2 \r\nx-two: 3\r\nContent-Length: 0\r\n\r\n").ok());
  EXPECT_EQ(parser.reply().header("x-TWO"), "2");
  EXPECT_EQ(parser.reply().header("absent"), "");
}

TEST(ReplyParser, ASinkGetsTheBodyOfA200AndMayBreakOff) {
  std::string got;
  ReplyParser parser([&](std::string_view bytes) {
    got += bytes;
    return true;
  });
  ASSERT_TRUE(parser.feed(kHello).ok());
  EXPECT_EQ(got, "hello");
  EXPECT_EQ(parser.reply().body, "");

  ReplyParser refusing([](std::string_view) { return false; });
  EXPECT_EQ(refusing.feed(kHello).code(), Code::Cancelled);

  ReplyParser error([](std::string_view) { return false; });
  ASSERT_TRUE(error.feed("HTTP/1.1 500 No\r\nContent-Length: 1\r\n\r\nx").ok());
  EXPECT_EQ(error.reply().body, "x");
}

TEST(ReplyParser, AReplyOverTheCapIsRefused) {
  ReplyParser parser;
  ASSERT_TRUE(parser.feed("HTTP/1.1 200 OK\r\n\r\n").ok());
  const std::string chunk(8 << 20, 'x');
  Status status;
  for (int i = 0; i < 9 && status.ok(); ++i) status = parser.feed(chunk);
  EXPECT_EQ(status.code(), Code::ResourceExhausted);
}

}  // namespace
}  // namespace sluice::http
