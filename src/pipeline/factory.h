#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/schema.h"
#include "pipeline/component.h"

namespace sluice::pipeline {

/// Which signals a component takes.
struct Signals {
  bool logs = true;
  bool traces = true;
  bool metrics = true;

  bool has(otlp::Signal signal) const {
    return signal == otlp::Signal::Logs ? logs : signal == otlp::Signal::Traces ? traces : metrics;
  }
};

/// A kind of component: what it is called, what its options are, how one is made.
class Factory {
 public:
  struct About {
    config::Section section;
    std::string type;
    std::string doc;  ///< what it does, one sentence
    std::vector<std::string> aliases{};
    Signals signals{};
    /// What an extension may be named for.
    std::vector<config::ExtensionRole> roles{};
    /// Options of a processor that only this signal has a use for.
    std::vector<std::pair<std::string, otlp::Signal>> options_for{};
  };

  explicit Factory(About about) : about_(std::move(about)) {}
  virtual ~Factory() = default;
  const About& about() const { return about_; }

  /// Options that were read, of the type that this factory knows.
  using Options = std::shared_ptr<const void>;

  virtual const config::SchemaBase& schema() const = 0;
  /// Reads and checks options; what is wrong goes to the place's diagnostics.
  virtual Options read(const config::Node& node, const config::Place& place) const = 0;
  /// With all defaults, secrets masked.
  virtual config::Node show(const Options& options) const = 0;
  /// What right options lack for a signal that the component takes as a rule; empty: nothing.
  virtual std::string lacks(const Options&, otlp::Signal) const { return {}; }

  // The one of the factory's section works; REQUIRES that.
  virtual Result<std::unique_ptr<Receiver>> receiver(const Options&, const ComponentId&,
                                                     const Inputs&, Host&) const;
  virtual Result<std::unique_ptr<Processor>> processor(const Options&, const ComponentId&,
                                                       otlp::Signal, Host&) const;
  virtual Result<std::unique_ptr<Exporter>> exporter(const Options&, const ComponentId&,
                                                     Host&) const;
  virtual Result<std::unique_ptr<Connector>> connector(const Options&, const ComponentId&,
                                                       otlp::Signal, Host&) const;
  virtual Result<std::unique_ptr<Extension>> extension(const Options&, const ComponentId&,
                                                       Host&) const;

 private:
  const About about_;
};

/// A factory whose options are a struct with a schema.
template <typename Config>
class FactoryFor : public Factory {
 public:
  using Factory::Factory;

  const config::SchemaBase& schema() const override { return own_schema(); }
  Options read(const config::Node& node, const config::Place& place) const override {
    auto config = std::make_shared<Config>();
    own_schema().decode(node, *config, place);
    return config;
  }
  config::Node show(const Options& options) const override {
    return own_schema().encode(cast(options));
  }

 protected:
  static const config::Schema<Config>& own_schema() {
    return schema_of(static_cast<const Config*>(nullptr));
  }
  static const Config& cast(const Options& options) {
    return *static_cast<const Config*>(options.get());
  }
};

// Makes a factory out of a function, for each section.
template <typename Config>
class ReceiverFactory final : public FactoryFor<Config> {
 public:
  using Make = Result<std::unique_ptr<Receiver>> (*)(const Config&, const ComponentId&,
                                                     const Inputs&, Host&);
  ReceiverFactory(Factory::About about, Make make)
      : FactoryFor<Config>(std::move(about)), make_(make) {}
  Result<std::unique_ptr<Receiver>> receiver(const Factory::Options& options, const ComponentId& id,
                                             const Inputs& inputs, Host& host) const override {
    return make_(this->cast(options), id, inputs, host);
  }

 private:
  const Make make_;
};

template <typename Config>
class ProcessorFactory final : public FactoryFor<Config> {
 public:
  using Make = Result<std::unique_ptr<Processor>> (*)(const Config&, const ComponentId&,
                                                      otlp::Signal, Host&);
  ProcessorFactory(Factory::About about, Make make)
      : FactoryFor<Config>(std::move(about)), make_(make) {}
  Result<std::unique_ptr<Processor>> processor(const Factory::Options& options,
                                               const ComponentId& id, otlp::Signal signal,
                                               Host& host) const override {
    return make_(this->cast(options), id, signal, host);
  }

 private:
  const Make make_;
};

template <typename Config>
class ExporterFactory final : public FactoryFor<Config> {
 public:
  using Make = Result<std::unique_ptr<Exporter>> (*)(const Config&, const ComponentId&, Host&);
  using Lacks = std::string (*)(const Config&, otlp::Signal);
  ExporterFactory(Factory::About about, Make make, Lacks find_lack = nullptr)
      : FactoryFor<Config>(std::move(about)), make_(make), lacks_(find_lack) {}
  std::string lacks(const Factory::Options& options, otlp::Signal signal) const override {
    return lacks_ == nullptr ? std::string() : lacks_(this->cast(options), signal);
  }
  Result<std::unique_ptr<Exporter>> exporter(const Factory::Options& options, const ComponentId& id,
                                             Host& host) const override {
    return make_(this->cast(options), id, host);
  }

 private:
  const Make make_;
  const Lacks lacks_;
};

template <typename Config>
class ConnectorFactory final : public FactoryFor<Config> {
 public:
  using Make = Result<std::unique_ptr<Connector>> (*)(const Config&, const ComponentId&,
                                                      otlp::Signal, Host&);
  ConnectorFactory(Factory::About about, Make make)
      : FactoryFor<Config>(std::move(about)), make_(make) {}
  Result<std::unique_ptr<Connector>> connector(const Factory::Options& options,
                                               const ComponentId& id, otlp::Signal signal,
                                               Host& host) const override {
    return make_(this->cast(options), id, signal, host);
  }

 private:
  const Make make_;
};

template <typename Config>
class ExtensionFactory final : public FactoryFor<Config> {
 public:
  using Make = Result<std::unique_ptr<Extension>> (*)(const Config&, const ComponentId&, Host&);
  ExtensionFactory(Factory::About about, Make make)
      : FactoryFor<Config>(std::move(about)), make_(make) {}
  Result<std::unique_ptr<Extension>> extension(const Factory::Options& options,
                                               const ComponentId& id, Host& host) const override {
    return make_(this->cast(options), id, host);
  }

 private:
  const Make make_;
};

/// All kinds of components that there are.
class Registry {
 public:
  /// A kind that users know from elsewhere and that is not here yet.
  struct Planned {
    config::Section section;
    std::string type;
    std::string doc;      ///< what it does, one sentence
    std::string alias{};  ///< what it may also be called
  };

  void add(std::unique_ptr<Factory> factory) { factories_.push_back(std::move(factory)); }
  /// Does nothing if there is such a factory: add those first.
  void add_planned(const Planned& planned) {
    if (find(planned.section, planned.type) == nullptr) planned_.push_back(planned);
  }
  /// By type or alias; null if there is none.
  const Factory* find(config::Section section, std::string_view type) const;
  const std::vector<std::unique_ptr<Factory>>& all() const { return factories_; }
  const std::vector<Planned>& planned() const { return planned_; }
  /// By type or alias; null if there is none.
  const Planned* find_planned(config::Section section, std::string_view type) const;

 private:
  std::vector<std::unique_ptr<Factory>> factories_;
  std::vector<Planned> planned_;
};

}  // namespace sluice::pipeline
