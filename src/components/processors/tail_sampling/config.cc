#include "components/processors/tail_sampling/config.h"

#include "components/processors/tail_sampling/policy.h"

namespace sluice::components::tail_sampling_processor {

std::optional<ottl::Program> conditions_of(const std::vector<config::PlacedText>& conditions,
                                           std::string_view context,
                                           config::Diagnostics* diagnostics) {
  return pipeline::compile_conditions(conditions, context, otlp::Signal::Traces,
                                      ottl::filter_library(), diagnostics);
}

const config::Schema<LatencyConfig>& schema_of(const LatencyConfig*) {
  using C = LatencyConfig;
  static const auto schema = config::Schema<C>()
                                 .field("threshold_ms", &C::threshold_ms,
                                        "The least duration of a trace, in milliseconds.")
                                 .field("upper_threshold_ms", &C::upper_threshold_ms,
                                        "The longest, in milliseconds; 0 is no limit.");
  return schema;
}

const config::Schema<NumericAttributeConfig>& schema_of(const NumericAttributeConfig*) {
  using C = NumericAttributeConfig;
  static const auto schema =
      config::Schema<C>()
          .field("key", &C::key, "The attribute, of a span or of its resource.")
          .field("min_value", &C::min_value, "The least whole number that matches; 0 is no limit.")
          .field("max_value", &C::max_value, "The greatest; 0 is no limit.")
          .field("invert_match", &C::invert_match, "Whether traces match that have none of these.");
  return schema;
}

const config::Schema<StringAttributeConfig>& schema_of(const StringAttributeConfig*) {
  using C = StringAttributeConfig;
  static const auto schema =
      config::Schema<C>()
          .field("key", &C::key, "The attribute, of a span or of its resource.")
          .field("values", &C::values, "Texts that match.")
          .field("enabled_regex_matching", &C::enabled_regex_matching,
                 "Whether they are regular expressions.")
          .ignore<int64_t>("cache_max_size", "regular expressions need no cache")
          .field("invert_match", &C::invert_match, "Whether traces match that have none of these.");
  return schema;
}

const config::Schema<BooleanAttributeConfig>& schema_of(const BooleanAttributeConfig*) {
  using C = BooleanAttributeConfig;
  static const auto schema =
      config::Schema<C>()
          .field("key", &C::key, "The attribute, of a span or of its resource.")
          .field("value", &C::value, "true or false.")
          .field("invert_match", &C::invert_match, "Whether traces match that do not have it.");
  return schema;
}

const config::Schema<ProbabilisticConfig>& schema_of(const ProbabilisticConfig*) {
  using C = ProbabilisticConfig;
  static const auto schema =
      config::Schema<C>()
          .field("hash_salt", &C::hash_salt, "Collectors of one stage need the same salt.")
          .field("sampling_percentage", &C::sampling_percentage, "How many of 100 traces.");
  return schema;
}

const config::Schema<StatusCodeConfig>& schema_of(const StatusCodeConfig*) {
  using C = StatusCodeConfig;
  static const auto schema =
      config::Schema<C>().field("status_codes", &C::status_codes, "OK, ERROR, UNSET.");
  return schema;
}

const config::Schema<TraceStateConfig>& schema_of(const TraceStateConfig*) {
  using C = TraceStateConfig;
  static const auto schema = config::Schema<C>()
                                 .field("key", &C::key, "The member of the trace state.")
                                 .field("values", &C::values, "Its values.");
  return schema;
}

const config::Schema<RateLimitingConfig>& schema_of(const RateLimitingConfig*) {
  using C = RateLimitingConfig;
  static const auto schema =
      config::Schema<C>()
          .field("spans_per_second", &C::spans_per_second, "The most spans in a second.")
          .field("burst_capacity", &C::burst_capacity,
                 "The most spans at once, and of one trace; 0 is those of two seconds.");
  return schema;
}

const config::Schema<BytesLimitingConfig>& schema_of(const BytesLimitingConfig*) {
  using C = BytesLimitingConfig;
  static const auto schema =
      config::Schema<C>()
          .field("bytes_per_second", &C::bytes_per_second,
                 "The most bytes in a second, as the spans have in protobuf.")
          .field("burst_capacity", &C::burst_capacity,
                 "The most bytes at once, and of one trace; 0 is those of two seconds.");
  return schema;
}

const config::Schema<SpanCountConfig>& schema_of(const SpanCountConfig*) {
  using C = SpanCountConfig;
  static const auto schema = config::Schema<C>()
                                 .field("min_spans", &C::min_spans, "The least spans of a trace.")
                                 .field("max_spans", &C::max_spans, "The most; 0 is no limit.");
  return schema;
}

const config::Schema<OttlConditionConfig>& schema_of(const OttlConditionConfig*) {
  using C = OttlConditionConfig;
  static const auto schema =
      config::Schema<C>()
          .field("error_mode", &C::error_mode, "What happens to an error in a condition.")
          .field("span", &C::span, "Conditions on spans.")
          .field("spanevent", &C::spanevent, "Conditions on span events.")
          .check([](const C& config, const config::Place& place) {
            conditions_of(config.span, "span", &place.diagnostics());
            conditions_of(config.spanevent, "spanevent", &place.diagnostics());
          });
  return schema;
}

const config::Schema<RateAllocationConfig>& schema_of(const RateAllocationConfig*) {
  using C = RateAllocationConfig;
  static const auto schema =
      config::Schema<C>()
          .field("policy", &C::policy, "The policy's name.")
          .field("percent", &C::percent,
                 "Its share of max_total_spans_per_second; 0 is as much as all others.");
  return schema;
}

const config::Schema<AndConfig>& schema_of(const AndConfig*) {
  using C = AndConfig;
  static const auto schema = config::Schema<C>().field("and_sub_policy", &C::and_sub_policy,
                                                       "Policies that must all match.");
  return schema;
}

const config::Schema<DropConfig>& schema_of(const DropConfig*) {
  using C = DropConfig;
  static const auto schema =
      config::Schema<C>().field("drop_sub_policy", &C::drop_sub_policy,
                                "Policies that must all match for the trace to be dropped.");
  return schema;
}

const config::Schema<NotConfig>& schema_of(const NotConfig*) {
  using C = NotConfig;
  static const auto schema = config::Schema<C>().field("not_sub_policy", &C::not_sub_policy,
                                                       "The policy that must not match.");
  return schema;
}

const config::Schema<CompositeConfig>& schema_of(const CompositeConfig*) {
  using C = CompositeConfig;
  static const auto schema =
      config::Schema<C>()
          .field("max_total_spans_per_second", &C::max_total_spans_per_second,
                 "The most spans in a second, over all policies.")
          .field("policy_order", &C::policy_order, "The order in which policies are asked.")
          .ignored("they are asked in the order of composite_sub_policy, as in the original")
          .field("composite_sub_policy", &C::composite_sub_policy, "The policies.")
          .field("rate_allocation", &C::rate_allocation,
                 "How the rate is shared out; a policy that is not named here keeps nothing.");
  return schema;
}

const config::Schema<DecisionCacheConfig>& schema_of(const DecisionCacheConfig*) {
  using C = DecisionCacheConfig;
  static const auto schema =
      config::Schema<C>()
          .field("sampled_cache_size", &C::sampled_cache_size,
                 "How many kept traces are remembered for late spans; 0 is num_traces.")
          .field("non_sampled_cache_size", &C::non_sampled_cache_size,
                 "How many dropped ones; 0 is num_traces.");
  return schema;
}

const config::Schema<PolicyConfig>& schema_of(const PolicyConfig*) {
  using C = PolicyConfig;
  static const auto schema =
      config::Schema<C>()
          .field("name", &C::name, "What the policy is called.")
          .field("type", &C::type, "What kind it is; the option of that name says more.")
          .field("latency", &C::latency, "By how long the trace took.")
          .field("numeric_attribute", &C::numeric_attribute, "By a whole number.")
          .field("string_attribute", &C::string_attribute, "By a text.")
          .field("boolean_attribute", &C::boolean_attribute, "By true or false.")
          .field("probabilistic", &C::probabilistic, "A share of all traces.")
          .field("status_code", &C::status_code, "By the status of spans.")
          .field("trace_state", &C::trace_state, "By the trace state.")
          .field("rate_limiting", &C::rate_limiting, "As long as there are not too many spans.")
          .field("bytes_limiting", &C::bytes_limiting, "As long as there are not too many bytes.")
          .field("span_count", &C::span_count, "By the number of spans.")
          .field("ottl_condition", &C::ottl_condition, "By OTTL conditions.")
          .field("and", &C::and_policy, "All of several policies.")
          .field("drop", &C::drop, "Drops traces that match.")
          .field("not", &C::not_policy, "What a policy does not match.")
          .field("composite", &C::composite, "Several policies that share a rate.")
          .check(check_policy);
  return schema;
}

const config::Schema<Config>& schema_of(const Config*) {
  using C = Config;
  static const auto schema =
      config::Schema<C>()
          .field("decision_wait", &C::decision_wait,
                 "How long after its first span a trace is decided on.")
          .field("num_traces", &C::num_traces,
                 "How many traces may wait; the oldest is decided on early where there are more.")
          .field("expected_new_traces_per_sec", &C::expected_new_traces_per_sec,
                 "How many traces there are to be room for.")
          .ignored("memory grows as it is needed")
          .field("sample_on_first_match", &C::sample_on_first_match,
                 "Whether policies behind the first that matches are not asked.")
          .field(
              "drop_pending_traces_on_shutdown", &C::drop_pending_traces_on_shutdown,
              "Whether traces that still wait at the end are dropped; otherwise they are decided "
              "on then.")
          .field("decision_wait_after_root_received", &C::decision_wait_after_root_received,
                 "How long after its root span a trace is decided on, if that is sooner; 0 is not.")
          .field("maximum_trace_size_bytes", &C::maximum_trace_size_bytes,
                 "Traces that are larger, in protobuf, are dropped; 0 is no limit.")
          .field("sampling_strategy", &C::sampling_strategy,
                 "When a trace is decided on: trace-complete, once it has been waited for.")
          .ignore<bool>("block_on_overflow",
                        "where there are too many traces the oldest is decided on early")
          .refuse("tail_storage", "tail_storage is not supported: traces wait in memory")
          .field("decision_cache", &C::decision_cache, "What is remembered of decided traces.")
          .field("policies", &C::policies, "A trace is kept if one of these matches.")
          .check([](const Config& config, const config::Place& place) {
            if (config.sampling_strategy != "trace-complete")
              place.of("sampling_strategy").expected("trace-complete, the only one supported");
            if (config.decision_wait_after_root_received.count() < 0)
              place.of("decision_wait_after_root_received")
                  .warning("this option has no effect: it is negative");
            check_names(config.policies, place.of("policies"));
          });
  return schema;
}

}  // namespace sluice::components::tail_sampling_processor
