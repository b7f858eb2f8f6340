#include "testing/random_records.h"

#include <cmath>
#include <limits>
#include <random>
#include <string>

namespace sluice::testing {
namespace {

using namespace otlp;  // NOLINT(google-build-using-namespace): all of its records are filled here

class Filler {
 public:
  Filler(uint64_t seed, Arena& arena) : random_(seed), arena_(arena) {}

  template <typename Record>
  void request(Request<Record>& out) {
    list(out.resources, 3, [&](ResourceGroup<Record>& group) { resource_group(group); });
  }

 private:
  uint64_t below(uint64_t n) { return random_() % n; }
  bool one_in(uint64_t n) { return below(n) == 0; }

  template <typename T, typename Fill>
  void list(ArenaVector<T>& out, uint64_t size_max, Fill fill) {
    for (uint64_t left = below(size_max + 1); left != 0; --left) fill(out.emplace_back(arena_));
  }

  template <typename T>
  T integer() {
    if (one_in(4)) return 0;
    if (one_in(8)) return std::numeric_limits<T>::max();
    if (one_in(8)) return std::numeric_limits<T>::min();
    return static_cast<T>(random_() >> below(64));
  }

  double real() {
    constexpr double kEdges[] = {
        0.0, -0.0, 1.0, 0.1, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 9007199254740993.0, -2.5};
    if (one_in(20)) return std::numeric_limits<double>::quiet_NaN();
    if (one_in(20)) return std::numeric_limits<double>::infinity();
    if (one_in(20)) return -std::numeric_limits<double>::infinity();
    if (one_in(2)) return kEdges[below(std::size(kEdges))];
    return std::ldexp(static_cast<double>(random_()), static_cast<int>(below(200)) - 100);
  }

  std::string_view text() {
    constexpr std::string_view kPieces[] = {
        "service.name", "a",      "é",          "日", "🎉",    "\"",   "\\",   "/",
        "\n",           "\t",     " ",          "{}", "\x01", "\x7f", "\xff", "\xc3(",
        "\xed\xa0\xbc", "\u2028", "http.method"};
    std::string out;
    for (uint64_t left = below(5); left != 0; --left) out += kPieces[below(std::size(kPieces))];
    if (one_in(30)) out.append(300, 'x');
    return arena_.copy(out);
  }

  template <size_t N>
  void id(Id<N>& out) {
    if (one_in(3)) return;
    for (uint8_t& byte : out.bytes) byte = static_cast<uint8_t>(random_());
  }

  Value value(int depth) {
    constexpr int kDepth = 4;
    switch (below(depth < kDepth ? 8 : 6)) {
      case 0: return {};
      case 1: return Value::boolean(one_in(2));
      case 2: return Value::integer(integer<int64_t>());
      case 3: return Value::real(real());
      case 4: return Value::bytes(text());
      case 5: return Value::string(text());
      case 6: {
        ArenaVector<Value> elements;
        list(elements, 3, [&](Value& v) { v = value(depth + 1); });
        return Value::array(elements.data(), elements.size());
      }
      default: {
        Attributes members;
        attributes(members, depth + 1);
        return Value::map(members.data(), members.size());
      }
    }
  }

  void attributes(Attributes& out, int depth = 0) {
    list(out, 4, [&](KeyValue& pair) {
      pair.key = text();
      pair.value = value(depth);
    });
  }

  template <typename Record>
  void resource_group(ResourceGroup<Record>& out) {
    attributes(out.resource.attributes);
    out.resource.dropped_attributes_count = integer<uint32_t>();
    out.schema_url = text();
    list(out.scopes, 3, [&](ScopeGroup<Record>& group) {
      group.scope.name = text();
      group.scope.version = text();
      attributes(group.scope.attributes);
      group.scope.dropped_attributes_count = integer<uint32_t>();
      group.schema_url = text();
      list(group.records, 4, [&](Record& r) { record(r); });
    });
  }

  void record(LogRecord& out) {
    out.time_unix_nano = integer<uint64_t>();
    out.observed_time_unix_nano = integer<uint64_t>();
    out.severity_number = one_in(2) ? static_cast<int32_t>(below(4)) : integer<int32_t>();
    out.severity_text = text();
    out.body = value(0);
    attributes(out.attributes);
    out.dropped_attributes_count = integer<uint32_t>();
    out.flags = integer<uint32_t>();
    id(out.trace_id);
    id(out.span_id);
    out.event_name = text();
  }

  void record(Span& out) {
    id(out.trace_id);
    id(out.span_id);
    out.trace_state = text();
    id(out.parent_span_id);
    out.flags = integer<uint32_t>();
    out.name = text();
    out.kind = one_in(2) ? static_cast<int32_t>(below(7)) : integer<int32_t>();
    out.start_time_unix_nano = integer<uint64_t>();
    out.end_time_unix_nano = integer<uint64_t>();
    attributes(out.attributes);
    out.dropped_attributes_count = integer<uint32_t>();
    list(out.events, 3, [&](SpanEvent& event) {
      event.time_unix_nano = integer<uint64_t>();
      event.name = text();
      attributes(event.attributes);
      event.dropped_attributes_count = integer<uint32_t>();
    });
    out.dropped_events_count = integer<uint32_t>();
    list(out.links, 3, [&](SpanLink& link) {
      id(link.trace_id);
      id(link.span_id);
      link.trace_state = text();
      attributes(link.attributes);
      link.dropped_attributes_count = integer<uint32_t>();
      link.flags = integer<uint32_t>();
    });
    out.dropped_links_count = integer<uint32_t>();
    out.status.message = text();
    out.status.code = one_in(2) ? static_cast<int32_t>(below(4)) : integer<int32_t>();
  }

  void record(Metric& out) {
    out.name = text();
    out.description = text();
    out.unit = text();
    attributes(out.metadata);
    out.kind = static_cast<MetricKind>(below(6));
    if (out.kind == MetricKind::None) return;
    if (out.kind == MetricKind::Sum) out.is_monotonic = one_in(2);
    if (out.kind != MetricKind::Gauge && out.kind != MetricKind::Summary) {
      out.aggregation_temporality = one_in(2) ? static_cast<int32_t>(below(4)) : integer<int32_t>();
    }
    list(out.data_points, 3, [&](DataPoint& p) { point(out.kind, p); });
  }

  void point(MetricKind kind, DataPoint& out) {
    attributes(out.attributes);
    out.start_time_unix_nano = integer<uint64_t>();
    out.time_unix_nano = integer<uint64_t>();
    out.flags = integer<uint32_t>();
    if (kind != MetricKind::Summary) list(out.exemplars, 2, [&](Exemplar& e) { exemplar(e); });
    if (kind == MetricKind::Gauge || kind == MetricKind::Sum) return number(out.value);
    out.count = integer<uint64_t>();
    out.sum = real();
    if (kind == MetricKind::Summary) return quantiles(out);
    out.min = real();
    out.max = real();
    if (kind == MetricKind::Histogram) {
      counts(out.bucket_counts);
      list(out.explicit_bounds, 5, [&](double& bound) { bound = real(); });
      return;
    }
    out.scale = integer<int32_t>();
    out.zero_count = integer<uint64_t>();
    out.zero_threshold = real();
    buckets(out.positive);
    buckets(out.negative);
  }

  void number(Number& out) {
    if (one_in(5)) return;
    out.kind = one_in(2) ? Number::Kind::Int : Number::Kind::Double;
    if (out.kind == Number::Kind::Int) {
      out.int_value = integer<int64_t>();
    } else {
      out.double_value = real();
    }
  }
  void counts(ArenaVector<uint64_t>& out) {
    list(out, 5, [&](uint64_t& count) { count = integer<uint64_t>(); });
  }
  void buckets(Buckets& out) {
    out.offset = integer<int32_t>();
    counts(out.bucket_counts);
  }
  void quantiles(DataPoint& out) {
    list(out.quantile_values, 3, [&](QuantileValue& quantile) {
      quantile.quantile = real();
      quantile.value = real();
    });
  }
  void exemplar(Exemplar& out) {
    attributes(out.filtered_attributes);
    out.time_unix_nano = integer<uint64_t>();
    number(out.value);
    id(out.span_id);
    id(out.trace_id);
  }

  std::mt19937_64 random_;
  Arena& arena_;
};

}  // namespace

void fill_at_random(uint64_t seed, Arena& arena, LogsRequest& out) {
  Filler(seed, arena).request(out);
}
void fill_at_random(uint64_t seed, Arena& arena, TracesRequest& out) {
  Filler(seed, arena).request(out);
}
void fill_at_random(uint64_t seed, Arena& arena, MetricsRequest& out) {
  Filler(seed, arena).request(out);
}

}  // namespace sluice::testing
