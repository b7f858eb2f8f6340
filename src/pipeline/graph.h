#pragma once

#include <functional>
#include <memory>

#include "base/status.h"
#include "config/service.h"
#include "pipeline/factory.h"

namespace sluice::pipeline {

/// What a pipeline carries.
otlp::Signal signal_of(const config::PipelineConfig& pipeline);

/// The components of a configuration with their options read: what can be known before anything is
/// made.
class Plan {
 public:
  /// Reads the options of all components, used or not, and checks that the pipelines fit together,
  /// if it is known what these consist of. What is wrong goes to `diagnostics`; then the plan is
  /// good for nothing but try_components().
  static Plan make(const config::Configuration& configuration, const Registry& registry,
                   config::Diagnostics& diagnostics);

  struct Planned {
    const Factory* factory = nullptr;
    Factory::Options options;
    bool is_right = true;  ///< nothing was wrong with the options
  };
  /// REQUIRES: the plan was made without an error.
  const Planned& of(config::Section section, const ComponentId& id) const {
    return planned_.at({section, id});
  }
  /// Null where the options of such a component are not known to be right.
  const Planned* find_right(config::Section section, const ComponentId& id) const;
  /// Whether it is known what pipelines there are, and which connectors feed them.
  bool pipelines_fit() const { return pipelines_fit_; }
  /// Where components that are used name extensions.
  const std::vector<config::ExtensionReference>& references() const { return references_; }
  const config::Configuration& configuration() const { return configuration_; }
  /// The effective configuration: all options with their defaults, secrets masked.
  config::Node show() const;

 private:
  config::Configuration configuration_;
  std::map<std::pair<config::Section, ComponentId>, Planned> planned_;
  std::vector<config::ExtensionReference> references_;
  bool pipelines_fit_ = false;
};

/// Running pipelines.
class Graph {
 public:
  /// Makes the components and connects them. An error names the component that could not be made.
  static Result<std::unique_ptr<Graph>> build(const Plan& plan, Host& host);
  /// REQUIRES: the lanes do not run any more, or stop() is done.
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  /// Those who tell others of the process, before anything else is ready.
  Status start_extensions();
  /// Everything but the receivers, exporters first; extensions that were not started before them.
  Status start();
  /// Starts the receivers.
  Status accept();
  /// Receivers first, exporters last; each after the one before is done. Blocks; the lanes must
  /// run. False if that took longer than `timeout`: then the graph must not be destroyed.
  /// `is_replaced`: other pipelines have taken over, and nobody need be told of the end.
  bool stop(std::chrono::milliseconds timeout, bool is_replaced = false);
  /// Whether all exporters are. Thread-safe.
  bool ready() const;
  /// Of all components.
  std::vector<BoundAddress> addresses() const;

 private:
  struct Impl;
  explicit Graph(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::pipeline
