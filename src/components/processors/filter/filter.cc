#include "components/processors/filter/filter.h"

#include "components/processors/filter/config.h"
#include "components/processors/filter/selection.h"
#include "pipeline/frames.h"
#include "pipeline/records.h"

namespace sluice::components {
namespace {

using filter_processor::Config;
using filter_processor::Selection;
using ottl::ContextKind;

/// Drops what one group of conditions is about. After an error that must be propagated nothing
/// more is dropped.
class Dropper {
 public:
  Dropper(const pipeline::CompiledGroup& group, pipeline::Batch& batch)
      : group_(group), frame_(pipeline::frame_of(batch)) {}

  template <typename Record>
  void run(otlp::Request<Record>& request) {
    pipeline::remove_if(request.resources, [&](auto& resource) {
      pipeline::set_resource(frame_, resource);
      if (group_.context == ContextKind::Resource)
        return holds() || (resource.scopes.empty() && !failed());
      pipeline::remove_if(resource.scopes, [&](auto& scope) {
        pipeline::set_scope(frame_, scope);
        if (group_.context == ContextKind::Scope) return holds();
        pipeline::remove_if(scope.records, [&](auto& record) { return drops(record); });
        return scope.records.empty();
      });
      return resource.scopes.empty();
    });
  }

  bool failed() const { return frame_.failed(); }
  std::string_view error() const { return frame_.error; }

 private:
  bool holds() {
    if (frame_.failed()) return false;
    otlp::Attributes cache;
    frame_.cache = &cache;
    const bool held = group_.program.any_holds(frame_, group_.error_mode, false);
    return held && !frame_.failed();
  }

  bool drops(otlp::LogRecord& record) {
    frame_.log = &record;
    return holds();
  }
  bool drops(otlp::Span& span) {
    frame_.span = &span;
    if (group_.context == ContextKind::Span) return holds();
    frame_.event_index = 0;
    pipeline::remove_if(span.events, [&](otlp::SpanEvent& event) {
      frame_.event = &event;
      const bool held = holds();
      ++frame_.event_index;
      return held;
    });
    return false;
  }
  bool drops(otlp::Metric& metric) {
    frame_.metric = &metric;
    if (group_.context == ContextKind::Metric) return holds();
    pipeline::remove_if(metric.data_points, [&](otlp::DataPoint& point) {
      frame_.point = &point;
      return holds();
    });
    return metric.kind != otlp::MetricKind::None && metric.data_points.empty();
  }

  const pipeline::CompiledGroup& group_;
  ottl::Frame frame_;
};

class Filter final : public pipeline::Consumer {
 public:
  Filter(pipeline::Consumer& next, std::unique_ptr<Selection> selection,
         std::vector<pipeline::CompiledGroup> groups)
      : next_(next), selection_(std::move(selection)), groups_(std::move(groups)) {}

  void consume(pipeline::Batch&& batch) override {
    const bool had_any = has_records(batch);
    selection_->apply(batch);
    for (const pipeline::CompiledGroup& group : groups_) {
      Dropper dropper(group, batch);
      pipeline::visit_request(batch, [&](auto& request) { dropper.run(request); });
      if (!dropper.failed()) continue;
      batch.ack.resolve({unavailable("a condition failed, and error_mode is propagate: " +
                                     std::string(dropper.error())),
                         0,
                         {}});
      return;
    }
    if (had_any && !has_records(batch)) {
      batch.ack.resolve({});
      return;
    }
    next_.consume(std::move(batch));
  }

 private:
  static bool has_records(pipeline::Batch& batch) {
    return pipeline::visit_request(batch, [](auto& request) { return !request.resources.empty(); });
  }

  pipeline::Consumer& next_;
  const std::unique_ptr<Selection> selection_;
  const std::vector<pipeline::CompiledGroup> groups_;
};

class FilterProcessor final : public pipeline::Processor {
 public:
  FilterProcessor(const Config& config, otlp::Signal signal) : config_(config), signal_(signal) {}

  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal signal, pipeline::Host&) {
    auto selection = Selection::make(config, signal);
    if (!selection.ok()) return selection.status();
    return std::unique_ptr<pipeline::Processor>(std::make_unique<FilterProcessor>(config, signal));
  }

  /// Programs keep scratch, so each lane has its own.
  std::unique_ptr<pipeline::Consumer> stage(size_t, pipeline::Consumer& next) override {
    return std::make_unique<Filter>(
        next, std::move(Selection::make(config_, signal_)).value(),
        pipeline::compile_groups(filter_processor::conditions_of(config_, signal_), signal_,
                                 ottl::filter_library(), config_.error_mode, nullptr));
  }

 private:
  const Config config_;
  const otlp::Signal signal_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> filter_processor_factory() {
  return std::make_unique<pipeline::ProcessorFactory<Config>>(
      pipeline::Factory::About{config::Section::Processors, "filter",
                               "Drops records by OTTL conditions, or by lists."},
      &FilterProcessor::make);
}

}  // namespace sluice::components
