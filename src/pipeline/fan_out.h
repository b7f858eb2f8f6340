#pragma once

#include <vector>

#include "pipeline/batch.h"

namespace sluice::pipeline {

/// All of a batch in an arena of its own, so that both may be changed. Its memory is accounted for
/// as the batch's is; a promise more to the sender.
Batch copy_of(Batch& batch);
/// Null for null.
const otlp::Metadata* copy_of(const otlp::Metadata* metadata, Arena& arena);

/// Gives the same data to several stages. The sender is answered when all have. Those that only
/// read have it first, all of them the same; of the others the last gets the batch itself, and only
/// those before it a copy each.
class FanOut final : public Consumer, public Reader {
 public:
  /// REQUIRES: `next` outlive it.
  explicit FanOut(const std::vector<Consumer*>& next);

  void consume(Batch&& batch) override;
  /// REQUIRES: reader().
  void read(const BatchView& batch, Ack&& ack) override;
  Reader* reader() override { return takers_.empty() ? this : nullptr; }

 private:
  std::vector<Reader*> readers_;
  std::vector<Consumer*> takers_;
};

}  // namespace sluice::pipeline
