#include "http/stream_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/log.h"
#include "http/stream_exchange.h"
#include "http/thread_cache.h"

namespace sluice::http {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr size_t kReadBytes = 64 << 10;
/// How long a peer may take to notice that its request was answered early.
constexpr milliseconds kLingerTime{2'000};
/// And how much it may send until then.
constexpr size_t kLingerBytes = 64 << 20;
/// How late a deadline may be noticed.
constexpr milliseconds kTick{250};
constexpr int kEventsPerWait = 64;

std::string peer_name(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof text);
  } else if (address.ss_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, text,
              sizeof text);
  } else {
    return "unix";
  }
  return text;
}

bool is_out_of_descriptors(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

using ConnectionPtr = std::unique_ptr<StreamConnection>;

/// One thread waits for listeners and for connections without a complete request; each complete
/// head moves its connection to a thread of its own, which brings it back after the answer.
struct StreamServer::Impl {
  struct Listener {
    int fd = -1;
    bool trusted = false;
  };

  Impl(const StreamLimits& given_limits, Handler given_handler)
      : limits(given_limits), handler(std::move(given_handler)), heads(given_limits.heads_bytes) {}
  ~Impl() {
    if (epoll_fd >= 0) ::close(epoll_fd);
    if (wake_fd >= 0) ::close(wake_fd);
    for (const Listener& listener : listeners) {
      if (listener.fd >= 0) ::close(listener.fd);
    }
  }

  Status start();
  void run();
  void wake() const {
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t n = ::write(wake_fd, &one, sizeof one);
  }
  bool watch(int fd, uint32_t events) const {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    return ::epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
  }
  void unwatch(int fd) const { ::epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, nullptr); }

  void on_event(int fd);
  void accept_all(const Listener& listener);
  void admit(ConnectionPtr connection);
  void on_readable(int fd);
  bool receive(StreamConnection& connection);
  bool has_head(StreamConnection& connection);
  void turn_away(StreamConnection& connection, int status, std::string_view message);
  void linger(StreamConnection& connection);
  void dispatch(ConnectionPtr connection);
  void take_back();
  void go_on(ConnectionPtr connection);
  void expire();
  void close_listeners();

  const StreamLimits limits;
  const Handler handler;
  Budget heads;
  std::vector<Listener> listeners;
  int epoll_fd = -1;
  int wake_fd = -1;
  std::thread thread;
  ThreadCache workers;

  std::atomic<bool> draining{false};
  std::atomic<bool> stopping{false};

  // The thread's own.
  std::array<char, kReadBytes> scratch;
  std::map<int, ConnectionPtr> waiting;
  bool listening = false;
  Clock::time_point accept_again;

  std::mutex mutex;
  std::condition_variable idle;
  std::vector<ConnectionPtr> returned;
  std::set<int> active;  // descriptors of connections at a handler
};

Status StreamServer::Impl::start() {
  epoll_fd = ::epoll_create1(EPOLL_CLOEXEC);
  wake_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (epoll_fd < 0 || wake_fd < 0) return errno_status("epoll", errno);
  if (!watch(wake_fd, EPOLLIN)) return errno_status("epoll_ctl", errno);
  for (const Listener& listener : listeners) {
    ::fcntl(listener.fd, F_SETFL, ::fcntl(listener.fd, F_GETFL) | O_NONBLOCK);
    if (!watch(listener.fd, EPOLLIN)) return errno_status("epoll_ctl", errno);
  }
  listening = true;
  thread = std::thread([this] { run(); });
  return {};
}

void StreamServer::Impl::run() {
  while (!stopping) {
    std::array<epoll_event, kEventsPerWait> events;
    const int count =
        ::epoll_wait(epoll_fd, events.data(), kEventsPerWait, static_cast<int>(kTick.count()));
    for (int i = 0; i < count; ++i) on_event(events[static_cast<size_t>(i)].data.fd);
    take_back();
    if (draining) {
      close_listeners();
      for (auto it = waiting.begin(); it != waiting.end();) {
        it = it->second->lingering ? std::next(it) : waiting.erase(it);
      }
    }
    expire();
  }
  close_listeners();
  waiting.clear();
}

void StreamServer::Impl::on_event(int fd) {
  if (fd == wake_fd) {
    uint64_t count = 0;
    [[maybe_unused]] const ssize_t n = ::read(wake_fd, &count, sizeof count);
    return;
  }
  for (const Listener& listener : listeners) {
    if (listener.fd == fd) return accept_all(listener);
  }
  on_readable(fd);
}

void StreamServer::Impl::accept_all(const Listener& listener) {
  if (Clock::now() < accept_again) return;
  for (;;) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const int fd = ::accept4(listener.fd, reinterpret_cast<sockaddr*>(&address), &size,
                             SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (is_out_of_descriptors(errno)) {
        log::warn("cannot take a connection", {{"error", errno_status("accept", errno).message()}});
        accept_again = Clock::now() + kTick;
      }
      return;
    }
    auto connection = std::make_unique<StreamConnection>();
    connection->fd = fd;
    connection->trusted = listener.trusted;
    connection->peer = peer_name(address);
    connection->limits = &limits;
    connection->draining = &draining;
    admit(std::move(connection));
  }
}

void StreamServer::Impl::admit(ConnectionPtr connection) {
  size_t open = waiting.size();
  {
    const std::lock_guard lock(mutex);
    open += active.size() + returned.size();
  }
  if (open >= limits.connections) {
    log::warn("too many connections", {{"limit", static_cast<uint64_t>(limits.connections)}});
    return refuse(*connection, 503, "Too many connections, try again later");
  }
  connection->deadline = Clock::now() + limits.idle_timeout;
  if (!watch(connection->fd, EPOLLIN)) return;
  const int fd = connection->fd;
  waiting.emplace(fd, std::move(connection));
}

void StreamServer::Impl::on_readable(int fd) {
  const auto found = waiting.find(fd);
  if (found == waiting.end()) return;
  if (!receive(*found->second)) {
    waiting.erase(found);
    return;
  }
  if (found->second->lingering || !has_head(*found->second)) return;
  ConnectionPtr complete = std::move(found->second);
  waiting.erase(found);
  unwatch(fd);
  dispatch(std::move(complete));
}

/// Reads once. False: the connection has ended, or shall.
bool StreamServer::Impl::receive(StreamConnection& connection) {
  const ssize_t n = ::recv(connection.fd, scratch.data(), scratch.size(), 0);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  const std::string_view bytes(scratch.data(), static_cast<size_t>(n));
  if (bytes.empty()) return false;
  if (connection.lingering) {
    connection.lingered += bytes.size();
    return connection.lingered <= kLingerBytes;
  }
  if (connection.input.empty()) {
    if (bytes.front() == kTlsHandshake) return false;
    connection.deadline = Clock::now() + limits.header_timeout;
  }
  // Our own collector does not suffer from what strangers send.
  if (connection.trusted || heads.take(connection.memory, bytes.size())) {
    connection.input.append(bytes);
  } else {
    turn_away(connection, 503, "Too many long requests at once, try again later");
  }
  return true;
}

/// Whether a whole head has come. What cannot become one is answered here.
bool StreamServer::Impl::has_head(StreamConnection& connection) {
  switch (connection.scanner.scan(connection.input.view(), limits.head())) {
    case HeadScanner::State::NeedMore: return false;
    case HeadScanner::State::Complete: return true;
    case HeadScanner::State::Bad: break;
  }
  const HeadError& error = connection.scanner.error();
  turn_away(connection, error.status, error.message);
  return false;
}

void StreamServer::Impl::turn_away(StreamConnection& connection, int status,
                                   std::string_view message) {
  refuse(connection, status, message);
  linger(connection);
}

void StreamServer::Impl::linger(StreamConnection& connection) {
  connection.lingering = true;
  connection.input.release();
  connection.memory.reset();
  connection.deadline = Clock::now() + kLingerTime;
}

void StreamServer::Impl::dispatch(ConnectionPtr connection) {
  {
    const std::lock_guard lock(mutex);
    active.insert(connection->fd);
  }
  // std::function must be copyable, so the connection travels as a plain pointer.
  workers.run([this, raw = connection.release()] {
    ConnectionPtr owned(raw);
    const AfterExchange after = serve_exchange(*owned, handler);
    owned->lingering = after == AfterExchange::Linger;
    {
      const std::lock_guard lock(mutex);
      active.erase(owned->fd);
      if (after != AfterExchange::Close && (owned->lingering || !draining)) {
        returned.push_back(std::move(owned));
        wake();
      } else {
        owned.reset();
      }
      idle.notify_all();
    }
  });
}

void StreamServer::Impl::take_back() {
  std::vector<ConnectionPtr> connections;
  {
    const std::lock_guard lock(mutex);
    connections.swap(returned);
  }
  for (ConnectionPtr& connection : connections) go_on(std::move(connection));
}

/// After an exchange.
void StreamServer::Impl::go_on(ConnectionPtr connection) {
  if (connection->lingering) {
    linger(*connection);
  } else {
    if (!connection->trusted) heads.charge(connection->memory, connection->input.size());
    const bool begun = !connection->input.empty();
    connection->deadline = Clock::now() + (begun ? limits.header_timeout : limits.idle_timeout);
    if (has_head(*connection)) return dispatch(std::move(connection));
  }
  if (!watch(connection->fd, EPOLLIN)) return;
  const int fd = connection->fd;
  waiting.emplace(fd, std::move(connection));
}

void StreamServer::Impl::expire() {
  const auto now = Clock::now();
  for (auto it = waiting.begin(); it != waiting.end();) {
    StreamConnection& connection = *it->second;
    if (connection.deadline > now) {
      ++it;
      continue;
    }
    if (!connection.lingering && !connection.input.empty())
      refuse(connection, 408, "The request's header came too slowly");
    it = waiting.erase(it);
  }
}

void StreamServer::Impl::close_listeners() {
  if (!listening) return;
  listening = false;
  for (Listener& listener : listeners) {
    unwatch(listener.fd);
    ::close(listener.fd);
    listener.fd = -1;
  }
}

StreamServer::StreamServer(const StreamLimits& limits, Handler handler)
    : impl_(std::make_unique<Impl>(limits, std::move(handler))) {}

StreamServer::~StreamServer() { stop(); }

void StreamServer::add_listener(int fd, bool trusted) { impl_->listeners.push_back({fd, trusted}); }

Status StreamServer::start() { return impl_->start(); }

void StreamServer::drain() {
  impl_->draining = true;
  impl_->wake();
}

bool StreamServer::wait_idle(milliseconds timeout) {
  std::unique_lock lock(impl_->mutex);
  return impl_->idle.wait_for(lock, timeout, [this] { return impl_->active.empty(); });
}

void StreamServer::stop() {
  if (!impl_->thread.joinable()) return;
  drain();
  impl_->stopping = true;
  impl_->wake();
  impl_->thread.join();
  std::unique_lock lock(impl_->mutex);
  for (const int fd : impl_->active) ::shutdown(fd, SHUT_RDWR);
  impl_->idle.wait(lock, [this] { return impl_->active.empty(); });
  impl_->returned.clear();
}

}  // namespace sluice::http
