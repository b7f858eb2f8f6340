#include "io/listener_pool.h"

#include <fcntl.h>

#include <cerrno>

namespace sluice::io {
namespace {

Result<std::vector<Listener>> copies_of(const std::vector<Listener>& sockets) {
  std::vector<Listener> copies;
  for (const Listener& socket : sockets) {
    const int fd = ::fcntl(socket.fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) return errno_status("listen on " + socket.address, errno);
    copies.emplace_back(fd, socket.address);
  }
  return copies;
}

}  // namespace

Result<std::vector<Listener>> ListenerPool::listen(std::string_view host_port) {
  const std::lock_guard lock(mutex_);
  auto [at, end] = entries_.equal_range(host_port);
  // One that this generation has already is in use, and listening again will say so.
  while (at != end && at->second.used == generation_) ++at;
  if (at == end) {
    auto made = io::listen(host_port);
    if (!made.ok()) return made;
    at = entries_.emplace(host_port, Entry{std::move(made).value(), generation_, 0, 0});
  }
  at->second.used = generation_;
  return copies_of(at->second.sockets);
}

Status ListenerPool::reserve(std::string_view host_port) {
  const std::lock_guard lock(mutex_);
  auto [at, end] = entries_.equal_range(host_port);
  while (at != end && (at->second.reserved == generation_ || at->second.used == generation_)) ++at;
  if (at == end) {
    auto made = io::listen(host_port);
    if (!made.ok()) return made.status();
    at = entries_.emplace(host_port, Entry{std::move(made).value(), generation_, 0, 0});
  }
  at->second.reserved = generation_;
  return {};
}

void ListenerPool::begin() {
  const std::lock_guard lock(mutex_);
  ++generation_;
}

void ListenerPool::commit() {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& entry) { return entry.second.used != generation_; });
}

void ListenerPool::rollback() {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& entry) { return entry.second.made == generation_; });
  for (auto& [address, entry] : entries_) entry.used = generation_;
}

void ListenerPool::clear() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
}

}  // namespace sluice::io
