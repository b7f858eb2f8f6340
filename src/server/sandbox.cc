#include "server/sandbox.h"

#include <dirent.h>
#include <fcntl.h>
#include <link.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <string_view>

#include "server/sandbox_parts.h"

namespace sluice::server {

namespace {

/// Of 1000: when memory runs out, the engine goes before the collector, which has what was not
/// stored yet.
constexpr std::string_view kOomScore = "800";

// ThreadSanitizer runs a thread of its own from the start, which touches no files.
#if defined(__SANITIZE_THREAD__)
constexpr int kThreadsAtStart = 2;
#else
constexpr int kThreadsAtStart = 1;
#endif

int thread_count() {
  DIR* tasks = ::opendir("/proc/self/task");
  if (tasks == nullptr) {
    return 1;  // without /proc there is nothing to ask
  }
  int count = 0;
  while (const dirent* entry = ::readdir(tasks)) {
    count += entry->d_name[0] == '.' ? 0 : 1;
  }
  ::closedir(tasks);
  return count;
}

/// Best effort: a container may have made it read-only.
void prefer_for_oom_killer() {
  int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file >= 0) {
    [[maybe_unused]] ssize_t written = ::write(file, kOomScore.data(), kOomScore.size());
    ::close(file);
  }
}

Status harden_process() {
  prefer_for_oom_killer();
  const rlimit no_core{0, 0};
  if (::setrlimit(RLIMIT_CORE, &no_core) != 0) {
    return errno_status("sandbox: setrlimit RLIMIT_CORE", errno);
  }
  // Other processes of this user may not read this one's memory. /proc/self/fd stays usable: the
  // kernel always lets a process at its own descriptors.
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return errno_status("sandbox: prctl PR_SET_DUMPABLE", errno);
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return errno_status("sandbox: prctl PR_SET_NO_NEW_PRIVS", errno);
  }
  return {};
}

Status check_options(const SandboxOptions& options) {
  if (options.data_dir.empty() || options.data_dir[0] != '/') {
    return invalid_argument("sandbox: the data directory must be an absolute path, not '" +
                            options.data_dir + "'");
  }
  if (int threads = thread_count(); threads > kThreadsAtStart) {
    return {Code::FailedPrecondition,
            "sandbox: " + std::to_string(threads) +
                " threads are running; Landlock holds only for threads that start after it"};
  }
  // The engine takes unknown table names for paths from here.
  if (::chdir(options.data_dir.c_str()) != 0) {
    return errno_status("sandbox: chdir " + options.data_dir, errno);
  }
  return {};
}

/// For dl_iterate_phdr(): `paths` is a std::vector<std::string>*.
int add_library(dl_phdr_info* library, size_t, void* paths) {
  if (library->dlpi_name[0] == '/') {
    static_cast<std::vector<std::string>*>(paths)->emplace_back(library->dlpi_name);
  }
  return 0;
}

}  // namespace

std::vector<std::string> engine_read_only_paths() {
  std::vector<std::string> paths = {
      // the C library: shared libraries, character sets, time zones
      "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache", "/usr/share/locale",
      "/usr/share/zoneinfo", "/etc/localtime", "/etc/timezone",
      // the engine: random numbers, what the machine has, what the process uses. Not all of
      // /proc/self, whose environ
      // and mem would show secrets; not all of /proc, which has those of other processes.
      "/dev/urandom", "/dev/random", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat",
      "/proc/loadavg", "/proc/uptime", "/proc/sys/kernel", "/proc/sys/vm", "/proc/self/auxv",
      "/proc/self/maps", "/proc/self/mounts", "/proc/self/mountinfo", "/proc/self/stat",
      "/proc/self/statm", "/proc/self/status", "/sys/fs/cgroup", "/sys/devices/system",
      "/sys/kernel/mm/transparent_hugepage"};
  // For the stack traces of its exceptions the engine reads the symbols of the program and of its
  // libraries, and ends it if it may not. A tarball's libraries lie beside the program.
  ::dl_iterate_phdr(add_library, &paths);
  char program[PATH_MAX];
  const ssize_t size = ::readlink("/proc/self/exe", program, sizeof(program));
  if (size > 0) {
    paths.emplace_back(program, static_cast<size_t>(size));
  }
  return paths;
}

Result<SandboxReport> enter_sandbox(const SandboxOptions& options) {
  SLUICE_RETURN_IF_ERROR(check_options(options));
  SLUICE_RETURN_IF_ERROR(harden_process());
  SandboxReport report;
  report.landlock_abi = landlock_abi();
  if (report.landlock_abi > 0) {
    SLUICE_RETURN_IF_ERROR(enter_landlock(options, report.landlock_abi));
    report.files_locked = true;
  } else {
    report.warning =
        "this kernel has no Landlock: only the SQL guard keeps queries from the files that this "
        "user may read";
  }
  SLUICE_RETURN_IF_ERROR(enter_seccomp(options.no_new_sockets));
  report.seccomp = true;
  return report;
}

}  // namespace sluice::server
