#pragma once

#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/status.h"

namespace sluice::app {

inline constexpr std::string_view kServerSocketName = "server.sock";

/// The Unix socket of the server on a data directory, as a full path that fits into a socket
/// address however long the directory's is. Good in this process, while the object lives.
struct ServerSocket {
  std::string path;
  Fd directory;  ///< what `path` may lead through

  /// NotFound if there is no such directory.
  static Result<ServerSocket> in(const std::string& data);
};

/// The directory of `sluice serve`: made with mode 0700 if it is not there, and locked for one
/// collector at a time.
///
/// The lock is inherited by the collector's child, so it is held until both are gone. A lock whose
/// collector has died belongs to a child that is still closing its database, and is waited for; any
/// other one is an error at once.
class DataDirectory {
 public:
  /// An error says who has the directory and what to do.
  static Result<DataDirectory> open(const std::string& path);

  const std::string& path() const { return path_; }
  int lock_fd() const { return lock_.get(); }

  /// Listens on the Unix socket in the directory; one that an earlier run left behind is replaced.
  Result<Fd> listen();
  /// Where listen() listens, as a full path that fits into a socket address however long the
  /// directory's is. Good in this process, while the DataDirectory lives.
  const std::string& socket_path() const { return socket_.path; }

 private:
  std::string path_;
  ServerSocket socket_;
  Fd lock_;
};

}  // namespace sluice::app
