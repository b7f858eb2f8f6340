// What every component must do, whatever it is for: the whole registry is run through it. A new
// component that cannot do with its defaults needs a line in kConfigurations.

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "config/yaml_writer.h"
#include "testing/random_records.h"
#include "testing/rig.h"

namespace sluice::components {
namespace {

using testing::Lanes;
using testing::Rig;
using testing::Sink;

using config::Section;
using otlp::Signal;
using pipeline::Factory;

constexpr Signal kSignals[] = {Signal::Logs, Signal::Traces, Signal::Metrics};

struct Configuration {
  Section section;
  const char* type;
  const char* yaml;
};

/// Of components that need options, and of others some that give them more to do. SIGNAL stands for
/// the signal's name; pipelines behind a connector are called SIGNAL/a and SIGNAL/b.
const Configuration kConfigurations[] = {
    {Section::Receivers, "otlp", "{protocols: {http: {endpoint: '127.0.0.1:0'}}}"},
    {Section::Processors, "attributes",
     "{actions: [{key: a, action: upsert, value: {x: [1]}}, {key: a, action: hash}, {key: "
     "service.name, action: convert, converted_type: int}, {action: delete, pattern: 'e'}]}"},
    {Section::Processors, "resource",
     "{attributes: [{key: a, action: insert, from_attribute: service.name}, {key: service.name, "
     "action: extract, pattern: '(?P<x>.)'}]}"},
    {Section::Processors, "span",
     "{name: {from_attributes: [a], to_attributes: {rules: ['(?P<x>a+)', '^(?P<y>.*)$']}}, "
     "status: {code: Error, description: d}}"},
    {Section::Processors, "groupbyattrs", "{keys: [a, service.name]}"},
    {Section::Processors, "groupbyattrs", "{}"},
    {Section::Processors, "filter",
     R"({error_mode: propagate, logs: {log_record: ['IsMatch(body, "a")', 'severity_number > 3']},
         traces: {span: ['kind == 1'], spanevent: ['name == "a"']},
         metrics: {metric: ['type == 1'], datapoint: ['value_int > 5']}})"},
    {Section::Processors, "filter",
     "{logs: {include: {match_type: regexp, bodies: ['a']}}, spans: {exclude: {match_type: "
     "strict, "
     "services: [a]}}, metrics: {include: {match_type: strict, metric_names: [a]}}}"},
    {Section::Processors, "transform",
     R"({error_mode: propagate,
         log_statements: ['set(log.attributes["x"], log.body)', 'set(log.body, Int(log.body))'],
         trace_statements: ['set(span.name, Concat([span.name, span.kind], "-"))'],
         metric_statements: ['set(datapoint.attributes["x"], datapoint.value_double * 2)']})"},
    {Section::Processors, "redaction",
     "{allow_all_keys: true, blocked_values: ['a', '\\d'], blocked_key_patterns: ['service'], "
     "redact_all_types: true, hash_function: sha3, summary: debug, url_sanitizer: {enabled: true, "
     "attributes: [a]}}"},
    {Section::Processors, "redaction", "{allowed_keys: [a], ignored_keys: [service.name]}"},
    {Section::Processors, "probabilistic_sampler", "{sampling_percentage: 50}"},
    {Section::Processors, "probabilistic_sampler",
     "{sampling_percentage: 30, mode: proportional, fail_closed: false}"},
    {Section::Processors, "probabilistic_sampler",
     "{sampling_percentage: 70, mode: equalizing, attribute_source: record, from_attribute: a, "
     "sampling_priority: a}"},
    {Section::Processors, "tail_sampling",
     R"({decision_wait: 1ms, num_traces: 3, policies: [
         {name: s, type: string_attribute, string_attribute: {key: a, values: [a]}},
         {name: n, type: numeric_attribute, numeric_attribute: {key: a, invert_match: true}},
         {name: l, type: latency, latency: {threshold_ms: 5}},
         {name: o, type: ottl_condition, ottl_condition: {span: ['name == "a"']}}]})"},
    {Section::Processors, "tail_sampling", "{}"},
    {Section::Processors, "cumulativetodelta", "{initial_value: keep, max_staleness: 1ns}"},
    {Section::Processors, "metricstransform",
     R"({transforms: [
         {include: '.*', match_type: regexp, action: insert, new_name: '${0}x', operations: [
           {action: update_label, label: a, new_label: service.name},
           {action: experimental_scale_value, experimental_scale: 1.0e300},
           {action: toggle_scalar_data_type},
           {action: aggregate_labels, label_set: [a], aggregation_type: median}]},
         {include: '(.)', match_type: regexp, action: combine, new_name: c, aggregation_type: mean},
         {include: a, action: group, group_resource_labels: {g: a}}]})"},
    {Section::Processors, "logdedup", "{interval: 1ms, exclude_fields: [attributes.a, body.a.b]}"},
    {Section::Processors, "logdedup",
     "{include_fields: [attributes.a], conditions: ['body == 1']}"},
    {Section::Processors, "memory_limiter", "{check_interval: 1s, limit_mib: 100}"},
    {Section::Exporters, "file", "{path: /dev/null}"},
    {Section::Exporters, "clickhouse",
     "{endpoint: 'http://127.0.0.1:1', create_schema: false, retry_on_failure: {enabled: false}}"},
    {Section::Exporters, "otlp",
     "{endpoint: '127.0.0.1:1', tls: {insecure: true}, retry_on_failure: {enabled: false}}"},
    {Section::Exporters, "otlp_http",
     "{endpoint: 'http://127.0.0.1:1', retry_on_failure: {enabled: false}}"},
    {Section::Extensions, "basicauth", "{client_auth: {username: a, password: b}}"},
    {Section::Extensions, "bearertokenauth", "{token: a}"},
    {Section::Connectors, "routing",
     R"({default_pipelines: [SIGNAL/b], error_mode: ignore, table: [
         {condition: 'attributes["a"] != nil', pipelines: [SIGNAL/a, SIGNAL/b], action: copy},
         {context: log, condition: 'severity_number > 3', pipelines: [SIGNAL/a]},
         {context: span, condition: 'kind > 1', pipelines: [SIGNAL/a]},
         {context: datapoint, condition: 'value_int > 0', pipelines: [SIGNAL/b, SIGNAL/a]}]})"},
    {Section::Connectors, "routing",
     R"({table: [{context: request, condition: 'request["x"] == "y"', pipelines: [SIGNAL/a]}]})"},
};

std::string of_signal(std::string yaml, Signal signal) {
  for (size_t at = 0; (at = yaml.find("SIGNAL", at)) != std::string::npos;)
    yaml.replace(at, 6, otlp::signal_name(signal));
  return yaml;
}

/// Configurations of a component; the empty one if none is listed.
std::vector<std::string> configurations_of(const Factory& factory, Signal signal) {
  std::vector<std::string> out;
  for (const Configuration& each : kConfigurations) {
    if (each.section == factory.about().section && factory.about().type == each.type)
      out.push_back(of_signal(each.yaml, signal));
  }
  if (out.empty()) out.emplace_back("{}");
  return out;
}

std::string name_of(const Factory& factory) {
  return std::string(config::component_kind(factory.about().section)) + " " + factory.about().type;
}

/// What is wrong with options; empty if nothing is.
std::string problems(const Factory& factory, const config::Node& options) {
  config::Diagnostics diagnostics;
  factory.read(options, config::Place(diagnostics, factory.about().type, {}));
  return diagnostics.to_string();
}

bool passes_records(const Factory& factory) {
  return factory.about().section == Section::Processors ||
         factory.about().section == Section::Connectors;
}

template <typename Visit>
void each_configuration(Visit&& visit) {
  for (const auto& factory : all_components().all()) {
    for (const Signal signal : kSignals) {
      if (!factory->about().signals.has(signal)) continue;
      for (const std::string& yaml : configurations_of(*factory, signal)) {
        SCOPED_TRACE(name_of(*factory) + " for " + std::string(otlp::signal_name(signal)) + ": " +
                     yaml);
        visit(*factory, signal, yaml);
      }
    }
  }
}

TEST(Contract, NamesDiffer) {
  std::map<std::pair<Section, std::string>, int> uses;
  for (const auto& factory : all_components().all()) {
    ++uses[{factory->about().section, factory->about().type}];
    for (const std::string& alias : factory->about().aliases)
      ++uses[{factory->about().section, alias}];
  }
  for (const auto& [name, count] : uses) EXPECT_EQ(count, 1) << name.second;
}

TEST(Contract, EveryOptionIsDocumented) {
  for (const auto& factory : all_components().all()) {
    EXPECT_FALSE(factory->about().doc.empty()) << name_of(*factory);
    for (const config::FieldInfo& field : factory->schema().fields()) {
      EXPECT_FALSE(field.doc.empty() && field.refused_because.empty() &&
                   field.ignored_because.empty())
          << name_of(*factory) << ": " << field.name;
    }
  }
}

TEST(Contract, ConfigurationsAreRead) {
  each_configuration([](const Factory& factory, Signal, const std::string& yaml) {
    EXPECT_EQ(problems(factory, config::parse_yaml(yaml, "").value()), "");
  });
}

TEST(Contract, AnUnknownKeyIsRefusedWithTheNearestKnownName) {
  each_configuration([](const Factory& factory, Signal, const std::string& yaml) {
    config::Node options = config::parse_yaml(yaml, "").value();
    std::string known;
    for (const config::FieldInfo& field : factory.schema().fields()) {
      if (field.refused_because.empty() && field.ignored_because.empty()) known = field.name;
    }
    options.set(known + "z", config::Node::of_int(1));
    const std::string problem = problems(factory, options);
    EXPECT_NE(problem.find("::" + known + "z: "), std::string::npos) << problem;
    EXPECT_NE(problem.find(known.empty() ? "" : "\"" + known + "\""), std::string::npos) << problem;
  });
}

TEST(Contract, AWrongTypeIsRefused) {
  each_configuration([](const Factory& factory, Signal, const std::string& yaml) {
    EXPECT_NE(problems(factory, config::Node::string("text")), "");
    for (const config::FieldInfo& field : factory.schema().fields()) {
      if (field.type.name == "any value" || !field.refused_because.empty() ||
          !field.ignored_because.empty())
        continue;
      // A date is what no option takes, also no list or map that one stands in for.
      config::Node options = config::parse_yaml(yaml, "").value();
      options.set(field.name, config::resolve_plain_scalar("2024-01-02", {}));
      EXPECT_NE(problems(factory, options), "") << field.name;
    }
  });
}

/// An option that has no effect, below the component's own: its path as in a configuration.
struct Effectless {
  std::vector<std::string>
      path;            ///< names; "[]" is an element of a list, "NAME" one of a dictionary
  config::Node value;  ///< what may stand there
};

void find_effectless(const config::SchemaBase& schema, std::vector<std::string> path,
                     std::vector<Effectless>& out);

void find_below(const config::Type& type, std::vector<std::string> path,
                std::vector<Effectless>& out) {
  if (type.object != nullptr) return find_effectless(*type.object, std::move(path), out);
  if (type.element.empty()) return;
  path.emplace_back(type.name == "list" ? "[]" : "NAME");
  find_below(type.element.front(), std::move(path), out);
}

void find_effectless(const config::SchemaBase& schema, std::vector<std::string> path,
                     std::vector<Effectless>& out) {
  for (const config::FieldInfo& field : schema.fields()) {
    path.push_back(field.name);
    if (!field.ignored_because.empty()) out.push_back({path, field.standard});
    for (const auto& [below, because] : field.ignored_below) {
      out.push_back({path, {}});
      for (size_t at = 0; at < below.size();) {
        const size_t end = std::min(below.find("::", at), below.size());
        out.back().path.push_back(below.substr(at, end - at));
        at = std::min(end + 2, below.size());
      }
    }
    find_below(field.type, path, out);
    path.pop_back();
  }
}

config::Node options_with(const Effectless& option) {
  config::Node node = option.value;
  for (size_t i = option.path.size(); i-- > 0;) {
    config::Node around = option.path[i] == "[]" ? config::Node::list() : config::Node::map();
    if (around.is_list()) {
      around.items.push_back(std::move(node));
    } else {
      around.set(option.path[i], std::move(node));
    }
    node = std::move(around);
  }
  return node;
}

/// As messages have it.
std::string path_of(const Effectless& option) {
  std::string out;
  for (const std::string& name : option.path) out += name == "[]" ? "[0]" : "::" + name;
  return out;
}

TEST(Contract, WhatHasNoEffectIsSaidWhereItIsGiven) {
  size_t options = 0;
  for (const auto& factory : all_components().all()) {
    std::vector<Effectless> all;
    find_effectless(factory->schema(), {}, all);
    for (const Effectless& option : all) {
      config::Diagnostics diagnostics;
      factory->read(options_with(option), config::Place(diagnostics, "x", {}));
      std::string said;
      for (const auto& warning : diagnostics.warnings()) said += warning.to_string() + "\n";
      const std::string expected = "x" + path_of(option) + ": this option has no effect: ";
      EXPECT_NE(said.find(expected), std::string::npos) << name_of(*factory) << expected << said;
      ++options;
    }
  }
  EXPECT_GT(options, 50u);
}

TEST(Contract, WhatIsShownIsReadAgainWithoutAWord) {
  each_configuration([](const Factory& factory, Signal, const std::string& yaml) {
    const auto shown_of = [&](const config::Node& options, config::Diagnostics& diagnostics) {
      return config::to_yaml(factory.show(factory.read(options, {diagnostics, "", {}})));
    };
    config::Diagnostics ignored;
    const std::string shown = shown_of(config::parse_yaml(yaml, "").value(), ignored);
    config::Diagnostics diagnostics;
    EXPECT_EQ(shown_of(config::parse_yaml(shown, "").value(), diagnostics), shown);
    EXPECT_EQ(diagnostics.to_string(), "") << shown;
    for (const auto& warning : diagnostics.warnings()) ADD_FAILURE() << warning.to_string();
  });
}

/// A batch of a signal at random; every fourth is quite empty.
pipeline::Batch random_batch(uint64_t seed, Signal signal) {
  pipeline::Batch batch;
  batch.signal = signal;
  batch.logs = batch.arena->create<otlp::LogsRequest>();
  batch.traces = batch.arena->create<otlp::TracesRequest>();
  batch.metrics = batch.arena->create<otlp::MetricsRequest>();
  if (seed % 4 == 0) return batch;
  testing::fill_at_random(seed, *batch.arena, *batch.logs);
  testing::fill_at_random(seed, *batch.arena, *batch.traces);
  testing::fill_at_random(seed, *batch.arena, *batch.metrics);
  return batch;
}

/// What an Ack says that nobody has answered.
bool was_dropped(const pipeline::Outcome& outcome) {
  return outcome.status.message().find("dropped inside") != std::string::npos;
}

TEST(Contract, EveryBatchIsAnswered) {
  constexpr size_t kLanes = 2;
  each_configuration([](const Factory& factory, Signal signal, const std::string& yaml) {
    if (!passes_records(factory)) return;
    for (const testing::Behind behind : {testing::Behind::Takes, testing::Behind::Reads}) {
      Rig rig(factory.about().section, factory.about().type, yaml, signal, kLanes, {"a", "b"},
              behind);
      ASSERT_EQ(rig.problem(), "");
      for (uint64_t seed = 0; seed < 100; ++seed) {
        const size_t lane = seed % kLanes;
        const bool fails = seed % 3 == 0;
        rig.sink(lane, seed % 2).answer_with(fails ? unavailable("later") : Status());
        const pipeline::Outcome outcome = rig.send(random_batch(seed, signal), lane);
        EXPECT_FALSE(was_dropped(outcome)) << "seed " << seed;
      }
      rig.stop();
    }
  });
}

std::string text_of(const pipeline::BatchView& batch) {
  return pipeline::visit_request(batch, [](auto& request) { return testing::to_text(request); });
}

/// A stage that says that it only reads shares its data with others, and must pass all of it on.
TEST(Contract, WhoOnlyReadsLeavesTheDataAsItWas) {
  std::set<std::string> readers;
  each_configuration([&](const Factory& factory, Signal signal, const std::string& yaml) {
    if (!passes_records(factory)) return;
    Rig rig(factory.about().section, factory.about().type, yaml, signal, 1, {"a", "b"},
            testing::Behind::Reads);
    ASSERT_EQ(rig.problem(), "");
    if (!rig.only_reads()) return;
    readers.insert(factory.about().type);
    for (uint64_t seed = 0; seed < 20; ++seed) {
      const pipeline::Batch batch = random_batch(seed, signal);
      const std::string before = text_of(batch.view());
      EXPECT_FALSE(was_dropped(rig.show(batch.view())));
      EXPECT_EQ(text_of(batch.view()), before);
      EXPECT_EQ(rig.take(), before);
    }
  });
  EXPECT_EQ(readers, (std::set<std::string>{"batch", "forward", "memory_limiter"}));
}

TEST(Contract, StartsAndStopsWithoutAnyRecord) {
  each_configuration([](const Factory& factory, Signal signal, const std::string& yaml) {
    if (!passes_records(factory)) return;
    Rig rig(factory.about().section, factory.about().type, yaml, signal, 1, {"a", "b"});
    EXPECT_EQ(rig.problem(), "");
    rig.stop();
  });
}

void stop(pipeline::Component& component) {
  std::promise<void> done;
  component.stop([&] { done.set_value(); });
  done.get_future().wait();
}

/// An exporter may try for long, but has answered when it is gone.
TEST(Contract, ExportersAnswerAtTheLatestWhenTheyStop) {
  for (const auto& factory : all_components().all()) {
    if (factory->about().section != Section::Exporters) continue;
    SCOPED_TRACE(name_of(*factory));
    Lanes lanes(1);
    Budget budget(Rig::kBudgetBytes);
    metrics::Registry metrics;
    pipeline::Host host{lanes.loops(), budget, metrics};
    config::Diagnostics diagnostics;
    const std::string yaml = configurations_of(*factory, Signal::Logs).front();
    const auto options =
        factory->read(config::parse_yaml(yaml, "").value(), config::Place(diagnostics, "", {}));
    auto exporter = factory->exporter(options, {factory->about().type, ""}, host);
    ASSERT_TRUE(exporter.ok()) << exporter.status().message();
    for (const Signal signal : kSignals) (*exporter)->serve(signal, {});
    pipeline::Consumer& stage = (*exporter)->stage(0);
    EXPECT_NE(stage.reader(), nullptr) << "every exporter could share its data so far";
    ASSERT_TRUE((*exporter)->start().ok());
    std::atomic<int> answers = 0;
    int sent = 0;
    for (uint64_t seed = 0; seed < 60; ++seed) {
      for (const Signal signal : kSignals) {
        pipeline::Batch batch = random_batch(seed, signal);
        batch.ack = pipeline::Ack([&](pipeline::Outcome&&) { ++answers; });
        ++sent;
        lanes.run(0, [&] { stage.consume(std::move(batch)); });
      }
    }
    stop(**exporter);
    lanes.run(0, [] {});
    exporter->reset();
    EXPECT_EQ(answers, sent);
  }
}

TEST(Contract, ReceiversStartAndStop) {
  for (const auto& factory : all_components().all()) {
    if (factory->about().section != Section::Receivers) continue;
    SCOPED_TRACE(name_of(*factory));
    Lanes lanes(2);
    Budget budget(Rig::kBudgetBytes);
    metrics::Registry metrics;
    pipeline::Host host{lanes.loops(), budget, metrics};
    Sink sinks[2];
    pipeline::Inputs inputs;
    for (auto& each : inputs) each = {&sinks[0], &sinks[1]};
    config::Diagnostics diagnostics;
    const std::string yaml = configurations_of(*factory, Signal::Logs).front();
    const auto options =
        factory->read(config::parse_yaml(yaml, "").value(), config::Place(diagnostics, "", {}));
    auto receiver = factory->receiver(options, {factory->about().type, ""}, inputs, host);
    ASSERT_TRUE(receiver.ok()) << receiver.status().message();
    EXPECT_TRUE((*receiver)->start().ok());
    stop(**receiver);
    lanes.run(0, [] {});
    lanes.run(1, [] {});
  }
}

}  // namespace
}  // namespace sluice::components
