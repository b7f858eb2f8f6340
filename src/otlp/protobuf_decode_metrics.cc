// Metrics from protobuf.

#include "otlp/protobuf_decoder.h"

namespace sluice::otlp {
namespace {

class MetricsDecoder : public ProtobufDecoder<MetricsDecoder> {
 public:
  using ProtobufDecoder::ProtobufDecoder;

  bool record(std::string_view bytes, Metric& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case len(1): in.bytes(out.name); break;
        case len(2): in.bytes(out.description); break;
        case len(3): in.bytes(out.unit); break;
        case len(5): data<MetricKind::Gauge>(in, out); break;
        case len(7): data<MetricKind::Sum>(in, out); break;
        case len(9): data<MetricKind::Histogram>(in, out); break;
        case len(10): data<MetricKind::ExponentialHistogram>(in, out); break;
        case len(11): data<MetricKind::Summary>(in, out); break;
        case len(12): attribute(in, out.metadata); break;
        default: unknown(in, tag, fields(1, 2, 3, 5, 7, 9, 10, 11, 12)); break;
      }
    }
    return in.ok();
  }

 private:
  static bool sint32(ProtoCursor& in, int32_t& value) {  // zigzag
    uint64_t wide = 0;
    if (!in.varint(wide)) return false;
    const auto low = static_cast<uint32_t>(wide);
    value = static_cast<int32_t>((low >> 1) ^ (~(low & 1) + 1));
    return true;
  }

  bool number(ProtoCursor& in, Number& out, bool is_int) {
    uint64_t bits = 0;
    if (!in.fixed64(bits)) return false;
    std::memcpy(&out.int_value, &bits, sizeof bits);
    out.kind = is_int ? Number::Kind::Int : Number::Kind::Double;
    return true;
  }

  /// A repeated fixed64 or double, packed or not.
  template <typename T>
  bool packed_fixed64(ProtoCursor& in, uint64_t tag, ArenaVector<T>& out) {
    static_assert(sizeof(T) == 8);
    if ((tag & 7) == static_cast<uint64_t>(WireType::Fixed64)) {
      uint64_t bits = 0;
      if (!in.fixed64(bits)) return false;
      std::memcpy(&out.emplace_back(arena_), &bits, sizeof bits);
      return within_limit(in);
    }
    std::string_view bytes;
    if (!in.bytes(bytes)) return false;
    if (bytes.size() % 8 != 0) return in.fail("a packed list of 8-byte numbers has an odd length");
    out = {};
    out.reserve(arena_, static_cast<uint32_t>(bytes.size() / 8));
    for (size_t i = 0; i < bytes.size(); i += 8) {
      std::memcpy(&out.emplace_back(arena_), bytes.data() + i, 8);
    }
    return within_limit(in);
  }

  bool packed_varint(ProtoCursor& in, uint64_t tag, ArenaVector<uint64_t>& out) {
    if ((tag & 7) == static_cast<uint64_t>(WireType::Varint)) {
      uint64_t value = 0;
      if (!in.varint(value)) return false;
      out.push_back(arena_, value);
      return within_limit(in);
    }
    std::string_view bytes;
    if (!in.bytes(bytes)) return false;
    ProtoCursor list = cursor(bytes);
    while (list.remaining() != 0) {
      uint64_t value = 0;
      if (!list.varint(value)) return false;
      out.push_back(arena_, value);
    }
    return within_limit(in);
  }

  /// Gauge, Sum, Histogram, ExponentialHistogram or Summary: they share their field numbers.
  /// Replaces what the oneof held.
  template <MetricKind kKind>
  bool data(ProtoCursor& parent, Metric& out) {
    constexpr bool kTemporal = kKind != MetricKind::Gauge && kKind != MetricKind::Summary;
    constexpr uint64_t kKnown = kKind == MetricKind::Sum ? fields(1, 2, 3)
                                : kTemporal              ? fields(1, 2)
                                                         : fields(1);
    std::string_view bytes;
    if (!parent.bytes(bytes)) return false;
    out.kind = kKind;
    out.is_monotonic = false;
    out.aggregation_temporality = 0;
    out.data_points = {};
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      if (tag == len(1)) {
        element(in, out.data_points,
                [this](std::string_view b, DataPoint& p) { return point<kKind>(b, p); });
      } else if (kTemporal && tag == var(2)) {
        int32_varint(in, out.aggregation_temporality);
      } else if (kKind == MetricKind::Sum && tag == var(3)) {
        uint64_t v = 0;
        if (in.varint(v)) out.is_monotonic = v != 0;
      } else {
        unknown(in, tag, kKnown);
      }
    }
    return in.ok();
  }

  template <MetricKind kKind>
  bool point(std::string_view bytes, DataPoint& out) {
    if constexpr (kKind == MetricKind::Histogram) return histogram_point(bytes, out);
    if constexpr (kKind == MetricKind::ExponentialHistogram) return exponential_point(bytes, out);
    if constexpr (kKind == MetricKind::Summary) return summary_point(bytes, out);
    return number_point(bytes, out);
  }

  bool number_point(std::string_view bytes, DataPoint& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case f64(2): in.fixed64(out.start_time_unix_nano); break;
        case f64(3): in.fixed64(out.time_unix_nano); break;
        case f64(4): number(in, out.value, false); break;
        case len(5): exemplars(in, out); break;
        case f64(6): number(in, out.value, true); break;
        case len(7): attribute(in, out.attributes); break;
        case var(8): uint32_varint(in, out.flags); break;
        default: unknown(in, tag, fields(2, 3, 4, 5, 6, 7, 8)); break;
      }
    }
    return in.ok();
  }

  bool histogram_point(std::string_view bytes, DataPoint& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case f64(2): in.fixed64(out.start_time_unix_nano); break;
        case f64(3): in.fixed64(out.time_unix_nano); break;
        case f64(4): in.fixed64(out.count); break;
        case f64(5): out.has_sum = real(in, out.sum); break;
        case len(6):
        case f64(6): packed_fixed64(in, tag, out.bucket_counts); break;
        case len(7):
        case f64(7): packed_fixed64(in, tag, out.explicit_bounds); break;
        case len(8): exemplars(in, out); break;
        case len(9): attribute(in, out.attributes); break;
        case var(10): uint32_varint(in, out.flags); break;
        case f64(11): out.has_min = real(in, out.min); break;
        case f64(12): out.has_max = real(in, out.max); break;
        default: unknown(in, tag, fields(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)); break;
      }
    }
    return in.ok();
  }

  bool exponential_point(std::string_view bytes, DataPoint& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case len(1): attribute(in, out.attributes); break;
        case f64(2): in.fixed64(out.start_time_unix_nano); break;
        case f64(3): in.fixed64(out.time_unix_nano); break;
        case f64(4): in.fixed64(out.count); break;
        case f64(5): out.has_sum = real(in, out.sum); break;
        case var(6): sint32(in, out.scale); break;
        case f64(7): in.fixed64(out.zero_count); break;
        case len(8):
          message(in, [&](std::string_view b) { return buckets(b, out.positive); });
          break;
        case len(9):
          message(in, [&](std::string_view b) { return buckets(b, out.negative); });
          break;
        case var(10): uint32_varint(in, out.flags); break;
        case len(11): exemplars(in, out); break;
        case f64(12): out.has_min = real(in, out.min); break;
        case f64(13): out.has_max = real(in, out.max); break;
        case f64(14): real(in, out.zero_threshold); break;
        default: unknown(in, tag, fields(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)); break;
      }
    }
    return in.ok();
  }

  bool buckets(std::string_view bytes, Buckets& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case var(1): sint32(in, out.offset); break;
        case len(2):
        case var(2): packed_varint(in, tag, out.bucket_counts); break;
        default: unknown(in, tag, fields(1, 2)); break;
      }
    }
    return in.ok();
  }

  bool summary_point(std::string_view bytes, DataPoint& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case f64(2): in.fixed64(out.start_time_unix_nano); break;
        case f64(3): in.fixed64(out.time_unix_nano); break;
        case f64(4): in.fixed64(out.count); break;
        case f64(5): out.has_sum = real(in, out.sum); break;
        case len(6):
          element(in, out.quantile_values,
                  [this](auto b, QuantileValue& q) { return quantile(b, q); });
          break;
        case len(7): attribute(in, out.attributes); break;
        case var(8): uint32_varint(in, out.flags); break;
        default: unknown(in, tag, fields(2, 3, 4, 5, 6, 7, 8)); break;
      }
    }
    return in.ok();
  }

  bool quantile(std::string_view bytes, QuantileValue& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case f64(1): real(in, out.quantile); break;
        case f64(2): real(in, out.value); break;
        default: unknown(in, tag, fields(1, 2)); break;
      }
    }
    return in.ok();
  }

  bool exemplars(ProtoCursor& in, DataPoint& out) {
    return element(in, out.exemplars,
                   [this](std::string_view b, Exemplar& e) { return exemplar(b, e); });
  }

  bool exemplar(std::string_view bytes, Exemplar& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case f64(2): in.fixed64(out.time_unix_nano); break;
        case f64(3): number(in, out.value, false); break;
        case len(4): id(in, out.span_id); break;
        case len(5): id(in, out.trace_id); break;
        case f64(6): number(in, out.value, true); break;
        case len(7): attribute(in, out.filtered_attributes); break;
        default: unknown(in, tag, fields(2, 3, 4, 5, 6, 7)); break;
      }
    }
    return in.ok();
  }
};

}  // namespace

Status decode_protobuf(std::string_view body, Arena& arena, MetricsRequest& out) {
  return MetricsDecoder(arena).run(body, out);
}

}  // namespace sluice::otlp
