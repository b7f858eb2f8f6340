#include "ottl/inference.h"

#include <gtest/gtest.h>

namespace sluice::ottl {
namespace {

using otlp::Signal;

TEST(Inference, TheContextIsInferredFromAllStatements) {
  const auto infer = [](otlp::Signal signal, std::vector<std::string> statements) -> std::string {
    const auto kind = infer_context(signal, statements, {}, standard_library());
    return kind.ok() ? std::string(context_name(*kind)) : "refused";
  };
  EXPECT_EQ(infer(Signal::Logs, {"set(log.body, 1)"}), "log");
  EXPECT_EQ(infer(Signal::Logs, {"set(resource.attributes[\"a\"], 1)"}), "resource");
  EXPECT_EQ(infer(Signal::Logs, {"set(scope.name, resource.attributes[\"a\"])"}), "scope");
  EXPECT_EQ(infer(Signal::Traces, {"set(span.name, \"a\")", "set(spanevent.name, \"b\")"}),
            "spanevent");
  EXPECT_EQ(infer(Signal::Metrics, {"set(metric.name, \"a\") where datapoint.flags == 1"}),
            "datapoint");
  EXPECT_EQ(infer(Signal::Metrics, {"copy_metric() where metric.name == \"a\""}), "metric");
  EXPECT_EQ(infer(Signal::Metrics, {"copy_metric() where datapoint.flags == 1"}), "refused");
  EXPECT_EQ(infer(Signal::Metrics, {"convert_sum_to_gauge()"}), "refused");
  EXPECT_EQ(infer(Signal::Logs, {"set(span.name, 1)"}), "refused");
  EXPECT_EQ(infer(Signal::Logs, {"set(instrumentation_scope.name, \"a\")"}), "refused");
  EXPECT_EQ(infer(Signal::Logs, {"set(log.body, instrumentation_scope.name)"}), "log");
  EXPECT_EQ(infer(Signal::Logs, {"replace_pattern(log.body, \"a\", \"b\", SHA256)"}), "refused");
  EXPECT_EQ(infer(Signal::Logs, {"replace_pattern(log.body, \"a\", \"b\", Base64Encode)"}), "log");
  const auto unknown =
      infer_context(Signal::Logs, {"set(log.body, Concatt([], log.body))"}, {}, standard_library());
  EXPECT_NE(
      unknown.status().message().find("there is no function Concatt (did you mean \"Concat\"?)"),
      std::string::npos)
      << unknown.status().message();
}

TEST(Inference, WhatIsInNoContextOfTheSignalIsShownInItsText) {
  const auto refusal = [](Signal signal, std::string_view text) {
    return Inference(signal, standard_library()).add_statement(text).message();
  };
  EXPECT_EQ(
      refusal(Signal::Logs, "set(log.severity_number, SEVERITY_NUMBER_INF)"),
      "statement `set(log.severity_number, SEVERITY_NUMBER_INF)`: there is no enumeration value "
      "SEVERITY_NUMBER_INF (did you mean \"SEVERITY_NUMBER_INFO\"?)\n"
      "    set(log.severity_number, SEVERITY_NUMBER_INF)\n"
      "                             ^");
  EXPECT_EQ(refusal(Signal::Logs, "set(log.body, SPAN_KIND_SERVER)"),
            "statement `set(log.body, SPAN_KIND_SERVER)`: there is no enumeration value "
            "SPAN_KIND_SERVER for logs\n"
            "    set(log.body, SPAN_KIND_SERVER)\n"
            "                  ^");
  EXPECT_EQ(refusal(Signal::Traces, "set(span.name, metric.name)"),
            "statement `set(span.name, metric.name)`: there is no context metric for traces, only "
            "resource, scope, span and spanevent\n"
            "    set(span.name, metric.name)\n"
            "                   ^");
  EXPECT_EQ(
      refusal(Signal::Metrics, "copy_metric() where datapoint.flags == 1"),
      "statement `copy_metric() where datapoint.flags == 1`: paths of datapoint can only stand "
      "in the context datapoint, and what stands before only in the context metric\n"
      "    copy_metric() where datapoint.flags == 1\n"
      "                        ^");
}

TEST(Inference, TextsThatCannotBeInOneGroupNameEachOther) {
  Inference inference(Signal::Metrics, standard_library());
  EXPECT_TRUE(inference.add_condition("metric.name == \"a\"").ok());
  EXPECT_TRUE(inference.add_statement("copy_metric()").ok());
  EXPECT_EQ(
      inference.add_statement("set(datapoint.flags, FLAG_NONE)").message(),
      "statement `set(datapoint.flags, FLAG_NONE)`: this needs the context datapoint, and the "
      "statement `copy_metric()` needs the context metric: they cannot be in one group\n"
      "    set(datapoint.flags, FLAG_NONE)\n"
      "        ^");
  // It counts no further.
  EXPECT_EQ(inference.context().value(), ContextKind::Metric);
}

}  // namespace
}  // namespace sluice::ottl
