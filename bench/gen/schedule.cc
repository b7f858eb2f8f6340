#include "gen/schedule.h"

#include <algorithm>

namespace sluice::bench {
namespace {

constexpr uint64_t kRetryAfterNs = 20'000'000;
constexpr int kIdleMs = 1000;

}  // namespace

bool Schedule::take() {
  const uint64_t now = now_ns();
  if (!due_again_ns_.empty() && due_again_ns_.front() <= now) {
    due_again_ns_.pop_front();
    return true;
  }
  if (started_ >= options_.requests) return false;
  const double sent = static_cast<double>(started_ * options_.records_per_request);
  const double seconds = static_cast<double>(now - start_ns_) * 1e-9;
  if (options_.records_per_second > 0 && sent > options_.records_per_second * seconds) return false;
  ++started_;
  return true;
}

void Schedule::settle(Verdict verdict, uint64_t started_ns, const std::string& status) {
  tally_.add(verdict, started_ns, status);
  if (verdict == Verdict::TryAgain && options_.retry) {
    due_again_ns_.push_back(now_ns() + kRetryAfterNs);
  } else {
    ++settled_;
  }
}

int Schedule::wait_ms(bool room) const {
  if (!room) return kIdleMs;
  const auto now = static_cast<int64_t>(now_ns());
  int64_t wait_ns = int64_t{kIdleMs} * 1'000'000;
  if (!due_again_ns_.empty()) wait_ns = static_cast<int64_t>(due_again_ns_.front()) - now;
  if (options_.records_per_second > 0 && started_ < options_.requests) {
    const double sent = static_cast<double>(started_ * options_.records_per_request);
    const auto due = static_cast<int64_t>(start_ns_) +
                     static_cast<int64_t>(sent / options_.records_per_second * 1e9);
    wait_ns = std::min(wait_ns, due - now);
  }
  return static_cast<int>(std::clamp<int64_t>((wait_ns + 999'999) / 1'000'000, 0, kIdleMs));
}

}  // namespace sluice::bench
