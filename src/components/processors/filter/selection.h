#pragma once

#include <memory>

#include "base/status.h"
#include "components/processors/filter/config.h"
#include "pipeline/batch.h"

namespace sluice::components::filter_processor {

/// The include and exclude lists of one signal. Belongs to one lane.
class Selection {
 public:
  /// InvalidArgument says what is wrong with the lists.
  static Result<std::unique_ptr<Selection>> make(const Config& config, otlp::Signal signal);
  virtual ~Selection() = default;
  /// Takes out what is not wanted.
  virtual void apply(pipeline::Batch& batch) const = 0;
};

}  // namespace sluice::components::filter_processor
