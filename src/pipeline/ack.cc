#include "pipeline/ack.h"

#include <atomic>
#include <mutex>
#include <utility>

namespace sluice::pipeline {

struct Ack::State {
  Done done;
  std::atomic<int> open{1};
  std::mutex mutex;
  Outcome merged;
};

namespace {

/// A final refusal must not hide a retryable one: the sender has to send again what was not stored.
bool worse(const Status& a, const Status& b) {
  auto rank = [](const Status& s) { return s.ok() ? 0 : s.retryable() ? 2 : 1; };
  return rank(a) > rank(b);
}

}  // namespace

Ack::Ack(Done done) : state_(new State) { state_->done = std::move(done); }

Ack::Ack(Ack&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}

Ack& Ack::operator=(Ack&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

Ack::~Ack() {
  if (state_ != nullptr)
    resolve({unavailable("the request was dropped inside; send it again"), 0, {}});
}

Ack Ack::split() {
  SLUICE_CHECK(state_ != nullptr);
  state_->open.fetch_add(1, std::memory_order_relaxed);
  return Ack(state_);
}

void Ack::resolve(Outcome&& outcome) {
  SLUICE_CHECK(state_ != nullptr);
  State* state = std::exchange(state_, nullptr);
  {
    const std::lock_guard lock(state->mutex);
    if (worse(outcome.status, state->merged.status))
      state->merged.status = std::move(outcome.status);
    if (state->merged.rejected == 0 && outcome.rejected != 0) {
      state->merged.reason = std::move(outcome.reason);
    }
    state->merged.rejected += outcome.rejected;
  }
  if (state->open.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    state->done(std::move(state->merged));
    delete state;
  }
}

}  // namespace sluice::pipeline
