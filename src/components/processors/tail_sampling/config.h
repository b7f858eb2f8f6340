#pragma once

// The tail_sampling processor's options, as the OpenTelemetry Collector names them.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/statements.h"

namespace sluice::components::tail_sampling_processor {

struct LatencyConfig {
  int64_t threshold_ms = 0;
  int64_t upper_threshold_ms = 0;
};
struct NumericAttributeConfig {
  std::string key;
  int64_t min_value = 0;
  int64_t max_value = 0;
  bool invert_match = false;
};
struct StringAttributeConfig {
  std::string key;
  std::vector<std::string> values;
  bool enabled_regex_matching = false;
  bool invert_match = false;
};
struct BooleanAttributeConfig {
  std::string key;
  bool value = false;
  bool invert_match = false;
};
struct ProbabilisticConfig {
  std::string hash_salt;
  double sampling_percentage = 0;
};
struct StatusCodeConfig {
  std::vector<std::string> status_codes;
};
struct TraceStateConfig {
  std::string key;
  std::vector<std::string> values;
};
struct RateLimitingConfig {
  int64_t spans_per_second = 0;
  int64_t burst_capacity = 0;
};
struct BytesLimitingConfig {
  int64_t bytes_per_second = 0;
  int64_t burst_capacity = 0;
};
struct SpanCountConfig {
  int64_t min_spans = 0;
  int64_t max_spans = 0;
};
struct OttlConditionConfig {
  ottl::ErrorMode error_mode = ottl::ErrorMode::Propagate;
  std::vector<config::PlacedText> span;
  std::vector<config::PlacedText> spanevent;
};
struct RateAllocationConfig {
  std::string policy;
  int64_t percent = 0;
};

// Policies of policies hold them as they stand in the YAML: a schema cannot hold itself.
struct AndConfig {
  std::vector<config::Node> and_sub_policy;
};
struct DropConfig {
  std::vector<config::Node> drop_sub_policy;
};
struct NotConfig {
  config::Node not_sub_policy;  ///< a policy
};
struct CompositeConfig {
  int64_t max_total_spans_per_second = 0;
  std::vector<std::string> policy_order;
  std::vector<config::Node> composite_sub_policy;
  std::vector<RateAllocationConfig> rate_allocation;
};

struct PolicyConfig {
  std::string name;
  std::string type;
  // The one of the type's name counts; without it, its defaults do.
  std::optional<LatencyConfig> latency;
  std::optional<NumericAttributeConfig> numeric_attribute;
  std::optional<StringAttributeConfig> string_attribute;
  std::optional<BooleanAttributeConfig> boolean_attribute;
  std::optional<ProbabilisticConfig> probabilistic;
  std::optional<StatusCodeConfig> status_code;
  std::optional<TraceStateConfig> trace_state;
  std::optional<RateLimitingConfig> rate_limiting;
  std::optional<BytesLimitingConfig> bytes_limiting;
  std::optional<SpanCountConfig> span_count;
  std::optional<OttlConditionConfig> ottl_condition;
  std::optional<AndConfig> and_policy;
  std::optional<DropConfig> drop;
  std::optional<NotConfig> not_policy;
  std::optional<CompositeConfig> composite;
};

struct DecisionCacheConfig {
  int64_t sampled_cache_size = 0;
  int64_t non_sampled_cache_size = 0;
};

struct Config {
  std::chrono::nanoseconds decision_wait = std::chrono::seconds(30);
  uint64_t num_traces = 50'000;
  uint64_t expected_new_traces_per_sec = 0;
  bool sample_on_first_match = false;
  bool drop_pending_traces_on_shutdown = false;
  std::chrono::nanoseconds decision_wait_after_root_received{0};
  uint64_t maximum_trace_size_bytes = 0;
  std::string sampling_strategy = "trace-complete";
  DecisionCacheConfig decision_cache;
  std::vector<PolicyConfig> policies;
};

const config::Schema<LatencyConfig>& schema_of(const LatencyConfig*);
const config::Schema<NumericAttributeConfig>& schema_of(const NumericAttributeConfig*);
const config::Schema<StringAttributeConfig>& schema_of(const StringAttributeConfig*);
const config::Schema<BooleanAttributeConfig>& schema_of(const BooleanAttributeConfig*);
const config::Schema<ProbabilisticConfig>& schema_of(const ProbabilisticConfig*);
const config::Schema<StatusCodeConfig>& schema_of(const StatusCodeConfig*);
const config::Schema<TraceStateConfig>& schema_of(const TraceStateConfig*);
const config::Schema<RateLimitingConfig>& schema_of(const RateLimitingConfig*);
const config::Schema<BytesLimitingConfig>& schema_of(const BytesLimitingConfig*);
const config::Schema<SpanCountConfig>& schema_of(const SpanCountConfig*);
const config::Schema<OttlConditionConfig>& schema_of(const OttlConditionConfig*);
const config::Schema<RateAllocationConfig>& schema_of(const RateAllocationConfig*);
const config::Schema<AndConfig>& schema_of(const AndConfig*);
const config::Schema<DropConfig>& schema_of(const DropConfig*);
const config::Schema<NotConfig>& schema_of(const NotConfig*);
const config::Schema<CompositeConfig>& schema_of(const CompositeConfig*);
const config::Schema<DecisionCacheConfig>& schema_of(const DecisionCacheConfig*);
const config::Schema<PolicyConfig>& schema_of(const PolicyConfig*);
const config::Schema<Config>& schema_of(const Config*);

/// Conditions on spans or span events. Nothing if there are none. What is wrong goes to
/// `diagnostics`, if they are given.
std::optional<ottl::Program> conditions_of(const std::vector<config::PlacedText>& conditions,
                                           std::string_view context,
                                           config::Diagnostics* diagnostics);

}  // namespace sluice::components::tail_sampling_processor
