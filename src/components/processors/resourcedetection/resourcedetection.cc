#include "components/processors/resourcedetection/resourcedetection.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "base/log.h"
#include "base/utf8.h"
#include "components/processors/resourcedetection/config.h"
#include "components/processors/resourcedetection/detect.h"
#include "ottl/value.h"
#include "pipeline/records.h"

namespace sluice::components {
namespace {

using resourcedetection_processor::Config;
using resourcedetection_processor::Detected;

constexpr const char* kDockerSocket = "/var/run/docker.sock";
/// Of the conventions that the detector system of the original follows.
constexpr std::string_view kSystemSchema = "https://opentelemetry.io/schemas/1.6.1";

Result<Detected> detect(const std::string& detector, const Config& config) {
  namespace processor = resourcedetection_processor;
  if (detector == "env") return processor::detect_env(config.env, &std::getenv);
  if (detector == "system") return processor::detect_system(config.system);
  auto found = processor::detect_docker(config.docker, kDockerSocket, config.timeout);
  if (found.ok() || config.fail_on_missing_metadata) return found;
  log::warn("the docker detector finds nothing", {{"error", found.status().message()}});
  return Detected();
}

/// What was detected as records hold it. The texts stay where they are; lists are in the arena.
class Attributes {
 public:
  explicit Attributes(const Detected& detected) {
    for (const auto& [key, value] : detected) all_.push_back({key, value_of(value)});
  }
  const std::vector<otlp::KeyValue>& all() const { return all_; }

 private:
  otlp::Value value_of(const resourcedetection_processor::DetectedValue& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return otlp::Value::string(*text);
    if (const auto* number = std::get_if<int64_t>(&value)) return otlp::Value::integer(*number);
    ArenaVector<otlp::Value> list;
    for (const std::string& text : std::get<std::vector<std::string>>(value))
      list.push_back(arena_, otlp::Value::string(text));
    return ottl::list_value(list);
  }

  Arena arena_;
  std::vector<otlp::KeyValue> all_;
};

/// Puts what was detected into every resource.
class Adder final : public pipeline::Consumer {
 public:
  Adder(pipeline::Consumer& next, const Attributes& detected, std::string_view schema,
        bool overrides)
      : next_(next), detected_(detected), schema_(schema), overrides_(overrides) {}

  void consume(pipeline::Batch&& batch) override {
    pipeline::visit_request(batch, [&](auto& request) {
      for (auto& group : request.resources) {
        if (group.schema_url.empty()) group.schema_url = schema_;
        for (const otlp::KeyValue& pair : detected_.all())
          put(group.resource.attributes, pair, *batch.arena);
      }
    });
    next_.consume(std::move(batch));
  }

 private:
  /// The detected texts live as long as the processor, which outlives the records; a list is each
  /// record's own.
  void put(otlp::Attributes& attributes, const otlp::KeyValue& pair, Arena& arena) const {
    otlp::Value* place = ottl::find(attributes, pair.key);
    if (place != nullptr && !overrides_) return;
    if (place == nullptr) place = &ottl::find_or_add(attributes, pair.key, arena);
    *place = ottl::own_copy(pair.value, arena);
  }

  pipeline::Consumer& next_;
  const Attributes& detected_;
  const std::string_view schema_;
  const bool overrides_;
};

class ResourceDetection final : public pipeline::Processor {
 public:
  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal, pipeline::Host& host) {
    auto made = std::make_unique<ResourceDetection>();
    made->overrides_ = config.override_existing;
    for (const std::string& name : config.detectors) {
      const std::string detector(utf8::trim_space(name));
      if (host.is_trial && detector != "env") continue;  // the others ask the network
      const auto found = detect(detector, config);
      if (!found.ok()) return found.status().with_context("the detector " + detector);
      if (detector == "system") made->schema_ = kSystemSchema;
      for (const auto& pair : *found) made->add(pair, config.attributes);
    }
    made->attributes_.emplace(made->detected_);
    return std::unique_ptr<pipeline::Processor>(std::move(made));
  }

  std::unique_ptr<pipeline::Consumer> stage(size_t, pipeline::Consumer& next) override {
    return std::make_unique<Adder>(next, *attributes_, schema_, overrides_);
  }

 private:
  /// Of two detectors the first gives an attribute.
  void add(const Detected::value_type& pair, const std::vector<std::string>& wanted) {
    const bool is_wanted =
        wanted.empty() || std::find(wanted.begin(), wanted.end(), pair.first) != wanted.end();
    const bool is_there = std::any_of(detected_.begin(), detected_.end(),
                                      [&](const auto& other) { return other.first == pair.first; });
    if (is_wanted && !is_there) detected_.push_back(pair);
  }

  Detected detected_;
  std::optional<Attributes> attributes_;  // of detected_
  std::string_view schema_;
  bool overrides_ = true;
};

}  // namespace

std::unique_ptr<pipeline::Factory> resourcedetection_processor_factory() {
  return std::make_unique<pipeline::ProcessorFactory<Config>>(
      pipeline::Factory::About{config::Section::Processors,
                               "resourcedetection",
                               "Adds attributes of the host and of the environment to resources.",
                               {"resource_detection"}},
      &ResourceDetection::make);
}

}  // namespace sluice::components
