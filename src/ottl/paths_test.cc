// Every path of every context: what it reads, what may be written, what is refused.

#include "ottl/paths.h"

#include <gtest/gtest.h>

#include "ottl/program.h"
#include "testing/ottl_evaluate.h"

namespace sluice::ottl {
namespace {

/// One of everything, and frames over it.
class Paths : public ::testing::Test {
 protected:
  Paths() {
    log_ = testing::sample_log(arena_);
    span_.name = "s";
    span_.kind = 2;
    span_.trace_state = "a=1,b=2";
    span_.status = {"bad", 2};
    span_.events.emplace_back(arena_).name = "e";
    metric_.name = "m";
    metric_.kind = otlp::MetricKind::Histogram;
    metric_.aggregation_temporality = 2;
    otlp::DataPoint& point = metric_.data_points.emplace_back(arena_);
    point.count = 3;
    for (const uint64_t count : {1, 2}) point.bucket_counts.push_back(arena_, count);
    point.explicit_bounds.push_back(arena_, 5.5);
    resource_.attributes.push_back(arena_, {"r", Value::string("v")});
    scope_.name = "lib";
    frame_.arena = &arena_;
    frame_.resource = &resource_;
    frame_.resource_schema_url = &schema_url_;
    frame_.scope = &scope_;
    frame_.scope_schema_url = &schema_url_;
    frame_.log = &log_;
    frame_.span = &span_;
    frame_.event = &span_.events[0];
    frame_.metric = &metric_;
    frame_.point = &metric_.data_points[0];
    frame_.cache = &cache_;
  }

  std::string read(ContextKind kind, std::string_view path) {
    const TargetPtr target = compile(kind, path);
    if (target == nullptr) return "refused";
    frame_.error = {};
    const std::string out = testing::dump(target->eval(frame_));
    return frame_.failed() ? "error" : out;
  }
  std::string write(ContextKind kind, const std::string& path, const std::string& value) {
    Program::Source source;
    source.context = kind;
    source.statements = {"set(" + path + ", " + value + ")"};
    auto program = Program::compile(source, standard_library());
    if (!program.ok()) return "refused";
    frame_.error = {};
    const Program& kept = programs_.emplace_back(std::move(*program));
    if (!kept.run(frame_, ErrorMode::Propagate)) return "error";
    return read(kind, path);
  }

  TargetPtr compile(ContextKind kind, std::string_view path) {
    const auto tree = parse_value(path);
    if (!tree.ok() || tree->path == nullptr) return nullptr;
    Compiler compiler(kind, standard_library(), path, constants_, false);
    auto target = compiler.path(*tree->path);
    return target.ok() ? std::move(*target) : nullptr;
  }

  Arena arena_;
  Arena constants_;
  std::vector<Program> programs_;  // their literals are in the records
  otlp::Resource resource_;
  otlp::Scope scope_;
  std::string_view schema_url_;
  otlp::LogRecord log_;
  otlp::Span span_;
  otlp::Metric metric_;
  Attributes cache_;
  Frame frame_;
};

struct WriteCase {
  ContextKind kind;
  const char* path;
  const char* before;
  const char* value;
  const char* after;
};

using enum ContextKind;

TEST_F(Paths, ReadAndWritten) {
  constexpr WriteCase kCases[] = {
      {Resource, "resource.attributes", "{r: \"v\"}", "{\"a\": 1}", "{a: 1}"},
      {Resource, "resource.attributes[\"r\"]", "nil", "2", "2"},
      {Resource, "resource.dropped_attributes_count", "0", "-1", "4294967295"},
      {Scope, "scope.name", "\"lib\"", "\"x\"", "\"x\""},
      {Scope, "scope.version", "\"\"", "1", "error"},
      {Log, "log.time", "2023-11-14T22:13:20.123456789Z", "Unix(1)", "1970-01-01T00:00:01Z"},
      {Log, "log.time_unix_nano", "1000000000", "7", "7"},
      {Log, "log.observed_time_unix_nano", "0", "\"x\"", "error"},
      {Log, "log.severity_number", "9", "99", "99"},
      {Log, "log.severity_text", "\"Info\"", "1", "error"},
      {Log, "log.body", "\"The quick brown fox\"", "{\"a\": [1]}", "{a: [1]}"},
      {Log, "log.body[\"a\"][0]", "1", "true", "true"},
      {Log, "log.body.string", "\"{\\\"a\\\":[true]}\"", "\"s\"", "\"s\""},
      {Log, "log.attributes[\"l\"][0]", "1", "nil", "1"},
      {Log, "log.attributes[\"i\"]", "42", "\"x\"", "\"x\""},
      {Log, "log.flags", "0", "4294967296", "0"},
      {Log, "log.trace_id", "5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b",
       "TraceID(0x00000000000000000000000000000001)", "00000000000000000000000000000001"},
      {Log, "log.trace_id.string", "\"00000000000000000000000000000001\"", "\"short\"", "error"},
      {Log, "log.span_id", "eeeeeeeeeeeeeeee", "\"0102030405060708\"", "error"},
      {Log, "log.span_id.string", "\"eeeeeeeeeeeeeeee\"", "\"0102030405060708\"",
       "\"0102030405060708\""},
      {Log, "log.cache[\"x\"]", "nil", "1", "1"},
      {Log, "log.cache", "{x: 1}", "1", "error"},
      {Log, "log.nope", "refused", "1", "refused"},
      {Log, "log.flags[0]", "refused", "1", "refused"},
      {Log, "span.name", "refused", "1", "refused"},
      {Span, "span.name", "\"s\"", "\"t\"", "\"t\""},
      {Span, "span.kind", "2", "SPAN_KIND_CLIENT", "3"},
      {Span, "span.kind.string", "\"Client\"", "\"Server\"", "\"Server\""},
      {Span, "span.status.code", "2", "STATUS_CODE_OK", "1"},
      {Span, "span.status.message", "\"bad\"", "\"\"", "\"\""},
      {Span, "span.trace_state[\"b\"]", "\"2\"", "\"3\"", "\"3\""},
      {Span, "span.trace_state", "\"b=3,a=1\"", "\"\"", "\"\""},
      {Span, "span.trace_state[\"no\"]", "\"\"", "1", "error"},
      {Span, "span.events", "(span events)", "1", "error"},
      {SpanEvent, "spanevent.name", "\"e\"", "\"f\"", "\"f\""},
      {SpanEvent, "span.name", "\"t\"", "\"u\"", "\"u\""},
      {SpanEvent, "spanevent.attributes[\"a\"]", "nil", "0x00", "0x00"},
      {Metric, "metric.name", "\"m\"", "\"n\"", "\"n\""},
      {Metric, "metric.type", "3", "1", "3"},
      {Metric, "metric.aggregation_temporality", "2", "AGGREGATION_TEMPORALITY_DELTA", "1"},
      {Metric, "metric.is_monotonic", "nil", "true", "nil"},
      {Metric, "metric.metadata[\"a\"]", "nil", "1", "1"},
      {DataPoint, "datapoint.count", "3", "4", "4"},
      {DataPoint, "datapoint.value_int", "nil", "1", "nil"},
      {DataPoint, "datapoint.bucket_counts", "(bucket counts)", "[1, 2, 3]", "(bucket counts)"},
      {DataPoint, "datapoint.bucket_counts", "(bucket counts)", "datapoint.bucket_counts",
       "(bucket counts)"},
      {DataPoint, "datapoint.explicit_bounds", "[5.5]", "[1]", "error"},
      {DataPoint, "datapoint.sum", "0.0", "1.5", "1.5"},
      {DataPoint, "datapoint.scale", "nil", "1", "nil"},
      {DataPoint, "metric.name", "\"n\"", "\"o\"", "\"o\""},
  };
  for (const WriteCase& one : kCases) {
    EXPECT_EQ(read(one.kind, one.path), one.before) << one.path;
    EXPECT_EQ(write(one.kind, one.path, one.value), one.after) << one.path << " " << one.value;
  }
  EXPECT_EQ(metric_.data_points[0].bucket_counts.size(), 3u);
}

TEST_F(Paths, AnElementOfAnEmptyListIsOutOfItsBounds) {
  EXPECT_EQ(write(Log, "log.attributes[\"el\"][0]", "1"), "error");
  EXPECT_EQ(read(Log, "log.attributes[\"el\"]"), "[]");
  EXPECT_EQ(write(Log, "log.attributes[\"new\"][2][0]", "\"x\""), "\"x\"");
  EXPECT_EQ(read(Log, "log.attributes[\"new\"]"), "[nil, nil, [\"x\"]]");
  EXPECT_EQ(write(Log, "log.attributes[\"new\"][3]", "1"), "error");
  EXPECT_EQ(write(Log, "log.attributes[\"nil\"][\"k\"]", "1"), "1");
}

TEST_F(Paths, ABodyThatIsNoMapOrListCannotBeIndexed) {
  EXPECT_EQ(write(Log, "log.body[\"a\"]", "1"), "error");
  log_.body = {};
  EXPECT_EQ(read(Log, "log.body[\"a\"]"), "error");
  EXPECT_EQ(write(Log, "log.body[\"a\"]", "1"), "error");
  EXPECT_EQ(read(Log, "log.body"), "nil");
}

struct StateCase {
  const char* state;
  const char* key;
  const char* before;
  const char* value;
  const char* state_after;
};

TEST_F(Paths, TraceStatesKeepToTheSpecification) {
  constexpr StateCase kCases[] = {
      {"a=1,b=2", "b", "\"2\"", "3", "b=3,a=1"},
      {" a=1 ,, \tb= 2\t", "b", "\" 2\"", "3", "b=3,a=1"},
      {"", "a", "\"\"", "1", "a=1"},
      {"1t@v=1", "1t@v", "\"1\"", "2", "1t@v=2"},
      {"a=1", "1a", "\"\"", "2", "a=1"},
      {"a=1", "A", "\"\"", "2", "a=1"},
      {"a=1", "b", "\"\"", "2 ", "a=1"},
      {"a=1", "t@averylongvendor", "\"\"", "2", "a=1"},
      // Not a trace state: nothing to read, and nothing changes.
      {"1a=1", "b", "nil", "2", "1a=1"},
      {"a =1", "b", "nil", "2", "a =1"},
      {"a=1, ", "b", "nil", "2", "a=1, "},
      {"a=1,a=2", "a", "nil", "3", "a=1,a=2"},
      {"a=1=2", "a", "nil", "3", "a=1=2"},
      {"garbage", "a", "nil", "3", "garbage"},
  };
  for (const StateCase& one : kCases) {
    span_.trace_state = one.state;
    const std::string path = std::string("span.trace_state[\"") + one.key + "\"]";
    EXPECT_EQ(read(Span, path), one.before) << one.state;
    write(Span, path, std::string("\"") + one.value + "\"");
    EXPECT_EQ(span_.trace_state, one.state_after) << one.state;
  }
  EXPECT_EQ(read(Span, "span.trace_state[\"a\"][0]"), "refused");
}

TEST_F(Paths, ATraceStateHasThirtyTwoMembersAtMost) {
  std::string full;
  for (int i = 0; i < 32; ++i) full += (i == 0 ? "k" : ",k") + std::to_string(i) + "=v";
  span_.trace_state = full;
  EXPECT_EQ(write(Span, "span.trace_state[\"new\"]", "\"1\""), "\"1\"");
  EXPECT_EQ(read(Span, "span.trace_state[\"k31\"]"), "\"\"");
  EXPECT_EQ(read(Span, "span.trace_state[\"k30\"]"), "\"v\"");
  const std::string more = full + ",one=more";
  span_.trace_state = more;
  EXPECT_EQ(read(Span, "span.trace_state[\"k0\"]"), "nil");
}

TEST_F(Paths, IdsAreReadInHexOfEitherCase) {
  EXPECT_EQ(write(Span, "span.span_id.string", "\"ABCDEF0102030405\""), "\"abcdef0102030405\"");
  EXPECT_EQ(write(Span, "span.trace_id.string", "\"0102030405060708090A0B0C0D0E0F1\""), "error");
  EXPECT_EQ(write(Span, "span.parent_span_id.string", "\"abcdef01020304zz\""), "error");
}

TEST_F(Paths, KindsThatAreNotKnownHaveNoName) {
  span_.kind = 99;
  EXPECT_EQ(read(Span, "span.kind.string"), "\"\"");
  EXPECT_EQ(read(Span, "span.kind.deprecated_string"), "\"\"");
  EXPECT_EQ(write(Span, "span.kind.string", "\"SERVER\""), "error");
}

TEST_F(Paths, AllOfAllTablesCanBeReadInTheirContext) {
  const std::pair<ContextKind, const PathTable*> kTables[] = {
      {Resource, &resource_paths()},   {Scope, &scope_paths()},          {Log, &log_paths()},
      {Span, &span_paths()},           {SpanEvent, &span_event_paths()}, {Metric, &metric_paths()},
      {DataPoint, &data_point_paths()}};
  for (const auto& [kind, table] : kTables) {
    const std::string prefix = std::string(context_name(kind)) + ".";
    for (const ScalarPath& path : table->scalars)
      EXPECT_NE(read(kind, prefix + std::string(path.name)), "refused") << prefix << path.name;
    for (const MapPath& path : table->maps) {
      const std::string name = prefix + std::string(path.name);
      EXPECT_EQ(read(kind, name).front(), '{') << name;
      EXPECT_EQ(read(kind, name + "[\"no\"]"), "nil") << name;
    }
  }
}

}  // namespace
}  // namespace sluice::ottl
