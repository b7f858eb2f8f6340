#include "io/stream.h"

#include <cerrno>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "io/address.h"

namespace sluice::io {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

struct Stream::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::io_context& context, int fd, Events& who) : descriptor(context, fd), events(&who) {}

  void wait(Descriptor::wait_type type, bool& waiting, void (Events::*tell)()) {
    if (waiting || events == nullptr) return;
    waiting = true;
    // `waiting` is a member: the shared pointer keeps it alive.
    descriptor.async_wait(
        type, [self = shared_from_this(), &waiting, tell](const boost::system::error_code& error) {
          waiting = false;
          if (error || self->events == nullptr) return;
          (self->events->*tell)();
        });
  }

  Descriptor descriptor;
  Events* events;  // null once closed
  bool waiting_read = false;
  bool waiting_write = false;
};

Stream::Stream(Loop& loop, int fd, Events& events) {
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  const int on = 1;  // replies are small and awaited; fails harmlessly on Unix sockets
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  impl_ = std::make_shared<Impl>(loop.context(), fd, events);
}

Stream::~Stream() { close(); }

void Stream::want_read() {
  impl_->wait(Descriptor::wait_read, impl_->waiting_read, &Events::on_readable);
}

void Stream::want_write() {
  impl_->wait(Descriptor::wait_write, impl_->waiting_write, &Events::on_writable);
}

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
  return outcome_of(::recv(impl_->descriptor.native_handle(), to, size, 0), true);
}

Stream::Outcome Stream::write(const char* from, size_t size) {
  if (!is_open()) return {State::Closed, 0};
  return outcome_of(::send(impl_->descriptor.native_handle(), from, size, MSG_NOSIGNAL), false);
}

void Stream::shutdown_write() {
  if (is_open()) ::shutdown(impl_->descriptor.native_handle(), SHUT_WR);
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
