#include "ottl/context.h"

#include <array>
#include <span>

namespace sluice::ottl {
namespace {

using Number = std::pair<std::string_view, int64_t>;

constexpr Number kSeverities[] = {
    {"SEVERITY_NUMBER_UNSPECIFIED", 0}, {"SEVERITY_NUMBER_TRACE", 1},
    {"SEVERITY_NUMBER_TRACE2", 2},      {"SEVERITY_NUMBER_TRACE3", 3},
    {"SEVERITY_NUMBER_TRACE4", 4},      {"SEVERITY_NUMBER_DEBUG", 5},
    {"SEVERITY_NUMBER_DEBUG2", 6},      {"SEVERITY_NUMBER_DEBUG3", 7},
    {"SEVERITY_NUMBER_DEBUG4", 8},      {"SEVERITY_NUMBER_INFO", 9},
    {"SEVERITY_NUMBER_INFO2", 10},      {"SEVERITY_NUMBER_INFO3", 11},
    {"SEVERITY_NUMBER_INFO4", 12},      {"SEVERITY_NUMBER_WARN", 13},
    {"SEVERITY_NUMBER_WARN2", 14},      {"SEVERITY_NUMBER_WARN3", 15},
    {"SEVERITY_NUMBER_WARN4", 16},      {"SEVERITY_NUMBER_ERROR", 17},
    {"SEVERITY_NUMBER_ERROR2", 18},     {"SEVERITY_NUMBER_ERROR3", 19},
    {"SEVERITY_NUMBER_ERROR4", 20},     {"SEVERITY_NUMBER_FATAL", 21},
    {"SEVERITY_NUMBER_FATAL2", 22},     {"SEVERITY_NUMBER_FATAL3", 23},
    {"SEVERITY_NUMBER_FATAL4", 24}};
constexpr Number kSpanNumbers[] = {
    {"SPAN_KIND_UNSPECIFIED", 0}, {"SPAN_KIND_INTERNAL", 1}, {"SPAN_KIND_SERVER", 2},
    {"SPAN_KIND_CLIENT", 3},      {"SPAN_KIND_PRODUCER", 4}, {"SPAN_KIND_CONSUMER", 5},
    {"STATUS_CODE_UNSET", 0},     {"STATUS_CODE_OK", 1},     {"STATUS_CODE_ERROR", 2}};
constexpr Number kMetricNumbers[] = {{"AGGREGATION_TEMPORALITY_UNSPECIFIED", 0},
                                     {"AGGREGATION_TEMPORALITY_DELTA", 1},
                                     {"AGGREGATION_TEMPORALITY_CUMULATIVE", 2},
                                     {"METRIC_DATA_TYPE_NONE", 0},
                                     {"METRIC_DATA_TYPE_GAUGE", 1},
                                     {"METRIC_DATA_TYPE_SUM", 2},
                                     {"METRIC_DATA_TYPE_HISTOGRAM", 3},
                                     {"METRIC_DATA_TYPE_EXPONENTIAL_HISTOGRAM", 4},
                                     {"METRIC_DATA_TYPE_SUMMARY", 5}};
constexpr Number kDataPointNumbers[] = {{"FLAG_NONE", 0}, {"FLAG_NO_RECORDED_VALUE", 1}};

using Numbers = std::span<const Number>;

/// The tables whose names a context has; the second may be empty.
std::array<Numbers, 2> numbers_of(ContextKind kind) {
  switch (kind) {
    case ContextKind::Log: return {kSeverities};
    case ContextKind::Span:
    case ContextKind::SpanEvent: return {kSpanNumbers};
    case ContextKind::Metric: return {kMetricNumbers};
    case ContextKind::DataPoint: return {kMetricNumbers, kDataPointNumbers};
    default: return {};
  }
}

constexpr std::string_view kNames[] = {"resource",  "scope",  "log",      "span",
                                       "spanevent", "metric", "datapoint"};

}  // namespace

std::string_view context_name(ContextKind kind) { return kNames[static_cast<size_t>(kind)]; }

std::optional<ContextKind> context_of_name(std::string_view name) {
  if (name == "instrumentation_scope") return ContextKind::Scope;
  for (size_t i = 0; i < kContextCount; ++i) {
    if (kNames[i] == name) return static_cast<ContextKind>(i);
  }
  return std::nullopt;
}

const std::vector<ContextKind>& contexts_of(otlp::Signal signal) {
  using enum ContextKind;
  static const std::vector<ContextKind> all[] = {{Resource, Scope, Log},
                                                 {Resource, Scope, Span, SpanEvent},
                                                 {Resource, Scope, Metric, DataPoint}};
  return all[static_cast<size_t>(signal)];
}

ContextSet visible_from(ContextKind kind) {
  using enum ContextKind;
  constexpr ContextSet kOuter = in(Resource) | in(Scope);
  switch (kind) {
    case Resource: return in(Resource);
    case Scope: return kOuter;
    case Log: return kOuter | in(Log);
    case Span: return kOuter | in(Span);
    case SpanEvent: return kOuter | in(Span) | in(SpanEvent);
    case Metric: return kOuter | in(Metric);
    case DataPoint: return kOuter | in(Metric) | in(DataPoint);
  }
  return 0;
}

std::optional<int64_t> enumeration(ContextKind kind, std::string_view name) {
  for (const Numbers numbers : numbers_of(kind)) {
    for (const auto& [known, number] : numbers) {
      if (known == name) return number;
    }
  }
  return std::nullopt;
}

std::vector<std::string_view> enumeration_names(ContextKind kind) {
  std::vector<std::string_view> names;
  for (const Numbers numbers : numbers_of(kind)) {
    for (const auto& [name, number] : numbers) names.push_back(name);
  }
  return names;
}

}  // namespace sluice::ottl
