#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "server/sandbox_parts.h"

namespace sluice::server {

namespace {

#if defined(__x86_64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "sandbox_seccomp.cc: write down the audit architecture of this processor"
#endif

// Newer calls, by number, since the headers of the build machine may not know them.
constexpr uint32_t kIoUringSetup = 425;
constexpr uint32_t kClone3 = 435;
constexpr uint32_t kPidfdGetfd = 438;

/// Calls that the engine never needs and that lead out of the process. Refused with EPERM.
constexpr uint32_t kRefused[] = {
    // other programs
    SYS_execve, SYS_execveat,
#ifdef SYS_fork
    SYS_fork, SYS_vfork,
#endif
    // other processes
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_pidfd_send_signal, kPidfdGetfd,
    SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_tkill, SYS_kcmp,
    // namespaces, mounts, devices
    SYS_unshare, SYS_setns, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_mknodat,
    SYS_open_tree, SYS_move_mount, SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick,
    SYS_open_by_handle_at, SYS_swapon, SYS_swapoff,
#ifdef SYS_mknod
    SYS_mknod,
#endif
    // owners and labels of files, which Landlock does not cover
    SYS_fchown, SYS_fchownat, SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr, SYS_removexattr,
    SYS_lremovexattr, SYS_fremovexattr,
#ifdef SYS_chown
    SYS_chown, SYS_lchown,
#endif
    // the kernel
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_init_module, SYS_finit_module,
    SYS_delete_module, SYS_kexec_load, SYS_reboot, SYS_add_key, SYS_request_key, SYS_keyctl,
    SYS_settimeofday, SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime, SYS_sethostname,
    SYS_setdomainname, SYS_acct, SYS_quotactl, SYS_syslog, SYS_personality};

constexpr uint32_t kRefusedSockets[] = {SYS_socket, SYS_connect, SYS_bind, SYS_listen};

/// Refused as unknown, so that callers fall back: io_uring would open sockets past this filter, and
/// the flags of clone3 lie in memory, where a filter cannot look.
constexpr uint32_t kUnknown[] = {kIoUringSetup, kClone3};

/// Signals go to this process only.
constexpr uint32_t kSignals[] = {SYS_kill, SYS_tgkill};

constexpr uint32_t kReturnAllow = SECCOMP_RET_ALLOW;
constexpr uint32_t return_errno(uint32_t error) { return SECCOMP_RET_ERRNO | error; }

/// Writes a filter program. Every test either returns or falls through to the next one.
class Filter {
 public:
  Filter() {
    load(offsetof(seccomp_data, arch));
    add(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0);
    finish(SECCOMP_RET_KILL_PROCESS);
    load(offsetof(seccomp_data, nr));
#if defined(__x86_64__)
    constexpr uint32_t kX32Bit = 0x40000000;
    add(BPF_JMP | BPF_JGE | BPF_K, kX32Bit, 0, 1);
    finish(return_errno(ENOSYS));
#endif
  }

  template <size_t N>
  void refuse(const uint32_t (&calls)[N], uint32_t error) {
    for (uint32_t call : calls) {
      add(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1);
      finish(return_errno(error));
    }
  }

  /// Refuses the call unless its first argument is `value`.
  void require_argument(uint32_t call, uint32_t value) {
    add(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4);
    load(kFirstArgument);
    add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
    finish(kReturnAllow);
    finish(return_errno(EPERM));
  }

  /// Refuses the call unless its first argument has all of these bits: clone() makes threads only.
  void require_bits(uint32_t call, uint32_t bits) {
    add(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 5);
    load(kFirstArgument);
    add(BPF_ALU | BPF_AND | BPF_K, bits, 0, 0);
    add(BPF_JMP | BPF_JEQ | BPF_K, bits, 0, 1);
    finish(kReturnAllow);
    finish(return_errno(EPERM));
  }

  Status install() {
    finish(kReturnAllow);
    const sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
    const long result =
        ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
    if (result < 0) {
      return errno_status("sandbox: seccomp", errno);
    }
    return result == 0 ? Status()
                       : internal_error("sandbox: seccomp: thread " + std::to_string(result) +
                                        " has a filter of its own");
  }

 private:
  // The low half of a 64-bit argument; both architectures are little-endian.
  static constexpr uint32_t kFirstArgument = offsetof(seccomp_data, args);

  void add(int code, uint32_t value, uint8_t if_true, uint8_t if_false) {
    code_.push_back({static_cast<uint16_t>(code), if_true, if_false, value});
  }
  void load(size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(offset), 0, 0); }
  void finish(uint32_t verdict) { add(BPF_RET | BPF_K, verdict, 0, 0); }

  std::vector<sock_filter> code_;
};

}  // namespace

Status enter_seccomp(bool no_new_sockets) {
  Filter filter;
  filter.refuse(kRefused, EPERM);
  if (no_new_sockets) {
    filter.refuse(kRefusedSockets, EPERM);
  }
  filter.refuse(kUnknown, ENOSYS);
  for (uint32_t call : kSignals) {
    filter.require_argument(call, static_cast<uint32_t>(::getpid()));
  }
  filter.require_bits(SYS_clone, CLONE_THREAD | CLONE_VM);
  return filter.install();
}

}  // namespace sluice::server
