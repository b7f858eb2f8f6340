#pragma once

// The tables' columns, each named once: from visit() come the insert's column list and the Native
// block. Names, types and order are those of ClickStack's schema and of the original exporter's
// inserts (docs/formats/rows.md).

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "native/block.h"
#include "native/columns.h"

namespace sluice::mapping {

using native::ArrayColumn;
using native::FixedColumn;
using native::JsonColumn;
using native::LowCardinalityColumn;
using native::MapColumn;
using native::StringColumn;

inline constexpr std::string_view kMapType = "Map(LowCardinality(String), String)";
inline constexpr std::string_view kArrayOfMapType = "Array(Map(LowCardinality(String), String))";
inline constexpr std::string_view kLowCardinalityType = "LowCardinality(String)";

/// What the planner of inserts needs of every table.
class TableBlock : public native::Block {
 public:
  /// The day (since 1970, UTC) of a row: the table's partition.
  virtual int64_t day(uint32_t row) const = 0;
  /// Names of the columns, quoted and comma-separated.
  virtual std::string column_list() const = 0;

  // Resource and scope whose columns the newest row holds; the mapper compares them with its own
  // running numbers and repeats the columns instead of rendering them again. 0: none.
  uint64_t resource_serial = 0;
  uint64_t scope_serial = 0;
};

/// Implements a block over its columns. Derived has `template <class V> void visit(V&&) const` (and
/// the same, mutable) that calls v(name, type, column) for each.
template <typename Derived>
class ColumnBlock : public TableBlock {
 public:
  size_t bytes() const override {
    size_t total = 0;
    derived().visit(
        [&](std::string_view, std::string_view, const auto& column) { total += column.bytes(); });
    return total;
  }

  void encode(std::span<const uint32_t> order, Output& out) const override {
    std::vector<native::RowRange> ranges;
    native::to_ranges(order, ranges);
    uint64_t columns = 0;
    derived().visit([&](std::string_view, std::string_view, const auto&) { ++columns; });
    native::encode_block_head(out, columns, order.size());
    derived().visit([&](std::string_view name, std::string_view type, const auto& column) {
      native::encode_column(out, name, type, column, ranges);
    });
  }

  void reset() override {
    resource_serial = 0;
    scope_serial = 0;
    derived().visit([](std::string_view, std::string_view, auto& column) { column.clear(); });
  }

  std::string column_list() const override {
    std::string list;
    derived().visit([&](std::string_view name, std::string_view, const auto&) {
      list += list.empty() ? "`" : ", `";
      list += name;
      list += '`';
    });
    return list;
  }

 private:
  Derived& derived() { return static_cast<Derived&>(*this); }
  const Derived& derived() const { return static_cast<const Derived&>(*this); }
};

inline constexpr int64_t kNanosPerDay = 86'400'000'000'000;

/// Rounds towards minus infinity.
constexpr int64_t floor_divide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

/// Attributes as JSON, and their names for an index.
struct JsonAttributes {
  JsonColumn json;
  ArrayColumn<LowCardinalityColumn> keys;

  void repeat_last() {
    json.repeat_last();
    keys.repeat_last();
  }
  size_t last_row_bytes() const { return json.last_row_bytes(); }
};

/// AttributeType::Map: how attributes are laid out in a column of their own, and in arrays.
struct AsMap {
  using Column = MapColumn;
  using Element = MapColumn;
  static constexpr std::string_view kArrayType = kArrayOfMapType;
};
/// AttributeType::Json.
struct AsJson {
  using Column = JsonAttributes;
  using Element = JsonColumn;
  static constexpr std::string_view kArrayType = "Array(JSON)";
};

template <typename V, typename Column>
void visit_attributes(V& v, std::string_view name, std::string_view keys_name, Column& column) {
  if constexpr (std::is_same_v<std::remove_const_t<Column>, JsonAttributes>) {
    v(name, "JSON", column.json);
    v(keys_name, "Array(LowCardinality(String))", column.keys);
  } else {
    v(name, kMapType, column);
  }
}

/// otel_logs, and hyperdx_sessions, which as maps lacks EventName.
template <typename As, bool kNamesEvents>
struct LogColumns final : ColumnBlock<LogColumns<As, kNamesEvents>> {
  static constexpr bool kHasEventName = kNamesEvents;

  FixedColumn<int64_t> timestamp;
  StringColumn trace_id;
  StringColumn span_id;
  FixedColumn<uint8_t> trace_flags;
  LowCardinalityColumn severity_text;
  FixedColumn<uint8_t> severity_number;
  LowCardinalityColumn service_name;
  StringColumn body;
  LowCardinalityColumn resource_schema_url;
  typename As::Column resource_attributes;
  LowCardinalityColumn scope_schema_url;
  StringColumn scope_name;
  LowCardinalityColumn scope_version;
  typename As::Column scope_attributes;
  typename As::Column log_attributes;
  StringColumn event_name;

  uint32_t rows() const override { return static_cast<uint32_t>(timestamp.size()); }
  int64_t day(uint32_t row) const override {
    return floor_divide(timestamp.data()[row], kNanosPerDay);
  }

  template <typename V>
  void visit(V&& v) {
    visit_columns(*this, v);
  }
  template <typename V>
  void visit(V&& v) const {
    visit_columns(*this, v);
  }

 private:
  template <typename Self, typename V>
  static void visit_columns(Self& self, V& v) {
    v("Timestamp", "DateTime64(9)", self.timestamp);
    v("TraceId", "String", self.trace_id);
    v("SpanId", "String", self.span_id);
    v("TraceFlags", "UInt8", self.trace_flags);
    v("SeverityText", kLowCardinalityType, self.severity_text);
    v("SeverityNumber", "UInt8", self.severity_number);
    v("ServiceName", kLowCardinalityType, self.service_name);
    v("Body", "String", self.body);
    v("ResourceSchemaUrl", kLowCardinalityType, self.resource_schema_url);
    visit_attributes(v, "ResourceAttributes", "ResourceAttributesKeys", self.resource_attributes);
    v("ScopeSchemaUrl", kLowCardinalityType, self.scope_schema_url);
    v("ScopeName", "String", self.scope_name);
    v("ScopeVersion", kLowCardinalityType, self.scope_version);
    visit_attributes(v, "ScopeAttributes", "ScopeAttributesKeys", self.scope_attributes);
    visit_attributes(v, "LogAttributes", "LogAttributesKeys", self.log_attributes);
    if constexpr (kHasEventName) v("EventName", "String", self.event_name);
  }
};

template <typename As>
struct TraceColumns final : ColumnBlock<TraceColumns<As>> {
  FixedColumn<int64_t> timestamp;
  StringColumn trace_id;
  StringColumn span_id;
  StringColumn parent_span_id;
  StringColumn trace_state;
  LowCardinalityColumn span_name;
  LowCardinalityColumn span_kind;
  LowCardinalityColumn service_name;
  typename As::Column resource_attributes;
  StringColumn scope_name;
  StringColumn scope_version;
  typename As::Column span_attributes;
  FixedColumn<uint64_t> duration;
  LowCardinalityColumn status_code;
  StringColumn status_message;
  ArrayColumn<FixedColumn<int64_t>> event_timestamps;
  ArrayColumn<LowCardinalityColumn> event_names;
  ArrayColumn<typename As::Element> event_attributes;
  ArrayColumn<StringColumn> link_trace_ids;
  ArrayColumn<StringColumn> link_span_ids;
  ArrayColumn<StringColumn> link_trace_states;
  ArrayColumn<typename As::Element> link_attributes;

  uint32_t rows() const override { return static_cast<uint32_t>(timestamp.size()); }
  int64_t day(uint32_t row) const override {
    return floor_divide(timestamp.data()[row], kNanosPerDay);
  }

  template <typename V>
  void visit(V&& v) {
    visit_columns(*this, v);
  }
  template <typename V>
  void visit(V&& v) const {
    visit_columns(*this, v);
  }

 private:
  template <typename Self, typename V>
  static void visit_columns(Self& self, V& v) {
    v("Timestamp", "DateTime64(9)", self.timestamp);
    v("TraceId", "String", self.trace_id);
    v("SpanId", "String", self.span_id);
    v("ParentSpanId", "String", self.parent_span_id);
    v("TraceState", "String", self.trace_state);
    v("SpanName", kLowCardinalityType, self.span_name);
    v("SpanKind", kLowCardinalityType, self.span_kind);
    v("ServiceName", kLowCardinalityType, self.service_name);
    visit_attributes(v, "ResourceAttributes", "ResourceAttributesKeys", self.resource_attributes);
    v("ScopeName", "String", self.scope_name);
    v("ScopeVersion", "String", self.scope_version);
    visit_attributes(v, "SpanAttributes", "SpanAttributesKeys", self.span_attributes);
    v("Duration", "UInt64", self.duration);
    v("StatusCode", kLowCardinalityType, self.status_code);
    v("StatusMessage", "String", self.status_message);
    v("Events.Timestamp", "Array(DateTime64(9))", self.event_timestamps);
    v("Events.Name", "Array(LowCardinality(String))", self.event_names);
    v("Events.Attributes", As::kArrayType, self.event_attributes);
    v("Links.TraceId", "Array(String)", self.link_trace_ids);
    v("Links.SpanId", "Array(String)", self.link_span_ids);
    v("Links.TraceState", "Array(String)", self.link_trace_states);
    v("Links.Attributes", As::kArrayType, self.link_attributes);
  }
};

/// What the five metric tables have in common; their own columns follow in `Own`.
template <typename Own>
struct MetricColumns final : ColumnBlock<MetricColumns<Own>> {
  MapColumn resource_attributes;
  StringColumn resource_schema_url;
  StringColumn scope_name;
  StringColumn scope_version;
  MapColumn scope_attributes;
  FixedColumn<uint32_t> scope_dropped_attr_count;
  StringColumn scope_schema_url;
  LowCardinalityColumn service_name;
  LowCardinalityColumn metric_name;
  StringColumn metric_description;
  StringColumn metric_unit;
  MapColumn attributes;
  FixedColumn<uint32_t> start_time;
  FixedColumn<uint32_t> time;
  Own own;

  uint32_t rows() const override { return static_cast<uint32_t>(time.size()); }
  int64_t day(uint32_t row) const override { return time.data()[row] / 86400; }

  template <typename V>
  void visit(V&& v) {
    visit_columns(*this, v);
  }
  template <typename V>
  void visit(V&& v) const {
    visit_columns(*this, v);
  }

 private:
  template <typename Self, typename V>
  static void visit_columns(Self& self, V& v) {
    v("ResourceAttributes", kMapType, self.resource_attributes);
    v("ResourceSchemaUrl", "String", self.resource_schema_url);
    v("ScopeName", "String", self.scope_name);
    v("ScopeVersion", "String", self.scope_version);
    v("ScopeAttributes", kMapType, self.scope_attributes);
    v("ScopeDroppedAttrCount", "UInt32", self.scope_dropped_attr_count);
    v("ScopeSchemaUrl", "String", self.scope_schema_url);
    v("ServiceName", kLowCardinalityType, self.service_name);
    v("MetricName", kLowCardinalityType, self.metric_name);
    v("MetricDescription", "String", self.metric_description);
    v("MetricUnit", "String", self.metric_unit);
    v("Attributes", kMapType, self.attributes);
    v("StartTimeUnix", "DateTime", self.start_time);
    v("TimeUnix", "DateTime", self.time);
    Own::visit(self.own, v);
  }
};

struct ExemplarColumns {
  ArrayColumn<MapColumn> filtered_attributes;
  ArrayColumn<FixedColumn<uint32_t>> time;
  ArrayColumn<FixedColumn<double>> value;
  ArrayColumn<StringColumn> span_id;
  ArrayColumn<StringColumn> trace_id;

  template <typename Self, typename V>
  static void visit(Self& self, V& v) {
    v("Exemplars.FilteredAttributes", kArrayOfMapType, self.filtered_attributes);
    v("Exemplars.TimeUnix", "Array(DateTime)", self.time);
    v("Exemplars.Value", "Array(Float64)", self.value);
    v("Exemplars.SpanId", "Array(String)", self.span_id);
    v("Exemplars.TraceId", "Array(String)", self.trace_id);
  }
};

struct GaugeOwn {
  FixedColumn<double> value;
  FixedColumn<uint32_t> flags;
  ExemplarColumns exemplars;

  template <typename Self, typename V>
  static void visit(Self& self, V& v) {
    v("Value", "Float64", self.value);
    v("Flags", "UInt32", self.flags);
    ExemplarColumns::visit(self.exemplars, v);
  }
};

struct SumOwn {
  FixedColumn<double> value;
  FixedColumn<uint32_t> flags;
  ExemplarColumns exemplars;
  FixedColumn<int32_t> aggregation_temporality;
  FixedColumn<uint8_t> is_monotonic;

  template <typename Self, typename V>
  static void visit(Self& self, V& v) {
    v("Value", "Float64", self.value);
    v("Flags", "UInt32", self.flags);
    ExemplarColumns::visit(self.exemplars, v);
    v("AggregationTemporality", "Int32", self.aggregation_temporality);
    v("IsMonotonic", "Bool", self.is_monotonic);
  }
};

struct HistogramOwn {
  FixedColumn<uint64_t> count;
  FixedColumn<double> sum;
  ArrayColumn<FixedColumn<uint64_t>> bucket_counts;
  ArrayColumn<FixedColumn<double>> explicit_bounds;
  ExemplarColumns exemplars;
  FixedColumn<uint32_t> flags;
  FixedColumn<double> min;
  FixedColumn<double> max;
  FixedColumn<int32_t> aggregation_temporality;

  template <typename Self, typename V>
  static void visit(Self& self, V& v) {
    v("Count", "UInt64", self.count);
    v("Sum", "Float64", self.sum);
    v("BucketCounts", "Array(UInt64)", self.bucket_counts);
    v("ExplicitBounds", "Array(Float64)", self.explicit_bounds);
    ExemplarColumns::visit(self.exemplars, v);
    v("Flags", "UInt32", self.flags);
    v("Min", "Float64", self.min);
    v("Max", "Float64", self.max);
    v("AggregationTemporality", "Int32", self.aggregation_temporality);
  }
};

struct ExponentialHistogramOwn {
  FixedColumn<uint64_t> count;
  FixedColumn<double> sum;
  FixedColumn<int32_t> scale;
  FixedColumn<uint64_t> zero_count;
  FixedColumn<int32_t> positive_offset;
  ArrayColumn<FixedColumn<uint64_t>> positive_bucket_counts;
  FixedColumn<int32_t> negative_offset;
  ArrayColumn<FixedColumn<uint64_t>> negative_bucket_counts;
  ExemplarColumns exemplars;
  FixedColumn<uint32_t> flags;
  FixedColumn<double> min;
  FixedColumn<double> max;
  FixedColumn<int32_t> aggregation_temporality;

  template <typename Self, typename V>
  static void visit(Self& self, V& v) {
    v("Count", "UInt64", self.count);
    v("Sum", "Float64", self.sum);
    v("Scale", "Int32", self.scale);
    v("ZeroCount", "UInt64", self.zero_count);
    v("PositiveOffset", "Int32", self.positive_offset);
    v("PositiveBucketCounts", "Array(UInt64)", self.positive_bucket_counts);
    v("NegativeOffset", "Int32", self.negative_offset);
    v("NegativeBucketCounts", "Array(UInt64)", self.negative_bucket_counts);
    ExemplarColumns::visit(self.exemplars, v);
    v("Flags", "UInt32", self.flags);
    v("Min", "Float64", self.min);
    v("Max", "Float64", self.max);
    v("AggregationTemporality", "Int32", self.aggregation_temporality);
  }
};

struct SummaryOwn {
  FixedColumn<uint64_t> count;
  FixedColumn<double> sum;
  ArrayColumn<FixedColumn<double>> quantiles;
  ArrayColumn<FixedColumn<double>> values;
  FixedColumn<uint32_t> flags;

  template <typename Self, typename V>
  static void visit(Self& self, V& v) {
    v("Count", "UInt64", self.count);
    v("Sum", "Float64", self.sum);
    v("ValueAtQuantiles.Quantile", "Array(Float64)", self.quantiles);
    v("ValueAtQuantiles.Value", "Array(Float64)", self.values);
    v("Flags", "UInt32", self.flags);
  }
};

using LogsBlock = LogColumns<AsMap, true>;
using SessionsBlock = LogColumns<AsMap, false>;
using JsonLogsBlock = LogColumns<AsJson, true>;  // and sessions
using TracesBlock = TraceColumns<AsMap>;
using JsonTracesBlock = TraceColumns<AsJson>;
using GaugeBlock = MetricColumns<GaugeOwn>;
using SumBlock = MetricColumns<SumOwn>;
using HistogramBlock = MetricColumns<HistogramOwn>;
using ExponentialHistogramBlock = MetricColumns<ExponentialHistogramOwn>;
using SummaryBlock = MetricColumns<SummaryOwn>;

}  // namespace sluice::mapping
