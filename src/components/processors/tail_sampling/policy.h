#pragma once

#include <memory>
#include <vector>

#include "base/status.h"
#include "components/processors/tail_sampling/config.h"
#include "pipeline/batch.h"

namespace sluice::components::tail_sampling_processor {

/// A trace that waits: its spans where they came in.
struct Trace {
  struct Part {
    std::shared_ptr<pipeline::Batch> batch;  ///< keeps the span alive
    otlp::ResourceGroup<otlp::Span>* group = nullptr;
    otlp::ScopeGroup<otlp::Span>* scope = nullptr;
    otlp::Span* span = nullptr;
  };
  otlp::TraceId id;
  std::vector<Part> parts;
};

/// Failed is no verdict: a condition failed, and error_mode is propagate.
enum class Verdict : uint8_t { NotSampled, Sampled, Dropped, Failed };

/// Says of a trace whether it is kept. One thread at a time.
class Policy {
 public:
  virtual ~Policy() = default;
  /// `second` is a clock in whole seconds, for policies that count by it; it never goes back.
  virtual Verdict judge(const Trace& trace, int64_t second) = 0;
};

/// Says what is wrong with a policy and those inside of it, each at its own place, and what of it
/// has no effect.
void check_policy(const PolicyConfig& config, const config::Place& place);
/// The same for names, which must differ.
void check_names(const std::vector<PolicyConfig>& configs, const config::Place& place);

/// InvalidArgument says what is wrong with the options.
Result<std::unique_ptr<Policy>> make_policy(const PolicyConfig& config);
/// All of a configuration, those that drop first: they are asked first.
Result<std::vector<std::unique_ptr<Policy>>> make_policies(
    const std::vector<PolicyConfig>& configs);

}  // namespace sluice::components::tail_sampling_processor
