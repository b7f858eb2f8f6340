#pragma once

// For tests of the OTLP receiver: it serves free ports, over a consumer that answers from a script.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "components/receivers/otlp/receiver.h"
#include "http/session_testing.h"

namespace sluice::components {

using http::Http2TestClient;
using pipeline::Outcome;

/// ExportLogsServiceRequest with two records, the second with an empty body.
inline const std::string kTwoLogs("\x0a\x10\x12\x0e\x12\x08\x2a\x06\x0a\x04text\x12\x02\x10\x01",
                                  18);
inline const std::string kTwoLogsJson =
    R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"text"}},{"severityNumber":1}]}]}]})";
/// A field that the message is too short for.
inline const std::string kBadProtobuf("\x0a\x05\x01", 3);

/// Answers every batch with `outcome`, at once or from another thread when release() is called.
class ScriptedConsumer final : public pipeline::Consumer {
 public:
  void consume(pipeline::Batch&& batch) override {
    const std::lock_guard lock(mutex_);
    ++batches_;
    if (holds_) {
      held_.push_back(std::move(batch));
      changed_.notify_all();
    } else {
      Outcome copy = outcome_;
      batch.ack.resolve(std::move(copy));
    }
  }
  void answer_with(Outcome outcome) {
    const std::lock_guard lock(mutex_);
    outcome_ = std::move(outcome);
  }
  void hold() {
    const std::lock_guard lock(mutex_);
    holds_ = true;
  }
  void wait_held(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_.size() >= count; });
  }
  void release() {
    const std::lock_guard lock(mutex_);
    holds_ = false;
    for (pipeline::Batch& batch : held_) batch.ack.resolve({});
    held_.clear();
  }
  size_t batches() {
    const std::lock_guard lock(mutex_);
    return batches_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Outcome outcome_;
  std::vector<pipeline::Batch> held_;
  size_t batches_ = 0;
  bool holds_ = false;
};

inline Fd connect_to(const std::string& address) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  return fd;
}

/// False when the peer has closed.
inline bool send_all(const Fd& fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

inline std::string receive_some(const Fd& fd) {
  std::string bytes(65536, '\0');
  const ssize_t n = ::recv(fd.get(), bytes.data(), bytes.size(), 0);
  bytes.resize(n > 0 ? static_cast<size_t>(n) : 0);
  return bytes;
}

struct HttpReply {
  int status = 0;
  std::string head;
  std::string body;
};

inline HttpReply receive_reply(const Fd& fd) {
  std::string bytes;
  size_t end = 0;
  while ((end = bytes.find("\r\n\r\n")) == std::string::npos) {
    const std::string more = receive_some(fd);
    if (more.empty()) return {};
    bytes += more;
  }
  HttpReply reply{std::stoi(bytes.substr(9, 3)), bytes.substr(0, end + 2), bytes.substr(end + 4)};
  const size_t length = reply.head.find("Content-Length: ");
  const size_t size = length == std::string::npos ? 0 : std::stoul(reply.head.substr(length + 16));
  while (reply.body.size() < size) {
    const std::string more = receive_some(fd);
    if (more.empty()) break;
    reply.body += more;
  }
  return reply;
}

class OtlpReceiverTest : public ::testing::Test {
 protected:
  ~OtlpReceiverTest() override { stop(); }

  void start(size_t lane_count = 1) {
    config_.grpc = {"127.0.0.1:0"};
    config_.http = {"127.0.0.1:0"};
    std::vector<io::Loop*> lanes;
    std::vector<pipeline::Consumer*> next;
    for (size_t i = 0; i < lane_count; ++i) {
      loops_.push_back(std::make_unique<io::Loop>());
      lanes.push_back(loops_.back().get());
      next.push_back(&consumer_);
    }
    auto made = OtlpReceiver::create(config_, lanes, next, budget_, registry_);
    ASSERT_TRUE(made.ok()) << made.status().to_string();
    receiver_ = std::move(made).value();
    receiver_->start();
    for (auto& loop : loops_) threads_.emplace_back([&loop] { loop->run(); });
  }
  void stop() {
    for (auto& loop : loops_) loop->stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    receiver_.reset();
    loops_.clear();
  }

  std::string http_address() { return receiver_->addresses().http.at(0); }
  std::string grpc_address() { return receiver_->addresses().grpc.at(0); }

  HttpReply exchange(const std::string& bytes) {
    const Fd fd = connect_to(http_address());
    send_all(fd, bytes);
    return receive_reply(fd);
  }
  static std::string post_text(const std::string& path, const std::string& fields,
                               const std::string& body) {
    return "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + fields +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  HttpReply post(const std::string& path, const std::string& fields, const std::string& body) {
    return exchange(post_text(path, fields, body));
  }

  /// One call on a connection of its own, until the stream is closed or the connection ends.
  /// `open`: as if more of the body were to come.
  Http2TestClient::Reply call(const std::string& path, const Http2TestClient::Fields& fields,
                              const std::string& body, const std::string& address,
                              bool open = false) {
    const Fd fd = connect_to(address);
    Http2TestClient client;
    const int32_t stream = client.post(path, fields, body, open);
    while (!client.reply(stream).closed) {
      send_all(fd, client.take());
      const std::string in = receive_some(fd);
      if (in.empty()) break;
      client.feed(in);
    }
    return client.reply(stream);
  }
  Http2TestClient::Reply grpc(
      const std::string& body, const Http2TestClient::Fields& more = {},
      const std::string& path = "/opentelemetry.proto.collector.logs.v1.LogsService/Export") {
    Http2TestClient::Fields fields = {{"content-type", "application/grpc"}, {"te", "trailers"}};
    fields.insert(fields.end(), more.begin(), more.end());
    return call(path, fields, body, grpc_address());
  }
  static std::string framed(const std::string& message, char flag = 0) {
    std::string body(1, flag);
    for (int shift = 24; shift >= 0; shift -= 8)
      body.push_back(static_cast<char>(message.size() >> shift));
    return body + message;
  }
  static std::string status_of(const Http2TestClient::Reply& reply) {
    for (const auto* fields : {&reply.trailers, &reply.headers}) {
      const auto found = fields->find("grpc-status");
      if (found != fields->end()) return found->second;
    }
    return "none";
  }
  /// otelcol_receiver_{what}.
  uint64_t items(const std::string& what, const std::string& transport) {
    return registry_
        .counter("otelcol_receiver_" + what + "_total", "",
                 {{"receiver", config_.name}, {"transport", transport}})
        .value();
  }

  OtlpReceiverConfig config_;
  Budget budget_{64 << 20};
  metrics::Registry registry_;
  ScriptedConsumer consumer_;
  std::vector<std::unique_ptr<io::Loop>> loops_;
  std::vector<std::thread> threads_;
  std::unique_ptr<OtlpReceiver> receiver_;
};

inline const std::string kJson = "Content-Type: application/json\r\n";
inline const std::string kProtobuf = "Content-Type: application/x-protobuf\r\n";

}  // namespace sluice::components
