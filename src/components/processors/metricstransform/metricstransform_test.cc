#include <gtest/gtest.h>

#include "testing/rig.h"

namespace sluice::components {
namespace {

using testing::Rig;

struct Case {
  const char* name;
  const char* transforms;
  const char* in;
  const char* out;
};

constexpr char kTwo[] =
    "[{name: cpu.user, type: gauge, points: [{attributes: {core: a}, value: 10}, "
    "{attributes: {core: b}, value: 20}]}]";

const Case kCases[] = {
    {"renames", "{include: a, action: update, new_name: b}", "[{name: a}, {name: c}]",
     "- {name: b}\n- {name: c}\n"},
    {"puts groups of the name into the new one",
     R"({include: '^cpu\.(.*)$', match_type: regexp, action: update, new_name: 'sys.${1}'})",
     "[{name: cpu.user}, {name: mem}]", "- {name: sys.user}\n- {name: mem}\n"},
    {"an expression finds its match anywhere in the name",
     "{include: p, match_type: regexp, action: update, new_name: x}", "[{name: cpu}]",
     "- {name: x}\n"},
    {"adds a copy at the end, and leaves the original alone",
     "{include: a, action: insert, new_name: b, operations: [{action: add_label, new_label: l, "
     "new_value: v}]}",
     "[{name: a, points: [{value: 1}]}, {name: c}]",
     "- {name: a, points: [{value: 1}]}\n- {name: c}\n"
     "- {name: b, points: [{attributes: {l: v}, value: 1}]}\n"},
    {"scaling a copy does not scale the original",
     "{include: h, action: insert, new_name: ms, operations: [{action: experimental_scale_value, "
     "experimental_scale: 1000}]}",
     "[{name: h, type: histogram, points: [{count: 1, sum: 2, counts: [1, 0], bounds: [0.5]}]}]",
     "- {name: h, type: histogram, points: [{count: 1, sum: 2.0, counts: [1, 0], bounds: [0.5]}]}\n"
     "- {name: ms, type: histogram, points: [{count: 1, sum: 2000.0, counts: [1, 0], bounds: "
     "[500.0]}]}\n"},
    {"a label that is there is not added",
     "{include: a, action: update, operations: [{action: add_label, new_label: l, new_value: v}]}",
     "[{name: a, points: [{attributes: {l: 1}}, {}]}]",
     "- {name: a, points: [{attributes: {l: 1}}, {attributes: {l: v}}]}\n"},
    {"renames a label where it stands",
     "{include: a, action: update, operations: [{action: update_label, label: x, new_label: z}]}",
     "[{name: a, points: [{attributes: {x: 1, y: 2}}]}]",
     "- {name: a, points: [{attributes: {z: 1, y: 2}}]}\n"},
    {"a renamed label replaces one of its new name",
     "{include: a, action: update, operations: [{action: update_label, label: x, new_label: z}]}",
     "[{name: a, points: [{attributes: {x: 1, y: 2, z: 3}}]}]",
     "- {name: a, points: [{attributes: {z: 1, y: 2}}]}\n"},
    {"a label renamed to its own name stays",
     "{include: a, action: update, operations: [{action: update_label, label: x, new_label: x, "
     "value_actions: [{value: p, new_value: q}]}]}",
     "[{name: a, points: [{attributes: {x: p}}]}]",
     "- {name: a, points: [{attributes: {x: q}}]}\n"},
    {"renames values of labels, texts only",
     "{include: a, action: update, operations: [{action: update_label, label: x, value_actions: "
     "[{value: p, new_value: q}, {value: '1', new_value: one}]}]}",
     "[{name: a, points: [{attributes: {x: p}}, {attributes: {x: 1}}, {attributes: {x: o}}]}]",
     "- {name: a, points: [{attributes: {x: q}}, {attributes: {x: 1}}, {attributes: {x: o}}]}\n"},
    {"deletes data points by the value of a label",
     "{include: a, action: update, operations: [{action: delete_label_value, label: x, "
     "label_value: p}]}",
     "[{name: a, points: [{attributes: {x: p}}, {attributes: {x: q}}]}]",
     "- {name: a, points: [{attributes: {x: q}}]}\n"},
    {"a metric without any point left is gone",
     "{include: a, action: update, operations: [{action: delete_label_value, label: x, "
     "label_value: p}]}",
     "[{name: a, points: [{attributes: {x: p}}]}, {name: b}]", "- {name: b}\n"},
    {"a metric that never had a point stays", "{include: a, action: update, new_name: b}",
     "[{name: a}]", "- {name: b}\n"},
    {"toggles whole numbers and others",
     "{include: a, action: update, operations: [{action: toggle_scalar_data_type}]}",
     "[{name: a, type: sum, points: [{value: 3}, {value: -2.7}, {value: .nan}]}]",
     "- {name: a, type: sum, points: [{value: 3.0}, {value: -2}, {value: "
     "-9223372036854775808}]}\n"},
    {"scales whole numbers, and cuts off the fraction",
     "{include: a, action: update, operations: [{action: experimental_scale_value, "
     "experimental_scale: 1.5}]}",
     "[{name: a, type: gauge, points: [{value: 3}, {value: 3.0}]}]",
     "- {name: a, type: gauge, points: [{value: 4}, {value: 4.5}]}\n"},
    {"what is no number is not scaled",
     "{include: a, action: update, operations: [{action: experimental_scale_value, "
     "experimental_scale: 2}]}",
     "[{name: a, type: summary, points: [{count: 1, sum: 2}]}]",
     "- {name: a, type: summary, points: [{count: 1, sum: 2.0}]}\n"},
    {"scales exponential histograms, and moves their buckets",
     "{include: a, action: update, operations: [{action: experimental_scale_value, "
     "experimental_scale: 2.5}]}",
     "[{name: a, type: exponential, points: [{count: 6, sum: 25.5, min: -3, max: 8, scale: 2, "
     "zero_threshold: 2, offset: 1, positive: [1, 2, 3]}]}]",
     "- {name: a, type: exponential, points: [{count: 6, sum: 63.75, min: -7.5, max: 20.0, scale: "
     "2, zero_threshold: 5.0, offset: 6, positive: [1, 2, 3]}]}\n"},
    {"aggregates over labels",
     "{include: cpu.user, action: update, operations: [{action: aggregate_labels, label_set: [], "
     "aggregation_type: sum}]}",
     kTwo, "- {name: cpu.user, type: gauge, points: [{value: 30}]}\n"},
    {"without an aggregation the first stands for all",
     "{include: cpu.user, action: update, operations: [{action: aggregate_labels, label_set: []}]}",
     kTwo, "- {name: cpu.user, type: gauge, points: [{value: 10}]}\n"},
    {"without a label set all points are alike",
     "{include: cpu.user, action: update, operations: [{action: aggregate_labels, "
     "aggregation_type: sum}]}",
     kTwo, "- {name: cpu.user, type: gauge, points: [{value: 30}]}\n"},
    {"aggregates values of a label",
     "{include: cpu.user, action: update, operations: [{action: aggregate_label_values, label: "
     "core, aggregated_values: [a, b], new_value: all, aggregation_type: max}]}",
     kTwo, "- {name: cpu.user, type: gauge, points: [{attributes: {core: all}, value: 20}]}\n"},
    {"a summary is not aggregated",
     "{include: a, action: update, operations: [{action: aggregate_labels, label_set: [], "
     "aggregation_type: sum}]}",
     "[{name: a, type: summary, points: [{attributes: {x: 1}, count: 1}]}]",
     "- {name: a, type: summary, points: [{attributes: {x: 1}, count: 1}]}\n"},
    {"combines metrics, with labels of their names",
     R"({include: '^cpu\.(?P<mode>.*)$', match_type: regexp, action: combine, new_name: cpu,
        aggregation_type: sum})",
     "[{name: cpu.user, type: gauge, points: [{value: 1}]}, {name: cpu.sys, type: gauge, points: "
     "[{value: 2}]}, {name: mem}]",
     "- {name: mem}\n- {name: cpu, type: gauge, points: [{attributes: {mode: user}, value: 1}, "
     "{attributes: {mode: sys}, value: 2}]}\n"},
    {"metrics of different units are not combined",
     "{include: c, match_type: regexp, action: combine, new_name: x, aggregation_type: sum}",
     "[{name: c1, unit: s, type: gauge}, {name: c2, unit: ms, type: gauge}]",
     "- {name: c1, unit: s, type: gauge}\n- {name: c2, unit: ms, type: gauge}\n"},
    {"metrics of different labels are not combined",
     "{include: c, match_type: regexp, action: combine, new_name: x, aggregation_type: sum}",
     "[{name: c1, type: gauge, points: [{attributes: {x: 1}}]}, {name: c2, type: gauge, points: "
     "[{}]}]",
     "- {name: c1, type: gauge, points: [{attributes: {x: 1}}]}\n- {name: c2, type: gauge, points: "
     "[{}]}\n"},
    {"groups metrics under a resource of their own",
     "{include: b, action: group, group_resource_labels: {g: '1'}}",
     "[{resource: {r: x}, name: a}, {resource: {r: x}, name: b}]",
     "- {resource: {r: x}, name: a}\n- {resource: {r: x, g: '1'}, name: b}\n"},
    {"labels select metrics and data points",
     "{include: a, experimental_match_labels: {x: p}, action: insert, new_name: b}",
     "[{name: a, points: [{attributes: {x: p}, value: 1}, {attributes: {x: q}, value: 2}]}]",
     "- {name: a, points: [{attributes: {x: p}, value: 1}, {attributes: {x: q}, value: 2}]}\n"
     "- {name: b, points: [{attributes: {x: p}, value: 1}]}\n"},
    {"an update of some points renames nothing",
     "{include: a, experimental_match_labels: {x: p}, action: update, new_name: b, operations: "
     "[{action: update_label, label: x, new_label: y}]}",
     "[{name: a, points: [{attributes: {x: p}}, {attributes: {x: q}}]}]",
     "- {name: a, points: [{attributes: {y: p}}, {attributes: {x: q}}]}\n"},
    {"an empty label value stands for no label",
     "{include: a, experimental_match_labels: {x: ''}, action: update, new_name: b}",
     "[{name: a, points: [{}]}, {name: a, points: [{attributes: {x: p}}]}]",
     "- {name: b, points: [{}]}\n- {name: a, points: [{attributes: {x: p}}]}\n"},
};

TEST(MetricsTransform, Changes) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    Rig rig("metricstransform", "{transforms: [" + std::string(c.transforms) + "]}",
            otlp::Signal::Metrics);
    ASSERT_EQ(rig.problem(), "");
    EXPECT_EQ(rig.change(c.in), c.out);
  }
}

TEST(MetricsTransform, PutsItsVersionIntoLabels) {
  Rig rig("metrics_transform",
          "{transforms: [{include: a, action: update, operations: [{action: add_label, new_label: "
          "v, new_value: 'x {{version}} y'}]}]}",
          otlp::Signal::Metrics);
  EXPECT_EQ(rig.change("[{name: a, points: [{}]}]"),
            "- {name: a, points: [{attributes: {v: 'x " SLUICE_VERSION " y'}}]}\n");
}

TEST(MetricsTransform, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{action: update}", "include"},
      {"{include: a}", "action"},
      {"{include: a, action: remove}", "insert, update, combine or group"},
      {"{include: a, action: insert}", "new_name"},
      {"{include: a, action: combine, new_name: b}", "aggregation_type"},
      {"{include: a, action: combine, aggregation_type: sum}", "new_name"},
      {"{include: a, action: group}", "group_resource_labels"},
      {"{include: a, action: update, aggregation_type: avg}", "sum, mean, min, max"},
      {"{include: a, match_type: glob, action: update}", "strict or regexp"},
      {"{include: '(', match_type: regexp, action: update}", "include"},
      {"{include: a, action: update, submatch_case: title}", "lower or upper"},
      {"{include: a, action: update, operations: [{action: add_label, new_value: v}]}",
       "new_label"},
      {"{include: a, action: update, operations: [{action: add_label, new_label: l}]}",
       "new_value"},
      {"{include: a, action: update, operations: [{action: update_label}]}", "label"},
      {"{include: a, action: update, operations: [{action: experimental_scale_value}]}",
       "experimental_scale"},
      {"{include: a, action: update, operations: [{label: l}]}", "action"},
  };
  for (const auto& [transform, expected] : cases) {
    SCOPED_TRACE(transform);
    const Rig rig("metricstransform", "{transforms: [" + std::string(transform) + "]}",
                  otlp::Signal::Metrics);
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << rig.problem();
  }
}

TEST(MetricsTransform, SaysWhatHasNoEffect) {
  const std::pair<const char*, const char*> cases[] = {
      {"action: update, submatch_case: upper", "submatch_case"},
      {"action: update, group_resource_labels: {a: b}", "group_resource_labels"},
      {"action: update, aggregation_type: sum", "aggregation_type"},
      {"action: group, group_resource_labels: {a: b}, new_name: c", "new_name"},
      {"action: update, operations: [{action: add_label, new_label: a, new_value: b, label: c}]",
       "operations[0]::label"},
      {"action: update, operations: [{action: update_label, label: a, new_value: b}]",
       "operations[0]::new_value"},
      {"action: update, operations: [{action: toggle_scalar_data_type, label_set: [a]}]",
       "operations[0]::label_set"},
      {"action: update, operations: [{action: delete_label_value, label: a, label_value: b, "
       "aggregation_type: sum}]",
       "operations[0]::aggregation_type"},
      {"action: update, operations: [{action: update_label, label: a, new_label: b}]", ""},
      {"action: combine, new_name: b, aggregation_type: sum", ""},
  };
  for (const auto& [transform, expected] : cases) {
    SCOPED_TRACE(transform);
    const Rig rig("metricstransform",
                  "{transforms: [{include: a, " + std::string(transform) + "}]}",
                  otlp::Signal::Metrics);
    EXPECT_EQ(rig.problem(), "");
    const std::string place = "transforms[0]::" + std::string(expected);
    if (*expected == '\0') {
      EXPECT_EQ(rig.warnings(), "");
    } else {
      EXPECT_NE(rig.warnings().find(place + ": this option has no effect"), std::string::npos)
          << rig.warnings();
    }
  }
}

}  // namespace
}  // namespace sluice::components
