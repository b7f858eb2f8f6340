// Requests whose body is not what its header says, or holds nothing.

#include "testing/receiver_rig.h"

namespace sluice::components {
namespace {

TEST_F(OtlpReceiverTest, TheLengthThatIsSaidCounts) {
  config_.limits.body_timeout = std::chrono::milliseconds(50);
  start();
  const std::string head = "POST /v1/logs HTTP/1.1\r\nHost: a\r\n" + kJson;
  struct Case {
    const char* what;
    std::string bytes;
    std::vector<int> statuses;  // of all answers, up to the end of the connection
  };
  const std::vector<Case> cases = {
      {"too small", head + "Content-Length: 2\r\n\r\n{}\"a\": 1}\r\n\r\n", {200, 400}},
      {"too large", head + "Content-Length: 200\r\n\r\n" + kTwoLogsJson, {408}},
      {"nothing behind an expectation",
       head + "Expect: 100-continue\r\nContent-Length: 200\r\n\r\n",
       {100, 408}},
      {"the last chunk is missing", head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", {408}},
  };
  for (const Case& c : cases) {
    const Fd fd = connect_to(http_address());
    send_all(fd, c.bytes);
    std::string all;
    for (std::string more; !(more = receive_some(fd)).empty();) all += more;
    std::vector<int> statuses;
    for (size_t at = 0; (at = all.find("HTTP/1.1 ", at)) != std::string::npos; ++at)
      statuses.push_back(std::stoi(all.substr(at + 9, 3)));
    EXPECT_EQ(statuses, c.statuses) << c.what << ": " << all;
  }
  EXPECT_EQ(consumer_.batches(), 0u);
  EXPECT_EQ(budget_.used_bytes(), 0u);
}

TEST_F(OtlpReceiverTest, RequestsWithoutARecordAreCounted) {
  start();
  const auto empty = [this](const std::string& transport) {
    return registry_
        .counter("sluice_receiver_decoded_empty_total", "",
                 {{"signal", "logs"}, {"transport", transport}})
        .value();
  };
  post("/v1/logs", kProtobuf, kTwoLogs);
  EXPECT_EQ(empty("http"), 0u);
  for (const char* body : {R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a"}]}]}]})",
                           R"({"resourceLogs":[{"scopeLogs":[]}]})", "{}"}) {
    EXPECT_EQ(post("/v1/logs", kJson, body).body, R"({"partialSuccess":{}})");
  }
  EXPECT_EQ(empty("http"), 3u);
  EXPECT_EQ(status_of(grpc(framed(""))), "0");
  EXPECT_EQ(empty("grpc"), 1u);
}

}  // namespace
}  // namespace sluice::components
