#include <gtest/gtest.h>

#include "testing/rig.h"

namespace sluice::components {
namespace {

using testing::Rig;

struct Case {
  const char* name;
  const char* options;
  const char* in;
  const char* out;
};

const Case kCases[] = {
    {"a name from attributes", "{name: {from_attributes: [a, b, c], separator: '::'}}",
     "[{name: n, attributes: {a: x, b: 1, c: true}}]",
     "- {name: 'x::1::true', attributes: {a: x, b: 1, c: true}}\n"},
    {"it stays where an attribute is missing", "{name: {from_attributes: [a, b]}}",
     "[{name: n, attributes: {a: x}}]", "- {name: n, attributes: {a: x}}\n"},
    {"a list has no text", "{name: {from_attributes: [a]}}", "[{attributes: {a: [1]}}]",
     "- {name: '<unknown-attribute-type>', attributes: {a: [1]}}\n"},
    {"attributes from the name",
     "{name: {to_attributes: {rules: ['^/doc/(?P<id>\\d+)/(?P<op>.*)$'"
     "]}}}",
     "[{name: /doc/12/read}]", "- {name: '/doc/{id}/{op}', attributes: {id: '12', op: read}}\n"},
    {"a double in full", "{name: {from_attributes: [a, b]}}",
     "[{attributes: {a: 1.0e21, b: 1.5e-7}}]",
     "- {name: '10000000000000000000000.00000015', attributes: {a: 1e+21, b: 1.5e-7}}\n"},
    {"nothing from no name", "{name: {to_attributes: {rules: ['(?P<a>.*)']}}}", "[{kind: 1}]",
     "- {kind: 1}\n"},
    {"rules may be missing where there is something else to do",
     "{name: {from_attributes: [a], to_attributes: {}}}", "[{attributes: {a: x}}]",
     "- {name: x, attributes: {a: x}}\n"},
    {"the name may stay",
     "{name: {to_attributes: {rules: ['(?P<id>\\d+)'], keep_original_name: "
     "true}}}",
     "[{name: doc12}]", "- {name: doc12, attributes: {id: '12'}}\n"},
    {"every rule that matches", "{name: {to_attributes: {rules: ['^(?P<a>.)', '(?P<b>.)$']}}}",
     "[{name: xyz}]", "- {name: '{a}y{b}', attributes: {a: x, b: z}}\n"},
    {"only the first",
     "{name: {to_attributes: {rules: ['^(?P<a>.)', '(?P<b>.)$'], "
     "break_after_match: true}}}",
     "[{name: xyz}]", "- {name: '{a}yz', attributes: {a: x}}\n"},
    {"an error with its message", "{status: {code: Error, description: d}}", "[{name: n}]",
     "- {name: n, status: 2, message: d}\n"},
    {"a status loses its message", "{status: {code: Ok}}", "[{name: n, status: 2, message: m}]",
     "- {name: n, status: 1}\n"},
    {"only included spans", "{include: {match_type: strict, span_names: [n]}, status: {code: Ok}}",
     "[{name: n}, {name: o}]", "- {name: n, status: 1}\n- {name: o}\n"},
};

TEST(Span, Changes) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    Rig rig("span", c.options, otlp::Signal::Traces);
    ASSERT_EQ(rig.problem(), "");
    EXPECT_EQ(rig.change(c.in), c.out);
  }
}

TEST(Span, SaysOfAllRulesWhatIsWrong) {
  const Rig rig("span", "{name: {to_attributes: {rules: ['(', 'a', '[']}}}", otlp::Signal::Traces);
  for (const char* place : {"span::name::to_attributes::rules[0]: ", "to_attributes::rules[2]: "})
    EXPECT_NE(rig.problem().find(place), std::string::npos) << place << "\n" << rig.problem();
}

TEST(Span, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{}", "nothing to do"},
      {"{name: {}}", "nothing to do"},
      {"{name: {to_attributes: {}}}", "rule"},
      {"{name: {to_attributes: {rules: ['(']}}}", "("},
      {"{status: {code: Bad}}", "Ok, Error or Unset"},
      {"{status: {code: Ok, description: d}}", "Error only"},
      {"{include: {match_type: strict, log_bodies: [b]}, status: {code: Ok}}", "not for spans"},
  };
  for (const auto& [options, expected] : cases) {
    SCOPED_TRACE(options);
    const Rig rig("span", options, otlp::Signal::Traces);
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << rig.problem();
  }
}

}  // namespace
}  // namespace sluice::components
