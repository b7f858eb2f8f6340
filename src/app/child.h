#pragma once

#include <string>
#include <vector>

#include "app/data_directory.h"
#include "app/options.h"
#include "app/supervisor.h"
#include "base/fd.h"
#include "base/status.h"
#include "io/listen.h"

namespace sluice::app {

/// What the `sluice server` child of a collector gets: its command line and the descriptors that it
/// inherits. These stay open here too, so that connections wait in the listeners' queues while the
/// child is started again.
struct ServerChild {
  SupervisorConfig supervisor;
  std::vector<io::Listener> listeners;  ///< ClickHouse HTTP
  Fd unix_listener;
  Fd password;  ///< a file in memory, as secrets are never on a command line

  /// Binds everything. An error names the address that failed.
  static Result<ServerChild> prepare(const Options& options, DataDirectory& data);

  /// Where the listeners are reached.
  std::vector<std::string> addresses() const;
};

}  // namespace sluice::app
