#pragma once

#include <utility>

#include "pipeline/batch.h"

namespace sluice::pipeline {

/// A stage that lets data through as it is, or not at all. It only reads where the next one does.
class Gate : public Consumer, public Reader {
 public:
  /// REQUIRES: `next` outlives it.
  explicit Gate(Consumer& next) : next_(next), reader_(next.reader()) {}

  void consume(Batch&& batch) final {
    if (lets_through(batch.view(), batch.ack)) next_.consume(std::move(batch));
  }
  void read(const BatchView& batch, Ack&& ack) final {
    if (lets_through(batch, ack)) reader_->read(batch, std::move(ack));
  }
  Reader* reader() final { return reader_ == nullptr ? nullptr : this; }

 private:
  /// False if the data goes no further; then the ack is resolved.
  virtual bool lets_through(const BatchView& batch, Ack& ack) = 0;

  Consumer& next_;
  Reader* const reader_;
};

}  // namespace sluice::pipeline
