#pragma once

#include "base/status.h"
#include "server/sandbox.h"

namespace sluice::server {

/// The Landlock version of this kernel; 0 if it has none or has it switched off.
int landlock_abi();

/// Locks files (and TCP, from version 4 on) for the calling thread and those it starts. REQUIRES:
/// no_new_privs is set, landlock_abi() is not 0.
Status enter_landlock(const SandboxOptions& options, int abi);

/// Installs the system call filter for all threads of the process. REQUIRES: no_new_privs is set.
Status enter_seccomp(bool no_new_sockets);

}  // namespace sluice::server
