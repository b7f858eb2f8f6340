#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace sluice::io {

/// A listening, non-blocking TCP socket. `address` is where clients reach it: "127.0.0.1:4317",
/// "[::1]:4317".
struct Listener {
  int fd = -1;
  std::string address;

  Listener() = default;
  Listener(int listening_fd, std::string where) : fd(listening_fd), address(std::move(where)) {}
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&& other) noexcept;
  ~Listener();
  /// Gives the descriptor to the caller.
  int release();
};

/// "HOST:PORT" taken apart. An IPv6 address has no brackets here.
struct HostPort {
  std::string host;
  std::string port;  ///< a number up to 65535
};
Result<HostPort> split_host_port(std::string_view host_port);
/// A host as it stands before the colon: an IPv6 address gets brackets, if it has none.
std::string host_in_address(const std::string& host);

/// Says what is wrong with the form of "HOST:PORT", without asking the network.
Status check_host_port(std::string_view host_port);

/// Whether both addresses cannot be listened on at once, as far as it can be said without asking
/// the network: one port of hosts that are or include each other. Port 0 is never the same port.
/// False for what is no HOST:PORT.
bool addresses_clash(std::string_view host_port, std::string_view other);

/// Listens on "HOST:PORT". HOST is a name, an IPv4 address, an IPv6 address in brackets, or empty
/// for all addresses; `localhost` is both 127.0.0.1 and ::1 (the latter only where the machine has
/// IPv6). Port 0 picks a free port, the same for all addresses of the host. An error says what to
/// do about it. Blocks while a name is resolved.
Result<std::vector<Listener>> listen(std::string_view host_port);

}  // namespace sluice::io
