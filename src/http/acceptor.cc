#include "http/acceptor.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "base/log.h"

namespace sluice::http {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

namespace {

/// Sockets accepted in one go, before the loop's other work has its turn.
constexpr int kAcceptsPerRound = 64;

/// Between attempts when the machine, not our process, lacks descriptors or memory.
constexpr std::chrono::milliseconds kPause{100};

int open_reserve() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

}  // namespace

struct Acceptor::Impl : std::enable_shared_from_this<Impl> {
  Impl(io::Loop& loop, io::Listener from, Deliver to)
      : address(from.address),
        descriptor(loop.context(), from.release()),
        pause(loop),
        deliver(std::move(to)) {}
  ~Impl() {
    if (reserve >= 0) ::close(reserve);
  }

  void wait() {
    descriptor.async_wait(Descriptor::wait_read,
                          [self = shared_from_this()](const boost::system::error_code& error) {
                            if (!error && self->descriptor.is_open()) self->accept_some();
                          });
  }

  void accept_some() {
    for (int i = 0; i < kAcceptsPerRound; ++i) {
      const int fd =
          ::accept4(descriptor.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0) {
        deliver(fd);
        if (!descriptor.is_open()) return;
        continue;
      }
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) break;
      if (!relieve(errno)) return;
    }
    wait();
  }

  /// Out of descriptors: the connection stays in the backlog and would wake us forever. The reserve
  /// makes room to take it and close it. False: a pause was scheduled.
  bool relieve(int error) {
    log::warn(
        "a connection cannot be accepted; raise the limit of open files (ulimit -n) if this goes "
        "on",
        {{"address", address}, {"error", errno_status("accept", error).message()}});
    if ((error == EMFILE || error == ENFILE) && reserve >= 0) {
      ::close(reserve);
      const int fd = ::accept4(descriptor.native_handle(), nullptr, nullptr, SOCK_CLOEXEC);
      if (fd >= 0) ::close(fd);
      reserve = open_reserve();
      if (reserve >= 0) return true;
    }
    pause.after(kPause, [self = shared_from_this()] {
      if (self->reserve < 0) self->reserve = open_reserve();
      if (self->descriptor.is_open()) self->wait();
    });
    return false;
  }

  std::string address;
  Descriptor descriptor;
  io::Loop::Timer pause;
  Deliver deliver;
  int reserve = open_reserve();
};

Acceptor::Acceptor(io::Loop& loop, io::Listener listener, Deliver deliver)
    : impl_(std::make_shared<Impl>(loop, std::move(listener), std::move(deliver))) {}

Acceptor::~Acceptor() { stop(); }

void Acceptor::start() { impl_->wait(); }

void Acceptor::stop() {
  // Others may hold the same socket (io::ListenerPool): it must leave the loop before it is closed,
  // or the loop would go on hearing of its connections.
  if (impl_->descriptor.is_open()) ::close(impl_->descriptor.release());
  impl_->pause.cancel();
}

}  // namespace sluice::http
