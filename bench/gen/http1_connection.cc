#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include "gen/connection.h"

namespace sluice::bench {
namespace {

struct Answer {
  int status = 0;
  std::string body;
  bool close = false;
};

/// Takes one whole answer off the front of `in`, if it is there.
std::optional<Answer> take_answer(std::string& in) {
  const size_t head_end = in.find("\r\n\r\n");
  if (head_end == std::string::npos) return std::nullopt;
  const std::string head = in.substr(0, head_end + 2);
  Answer answer;
  answer.status = std::atoi(head.c_str() + std::min(head.find(' '), head.size()));
  size_t length = 0;
  for (size_t at = head.find("\r\n") + 2; at < head.size(); at = head.find("\r\n", at) + 2) {
    const char* line = head.c_str() + at;
    if (strncasecmp(line, "content-length:", 15) == 0)
      length = std::strtoull(line + 15, nullptr, 10);
    if (strncasecmp(line, "connection: close", 17) == 0) answer.close = true;
  }
  const size_t body_at = head_end + 4;
  if (in.size() < body_at + length) return std::nullopt;
  answer.body = in.substr(body_at, length);
  in.erase(0, body_at + length);
  return answer;
}

Verdict verdict_of(int status) {
  if (status >= 200 && status < 300) return Verdict::Accepted;
  const bool later = status == 429 || (status >= 502 && status <= 504);
  return later ? Verdict::TryAgain : Verdict::Refused;
}

class Http1Connection final : public Connection {
 public:
  Http1Connection(const Options& options, Schedule& schedule, Tally& tally, int fd)
      : options_(options), schedule_(schedule), tally_(tally), fd_(fd) {}

  Health send() override {
    while (body_ != nullptr || start()) {
      if (sent_ == head_.size() + body_->size()) break;
      if (!write_some()) return Health::Lost;
      if (blocked_) break;
    }
    return Health::Good;
  }

  Health receive(std::string_view bytes) override {
    in_ += bytes;
    const auto answer = take_answer(in_);
    if (!answer) return Health::Good;
    const Verdict verdict = verdict_of(answer->status);
    if (verdict == Verdict::Accepted) tally_.add_reply(answer->body);
    schedule_.settle(verdict, started_ns_, std::to_string(answer->status));
    body_ = nullptr;
    return answer->close ? Health::Closed : Health::Good;
  }

  bool blocked() const override { return blocked_; }
  bool room() const override { return body_ == nullptr; }

  void abandon() override {
    if (body_ != nullptr) schedule_.settle(Verdict::TryAgain, started_ns_, "connection lost");
    body_ = nullptr;
  }

 private:
  bool start() {
    if (!schedule_.take()) return false;
    body_ = &schedule_.next_body();
    head_ = "POST " + options_.path + " HTTP/1.1\r\nHost: " + options_.target +
            "\r\nContent-Type: " + options_.content_type +
            "\r\nContent-Length: " + std::to_string(body_->size()) + "\r\n";
    if (options_.encoding != "identity") head_ += "Content-Encoding: " + options_.encoding + "\r\n";
    for (const auto& [name, value] : options_.headers)
      head_.append(name).append(": ").append(value).append("\r\n");
    head_ += "\r\n";
    sent_ = 0;
    started_ns_ = now_ns();
    return true;
  }

  bool write_some() {
    const size_t head_sent = std::min(sent_, head_.size());
    const size_t body_sent = sent_ - head_sent;
    iovec parts[2] = {{head_.data() + head_sent, head_.size() - head_sent},
                      {const_cast<char*>(body_->data()) + body_sent, body_->size() - body_sent}};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    const ssize_t n = sendmsg(fd_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    blocked_ = n < 0 && errno == EAGAIN;
    if (n <= 0) return blocked_;
    sent_ += static_cast<size_t>(n);
    tally_.add_bytes(static_cast<uint64_t>(n));
    return true;
  }

  const Options& options_;
  Schedule& schedule_;
  Tally& tally_;
  int fd_;
  const std::string* body_ = nullptr;  // of the request that is open
  std::string head_, in_;
  size_t sent_ = 0;
  uint64_t started_ns_ = 0;
  bool blocked_ = false;
};

}  // namespace

std::unique_ptr<Connection> make_http1_connection(const Options& options, Schedule& schedule,
                                                  Tally& tally, int fd) {
  return std::make_unique<Http1Connection>(options, schedule, tally, fd);
}

}  // namespace sluice::bench
