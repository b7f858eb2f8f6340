#include "io/listen.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/address.h"

namespace sluice::io {

std::string format_address(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    ::inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(ntohs(v4->sin_port));
  }
  if (address->sa_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    ::inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
    return "[" + std::string(text) + "]:" + std::to_string(ntohs(v6->sin6_port));
  }
  return {};
}

Listener::Listener(Listener&& other) noexcept
    : fd(std::exchange(other.fd, -1)), address(std::move(other.address)) {}

Listener& Listener::operator=(Listener&& other) noexcept {
  std::swap(fd, other.fd);
  std::swap(address, other.address);
  return *this;
}

Listener::~Listener() {
  if (fd >= 0) ::close(fd);
}

int Listener::release() { return std::exchange(fd, -1); }

namespace {

/// Enough for a burst of new connections; the kernel caps it at net.core.somaxconn.
constexpr int kBacklog = 4096;

/// How often a port that the kernel picked for the first address is taken on the second one before
/// we give up.
constexpr int kPortAttempts = 16;

}  // namespace

Result<HostPort> split_host_port(std::string_view text) {
  const auto usage = [&] {
    return invalid_argument("address '" + std::string(text) +
                            "' is not HOST:PORT; write for example localhost:4317 or [::1]:4317");
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return usage();
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (port.size() > 5 || port.find_first_not_of("0123456789") != std::string_view::npos ||
      std::stoul(std::string(port)) > 65535) {
    return usage();
  }
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return usage();
  }
  return HostPort{std::string(host), std::string(port)};
}

std::string host_in_address(const std::string& host) {
  const bool is_bare_v6 = host.find(':') != std::string::npos && host.front() != '[';
  return is_bare_v6 ? "[" + host + "]" : host;
}

Status check_host_port(std::string_view host_port) { return split_host_port(host_port).status(); }

namespace {

/// The addresses that listen() binds for a host, as far as they are known without a resolver.
std::vector<std::string> hosts_of(const std::string& host) {
  if (host == "localhost") return {"127.0.0.1", "::1"};
  if (host.empty()) return {"0.0.0.0", "::"};
  in6_addr v6{};
  if (::inet_pton(AF_INET6, host.c_str(), &v6) != 1) return {host};
  char text[INET6_ADDRSTRLEN] = {};
  return {::inet_ntop(AF_INET6, &v6, text, sizeof text)};
}

bool is_literal(int family, const std::string& host) {
  in6_addr address{};
  return ::inet_pton(family, host.c_str(), &address) == 1;
}

/// Sockets of IPv6 are for IPv6 only.
bool hosts_clash(const std::string& a, const std::string& b) {
  const auto includes = [](int family, std::string_view all, const std::string& one,
                           const std::string& other) {
    return one == all && is_literal(family, other);
  };
  return a == b || includes(AF_INET, "0.0.0.0", a, b) || includes(AF_INET, "0.0.0.0", b, a) ||
         includes(AF_INET6, "::", a, b) || includes(AF_INET6, "::", b, a);
}

}  // namespace

bool addresses_clash(std::string_view host_port, std::string_view other) {
  const Result<HostPort> a = split_host_port(host_port);
  const Result<HostPort> b = split_host_port(other);
  if (!a.ok() || !b.ok()) return false;
  const auto port = std::stoul(a->port);
  if (port == 0 || port != std::stoul(b->port)) return false;
  for (const std::string& one : hosts_of(a->host)) {
    for (const std::string& two : hosts_of(b->host)) {
      if (hosts_clash(one, two)) return true;
    }
  }
  return false;
}

namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* generic() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Status resolve(const std::string& host, const std::string& port, std::vector<SocketAddress>& out) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int error =
      ::getaddrinfo(host.empty() ? nullptr : host.c_str(), port.c_str(), &hints, &list);
  if (error != 0) {
    return {Code::NotFound, "host '" + host + "' cannot be resolved: " + ::gai_strerror(error)};
  }
  for (const addrinfo* found = list; found != nullptr; found = found->ai_next) {
    SocketAddress& address = out.emplace_back();
    std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
    address.size = found->ai_addrlen;
  }
  ::freeaddrinfo(list);
  return {};
}

Status listen_error(const std::string& address, int error) {
  switch (error) {
    case EADDRINUSE:
      return {Code::AlreadyExists,
              "address " + address +
                  " is in use; stop what listens there or choose another port (0 picks a free "
                  "one)"};
    case EACCES:
      return {Code::PermissionDenied,
              "no permission to listen on " + address + "; choose a port from 1024 on"};
    case EADDRNOTAVAIL: return {Code::NotFound, "this machine has no address for " + address};
    default: return errno_status("listen on " + address, error);
  }
}

void set_port(SocketAddress& address, uint16_t port) {
  sockaddr* generic = address.generic();
  if (generic->sa_family == AF_INET)
    reinterpret_cast<sockaddr_in*>(generic)->sin_port = htons(port);
  if (generic->sa_family == AF_INET6)
    reinterpret_cast<sockaddr_in6*>(generic)->sin6_port = htons(port);
}

uint16_t port_of(const SocketAddress& address) {
  const sockaddr* generic = address.generic();
  return ntohs(generic->sa_family == AF_INET
                   ? reinterpret_cast<const sockaddr_in*>(generic)->sin_port
                   : reinterpret_cast<const sockaddr_in6*>(generic)->sin6_port);
}

/// Listens on `where` and writes the port there that the kernel picked. Returns errno, or 0 with
/// the listener.
int listen_on(SocketAddress& where, Listener& out) {
  const int family = where.generic()->sa_family;
  out.address = format_address(where.generic());
  out.fd = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (out.fd < 0) return errno;
  const int on = 1;
  ::setsockopt(out.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Each family has a socket of its own: a dual-stack one would shut the other out.
  if (family == AF_INET6) ::setsockopt(out.fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(out.fd, where.generic(), where.size) != 0) return errno;
  if (::listen(out.fd, kBacklog) != 0) return errno;
  ::getsockname(out.fd, where.generic(), &where.size);
  out.address = format_address(where.generic());
  return 0;
}

/// One attempt at all addresses, on the same port. `retry`: the port that the kernel picked for the
/// first address is taken on another one.
Result<std::vector<Listener>> listen_all(std::vector<SocketAddress> addresses, bool& retry) {
  const bool pick = port_of(addresses.front()) == 0;
  std::vector<Listener> listeners;
  Status refused;
  uint16_t port = 0;
  for (SocketAddress& address : addresses) {
    if (port != 0) set_port(address, port);
    Listener listener;
    const int error = listen_on(address, listener);
    if (error != 0) {
      refused = listen_error(listener.address, error);
      // A machine without IPv6 still has a localhost.
      if (error == EAFNOSUPPORT || error == EADDRNOTAVAIL) continue;
      retry = error == EADDRINUSE && pick && !listeners.empty();
      return refused;
    }
    port = port_of(address);
    listeners.push_back(std::move(listener));
  }
  if (listeners.empty()) return refused;
  return listeners;
}

}  // namespace

Result<std::vector<Listener>> listen(std::string_view host_port) {
  Result<HostPort> where = split_host_port(host_port);
  if (!where.ok()) return where.status();
  // `localhost` by our own rule: resolvers differ in what they say about it, and some leave ::1
  // out.
  std::vector<std::string> hosts{where->host};
  if (where->host == "localhost") hosts = {"127.0.0.1", "::1"};
  std::vector<SocketAddress> addresses;
  for (const std::string& host : hosts) {
    SLUICE_RETURN_IF_ERROR(resolve(host, where->port, addresses));
  }
  for (int attempt = 1;; ++attempt) {
    bool retry = false;
    Result<std::vector<Listener>> listeners = listen_all(addresses, retry);
    if (listeners.ok() || !retry || attempt == kPortAttempts) return listeners;
  }
}

}  // namespace sluice::io
