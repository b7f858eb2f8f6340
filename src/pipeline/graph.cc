#include "pipeline/graph.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <set>
#include <utility>

#include "base/nearest.h"
#include "config/yaml_writer.h"
#include "pipeline/collector_metrics.h"
#include "pipeline/fan_out.h"

namespace sluice::pipeline {

otlp::Signal signal_of(const config::PipelineConfig& pipeline) {
  if (pipeline.id.type == "traces") return otlp::Signal::Traces;
  return pipeline.id.type == "metrics" ? otlp::Signal::Metrics : otlp::Signal::Logs;
}

namespace {

using config::PipelineConfig;
using config::Reference;
using config::Section;

constexpr Section kSections[] = {Section::Receivers, Section::Processors, Section::Exporters,
                                 Section::Connectors, Section::Extensions};

std::string path_of(const PipelineConfig& pipeline) {
  return "service::pipelines::" + pipeline.id.to_string();
}

std::string unknown_type(const Registry& registry, Section section, const std::string& type) {
  const std::string kind(config::component_kind(section));
  if (registry.find_planned(section, type) != nullptr)
    return "the " + kind + " " + type + " is not supported yet";
  std::vector<std::string_view> names;
  for (const auto& factory : registry.all()) {
    if (factory->about().section == section) names.push_back(factory->about().type);
  }
  std::vector<std::string_view> known = names;
  for (const Registry::Planned& planned : registry.planned()) {
    if (planned.section != section) continue;
    known.push_back(planned.type);
    if (!planned.alias.empty()) known.push_back(planned.alias);
  }
  const std::string nearest = nearest_name(type, known);
  std::string message = "there is no " + kind + " of type \"" + type + "\"";
  if (!nearest.empty()) {
    const bool is_there = registry.find(section, nearest) != nullptr;
    return message + "; did you mean \"" + nearest + "\"" +
           (is_there ? "?" : ", which is not supported yet?");
  }
  message += "; there are:";
  for (const std::string_view name : names) message += " " + std::string(name);
  return message;
}

/// An option that names an extension must name one that runs, and whose kind can do what it is
/// named for.
bool check_extension(const config::ExtensionReference& reference,
                     const config::Configuration& configuration, const Registry& registry,
                     config::Diagnostics& diagnostics) {
  const std::string name = "the extension " + reference.id.to_string();
  const Factory* factory = registry.find(Section::Extensions, reference.id.type);
  std::string problem;
  if (configuration.find(Section::Extensions, reference.id) == nullptr) {
    problem = name + " is not configured: there is no such key under extensions" +
              configuration.nearest(Section::Extensions, reference.id);
  } else if (!configuration.is_used(Section::Extensions, reference.id)) {
    problem = name + " does not run: add it to service::extensions";
  } else if (factory != nullptr) {
    const auto& roles = factory->about().roles;
    if (std::find(roles.begin(), roles.end(), reference.role) == roles.end())
      problem = name + " is no authenticator for this";
  }
  if (problem.empty()) return true;
  diagnostics.error(reference.mark, reference.path, std::move(problem));
  return false;
}

/// Warns of options that are for a signal which none of the component's pipelines carries.
void check_options_for(const Plan::Planned& planned, const config::ComponentConfig& component,
                       const config::Configuration& configuration, const config::Place& place) {
  const Factory& factory = *planned.factory;
  if (factory.about().options_for.empty()) return;
  config::Diagnostics nobody;
  const config::Node given = factory.show(planned.options);
  const config::Node standard = factory.show(factory.read({}, {nobody, "", {}}));
  for (const auto& [option, signal] : factory.about().options_for) {
    const config::Node* value = given.find(option);
    if (value == nullptr || !place.has(option)) continue;
    if (config::to_yaml(*value) == config::to_yaml(*standard.find(option))) continue;
    const bool has_use = std::any_of(configuration.pipelines.begin(), configuration.pipelines.end(),
                                     [&, wanted = signal](const PipelineConfig& pipeline) {
                                       return contains(pipeline.processors, component.id) &&
                                              signal_of(pipeline) == wanted;
                                     });
    if (!has_use) {
      place.of(option).warning("this option has no effect: it is for " +
                               std::string(otlp::signal_name(signal)));
    }
  }
}

/// What can be said about pipelines once it is known what their components can do.
class PipelineChecks {
 public:
  PipelineChecks(const config::Configuration& configuration, const Registry& registry,
                 const Plan& plan, config::Diagnostics& diagnostics)
      : configuration_(configuration),
        registry_(registry),
        plan_(plan),
        diagnostics_(diagnostics) {}

  /// Where not all components are known, what is said of those that are. Gives whether connectors
  /// stand at the beginnings and ends of pipelines as they should, as far as that is known.
  bool run(bool all_are_known) {
    bool fit = true;
    for (const PipelineConfig& pipeline : configuration_.pipelines) {
      check_signals(pipeline, pipeline.receivers, Section::Receivers);
      check_signals(pipeline, pipeline.processors, Section::Processors);
      check_signals(pipeline, pipeline.exporters, Section::Exporters);
      if (all_are_known && !check_connectors(pipeline)) fit = false;
    }
    for (const PipelineConfig& pipeline : configuration_.pipelines) find_cycle(pipeline);
    return fit;
  }

 private:
  bool is_connector(const ComponentId& id) const {
    return configuration_.find(Section::Connectors, id) != nullptr;
  }

  void check_signals(const PipelineConfig& pipeline, const std::vector<Reference>& references,
                     Section section) {
    for (const Reference& reference : references) {
      const Section own =
          configuration_.find(section, reference.id) == nullptr ? Section::Connectors : section;
      if (configuration_.find(own, reference.id) == nullptr) continue;
      const Factory* factory = registry_.find(own, reference.id.type);
      if (factory == nullptr) continue;
      const otlp::Signal signal = signal_of(pipeline);
      const bool takes = factory->about().signals.has(signal);
      const Plan::Planned* planned = takes ? plan_.find_right(own, reference.id) : nullptr;
      const std::string lacking =
          planned == nullptr ? std::string() : factory->lacks(planned->options, signal);
      if (takes && lacking.empty()) continue;
      diagnostics_.error(reference.mark, reference.path,
                         "the " + std::string(config::component_kind(own)) + " " +
                             reference.id.to_string() + " does not take " + pipeline.id.type +
                             (lacking.empty() ? "" : ": it lacks " + lacking));
    }
  }

  /// What goes into a connector must come out of it in a pipeline of the same signal, and the other
  /// way round.
  bool check_connectors(const PipelineConfig& pipeline) {
    bool fit = true;
    for (const auto& [references, other, way] :
         {std::tuple(&pipeline.exporters, &PipelineConfig::receivers, "receiver"),
          std::tuple(&pipeline.receivers, &PipelineConfig::exporters, "exporter")}) {
      for (const Reference& reference : *references) {
        if (!is_connector(reference.id)) continue;
        const bool has_other =
            std::any_of(configuration_.pipelines.begin(), configuration_.pipelines.end(),
                        [&, list = other](const PipelineConfig& p) {
                          return p.id.type == pipeline.id.type && contains(p.*list, reference.id);
                        });
        if (has_other) continue;
        fit = false;
        diagnostics_.error(reference.mark, reference.path,
                           "the connector " + reference.id.to_string() + " is the " + way +
                               " of no " + pipeline.id.type + " pipeline");
      }
    }
    return fit;
  }

  void find_cycle(const PipelineConfig& pipeline) {
    if (done_.count(pipeline.id) != 0) return;
    // Those before it on the way lead into the circle and are no part of it.
    if (auto at = std::find(path_.begin(), path_.end(), pipeline.id); at != path_.end()) {
      std::string text;
      for (; at != path_.end(); ++at) text += at->to_string() + " -> ";
      diagnostics_.error(
          pipeline.mark, path_of(pipeline),
          "pipelines feed each other in a circle: " + text + pipeline.id.to_string());
      done_.insert(pipeline.id);
      return;
    }
    path_.push_back(pipeline.id);
    for (const Reference& reference : pipeline.exporters) {
      if (!is_connector(reference.id)) continue;
      for (const PipelineConfig& next : configuration_.pipelines) {
        if (next.id.type == pipeline.id.type && contains(next.receivers, reference.id))
          find_cycle(next);
      }
    }
    path_.pop_back();
    done_.insert(pipeline.id);
  }

  const config::Configuration& configuration_;
  const Registry& registry_;
  const Plan& plan_;
  config::Diagnostics& diagnostics_;
  std::vector<ComponentId> path_;
  std::set<ComponentId> done_;
};

}  // namespace

Plan Plan::make(const config::Configuration& configuration, const Registry& registry,
                config::Diagnostics& diagnostics) {
  Plan plan;
  plan.configuration_ = configuration;
  bool is_known = configuration.is_whole;  // what there is, and how it is connected
  for (const Section section : kSections) {
    for (const config::ComponentConfig& component : configuration.of(section)) {
      const config::Place place(diagnostics, component.path, component.options.mark,
                                &component.options);
      const Factory* factory = registry.find(section, component.id.type);
      if (factory == nullptr) {
        place.error(unknown_type(registry, section, component.id.type));
        is_known = false;
        continue;
      }
      const size_t before = diagnostics.errors().size();
      Planned& planned = plan.planned_[{section, component.id}];
      planned = {factory, factory->read(component.options, place)};
      const auto references = diagnostics.take_references();
      const bool is_used = configuration.is_used(section, component.id);
      if (is_used) {
        std::copy_if(references.begin(), references.end(), std::back_inserter(plan.references_),
                     [&](const config::ExtensionReference& reference) {
                       return check_extension(reference, configuration, registry, diagnostics);
                     });
      }
      planned.is_right = diagnostics.errors().size() == before;
      if (is_used && planned.is_right) check_options_for(planned, component, configuration, place);
    }
  }
  const bool fit = PipelineChecks(configuration, registry, plan, diagnostics).run(is_known);
  plan.pipelines_fit_ = configuration.inputs_are_known && fit;
  return plan;
}

const Plan::Planned* Plan::find_right(Section section, const ComponentId& id) const {
  const auto found = planned_.find({section, id});
  return found == planned_.end() || !found->second.is_right ? nullptr : &found->second;
}

config::Node Plan::show() const {
  config::Node root = config::Node::map();
  for (const Section section : kSections) {
    config::Node components = config::Node::map();
    for (const config::ComponentConfig& component : configuration_.of(section)) {
      const Planned& planned = of(section, component.id);
      components.set(component.id.to_string(), planned.factory->show(planned.options));
    }
    if (!components.members.empty()) root.set(config::section_name(section), std::move(components));
  }
  const auto names = [](const std::vector<Reference>& references) {
    config::Node list = config::Node::list();
    for (const Reference& reference : references)
      list.items.push_back(config::Node::string(reference.id.to_string()));
    return list;
  };
  config::Node pipelines = config::Node::map();
  for (const PipelineConfig& pipeline : configuration_.pipelines) {
    config::Node node = config::Node::map();
    node.set("receivers", names(pipeline.receivers));
    node.set("processors", names(pipeline.processors));
    node.set("exporters", names(pipeline.exporters));
    pipelines.set(pipeline.id.to_string(), std::move(node));
  }
  config::Node service = config::Node::map();
  service.set("extensions", names(configuration_.extensions));
  service.set("pipelines", std::move(pipelines));
  root.set("service", std::move(service));
  return root;
}

struct Graph::Impl {
  Impl(const Plan& planned, Host& shared) : plan(planned), host(shared) {}

  Status build();
  Status make_exporters();
  Status make_processors(const PipelineConfig& pipeline);
  void tell_exporters();
  Status make_pipeline(const PipelineConfig& pipeline);
  Status make_receivers();
  Status start_until(size_t end);
  /// The pipelines that a connector of this one feeds.
  template <typename Visit>
  Status each_fed(const PipelineConfig& pipeline, const ComponentId& connector, Visit visit);
  Result<Connector*> connector(const ComponentId& id, otlp::Signal signal);
  Consumer* joined(const std::vector<Consumer*>& next);
  Consumer* keep(std::unique_ptr<Consumer> stage);

  template <typename T>
  T* add(std::unique_ptr<T> component) {
    T* made = component.get();
    components.push_back(std::move(component));
    return made;
  }
  Status failed(const ComponentId& id, const Status& status) const {
    return status.with_context(id.to_string());
  }
  /// Keeps what is wrong, so that all ports in use are named at once.
  void listen_failed(const ComponentId& id, const Status& status) {
    const Status here = failed(id, status);
    const std::string before = problems.ok() ? "" : problems.message() + "\n";
    problems = Status(problems.ok() ? here.code() : problems.code(), before + here.message());
  }

  const Plan& plan;
  Host& host;
  std::vector<std::unique_ptr<Component>> components;  // consumers before those who feed them
  Status problems;
  size_t first_exporter = 0;  // in components
  size_t first_receiver = 0;
  size_t started = 0;  // so many of the components
  std::map<ComponentId, Exporter*> exporters;
  std::map<ComponentId, std::vector<Processor*>> processors;  // of the pipelines, in their order
  std::map<std::pair<ComponentId, otlp::Signal>, Connector*> connectors;
  std::map<ComponentId, std::vector<Consumer*>> entries;  // of the pipelines, by lane
  std::vector<std::unique_ptr<Consumer>> stages;          // last: they refer to the components
};

Consumer* Graph::Impl::keep(std::unique_ptr<Consumer> stage) {
  stages.push_back(std::move(stage));
  return stages.back().get();
}

/// One stage for several: the same data for each.
Consumer* Graph::Impl::joined(const std::vector<Consumer*>& next) {
  if (next.size() == 1) return next.front();
  return keep(std::make_unique<FanOut>(next));
}

Status Graph::Impl::make_exporters() {
  for (const PipelineConfig& pipeline : plan.configuration().pipelines) {
    for (const Reference& reference : pipeline.exporters) {
      const bool is_connector =
          plan.configuration().find(Section::Exporters, reference.id) == nullptr;
      if (is_connector || exporters.count(reference.id) != 0) continue;
      const Plan::Planned& planned = plan.of(Section::Exporters, reference.id);
      auto made = planned.factory->exporter(planned.options, reference.id, host);
      if (!made.ok()) return failed(reference.id, made.status());
      exporters[reference.id] = add(std::move(made).value());
    }
  }
  return {};
}

Result<Connector*> Graph::Impl::connector(const ComponentId& id, otlp::Signal signal) {
  Connector*& slot = connectors[{id, signal}];
  if (slot != nullptr) return slot;
  const Plan::Planned& planned = plan.of(Section::Connectors, id);
  auto made = planned.factory->connector(planned.options, id, signal, host);
  if (!made.ok()) return failed(id, made.status());
  return slot = add(std::move(made).value());
}

template <typename Visit>
Status Graph::Impl::each_fed(const PipelineConfig& pipeline, const ComponentId& connector,
                             Visit visit) {
  for (const PipelineConfig& next : plan.configuration().pipelines) {
    if (next.id.type != pipeline.id.type || !contains(next.receivers, connector)) continue;
    SLUICE_RETURN_IF_ERROR(visit(next));
  }
  return {};
}

/// Makes a pipeline's processors from the end, and before them those of the pipelines that it
/// feeds.
Status Graph::Impl::make_processors(const PipelineConfig& pipeline) {
  if (processors.count(pipeline.id) != 0) return {};
  for (const Reference& reference : pipeline.exporters) {
    if (exporters.count(reference.id) != 0) continue;
    SLUICE_RETURN_IF_ERROR(each_fed(
        pipeline, reference.id, [&](const PipelineConfig& next) { return make_processors(next); }));
    if (auto made = connector(reference.id, signal_of(pipeline)); !made.ok()) return made.status();
  }
  std::vector<Processor*>& own = processors[pipeline.id];
  own.resize(pipeline.processors.size());
  for (size_t i = own.size(); i-- > 0;) {
    const ComponentId& id = pipeline.processors[i].id;
    const Plan::Planned& planned = plan.of(Section::Processors, id);
    auto made = planned.factory->processor(planned.options, id, signal_of(pipeline), host);
    if (!made.ok()) return failed(id, made.status());
    own[i] = add(std::move(made).value());
  }
  return {};
}

/// Which pipelines end in them, and what the last processor with a wish wants of them.
void Graph::Impl::tell_exporters() {
  for (const PipelineConfig& pipeline : plan.configuration().pipelines) {
    BatchLimits limits;
    for (const Processor* processor : processors[pipeline.id])
      limits.put(processor->batch_limits());
    for (const Reference& reference : pipeline.exporters) {
      if (const auto at = exporters.find(reference.id); at != exporters.end())
        at->second->serve(signal_of(pipeline), limits);
    }
  }
}

/// Makes a pipeline's stages from the end, and before it the pipelines that it feeds.
Status Graph::Impl::make_pipeline(const PipelineConfig& pipeline) {
  if (entries.count(pipeline.id) != 0) return {};
  const otlp::Signal signal = signal_of(pipeline);
  std::vector<std::vector<Consumer*>> ends(host.lanes.size());
  std::set<ComponentId> seen;
  for (const Reference& reference : pipeline.exporters) {
    if (!seen.insert(reference.id).second) continue;
    if (const auto exporter = exporters.find(reference.id); exporter != exporters.end()) {
      for (size_t i = 0; i < ends.size(); ++i) ends[i].push_back(&exporter->second->stage(i));
      continue;
    }
    std::vector<Connector::Outputs> outputs(ends.size());
    const auto feed = [&](const PipelineConfig& next) {
      if (Status made = make_pipeline(next); !made.ok()) return made;
      for (size_t i = 0; i < ends.size(); ++i) outputs[i][next.id] = entries[next.id][i];
      return Status();
    };
    SLUICE_RETURN_IF_ERROR(each_fed(pipeline, reference.id, feed));
    auto made = connector(reference.id, signal);
    if (!made.ok()) return made.status();
    for (size_t i = 0; i < ends.size(); ++i) {
      auto stage = (*made)->stage(i, outputs[i]);
      if (!stage.ok()) return failed(reference.id, stage.status());
      ends[i].push_back(keep(std::move(stage).value()));
    }
  }
  std::vector<Consumer*> stage;
  for (const std::vector<Consumer*>& next : ends) stage.push_back(joined(next));
  const std::vector<Processor*>& own = processors[pipeline.id];
  metrics::Counter* incoming = nullptr;  // of the processor that follows
  const auto metered = [&](Consumer* next) {
    auto meter = std::make_unique<Meter>(*next);
    if (incoming != nullptr) meter->count_for(*incoming);
    return meter;
  };
  for (size_t p = own.size(); p-- > 0;) {
    const ProcessorItems items(host.metrics, pipeline.processors[p].id.to_string(), signal);
    for (size_t i = 0; i < stage.size(); ++i) {
      auto meter = metered(stage[i]);
      meter->count_for(items.outgoing);
      Consumer* const behind = keep(std::move(meter));
      stage[i] = keep(own[p]->stage(i, *behind));
    }
    incoming = &items.incoming;
  }
  if (incoming != nullptr) {
    for (Consumer*& entry : stage) entry = keep(metered(entry));
  }
  entries[pipeline.id] = std::move(stage);
  return {};
}

Status Graph::Impl::make_receivers() {
  std::set<ComponentId> made_ids;
  for (const PipelineConfig& pipeline : plan.configuration().pipelines) {
    for (const Reference& reference : pipeline.receivers) {
      const bool is_connector =
          plan.configuration().find(Section::Receivers, reference.id) == nullptr;
      if (is_connector || !made_ids.insert(reference.id).second) continue;
      std::array<std::vector<std::vector<Consumer*>>, otlp::kSignalCount> fed;
      for (const PipelineConfig& other : plan.configuration().pipelines) {
        if (!contains(other.receivers, reference.id)) continue;
        auto& lanes = fed[static_cast<size_t>(signal_of(other))];
        lanes.resize(host.lanes.size());
        for (size_t i = 0; i < lanes.size(); ++i) lanes[i].push_back(entries[other.id][i]);
      }
      Inputs inputs;
      for (size_t s = 0; s < fed.size(); ++s) {
        for (const std::vector<Consumer*>& next : fed[s]) inputs[s].push_back(joined(next));
      }
      const Plan::Planned& planned = plan.of(Section::Receivers, reference.id);
      auto made = planned.factory->receiver(planned.options, reference.id, inputs, host);
      if (made.ok()) {
        add(std::move(made).value());
      } else {
        listen_failed(reference.id, made.status());
      }
    }
  }
  return problems;
}

Status Graph::Impl::build() {
  for (const Reference& reference : plan.configuration().extensions) {
    const Plan::Planned& planned = plan.of(Section::Extensions, reference.id);
    auto made = planned.factory->extension(planned.options, reference.id, host);
    if (!made.ok()) {
      listen_failed(reference.id, made.status());
      continue;
    }
    host.extensions[reference.id] = add(std::move(made).value());
  }
  if (!problems.ok()) return problems;
  first_exporter = components.size();
  SLUICE_RETURN_IF_ERROR(make_exporters());
  for (const PipelineConfig& pipeline : plan.configuration().pipelines)
    SLUICE_RETURN_IF_ERROR(make_processors(pipeline));
  tell_exporters();
  for (const PipelineConfig& pipeline : plan.configuration().pipelines)
    SLUICE_RETURN_IF_ERROR(make_pipeline(pipeline));
  first_receiver = components.size();
  return make_receivers();
}

Graph::Graph(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Graph::~Graph() = default;

Result<std::unique_ptr<Graph>> Graph::build(const Plan& plan, Host& host) {
  auto impl = std::make_unique<Impl>(plan, host);
  SLUICE_RETURN_IF_ERROR(impl->build());
  return std::unique_ptr<Graph>(new Graph(std::move(impl)));
}

Status Graph::Impl::start_until(size_t end) {
  for (; started < end; ++started) SLUICE_RETURN_IF_ERROR(components[started]->start());
  return {};
}

Status Graph::start_extensions() { return impl_->start_until(impl_->first_exporter); }

Status Graph::start() { return impl_->start_until(impl_->first_receiver); }

Status Graph::accept() {
  SLUICE_RETURN_IF_ERROR(impl_->start_until(impl_->components.size()));
  for (const auto& [id, extension] : impl_->host.extensions) extension->pipelines_started();
  return {};
}

bool Graph::stop(std::chrono::milliseconds timeout, bool is_replaced) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  if (!is_replaced) {
    for (const auto& [id, extension] : impl_->host.extensions) extension->pipelines_stopping();
  }
  for (const auto& component : impl_->components) component->hurry();
  for (auto at = impl_->components.rbegin(); at != impl_->components.rend(); ++at) {
    const auto done = std::make_shared<std::promise<void>>();
    std::future<void> future = done->get_future();
    (*at)->stop([done] { done->set_value(); });
    if (future.wait_until(end) != std::future_status::ready) return false;
  }
  return true;
}

bool Graph::ready() const {
  return std::all_of(impl_->exporters.begin(), impl_->exporters.end(),
                     [](const auto& exporter) { return exporter.second->ready(); });
}

std::vector<BoundAddress> Graph::addresses() const {
  std::vector<BoundAddress> all;
  for (const auto& component : impl_->components) {
    for (BoundAddress& address : component->addresses()) all.push_back(std::move(address));
  }
  return all;
}

}  // namespace sluice::pipeline
