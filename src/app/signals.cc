#include "app/signals.h"

#include <pthread.h>

#include <cerrno>
#include <csignal>
#include <ctime>

namespace sluice::app {
namespace {

sigset_t end_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

std::optional<int> wait_for(const sigset_t& set, std::optional<std::chrono::milliseconds> timeout) {
  for (;;) {
    int signal = 0;
    if (timeout) {
      const timespec wait{timeout->count() / 1000, timeout->count() % 1000 * 1'000'000};
      signal = sigtimedwait(&set, nullptr, &wait);
    } else {
      signal = sigwaitinfo(&set, nullptr);
    }
    if (signal > 0) return signal;
    if (errno != EINTR) return std::nullopt;
  }
}

}  // namespace

void hold_end_signals() {
  const sigset_t set = end_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void hold_reload_signal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

std::optional<int> wait_any_signal(std::chrono::milliseconds timeout) {
  sigset_t set = end_signals();
  sigaddset(&set, SIGHUP);
  return wait_for(set, timeout);
}

std::optional<int> wait_end_signal(std::optional<std::chrono::milliseconds> timeout) {
  return wait_for(end_signals(), timeout);
}

void release_end_signals() {
  const sigset_t set = end_signals();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace sluice::app
