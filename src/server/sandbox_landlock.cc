#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "server/sandbox_parts.h"

// The C library has no wrappers for Landlock, and the kernel headers of the build machine may be
// older than the kernel that runs this, so the interface (linux/landlock.h, documented in the
// kernel's userspace-api/landlock.rst) is written down here.

namespace sluice::server {

namespace {

constexpr long kCreateRuleset =
    444;  // system calls have the same numbers on all architectures from 424 on
constexpr long kAddRule = 445;
constexpr long kRestrictSelf = 446;
constexpr uint32_t kQueryVersion = 1;
constexpr int kRulePathBeneath = 1;

// Rights on files.
constexpr uint64_t kExecute = 1U << 0;
constexpr uint64_t kWriteFile = 1U << 1;
constexpr uint64_t kReadFile = 1U << 2;
constexpr uint64_t kReadDir = 1U << 3;
constexpr uint64_t kRemoveDir = 1U << 4;
constexpr uint64_t kRemoveFile = 1U << 5;
constexpr uint64_t kMakeDir = 1U << 7;
constexpr uint64_t kMakeReg = 1U << 8;
constexpr uint64_t kMakeSym = 1U << 12;
constexpr uint64_t kRefer = 1U << 13;     // version 2
constexpr uint64_t kTruncate = 1U << 14;  // version 3
constexpr uint64_t kIoctlDev = 1U << 15;  // version 5
constexpr uint64_t kRightsOfVersion1 = kRefer - 1;
constexpr uint64_t kRightsOfFiles = kExecute | kWriteFile | kReadFile | kTruncate | kIoctlDev;
constexpr uint64_t kRead = kReadFile | kReadDir;
// Making devices, sockets and pipes (bits 6, 9, 10, 11) is not among them: the engine makes none.
constexpr uint64_t kReadAndWrite = kRead | kWriteFile | kRemoveDir | kRemoveFile | kMakeDir |
                                   kMakeReg | kMakeSym | kRefer | kTruncate;

constexpr uint64_t kBindTcp = 1U << 0;  // version 4
constexpr uint64_t kConnectTcp = 1U << 1;
constexpr uint64_t kScopeAbstractSockets = 1U << 0;  // version 6
constexpr uint64_t kScopeSignals = 1U << 1;

struct RulesetAttributes {
  uint64_t files;
  uint64_t network;
  uint64_t scoped;
};

struct [[gnu::packed]] PathBeneath {
  uint64_t allowed;
  int32_t parent;
};

uint64_t known_file_rights(int abi) {
  return kRightsOfVersion1 | (abi >= 2 ? kRefer : 0) | (abi >= 3 ? kTruncate : 0) |
         (abi >= 5 ? kIoctlDev : 0);
}

size_t attributes_size(int abi) {
  if (abi < 4) {
    return offsetof(RulesetAttributes, network);
  }
  return abi < 6 ? offsetof(RulesetAttributes, scoped) : sizeof(RulesetAttributes);
}

/// Allows `rights` on one file, or on a directory and all below it. A path that does not exist is
/// fine if it may. The descriptor stays open for good: a rule is about an inode, and /proc makes
/// new ones for the same path once nobody holds the old.
Status allow(int ruleset, const std::string& path, uint64_t rights, bool must_exist) {
  int file = ::open(path.c_str(), O_PATH | O_CLOEXEC);
  if (file < 0) {
    return must_exist || errno != ENOENT ? errno_status("sandbox: open " + path, errno) : Status();
  }
  struct stat info = {};
  const bool is_directory = ::fstat(file, &info) == 0 && S_ISDIR(info.st_mode);
  PathBeneath rule{is_directory ? rights : rights & kRightsOfFiles, file};
  return ::syscall(kAddRule, ruleset, kRulePathBeneath, &rule, 0) == 0
             ? Status()
             : errno_status("sandbox: landlock_add_rule " + path, errno);
}

Status allow_paths(int ruleset, const SandboxOptions& options, uint64_t known) {
  SLUICE_RETURN_IF_ERROR(allow(ruleset, options.data_dir, kReadAndWrite & known, true));
  for (const std::string& path : options.read_only_paths) {
    SLUICE_RETURN_IF_ERROR(allow(ruleset, path, kRead & known, false));
  }
  return allow(ruleset, "/dev/null", (kReadFile | kWriteFile | kTruncate) & known, false);
}

}  // namespace

int landlock_abi() {
  const long version = ::syscall(kCreateRuleset, nullptr, 0, kQueryVersion);
  return version < 0 ? 0 : static_cast<int>(version);
}

Status enter_landlock(const SandboxOptions& options, int abi) {
  const uint64_t known = known_file_rights(abi);
  RulesetAttributes attributes{known, options.no_new_sockets ? kBindTcp | kConnectTcp : 0,
                               kScopeAbstractSockets | kScopeSignals};
  const long ruleset = ::syscall(kCreateRuleset, &attributes, attributes_size(abi), 0);
  if (ruleset < 0) {
    return errno_status("sandbox: landlock_create_ruleset", errno);
  }
  Status status = allow_paths(static_cast<int>(ruleset), options, known);
  if (status.ok() && ::syscall(kRestrictSelf, ruleset, 0) != 0) {
    status = errno_status("sandbox: landlock_restrict_self", errno);
  }
  ::close(static_cast<int>(ruleset));
  return status;
}

}  // namespace sluice::server
