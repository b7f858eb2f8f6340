#include "http/stream_exchange.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cerrno>
#include <optional>

#include "base/log.h"
#include "http/message.h"

namespace sluice::http {
namespace {

namespace beast = boost::beast;
namespace beast_http = boost::beast::http;
using Clock = std::chrono::steady_clock;
using Parser = beast_http::request_parser<beast_http::buffer_body>;
using std::chrono::milliseconds;

constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr size_t kReadBytes = 256 << 10;
/// A body that the handler did not want is read to its end if it is no longer than this; it costs
/// less than a new connection.
constexpr size_t kDiscardBytes = 64 << 10;

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

const std::string* find_field(const StreamHead& head, std::string_view name) {
  for (const auto& [key, value] : head.fields) {
    if (same_ignoring_case(key, name)) return &value;
  }
  return nullptr;
}

std::string status_line(int status) {
  return "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason_phrase(status)) + "\r\n";
}

void append_fields(std::string& head, const Fields& fields) {
  for (const auto& [name, value] : fields) head.append(name).append(": ").append(value) += "\r\n";
}

int to_poll_timeout(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
  return left <= 0 ? 0 : static_cast<int>(left);
}

class Exchange final : public StreamExchange {
 public:
  explicit Exchange(StreamConnection& connection) : connection_(connection) {
    parser_.header_limit(
        static_cast<uint32_t>(connection.limits->target_bytes + connection.limits->fields_bytes));
    parser_.body_limit(boost::none);
    parser_.eager(false);
  }

  /// False if the head was refused, with the answer sent.
  bool parse_head() {
    beast::error_code error;
    const size_t used = parser_.put(input_buffer(), error);
    if (error || !parser_.is_header_done()) {
      const bool version = error == beast_http::error::bad_version;
      refuse(connection_, version ? 505 : 400, "Bad request: " + error.message());
      return false;
    }
    connection_.input.erase(0, used);
    connection_.scanned = 0;
    parser_.eager(true);  // from now on as many chunks at a time as there are
    fill_head();
    if (head_.target.size() > connection_.limits->target_bytes) {
      refuse(connection_, 414, "The request target is too long");
      return false;
    }
    return true;
  }

  const StreamHead& head() const override { return head_; }
  Result<std::string_view> read_body() override;
  void send_early(const Fields& fields) override;
  void start(int status, const Fields& fields, int64_t content_length) override;
  bool write(std::string_view bytes) override;
  void finish() override;
  Event wait(int fd, milliseconds timeout) override;

  /// Reads what the handler left of the body, within reason.
  AfterExchange end() {
    if (gone_ || !finished_) return AfterExchange::Close;
    if (!keep_alive_ || awaits_continue_) return linger();
    size_t discarded = 0;
    while (!parser_.is_done()) {
      const Result<std::string_view> bytes = read_body();
      if (!bytes.ok()) return AfterExchange::Close;
      discarded += bytes->size();
      if (discarded > kDiscardBytes) return linger();
    }
    return AfterExchange::Keep;
  }

 private:
  AfterExchange linger() const {
    ::shutdown(connection_.fd, SHUT_WR);
    return AfterExchange::Linger;
  }
  boost::asio::const_buffer input_buffer() const {
    return {connection_.input.data(), connection_.input.size()};
  }
  void fill_head();
  void send_continue();
  Status receive();
  Status wait_for_body();
  bool send_parts(iovec* parts, size_t count);
  bool wait_writable();

  StreamConnection& connection_;
  Parser parser_;
  StreamHead head_;
  std::string body_;  // what read_body() gave last

  bool awaits_continue_ = false;
  Clock::time_point body_started_;
  uint64_t body_bytes_ = 0;

  std::string out_head_;  // written together with the first bytes of the body
  bool keep_alive_ = false;
  bool early_ = false;  // the status line and some fields have gone
  bool started_ = false;
  bool finished_ = false;
  bool chunked_ = false;
  bool gone_ = false;
};

void Exchange::fill_head() {
  const auto& message = parser_.get();
  head_.method = std::string(message.method_string());
  head_.target = std::string(message.target());
  head_.version = static_cast<int>(message.version());
  for (const auto& field : message) {
    head_.fields.emplace_back(field.name_string(), field.value());
  }
  head_.has_body = parser_.chunked() || parser_.content_length().has_value();
  head_.trusted = connection_.trusted;
  head_.peer = connection_.peer;
  keep_alive_ = message.keep_alive();
  awaits_continue_ =
      head_.version >= 11 && same_ignoring_case(head_.field("Expect"), "100-continue");
  body_started_ = Clock::now();
}

void Exchange::send_continue() {
  awaits_continue_ = false;
  std::string line = "HTTP/1.1 100 Continue\r\n\r\n";
  iovec part{line.data(), line.size()};
  send_parts(&part, 1);
}

Status Exchange::wait_for_body() {
  const StreamLimits& limits = *connection_.limits;
  const auto earned = std::chrono::seconds(body_bytes_ / limits.body_bytes_per_second);
  const auto by_rate = body_started_ + limits.body_timeout + earned;
  pollfd poll_fd{connection_.fd, POLLIN, 0};
  const int ready =
      ::poll(&poll_fd, 1, to_poll_timeout(std::min(by_rate, Clock::now() + limits.body_timeout)));
  if (ready == 0) {
    return {Code::DeadlineExceeded, "the request's body comes too slowly"};
  }
  return {};
}

/// Adds to the connection's input.
Status Exchange::receive() {
  if (awaits_continue_ && connection_.input.empty()) send_continue();
  std::string& input = connection_.input;
  const size_t before = input.size();
  for (;;) {
    input.resize(before + kReadBytes);
    const ssize_t n = ::recv(connection_.fd, input.data() + before, kReadBytes, 0);
    const int error = errno;
    input.resize(before + (n > 0 ? static_cast<size_t>(n) : 0));
    if (n > 0) return {};
    if (n == 0 || (error != EAGAIN && error != EINTR)) {
      gone_ = true;
      return {Code::Cancelled, "the client went away before the end of its request"};
    }
    SLUICE_RETURN_IF_ERROR(wait_for_body());
  }
}

Result<std::string_view> Exchange::read_body() {
  while (!parser_.is_done()) {
    if (connection_.input.empty()) {
      if (Status status = receive(); !status.ok()) {
        keep_alive_ = false;
        return status;
      }
    }
    body_.resize(std::max(body_.size(), kReadBytes));
    auto& body = parser_.get().body();
    body.data = body_.data();
    body.size = body_.size();
    beast::error_code error;
    const size_t used = parser_.put(input_buffer(), error);
    const size_t produced = body_.size() - body.size;
    connection_.input.erase(0, used);
    if (error == beast_http::error::need_more && used == 0 && produced == 0) {
      error = {};
      if (Status status = receive(); !status.ok()) {
        keep_alive_ = false;
        return status;
      }
    }
    if (error && error != beast_http::error::need_more && error != beast_http::error::need_buffer) {
      keep_alive_ = false;
      return invalid_argument("the request's body is malformed: " + error.message());
    }
    body_bytes_ += produced;
    if (produced != 0) return std::string_view(body_.data(), produced);
  }
  return std::string_view();
}

void Exchange::send_early(const Fields& fields) {
  SLUICE_CHECK(!started_);
  std::string lines = early_ ? std::string() : status_line(200);
  early_ = true;
  append_fields(lines, fields);
  iovec part{lines.data(), lines.size()};
  send_parts(&part, 1);
}

void Exchange::start(int status, const Fields& fields, int64_t content_length) {
  SLUICE_CHECK(!started_);
  started_ = true;
  if (connection_.draining->load()) keep_alive_ = false;
  if (early_) status = 200;
  const bool bodiless = status == 204 || status == 304;
  chunked_ = content_length < 0 && head_.version >= 11 && !bodiless;
  if (content_length < 0 && !chunked_ && !bodiless) keep_alive_ = false;
  if (!early_) out_head_ = status_line(status);
  append_fields(out_head_, fields);
  if (chunked_) {
    out_head_ += "Transfer-Encoding: chunked\r\n";
  } else if (content_length >= 0 && !bodiless) {
    out_head_ += "Content-Length: " + std::to_string(content_length) + "\r\n";
  }
  out_head_ += keep_alive_ ? "Connection: Keep-Alive\r\n\r\n" : "Connection: Close\r\n\r\n";
}

bool Exchange::write(std::string_view bytes) {
  SLUICE_CHECK(started_ && !finished_);
  if (gone_) return false;
  if (bytes.empty() || head_.method == "HEAD") return true;
  char size_line[20];
  const int size_length =
      chunked_ ? std::snprintf(size_line, sizeof size_line, "%zx\r\n", bytes.size()) : 0;
  char crlf[] = "\r\n";
  iovec parts[] = {{out_head_.data(), out_head_.size()},
                   {size_line, static_cast<size_t>(size_length)},
                   {const_cast<char*>(bytes.data()), bytes.size()},
                   {crlf, chunked_ ? size_t{2} : size_t{0}}};
  const bool sent = send_parts(parts, 4);
  out_head_.clear();
  return sent;
}

void Exchange::finish() {
  SLUICE_CHECK(started_ && !finished_);
  if (gone_) return;
  char last[] = "0\r\n\r\n";
  const bool terminate = chunked_ && head_.method != "HEAD";
  iovec parts[] = {{out_head_.data(), out_head_.size()}, {last, terminate ? size_t{5} : size_t{0}}};
  finished_ = send_parts(parts, 2);
}

bool Exchange::wait_writable() {
  pollfd poll_fd{connection_.fd, POLLOUT, 0};
  const int ready =
      ::poll(&poll_fd, 1, static_cast<int>(connection_.limits->write_timeout.count()));
  return ready > 0 && (poll_fd.revents & POLLOUT) != 0;
}

bool Exchange::send_parts(iovec* parts, size_t count) {
  while (count != 0 && !gone_) {
    if (parts->iov_len == 0) {
      ++parts;
      --count;
      continue;
    }
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = count;
    const ssize_t n = ::sendmsg(connection_.fd, &message, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EINTR || (errno == EAGAIN && wait_writable())) continue;
      gone_ = true;
      break;
    }
    for (auto left = static_cast<size_t>(n); left != 0;) {
      const size_t taken = std::min(left, parts->iov_len);
      parts->iov_base = static_cast<char*>(parts->iov_base) + taken;
      parts->iov_len -= taken;
      left -= taken;
      if (parts->iov_len == 0) {
        ++parts;
        --count;
      }
    }
  }
  return !gone_;
}

StreamExchange::Event Exchange::wait(int fd, milliseconds timeout) {
  if (gone_) return Event::PeerGone;
  pollfd fds[] = {{fd, POLLIN, 0}, {connection_.fd, POLLRDHUP, 0}};
  const int ready = ::poll(fds, 2, static_cast<int>(timeout.count()));
  if (ready <= 0) return Event::Timeout;
  if ((fds[1].revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) {
    gone_ = true;
    return Event::PeerGone;
  }
  return Event::Readable;
}

}  // namespace

StreamConnection::~StreamConnection() {
  if (fd >= 0) ::close(fd);
}

std::string_view StreamHead::field(std::string_view name) const {
  const std::string* value = find_field(*this, name);
  return value != nullptr ? std::string_view(*value) : std::string_view();
}

bool StreamHead::has(std::string_view name) const { return find_field(*this, name) != nullptr; }

size_t find_head_end(StreamConnection& connection) {
  const size_t from = connection.scanned < kHeadEnd.size() ? 0 : connection.scanned - 3;
  const size_t at = connection.input.find(kHeadEnd, from);
  connection.scanned = connection.input.size();
  return at == std::string::npos ? at : at + kHeadEnd.size();
}

AfterExchange serve_exchange(StreamConnection& connection, const StreamServer::Handler& handler) {
  Exchange exchange(connection);
  if (!exchange.parse_head()) return AfterExchange::Linger;
  handler(exchange);
  return exchange.end();
}

void refuse(StreamConnection& connection, int status, std::string_view message) {
  std::string answer = "HTTP/1.1 " + std::to_string(status) + " ";
  answer += reason_phrase(status);
  answer += "\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: ";
  answer += std::to_string(message.size() + 1) + "\r\nConnection: Close\r\n\r\n";
  answer += message;
  answer += '\n';
  // Best effort: the socket's buffer is empty, so this fits; a peer that is gone does not matter.
  [[maybe_unused]] const ssize_t n =
      ::send(connection.fd, answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(connection.fd, SHUT_WR);
}

}  // namespace sluice::http
