#include "pipeline/trial.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "io/loop.h"
#include "pipeline/auth.h"

namespace sluice::pipeline {
namespace {

using config::ComponentConfig;
using config::PipelineConfig;
using config::Reference;
using config::Section;

/// Stands behind components that get nothing.
class Nowhere final : public Consumer {
 public:
  void consume(Batch&& /*batch*/) override {}
};

/// Looks for scalars with this text, and passes over `skipped` of them.
bool find_text(const config::Node& node, const config::Place& place, const std::string& text,
               size_t& skipped, WantedAddress& out) {
  if (node.text == text && (node.is_string() || node.from_variable)) {
    out.mark = node.mark.line != 0 || node.mark.source.empty() ? place.mark() : node.mark;
    out.path = place.path();
    return skipped-- == 0;
  }
  for (size_t i = 0; i < node.items.size(); ++i) {
    if (find_text(node.items[i], place.at(i, node.items[i]), text, skipped, out)) return true;
  }
  return std::any_of(node.members.begin(), node.members.end(), [&](const auto& member) {
    return find_text(member.second, place.at(member.first, member.second), text, skipped, out);
  });
}

class Trial {
 public:
  Trial(const Plan& plan, config::Diagnostics& diagnostics)
      : plan_(plan), diagnostics_(diagnostics) {
    host_.is_trial = true;
    host_.asked_addresses = &asked_;
  }

  std::vector<WantedAddress> run() {
    for (const Reference& reference : configuration().extensions)
      attempt(Section::Extensions, reference.id, "", [&](const Plan::Planned& planned) {
        auto made = planned.factory->extension(planned.options, reference.id, host_);
        if (!made.ok()) return made.status();
        host_.extensions[reference.id] = extensions_.emplace_back(std::move(*made)).get();
        return Status();
      });
    for (const config::ExtensionReference& reference : plan_.references()) try_role(reference);
    for (const PipelineConfig& pipeline : configuration().pipelines) {
      for (const Reference& reference : pipeline.processors) make_processor(reference.id, pipeline);
      // Who feeds a pipeline that is not there would only say that he feeds none.
      if (plan_.pipelines_fit()) {
        for (const Reference& reference : pipeline.exporters)
          make_connector(reference.id, pipeline);
      }
      for (const Reference& reference : pipeline.receivers) make_receiver(reference.id);
      for (const Reference& reference : pipeline.exporters) make_exporter(reference.id);
    }
    for (const PipelineConfig& pipeline : configuration().pipelines) check_batch_size(pipeline);
    return std::move(addresses_);
  }

 private:
  const config::Configuration& configuration() const { return plan_.configuration(); }

  /// What an extension can do may depend on its options.
  void try_role(const config::ExtensionReference& reference) {
    const auto found = host_.extensions.find(reference.id);
    if (found == host_.extensions.end()) return;
    const Status status = check_role(*found->second, reference.id, reference.role);
    if (!status.ok()) diagnostics_.error(reference.mark, reference.path, status.message());
  }

  void make_receiver(const ComponentId& id) {
    attempt(Section::Receivers, id, "", [&](const Plan::Planned& planned) {
      Inputs inputs;
      inputs.fill({&nowhere_});
      return planned.factory->receiver(planned.options, id, inputs, host_).status();
    });
  }

  void make_processor(const ComponentId& id, const PipelineConfig& pipeline) {
    attempt(Section::Processors, id, pipeline.id.type, [&](const Plan::Planned& planned) {
      if (!planned.factory->about().signals.has(signal_of(pipeline))) return Status();
      auto made = planned.factory->processor(planned.options, id, signal_of(pipeline), host_);
      if (made.ok()) batch_limits_[id] = (*made)->batch_limits();
      return made.status();
    });
  }

  void make_exporter(const ComponentId& id) {
    attempt(Section::Exporters, id, "", [&](const Plan::Planned& planned) {
      auto made = planned.factory->exporter(planned.options, id, host_);
      if (!made.ok()) return made.status();
      exporters_[id] = std::move(made).value();
      return Status();
    });
  }

  void make_connector(const ComponentId& id, const PipelineConfig& pipeline) {
    attempt(Section::Connectors, id, pipeline.id.type, [&](const Plan::Planned& planned) {
      auto made = planned.factory->connector(planned.options, id, signal_of(pipeline), host_);
      if (!made.ok()) return made.status();
      Connector::Outputs outputs;
      for (const PipelineConfig& next : configuration().pipelines) {
        if (next.id.type == pipeline.id.type && contains(next.receivers, id))
          outputs[next.id] = &nowhere_;
      }
      return (*made)->stage(0, outputs).status();
    });
  }

  /// Warns of a size of batches that somebody chose and that the pipeline's exporters do not heed.
  void check_batch_size(const PipelineConfig& pipeline) {
    BatchLimits limits;
    for (const Reference& reference : pipeline.processors) {
      const auto own = batch_limits_.find(reference.id);
      if (own != batch_limits_.end()) limits.put(own->second);
    }
    if (!limits.size) return;
    for (const Reference& reference : pipeline.exporters) {
      const auto exporter = exporters_.find(reference.id);
      if (exporter == exporters_.end()) continue;
      const std::string because = exporter->second->why_without_effect(limits.size->value);
      if (because.empty() || !warned_.insert({limits.size->path, reference.id}).second) continue;
      diagnostics_.warning(
          limits.size->mark, limits.size->path,
          "this option has no effect on the exporter " + reference.id.to_string() + ": " + because);
    }
  }

  /// Once for each kind of what it is `made_for`. Does nothing if there is no such component in the
  /// section: connectors stand in the pipelines' lists of receivers and exporters.
  template <typename Make>
  void attempt(Section section, const ComponentId& id, const std::string& made_for, Make make) {
    const Plan::Planned* planned = plan_.find_right(section, id);
    if (planned == nullptr || wrong_.count({section, id}) != 0) return;
    if (!tried_.insert({section, id, made_for}).second) return;
    asked_.clear();
    const Status status = make(*planned);
    const ComponentConfig& component = *configuration().find(section, id);
    note_addresses(component);
    if (status.ok()) return;
    diagnostics_.error(component.options.mark, component.path, status.message());
    wrong_.insert({section, id});
  }

  /// An address is found again among the options by its text, which is as it was written. One that
  /// is a default stands nowhere.
  void note_addresses(const ComponentConfig& component) {
    for (size_t i = 0; i < asked_.size(); ++i) {
      WantedAddress wanted{asked_[i], component.options.mark, component.path};
      auto before = static_cast<size_t>(
          std::count(asked_.begin(), asked_.begin() + static_cast<ptrdiff_t>(i), asked_[i]));
      find_text(component.options,
                config::Place(diagnostics_, component.path, component.options.mark), asked_[i],
                before, wanted);
      addresses_.push_back(std::move(wanted));
    }
  }

  const Plan& plan_;
  config::Diagnostics& diagnostics_;
  std::vector<std::string> asked_;  // by the component that is being made
  std::vector<WantedAddress> addresses_;
  io::Loop loop_;  // never runs
  Budget budget_{1 << 20};
  metrics::Registry metrics_;
  Nowhere nowhere_;
  Host host_{{&loop_}, budget_, metrics_};
  std::vector<std::unique_ptr<Extension>> extensions_;
  std::map<ComponentId, std::unique_ptr<Exporter>> exporters_;
  std::map<ComponentId, BatchLimits> batch_limits_;  // of processors
  std::set<std::tuple<Section, ComponentId, std::string>> tried_;
  std::set<std::pair<Section, ComponentId>> wrong_;       // as a rule for other signals too
  std::set<std::pair<std::string, ComponentId>> warned_;  // of options, for exporters
};

}  // namespace

std::string WantedAddress::problem(const std::string& message) const {
  return config::Diagnostics::Entry{mark, path, message}.to_string();
}

std::vector<WantedAddress> try_components(const Plan& plan, config::Diagnostics& diagnostics) {
  return Trial(plan, diagnostics).run();
}

}  // namespace sluice::pipeline
