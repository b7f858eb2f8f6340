#include "io/stream.h"

#include <cerrno>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include "base/log.h"
#include "io/address.h"

namespace sluice::io {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

struct Stream::Impl : std::enable_shared_from_this<Impl> {
  /// Reading or writing, as the owner asks for it. TLS may have to write in order to read.
  struct Direction {
    void (Events::*tell)();
    Descriptor::wait_type type;
    bool waiting = false;
  };

  Impl(asio::io_context& context, int fd, Events& who, std::unique_ptr<TlsSession> session)
      : descriptor(context, fd), events(&who), tls(std::move(session)) {}

  void wait(Direction& direction) {
    if (direction.waiting || events == nullptr) return;
    direction.waiting = true;
    // `direction` is a member: the shared pointer keeps it alive.
    auto ready = [self = shared_from_this(), &direction](const boost::system::error_code& error) {
      direction.waiting = false;
      if (error || self->events == nullptr) return;
      (self->events->*direction.tell)();
    };
    if (tls != nullptr && &direction == &reading && tls->has_pending()) {
      asio::post(descriptor.get_executor(), [ready = std::move(ready)] { ready({}); });
    } else {
      descriptor.async_wait(direction.type, std::move(ready));
    }
  }

  Outcome outcome_of(const TlsSession::Outcome& got, Direction& direction) {
    switch (got.state) {
      case TlsSession::State::Ok: return {State::Ok, got.bytes};
      case TlsSession::State::WantRead:
        direction.type = Descriptor::wait_read;
        return {State::WouldBlock, 0};
      case TlsSession::State::WantWrite:
        direction.type = Descriptor::wait_write;
        return {State::WouldBlock, 0};
      case TlsSession::State::Ended: break;
      case TlsSession::State::Failed:
        log::warn("a connection with TLS failed",
                  {{"peer", peer_address(descriptor.native_handle())}, {"error", tls->error()}});
    }
    return {State::Closed, 0};
  }

  Descriptor descriptor;
  Events* events;  // null once closed
  const std::unique_ptr<TlsSession> tls;
  Direction reading{&Events::on_readable, Descriptor::wait_read};
  Direction writing{&Events::on_writable, Descriptor::wait_write};
};

Stream::Stream(Loop& loop, int fd, Events& events, const TlsServer* tls) {
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  const int on = 1;  // replies are small and awaited; fails harmlessly on Unix sockets
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  impl_ = std::make_shared<Impl>(loop.context(), fd, events,
                                 tls == nullptr ? nullptr : tls->accept(fd));
}

Stream::~Stream() { close(); }

void Stream::want_read() { impl_->wait(impl_->reading); }

void Stream::want_write() { impl_->wait(impl_->writing); }

namespace {

Stream::Outcome outcome_of(ssize_t result, bool end_at_zero) {
  if (result > 0) return {Stream::State::Ok, static_cast<size_t>(result)};
  if (result == 0) return {end_at_zero ? Stream::State::Closed : Stream::State::Ok, 0};
  const bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  return {later ? Stream::State::WouldBlock : Stream::State::Closed, 0};
}

}  // namespace

Stream::Outcome Stream::read(char* to, size_t size) {
  if (!is_open()) return {State::Closed, 0};
  if (impl_->tls != nullptr) return impl_->outcome_of(impl_->tls->read(to, size), impl_->reading);
  return outcome_of(::recv(impl_->descriptor.native_handle(), to, size, 0), true);
}

Stream::Outcome Stream::write(const char* from, size_t size) {
  if (!is_open()) return {State::Closed, 0};
  if (impl_->tls != nullptr)
    return impl_->outcome_of(impl_->tls->write(from, size), impl_->writing);
  return outcome_of(::send(impl_->descriptor.native_handle(), from, size, MSG_NOSIGNAL), false);
}

void Stream::shutdown_write() {
  if (!is_open()) return;
  if (impl_->tls != nullptr) impl_->tls->say_goodbye();
  ::shutdown(impl_->descriptor.native_handle(), SHUT_WR);
}

void Stream::close() {
  if (!is_open()) return;
  impl_->events = nullptr;
  boost::system::error_code ignored;  // a socket that fails to close is closed all the same
  impl_->descriptor.close(ignored);
}

bool Stream::is_open() const { return impl_->events != nullptr; }

std::string peer_address(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  return format_address(reinterpret_cast<const sockaddr*>(&address));
}

}  // namespace sluice::io
