#include "components/processors/redaction/redaction.h"

#include "components/processors/redaction/redactor.h"
#include "pipeline/records.h"

namespace sluice::components {
namespace {

using redaction_processor::Config;
using redaction_processor::Redactor;
using redaction_processor::Rules;

class Stage final : public pipeline::Consumer {
 public:
  Stage(pipeline::Consumer& next, const Rules& rules) : next_(next), redactor_(rules) {}

  void consume(pipeline::Batch&& batch) override {
    redactor_.use(*batch.arena);
    pipeline::visit_request(batch, [&](auto& request) {
      for (auto& group : request.resources) {
        redactor_.redact(group.resource.attributes);
        for (auto& scope : group.scopes) {
          redactor_.redact(scope.scope.attributes);
          for (auto& record : scope.records) redact(record);
        }
      }
    });
    next_.consume(std::move(batch));
  }

 private:
  void redact(otlp::LogRecord& record) {
    redactor_.redact(record.attributes);
    redactor_.redact_body(record.body, record.attributes);
  }
  void redact(otlp::Span& span) {
    redactor_.redact(span.attributes);
    for (otlp::SpanEvent& event : span.events) redactor_.redact(event.attributes);
    redactor_.sanitize_name(span);
  }
  void redact(otlp::Metric& metric) {
    for (otlp::DataPoint& point : metric.data_points) redactor_.redact(point.attributes);
  }

  pipeline::Consumer& next_;
  Redactor redactor_;
};

class RedactionProcessor final : public pipeline::Processor {
 public:
  explicit RedactionProcessor(Rules rules) : rules_(std::move(rules)) {}

  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal signal, pipeline::Host&) {
    auto rules = Rules::make(config, signal);
    if (!rules.ok()) return rules.status();
    return std::unique_ptr<pipeline::Processor>(
        std::make_unique<RedactionProcessor>(std::move(*rules)));
  }

  std::unique_ptr<pipeline::Consumer> stage(size_t, pipeline::Consumer& next) override {
    return std::make_unique<Stage>(next, rules_);
  }

 private:
  const Rules rules_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> redaction_processor_factory() {
  return std::make_unique<pipeline::ProcessorFactory<Config>>(
      pipeline::Factory::About{config::Section::Processors, "redaction",
                               "Removes attributes that are not allowed, and masks values."},
      &RedactionProcessor::make);
}

}  // namespace sluice::components
