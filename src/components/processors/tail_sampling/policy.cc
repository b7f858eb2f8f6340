#include "components/processors/tail_sampling/policy.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/buffer.h"
#include "components/processors/tail_sampling/trace_size.h"
#include "otlp/value_text.h"
#include "ottl/program.h"
#include "ottl/value.h"
#include "pipeline/frames.h"
#include "pipeline/record_match.h"
#include "pipeline/records.h"
#include "wire/number_parse.h"

namespace sluice::components::tail_sampling_processor {
namespace {

using otlp::Value;
using otlp::ValueKind;

/// Of a span's flags, by https://www.w3.org/TR/trace-context-2/#sampled-flag.
constexpr uint32_t kSampledFlag = 1;

Verdict sampled_if(bool yes) { return yes ? Verdict::Sampled : Verdict::NotSampled; }

class Always final : public Policy {
 public:
  Verdict judge(const Trace&, int64_t) override { return Verdict::Sampled; }
};

/// Asks after each span how long the trace has been so far: one that was short enough for the upper
/// threshold is kept, however long it is in the end.
class Latency final : public Policy {
 public:
  explicit Latency(const LatencyConfig& config) : config_(config) {}
  Verdict judge(const Trace& trace, int64_t) override {
    uint64_t start = 0;
    uint64_t end = 0;
    for (const Trace::Part& part : trace.parts) {
      const otlp::Span& span = *part.span;
      if (start == 0 || span.start_time_unix_nano < start) start = span.start_time_unix_nano;
      end = std::max(end, span.end_time_unix_nano);
      if (fits(static_cast<int64_t>(end - start) / 1'000'000)) return Verdict::Sampled;
    }
    return Verdict::NotSampled;
  }

 private:
  bool fits(int64_t took) const {
    if (config_.upper_threshold_ms == 0) return took >= config_.threshold_ms;
    return took > config_.threshold_ms && took <= config_.upper_threshold_ms;
  }

  const LatencyConfig config_;
};

/// By an attribute of any span, or of its resource.
template <typename Fits>
class ByAttribute final : public Policy {
 public:
  ByAttribute(std::string key, bool invert, Fits fits)
      : key_(std::move(key)), invert_(invert), fits_(std::move(fits)) {}
  Verdict judge(const Trace& trace, int64_t) override {
    const bool any = std::any_of(trace.parts.begin(), trace.parts.end(), [&](const auto& part) {
      return has(part.group->resource.attributes) || has(part.span->attributes);
    });
    return sampled_if(any != invert_);
  }

 private:
  bool has(otlp::Attributes& attributes) const {
    const Value* value = ottl::find(attributes, key_);
    return value != nullptr && fits_(*value);
  }
  const std::string key_;
  const bool invert_;
  const Fits fits_;
};

template <typename Fits>
std::unique_ptr<Policy> by_attribute(std::string key, bool invert, Fits fits) {
  return std::make_unique<ByAttribute<Fits>>(std::move(key), invert, std::move(fits));
}

Result<std::unique_ptr<Policy>> by_text(const StringAttributeConfig& config) {
  auto set =
      pipeline::TextSet::make(config.values, config.enabled_regex_matching ? "regexp" : "strict");
  if (!set.ok()) return set.status();
  auto texts = std::make_shared<const pipeline::TextSet>(std::move(*set));
  return by_attribute(config.key, config.invert_match, [texts](const Value& value) {
    return value.is_string() && !value.view().empty() && texts->has(value.view());
  });
}

/// FNV-1a of 64 bits over salt and id, against a share of its range.
class Probabilistic final : public Policy {
 public:
  explicit Probabilistic(const ProbabilisticConfig& config)
      : salt_(config.hash_salt.empty() ? "default-hash-seed" : config.hash_salt) {
    const double share = std::clamp(config.sampling_percentage / 100, 0.0, 1.0);
    constexpr double kRange = 18446744073709551616.0;  // 2^64
    const double most = share * kRange;
    threshold_ = most >= kRange ? UINT64_MAX : static_cast<uint64_t>(most);
  }
  Verdict judge(const Trace& trace, int64_t) override {
    uint64_t hash = 0xcbf29ce484222325;
    const auto add = [&](uint8_t byte) { hash = (hash ^ byte) * 0x100000001b3; };
    for (const char c : salt_) add(static_cast<uint8_t>(c));
    for (const uint8_t byte : trace.id.bytes) add(byte);
    return sampled_if(hash <= threshold_);
  }

 private:
  const std::string salt_;
  uint64_t threshold_ = 0;
};

class StatusCode final : public Policy {
 public:
  explicit StatusCode(std::set<int32_t> codes) : codes_(std::move(codes)) {}
  Verdict judge(const Trace& trace, int64_t) override {
    return sampled_if(std::any_of(trace.parts.begin(), trace.parts.end(), [&](const auto& part) {
      return codes_.count(part.span->status.code) != 0;
    }));
  }

 private:
  const std::set<int32_t> codes_;
};

Result<std::unique_ptr<Policy>> by_status(const StatusCodeConfig& config) {
  if (config.status_codes.empty()) return invalid_argument("status_codes must not be empty");
  std::set<int32_t> codes;
  for (const std::string& name : config.status_codes) {
    const int32_t code = name == "UNSET" ? 0 : name == "OK" ? 1 : name == "ERROR" ? 2 : -1;
    if (code < 0)
      return invalid_argument("there is no status code \"" + name + "\"; it is OK, ERROR or UNSET");
    codes.insert(code);
  }
  return std::unique_ptr<Policy>(std::make_unique<StatusCode>(std::move(codes)));
}

class TraceState final : public Policy {
 public:
  explicit TraceState(const TraceStateConfig& config) : config_(config) {}
  Verdict judge(const Trace& trace, int64_t) override {
    return sampled_if(std::any_of(trace.parts.begin(), trace.parts.end(),
                                  [&](const auto& part) { return has(part.span->trace_state); }));
  }

 private:
  bool has(std::string_view state) const {
    while (!state.empty()) {
      const size_t comma = std::min(state.find(','), state.size());
      const std::string_view member = state.substr(0, comma);
      state.remove_prefix(std::min(comma + 1, state.size()));
      const size_t equals = member.find('=');
      if (equals == std::string_view::npos || member.substr(0, equals) != config_.key) continue;
      return std::find(config_.values.begin(), config_.values.end(), member.substr(equals + 1)) !=
             config_.values.end();
    }
    return false;
  }
  const TraceStateConfig config_;
};

class SpanCount final : public Policy {
 public:
  explicit SpanCount(const SpanCountConfig& config) : config_(config) {}
  Verdict judge(const Trace& trace, int64_t) override {
    const auto count = static_cast<int64_t>(trace.parts.size());
    return sampled_if(count >= config_.min_spans &&
                      (config_.max_spans == 0 || count <= config_.max_spans));
  }

 private:
  const SpanCountConfig config_;
};

class TraceFlags final : public Policy {
 public:
  Verdict judge(const Trace& trace, int64_t) override {
    return sampled_if(std::any_of(trace.parts.begin(), trace.parts.end(), [](const auto& part) {
      return (part.span->flags & kSampledFlag) != 0;
    }));
  }
};

/// A bucket that is filled once a second.
class Bucket {
 public:
  /// Holds what two seconds fill in if nothing is said.
  Bucket(int64_t per_second, int64_t burst_capacity)
      : per_second_(std::max(0.0, static_cast<double>(per_second))),
        most_(burst_capacity > 0 ? static_cast<double>(burst_capacity) : 2 * per_second_),
        left_(most_) {}

  Verdict take(size_t count, int64_t second) {
    if (second_ >= 0)
      left_ = std::min(most_, left_ + per_second_ * static_cast<double>(second - second_));
    second_ = second;
    const auto taken = static_cast<double>(count);
    if (taken > left_) return Verdict::NotSampled;
    left_ -= taken;
    return Verdict::Sampled;
  }

 private:
  const double per_second_;
  const double most_;
  double left_;
  int64_t second_ = -1;
};

class RateLimiting final : public Policy {
 public:
  explicit RateLimiting(const RateLimitingConfig& config)
      : spans_(config.spans_per_second, config.burst_capacity) {}
  Verdict judge(const Trace& trace, int64_t second) override {
    return spans_.take(trace.parts.size(), second);
  }

 private:
  Bucket spans_;
};

class BytesLimiting final : public Policy {
 public:
  explicit BytesLimiting(const BytesLimitingConfig& config)
      : bytes_(config.bytes_per_second, config.burst_capacity) {}
  Verdict judge(const Trace& trace, int64_t second) override {
    return bytes_.take(size_of(trace), second);
  }

 private:
  Bucket bytes_;
};

class OttlCondition final : public Policy {
 public:
  OttlCondition(ottl::ErrorMode mode, std::optional<ottl::Program> span,
                std::optional<ottl::Program> event)
      : mode_(mode), span_(std::move(span)), event_(std::move(event)) {}

  Verdict judge(const Trace& trace, int64_t) override {
    for (const Trace::Part& part : trace.parts) {
      ottl::Frame frame = pipeline::frame_of(*part.batch);
      pipeline::set_resource(frame, *part.group);
      pipeline::set_scope(frame, *part.scope);
      frame.span = part.span;
      bool held = span_ && holds(*span_, frame);
      for (otlp::SpanEvent& event : part.span->events) {
        frame.event = &event;
        held = held || (event_ && holds(*event_, frame));
      }
      if (frame.failed()) return Verdict::Failed;
      if (held) return Verdict::Sampled;
    }
    return Verdict::NotSampled;
  }

 private:
  bool holds(const ottl::Program& program, ottl::Frame& frame) const {
    if (frame.failed()) return false;
    otlp::Attributes cache;
    frame.cache = &cache;
    return program.any_holds(frame, mode_, false);
  }
  const ottl::ErrorMode mode_;
  const std::optional<ottl::Program> span_;
  const std::optional<ottl::Program> event_;
};

Result<std::unique_ptr<Policy>> by_ottl(const OttlConditionConfig& config) {
  if (config.span.empty() && config.spanevent.empty())
    return invalid_argument("ottl_condition needs conditions for span or spanevent");
  return std::unique_ptr<Policy>(std::make_unique<OttlCondition>(
      config.error_mode, conditions_of(config.span, "span", nullptr),
      conditions_of(config.spanevent, "spanevent", nullptr)));
}

// ---- Policies of policies ----

using Policies = std::vector<std::unique_ptr<Policy>>;

class And final : public Policy {
 public:
  And(Policies policies, Verdict verdict) : policies_(std::move(policies)), verdict_(verdict) {}
  Verdict judge(const Trace& trace, int64_t second) override {
    for (const auto& policy : policies_) {
      const Verdict verdict = policy->judge(trace, second);
      if (verdict == Verdict::Failed) return verdict;
      if (verdict != Verdict::Sampled) return Verdict::NotSampled;
    }
    return verdict_;
  }

 private:
  const Policies policies_;
  const Verdict verdict_;
};

class Not final : public Policy {
 public:
  explicit Not(std::unique_ptr<Policy> policy) : policy_(std::move(policy)) {}
  Verdict judge(const Trace& trace, int64_t second) override {
    const Verdict verdict = policy_->judge(trace, second);
    return verdict == Verdict::Failed ? verdict : sampled_if(verdict != Verdict::Sampled);
  }

 private:
  const std::unique_ptr<Policy> policy_;
};

/// A policy inside of another one.
Result<PolicyConfig> policy_of(const config::Node& node) {
  PolicyConfig policy;
  SLUICE_RETURN_IF_ERROR(pipeline::problems_found_by([&](const config::Place& place) {
    config::Codec<PolicyConfig>::decode(node, policy, place);
  }));
  return policy;
}

Result<std::vector<PolicyConfig>> policies_of(const std::vector<config::Node>& nodes) {
  std::vector<PolicyConfig> out;
  for (const config::Node& node : nodes) {
    auto policy = policy_of(node);
    if (!policy.ok()) return policy.status();
    out.push_back(std::move(*policy));
  }
  return out;
}

Result<std::unique_ptr<Policy>> make_not(const NotConfig& config) {
  auto inner = policy_of(config.not_sub_policy);
  if (!inner.ok()) return inner.status();
  auto policy = make_policy(*inner);
  if (!policy.ok()) return policy;
  return std::unique_ptr<Policy>(std::make_unique<Not>(std::move(*policy)));
}

/// The first that samples decides, within its share of the rate. Without rate_allocation it has
/// none, and policy_order orders nothing, as in the original.
class Composite final : public Policy {
 public:
  struct Part {
    std::unique_ptr<Policy> policy;
    int64_t spans_per_second = 0;
    int64_t spans = 0;
  };
  explicit Composite(std::vector<Part> parts) : parts_(std::move(parts)) {}

  Verdict judge(const Trace& trace, int64_t second) override {
    if (second != second_) {
      second_ = second;
      for (Part& part : parts_) part.spans = 0;
    }
    for (Part& part : parts_) {
      const Verdict verdict = part.policy->judge(trace, second);
      if (verdict == Verdict::Failed) return verdict;
      if (verdict != Verdict::Sampled) continue;
      const int64_t with = part.spans + static_cast<int64_t>(trace.parts.size());
      if (with > part.spans_per_second) return Verdict::NotSampled;
      part.spans = with;
      return Verdict::Sampled;
    }
    return Verdict::NotSampled;
  }

 private:
  std::vector<Part> parts_;
  int64_t second_ = -1;
};

/// Of the spans in a second. A policy without a percentage has as much as all others.
int64_t share_of(const std::string& policy, const CompositeConfig& config) {
  const auto total = static_cast<double>(config.max_total_spans_per_second);
  double share = 0;
  for (const RateAllocationConfig& rate : config.rate_allocation) {
    if (rate.policy != policy) continue;
    share = rate.percent > 0 ? total * static_cast<double>(rate.percent) / 100
                             : total / static_cast<double>(config.composite_sub_policy.size());
  }
  return std::min(wire::truncated(share), config.max_total_spans_per_second);
}

Result<std::unique_ptr<Policy>> make_composite(const CompositeConfig& config) {
  auto inner = policies_of(config.composite_sub_policy);
  if (!inner.ok()) return inner.status();
  std::vector<Composite::Part> parts;
  for (const PolicyConfig& each : *inner) {
    auto policy = make_policy(each);
    if (!policy.ok()) return policy;
    parts.push_back({std::move(*policy), share_of(each.name, config)});
  }
  return std::unique_ptr<Policy>(std::make_unique<Composite>(std::move(parts)));
}

Result<std::unique_ptr<Policy>> make_all_of(const std::vector<config::Node>& nodes,
                                            Verdict verdict) {
  auto configs = policies_of(nodes);
  if (!configs.ok()) return configs.status();
  Policies policies;
  for (const PolicyConfig& config : *configs) {
    auto policy = make_policy(config);
    if (!policy.ok()) return policy;
    policies.push_back(std::move(*policy));
  }
  return std::unique_ptr<Policy>(std::make_unique<And>(std::move(policies), verdict));
}

template <typename T, typename Options>
Result<std::unique_ptr<Policy>> made(const Options& options) {
  return std::unique_ptr<Policy>(std::make_unique<T>(options));
}

/// A policy's block, or its defaults.
template <typename Options>
Options block(const std::optional<Options>& options) {
  return options.value_or(Options());
}

using Maker = Result<std::unique_ptr<Policy>> (*)(const PolicyConfig&);

const std::map<std::string, Maker>& makers() {
  using C = PolicyConfig;
  static const std::map<std::string, Maker> all = {
      {"always_sample",
       [](const C&) -> Result<std::unique_ptr<Policy>> {
         return std::unique_ptr<Policy>(std::make_unique<Always>());
       }},
      {"latency", [](const C& c) { return made<Latency>(block(c.latency)); }},
      {"numeric_attribute",
       [](const C& c) -> Result<std::unique_ptr<Policy>> {
         // 0 is no limit, and what is no whole number is 0, as in the original.
         const NumericAttributeConfig n = block(c.numeric_attribute);
         const int64_t least = n.min_value == 0 ? INT64_MIN : n.min_value;
         const int64_t most = n.max_value == 0 ? INT64_MAX : n.max_value;
         return by_attribute(n.key, n.invert_match, [least, most](const Value& value) {
           const int64_t number = value.kind == ValueKind::Int ? value.int_value : 0;
           return number >= least && number <= most;
         });
       }},
      {"boolean_attribute",
       [](const C& c) -> Result<std::unique_ptr<Policy>> {
         const BooleanAttributeConfig b = block(c.boolean_attribute);  // what is neither is false
         return by_attribute(b.key, b.invert_match, [b](const Value& value) {
           return (value.kind == ValueKind::Bool && value.bool_value) == b.value;
         });
       }},
      {"string_attribute", [](const C& c) { return by_text(block(c.string_attribute)); }},
      {"probabilistic", [](const C& c) { return made<Probabilistic>(block(c.probabilistic)); }},
      {"status_code", [](const C& c) { return by_status(block(c.status_code)); }},
      {"trace_state", [](const C& c) { return made<TraceState>(block(c.trace_state)); }},
      {"rate_limiting", [](const C& c) { return made<RateLimiting>(block(c.rate_limiting)); }},
      {"bytes_limiting", [](const C& c) { return made<BytesLimiting>(block(c.bytes_limiting)); }},
      {"trace_flags",
       [](const C&) -> Result<std::unique_ptr<Policy>> {
         return std::unique_ptr<Policy>(std::make_unique<TraceFlags>());
       }},
      {"span_count", [](const C& c) { return made<SpanCount>(block(c.span_count)); }},
      {"ottl_condition", [](const C& c) { return by_ottl(block(c.ottl_condition)); }},
      {"and",
       [](const C& c) {
         return make_all_of(block(c.and_policy).and_sub_policy, Verdict::Sampled);
       }},
      {"drop",
       [](const C& c) { return make_all_of(block(c.drop).drop_sub_policy, Verdict::Dropped); }},
      {"not", [](const C& c) { return make_not(block(c.not_policy)); }},
      {"composite", [](const C& c) { return make_composite(block(c.composite)); }}};
  return all;
}

std::string unknown_type(const std::string& type) {
  std::string known;
  for (const auto& [name, make] : makers()) known += (known.empty() ? "" : ", ") + name;
  return "there is no policy of type \"" + type + "\"; there are: " + known;
}

/// Reading a policy checks it, and so those inside of it.
void check_inner(const config::Node& policy, const config::Place& place) {
  PolicyConfig read;
  config::Codec<PolicyConfig>::decode(policy, read, place);
}

void check_inner(const std::vector<config::Node>& policies, const config::Place& place) {
  for (size_t i = 0; i < policies.size(); ++i) check_inner(policies[i], place.of(i));
}

void check_shares(const CompositeConfig& config, const config::Place& place) {
  std::set<std::string> names;
  for (const config::Node& policy : config.composite_sub_policy) {
    if (const config::Node* name = policy.find("name")) names.insert(name->text);
  }
  for (size_t i = 0; i < config.rate_allocation.size(); ++i) {
    const RateAllocationConfig& rate = config.rate_allocation[i];
    const config::Place here = place.of(i);
    if (names.count(rate.policy) == 0) {
      here.of("policy").warning(
          "this share has no effect: there is no composite_sub_policy called \"" + rate.policy +
          "\"");
    } else if (rate.percent < 0) {
      here.of("percent").warning("less than 0 is taken for 0: as much as all others");
    } else if (rate.percent > 100) {
      here.of("percent").warning("more than 100 is taken for 100");
    }
  }
}

/// Options of other types stand there for nothing.
void warn_of_others(const PolicyConfig& config, const config::Place& place) {
  for (const config::FieldInfo& field : schema_of(&config).fields()) {
    if (field.name == "name" || field.name == "type" || field.name == config.type) continue;
    if (!place.has(field.name)) continue;
    place.of(field.name).warning("this option has no effect: the policy's type is " + config.type);
  }
}

}  // namespace

void check_policy(const PolicyConfig& config, const config::Place& place) {
  const auto maker = makers().find(config.type);
  if (maker == makers().end()) return place.of("type").error(unknown_type(config.type));
  warn_of_others(config, place);
  const config::Place own = place.of(config.type);
  if (config.type == "and")
    return check_inner(block(config.and_policy).and_sub_policy, own.of("and_sub_policy"));
  if (config.type == "drop")
    return check_inner(block(config.drop).drop_sub_policy, own.of("drop_sub_policy"));
  if (config.type == "not")
    return check_inner(block(config.not_policy).not_sub_policy, own.of("not_sub_policy"));
  if (config.type == "composite") {
    const CompositeConfig composite = block(config.composite);
    check_inner(composite.composite_sub_policy, own.of("composite_sub_policy"));
    return check_shares(composite, own.of("rate_allocation"));
  }
  if (const auto made = maker->second(config); !made.ok()) own.error(made.status().message());
}

void check_names(const std::vector<PolicyConfig>& configs, const config::Place& place) {
  std::set<std::string> names;
  for (size_t i = 0; i < configs.size(); ++i) {
    const std::string& name = configs[i].name;
    if (name.empty()) {
      place.of(i).error("a policy needs a name");
    } else if (!names.insert(name).second) {
      place.of(i).of("name").error("there are two policies called \"" + name + "\"");
    }
  }
}

Result<std::unique_ptr<Policy>> make_policy(const PolicyConfig& config) {
  const auto maker = makers().find(config.type);
  if (maker == makers().end()) return invalid_argument(unknown_type(config.type));
  auto policy = maker->second(config);
  if (!policy.ok()) return policy.status().with_context("policy " + config.name);
  return policy;
}

Result<std::vector<std::unique_ptr<Policy>>> make_policies(
    const std::vector<PolicyConfig>& configs) {
  std::vector<std::unique_ptr<Policy>> out;
  size_t dropping = 0;
  for (const PolicyConfig& config : configs) {
    auto policy = make_policy(config);
    if (!policy.ok()) return policy.status();
    const auto at = config.type == "drop" ? static_cast<ptrdiff_t>(dropping++)
                                          : static_cast<ptrdiff_t>(out.size());
    out.insert(out.begin() + at, std::move(*policy));
  }
  return out;
}

}  // namespace sluice::components::tail_sampling_processor
