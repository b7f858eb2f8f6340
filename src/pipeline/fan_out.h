#pragma once

#include <vector>

#include "pipeline/batch.h"

namespace sluice::pipeline {

/// Gives the same data to several stages. The sender is answered when all have.
class FanOut final : public Consumer {
 public:
  explicit FanOut(std::vector<Consumer*> next) : next_(std::move(next)) {}
  void consume(Batch&& batch) override;

 private:
  const std::vector<Consumer*> next_;
};

}  // namespace sluice::pipeline
