#include "server/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>

namespace sluice::server {
namespace {

constexpr int kNotLocked = 250;  // exit status of a child that could not enter the sandbox
constexpr int kDied = 251;       // the child ended by a signal

/// The errno of a system call that must fail; 0 if it went through.
template <typename Call>
int errno_of(Call call) {
  errno = 0;
  return call() < 0 ? errno : 0;
}

class SandboxTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "sandbox_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    data_ = root_ + "/data";
    ASSERT_EQ(::mkdir(data_.c_str(), 0700), 0);
    outside_ = root_ + "/outside";
    int file = ::open(outside_.c_str(), O_CREAT | O_WRONLY, 0600);
    ASSERT_GE(file, 0);
    ASSERT_EQ(::write(file, "secret", 6), 6);
    ::close(file);
  }

  void TearDown() override {
    for (const char* name : {"/data/inside", "/data/moved", "/outside", "/created"}) {
      ::unlink((root_ + name).c_str());
    }
    ::rmdir(data_.c_str());
    ::rmdir(root_.c_str());
  }

  /// What `body` returns, run by a child process that is locked in.
  int locked(const std::function<int()>& body) const {
    const pid_t child = ::fork();
    if (child == 0) {
      Result<SandboxReport> report = enter_sandbox({data_, engine_read_only_paths(), true});
      ::_exit(report.ok() && report->files_locked && report->seccomp ? body() : kNotLocked);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : kDied;
  }

  std::string root_;
  std::string data_;
  std::string outside_;
};

// On a kernel without Landlock this fails: whoever ships for such a kernel must know.
TEST_F(SandboxTest, TheKernelHasEveryWall) {
  EXPECT_EQ(locked([] { return 0; }), 0) << "no Landlock or no seccomp in this kernel";
}

TEST_F(SandboxTest, FilesOutsideOfTheDataDirectoryAreOutOfReach) {
  EXPECT_EQ(locked([] { return errno_of([] { return ::open("/etc/passwd", O_RDONLY); }); }),
            EACCES);
  EXPECT_EQ(locked([&] { return errno_of([&] { return ::open(outside_.c_str(), O_RDONLY); }); }),
            EACCES);
  EXPECT_EQ(locked([&] { return errno_of([&] { return ::open(outside_.c_str(), O_WRONLY); }); }),
            EACCES);
  EXPECT_EQ(locked([&] {
              std::string created = root_ + "/created";
              return errno_of([&] { return ::open(created.c_str(), O_CREAT | O_WRONLY, 0600); });
            }),
            EACCES);
  EXPECT_EQ(locked([&] { return errno_of([&] { return ::unlink(outside_.c_str()); }); }), EACCES);
  EXPECT_EQ(locked([] { return errno_of([] { return ::open("../outside", O_RDONLY); }); }), EACCES);
  EXPECT_EQ(locked([&] { return errno_of([&] { return ::rename(outside_.c_str(), "stolen"); }); }),
            EACCES);
}

TEST_F(SandboxTest, ALinkOutOfTheDataDirectoryIsNotFollowed) {
  ASSERT_EQ(::symlink(outside_.c_str(), (data_ + "/inside").c_str()), 0);
  EXPECT_EQ(locked([] { return errno_of([] { return ::open("inside", O_RDONLY); }); }), EACCES);
}

TEST_F(SandboxTest, SecretsInProcAreOutOfReach) {
  for (const char* path :
       {"/proc/self/environ", "/proc/self/mem", "/proc/1/environ", "/proc/self/root/etc/passwd"}) {
    EXPECT_EQ(locked([path] { return errno_of([path] { return ::open(path, O_RDONLY); }); }),
              EACCES)
        << path;
  }
}

TEST_F(SandboxTest, TheDataDirectoryIsTheWorkingDirectoryAndWritable) {
  EXPECT_EQ(locked([] {
              int file = ::open("inside", O_CREAT | O_RDWR, 0600);
              bool ok = file >= 0 && ::write(file, "x", 1) == 1 && ::ftruncate(file, 0) == 0 &&
                        ::rename("inside", "moved") == 0 && ::unlink("moved") == 0 &&
                        ::mkdir("sub", 0700) == 0 && ::rmdir("sub") == 0;
              return ok ? 0 : errno;
            }),
            0);
}

TEST_F(SandboxTest, DescriptorsFromBeforeStayUsableByTheirProcPath) {
  const int memory = ::memfd_create("rows", 0);
  ASSERT_EQ(::write(memory, "rows", 4), 4);
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const std::string rows = "/proc/self/fd/" + std::to_string(memory);
  const std::string pipe_path = "/proc/self/fd/" + std::to_string(pipe_ends[1]);
  EXPECT_EQ(locked([&] { return errno_of([&] { return ::open(rows.c_str(), O_RDONLY); }); }), 0);
  EXPECT_EQ(locked([&] {
              return errno_of([&] { return ::open(pipe_path.c_str(), O_WRONLY | O_APPEND); });
            }),
            0);
  for (int file : {memory, pipe_ends[0], pipe_ends[1]}) {
    ::close(file);
  }
}

TEST_F(SandboxTest, NoOtherPrograms) {
  char name[] = "/bin/true";
  char* arguments[] = {name, nullptr};
  EXPECT_EQ(locked([&] { return errno_of([&] { return ::execv(name, arguments); }); }), EPERM);
  EXPECT_EQ(locked([] { return errno_of([] { return ::fork(); }); }), EPERM);
  EXPECT_NE(locked([] { return ::system("true") == 0 ? 0 : 1; }), 0);
}

TEST_F(SandboxTest, NoNewSockets) {
  for (int family : {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK}) {
    EXPECT_EQ(
        locked([family] { return errno_of([family] { return ::socket(family, SOCK_DGRAM, 0); }); }),
        EPERM)
        << family;
  }
}

TEST_F(SandboxTest, AListenerFromBeforeAcceptsButASocketFromBeforeDoesNotConnect) {
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const std::string path = data_ + "/inside";
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  const int client = ::socket(AF_UNIX, SOCK_STREAM, 0);
  const int late = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(locked([&] {
              return errno_of([&] { return ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC); });
            }),
            0);
  EXPECT_EQ(locked([&] {
              return errno_of([&] {
                return ::connect(late, reinterpret_cast<sockaddr*>(&address), sizeof(address));
              });
            }),
            EPERM);
  for (int file : {listener, client, late}) {
    ::close(file);
  }
}

TEST_F(SandboxTest, OtherProcessesAreOutOfReach) {
  EXPECT_EQ(locked([] { return errno_of([] { return ::kill(::getppid(), 0); }); }), EPERM);
  EXPECT_EQ(locked([] { return errno_of([] { return ::kill(::getpid(), 0); }); }), 0);
  EXPECT_EQ(
      locked([] { return errno_of([] { return ::ptrace(PTRACE_ATTACH, ::getppid(), 0, 0); }); }),
      EPERM);
  EXPECT_EQ(locked([] { return errno_of([] { return ::unshare(CLONE_NEWNS); }); }), EPERM);
}

TEST_F(SandboxTest, ThreadsStartAndAreLockedIn) {
  EXPECT_EQ(locked([] {
              int error = 0;
              std::thread([&error] {
                error = errno_of([] { return ::open("/etc/passwd", O_RDONLY); });
              }).join();
              return error;
            }),
            EACCES);
}

TEST_F(SandboxTest, NoCoreDump) {
  EXPECT_EQ(locked([] {
              rlimit limit = {1, 1};
              ::getrlimit(RLIMIT_CORE, &limit);
              return limit.rlim_max == 0 ? 0 : 1;
            }),
            0);
}

TEST_F(SandboxTest, ARelativeOrMissingDirectoryIsAnError) {
  EXPECT_EQ(enter_sandbox({"data", {}, true}).status().code(), Code::InvalidArgument);
  EXPECT_EQ(enter_sandbox({"", {}, true}).status().code(), Code::InvalidArgument);
  EXPECT_FALSE(enter_sandbox({root_ + "/nowhere", {}, true}).ok());
}

TEST_F(SandboxTest, AThreadThatRunsAlreadyIsAnError) {
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  std::thread waiting([&] {
    char byte = 0;
    EXPECT_EQ(::read(pipe_ends[0], &byte, 1), 0);
  });
  EXPECT_EQ(enter_sandbox({data_, {}, true}).status().code(), Code::FailedPrecondition);
  ::close(pipe_ends[1]);
  waiting.join();
  ::close(pipe_ends[0]);
}

}  // namespace
}  // namespace sluice::server
