#pragma once

#include <functional>
#include <string>

#include "base/status.h"

namespace sluice::pipeline {

/// What the sender is told.
struct Outcome {
  Status status;          ///< Ok, also where some records were rejected for good
  uint64_t rejected = 0;  ///< records that will never be stored; they go into partial_success
  std::string reason;     ///< why, if rejected > 0
};

/// A promise to answer a sender exactly once. Move-only. split() makes further promises to the same
/// sender, who is answered when all of them are resolved: with the worst status, the sum of the
/// rejected and the first reason. An Ack that is destroyed unresolved resolves as Unavailable, so
/// that nothing is lost by a bug: the sender retries. Resolving is thread-safe; `done` runs on the
/// thread that resolves last.
class Ack {
 public:
  using Done = std::function<void(Outcome&&)>;

  Ack() = default;
  explicit Ack(Done done);
  Ack(Ack&& other) noexcept;
  Ack& operator=(Ack&& other) noexcept;
  ~Ack();

  /// Another promise to the same sender. REQUIRES: not empty.
  Ack split();
  /// REQUIRES: not empty. The Ack is empty afterwards.
  void resolve(Outcome&& outcome);
  bool empty() const { return state_ == nullptr; }

 private:
  struct State;
  explicit Ack(State* state) : state_(state) {}
  State* state_ = nullptr;
};

}  // namespace sluice::pipeline
