#include "server/listeners.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "io/address.h"
#include "io/listen.h"

namespace sluice::server {
namespace {

constexpr int kBacklog = 128;

std::string address_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "unknown";
  return io::format_address(reinterpret_cast<const sockaddr*>(&address));
}

Result<sockaddr_un> unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return invalid_argument("the path of the Unix socket is longer than " +
                            std::to_string(sizeof address.sun_path - 1) + " bytes: " + path);
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

bool somebody_listens(const sockaddr_un& address) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected =
      fd >= 0 && ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (fd >= 0) ::close(fd);
  return connected;
}

Result<int> listen_unix(const std::string& path) {
  Result<sockaddr_un> address = unix_address(path);
  if (!address.ok()) return address.status();
  if (somebody_listens(*address)) {
    return Status(Code::AlreadyExists, path + " is in use by a running process");
  }
  ::unlink(path.c_str());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno_status("socket", errno);
  // Who can open the socket is trusted: nobody but this user.
  const mode_t before = ::umask(0177);
  const int bound = ::bind(fd, reinterpret_cast<sockaddr*>(&*address), sizeof *address);
  const int error = errno;
  ::umask(before);
  if (bound != 0 || ::listen(fd, kBacklog) != 0) {
    const Status status = errno_status("listen on " + path, bound != 0 ? error : errno);
    ::close(fd);
    return status;
  }
  return fd;
}

Status open_all(const ServerOptions& options, std::vector<ServerListener>& listeners) {
  for (const int fd : options.listen_fds) listeners.push_back({fd, false, address_of(fd)});
  if (options.unix_fd >= 0) listeners.push_back({options.unix_fd, true, "unix"});
  for (const std::string& address : options.listen) {
    Result<std::vector<io::Listener>> opened = io::listen(address);
    if (!opened.ok()) return opened.status();
    for (io::Listener& listener : *opened) {
      listeners.push_back({listener.release(), false, listener.address});
    }
  }
  if (!options.unix_socket.empty()) {
    Result<int> fd = listen_unix(options.unix_socket);
    if (!fd.ok()) return fd.status();
    listeners.push_back({*fd, true, options.unix_socket});
  }
  if (listeners.empty()) return invalid_argument("the server has no address to listen on");
  return {};
}

}  // namespace

Result<std::vector<ServerListener>> open_listeners(const ServerOptions& options) {
  std::vector<ServerListener> listeners;
  const Status status = open_all(options, listeners);
  if (status.ok()) return listeners;
  for (const ServerListener& listener : listeners) ::close(listener.fd);
  return status;
}

}  // namespace sluice::server
