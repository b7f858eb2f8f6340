#include <gtest/gtest.h>

#include "testing/rig.h"

namespace sluice::components {
namespace {

using testing::Rig;

using config::Section;

struct Case {
  const char* name;
  const char* options;  // pipelines are called a, b and c
  otlp::Signal signal;
  const char* in;
  const char* a;
  const char* b;
  const char* c;
};

const Case kCases[] = {
    {"resources, and the rest",
     R"({table: [{condition: 'attributes["r"] == 1', pipelines: [logs/a]}],
       default_pipelines: [logs/c]})",
     otlp::Signal::Logs, "[{resource: {r: 1}, body: x}, {resource: {r: 2}, body: y}]",
     "- {resource: {r: 1}, body: x}\n", "", "- {resource: {r: 2}, body: y}\n"},
    {"without default pipelines the rest is dropped",
     R"({table: [{condition: 'attributes["r"] == 1', pipelines: [logs/a]}]})", otlp::Signal::Logs,
     "[{body: y}]", "", "", ""},
    {"the first route that matches takes it",
     R"({table: [{context: log, condition: 'body == "x"', pipelines: [logs/a]},
                 {context: log, condition: 'true', pipelines: [logs/b]}]})",
     otlp::Signal::Logs, "[{body: x}, {body: y}]", "- {body: x}\n", "- {body: y}\n", ""},
    {"a copy leaves it to later routes",
     R"({table: [{context: log, action: copy, condition: 'body == "x"', pipelines: [logs/a]},
                 {context: log, condition: 'severity_number == 0', pipelines: [logs/b]}],
       default_pipelines: [logs/c]})",
     otlp::Signal::Logs, "[{body: x}]", "- {body: x}\n", "- {body: x}\n", ""},
    {"a copied resource keeps what later routes take out of it",
     R"({table: [{action: copy, condition: 'attributes["r"] == 1', pipelines: [logs/a]},
                 {context: log, condition: 'body == "x"', pipelines: [logs/b]}],
       default_pipelines: [logs/c]})",
     otlp::Signal::Logs, "[{resource: {r: 1}, body: x}, {resource: {r: 1}, body: y}]",
     "- {resource: {r: 1}, body: x}\n- {resource: {r: 1}, body: y}\n",
     "- {resource: {r: 1}, body: x}\n", "- {resource: {r: 1}, body: y}\n"},
    {"a copied metric keeps what later routes take out of it",
     R"({table: [{context: metric, action: copy, condition: 'name == "m"', pipelines: [metrics/a]},
                 {context: datapoint, condition: 'value_int == 1', pipelines: [metrics/b]}],
       default_pipelines: [metrics/c]})",
     otlp::Signal::Metrics, "[{name: m, type: gauge, points: [{value: 1}, {value: 2}]}]",
     "- {name: m, type: gauge, points: [{value: 1}, {value: 2}]}\n",
     "- {name: m, type: gauge, points: [{value: 1}]}\n",
     "- {name: m, type: gauge, points: [{value: 2}]}\n"},
    {"one route to several pipelines",
     "{table: [{condition: 'true', pipelines: [logs/a, logs/b]}]}", otlp::Signal::Logs,
     "[{body: x}]", "- {body: x}\n", "- {body: x}\n", ""},
    {"the second of two routes with one condition gets nothing",
     R"({table: [{context: log, action: copy, condition: 'true', pipelines: [logs/a]},
                 {context: log, condition: 'true', pipelines: [logs/b]}],
       default_pipelines: [logs/c]})",
     otlp::Signal::Logs, "[{body: x}]", "- {body: x}\n", "", "- {body: x}\n"},
    {"a condition and the statement that says the same are one condition",
     R"({table: [{action: copy, condition: 'true', pipelines: [logs/a]},
                 {statement: 'route() where true', pipelines: [logs/b]}]})",
     otlp::Signal::Logs, "[{body: x}]", "- {body: x}\n", "", ""},
    {"a route of another signal's context never matches",
     R"({table: [{context: span, condition: 'true', pipelines: [logs/a]}],
       default_pipelines: [logs/c]})",
     otlp::Signal::Logs, "[{body: x}]", "", "", "- {body: x}\n"},
    {"an empty context is the resource",
     R"({table: [{context: '', condition: 'attributes["r"] == 1', pipelines: [logs/a]}],
       default_pipelines: [logs/c]})",
     otlp::Signal::Logs, "[{resource: {r: 1}, body: x}]", "- {resource: {r: 1}, body: x}\n", "",
     ""},
    {"a statement may change what it routes",
     R"({table: [{statement: 'delete_key(attributes, "r") where attributes["r"] == 1', pipelines: [logs/a]}]})",
     otlp::Signal::Logs, "[{resource: {r: 1}, body: x}]", "- {body: x}\n", "", ""},
    {"spans", R"({table: [{context: span, condition: 'IsRootSpan()', pipelines: [traces/a]}],
       default_pipelines: [traces/c]})",
     otlp::Signal::Traces, "[{name: x}, {name: y, parent: 1}]", "- {name: x}\n", "",
     "- {name: y, parent: 1}\n"},
    {"data points take their metric along",
     R"({table: [{context: datapoint, condition: 'value_int == 1', pipelines: [metrics/a]}],
       default_pipelines: [metrics/c]})",
     otlp::Signal::Metrics, "[{name: m, unit: s, type: gauge, points: [{value: 1}, {value: 2}]}]",
     "- {name: m, unit: s, type: gauge, points: [{value: 1}]}\n", "",
     "- {name: m, unit: s, type: gauge, points: [{value: 2}]}\n"},
    {"a metric without a type is of no route for data points",
     R"({table: [{context: datapoint, condition: 'true', pipelines: [metrics/a]}],
       default_pipelines: [metrics/c]})",
     otlp::Signal::Metrics, "[{name: none}, {name: empty, type: gauge}]", "", "",
     "- {name: none}\n"},
    {"a statement may take values out of a list",
     R"({table: [{statement: 'delete_index(attributes["r"], 0)', pipelines: [logs/a]}]})",
     otlp::Signal::Logs, "[{resource: {r: [1, 2]}, body: x}]", "- {resource: {r: [2]}, body: x}\n",
     "", ""},
};

TEST(Routing, Routes) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    Rig rig(Section::Connectors, "routing", c.options, c.signal, 1, {"a", "b", "c"});
    ASSERT_EQ(rig.problem(), "");
    EXPECT_TRUE(rig.send(c.in).status.ok());
    EXPECT_EQ(rig.take(0), c.a);
    EXPECT_EQ(rig.take(1), c.b);
    EXPECT_EQ(rig.take(2), c.c);
  }
}

TEST(Routing, ByTheRequest) {
  Rig rig(
      Section::Connectors, "routing",
      R"({table: [{context: request, condition: 'request["X-Tenant"] == "acme"', pipelines: [logs/a]},
                      {context: request, condition: 'request["x-tenant"] != "ops"', pipelines: [logs/b]}],
              default_pipelines: [logs/c]})",
      otlp::Signal::Logs, 1, {"a", "b", "c"});
  ASSERT_EQ(rig.problem(), "");
  rig.send("[{body: x}]", 0, {{"x-tenant", "acme"}});
  rig.send("[{body: y}]", 0, {{"x-tenant", "other"}});
  rig.send("[{body: z}]", 0, {{"x-tenant", "ops"}});
  rig.send("[{body: none}]");
  EXPECT_EQ(rig.take(0), "- {body: x}\n");
  EXPECT_EQ(rig.take(1), "- {body: y}\n");
  EXPECT_EQ(rig.take(2), "- {body: z}\n- {body: none}\n");
}

TEST(Routing, OneOfTheHeadersValuesIsEnough) {
  Rig rig(Section::Connectors, "routing",
          R"({table: [{context: request, condition: 'request["t"] == "b"', pipelines: [logs/a]},
                      {context: request, condition: 'request["t"] != "a"', pipelines: [logs/b]}]})",
          otlp::Signal::Logs, 1, {"a", "b"});
  ASSERT_EQ(rig.problem(), "");
  rig.send("[{body: x}]", 0, {{"t", "a"}, {"t", "b"}});
  rig.send("[{body: y}]", 0, {{"t", "a"}, {"t", "c"}});
  rig.send("[{body: z}]", 0, {{"t", "a"}});
  EXPECT_EQ(rig.take(0), "- {body: x}\n");
  EXPECT_EQ(rig.take(1), "- {body: y}\n");
}

TEST(Routing, CallsOfGrpcNeedNoIncludeMetadata) {
  Rig rig(Section::Connectors, "routing",
          R"({table: [{context: request, condition: 'request["t"] == "a"', pipelines: [logs/a]}]})",
          otlp::Signal::Logs, 1, {"a"});
  ASSERT_EQ(rig.problem(), "");
  pipeline::Batch batch;
  Arena& arena = *batch.arena;
  batch.logs = arena.create<otlp::LogsRequest>();
  testing::of_text("[{body: x}]", arena, *batch.logs);
  auto* metadata = arena.create<otlp::Metadata>();
  otlp::Metadata::Entry& entry = metadata->grpc.emplace_back(arena);
  entry.name = "t";
  entry.values.push_back(arena, "a");
  batch.metadata = metadata;
  EXPECT_TRUE(rig.send(std::move(batch)).status.ok());
  EXPECT_EQ(rig.take(0), "- {body: x}\n");
}

constexpr char kFails[] = R"(table: [{context: log, condition: 'ParseJSON(body)["x"] == 1', 
                             pipelines: [logs/a]}], default_pipelines: [logs/c])";

TEST(Routing, ErrorsArePropagatedUnlessSaidOtherwise) {
  Rig strict(Section::Connectors, "routing", "{" + std::string(kFails) + "}", otlp::Signal::Logs, 1,
             {"a", "b", "c"});
  EXPECT_EQ(strict.send("[{body: x}]").status.code(), Code::Unavailable);
  EXPECT_EQ(strict.take(2), "");
  Rig lenient(Section::Connectors, "routing", "{error_mode: ignore, " + std::string(kFails) + "}",
              otlp::Signal::Logs, 1, {"a", "b", "c"});
  EXPECT_TRUE(lenient.send("[{body: x}]").status.ok());
  EXPECT_EQ(lenient.take(2), "- {body: x}\n");
}

TEST(Routing, TheSenderHearsTheWorst) {
  Rig rig(Section::Connectors, "routing",
          "{table: [{condition: 'true', pipelines: [logs/a, logs/b]}]}", otlp::Signal::Logs, 1,
          {"a", "b"});
  rig.sink(0, 0).answer_with(unavailable("later"));
  EXPECT_EQ(rig.send("[{body: a}]").status, unavailable("later"));
}

TEST(Routing, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{}", "route"},
      {"{table: [{pipelines: [logs/a]}]}", "condition"},
      {"{table: [{condition: 'true', statement: 'route()', pipelines: [logs/a]}]}", "either"},
      {"{table: [{condition: 'true'}]}", "pipelines"},
      {"{table: [{condition: 'true', pipelines: [logs/z]}]}", "logs/z"},
      {"{table: [{context: body, condition: 'true', pipelines: [logs/a]}]}", "context"},
      {"{table: [{condition: 'attributes ==', pipelines: [logs/a]}]}", "attributes"},
      {"{table: [{statement: 'set(attributes[\"a\"], 1)', pipelines: [logs/a]}]}", "set"},
      {"{table: [{context: request, condition: 'x == 1', pipelines: [logs/a]}]}", "request"},
      {"{table: [{condition: 'true', pipelines: [logs/a]}], default_pipelines: [logs/z]}",
       "logs/z"},
      {"{table: [{condition: 'true', action: steal, pipelines: [logs/a]}]}", "move or copy"},
      {"{error_mode: loud, table: []}", "propagate"},
      {"{error_mode: null, table: []}", "propagate"},
  };
  for (const auto& [options, expected] : cases) {
    SCOPED_TRACE(options);
    const Rig rig(Section::Connectors, "routing", options, otlp::Signal::Logs, 1, {"a", "b"});
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << rig.problem();
  }
}

/// Writes down where the text of the first log's body lies.
class BodyPlace final : public pipeline::Consumer, public pipeline::Reader {
 public:
  explicit BodyPlace(bool reads) : reads_(reads) {}
  void consume(pipeline::Batch&& batch) override { read(batch.view(), std::move(batch.ack)); }
  void read(const pipeline::BatchView& batch, pipeline::Ack&& ack) override {
    place = batch.logs->resources[0].scopes[0].records[0].body.view().data();
    ack.resolve({});
  }
  pipeline::Reader* reader() override { return reads_ ? this : nullptr; }

  const char* place = nullptr;

 private:
  const bool reads_;
};

/// How many of two pipelines, called a and b, get copies.
int copies(const std::string& options, bool a_reads, bool b_reads) {
  testing::Lanes lanes(1);
  Budget budget(Rig::kBudgetBytes);
  metrics::Registry metrics;
  pipeline::Host host{lanes.loops(), budget, metrics};
  const pipeline::Factory* factory = all_components().find(Section::Connectors, "routing");
  config::Diagnostics diagnostics;
  const auto read = factory->read(config::parse_yaml(options, "").value(), {diagnostics, "", {}});
  auto connector = factory->connector(read, {"routing", ""}, otlp::Signal::Logs, host).value();
  BodyPlace a(a_reads);
  BodyPlace b(b_reads);
  const auto stage = connector->stage(0, {{{"logs", "a"}, &a}, {{"logs", "b"}, &b}}).value();
  pipeline::Batch batch;
  batch.logs = batch.arena->create<otlp::LogsRequest>();
  testing::of_text("[{body: some text}]", *batch.arena, *batch.logs);
  const char* place = batch.logs->resources[0].scopes[0].records[0].body.view().data();
  int answers = 0;
  batch.ack = pipeline::Ack([&](pipeline::Outcome&&) { ++answers; });
  stage->consume(std::move(batch));
  EXPECT_EQ(answers, 1);
  return (a.place != place ? 1 : 0) + (b.place != place ? 1 : 0);
}

TEST(Routing, OnlyPipelinesThatTakeTheirDataNeedCopiesAndTheLastOfThemDoesNot) {
  for (const char* options :
       {"{table: [{condition: 'true', pipelines: [logs/a, logs/b]}]}",
        "{table: [{context: log, action: copy, condition: 'true', pipelines: [logs/a]}], "
        "default_pipelines: [logs/b]}",
        "{table: [{context: log, action: copy, condition: 'true', pipelines: [logs/a]}, {context: "
        "log, condition: 'severity_number == 0', pipelines: [logs/b]}]}"}) {
    SCOPED_TRACE(options);
    EXPECT_EQ(copies(options, true, true), 0);
    EXPECT_EQ(copies(options, true, false), 0);
    EXPECT_EQ(copies(options, false, true), 0);
    EXPECT_EQ(copies(options, false, false), 1);
  }
}

}  // namespace
}  // namespace sluice::components
