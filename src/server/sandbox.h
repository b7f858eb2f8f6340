#pragma once

#include <string>
#include <vector>

#include "base/status.h"

namespace sluice::server {

/// What stays reachable. Paths that do not exist are left out without an error.
struct SandboxOptions {
  std::string data_dir;  ///< read, write, create and delete below it; must exist
  std::vector<std::string> read_only_paths;  ///< files, or directories with all below them
  bool no_new_sockets = true;  ///< listeners and connections from before go on working
};

struct SandboxReport {
  bool files_locked = false;  ///< Landlock holds
  int landlock_abi = 0;       ///< 0: this kernel has none
  bool seccomp = false;       ///< no exec, sockets, ptrace, mount …
  std::string warning;        ///< one line for the log if a wall is missing, else empty
};

/// Paths that the embedded engine and the C library read at run time: libraries, time zones, /proc,
/// /sys, random.
std::vector<std::string> engine_read_only_paths();

/// Locks this process in, for good. REQUIRES: called before any other thread is started (Landlock
/// holds for the calling thread and those it starts later), before the engine is opened, and after
/// all listeners are bound. Also sets no_new_privs, no core dumps, and a high OOM score. A kernel
/// without Landlock is reported, not an error; an error means that a wall which this kernel has
/// could not be put up.
Result<SandboxReport> enter_sandbox(const SandboxOptions& options);

}  // namespace sluice::server
