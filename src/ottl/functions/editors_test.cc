// Editors: statements, and the attributes behind them. The others of the sample are cleared first.

#include "ottl/library.h"
#include "ottl/program.h"
#include "testing/function_cases.h"

namespace sluice::ottl {
namespace {

using testing::cover;
using testing::FunctionCase;

constexpr FunctionCase kEditors[] = {
    {R"~(set(log.attributes["a"], [1, {"b": nil}]))~",
     R"~({k: "v", l: [1, 2], a: [1, {b: nil}]})~"},
    {R"~(set(log.attributes["k"], nil))~", R"~({k: "v", l: [1, 2]})~"},
    {R"~(set(log.attributes["m"]["x"]["y"], 1))~", R"~({k: "v", l: [1, 2], m: {x: {y: 1}}})~"},
    {R"~(set(log.attributes["k"]["x"], 1))~", "error"},
    {R"~(set(log.attributes["l"][1], "z"))~", R"~({k: "v", l: [1, "z"]})~"},
    {R"~(set(log.attributes["l"][5], "z"))~", "error"},
    {R"~(append(log.attributes["l"], 3))~", R"~({k: "v", l: [1, 2, 3]})~"},
    {R"~(append(log.attributes["k"], values=["w", "x"]))~", R"~({k: ["v", "w", "x"], l: [1, 2]})~"},
    {R"~(append(log.attributes["new"], "w"))~", R"~({k: "v", l: [1, 2], new: ["w"]})~"},
    {R"~(append(log.attributes, "w"))~", "error"},
    {R"~(append(log.attributes["l"], [3, [nil]]))~", R"~({k: "v", l: [1, 2, [3, [nil]]]})~"},
    {R"~(append(log.attributes["l"], {"a": 1}))~", "error"},
    {R"~(append(log.attributes["l"], values=[3, {"a": 1}]))~", "error"},
    {R"~(append(log.attributes["l"], log.attributes["l"]))~", "error"},
    {R"~(append(log.attributes["l"], log.time))~", "error"},
    {R"~(append(log.attributes["l"]))~", "refused"},
    {R"~(delete_index(log.attributes["l"], 0))~", R"~({k: "v", l: [2]})~"},
    {R"~(delete_index(log.attributes["l"], 0, 2))~", R"~({k: "v", l: []})~"},
    {R"~(delete_index(log.attributes["l"], 0, 3))~", "error"},
    {R"~(delete_index(log.attributes["l"], 2))~", "error"},
    {R"~(delete_index(log.attributes["l"], 1, 1))~", R"~({k: "v", l: [1, 2]})~"},
    {R"~(delete_index(log.attributes["l"], 1, 0))~", "error"},
    {R"~(delete_index(log.attributes["l"], -1))~", "error"},
    {R"~(delete_index(log.attributes["l"], log.attributes["missing"]))~", "error"},
    {R"~(delete_index(log.attributes["l"], 0, nil))~", "refused"},
    {R"~(delete_index(log.attributes["l"], 0.0))~", "refused"},
    {R"~(delete_index(log.attributes["missing"], 0))~", "error"},
    {R"~(delete_key(log.attributes, "k"))~", "{l: [1, 2]}"},
    {R"~(delete_key(log.attributes, "missing"))~", R"~({k: "v", l: [1, 2]})~"},
    {R"~(delete_key(log.attributes["k"], "x"))~", "error"},
    {R"~(delete_matching_keys(log.attributes, "^k"))~", "{l: [1, 2]}"},
    {R"~(keep_matching_keys(log.attributes, "^k"))~", R"~({k: "v"})~"},
    {R"~(keep_matching_keys(log.attributes, "("))~", "refused"},
    {R"~(keep_keys(log.attributes, ["l", "x"]))~", "{l: [1, 2]}"},
    {R"~(limit(log.attributes, 1, ["l"]))~", "{l: [1, 2]}"},
    {R"~(limit(log.attributes, 1, ["l", "k"]))~", "refused"},
    {R"~(limit(log.attributes, -1, []))~", "refused"},
    {R"~(flatten(log.attributes))~", R"~({k: "v", l.0: 1, l.1: 2})~"},
    {R"~(flatten(log.attributes, "p", 1))~", R"~({p.k: "v", p.l.0: 1, p.l.1: 2})~"},
    {R"~(flatten(log.attributes, resolveConflicts=true))~", R"~({k: "v", l: 1, l.0: 2})~"},
    {R"~(flatten(log.attributes, depth=0))~", "refused"},
    {R"~(merge_maps(log.attributes, {"k": 1, "n": 2}, "insert"))~",
     R"~({k: "v", l: [1, 2], n: 2})~"},
    {R"~(merge_maps(log.attributes, {"k": 1, "n": 2}, "update"))~", "{k: 1, l: [1, 2]}"},
    {R"~(merge_maps(log.attributes, {"k": 1, "n": 2}, "upsert"))~", "{k: 1, l: [1, 2], n: 2}"},
    {R"~(merge_maps(log.attributes, {}, "other"))~", "refused"},
    {R"~(replace_match(log.attributes["k"], "?", "w"))~", R"~({k: "w", l: [1, 2]})~"},
    {R"~(replace_match(log.attributes["k"], "?", "w", MD5, "<%s>"))~",
     R"~({k: "<f1290186a5d0b1ceab27f4e77c0c5d68>", l: [1, 2]})~"},
    {R"~(replace_match(log.attributes["k"], "?", "w", Concat))~", "error"},
    {R"~(replace_match(log.attributes["k"], "?", "w", Trim))~", "error"},
    {R"~(replace_match(log.attributes["k"], "?", "w", Nope))~", "refused"},
    {R"~(replace_match(log.attributes["missing"], "*", "w"))~", R"~({k: "v", l: [1, 2]})~"},
    {R"~(replace_match(log.attributes["k"], "[", "w"))~", "refused"},
    {R"~(replace_pattern(log.attributes["k"], "(v)", "$1$1"))~", R"~({k: "vv", l: [1, 2]})~"},
    {R"~(replace_pattern(log.attributes["l"], "(v)", "x"))~", R"~({k: "v", l: [1, 2]})~"},
    {R"~(replace_pattern(log.attributes["k"], "(?P<x>u)|(?P<x>v)", "<$x>"))~",
     R"~({k: "<v>", l: [1, 2]})~"},
    {R"~(replace_match(log.attributes["k"], "v", "w", MD5, log.attributes["no"]))~", "error"},
    {R"~(replace_match(log.attributes["k"], "z", "w", MD5, log.attributes["no"]))~", "error"},
    {R"~(set(log.trace_id, ProfileID("aa02030405060708090a0b0c0d0e0f10")))~", "error"},
    {R"~(replace_all_matches(log.attributes, "v*", "w"))~", R"~({k: "w", l: [1, 2]})~"},
    {R"~(replace_all_patterns(log.attributes, "value", "v", "w"))~", R"~({k: "w", l: [1, 2]})~"},
    {R"~(replace_all_patterns(log.attributes, "key", "^(.)$", "x.$1"))~",
     R"~({x.k: "v", x.l: [1, 2]})~"},
    {R"~(replace_all_patterns(log.attributes, "value", "v", "w", FNV))~",
     R"~({k: "v", l: [1, 2]})~"},
    {R"~(replace_all_patterns(log.attributes, "key", "k", "w", FNV))~", "{l: [1, 2]}"},
    {R"~(replace_all_patterns(log.attributes, "other", "v", "w"))~", "refused"},
    {R"~(stringify_all(log.attributes))~", R"~({k: "v", l: "[1,2]"})~"},
    {R"~(truncate_all(log.attributes, 0))~", R"~({k: "", l: [1, 2]})~"},
    {R"~(truncate_all(log.attributes["k"], 1))~", "error"},
    {R"~(Set(log.body, 1))~", "refused"},
};
const bool kEditorsCovered = cover(kEditors);

TEST(Functions, Editors) {
  for (const auto& [source, expected] : kEditors) {
    std::string got = testing::refusal(source).empty() ? "" : "refused";
    if (got.empty()) {
      got = testing::attributes_after({R"(set(log.attributes, {"k": "v", "l": [1, 2]}))", source});
    }
    if (got.rfind("error: ", 0) == 0) got = "error";
    EXPECT_EQ(got, expected) << source;
  }
}

TEST(Functions, AFormatOfAReplacementHasOneDirective) {
  const auto replaced = [](std::string_view format) {
    const std::string statement =
        "replace_pattern(log.attributes[\"k\"], \"b\", \"c\", ToUpperCase, \"" +
        std::string(format) + "\")";
    return testing::attributes_after({R"(set(log.attributes, {"k": "abc"}))", statement});
  };
  EXPECT_EQ(replaced("<%s>"), R"({k: "a<C>c"})");
  EXPECT_EQ(replaced("%s%s"), R"({k: "aC%!s(MISSING)c"})");
  EXPECT_EQ(replaced("%s%"), R"({k: "aC%!(NOVERB)c"})");
  for (const std::string_view format : {"", "x", "%", "%d", "%%s", "%5s", "%s %v", "%s\\n"})
    EXPECT_EQ(replaced(format).substr(0, 6), "error:") << format;
}

TEST(Functions, FlattenCountsListsTwiceTowardsTheDepth) {
  const auto flattened = [](std::string_view depth) {
    const std::string statement = "flatten(log.attributes, depth=" + std::string(depth) + ")";
    return testing::attributes_after(
        {R"(set(log.attributes, {"l": [1, {"a": 1}, [2, {"b": 1}]], "m": {"l": [3]}}))",
         statement});
  };
  EXPECT_EQ(flattened("1"), "{l.0: 1, l.1: {a: 1}, l.2: [2, {b: 1}], m.l: [3]}");
  EXPECT_EQ(flattened("2"), "{l.0: 1, l.1.a: 1, l.20: 2, l.21: {b: 1}, m.l.0: 3}");
  EXPECT_EQ(flattened("4"), "{l.0: 1, l.1.a: 1, l.20: 2, l.21.b: 1, m.l.0: 3}");
}

TEST(Functions, TruncationKeepsCharactersAndCountsTheMarker) {
  const auto after = [](std::string_view statement) {
    return testing::attributes_after(
        {R"(set(log.attributes, {"k": "żółć", "s": "ab"}))", statement});
  };
  EXPECT_EQ(after("truncate_all(log.attributes, 3)"), R"({k: "ż", s: "ab"})");
  EXPECT_EQ(after("truncate_all(log.attributes, 3, false)"), "{k: \"ż\xc3\", s: \"ab\"}");
  EXPECT_EQ(after(R"(truncate_all(log.attributes, 5, truncation_marker="…"))"),
            R"({k: "ż…", s: "ab"})");
}

/// The functions that the tests below call.
constexpr FunctionCase kOfOtherContexts[] = {
    {"convert_sum_to_gauge(", ""},
    {"convert_gauge_to_sum(", ""},
    {"aggregate_on_attribute_value(", ""},
    {"aggregate_on_attributes(", ""},
    {"copy_metric(", ""},
    {"scale_metric(", ""},
    {"extract_sum_metric(", ""},
    {"extract_count_metric(", ""},
    {"extract_percentile_metric(", ""},
    {"merge_histogram_buckets(", ""},
    {"convert_exponential_histogram_to_histogram(", ""},
    {"convert_summary_sum_val_to_sum(", ""},
    {"convert_summary_count_val_to_sum(", ""},
    {"convert_summary_quantile_val_to_gauge(", ""},
    {"set_semconv_span_name(", ""},
    {"IsRootSpan(", ""},
};
const bool kOfOtherContextsCovered = cover(kOfOtherContexts);

/// Statements over one metric: its points, and the metrics behind it.
class MetricFunctions : public ::testing::Test {
 protected:
  MetricFunctions() {
    frame_.arena = &arena_;
    frame_.metrics = &metrics_;
  }

  otlp::Metric& add(otlp::MetricKind kind) {
    otlp::Metric& metric = metrics_.emplace_back(arena_);
    metric.name = "m";
    metric.unit = "ms";
    metric.kind = kind;
    metric.aggregation_temporality = 2;
    frame_.metrics_given = metrics_.size();
    return metric;
  }
  otlp::DataPoint& add_point(std::string_view attribute, int64_t value) {
    otlp::DataPoint& point = metrics_[0].data_points.emplace_back(arena_);
    point.attributes.push_back(arena_, {"a", Value::string(attribute)});
    point.value.kind = otlp::Number::Kind::Int;
    point.value.int_value = value;
    return point;
  }

  /// "ok", "error" or "refused".
  std::string run(std::string_view statement, ContextKind kind = ContextKind::Metric) {
    Program::Source source;
    source.context = kind;
    source.statements.emplace_back(statement);
    auto program = Program::compile(source, standard_library());
    if (!program.ok()) return "refused";
    const Program& kept = programs_.emplace_back(std::move(*program));
    frame_.metric = &metrics_[0];
    if (!metrics_[0].data_points.empty()) frame_.point = &metrics_[0].data_points[0];
    frame_.error = {};
    return kept.run(frame_, ErrorMode::Propagate) ? "ok" : "error";
  }

  Arena arena_;
  std::vector<Program> programs_;  // their literals are in the metrics
  ArenaVector<otlp::Metric> metrics_;
  Frame frame_;
};

TEST_F(MetricFunctions, SumsAndGauges) {
  add(otlp::MetricKind::Sum).is_monotonic = true;
  EXPECT_EQ(run("convert_sum_to_gauge()"), "ok");
  EXPECT_EQ(metrics_[0].kind, otlp::MetricKind::Gauge);
  EXPECT_FALSE(metrics_[0].is_monotonic);
  EXPECT_EQ(run(R"(convert_gauge_to_sum("delta", true))"), "ok");
  EXPECT_EQ(metrics_[0].kind, otlp::MetricKind::Sum);
  EXPECT_EQ(metrics_[0].aggregation_temporality, 1);
  EXPECT_EQ(run(R"(convert_gauge_to_sum("Delta", true))"), "refused");
  EXPECT_EQ(run("convert_sum_to_gauge()", ContextKind::DataPoint), "refused");
}

TEST_F(MetricFunctions, Aggregation) {
  add(otlp::MetricKind::Sum);
  add_point("x", 1);
  add_point("y", 5);
  add_point("x", 3);
  EXPECT_EQ(run(R"(aggregate_on_attribute_value("max", "a", ["y"], "x"))"), "ok");
  ASSERT_EQ(metrics_[0].data_points.size(), 1u);
  EXPECT_EQ(metrics_[0].data_points[0].value.int_value, 5);
  add_point("z", 2);
  EXPECT_EQ(run(R"(aggregate_on_attributes("sum", []))"), "ok");
  ASSERT_EQ(metrics_[0].data_points.size(), 1u);
  EXPECT_EQ(metrics_[0].data_points[0].value.int_value, 7);
  EXPECT_EQ(metrics_[0].data_points[0].attributes.size(), 0u);
  EXPECT_EQ(run(R"(aggregate_on_attributes("avg"))"), "refused");
}

// Found by the fuzzer: each copy was visited and copied again, without end.
TEST_F(MetricFunctions, NewMetricsOfAScopeAreBounded) {
  add(otlp::MetricKind::Sum);
  int copies = 0;
  while (copies < 1000 && run("copy_metric()") == "ok") ++copies;
  EXPECT_EQ(copies, 100);
}

TEST_F(MetricFunctions, ScaledPointsAndACopyThatIsItsOwn) {
  add(otlp::MetricKind::Sum);
  add_point("x", 10);
  EXPECT_EQ(run(R"(copy_metric(name="copy"))"), "ok");
  EXPECT_EQ(run(R"(scale_metric(0.3, "s"))"), "ok");
  EXPECT_EQ(metrics_[0].data_points[0].value.int_value, 3);
  EXPECT_EQ(metrics_[0].unit, "s");
  ASSERT_EQ(metrics_.size(), 2u);
  EXPECT_EQ(metrics_[1].name, "copy");
  EXPECT_EQ(metrics_[1].data_points[0].value.int_value, 10);
}

TEST_F(MetricFunctions, PartsOfHistograms) {
  add(otlp::MetricKind::Histogram);
  otlp::DataPoint& point = add_point("x", 0);
  point.count = 6;
  point.sum = 77.5;
  point.has_sum = true;
  for (const uint64_t count : {1, 2, 3}) point.bucket_counts.push_back(arena_, count);
  for (const double bound : {10.0, 20.0}) point.explicit_bounds.push_back(arena_, bound);
  EXPECT_EQ(run("extract_sum_metric(true)"), "ok");
  EXPECT_EQ(run(R"(extract_count_metric(true, ".n"))"), "ok");
  EXPECT_EQ(run("extract_percentile_metric(50.0)"), "ok");
  ASSERT_EQ(metrics_.size(), 4u);
  EXPECT_EQ(metrics_[1].name, "m_sum");
  EXPECT_EQ(metrics_[1].data_points[0].value.double_value, 77.5);
  EXPECT_EQ(metrics_[2].name, "m.n");
  EXPECT_EQ(metrics_[2].data_points[0].value.int_value, 6);
  EXPECT_EQ(metrics_[3].name, "m_p50");
  EXPECT_EQ(metrics_[3].data_points[0].value.double_value, 20);
  EXPECT_EQ(run("extract_percentile_metric(100.0)"), "refused");
  EXPECT_EQ(run("merge_histogram_buckets(10.0)", ContextKind::DataPoint), "ok");
  EXPECT_EQ(metrics_[0].data_points[0].explicit_bounds.size(), 1u);
  EXPECT_EQ(metrics_[0].data_points[0].bucket_counts[0], 3u);
  EXPECT_EQ(run(R"(merge_histogram_buckets(1, method="limit_buckets"))", ContextKind::DataPoint),
            "ok");
  EXPECT_EQ(metrics_[0].data_points[0].bucket_counts.size(), 1u);
  EXPECT_EQ(metrics_[0].data_points[0].bucket_counts[0], 6u);
}

TEST_F(MetricFunctions, MergingTakesWhatIsANumber) {
  otlp::Metric& metric = add(otlp::MetricKind::Histogram);
  otlp::DataPoint& point = add_point("x", 0);
  for (const double bound : {1.0, 2.0, 3.0}) point.explicit_bounds.push_back(arena_, bound);
  for (const uint64_t count : {1, 2, 3, 4}) point.bucket_counts.push_back(arena_, count);
  const auto limit = [&](const std::string& target) {
    return run("merge_histogram_buckets(" + target + R"(, method="limit_buckets"))",
               ContextKind::DataPoint);
  };
  EXPECT_EQ(limit("0"), "refused");
  EXPECT_EQ(limit("1.5"), "refused");
  EXPECT_EQ(limit("nil"), "refused");
  EXPECT_EQ(limit("datapoint.explicit_bounds[9]"), "refused");
  EXPECT_EQ(limit("datapoint.attributes[\"missing\"]"), "error");
  EXPECT_EQ(limit("datapoint.attributes[\"a\"]"), "error");  // "x"
  EXPECT_EQ(limit("Double(\"1.5\")"), "error");
  EXPECT_EQ(point.bucket_counts.size(), 4u);
  EXPECT_EQ(limit("3.0"), "ok");
  EXPECT_EQ(metric.data_points[0].bucket_counts.size(), 2u);
  EXPECT_EQ(run("merge_histogram_buckets(nil)", ContextKind::DataPoint), "refused");
}

TEST_F(MetricFunctions, PercentilesPassOverPointsThatSayTooLittle) {
  add(otlp::MetricKind::Histogram).description = "";
  add_point("no count", 0);
  otlp::DataPoint& single = add_point("one bucket", 0);
  single.count = 4;
  single.bucket_counts.push_back(arena_, 4);
  EXPECT_EQ(run("extract_percentile_metric(50.0)"), "ok");
  EXPECT_EQ(metrics_.size(), 1u);
  otlp::DataPoint& known = metrics_[0].data_points[1];
  known.has_min = known.has_max = true;
  known.max = 8;
  EXPECT_EQ(run(R"(extract_percentile_metric(50.0, ""))"), "ok");
  ASSERT_EQ(metrics_.size(), 2u);
  EXPECT_EQ(metrics_[1].name, "m_p50");
  EXPECT_EQ(metrics_[1].description, "p50");
  ASSERT_EQ(metrics_[1].data_points.size(), 1u);
  EXPECT_EQ(metrics_[1].data_points[0].value.double_value, 4);
  metrics_[0].data_points[1].explicit_bounds.push_back(arena_, 1.0);
  EXPECT_EQ(run("extract_percentile_metric(50.0)"), "error");
}

TEST_F(MetricFunctions, PercentilesBeginWithTheMostNegativeBucket) {
  add(otlp::MetricKind::ExponentialHistogram);
  otlp::DataPoint& point = add_point("x", 0);
  point.count = 4;
  point.negative.bucket_counts.push_back(arena_, 3);  // -2 to -1
  point.negative.bucket_counts.push_back(arena_, 1);  // -4 to -2
  EXPECT_EQ(run("extract_percentile_metric(25.0)"), "ok");
  ASSERT_EQ(metrics_.size(), 2u);
  EXPECT_EQ(metrics_[1].data_points[0].value.double_value, -2);
}

TEST_F(MetricFunctions, ExponentialHistogramsGetBounds) {
  for (const std::string_view how : {"upper", "midpoint", "uniform", "random"}) {
    metrics_.clear();
    add(otlp::MetricKind::ExponentialHistogram);
    otlp::DataPoint& point = add_point("x", 0);
    point.zero_count = 5;
    point.positive.offset = 1;
    for (const uint64_t count : {1, 2, 3, 4}) point.positive.bucket_counts.push_back(arena_, count);
    EXPECT_EQ(run("convert_exponential_histogram_to_histogram(\"" + std::string(how) +
                  "\", [0.0, 5.0, 10.0, 100.0])"),
              "ok");
    EXPECT_EQ(metrics_[0].kind, otlp::MetricKind::Histogram);
    uint64_t all = 0;
    for (const uint64_t count : metrics_[0].data_points[0].bucket_counts) all += count;
    EXPECT_EQ(all, 15u) << how;
  }
  EXPECT_EQ(run(R"(convert_exponential_histogram_to_histogram("upper", []))"), "refused");
}

TEST_F(MetricFunctions, PartsOfSummaries) {
  add(otlp::MetricKind::Summary);
  otlp::DataPoint& point = add_point("x", 0);
  point.count = 10;
  point.sum = 55.5;
  point.quantile_values.push_back(arena_, {0.5, 4});
  EXPECT_EQ(run(R"(convert_summary_sum_val_to_sum("delta", true))", ContextKind::DataPoint), "ok");
  EXPECT_EQ(
      run(R"(convert_summary_count_val_to_sum("cumulative", false, ".n"))", ContextKind::DataPoint),
      "ok");
  EXPECT_EQ(run("convert_summary_quantile_val_to_gauge()"), "ok");
  ASSERT_EQ(metrics_.size(), 4u);
  EXPECT_EQ(metrics_[1].name, "m_sum");
  EXPECT_EQ(metrics_[2].name, "m.n");
  EXPECT_EQ(metrics_[3].name, "m.quantiles");
  const Value* quantile = find(metrics_[3].data_points[0].attributes, "quantile");
  ASSERT_NE(quantile, nullptr);
  EXPECT_EQ(quantile->kind, Kind::Double);
  EXPECT_EQ(quantile->double_value, 0.5);
  EXPECT_EQ(run(R"(aggregate_on_attributes("sum"))"), "error");
}

TEST(SpanFunctions, RootsAndNames) {
  Arena arena;
  otlp::Span span;
  span.attributes.push_back(arena, {"http.request.method", Value::string("GET")});
  span.attributes.push_back(arena, {"http.route", Value::string("/a/{id}")});
  span.name = "old";
  span.kind = 2;
  Frame frame;
  frame.arena = &arena;
  frame.span = &span;
  Program::Source source;
  source.context = ContextKind::Span;
  source.statements = {R"(set_semconv_span_name("1.37.0", "original") where IsRootSpan())"};
  const auto program = Program::compile(source, standard_library());
  ASSERT_TRUE(program.ok());
  EXPECT_TRUE(program->run(frame, ErrorMode::Propagate));
  EXPECT_EQ(span.name, "GET /a/{id}");
  EXPECT_EQ(find(span.attributes, "original")->view(), "old");
}

TEST(SpanFunctions, NamesGoByTheKindOfTheSpan) {
  using Attribute = std::pair<std::string_view, Value>;
  const auto text = [](std::string_view value) { return Value::string(value); };
  const auto name = [](int32_t kind, std::initializer_list<Attribute> attributes) {
    Arena arena;
    otlp::Span span;
    span.name = "old";
    span.kind = kind;
    for (const auto& [key, value] : attributes) span.attributes.push_back(arena, {key, value});
    Frame frame;
    frame.arena = &arena;
    frame.span = &span;
    Program::Source source;
    source.context = ContextKind::Span;
    source.statements = {R"(set_semconv_span_name("1.40.0"))"};
    const auto program = Program::compile(source, standard_library());
    EXPECT_TRUE(program.ok() && program->run(frame, ErrorMode::Propagate));
    return std::string(span.name);
  };
  constexpr int32_t kInternal = 1, kServer = 2, kClient = 3, kProducer = 4, kConsumer = 5;
  const Attribute method{"http.request.method", text("GET")};
  EXPECT_EQ(name(kInternal, {method}), "old");
  EXPECT_EQ(name(kServer, {method, {"http.route", text("/a")}}), "GET /a");
  EXPECT_EQ(name(kClient, {method, {"http.route", text("/a")}}), "GET");
  EXPECT_EQ(name(kClient, {{"http.method", text("_OTHER")}, {"url.template", text("/a")}}),
            "_OTHER /a");
  const Attribute system{"rpc.system", text("grpc")};
  EXPECT_EQ(name(kServer, {system, {"rpc.service", text("S")}}), "S/*");
  EXPECT_EQ(name(kServer, {system, {"rpc.grpc.service", text("S")}, {"rpc.method", text("m")}}),
            "S/m");
  EXPECT_EQ(name(kConsumer, {system}), "old");
  const Attribute database{"db.system", text("pg")};
  EXPECT_EQ(name(kServer, {database}), "old");
  EXPECT_EQ(name(kClient, {database}), "pg");
  EXPECT_EQ(name(kClient, {database,
                           {"db.operation", text("SELECT")},
                           {"db.name", text("shop")},
                           {"db.collection.name", text("t")}}),
            "SELECT shop.t");
  EXPECT_EQ(name(kClient,
                 {database, {"server.address", text("h")}, {"server.port", Value::integer(5432)}}),
            "h:5432");
  const Attribute queue{"messaging.system", text("kafka")};
  EXPECT_EQ(name(kProducer, {queue}), "kafka");
  EXPECT_EQ(name(kProducer, {queue, {"messaging.destination", text("q")}}), "q");
  EXPECT_EQ(name(kConsumer, {queue,
                             {"messaging.operation", text("poll")},
                             {"messaging.destination.name", text("q")},
                             {"messaging.destination.temporary", Value::boolean(true)}}),
            "poll (temporary)");
}

TEST(SpanFunctions, VersionsOfTheConventionsLieBetweenTheKnownOnes) {
  const auto is_taken = [](std::string_view arguments) {
    Program::Source source;
    source.context = ContextKind::Span;
    source.statements = {"set_semconv_span_name(" + std::string(arguments) + ")"};
    return Program::compile(source, standard_library()).ok();
  };
  for (const std::string_view known :
       {R"("1.37.0")", R"("1.38.5")", R"("v1.39")", R"("1.40.0-rc.1")", R"("1.38.0+x")"})
    EXPECT_TRUE(is_taken(known)) << known;
  for (const std::string_view unknown :
       {R"("1.36.9")", R"("1.37.0-rc")", R"("1.40.1")", R"("1")", R"("")", R"("1.38.0.0")",
        R"("1.x.0")", R"("2.38.0")", R"("1.38.0", "")"})
    EXPECT_FALSE(is_taken(unknown)) << unknown;
}

}  // namespace
}  // namespace sluice::ottl
