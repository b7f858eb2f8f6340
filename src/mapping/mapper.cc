#include "mapping/record_rows.h"
#include "mapping/tables.h"

namespace sluice::mapping {
namespace {

using otlp::DataPoint;
using otlp::Metric;
using otlp::MetricKind;
using otlp::Number;

/// Nanoseconds to a DateTime: whole seconds, rounded down, modulo 2^32. Times are signed, as the
/// original reads them.
uint32_t seconds(uint64_t unix_nano) {
  return static_cast<uint32_t>(floor_divide(static_cast<int64_t>(unix_nano), 1'000'000'000));
}

double as_double(const Number& number) {
  switch (number.kind) {
    case Number::Kind::Int: return static_cast<double>(number.int_value);
    case Number::Kind::Double: return number.double_value;
    case Number::Kind::None: return 0;
  }
  return 0;
}

}  // namespace

/// Adds the rows of metrics.
struct Mapper::Impl : RecordRows {
  using RecordRows::RecordRows;

  template <typename BlockType>
  void metric_common(const otlp::ResourceGroup<Metric>& rg, const otlp::ScopeGroup<Metric>& sg,
                     const Metric& m, const DataPoint& p, BlockType& b);
  void exemplars(const DataPoint& p, ExemplarColumns& c);
  void own(const Metric& m, const DataPoint& p, GaugeOwn& c);
  void own(const Metric& m, const DataPoint& p, SumOwn& c);
  void own(const Metric& m, const DataPoint& p, HistogramOwn& c);
  void own(const Metric& m, const DataPoint& p, ExponentialHistogramOwn& c);
  void own(const Metric& m, const DataPoint& p, SummaryOwn& c);
};

template <typename BlockType>
void Mapper::Impl::metric_common(const otlp::ResourceGroup<Metric>& rg,
                                 const otlp::ScopeGroup<Metric>& sg, const Metric& m,
                                 const DataPoint& p, BlockType& b) {
  b.metric_name.append(m.name);
  b.metric_description.append(m.description);
  b.metric_unit.append(m.unit);
  append_attributes(p.attributes, b.attributes);
  b.start_time.append(seconds(p.start_time_unix_nano));
  b.time.append(seconds(p.time_unix_nano));
  own(m, p, b.own);
  resource_columns(rg, b);
  scope_columns(sg, b);
}

void Mapper::Impl::exemplars(const DataPoint& p, ExemplarColumns& c) {
  for (const otlp::Exemplar& e : p.exemplars) {
    append_attributes(e.filtered_attributes, c.filtered_attributes.elements());
    c.time.elements().append(seconds(e.time_unix_nano));
    c.value.elements().append(as_double(e.value));
    append_hex(e.span_id,
               c.span_id.elements());  // zeros where there is none, unlike everywhere else
    append_hex(e.trace_id, c.trace_id.elements());
  }
  c.filtered_attributes.end_row();
  c.time.end_row();
  c.value.end_row();
  c.span_id.end_row();
  c.trace_id.end_row();
}

namespace {

template <typename T>
void append_array(const ArenaVector<T>& values, ArrayColumn<FixedColumn<T>>& column) {
  for (const T& value : values) column.elements().append(value);
  column.end_row();
}

}  // namespace

void Mapper::Impl::own(const Metric&, const DataPoint& p, GaugeOwn& c) {
  c.value.append(as_double(p.value));
  c.flags.append(p.flags);
  exemplars(p, c.exemplars);
}

void Mapper::Impl::own(const Metric& m, const DataPoint& p, SumOwn& c) {
  c.value.append(as_double(p.value));
  c.flags.append(p.flags);
  exemplars(p, c.exemplars);
  c.aggregation_temporality.append(m.aggregation_temporality);
  c.is_monotonic.append(m.is_monotonic ? 1 : 0);
}

void Mapper::Impl::own(const Metric& m, const DataPoint& p, HistogramOwn& c) {
  c.count.append(p.count);
  c.sum.append(p.sum);
  append_array(p.bucket_counts, c.bucket_counts);
  append_array(p.explicit_bounds, c.explicit_bounds);
  exemplars(p, c.exemplars);
  c.flags.append(p.flags);
  c.min.append(p.min);
  c.max.append(p.max);
  c.aggregation_temporality.append(m.aggregation_temporality);
}

void Mapper::Impl::own(const Metric& m, const DataPoint& p, ExponentialHistogramOwn& c) {
  c.count.append(p.count);
  c.sum.append(p.sum);
  c.scale.append(p.scale);
  c.zero_count.append(p.zero_count);
  c.positive_offset.append(p.positive.offset);
  append_array(p.positive.bucket_counts, c.positive_bucket_counts);
  c.negative_offset.append(p.negative.offset);
  append_array(p.negative.bucket_counts, c.negative_bucket_counts);
  exemplars(p, c.exemplars);
  c.flags.append(p.flags);
  c.min.append(p.min);
  c.max.append(p.max);
  c.aggregation_temporality.append(m.aggregation_temporality);
}

void Mapper::Impl::own(const Metric&, const DataPoint& p, SummaryOwn& c) {
  c.count.append(p.count);
  c.sum.append(p.sum);
  for (const otlp::QuantileValue& q : p.quantile_values) {
    c.quantiles.elements().append(q.quantile);
    c.values.elements().append(q.value);
  }
  c.quantiles.end_row();
  c.values.end_row();
  c.flags.append(p.flags);
}

Mapper::Mapper(AttributeType attributes) : impl_(std::make_unique<Impl>(attributes)) {}
Mapper::~Mapper() = default;

void Mapper::map(const otlp::LogsRequest& request, Table table, OpenBlocks& blocks,
                 Rejects& rejects) {
  if (impl_->attribute_type == AttributeType::Json) {
    impl_->append_logs<JsonLogsBlock>(request, table, blocks, rejects);
  } else if (table == Table::Sessions) {
    impl_->append_logs<SessionsBlock>(request, table, blocks, rejects);
  } else {
    impl_->append_logs<LogsBlock>(request, table, blocks, rejects);
  }
}

void Mapper::map(const otlp::TracesRequest& request, OpenBlocks& blocks, Rejects& rejects) {
  if (impl_->attribute_type == AttributeType::Json) {
    impl_->append_spans<JsonTracesBlock>(request, blocks, rejects);
  } else {
    impl_->append_spans<TracesBlock>(request, blocks, rejects);
  }
}

void Mapper::map(const otlp::MetricsRequest& request, OpenBlocks& blocks, Rejects& rejects) {
  impl_->for_each(request, rejects, [&](auto& rg, auto& sg, const Metric& metric) {
    auto points = [&]<typename BlockType>(BlockType&& make) {
      for (const DataPoint& point : metric.data_points)
        impl_->metric_common(rg, sg, metric, point, make());
    };
    switch (metric.kind) {
      case MetricKind::None:
        Impl::reject(rejects, "metric \"" + std::string(metric.name) +
                                  "\" has no data (no gauge, sum, histogram …)");
        break;
      case MetricKind::Gauge:
        points([&]() -> auto& { return impl_->open<GaugeBlock>(blocks, Table::Gauge); });
        break;
      case MetricKind::Sum:
        points([&]() -> auto& { return impl_->open<SumBlock>(blocks, Table::Sum); });
        break;
      case MetricKind::Histogram:
        points([&]() -> auto& { return impl_->open<HistogramBlock>(blocks, Table::Histogram); });
        break;
      case MetricKind::ExponentialHistogram:
        points([&]() -> auto& {
          return impl_->open<ExponentialHistogramBlock>(blocks, Table::ExponentialHistogram);
        });
        break;
      case MetricKind::Summary:
        points([&]() -> auto& { return impl_->open<SummaryBlock>(blocks, Table::Summary); });
        break;
    }
  });
}

}  // namespace sluice::mapping
