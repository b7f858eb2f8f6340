#include "http/client.h"

#include <sys/eventfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/check.h"
#include "http/client_connection.h"

namespace sluice::http {
namespace {

/// Per writev call; far below IOV_MAX, and enough that a call moves megabytes.
constexpr int kPiecesMax = 64;
constexpr size_t kReadBytes = 64 << 10;

/// The part of a request that was not written yet.
class Outgoing {
 public:
  Outgoing(std::string_view head, std::span<const std::string_view> body)
      : head_(head), body_(body) {}

  bool empty() {
    while (at_ <= body_.size() && offset_ == piece(at_).size()) {
      ++at_;
      offset_ = 0;
    }
    return at_ > body_.size();
  }

  int fill(std::array<iovec, kPiecesMax>& pieces) const {
    int count = 0;
    for (size_t i = at_; i <= body_.size() && count < kPiecesMax; ++i) {
      const std::string_view rest = piece(i).substr(i == at_ ? offset_ : 0);
      if (!rest.empty()) pieces[count++] = {const_cast<char*>(rest.data()), rest.size()};
    }
    return count;
  }

  void advance(size_t n) {
    while (n > 0) {
      const size_t step = std::min(n, piece(at_).size() - offset_);
      offset_ += step;
      n -= step;
      if (offset_ == piece(at_).size()) {
        ++at_;
        offset_ = 0;
      }
    }
  }

 private:
  std::string_view piece(size_t i) const { return i == 0 ? head_ : body_[i - 1]; }

  const std::string_view head_;
  const std::span<const std::string_view> body_;
  size_t at_ = 0;  // 0 is the head, i the body's segment i - 1
  size_t offset_ = 0;
};

bool clean(std::string_view text) { return text.find_first_of("\r\n") == std::string_view::npos; }

Result<std::string> make_head(const Address& address, const ClientRequest& request) {
  std::string host(request.host);
  if (host.empty()) host = address.unix_path.empty() ? address.to_string() : "localhost";
  if (!clean(host)) return invalid_argument("a line break in the value of the header Host");
  std::string head;
  head.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\nHost: ");
  head += host;
  for (const ClientHeader& h : request.headers) {
    if (!clean(h.name) || !clean(h.value)) {
      return invalid_argument("a line break in the value of the header " + h.name.substr(0, 40));
    }
    head.append("\r\n").append(h.name).append(": ").append(h.value);
  }
  size_t length = 0;
  for (const std::string_view piece : request.body) length += piece.size();
  if (length != 0 || request.method == "POST") {
    head += "\r\nContent-Length: " + std::to_string(length);
  }
  head += "\r\n\r\n";
  return head;
}

Status read_ready(ClientConnection& connection, ReplyParser& parser) {
  std::array<char, kReadBytes> buffer;
  bool closed = false;
  const auto n = connection.read_some(buffer.data(), buffer.size(), closed);
  if (!n.ok()) return n.status();
  return closed ? parser.finish() : parser.feed({buffer.data(), *n});
}

/// Writes and reads at once: a server may refuse a body while it is still being sent, and stop
/// reading it. Its answer is worth more than the error that writing then meets.
Status exchange(ClientConnection& connection, Outgoing& outgoing, ReplyParser& parser,
                const Deadline& deadline) {
  bool sending = true;
  while (!parser.done()) {
    const auto ready = connection.wait(sending ? Ready::Both : Ready::Read, deadline);
    if (!ready.ok()) return ready.status();
    if (*ready != Ready::Write) SLUICE_RETURN_IF_ERROR(read_ready(connection, parser));
    if (sending && *ready != Ready::Read && !parser.done()) {
      std::array<iovec, kPiecesMax> pieces;
      const auto n = connection.write_some(pieces.data(), outgoing.fill(pieces));
      if (n.ok()) outgoing.advance(*n);
      sending = n.ok() && !outgoing.empty();
    }
  }
  return {};
}

}  // namespace

bool Address::is_local() const {
  return !unix_path.empty() || host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0;
}

std::string Address::to_string() const {
  if (!unix_path.empty()) return "unix:" + unix_path;
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Client::Client(Address address, ClientOptions options)
    : address_(std::move(address)),
      options_(std::move(options)),
      interrupt_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  SLUICE_CHECK(interrupt_fd_ >= 0);
}

Client::~Client() {
  connection_.reset();
  close(interrupt_fd_);
}

void Client::interrupt() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = write(interrupt_fd_, &one, sizeof one);
}

Exchange Client::send(const ClientRequest& request) {
  auto head = make_head(address_, request);
  if (!head.ok()) return {head.status(), false, {}};
  const Deadline deadline(request.timeout);
  if (!may_reuse()) connection_.reset();
  const bool reused = connection_ != nullptr;
  Exchange result = attempt(request, *head, deadline);
  // A kept connection that the server had closed before it read anything: the usual race of
  // keep-alive.
  const bool closed = result.status.code() == Code::Unavailable && !result.maybe_processed;
  if (reused && closed) result = attempt(request, *head, deadline);
  return result;
}

Exchange Client::attempt(const ClientRequest& request, std::string_view head,
                         const Deadline& deadline) {
  Exchange result;
  if (connection_ == nullptr) {
    auto opened = ClientConnection::open(address_, options_.tls.get(), "", deadline, interrupt_fd_);
    if (!opened.ok()) {
      result.status = opened.status();
      return result;
    }
    connection_ = std::move(opened).value();
  }
  ReplyParser parser(request.on_body);
  Outgoing outgoing(head, request.body);
  result.status = exchange(*connection_, outgoing, parser, deadline);
  result.maybe_processed = outgoing.empty();
  if (!result.status.ok()) {
    result.status = result.status.with_context(address_.to_string());
    connection_.reset();
    return result;
  }
  keep(parser.keep_alive() && outgoing.empty(), parser.reply());
  result.reply = std::move(parser.reply());
  return result;
}

bool Client::may_reuse() const {
  return connection_ != nullptr && std::chrono::steady_clock::now() < reuse_until_ &&
         connection_->is_quiet();
}

void Client::keep(bool keep_alive, const Reply& reply) {
  if (!keep_alive) {
    connection_.reset();
    return;
  }
  auto reuse = options_.reuse;
  const std::string_view promise = reply.header("Keep-Alive");
  constexpr std::string_view kTimeout = "timeout=";
  if (const size_t at = promise.find(kTimeout); at != std::string_view::npos) {
    const std::string_view digits = promise.substr(at + kTimeout.size());
    unsigned seconds = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    // A second less than promised: the server's clock began to run when it sent the reply.
    reuse = std::chrono::seconds(std::clamp(seconds, 1u, 3600u) - 1);
  }
  reuse_until_ = std::chrono::steady_clock::now() + reuse;
}

}  // namespace sluice::http
