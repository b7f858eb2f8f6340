#include "app/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include "base/log.h"
#include "server/data_dir.h"

namespace sluice::app {
namespace {

constexpr const char* kLockName = "collector.lock";
constexpr int kBacklog = 128;
/// A database that is closing gets so long. It has flushed what matters before; the rest is
/// bookkeeping.
constexpr auto kOrphanPatience = std::chrono::seconds(10);
constexpr auto kOrphanPoll = std::chrono::milliseconds(20);

/// The process that took the lock; 0 if the file does not say.
pid_t read_owner(int lock) {
  char text[16] = {};
  if (pread(lock, text, sizeof text - 1, 0) <= 0) return 0;
  return static_cast<pid_t>(std::strtol(text, nullptr, 10));
}

bool is_running(pid_t pid) { return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM); }

Status take_lock(int lock, const std::string& path) {
  const auto end = std::chrono::steady_clock::now() + kOrphanPatience;
  bool told = false;
  while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return errno_status("locking " + path, errno);
    const pid_t owner = read_owner(lock);
    if (is_running(owner) || std::chrono::steady_clock::now() > end) {
      return {Code::AlreadyExists,
              "the data directory " + path + " is used by another sluice (process " +
                  std::to_string(owner) + "): stop it or choose another --data"};
    }
    if (!told) log::info("waiting for the database of an earlier run to close", {{"data", path}});
    told = true;
    std::this_thread::sleep_for(kOrphanPoll);
  }
  const std::string owner = std::to_string(getpid()) + "\n";
  if (ftruncate(lock, 0) != 0 || pwrite(lock, owner.data(), owner.size(), 0) < 0) {
    return errno_status("writing " + path + "/" + kLockName, errno);
  }
  return {};
}

}  // namespace

Result<ServerSocket> ServerSocket::in(const std::string& data) {
  ServerSocket socket;
  socket.directory = Fd(::open(data.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!socket.directory) return errno_status("opening the data directory " + data, errno);
  std::error_code error;
  const auto full = std::filesystem::absolute(data, error);
  if (error) return errno_status("finding the data directory " + data, error.value());
  socket.path = full / kServerSocketName;
  if (socket.path.size() >= sizeof(sockaddr_un::sun_path)) {
    socket.path = "/proc/self/fd/" + std::to_string(socket.directory.get()) + "/" +
                  std::string(kServerSocketName);
  }
  return socket;
}

Result<DataDirectory> DataDirectory::open(const std::string& path) {
  std::error_code error;
  SLUICE_RETURN_IF_ERROR(server::check_data_path(std::filesystem::absolute(path, error)));
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return errno_status("making the data directory " + path, errno);
  }
  DataDirectory data;
  data.path_ = path;
  auto socket = ServerSocket::in(path);
  if (!socket.ok()) return socket.status();
  data.socket_ = std::move(socket).value();
  data.lock_ = Fd(openat(data.socket_.directory.get(), kLockName,
                         O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!data.lock_) return errno_status("opening " + path + "/" + kLockName, errno);
  SLUICE_RETURN_IF_ERROR(take_lock(data.lock_.get(), path));
  return data;
}

Result<Fd> DataDirectory::listen() {
  Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return errno_status("making a Unix socket", errno);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket_path().copy(address.sun_path, sizeof address.sun_path - 1);
  unlink(address.sun_path);
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(fd.get(), kBacklog) != 0) {
    return errno_status("listening on " + socket_path(), errno);
  }
  return fd;
}

}  // namespace sluice::app
