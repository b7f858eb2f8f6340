#include "http/client_connection.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

namespace sluice::http {
namespace {

const std::string kLocalhost = "localhost";

Status interrupted() { return {Code::Cancelled, "interrupted"}; }

Status connection_error(const Address& address, int error) {
  return unavailable("cannot connect to " + address.to_string() + ": " + std::strerror(error));
}

/// Waits for one event on a socket. Ok also when the socket failed: the caller's next call says
/// how.
Result<short> wait_for(int fd, short events, int timeout_ms, int interrupt_fd) {
  pollfd fds[2] = {{fd, events, 0}, {interrupt_fd, POLLIN, 0}};
  for (;;) {
    const int n = poll(fds, 2, timeout_ms);
    if (n < 0 && errno == EINTR) continue;  // a signal may lengthen the wait, which is harmless
    if (n < 0) return errno_status("poll", errno);
    if (fds[1].revents != 0) return interrupted();
    if (n == 0) return Status(Code::DeadlineExceeded, "timed out");
    return fds[0].revents;
  }
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

/// A connected, non-blocking socket.
Result<int> connect_to(const Address& address, const sockaddr* to, socklen_t size,
                       const Deadline& deadline, int interrupt_fd) {
  Descriptor fd(socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.get() < 0) return errno_status("socket", errno);
  if (connect(fd.get(), to, size) != 0) {
    // A Unix socket whose queue is full says EAGAIN: the server is there, but busy.
    if (errno != EINPROGRESS) return connection_error(address, errno);
    const int wait_ms = deadline.poll_ms(Client::kConnectTimeout);
    const auto ready = wait_for(fd.get(), POLLOUT, wait_ms, interrupt_fd);
    if (!ready.ok()) {
      return ready.status().with_context("connecting to " + address.to_string());
    }
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) return connection_error(address, error);
  }
  if (to->sa_family != AF_UNIX) {
    const int on = 1;
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  return fd.release();
}

Result<int> connect_unix(const Address& address, const Deadline& deadline, int interrupt_fd) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (address.unix_path.size() >= sizeof to.sun_path) {
    return invalid_argument("the path of the Unix socket is longer than " +
                            std::to_string(sizeof to.sun_path - 1) +
                            " bytes: " + address.unix_path);
  }
  std::memcpy(to.sun_path, address.unix_path.c_str(), address.unix_path.size() + 1);
  return connect_to(address, reinterpret_cast<const sockaddr*>(&to), sizeof to, deadline,
                    interrupt_fd);
}

/// Name resolution is the one step without a deadline of ours: the resolver has its own
/// (resolv.conf).
Result<int> connect_tcp(const Address& address, const Deadline& deadline, int interrupt_fd) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error =
      getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  if (error != 0) {
    return unavailable("cannot resolve the host name " + address.host + ": " + gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  Status last = unavailable("the host name " + address.host + " has no address");
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    auto fd = connect_to(address, at->ai_addr, at->ai_addrlen, deadline, interrupt_fd);
    if (fd.ok() || fd.status().code() == Code::Cancelled) return fd;
    last = fd.status();
    if (deadline.passed()) break;
  }
  return last;
}

}  // namespace

int Deadline::poll_ms(std::chrono::milliseconds cap) const {
  constexpr std::chrono::milliseconds kHour = std::chrono::hours(1);
  const bool capped = cap != std::chrono::milliseconds::max();
  if (never_) return capped ? static_cast<int>(std::min(cap, kHour).count()) : -1;
  // Rounded up: a wait that ends a fraction early would spin.
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(at_ - Clock::now());
  const auto wait = std::clamp(left, std::chrono::milliseconds(0), std::min(cap, kHour));
  return static_cast<int>(wait.count());
}

ClientConnection::~ClientConnection() {
  if (tls_ != nullptr) tls_->say_goodbye();
  close(fd_);
}

Result<std::unique_ptr<ClientConnection>> ClientConnection::open(const Address& address,
                                                                 const io::TlsClient* tls,
                                                                 const std::string& server_name,
                                                                 const Deadline& deadline,
                                                                 int interrupt_fd) {
  auto fd = address.unix_path.empty() ? connect_tcp(address, deadline, interrupt_fd)
                                      : connect_unix(address, deadline, interrupt_fd);
  if (!fd.ok()) return fd.status();
  auto connection = std::make_unique<ClientConnection>(*fd, interrupt_fd);
  if (tls != nullptr) {
    const std::string& host = address.unix_path.empty() ? address.host : kLocalhost;
    const Status secured =
        connection->secure(*tls, server_name.empty() ? host : server_name, deadline);
    if (!secured.ok()) return secured.with_context("TLS with " + address.to_string());
  }
  return connection;
}

Status ClientConnection::secure(const io::TlsClient& tls, const std::string& server_name,
                                const Deadline& deadline) {
  tls_ = tls.open(fd_, server_name);
  for (;;) {
    switch (tls_->handshake().state) {
      case io::TlsSession::State::Ok: return {};
      case io::TlsSession::State::WantRead: {
        const auto ready = wait(Ready::Read, deadline);
        if (!ready.ok()) return ready.status();
        break;
      }
      case io::TlsSession::State::WantWrite: {
        const auto ready = wait(Ready::Write, deadline);
        if (!ready.ok()) return ready.status();
        break;
      }
      case io::TlsSession::State::Ended: return unavailable("the server closed the connection");
      case io::TlsSession::State::Failed: return unavailable(tls_->error());
    }
  }
}

bool ClientConnection::is_quiet() {
  if (tls_ != nullptr) return tls_->is_quiet();
  char byte;
  return recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
         (errno == EAGAIN || errno == EWOULDBLOCK);
}

Result<Ready> ClientConnection::wait(Ready wanted, const Deadline& deadline) {
  const auto has = [](Ready set, Ready one) {
    return (static_cast<int>(set) & static_cast<int>(one)) != 0;
  };
  // Bytes that were read and not yet asked for are no longer the socket's.
  if (tls_ != nullptr && has(wanted, Ready::Read) && tls_->has_pending()) return Ready::Read;
  short events = 0;
  if (has(wanted, Ready::Read)) events |= POLLIN;
  if (has(wanted, Ready::Write)) events |= POLLOUT;
  for (;;) {
    const auto got = wait_for(fd_, events, deadline.poll_ms(), interrupt_fd_);
    if (!got.ok()) {
      if (got.status().code() == Code::DeadlineExceeded && !deadline.passed()) continue;
      return got.status();
    }
    const bool broken = (*got & (POLLERR | POLLHUP | POLLNVAL)) != 0;
    const bool reads = (*got & POLLIN) != 0 || broken;
    const bool writes = (*got & POLLOUT) != 0;
    if (reads && writes && wanted == Ready::Both) return Ready::Both;
    return reads ? Ready::Read : Ready::Write;
  }
}

Status ClientConnection::broken(std::string_view doing) const {
  return unavailable("the connection broke" + std::string(doing) + ": " + tls_->error());
}

Result<size_t> ClientConnection::write_some(const iovec* pieces, int count) {
  if (tls_ != nullptr) {
    size_t done = 0;
    for (int i = 0; i < count; ++i) {
      const auto got = tls_->write(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
      if (got.state == io::TlsSession::State::Failed && done == 0) return broken(" while sending");
      done += got.bytes;
      if (got.bytes != pieces[i].iov_len) break;
    }
    return done;
  }
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces);
  message.msg_iovlen = static_cast<size_t>(count);
  const ssize_t n = sendmsg(fd_, &message, MSG_NOSIGNAL);
  if (n >= 0) return static_cast<size_t>(n);
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return size_t{0};
  return unavailable(std::string("the connection broke while sending: ") + std::strerror(errno));
}

Result<size_t> ClientConnection::read_some(char* to, size_t size, bool& closed) {
  if (tls_ != nullptr) {
    const auto got = tls_->read(to, size);
    if (got.state == io::TlsSession::State::Failed) return broken("");
    closed = got.state == io::TlsSession::State::Ended;
    return got.bytes;
  }
  const ssize_t n = recv(fd_, to, size, 0);
  if (n > 0) return static_cast<size_t>(n);
  if (n == 0) {
    closed = true;
    return size_t{0};
  }
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return size_t{0};
  return unavailable(std::string("the connection broke: ") + std::strerror(errno));
}

}  // namespace sluice::http
