#pragma once

#include <cstdint>
#include <deque>

#include "gen/options.h"
#include "gen/tally.h"

namespace sluice::bench {

/// Says when a request may start: the rate, the number of requests, and those that are due again
/// after a refusal.
class Schedule {
 public:
  Schedule(const Options& options, Tally& tally)
      : options_(options), tally_(tally), start_ns_(now_ns()) {}

  /// Whether a request may start now; takes the permission when it may.
  bool take();
  /// The body for the next request.
  const std::string& next_body() { return options_.bodies[turn_++ % options_.bodies.size()]; }
  /// A request that take() allowed is over.
  void settle(Verdict verdict, uint64_t started_ns, const std::string& status);
  bool finished() const { return settled_ >= options_.requests; }
  /// How long nothing can start for lack of permission. `room`: some connection could send.
  int wait_ms(bool room) const;
  uint64_t start_ns() const { return start_ns_; }

 private:
  const Options& options_;
  Tally& tally_;
  uint64_t start_ns_;
  uint64_t started_ = 0, settled_ = 0, turn_ = 0;
  std::deque<uint64_t> due_again_ns_;
};

}  // namespace sluice::bench
