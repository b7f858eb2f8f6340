#pragma once

#include <utility>

#include "pipeline/batch.h"

namespace sluice::pipeline {

/// Gives every batch to the next stage as it is.
class PassOn final : public Consumer {
 public:
  explicit PassOn(Consumer& next) : next_(next) {}
  void consume(Batch&& batch) override { next_.consume(std::move(batch)); }

 private:
  Consumer& next_;
};

}  // namespace sluice::pipeline
