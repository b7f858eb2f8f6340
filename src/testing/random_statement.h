#pragma once

// Statements at random, for tests and fuzzers: well formed, and of types that often fit.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ottl/library.h"

namespace sluice::testing {

class RandomStatement {
 public:
  /// `below(n)` chooses a number below n. All functions of the library are used.
  RandomStatement(const ottl::Library& library, ottl::ContextKind kind,
                  std::function<uint32_t(uint32_t)> below)
      : library_(library),
        kind_(kind),
        below_(std::move(below)),
        editors_(library.names(kind, true)),
        converters_(library.names(kind, false)) {}

  std::string statement() {
    std::string text = one_in(2) ? "set(" + path() + ", " + value(3) + ")" : call(editors_, 2);
    if (one_in(3)) text += " where " + condition(3);
    return text;
  }

  std::string condition(int depth) {
    if (depth == 0 || one_in(2))
      return value(depth) + " " + pick({"==", "!=", "<", "<=", ">", ">="}) + " " + value(depth);
    switch (below_(5)) {
      case 0: return "not (" + condition(depth - 1) + ")";
      case 1: return pick({"true", "false"});
      case 2: return call(converters_, depth - 1);
      default:
        return "(" + condition(depth - 1) + pick({" and ", " or "}) + condition(depth - 1) + ")";
    }
  }

  std::string value(int depth) {
    switch (below_(depth == 0 ? 2 : 8)) {
      case 0: return literal();
      case 1:
      case 2:
      case 3: return path();
      case 4: return "[" + value(depth - 1) + ", " + value(depth - 1) + "]";
      case 5: return "{\"k\": " + value(depth - 1) + "}";
      case 6:
        return "(" + value(depth - 1) + " " + pick({"+", "-", "*", "/"}) + " " + value(depth - 1) +
               ")";
      default: return call(converters_, depth - 1) + (one_in(4) ? "[" + literal() + "]" : "");
    }
  }

 private:
  bool one_in(uint32_t n) { return below_(n) == 0; }
  std::string pick(const std::vector<std::string>& choices) {
    return choices[below_(static_cast<uint32_t>(choices.size()))];
  }

  /// Texts that mean something to one function or another.
  std::string literal() {
    return pick({"nil",
                 "true",
                 "false",
                 "0",
                 "1",
                 "2",
                 "7",
                 "-3",
                 "9223372036854775807",
                 "0.5",
                 "2.0",
                 "50.0",
                 "0x00ff",
                 "0x0102030405060708",
                 "\"\"",
                 "\"a\"",
                 "\"k\"",
                 "\"service.name\"",
                 "\"żółć\"",
                 "\"\\xff\"",
                 "\"42\"",
                 "\"upsert\"",
                 "\"delta\"",
                 "\"sum\"",
                 "\"snake\"",
                 "\"base64\"",
                 "\"aGk=\"",
                 "\"%Y-%m-%d\"",
                 "\"2024-03-15\"",
                 "\"1h30m\"",
                 "\"(?P<a>.*)(b?)\"",
                 "\"%{WORD:a}\"",
                 "\"*a*\"",
                 "\"$1-x\"",
                 "\"{\\\"a\\\":[1,{\\\"b\\\":null}]}\"",
                 "\"a=b c=d\"",
                 "\"a,b\"",
                 "\"<a b='1'>x<c/>y</a>\"",
                 "\"//c\"",
                 "\"http://u@h:80/p.gif?q#f\"",
                 "\"10.0.0.0/8\"",
                 "\"10.1.2.3\"",
                 "\"%s and %d\"",
                 "\"Mozilla/5.0 (X11; Linux)\"",
                 "\"LEEF:1.0|a|b|c|d|e=f\"",
                 "\"CEF:0|a|b|c|d|e|5|f=g h=i\"",
                 "\"#Version: 1.0\\n#Fields: a b\\n1 2\"",
                 "[]",
                 "{}",
                 "[\"a\", \"k\"]",
                 "[0.0, 10.0]"});
  }

  std::string path() {
    const std::string context(ottl::context_name(kind_));
    if (one_in(3)) {
      return pick({context + ".cache", context + ".cache[\"a\"]", "resource.attributes",
                   "resource.attributes[\"service.name\"]", "resource.attributes[\"l\"][0]"});
    }
    switch (kind_) {
      case ottl::ContextKind::Log:
        return pick({"log.body", "log.body[\"a\"]", "log.attributes", "log.attributes[\"k\"]",
                     "log.attributes[\"a\"][1]", "log.severity_text", "log.severity_number",
                     "log.time", "log.trace_id", "log.span_id.string", "log.flags"});
      case ottl::ContextKind::Span:
        return pick({"span.name", "span.attributes", "span.attributes[\"k\"]", "span.events",
                     "span.links", "span.status.code", "span.trace_state[\"a\"]", "span.kind",
                     "span.start_time", "span.end_time", "span.parent_span_id"});
      case ottl::ContextKind::SpanEvent:
        return pick({"spanevent.name", "spanevent.attributes", "spanevent.time", "span.name"});
      case ottl::ContextKind::Metric:
        return pick({"metric.name", "metric.unit", "metric.type", "metric.data_points",
                     "metric.metadata", "metric.is_monotonic", "metric.aggregation_temporality"});
      case ottl::ContextKind::DataPoint:
        return pick({"datapoint.attributes", "datapoint.attributes[\"k\"]", "datapoint.value_int",
                     "datapoint.value_double", "datapoint.bucket_counts", "datapoint.positive",
                     "datapoint.explicit_bounds", "datapoint.exemplars", "datapoint.count",
                     "metric.name", "datapoint.quantile_values"});
      default: return "resource.attributes[\"k\"]";
    }
  }

  std::string call(const std::vector<std::string>& names, int depth) {
    if (names.empty()) return literal();
    const std::string name = pick(names);
    const ottl::Function& function = *library_.find(name, kind_);
    const auto all = static_cast<uint32_t>(function.parameters.size());
    const auto required = static_cast<uint32_t>(function.required);
    const uint32_t given = required + below_(all - required + 1);
    std::string text = name + "(";
    for (uint32_t i = 0; i < given; ++i) {
      const bool is_target = i == 0 && function.parameters.front() == "target";
      text += (i == 0 ? "" : ", ") + argument(is_target, depth);
    }
    return text + ")";
  }

  /// Many parameters take a path or a literal only.
  std::string argument(bool is_target, int depth) {
    if (depth <= 0 || one_in(2)) return is_target && one_in(2) ? path() : literal();
    return value(depth - 1);
  }

  const ottl::Library& library_;
  const ottl::ContextKind kind_;
  const std::function<uint32_t(uint32_t)> below_;
  const std::vector<std::string> editors_;
  const std::vector<std::string> converters_;
};

}  // namespace sluice::testing
