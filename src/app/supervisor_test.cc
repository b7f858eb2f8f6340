#include "app/supervisor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

namespace sluice::app {
namespace {

using testing::HasSubstr;

constexpr std::chrono::seconds kPatience{
    20};  // a bound for broken code, never reached by right code

/// A child that is a shell script. In it, "$ready" and "$lifeline" are the paths of the two
/// descriptors.
SupervisorConfig script(const std::string& text) {
  SupervisorConfig config;
  config.binary = "/bin/sh";
  config.arguments = {"-c", "ready=/proc/self/fd/$2; lifeline=/proc/self/fd/$4; " + text, "child"};
  config.backoff_first = std::chrono::milliseconds(1);
  config.backoff_max = std::chrono::milliseconds(10);
  return config;
}

/// Waits until `condition` holds.
template <typename Condition>
bool eventually(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

TEST(Supervisor, ReportsTheReadyLine) {
  metrics::Registry metrics;
  Supervisor supervisor(script("echo ready 127.0.0.1:1 [::1]:1 >$ready; exec /bin/sleep 1000"),
                        metrics);
  ASSERT_TRUE(supervisor.start().ok());
  const auto line = supervisor.wait_ready(kPatience);
  ASSERT_TRUE(line.ok()) << line.status().to_string();
  EXPECT_EQ(*line, "127.0.0.1:1 [::1]:1");
  EXPECT_TRUE(supervisor.ready());
  EXPECT_THAT(metrics.render(), HasSubstr("sluice_server_up 1\n"));
  const pid_t pid = supervisor.pid();
  supervisor.stop();
  EXPECT_FALSE(supervisor.ready());
  EXPECT_EQ(kill(pid, 0), -1) << "the child is still there";
  EXPECT_THAT(metrics.render(), HasSubstr("sluice_server_up 0\n"));
}

TEST(Supervisor, StartsAKilledChildAgain) {
  metrics::Registry metrics;
  Supervisor supervisor(script("echo ready >$ready; exec /bin/sleep 1000"), metrics);
  ASSERT_TRUE(supervisor.start().ok());
  ASSERT_TRUE(supervisor.wait_ready(kPatience).ok());
  const pid_t first = supervisor.pid();
  kill(first, SIGKILL);
  EXPECT_TRUE(eventually([&] { return supervisor.pid() != first && supervisor.ready(); }));
  EXPECT_THAT(metrics.render(), HasSubstr("sluice_server_restarts_total 1\n"));
}

TEST(Supervisor, AChildThatCannotStartIsNotTriedAgain) {
  metrics::Registry metrics;
  Supervisor supervisor(script("exit 3"), metrics);
  ASSERT_TRUE(supervisor.start().ok());
  const auto line = supervisor.wait_ready(kPatience);
  ASSERT_FALSE(line.ok());
  EXPECT_EQ(line.status().code(), Code::Unavailable);
  EXPECT_THAT(line.status().message(), HasSubstr("exit code 3"));
  EXPECT_THAT(metrics.render(), HasSubstr("sluice_server_restarts_total 0\n"));
}

TEST(Supervisor, AProgramThatIsNotThereIsNamedAsSuch) {
  metrics::Registry metrics;
  SupervisorConfig config;
  config.binary = "/nonexistent/sluice";
  Supervisor supervisor(config, metrics);
  ASSERT_TRUE(supervisor.start().ok());
  EXPECT_THAT(supervisor.wait_ready(kPatience).status().message(),
              HasSubstr("could not be executed"));
}

TEST(Supervisor, ACrashBeforeReadyIsTriedThreeTimes) {
  metrics::Registry metrics;
  Supervisor supervisor(script("kill -SEGV $$"), metrics);
  ASSERT_TRUE(supervisor.start().ok());
  EXPECT_THAT(supervisor.wait_ready(kPatience).status().message(), HasSubstr("signal 11"));
  EXPECT_THAT(metrics.render(), HasSubstr("sluice_server_restarts_total 2\n"));
}

TEST(Supervisor, AChildThatServedOnceIsStartedAgainWhateverItSays) {
  metrics::Registry metrics;
  Supervisor supervisor(script("echo ready >$ready; exit 1"), metrics);
  ASSERT_TRUE(supervisor.start().ok());
  ASSERT_TRUE(supervisor.wait_ready(kPatience).ok());
  metrics::Counter& restarts = metrics.counter("sluice_server_restarts_total", "");
  EXPECT_TRUE(eventually([&] { return restarts.value() >= 3; }));
}

TEST(Supervisor, AChildThatIgnoresSigtermIsKilled) {
  metrics::Registry metrics;
  const SupervisorConfig config =
      script("trap '' TERM; echo ready >$ready; while :; do /bin/sleep 0.01; done");
  Supervisor supervisor(config, metrics);
  ASSERT_TRUE(supervisor.start().ok());
  ASSERT_TRUE(supervisor.wait_ready(kPatience).ok());
  const pid_t pid = supervisor.pid();
  supervisor.stop(std::chrono::milliseconds(50));
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST(Supervisor, StopEndsTheWaiting) {
  metrics::Registry metrics;
  Supervisor supervisor(script("exec /bin/sleep 1000"), metrics);
  ASSERT_TRUE(supervisor.start().ok());
  std::thread stopper([&] { supervisor.stop(); });
  EXPECT_EQ(supervisor.wait_ready(kPatience).status().code(), Code::Cancelled);
  stopper.join();
}

TEST(Supervisor, TheChildHasNoEnvironmentAndOnlyTheDescriptorsItIsGiven) {
  setenv("SLUICE_TEST_SECRET", "seeded", 1);
  Fd given(dup(STDERR_FILENO));
  Fd other(dup(STDERR_FILENO));
  SupervisorConfig config = script(
      "[ -z \"$SLUICE_TEST_SECRET\" ] || exit 4; "
      "[ -e /proc/self/fd/" +
      std::to_string(given.get()) +
      " ] || exit 5; "
      "[ ! -e /proc/self/fd/" +
      std::to_string(other.get()) +
      " ] || exit 6; "
      "echo ready >$ready; exec /bin/sleep 1000");
  config.descriptors = {given.get()};
  metrics::Registry metrics;
  Supervisor supervisor(config, metrics);
  ASSERT_TRUE(supervisor.start().ok());
  const auto line = supervisor.wait_ready(kPatience);
  EXPECT_TRUE(line.ok()) << line.status().to_string();
  unsetenv("SLUICE_TEST_SECRET");
}

/// A parent that dies without a word takes its child along.
TEST(Supervisor, TheChildDoesNotOutliveAKilledParent) {
  int report[2];
  ASSERT_EQ(pipe(report), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    metrics::Registry metrics;
    Supervisor supervisor(script("echo ready >$ready; exec /bin/sleep 1000"), metrics);
    if (!supervisor.start().ok() || !supervisor.wait_ready(kPatience).ok()) _exit(1);
    const pid_t child = supervisor.pid();
    if (write(report[1], &child, sizeof child) != sizeof child) _exit(1);
    pause();
    _exit(0);
  }
  pid_t child = 0;
  ASSERT_EQ(read(report[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  EXPECT_TRUE(eventually([&] {
    std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
    std::string text((std::istreambuf_iterator<char>(stat)), {});
    return text.empty() || text.find(") Z ") != std::string::npos;
  }));
}

}  // namespace
}  // namespace sluice::app
