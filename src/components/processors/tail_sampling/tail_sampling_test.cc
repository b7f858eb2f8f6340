#include <gtest/gtest.h>

#include "testing/rig.h"

namespace sluice::components {
namespace {

using testing::Rig;

struct Case {
  const char* policies;
  const char* trace;  // its spans
  bool is_kept;
};

const Case kCases[] = {
    {"{type: always_sample}", "[{trace: 1}]", true},
    {"", "[{trace: 1}]", false},
    {"{type: latency, latency: {threshold_ms: 5}}", "[{trace: 1, start: 0, end: 5000000}]", true},
    {"{type: latency, latency: {threshold_ms: 5}}",
     "[{trace: 1, start: 1000000, end: 2000000}, {trace: 1, start: 4000000, end: 6000000}]", true},
    {"{type: latency, latency: {threshold_ms: 5}}", "[{trace: 1, start: 0, end: 4999999}]", false},
    {"{type: latency, latency: {threshold_ms: 5, upper_threshold_ms: 9}}",
     "[{trace: 1, start: 1000000, end: 8000000}, {trace: 1, start: 1000000, end: 20000000}]", true},
    {"{type: latency, latency: {threshold_ms: 5, upper_threshold_ms: 9}}",
     "[{trace: 1, end: 10000000}]", false},
    {"{type: latency, latency: {threshold_ms: 5}}", "[{trace: 1, start: 9000000, end: 1}]", false},
    {"{type: numeric_attribute, numeric_attribute: {key: a, min_value: 1, max_value: 3}}",
     "[{trace: 1, attributes: {a: 3}}]", true},
    {"{type: numeric_attribute, numeric_attribute: {key: a, min_value: 1, max_value: 3}}",
     "[{trace: 1, attributes: {a: 4}}]", false},
    {"{type: numeric_attribute, numeric_attribute: {key: a, min_value: 1, max_value: 3}}",
     "[{trace: 1, attributes: {a: '3'}}]", false},
    {"{type: string_attribute, string_attribute: {key: a, values: [x, y]}}",
     "[{trace: 1}, {trace: 1, attributes: {a: y}}]", true},
    {"{type: string_attribute, string_attribute: {key: a, values: [x]}}",
     "[{resource: {a: x}, trace: 1}]", true},
    {"{type: string_attribute, string_attribute: {key: a, values: ['^x'], enabled_regex_matching: "
     "true}}",
     "[{trace: 1, attributes: {a: xy}}]", true},
    {"{type: string_attribute, string_attribute: {key: a, values: [x], invert_match: true}}",
     "[{trace: 1, attributes: {a: x}}]", false},
    {"{type: string_attribute, string_attribute: {key: a, values: [x], invert_match: true}}",
     "[{trace: 1}]", true},
    {"{type: boolean_attribute, boolean_attribute: {key: a, value: true}}",
     "[{trace: 1, attributes: {a: true}}]", true},
    {"{type: status_code, status_code: {status_codes: [ERROR]}}", "[{trace: 1, status: 2}]", true},
    {"{type: status_code, status_code: {status_codes: [ERROR]}}", "[{trace: 1, status: 1}]", false},
    {"{type: trace_state, trace_state: {key: k, values: [v]}}", "[{trace: 1, state: 'a=b,k=v'}]",
     true},
    {"{type: trace_state, trace_state: {key: k, values: [v]}}", "[{trace: 1, state: 'k=w'}]",
     false},
    {"{type: span_count, span_count: {min_spans: 2}}", "[{trace: 1}]", false},
    {"{type: span_count, span_count: {min_spans: 2}}", "[{trace: 1}, {trace: 1}]", true},
    {"{type: span_count, span_count: {min_spans: 1, max_spans: 1}}", "[{trace: 1}, {trace: 1}]",
     false},
    {"{type: probabilistic, probabilistic: {sampling_percentage: 100}}", "[{trace: 1}]", true},
    {"{type: probabilistic, probabilistic: {sampling_percentage: 0}}", "[{trace: 1}]", false},
    {"{type: rate_limiting, rate_limiting: {spans_per_second: 0}}", "[{trace: 1}]", false},
    {"{type: rate_limiting, rate_limiting: {spans_per_second: 1}}", "[{trace: 1}, {trace: 1}]",
     true},
    {"{type: rate_limiting, rate_limiting: {spans_per_second: 1}}",
     "[{trace: 1}, {trace: 1}, {trace: 1}]", false},
    {"{type: rate_limiting, rate_limiting: {spans_per_second: 1, burst_capacity: 3}}",
     "[{trace: 1}, {trace: 1}, {trace: 1}]", true},
    {"{type: rate_limiting, rate_limiting: {spans_per_second: 100}}", "[{trace: 1}]", true},
    {"{type: bytes_limiting, bytes_limiting: {bytes_per_second: 10000}}", "[{trace: 1}]", true},
    {"{type: bytes_limiting, bytes_limiting: {bytes_per_second: 10}}", "[{trace: 1}]", false},
    {"{type: bytes_limiting, bytes_limiting: {bytes_per_second: 10000, burst_capacity: 10}}",
     "[{trace: 1}]", false},
    {"{type: trace_flags}", "[{trace: 1}]", false},
    {R"({type: ottl_condition, ottl_condition: {span: ['name == "a"']}})", "[{name: a, trace: 1}]",
     true},
    {R"({type: ottl_condition, ottl_condition: {spanevent: ['name == "e"']}})",
     "[{trace: 1, events: [{name: e}]}]", true},
    {"{type: and, and: {and_sub_policy: [{name: a, type: always_sample}, {name: b, type: "
     "span_count, span_count: {min_spans: 2}}]}}",
     "[{trace: 1}]", false},
    {"{type: not, not: {not_sub_policy: {name: a, type: always_sample}}}", "[{trace: 1}]", false},
    {"{type: always_sample}, {name: d, type: drop, drop: {drop_sub_policy: [{name: a, type: "
     "status_code, status_code: {status_codes: [ERROR]}}]}}",
     "[{trace: 1, status: 2}]", false},
    {"{type: composite, composite: {max_total_spans_per_second: 100, policy_order: [a], "
     "composite_sub_policy: [{name: a, type: always_sample}], rate_allocation: [{policy: a}]}}",
     "[{trace: 1}]", true},
    {"{type: composite, composite: {max_total_spans_per_second: 100, policy_order: [a], "
     "composite_sub_policy: [{name: a, type: always_sample}]}}",
     "[{trace: 1}]", false},
    {"{type: composite, composite: {max_total_spans_per_second: 1, policy_order: [b, a], "
     "composite_sub_policy: [{name: a, type: always_sample}, {name: b, type: always_sample}], "
     "rate_allocation: [{policy: a, percent: 99}, {policy: b, percent: 100}]}}",
     "[{trace: 1}]", false},
    {"{type: composite, composite: {max_total_spans_per_second: 1, composite_sub_policy: [{name: "
     "a, "
     "type: always_sample}], rate_allocation: [{policy: a, percent: 200}]}}",
     "[{trace: 1}, {trace: 1}]", false},
    {"{type: and, and: {and_sub_policy: [{type: always_sample}, {type: always_sample}]}}",
     "[{trace: 1}]", true},
    {"{type: string_attribute, string_attribute: {key: a, values: [x], invert_match: true}}, "
     "{name: "
     "q, type: always_sample}",
     "[{trace: 1, attributes: {a: x}}]", true},
    {"{type: string_attribute, string_attribute: {key: a, values: [x], invert_match: true}}, "
     "{name: "
     "q, type: latency, latency: {threshold_ms: 9}}",
     "[{trace: 1}]", true},
    {"{type: string_attribute, string_attribute: {key: a, values: ['1']}}",
     "[{trace: 1, attributes: {a: 1}}]", false},
    {"{type: numeric_attribute, numeric_attribute: {key: a, min_value: 0, max_value: 3}}",
     "[{trace: 1, attributes: {a: -1}}]", true},
    {"{type: numeric_attribute, numeric_attribute: {key: a, max_value: 3}}",
     "[{trace: 1, attributes: {a: '9'}}]", true},
    {"{type: boolean_attribute, boolean_attribute: {key: a, value: false}}",
     "[{trace: 1, attributes: {a: x}}]", true},
    {R"({type: ottl_condition, ottl_condition: {span: ['Substring(name, 0, 5) == "short"', 'true']}})",
     "[{name: a, trace: 1}]", false},
    {R"({type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['Substring(name, 0, 5) ==
     "short"', 'true']}})",
     "[{name: a, trace: 1}]", true},
    {R"({type: not, not: {not_sub_policy: {type: ottl_condition, ottl_condition: {span:
     ['Substring(name, 0, 5) == "short"']}}}})",
     "[{name: a, trace: 1}]", false},
};

std::string options(const std::string& policies) {
  std::string named = policies;
  if (named.rfind("{type", 0) == 0) named.replace(0, 1, "{name: p, ");
  return "{decision_wait: 1h, policies: [" + named + "]}";
}

TEST(TailSampling, Policies) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(std::string(c.policies) + " " + c.trace);
    Rig rig("tail_sampling", options(c.policies), otlp::Signal::Traces);
    ASSERT_EQ(rig.problem(), "");
    EXPECT_TRUE(rig.send(c.trace).status.ok());
    EXPECT_EQ(rig.take(), "") << "before it is decided";
    rig.stop();
    EXPECT_EQ(!rig.take().empty(), c.is_kept);
  }
}

TEST(TailSampling, PutsTogetherWhatComesOnSeveralLanes) {
  Rig rig("tail_sampling", options("{type: span_count, span_count: {min_spans: 2}}"),
          otlp::Signal::Traces, 2);
  rig.send("[{name: a, trace: 1}]", 0);
  rig.send("[{name: b, trace: 1}, {name: c, trace: 2}]", 1);
  rig.stop();
  EXPECT_EQ(rig.take(0, 0), "- {name: a, trace: 1}\n- {name: b, trace: 1}\n");
}

TEST(TailSampling, DecidesAfterItsWait) {
  Rig rig("tail_sampling", "{decision_wait: 10ms, policies: [{name: a, type: always_sample}]}",
          otlp::Signal::Traces);
  rig.send("[{trace: 1}]");
  for (int i = 0; i < 500 && rig.sink().batches() == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(rig.take(), "- {trace: 1}\n");
  rig.send("[{name: late, trace: 1}]");
  EXPECT_EQ(rig.take(), "- {name: late, trace: 1}\n") << "follows the decision at once";
}

/// Takes down where the names of spans lie that come to it.
class Looker final : public pipeline::Consumer, public pipeline::Reader {
 public:
  explicit Looker(bool only_reads) : only_reads_(only_reads) {}
  void consume(pipeline::Batch&& batch) override { read(batch.view(), std::move(batch.ack)); }
  void read(const pipeline::BatchView& batch, pipeline::Ack&& ack) override {
    for (const auto& group : batch.traces->resources) {
      for (const auto& scope : group.scopes) {
        for (const otlp::Span& span : scope.records) seen.push_back(span.name.data());
      }
    }
    ack.resolve({});
  }
  pipeline::Reader* reader() override { return only_reads_ ? this : nullptr; }

  std::vector<const char*> seen;

 private:
  const bool only_reads_;
};

TEST(TailSampling, WhatIsKeptIsCopiedOnlyForThoseWhoChangeIt) {
  for (const bool only_reads : {true, false}) {
    Looker behind(only_reads);
    testing::Lanes lanes(1);
    Budget budget(1 << 20);
    metrics::Registry metrics;
    pipeline::Host host{lanes.loops(), budget, metrics};
    const pipeline::Factory* factory =
        all_components().find(config::Section::Processors, "tail_sampling");
    config::Diagnostics diagnostics;
    const auto options =
        factory->read(config::parse_yaml("{decision_wait: 1h, num_traces: 1, policies: [{name: a, "
                                         "type: always_sample}]}",
                                         "")
                          .value(),
                      {diagnostics, "tail_sampling", {}});
    auto made =
        factory->processor(options, {"tail_sampling", ""}, otlp::Signal::Traces, host).value();
    const auto stage = made->stage(0, behind);
    std::vector<const char*> sent;
    const auto send = [&](std::string_view spans) {
      lanes.run(0, [&] {
        pipeline::Batch batch;
        batch.signal = otlp::Signal::Traces;
        batch.traces = batch.arena->create<otlp::TracesRequest>();
        batch.ack = pipeline::Ack([](pipeline::Outcome&&) {});
        testing::of_text(spans, *batch.arena, *batch.traces);
        for (otlp::Span& span : batch.traces->resources[0].scopes[0].records)
          sent.push_back(span.name.data());
        stage->consume(std::move(batch));
      });
      lanes.run(0, [] {});  // after what that has posted
    };
    send("[{name: first, trace: 1}]");
    send("[{name: other, trace: 2}]");  // makes the first one due
    send("[{name: late, trace: 1}]");
    ASSERT_EQ(behind.seen.size(), 2u);
    EXPECT_EQ(behind.seen[0] == sent[0], only_reads);
    EXPECT_EQ(behind.seen[1] == sent[2], only_reads);
    std::promise<void> done;
    made->stop([&] { done.set_value(); });
    done.get_future().wait();
  }
}

TEST(TailSampling, DecidesEarlyOnWhatIsTooMuch) {
  Rig rig("tail_sampling",
          "{decision_wait: 1h, num_traces: 2, policies: [{name: a, type: always_sample}]}",
          otlp::Signal::Traces);
  rig.send("[{trace: 1}, {trace: 2}, {trace: 3}]");
  for (int i = 0; i < 500 && rig.sink().batches() == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(rig.take(), "- {trace: 1}\n");
}

TEST(TailSampling, HoldsNoMoreThanItsBound) {
  Rig rig("tail_sampling",
          "{decision_wait: 1h, num_traces: 5, policies: [{name: a, type: always_sample}]}",
          otlp::Signal::Traces);
  std::string traces;
  for (int i = 1; i <= 200; ++i) traces += "- {trace: " + std::to_string(i) + "}\n";
  rig.send(traces);
  std::string out;
  for (int i = 0; i < 500 && std::count(out.begin(), out.end(), '\n') < 195; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    out += rig.take();
  }
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 195) << "the oldest were decided on early";
}

TEST(TailSampling, DecidesSoonerWhenTheRootIsThere) {
  Rig rig("tail_sampling",
          "{decision_wait: 1h, decision_wait_after_root_received: 10ms, policies: [{name: a, type: "
          "always_sample}]}",
          otlp::Signal::Traces);
  rig.send("[{trace: 1, parent: 1}, {trace: 2, parent: 1}, {trace: 2}]");
  for (int i = 0; i < 500 && rig.sink().batches() == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(rig.take(), "- {trace: 2, parent: 1}\n- {trace: 2}\n");
}

TEST(TailSampling, DropsTracesThatAreTooLarge) {
  Rig rig("tail_sampling",
          "{maximum_trace_size_bytes: 200, policies: [{name: a, type: always_sample}]}",
          otlp::Signal::Traces);
  rig.send("[{name: small, trace: 1}, {trace: 2}, {trace: 2}, {trace: 2}, {trace: 2}, {trace: 2}]");
  rig.send("[{name: late, trace: 2}]");
  rig.stop();
  EXPECT_EQ(rig.take(), "- {name: small, trace: 1}\n");
}

TEST(TailSampling, MayDropWhatStillWaitsAtTheEnd) {
  Rig rig("tail_sampling",
          "{drop_pending_traces_on_shutdown: true, policies: [{name: a, type: always_sample}]}",
          otlp::Signal::Traces);
  rig.send("[{trace: 1}]");
  rig.stop();
  EXPECT_EQ(rig.take(), "");
}

TEST(TailSampling, CountsWhatItDecides) {
  Rig rig("tail_sampling",
          "{decision_wait: 1h, num_traces: 1, policies: [{name: a, type: string_attribute, "
          "string_attribute: {key: k, values: [v]}}]}",
          otlp::Signal::Traces);
  ASSERT_EQ(rig.problem(), "");
  rig.send("[{trace: 1, attributes: {k: v}}, {trace: 2}]");
  rig.stop();
  const std::string page = rig.metrics().render(metrics::CollectorTotals::Bare);
  const std::string name = "\notelcol_processor_tail_sampling_";
  for (const char* line :
       {"new_trace_id_received 2\n", "sampling_trace_dropped_too_early 1\n",
        "traces_dropped_too_large 0\n",
        "global_count_traces_sampled{decision=\"sampled\",sampled=\"true\"} 1\n",
        "global_count_traces_sampled{decision=\"not_sampled\",sampled=\"false\"} 1\n",
        "global_count_traces_sampled{decision=\"dropped\",sampled=\"false\"} 0\n"})
    EXPECT_NE(page.find(name + line), std::string::npos) << line << page;
}

TEST(TailSampling, RefusesAnotherStrategy) {
  for (const char* options : {"{sampling_strategy: span-ingest}", "{sampling_strategy: ''}",
                              "{sampling_strategy: null}"}) {
    SCOPED_TRACE(options);
    const Rig rig("tail_sampling", options, otlp::Signal::Traces);
    EXPECT_NE(rig.problem().find("trace-complete"), std::string::npos) << rig.problem();
  }
}

TEST(TailSampling, SaysOfAllPoliciesWhatIsWrong) {
  const Rig rig("tail_sampling", R"({policies: [
      {name: a, type: always},
      {name: b, type: status_code},
      {name: c, type: ottl_condition},
      {name: d, type: and, and: {and_sub_policy: [{name: e, type: always_sample}, {type: no}]}},
      {name: f, type: not, not: {not_sub_policy: {type: nothing}}},
      {name: g, type: composite, composite: {composite_sub_policy: [{type: latency}, {type: x}]}}]})",
                otlp::Signal::Traces);
  for (const char* place :
       {"policies[0]::type: there is no policy of type \"always\"",
        "policies[1]::status_code: ", "policies[2]::ottl_condition: ",
        "policies[3]::and::and_sub_policy[1]::type: ", "policies[4]::not::not_sub_policy::type: ",
        "policies[5]::composite::composite_sub_policy[1]::type: "})
    EXPECT_NE(rig.problem().find(place), std::string::npos) << place << "\n" << rig.problem();
}

TEST(TailSampling, SaysWhatHasNoEffect) {
  const std::pair<const char*, const char*> cases[] = {
      {"{expected_new_traces_per_sec: 10}", "expected_new_traces_per_sec: this option has no"},
      {"{policies: [{name: a, type: latency, status_code: {status_codes: [OK]}}]}",
       "policies[0]::status_code: this option has no effect: the policy's type is latency"},
      {"{policies: [{name: a, type: not, not: {not_sub_policy: {type: string_attribute, "
       "string_attribute: {cache_max_size: 5}}}}]}",
       "policies[0]::not::not_sub_policy::string_attribute::cache_max_size: this option"},
      {"{policies: [{name: a, type: composite, composite: {policy_order: [b]}}]}",
       "policies[0]::composite::policy_order: this option has no effect"},
      {"{policies: [{name: a, type: composite, composite: {composite_sub_policy: [{name: b, type: "
       "latency}], rate_allocation: [{policy: c, percent: 5}]}}]}",
       "composite::rate_allocation[0]::policy: this share has no effect"},
      {"{policies: [{name: a, type: composite, composite: {composite_sub_policy: [{name: b, type: "
       "latency}], rate_allocation: [{policy: b, percent: 300}]}}]}",
       "composite::rate_allocation[0]::percent: more than 100"},
  };
  for (const auto& [options, expected] : cases) {
    SCOPED_TRACE(options);
    const Rig rig("tail_sampling", options, otlp::Signal::Traces);
    EXPECT_EQ(rig.problem(), "");
    EXPECT_NE(rig.warnings().find(expected), std::string::npos) << rig.warnings();
  }
}

TEST(TailSampling, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{name: a, type: always}", "always_sample"},
      {"{name: a, type: always_sample}, {name: a, type: always_sample}", "two policies"},
      {"{name: a, type: status_code}", "status_codes"},
      {"{name: a, type: status_code, status_code: {status_codes: [BAD]}}", "OK, ERROR or UNSET"},
      {"{name: a, type: string_attribute, string_attribute: {key: k, values: ['('], "
       "enabled_regex_matching: true}}",
       "("},
      {"{name: a, type: ottl_condition}", "span or spanevent"},
      {"{name: a, type: ottl_condition, ottl_condition: {span: ['x ==']}}", "x"},
      {"{type: always_sample}", "name"},
      {"{name: a, type: and, and: {and_sub_policy: [{name: b, type: nothing}]}}", "nothing"},
  };
  for (const auto& [policies, expected] : cases) {
    SCOPED_TRACE(policies);
    const Rig rig("tail_sampling", "{policies: [" + std::string(policies) + "]}",
                  otlp::Signal::Traces);
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << rig.problem();
  }
}

}  // namespace
}  // namespace sluice::components
