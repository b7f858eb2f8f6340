#include "pipeline/trial.h"

#include <set>
#include <tuple>
#include <utility>

#include "io/loop.h"

namespace sluice::pipeline {
namespace {

using config::ComponentConfig;
using config::PipelineConfig;
using config::Section;

class Trial {
 public:
  Trial(const Plan& plan, config::Diagnostics& diagnostics)
      : plan_(plan), diagnostics_(diagnostics) {}

  void run() {
    for (const PipelineConfig& pipeline : plan_.configuration().pipelines) {
      for (const auto& reference : pipeline.processors)
        make(Section::Processors, reference.id, pipeline);
      for (const auto& reference : pipeline.exporters)
        make(Section::Connectors, reference.id, pipeline);
    }
  }

 private:
  /// Does nothing if there is no such component in the section: exporters and connectors share the
  /// pipeline's list.
  void make(Section section, const config::ComponentId& id, const PipelineConfig& pipeline) {
    const ComponentConfig* component = plan_.configuration().find(section, id);
    if (component == nullptr || wrong_.count({section, id}) != 0) return;
    if (!tried_.insert({section, id, pipeline.id.type}).second) return;
    const Plan::Planned& planned = plan_.of(section, id);
    const otlp::Signal signal = signal_of(pipeline);
    const Status status =
        section == Section::Processors
            ? planned.factory->processor(planned.options, id, signal, host_).status()
            : planned.factory->connector(planned.options, id, signal, host_).status();
    if (status.ok()) return;
    diagnostics_.error(component->options.mark, component->path, status.message());
    wrong_.insert({section, id});
  }

  const Plan& plan_;
  config::Diagnostics& diagnostics_;
  io::Loop loop_;  // never runs
  Budget budget_{1 << 20};
  metrics::Registry metrics_;
  Host host_{{&loop_}, budget_, metrics_};
  std::set<std::tuple<Section, config::ComponentId, std::string>> tried_;  // for a signal
  std::set<std::pair<Section, config::ComponentId>> wrong_;  // as a rule for the other signals too
};

}  // namespace

void try_components(const Plan& plan, config::Diagnostics& diagnostics) {
  Trial(plan, diagnostics).run();
}

}  // namespace sluice::pipeline
