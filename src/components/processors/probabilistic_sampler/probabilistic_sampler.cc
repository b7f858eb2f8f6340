#include "components/processors/probabilistic_sampler/probabilistic_sampler.h"

#include <charconv>

#include "base/buffer.h"
#include "components/processors/probabilistic_sampler/config.h"
#include "components/processors/probabilistic_sampler/threshold.h"
#include "otlp/value_text.h"
#include "ottl/value.h"
#include "pipeline/records.h"

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
};

/// The member "ot" of a trace state: "rv:…;th:…".
struct TraceState {
  Carried carried;
  std::string others;   ///< of "ot", with semicolons before them
  std::string vendors;  ///< other members, with commas before them
  bool broken = false;  ///< "ot" is not what the specification says

  static TraceState parse(std::string_view text) {
    TraceState state;
    while (!text.empty()) {
      const size_t comma = std::min(text.find(','), text.size());
      const std::string_view member = text.substr(0, comma);
      text.remove_prefix(std::min(comma + 1, text.size()));
      if (member.substr(0, 3) == "ot=") {
        state.parse_own(member.substr(3));
      } else if (!member.empty()) {
        state.vendors += "," + std::string(member);
      }
    }
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
  void parse_own(std::string_view text) {
    while (!text.empty()) {
      const size_t end = std::min(text.find(';'), text.size());
      const std::string_view field = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (field.substr(0, 3) == "rv:") {
        carried.randomness = randomness_of_text(field.substr(3));
        broken = broken || !carried.randomness;
      } else if (field.substr(0, 3) == "th:") {
        carried.threshold = Threshold::of_text(field.substr(3));
        broken = broken || !carried.threshold;
      } else if (field.find(':') == std::string_view::npos) {
        broken = true;
      } else {
        others += ";" + std::string(field);
      }
    }
  }
};

/// A text attribute, or empty.
std::string_view text_attribute(const otlp::Attributes& attributes, std::string_view key) {
  const Value* value = ottl::find(const_cast<otlp::Attributes&>(attributes), key);
  return value != nullptr && value->is_string() ? value->view() : std::string_view();
}

constexpr std::string_view kRandomness = "sampling.randomness";
constexpr std::string_view kThreshold = "sampling.threshold";

// ---- Deciding ----

/// What is computed of the options once.
struct Rules {
  Config config;
  bool hashes = true;
  Threshold threshold;

  explicit Rules(const Config& options) : config(options) {
    hashes = config.mode == Mode::Unset || config.mode == Mode::HashSeed;
    const double percentage = std::min(config.sampling_percentage, 100.0);
    const auto kept = static_cast<uint64_t>(percentage * (static_cast<double>(kBuckets) / 100));
    threshold = hashes ? Threshold{(kBuckets - kept) << 42} : of_probability(percentage / 100);
  }

  Threshold of_probability(double probability) const {
    return threshold_of(probability, static_cast<int>(config.sampling_precision)).value_or(kNever);
  }

  /// For a record that came with this.
  Threshold decide(const Carried& carried) const {
    if (config.mode == Mode::Proportional) {
      const double before = carried.threshold ? carried.threshold->probability() : 1;
      return of_probability(before * std::min(config.sampling_percentage, 100.0) / 100);
    }
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
    std::optional<uint64_t> randomness;
    if (!span.trace_id.empty()) {
      randomness = rules_.hashes
                       ? hashed_randomness(bytes_of(span.trace_id), rules_.config.hash_seed)
                       : trace_randomness(span.trace_id);
    }
    if (rules_.hashes) {
      state.carried.randomness = randomness;
    } else if (state.carried.randomness) {
      randomness = state.carried.randomness;
    }
    if (state.broken) randomness.reset();
    const auto threshold = kept_by(state.carried, randomness, priority(span));
    if (!threshold) return false;
    if (state.broken) return true;  // and what it says stays as it is
    state.carried.threshold = threshold;
    span.trace_state = arena.copy(state.text());
    return true;
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
      case ValueKind::String: {
        const std::string_view text = value->view();
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
        if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size())
          return std::nullopt;
        break;
      }
      default: return std::nullopt;
    }
    if (number < 0) return std::nullopt;
    return number == 0 ? kNever : kAlways;
  }

  bool keeps(otlp::LogRecord& record, Arena& arena) {
    Carried carried{randomness_of_text(text_attribute(record.attributes, kRandomness)),
                    Threshold::of_text(text_attribute(record.attributes, kThreshold))};
    bool by_attribute = false;
    const auto randomness = randomness_of(record, carried, by_attribute);
    const auto threshold = kept_by(carried, randomness, priority(record));
    if (!threshold) return false;
    if (by_attribute) put(record, kRandomness, randomness_text(*randomness), arena);
    put(record, kThreshold, threshold->text(), arena);
    return true;
  }

  static void put(otlp::LogRecord& record, std::string_view key, const std::string& text,
                  Arena& arena) {
    ottl::find_or_add(record.attributes, key, arena) = Value::string(arena.copy(text));
  }

  std::optional<uint64_t> randomness_of(const otlp::LogRecord& record, const Carried& carried,
                                        bool& by_attribute) const {
    if (!rules_.hashes && carried.randomness) return carried.randomness;
    if (rules_.config.attribute_source == "traceID" && !record.trace_id.empty()) {
      return rules_.hashes ? hashed_randomness(bytes_of(record.trace_id), rules_.config.hash_seed)
                           : trace_randomness(record.trace_id);
    }
    const std::string& key = rules_.config.from_attribute;
    const Value* value =
        key.empty() ? nullptr : ottl::find(const_cast<otlp::Attributes&>(record.attributes), key);
    if (value == nullptr) return std::nullopt;
    Buffer scratch;
    const std::string_view bytes =
        value->kind == ValueKind::Bytes ? value->view() : otlp::value_text(*value, scratch);
    if (bytes.empty()) return std::nullopt;
    by_attribute = true;
    return hashed_randomness(bytes, rules_.config.hash_seed);
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

  /// The threshold that the record goes on with; nothing if it is dropped.
  std::optional<Threshold> kept_by(const Carried& carried, std::optional<uint64_t> randomness,
                                   std::optional<Threshold> priority) const {
    // A record that an earlier sampler should have dropped carries a threshold that is wrong.
    const bool inconsistent =
        randomness && carried.threshold && !carried.threshold->keeps(*randomness);
    const bool decidable = randomness && !inconsistent;
    Threshold threshold = decidable                   ? rules_.decide(carried)
                          : rules_.config.fail_closed ? kNever
                                                      : kAlways;
    // A priority that raises the share keeps its record whatever the randomness, as in the
    // original.
    if (priority && priority->value == kEverything) return std::nullopt;
    if (priority && priority->value < threshold.value) return priority;
    if (!threshold.keeps(randomness.value_or(kEverything - 1))) return std::nullopt;
    // What an earlier sampler left out is not made good for.
    if (decidable && carried.threshold && carried.threshold->value > threshold.value)
      return carried.threshold;
    return threshold;
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
                               {.metrics = false}},
      &ProbabilisticSampler::make);
}

}  // namespace sluice::components
