#include "http/stream_exchange.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

#include "base/log.h"
#include "http/message.h"

namespace sluice::http {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr size_t kReadBytes = 256 << 10;
/// A body that the handler did not want is read to its end if no more bytes than this, as they are
/// sent, are to come; it costs less than a new connection. It is read in small pieces, since
/// whoever sends it may be a stranger.
constexpr size_t kDiscardBytes = 64 << 10;
constexpr size_t kDiscardReadBytes = 16 << 10;

const std::string* find_field(const StreamHead& head, std::string_view name) {
  for (const auto& [key, value] : head.fields) {
    if (equal_fold(key, name)) return &value;
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
  explicit Exchange(StreamConnection& connection) : connection_(connection) {}

  /// False if the head was refused, with the answer sent.
  bool read_head();

  const StreamHead& head() const override { return head_; }
  Result<std::string_view> read_body() override;
  void send_early(const Fields& fields) override;
  void start(int status, const Fields& fields, int64_t content_length) override;
  bool write(std::string_view bytes) override;
  void finish() override;
  Event wait(int fd, milliseconds timeout) override;

  /// Reads what the handler left of the body, within reason.
  AfterExchange end();

 private:
  AfterExchange linger() const {
    ::shutdown(connection_.fd, SHUT_WR);
    return AfterExchange::Linger;
  }
  void fill_head(Request&& request);
  void send_continue();
  Status receive();
  bool wait_for_bytes();
  Clock::duration patience() const;
  Status take_bytes(std::string_view& bytes);
  Status take_chunks(std::string_view& bytes);
  void drop_used();
  bool send_parts(iovec* parts, size_t count);
  bool wait_writable();

  StreamConnection& connection_;
  Framing framing_;
  StreamHead head_;

  size_t used_ = 0;         // of the connection's input
  uint64_t body_left_ = 0;  // of one with a Content-Length
  ChunkedDecoder chunks_;
  bool body_ended_ = false;
  bool awaits_continue_ = false;
  size_t read_bytes_ = kReadBytes;  // at a time
  uint64_t received_ = 0;           // bytes, as sent
  uint64_t body_bytes_ = 0;         // bytes, decoded
  Clock::duration waited_{};        // for the body

  std::string out_head_;  // written together with the first bytes of the body
  bool keep_alive_ = false;
  bool early_ = false;  // the status line and some fields have gone
  bool started_ = false;
  bool finished_ = false;
  bool chunked_ = false;
  bool gone_ = false;
};

bool Exchange::read_head() {
  used_ = connection_.scanner.end();
  Request request;
  const std::optional<HeadError> error = parse_head(connection_.input.view().substr(0, used_),
                                                    connection_.limits->head(), request, framing_);
  drop_used();
  connection_.scanner.reset();
  connection_.memory.reset();
  if (error) {
    refuse(connection_, error->status, error->message);
    return false;
  }
  fill_head(std::move(request));
  keep_alive_ = framing_.keep_alive;
  body_left_ = framing_.length.value_or(0);
  body_ended_ = !framing_.has_body();
  awaits_continue_ = framing_.expect_continue && !body_ended_ && connection_.input.empty();
  return true;
}

void Exchange::fill_head(Request&& request) {
  head_.method = std::move(request.method);
  head_.target = std::move(request.target);
  head_.version = request.version == Version::Http10 ? 10 : 11;
  head_.fields.reserve(request.headers.size());
  for (size_t i = 0; i < request.headers.size(); ++i) {
    head_.fields.emplace_back(request.headers.name(i), request.headers.value(i));
  }
  head_.has_body = framing_.chunked || framing_.length.has_value();
  head_.trusted = connection_.trusted;
  head_.peer = connection_.peer;
}

/// Takes off the input what is used of it, and gives the memory back.
void Exchange::drop_used() {
  Buffer rest(connection_.input.view().substr(used_));
  connection_.input.swap(rest);
  used_ = 0;
}

AfterExchange Exchange::end() {
  if (gone_ || !finished_) return AfterExchange::Close;
  head_ = {};
  drop_used();
  read_bytes_ = kDiscardReadBytes;
  const uint64_t received_before = received_;
  while (!body_ended_) {
    if (!keep_alive_ || awaits_continue_) break;
    if (received_ - received_before > kDiscardBytes) break;
    const Result<std::string_view> bytes = read_body();
    if (!bytes.ok()) break;
  }
  if (gone_) return AfterExchange::Close;
  if (!keep_alive_ || !body_ended_) return linger();
  drop_used();
  return AfterExchange::Keep;
}

void Exchange::send_continue() {
  awaits_continue_ = false;
  std::string line = "HTTP/1.1 100 Continue\r\n\r\n";
  iovec part{line.data(), line.size()};
  send_parts(&part, 1);
}

/// How long the peer may still let us wait for the body. Only waiting counts: a handler that takes
/// its time is not the peer's fault.
Clock::duration Exchange::patience() const {
  const StreamLimits& limits = *connection_.limits;
  return limits.body_timeout + std::chrono::seconds(body_bytes_ / limits.body_bytes_per_second) -
         waited_;
}

/// False if too little came for too long.
bool Exchange::wait_for_bytes() {
  const auto begun = Clock::now();
  const auto longest = std::min<Clock::duration>(patience(), connection_.limits->body_timeout);
  pollfd poll_fd{connection_.fd, POLLIN, 0};
  const int ready = ::poll(&poll_fd, 1, to_poll_timeout(begun + longest));
  waited_ += Clock::now() - begun;
  return ready != 0 && patience().count() > 0;
}

/// Replaces the input, all of which is used.
Status Exchange::receive() {
  if (awaits_continue_) send_continue();
  Buffer& input = connection_.input;
  input.clear();
  used_ = 0;
  for (;;) {
    const ssize_t n = ::recv(connection_.fd, input.tail(read_bytes_), read_bytes_, 0);
    if (n > 0) {
      input.commit(static_cast<size_t>(n));
      received_ += static_cast<size_t>(n);
      return {};
    }
    if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
      gone_ = true;
      return {Code::Cancelled, "the client went away before the end of its request"};
    }
    if (!wait_for_bytes()) {
      return {Code::DeadlineExceeded, "the request's body comes too slowly"};
    }
  }
}

Result<std::string_view> Exchange::read_body() {
  while (!body_ended_) {
    Status status = used_ == connection_.input.size() ? receive() : Status();
    std::string_view bytes;
    if (status.ok()) status = framing_.chunked ? take_chunks(bytes) : take_bytes(bytes);
    if (!status.ok()) {
      keep_alive_ = false;
      return status;
    }
    body_bytes_ += bytes.size();
    if (!bytes.empty()) return bytes;
  }
  return std::string_view();
}

Status Exchange::take_bytes(std::string_view& bytes) {
  bytes = connection_.input.view().substr(used_, body_left_);
  used_ += bytes.size();
  body_left_ -= bytes.size();
  body_ended_ = body_left_ == 0;
  return {};
}

/// As many chunks as there are, moved together where they lie: what takes them may have to pay for
/// each piece.
Status Exchange::take_chunks(std::string_view& bytes) {
  Buffer& input = connection_.input;
  std::string_view rest = input.view().substr(used_);
  char* const begin = input.data() + used_;
  char* end = begin;
  std::string_view piece;
  ChunkedDecoder::Step step{};
  while ((step = chunks_.next(rest, piece)) == ChunkedDecoder::Step::Data) {
    std::memmove(end, piece.data(), piece.size());
    end += piece.size();
  }
  if (step == ChunkedDecoder::Step::Bad) return invalid_argument(std::string(kMalformedChunks));
  used_ = input.size() - rest.size();
  body_ended_ = step == ChunkedDecoder::Step::Done;
  bytes = {begin, static_cast<size_t>(end - begin)};
  return {};
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

AfterExchange serve_exchange(StreamConnection& connection, const StreamServer::Handler& handler) {
  Exchange exchange(connection);
  if (!exchange.read_head()) return AfterExchange::Linger;
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
