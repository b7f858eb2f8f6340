#include "components/receivers/otlp/receiver.h"

#include "testing/receiver_rig.h"
#include "wire/compression.h"

namespace sluice::components {
namespace {

TEST_F(OtlpReceiverTest, SuccessInTheRequestsEncoding) {
  start();
  const HttpReply json = post("/v1/logs", kJson, kTwoLogsJson);
  EXPECT_EQ(json.status, 200);
  EXPECT_EQ(json.body, R"({"partialSuccess":{}})");
  EXPECT_NE(json.head.find("Content-Type: application/json\r\n"), std::string::npos);
  const HttpReply protobuf = post("/v1/logs", kProtobuf, kTwoLogs);
  EXPECT_EQ(protobuf.status, 200);
  EXPECT_EQ(protobuf.body, std::string("\x0a\0", 2));
  const Http2TestClient::Reply grpc_reply = grpc(framed(kTwoLogs));
  EXPECT_EQ(status_of(grpc_reply), "0");
  EXPECT_EQ(grpc_reply.body, framed(std::string("\x0a\0", 2)));
  EXPECT_EQ(consumer_.batches(), 3u);
  EXPECT_NE(registry_.render().find(
                R"(sluice_receiver_accepted_records_total{signal="logs",transport="grpc"} 2)"),
            std::string::npos);
  EXPECT_EQ(items("accepted_log_records", "http"), 4u);
  EXPECT_EQ(items("accepted_log_records", "grpc"), 2u);
  EXPECT_EQ(items("refused_log_records", "http"), 0u);
  EXPECT_EQ(items("failed_log_records", "grpc"), 0u);
}

TEST_F(OtlpReceiverTest, RecordsCountOnceByTheAnswerUnderTheReceiversName) {
  config_.name = "otlp/edge";
  start();
  post("/v1/logs", kProtobuf, kTwoLogs);
  consumer_.answer_with({{}, 1, "no such day"});
  post("/v1/logs", kProtobuf, kTwoLogs);
  EXPECT_EQ(items("accepted_log_records", "http"), 3u);
  EXPECT_EQ(items("refused_log_records", "http"), 1u);
  for (const Code code : {Code::Unavailable, Code::InvalidArgument, Code::Internal}) {
    consumer_.answer_with({{code, "no"}, 0, {}});
    post("/v1/logs", kProtobuf, kTwoLogs);
    grpc(framed(kTwoLogs));
  }
  EXPECT_EQ(items("accepted_log_records", "http"), 3u);
  EXPECT_EQ(items("refused_log_records", "http"), 7u);
  EXPECT_EQ(items("refused_log_records", "grpc"), 6u);
}

TEST_F(OtlpReceiverTest, BadHttpInput) {
  config_.limits.http_body_bytes = 100000;
  start();
  const auto compressed = [](wire::Encoding encoding, const std::string& plain) {
    Buffer out;
    wire::compress(encoding, plain, out);
    return std::string(out.view());
  };
  const std::string gzip = compressed(wire::Encoding::Gzip, kTwoLogs);
  struct Case {
    const char* what;
    std::string bytes;
    int status;
  };
  const std::vector<Case> cases = {
      {"empty protobuf", post_text("/v1/logs", kProtobuf, ""), 200},
      {"empty JSON", post_text("/v1/logs", kJson, ""), 400},
      {"{}", post_text("/v1/logs", kJson, "{}"), 200},
      {"no JSON", post_text("/v1/logs", kJson, "hello"), 400},
      {"no protobuf", post_text("/v1/logs", kProtobuf, kBadProtobuf), 400},
      {"no type", post_text("/v1/logs", "", "{}"), 415},
      {"text/plain", post_text("/v1/logs", "Content-Type: text/plain\r\n", "{}"), 415},
      {"type with parameter",
       post_text("/v1/logs", "Content-Type: Application/JSON; charset=utf-8\r\n", "{}"), 200},
      {"slash after", post_text("/v1/logs/", kJson, "{}"), 404},
      {"two slashes", post_text("//v1/logs", kJson, "{}"), 404},
      {"dot segments", post_text("/v1/../v1/logs", kJson, "{}"), 404},
      {"encoded dot segments", post_text("/v1/%2e%2e/v1/logs", kJson, "{}"), 404},
      {"encoded letter", post_text("/v1/%6Cogs", kJson, "{}"), 200},
      {"cut percent", post_text("/v1/logs%6", kJson, "{}"), 404},
      {"GET", "GET /v1/logs HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"unknown encoding", post_text("/v1/logs", kProtobuf + "Content-Encoding: br\r\n", gzip),
       400},
      {"two encodings", post_text("/v1/logs", kProtobuf + "Content-Encoding: gzip, gzip\r\n", gzip),
       400},
      {"gzip", post_text("/v1/logs", kProtobuf + "Content-Encoding: gzip\r\n", gzip), 200},
      {"no gzip", post_text("/v1/logs", kProtobuf + "Content-Encoding: gzip\r\n", kTwoLogs), 400},
      {"gzip cut",
       post_text("/v1/logs", kProtobuf + "Content-Encoding: gzip\r\n", gzip.substr(0, 20)), 400},
      {"gzip and garbage",
       post_text("/v1/logs", kProtobuf + "Content-Encoding: gzip\r\n", gzip + "x"), 400},
      {"bomb",
       post_text("/v1/logs", kProtobuf + "Content-Encoding: gzip\r\n",
                 compressed(wire::Encoding::Gzip, std::string(100001, '\0'))),
       413},
      {"body over the limit", post_text("/v1/logs", kProtobuf, std::string(100001, '\0')), 413},
      {"10 GB announced",
       "POST /v1/logs HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000000\r\n\r\n", 413},
      {"JSON 100 000 deep",
       post_text("/v1/logs", kJson, R"({"resourceLogs":)" + std::string(90000, '[')), 400},
      {"protobuf groups", post_text("/v1/logs", kProtobuf, std::string(90000, '\x4b')), 400},
      {"length and chunked",
       "POST /v1/logs HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: "
       "chunked\r\n\r\n{}",
       400},
  };
  for (const Case& c : cases) EXPECT_EQ(exchange(c.bytes).status, c.status) << c.what;
  EXPECT_EQ(consumer_.batches(), 1u) << "only the gzip case has records";
  EXPECT_EQ(budget_.used_bytes(), 0u);
  // After all that it still works.
  EXPECT_EQ(post("/v1/logs", kProtobuf, kTwoLogs).status, 200);
}

TEST_F(OtlpReceiverTest, HttpErrorBodiesAreStatusInTheRequestsEncoding) {
  start();
  EXPECT_EQ(post("/v1/logs", kProtobuf, kBadProtobuf).body.substr(0, 3),
            std::string("\x08\x03\x12"));
  EXPECT_EQ(post("/v1/logs", kJson, "[").body.substr(0, 10), R"({"code":3,)");
  consumer_.answer_with({{Code::Internal, "a bug of ours"}, 0, {}});
  const HttpReply internal = post("/v1/logs", kJson, kTwoLogsJson);
  EXPECT_EQ(internal.status, 503) << "senders drop their data on a 500";
  EXPECT_NE(internal.head.find("Retry-After: 1\r\n"), std::string::npos);
  EXPECT_EQ(internal.body, R"({"code":14,"message":"a bug of ours"})");
}

TEST_F(OtlpReceiverTest, PartialSuccessNamesWhatWasRejected) {
  start();
  consumer_.answer_with({{}, 1, "no such day"});
  EXPECT_EQ(post("/v1/logs", kJson, kTwoLogsJson).body,
            R"({"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"no such day"}})");
  const std::string partial("\x0a\x0f\x08\x01\x12\x0bno such day", 17);
  EXPECT_EQ(post("/v1/logs", kProtobuf, kTwoLogs).body, partial);
  EXPECT_EQ(grpc(framed(kTwoLogs)).body, framed(partial));
}

TEST_F(OtlpReceiverTest, OutcomesAsStatuses) {
  start();
  struct Case {
    Code code;
    int http;
    const char* grpc;
  };
  for (const Case& c : std::vector<Case>{{Code::Unavailable, 503, "14"},
                                         {Code::Aborted, 503, "10"},
                                         {Code::DeadlineExceeded, 503, "4"},
                                         {Code::DataLoss, 503, "15"},
                                         {Code::Internal, 503, "14"},
                                         {Code::Unknown, 503, "14"},
                                         {Code::FailedPrecondition, 503, "14"},
                                         {Code::InvalidArgument, 400, "3"},
                                         {Code::Unauthenticated, 401, "16"},
                                         {Code::PermissionDenied, 403, "7"},
                                         {Code::Unimplemented, 404, "12"}}) {
    SCOPED_TRACE(std::string(code_name(c.code)));
    consumer_.answer_with({{c.code, "100% wrong"}, 0, {}});
    EXPECT_EQ(post("/v1/logs", kProtobuf, kTwoLogs).status, c.http);
    const Http2TestClient::Reply reply = grpc(framed(kTwoLogs));
    EXPECT_EQ(status_of(reply), c.grpc);
    EXPECT_EQ(reply.headers.at("grpc-message"), "100%25 wrong");
    EXPECT_EQ(reply.headers.count("grpc-status-details-bin"),
              c.grpc == std::string("14") ? 1u : 0u);
  }
}

TEST_F(OtlpReceiverTest, BadGrpcInput) {
  config_.limits.grpc_message_bytes = 100000;
  start();
  const std::string service = "/opentelemetry.proto.collector.logs.v1.LogsService/";
  const std::string good = framed(kTwoLogs);
  const auto gzip = [](const std::string& plain) {
    Buffer out;
    wire::compress(wire::Encoding::Gzip, plain, out);
    return std::string(out.view());
  };
  struct Case {
    const char* what;
    std::string body;
    Http2TestClient::Fields fields;
    std::string path;
    const char* status;
  };
  const std::string path = service + "Export";
  Http2TestClient::Fields large;
  for (int i = 0; i < 230; ++i) large.emplace_back("x-" + std::to_string(i), std::string(255, 'v'));
  const std::vector<Case> cases = {
      {"metadata over the limit", good, large, path, "8"},
      {"unknown service", good, {}, "/x.Y/Export", "12"},
      {"unknown method", good, {}, service + "Nope", "12"},
      {"no method", good, {}, "/nope", "12"},
      {"no message", "", {}, path, "3"},
      {"half a prefix", "\0\0", {}, path, "3"},
      {"half a message", good.substr(0, good.size() - 1), {}, path, "3"},
      {"two messages", good + good, {}, path, "3"},
      {"flag 7", framed(kTwoLogs, 7), {}, path, "13"},
      {"compressed without encoding", framed(gzip(kTwoLogs), 1), {}, path, "13"},
      {"gzip", framed(gzip(kTwoLogs), 1), {{"grpc-encoding", "gzip"}}, path, "0"},
      {"gzip, message plain", good, {{"grpc-encoding", "gzip"}}, path, "0"},
      {"no gzip", framed("hello", 1), {{"grpc-encoding", "gzip"}}, path, "13"},
      {"gzip bomb",
       framed(gzip(std::string(100001, '\0')), 1),
       {{"grpc-encoding", "gzip"}},
       path,
       "8"},
      {"unknown encoding", good, {{"grpc-encoding", "deflate"}}, path, "12"},
      {"4 GiB announced", "\xff\xff\xff\xff\xff", {}, path, "8"},
      {"4 GiB announced, flag 0", std::string("\0\xff\xff\xff\xff", 5), {}, path, "8"},
      {"over the limit", framed(std::string(100001, '\0')), {}, path, "8"},
      {"bad protobuf", framed(kBadProtobuf), {}, path, "13"},
      {"timeout without unit", good, {{"grpc-timeout", "10"}}, path, "3"},
      {"timeout negative", good, {{"grpc-timeout", "-1S"}}, path, "3"},
      {"timeout too long", good, {{"grpc-timeout", "99999999999H"}}, path, "3"},
      {"timeout largest", good, {{"grpc-timeout", "99999999H"}}, path, "0"},
      {"timeout 0", good, {{"grpc-timeout", "0n"}}, path, "4"},
      {"bad base64 in metadata", good, {{"x-bin", "%%%"}}, path, "0"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(status_of(grpc(c.body, c.fields, c.path)), c.status) << c.what;
  }
  large.emplace_back("content-type", "application/grpc");
  EXPECT_EQ(status_of(call(path, large, good, grpc_address())), "8");
  EXPECT_EQ(budget_.used_bytes(), 0u);
}

TEST_F(OtlpReceiverTest, AMessageThatSaysItIsTooLargeIsRefusedBeforeItsFirstByte) {
  start();
  const Http2TestClient::Reply reply =
      call("/opentelemetry.proto.collector.logs.v1.LogsService/Export",
           {{"content-type", "application/grpc"}, {"te", "trailers"}},
           std::string("\0\xff\xff\xff\xff", 5), grpc_address(), true);
  EXPECT_EQ(status_of(reply), "8");
}

TEST_F(OtlpReceiverTest, WrongContentTypeOnTheGrpcPort) {
  start();
  const Http2TestClient::Reply reply =
      call("/x/y", {{"content-type", "text/html"}}, "x", grpc_address());
  EXPECT_EQ(reply.headers.at(":status"), "415");
}

TEST_F(OtlpReceiverTest, HttpOverHttp2) {
  start();
  const Http2TestClient::Reply reply =
      call("/v1/logs", {{"content-type", "application/json"}}, kTwoLogsJson, http_address());
  EXPECT_EQ(reply.headers.at(":status"), "200");
  EXPECT_EQ(reply.body, R"({"partialSuccess":{}})");
}

TEST_F(OtlpReceiverTest, Http1OnTheGrpcPortIsToldWhereToGo) {
  start();
  const Fd fd = connect_to(grpc_address());
  send_all(fd, post_text("/v1/logs", kJson, "{}"));
  const HttpReply reply = receive_reply(fd);
  EXPECT_EQ(reply.status, 400);
  EXPECT_NE(reply.body.find("4318"), std::string::npos);
}

TEST_F(OtlpReceiverTest, TlsOnAPlainPortIsClosed) {
  start();
  const Fd fd = connect_to(http_address());
  send_all(fd, std::string("\x16\x03\x01\0\5hello", 10));
  EXPECT_EQ(receive_some(fd), "");
}

TEST_F(OtlpReceiverTest, PreflightAndOrigins) {
  config_.cors.origins = {"https://ui.example"};
  start();
  const std::string preflight =
      "OPTIONS /v1/logs HTTP/1.1\r\nHost: a\r\nAccess-Control-Request-Method: POST\r\n";
  EXPECT_NE(
      exchange(preflight + "Origin: https://ui.example\r\n\r\n").head.find("Allow-Methods: POST"),
      std::string::npos);
  EXPECT_EQ(exchange(preflight + "Origin: https://other.example\r\n\r\n").head.find("Allow-Origin"),
            std::string::npos);
  EXPECT_NE(post("/v1/logs", kJson + "Origin: https://ui.example\r\n", "{}")
                .head.find("Access-Control-Allow-Origin: https://ui.example\r\n"),
            std::string::npos);
}

TEST_F(OtlpReceiverTest, WithoutMemorySendersAreToldToRetry) {
  start();
  Budget::Share all;
  ASSERT_TRUE(budget_.take(all, budget_.limit_bytes()));
  const HttpReply reply = post("/v1/logs", kJson, kTwoLogsJson);
  EXPECT_EQ(reply.status, 503);
  EXPECT_NE(reply.head.find("Retry-After: 1\r\n"), std::string::npos);
  EXPECT_EQ(reply.body, R"({"code":14,"message":"data refused due to high memory usage"})");
  const Http2TestClient::Reply call = grpc(framed(kTwoLogs));
  EXPECT_EQ(status_of(call), "14");
  EXPECT_EQ(call.headers.count("grpc-status-details-bin"), 1u);
  all.reset();
  EXPECT_EQ(post("/v1/logs", kJson, kTwoLogsJson).status, 200);
}

TEST_F(OtlpReceiverTest, BodyAndRecordsStayInTheBudgetUntilItIsResolved) {
  consumer_.hold();
  start();
  const Fd fd = connect_to(http_address());
  send_all(fd, post_text("/v1/logs", kProtobuf, kTwoLogs));
  consumer_.wait_held(1);
  EXPECT_EQ(budget_.used_bytes(), kTwoLogs.size() + Arena::kChunkBytes);
  consumer_.release();
  EXPECT_EQ(receive_reply(fd).status, 200);
  EXPECT_EQ(budget_.used_bytes(), 0u);
}

TEST_F(OtlpReceiverTest, DeadlineOfTheSenderIsKept) {
  consumer_.hold();
  start();
  EXPECT_EQ(status_of(grpc(framed(kTwoLogs), {{"grpc-timeout", "1m"}})), "4");
  EXPECT_EQ(items("refused_log_records", "grpc"), 2u);
  consumer_.release();
}

TEST_F(OtlpReceiverTest, SenderThatGoesAwayBeforeTheAnswer) {
  consumer_.hold();
  start();
  {
    const Fd fd = connect_to(http_address());
    send_all(fd, post_text("/v1/logs", kProtobuf, kTwoLogs));
    consumer_.wait_held(1);
  }
  consumer_.release();
  EXPECT_EQ(post("/v1/logs", kProtobuf, kTwoLogs).status, 200);
}

TEST_F(OtlpReceiverTest, ConnectionsAreSpreadOverLanesAndDrained) {
  start(3);
  std::vector<Fd> connections;
  for (int i = 0; i < 6; ++i) {
    connections.push_back(connect_to(http_address()));
    send_all(connections.back(), post_text("/v1/logs", kProtobuf, kTwoLogs));
    EXPECT_EQ(receive_reply(connections.back()).status, 200);
  }
  consumer_.hold();
  send_all(connections[0], post_text("/v1/logs", kProtobuf, kTwoLogs));
  consumer_.wait_held(1);
  std::mutex mutex;
  std::condition_variable drained;
  bool done = false;
  receiver_->drain([&] {
    const std::lock_guard lock(mutex);
    done = true;
    drained.notify_all();
  });
  for (size_t i = 1; i < connections.size(); ++i)
    EXPECT_EQ(receive_some(connections[i]), "") << "closed when idle";
  consumer_.release();
  const HttpReply last = receive_reply(connections[0]);
  EXPECT_EQ(last.status, 200);
  EXPECT_NE(last.head.find("Connection: close"), std::string::npos);
  connections.clear();
  std::unique_lock lock(mutex);
  drained.wait(lock, [&] { return done; });
}

TEST_F(OtlpReceiverTest, ConnectionsOverTheLimitAreClosed) {
  config_.limits.connections = 2;
  start();
  std::vector<Fd> open;
  for (int i = 0; i < 2; ++i) {
    open.push_back(connect_to(http_address()));
    send_all(open.back(), post_text("/v1/logs", kJson, "{}"));
    EXPECT_EQ(receive_reply(open.back()).status, 200);
  }
  const Fd third = connect_to(http_address());
  EXPECT_EQ(receive_some(third), "");
}

TEST_F(OtlpReceiverTest, AddressInUseSaysWhatToDo) {
  start();
  OtlpReceiverConfig same;
  same.grpc = {grpc_address()};
  const auto second =
      OtlpReceiver::create(same, {loops_[0].get()}, {&consumer_}, budget_, registry_);
  ASSERT_FALSE(second.ok());
  EXPECT_NE(
      second.status().message().find("OTLP over grpc: address " + grpc_address() + " is in use"),
      std::string::npos)
      << second.status().message();
}

}  // namespace
}  // namespace sluice::components
