#include <gtest/gtest.h>

#include "testing/rig.h"

namespace sluice::components {
namespace {

using testing::Rig;

struct Case {
  const char* name;
  const char* keys;
  otlp::Signal signal;
  const char* in;
  const char* out;
};

const Case kCases[] = {
    {"moves an attribute to the resource", "[h]", otlp::Signal::Logs,
     "[{resource: {r: 1}, body: a, attributes: {h: x, i: 1}}, {resource: {r: 1}, body: b, "
     "attributes: {h: y}}, {resource: {r: 1}, body: c, attributes: {h: x}}]",
     "- {resource: {r: 1, h: x}, body: a, attributes: {i: 1}}\n"
     "- {resource: {r: 1, h: x}, body: c}\n"
     "- {resource: {r: 1, h: y}, body: b}\n"},
    {"the record's value wins", "[h]", otlp::Signal::Traces,
     "[{resource: {h: a, r: 1}, name: s, attributes: {h: b}}]",
     "- {resource: {h: b, r: 1}, name: s}\n"},
    {"attributes go over in the order of the keys, and the last ones move into the gaps", "[h, g]",
     otlp::Signal::Logs, "[{body: a, attributes: {g: 1, i: 2, h: 3, j: 4, k: 5}}]",
     "- {resource: {h: 3, g: 1}, body: a, attributes: {j: 4, i: 2, k: 5}}\n"},
    {"records without the key stay where they are", "[h]", otlp::Signal::Logs,
     "[{resource: {r: 1}, body: a}]", "- {resource: {r: 1}, body: a}\n"},
    {"without keys the same resources become one", "[]", otlp::Signal::Logs,
     "[{resource: {r: 1, s: 2}, body: a}, {resource: {r: 2}, body: b}, {resource: {s: 2, r: 1}, "
     "body: c}]",
     "- {resource: {r: 1, s: 2}, body: a}\n- {resource: {r: 1, s: 2}, body: c}\n"
     "- {resource: {r: 2}, body: b}\n"},
    {"scopes stay apart", "[]", otlp::Signal::Logs,
     "[{scope: s, body: a}, {scope: t, body: b}, {scope: s, body: c}]",
     "- {scope: s, body: a}\n- {scope: s, body: c}\n- {scope: t, body: b}\n"},
    {"types of values count", "[h]", otlp::Signal::Logs,
     "[{body: a, attributes: {h: 1}}, {body: b, attributes: {h: '1'}}]",
     "- {resource: {h: 1}, body: a}\n- {resource: {h: '1'}, body: b}\n"},
    {"data points of a metric are dealt out", "[h]", otlp::Signal::Metrics,
     "[{name: m, unit: s, type: gauge, points: [{attributes: {h: a}, value: 1}, {attributes: {h: "
     "b}, value: 2}, {attributes: {h: a, i: 1}, value: 3}]}]",
     "- {resource: {h: a}, name: m, unit: s, type: gauge, points: [{value: 1}, {attributes: {i: "
     "1}, "
     "value: 3}]}\n- {resource: {h: b}, name: m, unit: s, type: gauge, points: [{value: 2}]}\n"},
    {"metrics of one name and different units stay apart", "[]", otlp::Signal::Metrics,
     "[{name: m, unit: s, points: [{value: 1}]}, {name: m, unit: ms, points: [{value: 2}]}, {name: "
     "m, unit: s, points: [{value: 3}]}]",
     "- {name: m, unit: s, points: [{value: 1}, {value: 3}]}\n- {name: m, unit: ms, points: "
     "[{value: 2}]}\n"},
};

TEST(GroupByAttrs, Groups) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    Rig rig("groupbyattrs", "{keys: " + std::string(c.keys) + "}", c.signal);
    ASSERT_EQ(rig.problem(), "");
    EXPECT_EQ(rig.change(c.in), c.out);
  }
}

/// Every record has a resource of its own: the work must not grow with their square.
TEST(GroupByAttrs, CopesWithAsManyResourcesAsRecords) {
  constexpr int kRecords = 5'000;
  std::string in;
  for (int i = 0; i < kRecords; ++i) in += "- {attributes: {h: " + std::to_string(i) + "}}\n";
  Rig rig("groupbyattrs", "{keys: [h]}", otlp::Signal::Logs);
  const std::string out = rig.change(in);
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), kRecords);
}

}  // namespace
}  // namespace sluice::components
