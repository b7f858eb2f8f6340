#pragma once

#include <vector>

#include "pipeline/batch.h"

namespace sluice::pipeline {

/// All of a batch in an arena of its own, so that both may be changed; a promise more to the
/// sender.
Batch copy_of(Batch& batch);
/// Null for null.
const otlp::Metadata* copy_of(const otlp::Metadata* metadata, Arena& arena);

/// Gives the same data to several stages. The sender is answered when all have.
class FanOut final : public Consumer {
 public:
  explicit FanOut(std::vector<Consumer*> next) : next_(std::move(next)) {}
  void consume(Batch&& batch) override;

 private:
  const std::vector<Consumer*> next_;
};

}  // namespace sluice::pipeline
