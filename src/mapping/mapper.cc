#include <cstring>

#include "mapping/blocks.h"
#include "mapping/tables.h"
#include "mapping/value_text.h"
#include "wire/hex.h"

namespace sluice::mapping {
namespace {

using otlp::Attributes;
using otlp::DataPoint;
using otlp::Id;
using otlp::LogRecord;
using otlp::Metric;
using otlp::MetricKind;
using otlp::Number;
using otlp::Resource;
using otlp::Scope;
using otlp::Span;

/// Resource and scope stand in every row: a request may grow so far, then its records are refused.
/// A hostile sender could otherwise make terabytes of one large resource attribute and many empty
/// records.
constexpr size_t kExpandedBytesMax = size_t{256} << 20;

constexpr std::string_view kSpanKinds[] = {"Unspecified", "Internal", "Server",
                                           "Client",      "Producer", "Consumer"};
constexpr std::string_view kStatusCodes[] = {"Unset", "Ok", "Error"};

template <size_t N>
std::string_view name_of(const std::string_view (&names)[N], int32_t number) {
  return number >= 0 && static_cast<size_t>(number) < N ? names[number] : std::string_view{};
}

template <size_t N>
void append_hex(const Id<N>& id, StringColumn& column) {
  column.append_with([&](Buffer& out) {
    char* to = out.tail(1 + 2 * N);
    *to = static_cast<char>(2 * N);  // its length, one byte
    wire::hex_lower(id.bytes.data(), N, to + 1);
    out.commit(1 + 2 * N);
  });
}

/// Ids of zeros count as absent.
template <size_t N>
void append_id(const Id<N>& id, StringColumn& column) {
  if (id.empty()) {
    column.append({});
  } else {
    append_hex(id, column);
  }
}

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

const otlp::Value* find_first(const Attributes& attributes, std::string_view key) {
  for (const auto& kv : attributes) {
    if (kv.key == key) return &kv.value;
  }
  return nullptr;
}

template <typename BlockType>
BlockType& open(OpenBlocks& blocks, Table table) {
  auto& slot = blocks.by_table[static_cast<size_t>(table)];
  if (!slot) slot = make_block(table);
  return static_cast<BlockType&>(*slot);
}

}  // namespace

struct Mapper::Impl {
  ValueText value_text;
  // Running numbers of the resources and scopes seen, so that a block knows whether its newest row
  // has the same.
  uint64_t resource_serial = 0;
  uint64_t scope_serial = 0;
  size_t expanded_bytes = 0;

  void append_map(const Attributes& attributes, MapColumn& column) {
    column.append(
        attributes.size(), [&](uint32_t i) { return attributes[i].key; },
        [&](uint32_t i, Buffer& out) { value_text.append_encoded(attributes[i].value, out); });
  }

  void append_service_name(const Resource& resource, LowCardinalityColumn& column) {
    const otlp::Value* name = find_first(resource.attributes, "service.name");
    column.append(name == nullptr ? std::string_view{} : value_text.text(*name));
  }

  /// Walks a request's records and calls `row(resource group, scope group, record)` for each.
  /// Counts and refuses records beyond kExpandedBytesMax.
  template <typename Record, typename Row>
  void for_each(const otlp::Request<Record>& request, Rejects& rejects, Row&& row) {
    expanded_bytes = 0;
    for (const auto& resource_group : request.resources) {
      ++resource_serial;
      for (const auto& scope_group : resource_group.scopes) {
        ++scope_serial;
        for (const Record& record : scope_group.records) {
          if (expanded_bytes > kExpandedBytesMax) {
            reject(rejects, "the resource's attributes, repeated for each record, exceed 256 MiB");
          } else {
            row(resource_group, scope_group, record);
          }
        }
      }
    }
  }

  static void reject(Rejects& rejects, std::string reason) {
    if (rejects.count++ == 0) rejects.reason = std::move(reason);
  }

  /// Renders the resource's columns for the first row of a resource, else repeats the row before.
  template <typename BlockType, typename Fresh, typename Repeat>
  void resource_columns(BlockType& block, Fresh&& fresh, Repeat&& repeat) {
    if (block.resource_serial == resource_serial) {
      repeat();
    } else {
      block.resource_serial = resource_serial;
      fresh();
    }
    expanded_bytes += block.resource_attributes.last_row_bytes();
  }

  template <typename BlockType, typename Fresh, typename Repeat>
  void scope_columns(BlockType& block, Fresh&& fresh, Repeat&& repeat) {
    if (block.scope_serial == scope_serial) {
      repeat();
    } else {
      block.scope_serial = scope_serial;
      fresh();
    }
  }

  template <typename BlockType>
  void log_row(const otlp::ResourceGroup<LogRecord>& rg, const otlp::ScopeGroup<LogRecord>& sg,
               const LogRecord& r, BlockType& b);
  void span_row(const otlp::ResourceGroup<Span>& rg, const otlp::ScopeGroup<Span>& sg,
                const Span& s, TracesBlock& b);
  void span_events(const Span& s, TracesBlock& b);
  void span_links(const Span& s, TracesBlock& b);
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
void Mapper::Impl::log_row(const otlp::ResourceGroup<LogRecord>& rg,
                           const otlp::ScopeGroup<LogRecord>& sg, const LogRecord& r,
                           BlockType& b) {
  b.timestamp.append(
      static_cast<int64_t>(r.time_unix_nano != 0 ? r.time_unix_nano : r.observed_time_unix_nano));
  append_id(r.trace_id, b.trace_id);
  append_id(r.span_id, b.span_id);
  b.trace_flags.append(static_cast<uint8_t>(r.flags));
  b.severity_text.append(r.severity_text);
  b.severity_number.append(static_cast<uint8_t>(r.severity_number));
  b.body.append_with([&](Buffer& out) { value_text.append_encoded(r.body, out); });
  append_map(r.attributes, b.log_attributes);
  b.event_name.append(r.event_name);
  resource_columns(
      b,
      [&] {
        append_service_name(rg.resource, b.service_name);
        b.resource_schema_url.append(rg.schema_url);
        append_map(rg.resource.attributes, b.resource_attributes);
      },
      [&] {
        b.service_name.repeat_last();
        b.resource_schema_url.repeat_last();
        b.resource_attributes.repeat_last();
      });
  scope_columns(
      b,
      [&] {
        b.scope_schema_url.append(sg.schema_url);
        b.scope_name.append(sg.scope.name);
        b.scope_version.append(sg.scope.version);
        append_map(sg.scope.attributes, b.scope_attributes);
      },
      [&] {
        b.scope_schema_url.repeat_last();
        b.scope_name.repeat_last();
        b.scope_version.repeat_last();
        b.scope_attributes.repeat_last();
      });
}

void Mapper::Impl::span_row(const otlp::ResourceGroup<Span>& rg, const otlp::ScopeGroup<Span>& sg,
                            const Span& s, TracesBlock& b) {
  b.timestamp.append(static_cast<int64_t>(s.start_time_unix_nano));
  append_id(s.trace_id, b.trace_id);
  append_id(s.span_id, b.span_id);
  append_id(s.parent_span_id, b.parent_span_id);
  b.trace_state.append(s.trace_state);
  b.span_name.append(s.name);
  b.span_kind.append(name_of(kSpanKinds, s.kind));
  append_map(s.attributes, b.span_attributes);
  b.duration.append(s.end_time_unix_nano -
                    s.start_time_unix_nano);  // wraps where the end is first, as the original
  b.status_code.append(name_of(kStatusCodes, s.status.code));
  b.status_message.append(s.status.message);
  span_events(s, b);
  span_links(s, b);
  resource_columns(
      b,
      [&] {
        append_service_name(rg.resource, b.service_name);
        append_map(rg.resource.attributes, b.resource_attributes);
      },
      [&] {
        b.service_name.repeat_last();
        b.resource_attributes.repeat_last();
      });
  scope_columns(
      b,
      [&] {
        b.scope_name.append(sg.scope.name);
        b.scope_version.append(sg.scope.version);
      },
      [&] {
        b.scope_name.repeat_last();
        b.scope_version.repeat_last();
      });
}

void Mapper::Impl::span_events(const Span& s, TracesBlock& b) {
  for (const otlp::SpanEvent& e : s.events) {
    b.event_timestamps.elements().append(static_cast<int64_t>(e.time_unix_nano));
    b.event_names.elements().append(e.name);
    append_map(e.attributes, b.event_attributes.elements());
  }
  b.event_timestamps.end_row();
  b.event_names.end_row();
  b.event_attributes.end_row();
}

void Mapper::Impl::span_links(const Span& s, TracesBlock& b) {
  for (const otlp::SpanLink& l : s.links) {
    append_id(l.trace_id, b.link_trace_ids.elements());
    append_id(l.span_id, b.link_span_ids.elements());
    b.link_trace_states.elements().append(l.trace_state);
    append_map(l.attributes, b.link_attributes.elements());
  }
  b.link_trace_ids.end_row();
  b.link_span_ids.end_row();
  b.link_trace_states.end_row();
  b.link_attributes.end_row();
}

template <typename BlockType>
void Mapper::Impl::metric_common(const otlp::ResourceGroup<Metric>& rg,
                                 const otlp::ScopeGroup<Metric>& sg, const Metric& m,
                                 const DataPoint& p, BlockType& b) {
  b.metric_name.append(m.name);
  b.metric_description.append(m.description);
  b.metric_unit.append(m.unit);
  append_map(p.attributes, b.attributes);
  b.start_time.append(seconds(p.start_time_unix_nano));
  b.time.append(seconds(p.time_unix_nano));
  own(m, p, b.own);
  resource_columns(
      b,
      [&] {
        append_service_name(rg.resource, b.service_name);
        b.resource_schema_url.append(rg.schema_url);
        append_map(rg.resource.attributes, b.resource_attributes);
      },
      [&] {
        b.service_name.repeat_last();
        b.resource_schema_url.repeat_last();
        b.resource_attributes.repeat_last();
      });
  scope_columns(
      b,
      [&] {
        b.scope_name.append(sg.scope.name);
        b.scope_version.append(sg.scope.version);
        append_map(sg.scope.attributes, b.scope_attributes);
        b.scope_dropped_attr_count.append(sg.scope.dropped_attributes_count);
        b.scope_schema_url.append(sg.schema_url);
      },
      [&] {
        b.scope_name.repeat_last();
        b.scope_version.repeat_last();
        b.scope_attributes.repeat_last();
        b.scope_dropped_attr_count.repeat_last();
        b.scope_schema_url.repeat_last();
      });
}

void Mapper::Impl::exemplars(const DataPoint& p, ExemplarColumns& c) {
  for (const otlp::Exemplar& e : p.exemplars) {
    append_map(e.filtered_attributes, c.filtered_attributes.elements());
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

Mapper::Mapper() : impl_(std::make_unique<Impl>()) {}
Mapper::~Mapper() = default;

void Mapper::map(const otlp::LogsRequest& request, Table table, OpenBlocks& blocks,
                 Rejects& rejects) {
  impl_->for_each(request, rejects, [&](auto& rg, auto& sg, const LogRecord& record) {
    if (table == Table::Sessions) {
      impl_->log_row(rg, sg, record, open<SessionsBlock>(blocks, table));
    } else {
      impl_->log_row(rg, sg, record, open<LogsBlock>(blocks, table));
    }
  });
}

void Mapper::map(const otlp::TracesRequest& request, OpenBlocks& blocks, Rejects& rejects) {
  impl_->for_each(request, rejects, [&](auto& rg, auto& sg, const Span& span) {
    impl_->span_row(rg, sg, span, open<TracesBlock>(blocks, Table::Traces));
  });
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
        points([&]() -> auto& { return open<GaugeBlock>(blocks, Table::Gauge); });
        break;
      case MetricKind::Sum:
        points([&]() -> auto& { return open<SumBlock>(blocks, Table::Sum); });
        break;
      case MetricKind::Histogram:
        points([&]() -> auto& { return open<HistogramBlock>(blocks, Table::Histogram); });
        break;
      case MetricKind::ExponentialHistogram:
        points([&]() -> auto& {
          return open<ExponentialHistogramBlock>(blocks, Table::ExponentialHistogram);
        });
        break;
      case MetricKind::Summary:
        points([&]() -> auto& { return open<SummaryBlock>(blocks, Table::Summary); });
        break;
    }
  });
}

}  // namespace sluice::mapping
