#include "http/stream_server.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <atomic>
#include <future>

#include "base/fd.h"
#include "testing/bad_requests.h"
#include "testing/raw_http.h"

namespace sluice::http {
namespace {

using std::chrono::milliseconds;
using testing::RawClient;
using testing::RawReply;

/// Answers with what it was asked: method, target, body.
void echo(StreamExchange& exchange) {
  std::string body = exchange.head().method + " " + exchange.head().target + "\n";
  for (;;) {
    const Result<std::string_view> bytes = exchange.read_body();
    if (!bytes.ok()) return exchange.respond(400, {}, bytes.status().message());
    if (bytes->empty()) break;
    body += *bytes;
  }
  exchange.respond(200, {{"X-Test", "yes"}}, body);
}

class Server {
 public:
  explicit Server(StreamServer::Handler handler = echo, const StreamLimits& limits = {})
      : server_(limits, std::move(handler)) {
    server_.add_listener(testing::listen_on_loopback(port_), false);
    EXPECT_TRUE(server_.start().ok());
  }
  RawClient connect() const { return RawClient(port_); }
  StreamServer* operator->() { return &server_; }

 private:
  uint16_t port_ = 0;
  StreamServer server_;
};

TEST(StreamServer, AnswersSeveralRequestsOnOneConnection) {
  const Server server;
  RawClient client = server.connect();
  for (int i = 0; i < 3; ++i) {
    const RawReply reply = client.request("POST /a?b=" + std::to_string(i), "body");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "POST /a?b=" + std::to_string(i) + "\nbody");
    EXPECT_EQ(reply.field("X-Test"), "yes");
    EXPECT_EQ(reply.field("Connection"), "Keep-Alive");
  }
}

TEST(StreamServer, AnswersPipelinedRequestsInOrder) {
  const Server server;
  RawClient client = server.connect();
  client.send(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: "
      "3\r\n\r\nabc"
      "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read_reply().body, "GET /1\n");
  EXPECT_EQ(client.read_reply().body, "POST /2\nabc");
  EXPECT_EQ(client.read_reply().body, "GET /3\n");
}

TEST(StreamServer, DecodesChunksWhereverTheyAreCut) {
  const Server server;
  RawClient client = server.connect();
  const std::string request =
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "4\r\nWiki\r\n5;ext=1\r\npedia\r\n0\r\nTrailer: x\r\n\r\n";
  for (const char byte : request) client.send({&byte, 1});
  EXPECT_EQ(client.read_reply().body, "POST /\nWikipedia");
  EXPECT_EQ(client.request("GET /again").status, 200);
}

TEST(StreamServer, LargeBodiesArriveWhole) {
  const Server server;
  const std::string body(5 << 20, 'x');
  RawClient client = server.connect();
  EXPECT_EQ(client.request("POST /", body).body.size(), body.size() + 7);
}

TEST(StreamServer, InvitesABodyThatWaitsForIt) {
  const Server server;
  RawClient client = server.connect();
  client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  client.send("ok");
  EXPECT_EQ(client.read_reply().body, "POST /\nok");
}

TEST(StreamServer, HeadGetsTheHeaderAlone) {
  const Server server;
  RawClient client = server.connect();
  const RawReply reply = client.request("HEAD /x");
  EXPECT_EQ(reply.field("Content-Length"), "8");
  EXPECT_EQ(client.request("GET /y").body, "GET /y\n");
}

TEST(StreamServer, EarlyFieldsAreSentAheadAndSetTheStatus) {
  std::promise<void> seen;
  const Server server([&seen](StreamExchange& exchange) {
    exchange.send_early({{"X-Early", "1"}});
    exchange.send_early({{"X-Early", "2"}});
    seen.get_future().wait();
    exchange.respond(500, {{"X-Late", "3"}}, "body");
  });
  RawClient client = server.connect();
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read_line(), "HTTP/1.1 200 OK\r\n");
  EXPECT_EQ(client.read_line(), "X-Early: 1\r\n");
  EXPECT_EQ(client.read_line(), "X-Early: 2\r\n");
  seen.set_value();
  EXPECT_EQ(client.read_line(), "X-Late: 3\r\n");
  EXPECT_EQ(client.read_line(), "Content-Length: 4\r\n");
}

TEST(StreamServer, Http10IsAnsweredAndClosed) {
  const Server server([](StreamExchange& exchange) {
    exchange.start(200, {});
    exchange.write("no length");
    exchange.finish();
  });
  RawClient client = server.connect();
  client.send("GET / HTTP/1.0\r\n\r\n");
  const RawReply reply = client.read_reply();
  EXPECT_FALSE(reply.has("Transfer-Encoding"));
  EXPECT_EQ(reply.body, "no length");
}

TEST(StreamServer, BadRequestsAreRefusedAndTheConnectionEnds) {
  const Server server;
  for (const testing::BadRequest& c : testing::bad_requests(StreamLimits().head())) {
    SCOPED_TRACE(c.what);
    RawClient client = server.connect();
    client.send(c.bytes);
    const RawReply reply = client.read_reply();
    EXPECT_EQ(reply.status, c.status) << reply.body;
    EXPECT_EQ(reply.field("Connection"), "Close");
    EXPECT_TRUE(client.at_end());
  }
}

TEST(StreamServer, TlsOnThePlainPortIsClosed) {
  const Server server;
  RawClient client = server.connect();
  client.send("\x16\x03\x01\x02");
  EXPECT_TRUE(client.at_end());
}

/// What is not part of a body costs its sender the connection, whether the handler reads the body
/// or answers before it. No time limit helps: it is off.
TEST(StreamServer, EndlessFramingOfChunksIsEnded) {
  StreamLimits limits;
  limits.body_timeout = std::chrono::hours(1);
  const Server reads(echo, limits);
  const Server answers([](StreamExchange& exchange) { exchange.respond(403, {}, "no"); }, limits);
  const std::string endless(1 << 20, 'x');
  for (const std::string& begin : {"1;" + endless, "0\r\nX: " + endless, "1 " + endless}) {
    SCOPED_TRACE(begin.substr(0, 10));
    const std::string bytes =
        "POST /ping HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + begin;
    RawClient reader = reads.connect();
    reader.send(bytes);
    EXPECT_EQ(reader.read_reply().status, 400);
    EXPECT_TRUE(reader.at_end());
    RawClient stranger = answers.connect();
    stranger.send(bytes);
    EXPECT_EQ(stranger.read_reply().status, 403);
    EXPECT_TRUE(stranger.at_end());
  }
}

TEST(StreamServer, OfABodyThatNobodyWantedOnlySoManyBytesAreRead) {
  const Server server([](StreamExchange& exchange) { exchange.respond(403, {}, "no"); });
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string end = "0\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n";
  RawClient modest = server.connect();
  modest.send(head + "3\r\nabc\r\n" + end);
  EXPECT_EQ(modest.read_reply().status, 403);
  EXPECT_EQ(modest.read_reply().status, 403);
  std::string chunks;  // few bytes of a body, but many on the way
  for (int i = 0; i < 50'000; ++i) chunks += "1\r\nx\r\n";
  RawClient client = server.connect();
  client.send(head + chunks + end);
  EXPECT_EQ(client.read_reply().status, 403);
  EXPECT_TRUE(client.at_end());
}

TEST(StreamServer, ChunksThatCameTogetherAreOnePiece) {
  std::promise<size_t> pieces;
  const Server server([&pieces](StreamExchange& exchange) {
    size_t count = 0;
    while (!exchange.read_body()->empty()) ++count;
    pieces.set_value(count);
    exchange.respond(200, {}, "");
  });
  std::string body;
  for (int i = 0; i < 1000; ++i) body += "1\r\nx\r\n";
  RawClient client = server.connect();
  client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body +
              "0\r\n\r\n");
  EXPECT_EQ(client.read_reply().status, 200);
  EXPECT_LT(pieces.get_future().get(), 100u);
}

TEST(StreamServer, UnfinishedHeadsShareABudgetAndGiveItBack) {
  StreamLimits limits;
  limits.heads_bytes = 1000;
  const Server server(echo, limits);
  RawClient greedy = server.connect();
  greedy.send("GET /" + std::string(2000, 'x'));
  EXPECT_EQ(greedy.read_reply().status, 503);
  EXPECT_TRUE(greedy.at_end());
  RawClient client = server.connect();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.request("POST /" + std::string(600, 'x'), "body").status, 200);
  }
}

TEST(StreamServer, ACutBodyIsTheHandlersToKnow) {
  std::promise<Code> seen;
  const Server server([&seen](StreamExchange& exchange) {
    for (;;) {
      const Result<std::string_view> bytes = exchange.read_body();
      if (!bytes.ok() || bytes->empty()) {
        seen.set_value(bytes.status().code());
        return;
      }
    }
  });
  RawClient client = server.connect();
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf");
  client.close();
  EXPECT_EQ(seen.get_future().get(), Code::Cancelled);
}

TEST(StreamServer, SlowHeadersAndBodiesAreEnded) {
  StreamLimits limits;
  limits.header_timeout = milliseconds(50);
  limits.body_timeout = milliseconds(50);
  const Server server(echo, limits);
  RawClient head = server.connect();
  head.send("GET / HTTP/1.1\r\nHo");
  EXPECT_EQ(head.read_reply().status, 408);
  RawClient body = server.connect();
  body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf");
  EXPECT_EQ(body.read_reply().body, "the request's body comes too slowly");
}

TEST(StreamServer, IdleConnectionsAreClosed) {
  StreamLimits limits;
  limits.idle_timeout = milliseconds(50);
  const Server server(echo, limits);
  RawClient client = server.connect();
  EXPECT_TRUE(client.at_end());
}

TEST(StreamServer, BeyondTheLimitConnectionsAreToldSo) {
  StreamLimits limits;
  limits.connections = 1;
  const Server server(echo, limits);
  RawClient first = server.connect();
  EXPECT_EQ(first.request("GET /").status, 200);
  RawClient second = server.connect();
  EXPECT_EQ(second.read_reply().status, 503);
}

TEST(StreamServer, AnEarlyAnswerReachesAClientThatStillSends) {
  const Server server([](StreamExchange& exchange) { exchange.respond(403, {}, "no"); });
  RawClient client = server.connect();
  const RawReply reply = client.request("POST /", std::string(8 << 20, 'x'));
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(reply.body, "no");
}

TEST(StreamServer, AnAnswerThatIsNotFinishedIsCut) {
  const Server server([](StreamExchange& exchange) {
    exchange.start(200, {});
    exchange.write("half");
  });
  RawClient client = server.connect();
  const RawReply reply = client.request("GET /");
  EXPECT_EQ(reply.body, "half");
  EXPECT_TRUE(reply.cut);
}

TEST(StreamServer, WaitTellsThatThePeerIsGone) {
  std::promise<StreamExchange::Event> event;
  std::promise<void> begun;
  const Fd never(::eventfd(0, EFD_CLOEXEC));
  const Server server([&](StreamExchange& exchange) {
    begun.set_value();
    event.set_value(exchange.wait(never.get(), milliseconds(60'000)));
  });
  RawClient client = server.connect();
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  begun.get_future().wait();
  client.close();
  EXPECT_EQ(event.get_future().get(), StreamExchange::Event::PeerGone);
}

TEST(StreamServer, DrainAnswersWhatRunsAndClosesTheRest) {
  std::promise<void> begun;
  std::promise<void> go_on;
  Server server([&](StreamExchange& exchange) {
    begun.set_value();
    go_on.get_future().wait();
    exchange.respond(200, {}, "done");
  });
  RawClient idle = server.connect();
  RawClient busy = server.connect();
  busy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  begun.get_future().wait();
  server->drain();
  EXPECT_TRUE(idle.at_end());
  EXPECT_FALSE(server->wait_idle(milliseconds(1)));
  go_on.set_value();
  const RawReply reply = busy.read_reply();
  EXPECT_EQ(reply.body, "done");
  EXPECT_EQ(reply.field("Connection"), "Close");
  EXPECT_TRUE(server->wait_idle(milliseconds(60'000)));
}

TEST(StreamServer, StopCutsHandlersOff) {
  std::promise<void> begun;
  std::atomic<bool> gone{false};
  {
    Server server([&](StreamExchange& exchange) {
      exchange.start(200, {});
      begun.set_value();
      while (exchange.write(std::string(1 << 16, 'x'))) {
      }
      gone = true;
    });
    RawClient client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    begun.get_future().wait();
    server->stop();
    EXPECT_TRUE(gone);
  }
}

}  // namespace
}  // namespace sluice::http
