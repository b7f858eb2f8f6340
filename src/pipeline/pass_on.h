#pragma once

#include "pipeline/gate.h"

namespace sluice::pipeline {

/// Gives every batch to the next stage as it is.
class PassOn final : public Gate {
 public:
  using Gate::Gate;

 private:
  bool lets_through(const BatchView&, Ack&) override { return true; }
};

}  // namespace sluice::pipeline
