#include "components/processors/probabilistic_sampler/probabilistic_sampler.h"

#include <algorithm>

#include "base/buffer.h"
#include "base/take.h"
#include "components/processors/probabilistic_sampler/config.h"
#include "components/processors/probabilistic_sampler/threshold.h"
#include "otlp/value_text.h"
#include "ottl/value.h"
#include "pipeline/records.h"
#include "wire/number_parse.h"

namespace sluice::components {
namespace {

using namespace probabilistic_sampler_processor;
using otlp::Value;
using otlp::ValueKind;

// ---- Randomness of a hash: 14 bits decide, as before there were thresholds ----

constexpr int kBucketBits = 14;
constexpr uint64_t kBuckets = uint64_t{1} << kBucketBits;

/// FNV-1a of 32 bits over the seed and the bytes.
uint32_t hash(std::string_view bytes, uint32_t seed) {
  uint32_t hash = 0x811c9dc5;
  const auto add = [&](uint8_t byte) { hash = (hash ^ byte) * 0x01000193; };
  for (int i = 0; i < 4; ++i) add(static_cast<uint8_t>(seed >> (8 * i)));
  for (const char c : bytes) add(static_cast<uint8_t>(c));
  return hash;
}

/// The bucket stands in the leading bits, turned round, since small buckets used to be kept; the
/// leading bits of the hash are mixed below it.
uint64_t hashed_randomness(std::string_view bytes, uint32_t seed) {
  const uint32_t hashed = hash(bytes, seed);
  const uint64_t bucket = hashed & (kBuckets - 1);
  const uint64_t unused = hashed >> (32 - kBucketBits);
  const uint64_t mixed = unused ^ (unused << 10);
  return ((kBuckets - 1 - bucket) << 42) | (mixed << kBucketBits) | bucket;
}

uint64_t trace_randomness(const otlp::TraceId& id) {
  uint64_t out = 0;
  for (size_t i = 9; i < id.bytes.size(); ++i) out = out << 8 | id.bytes[i];
  return out;
}

std::string_view bytes_of(const otlp::TraceId& id) {
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

// ---- What records carry ----

/// The randomness and threshold that a record came with, and goes on with.
struct Carried {
  std::optional<uint64_t> randomness;
  std::optional<Threshold> threshold;
  bool broken = false;  ///< what it came with is not what the specification says

  /// An earlier sampler should have dropped the record: its threshold is wrong.
  bool inconsistent(uint64_t own_randomness) const {
    return threshold && !threshold->keeps(own_randomness);
  }

  /// What an earlier sampler left out is not made good for.
  void raise(Threshold to) {
    if (!threshold || threshold->value <= to.value) threshold = to;
  }
};

/// Whether every character is one of these ranges, given as pairs: "azAZ".
bool consists_of(std::string_view text, std::string_view ranges) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    for (size_t i = 0; i < ranges.size(); i += 2) {
      if (c >= ranges[i] && c <= ranges[i + 1]) return true;
    }
    return false;
  });
}

/// A trace state; its member "ot" is "rv:…;th:…".
struct TraceState {
  Carried carried;
  std::string others;   ///< of "ot", with semicolons before them
  std::string vendors;  ///< other members, with commas before them

  /// Of what is broken, only that is left which can be told.
  static TraceState parse(std::string_view text) {
    TraceState state;
    bool are_members = true;
    while (!text.empty()) {
      std::string_view member = take_until(text, ",");
      const size_t begin = std::min(member.find_first_not_of(" \t"), member.size());
      member.remove_prefix(begin);
      member = member.substr(0, member.find_last_not_of(" \t") + 1);
      if (member.empty()) continue;
      if (member.substr(0, 3) == "ot=") {
        state.parse_own(member.substr(3));
      } else {
        state.vendors += "," + std::string(member);
        are_members = are_members && is_member(member);
      }
    }
    if (are_members) return state;
    state = {};
    state.carried.broken = true;
    return state;
  }

  std::string text() const {
    std::string own;
    if (carried.randomness) own += ";rv:" + randomness_text(*carried.randomness);
    if (carried.threshold) own += ";th:" + carried.threshold->text();
    own += others;
    const std::string all = (own.empty() ? "" : ",ot=" + own.substr(1)) + vendors;
    return all.empty() ? all : all.substr(1);
  }

 private:
  /// key=value or tenant@system=value, as W3C has it.
  static bool is_member(std::string_view member) {
    const size_t equals = member.find('=');
    if (equals == std::string_view::npos) return false;
    const std::string_view value = member.substr(equals + 1);
    const std::string_view key = member.substr(0, equals);
    const size_t at = key.find('@');
    const bool has_tenant = at != std::string_view::npos;
    const std::string_view system = has_tenant ? key.substr(at + 1) : key;
    constexpr std::string_view kKey = "az09__--**//";
    return !value.empty() && consists_of(value, " +-<>~") && consists_of(system, kKey) &&
           consists_of(system.substr(0, 1), "az") && !system.empty() &&
           (!has_tenant || (at > 0 && consists_of(key.substr(0, at), kKey) &&
                            consists_of(key.substr(0, 1), "az09")));
  }

  void parse_own(std::string_view text) {
    bool are_fields = !text.empty() && text.back() != ';';
    bool are_values = true;
    while (!text.empty()) {
      const std::string_view field = take_until(text, ";");
      const size_t colon = std::min(field.find(':'), field.size());
      const std::string_view key = field.substr(0, colon);
      const std::string_view value = field.substr(std::min(colon + 1, field.size()));
      are_fields = are_fields && colon < field.size() && !key.empty() &&
                   consists_of(key.substr(0, 1), "az") && consists_of(key, "az09") &&
                   consists_of(value, "azAZ09..__--");
      if (key == "rv") {
        carried.randomness = randomness_of_text(value);
        are_values = are_values && carried.randomness;
      } else if (key == "th") {
        carried.threshold = Threshold::of_text(value);
        are_values = are_values && carried.threshold;
      } else {
        others += ";" + std::string(field);
      }
    }
    carried.broken = carried.broken || !are_fields || !are_values;
    if (are_fields) return;
    carried.randomness.reset();
    carried.threshold.reset();
    others.clear();
  }
};

/// A text attribute, or empty.
std::string_view text_attribute(const otlp::Attributes& attributes, std::string_view key) {
  const Value* value = ottl::find(const_cast<otlp::Attributes&>(attributes), key);
  return value != nullptr && value->is_string() ? value->view() : std::string_view();
}

constexpr std::string_view kRandomness = "sampling.randomness";
constexpr std::string_view kThreshold = "sampling.threshold";

/// What a log carries in its attributes.
Carried carried_by(const otlp::LogRecord& record) {
  const std::string_view randomness = text_attribute(record.attributes, kRandomness);
  const std::string_view threshold = text_attribute(record.attributes, kThreshold);
  Carried carried{randomness_of_text(randomness), Threshold::of_text(threshold)};
  carried.broken =
      (!randomness.empty() && !carried.randomness) || (!threshold.empty() && !carried.threshold);
  return carried;
}

// ---- Deciding ----

/// Randomness that any threshold but kNever keeps.
constexpr uint64_t kHighest = kEverything - 1;

/// What is computed of the options once. Percentages are of single precision, as in the original,
/// so that thresholds come out the same.
struct Rules {
  Config config;
  bool hashes = true;
  bool never = false;  ///< nothing is kept that has no priority
  double probability = 0;
  Threshold threshold;

  explicit Rules(const Config& options) : config(options) {
    hashes = config.mode == Mode::Unset || config.mode == Mode::HashSeed;
    const float percentage = std::min(static_cast<float>(config.sampling_percentage), 100.0F);
    const auto kept = static_cast<uint64_t>(percentage * (static_cast<float>(kBuckets) / 100.0F));
    never = percentage == 0 || (hashes && kept == 0);
    probability = static_cast<double>(percentage) / 100;
    threshold = never    ? kNever
                : hashes ? Threshold{(kBuckets - kept) << 42}
                         : of_probability(probability);
  }

  Threshold of_probability(double share) const {
    return threshold_of(share, static_cast<int>(config.sampling_precision)).value_or(kNever);
  }

  /// For a record that came with this.
  Threshold decide(const Carried& carried) const {
    if (never) return kNever;
    if (config.mode == Mode::Proportional)
      return of_probability((carried.threshold ? carried.threshold->probability() : 1) *
                            probability);
    if (config.mode == Mode::Equalizing && carried.threshold &&
        carried.threshold->value > threshold.value)
      return *carried.threshold;
    return threshold;
  }
};

class Sampler final : public pipeline::Consumer {
 public:
  Sampler(pipeline::Consumer& next, const Rules& rules) : next_(next), rules_(rules) {}

  void consume(pipeline::Batch&& batch) override {
    Arena& arena = *batch.arena;
    const bool any_left = pipeline::remove_records(
        batch, [&](auto&, auto&, auto& record) { return !keeps(record, arena); });
    if (!any_left) {
      batch.ack.resolve({});
      return;
    }
    next_.consume(std::move(batch));
  }

 private:
  bool keeps(otlp::Metric&, Arena&) { return true; }

  bool keeps(otlp::Span& span, Arena& arena) {
    TraceState state = TraceState::parse(span.trace_state);
    Carried& carried = state.carried;
    const auto randomness = randomness_of(span.trace_id, std::nullopt, carried);
    const bool undecidable = is_undecidable(carried, randomness);
    const auto threshold = kept_by(carried, undecidable, randomness, priority(span));
    if (!threshold) return false;
    if (is_foreign(carried)) return true;  // and what it says stays as it is
    if (hashes()) carried.randomness = randomness.value_or(kHighest);
    if (carried.inconsistent(randomness.value_or(kHighest))) carried.threshold.reset();
    carried.raise(*threshold);
    span.trace_state = arena.copy(state.text());
    return true;
  }

  bool hashes() const { return rules_.hashes && !rules_.never; }

  /// Hashing has no use for what a consistent sampler left, and leaves it alone. Who keeps nothing
  /// writes down why a record is kept all the same.
  bool is_foreign(const Carried& carried) const {
    return (carried.broken && !rules_.never) ||
           (hashes() && (carried.randomness || carried.threshold));
  }

  bool is_undecidable(const Carried& carried, std::optional<uint64_t> randomness) const {
    return carried.broken || is_foreign(carried) || !randomness ||
           carried.inconsistent(*randomness);
  }

  /// What decides about a record: what it carries, its trace, or else an attribute's bytes.
  std::optional<uint64_t> randomness_of(const otlp::TraceId& trace,
                                        std::optional<std::string_view> attribute,
                                        const Carried& carried) const {
    if (rules_.never) return kHighest;
    const uint32_t seed = rules_.config.hash_seed;
    if (!rules_.hashes) {
      if (carried.broken) return std::nullopt;
      if (carried.randomness) return carried.randomness;
      return trace.empty() ? std::nullopt : std::optional(trace_randomness(trace));
    }
    if (!trace.empty()) return hashed_randomness(bytes_of(trace), seed);
    return attribute ? std::optional(hashed_randomness(*attribute, seed)) : std::nullopt;
  }

  /// The attribute sampling.priority: more than 0 keeps, 0 drops.
  static std::optional<Threshold> priority(const otlp::Span& span) {
    const Value* value =
        ottl::find(const_cast<otlp::Attributes&>(span.attributes), "sampling.priority");
    if (value == nullptr) return std::nullopt;
    double number = 0;
    switch (value->kind) {
      case ValueKind::Int: number = static_cast<double>(value->int_value); break;
      case ValueKind::Double: number = value->double_value; break;
      case ValueKind::String:
        if (!wire::parse_double(value->view(), number)) return std::nullopt;
        break;
      default: return std::nullopt;
    }
    if (number == 0) return kNever;
    return number > 0 ? std::optional(kAlways) : std::nullopt;
  }

  bool keeps(otlp::LogRecord& record, Arena& arena) {
    Carried carried = carried_by(record);
    const auto randomness = randomness_of(record, carried);
    const bool undecidable = is_undecidable(carried, randomness);
    const auto threshold = kept_by(carried, undecidable, randomness, priority(record));
    if (!threshold) return false;
    if (is_foreign(carried)) return true;
    if (hashes() && randomness) put(record, kRandomness, randomness_text(*randomness), arena);
    if (carried.inconsistent(randomness.value_or(kHighest))) {
      ottl::remove(record.attributes, kThreshold);
      carried.threshold.reset();
    }
    carried.raise(*threshold);
    put(record, kThreshold, carried.threshold->text(), arena);
    return true;
  }

  static void put(otlp::LogRecord& record, std::string_view key, const std::string& text,
                  Arena& arena) {
    ottl::find_or_add(record.attributes, key, arena) = Value::string(arena.copy(text));
  }

  std::optional<uint64_t> randomness_of(const otlp::LogRecord& record,
                                        const Carried& carried) const {
    const bool by_trace = !rules_.hashes || rules_.config.attribute_source == "traceID";
    const otlp::TraceId trace = by_trace ? record.trace_id : otlp::TraceId{};
    const std::string& key = rules_.config.from_attribute;
    const Value* value =
        key.empty() ? nullptr : ottl::find(const_cast<otlp::Attributes&>(record.attributes), key);
    if (value == nullptr) return randomness_of(trace, std::nullopt, carried);
    Buffer scratch;
    const std::string_view bytes =
        value->kind == ValueKind::Bytes ? value->view() : otlp::value_text(*value, scratch);
    return randomness_of(trace, bytes.empty() ? std::nullopt : std::optional(bytes), carried);
  }

  /// A log's own percentage, if it is a number above zero.
  std::optional<Threshold> priority(const otlp::LogRecord& record) const {
    const std::string& key = rules_.config.sampling_priority;
    const Value* value =
        key.empty() ? nullptr : ottl::find(const_cast<otlp::Attributes&>(record.attributes), key);
    if (value == nullptr) return std::nullopt;
    const double percentage = value->kind == ValueKind::Int ? static_cast<double>(value->int_value)
                              : value->kind == ValueKind::Double ? value->double_value
                                                                 : 0;
    return threshold_of(percentage / 100, static_cast<int>(rules_.config.sampling_precision));
  }

  /// The threshold that lets the record pass; nothing if it is dropped.
  std::optional<Threshold> kept_by(const Carried& carried, bool undecidable,
                                   std::optional<uint64_t> randomness,
                                   std::optional<Threshold> priority) const {
    const Threshold threshold = priority                    ? *priority
                                : !undecidable              ? rules_.decide(carried)
                                : rules_.config.fail_closed ? kNever
                                                            : kAlways;
    return threshold.keeps(randomness.value_or(kHighest)) ? std::optional(threshold) : std::nullopt;
  }

  pipeline::Consumer& next_;
  const Rules& rules_;
};

class ProbabilisticSampler final : public pipeline::Processor {
 public:
  explicit ProbabilisticSampler(const Config& config) : rules_(config) {}
  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal, pipeline::Host&) {
    return std::unique_ptr<pipeline::Processor>(std::make_unique<ProbabilisticSampler>(config));
  }
  std::unique_ptr<pipeline::Consumer> stage(size_t, pipeline::Consumer& next) override {
    return std::make_unique<Sampler>(next, rules_);
  }

 private:
  const Rules rules_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> probabilistic_sampler_processor_factory() {
  return std::make_unique<pipeline::ProcessorFactory<Config>>(
      pipeline::Factory::About{config::Section::Processors,
                               "probabilistic_sampler",
                               "Keeps a share of spans and logs.",
                               {},
                               {.metrics = false},
                               {},
                               {{"attribute_source", otlp::Signal::Logs},
                                {"from_attribute", otlp::Signal::Logs},
                                {"sampling_priority", otlp::Signal::Logs}}},
      &ProbabilisticSampler::make);
}

}  // namespace sluice::components
