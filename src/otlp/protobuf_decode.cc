// OTLP from protobuf. Field numbers are those of opentelemetry-proto v1. The rules for repeated and wrong fields are the
// OpenTelemetry Collector's, as docs/formats/otlp.md lists them:
//   - a message given twice is merged, the last kind of a oneof replaces, the last scalar counts;
//   - a packed list of fixed64 replaces what came before, packed varints and unpacked elements append;
//   - a known field with a wrong wire type is an error, an unknown field is skipped;
//   - field 1000 of a resource group holds scopes of the time before OTLP 0.15 and counts where field 2 is absent.

#include "otlp/decode.h"

#include <algorithm>
#include <string>

#include "wire/protobuf.h"

namespace sluice::otlp {
namespace {

using wire::ProtoCursor;
using wire::WireType;

constexpr uint64_t len(uint32_t field) { return wire::proto_tag(field, WireType::Length); }
constexpr uint64_t var(uint32_t field) { return wire::proto_tag(field, WireType::Varint); }
constexpr uint64_t f64(uint32_t field) { return wire::proto_tag(field, WireType::Fixed64); }
constexpr uint64_t f32(uint32_t field) { return wire::proto_tag(field, WireType::Fixed32); }

/// Bits of the field numbers that a message knows, for telling "unknown" from "known, but of a wrong type".
template <typename... Fields>
constexpr uint64_t fields(Fields... numbers) {
  return ((uint64_t{1} << numbers) | ...);
}

class Decoder {
 public:
  explicit Decoder(Arena& arena) : arena_(arena) {}

  template <typename Record>
  Status run(std::string_view body, Request<Record>& out) {
    request(body, out);
    if (error_.what == nullptr) return {};
    std::string where = "cannot decode protobuf at byte " + std::to_string(error_.at - body.data());
    return {too_large_ ? Code::ResourceExhausted : Code::InvalidArgument, where + ": " + error_.what};
  }

 private:
  ProtoCursor cursor(std::string_view bytes) { return {bytes, error_}; }

  static bool unknown(ProtoCursor& in, uint64_t tag, uint64_t known) {
    const uint64_t field = tag >> 3;
    if (field < 64 && (known >> field & 1) != 0) return in.fail("a wrong wire type for a known field");
    return in.skip(tag);
  }

  bool within_limit(ProtoCursor& in) {
    if (arena_.capacity_bytes() <= kDecodedBytesMax) return true;
    too_large_ = true;
    return in.fail("the request decodes to more than 256 MiB");
  }

  static bool uint32_varint(ProtoCursor& in, uint32_t& value) {
    uint64_t wide = 0;
    if (!in.varint(wide)) return false;
    value = static_cast<uint32_t>(wide);
    return true;
  }
  static bool int32_varint(ProtoCursor& in, int32_t& value) {
    uint64_t wide = 0;
    if (!in.varint(wide)) return false;
    value = static_cast<int32_t>(static_cast<uint32_t>(wide));
    return true;
  }
  static bool sint32(ProtoCursor& in, int32_t& value) {  // zigzag
    uint64_t wide = 0;
    if (!in.varint(wide)) return false;
    const auto low = static_cast<uint32_t>(wide);
    value = static_cast<int32_t>((low >> 1) ^ (~(low & 1) + 1));
    return true;
  }
  static bool real(ProtoCursor& in, double& value) {
    uint64_t bits = 0;
    if (!in.fixed64(bits)) return false;
    std::memcpy(&value, &bits, sizeof value);
    return true;
  }

  template <size_t N>
  static bool id(ProtoCursor& in, Id<N>& out) {
    std::string_view bytes;
    if (!in.bytes(bytes)) return false;
    if (bytes.empty()) {
      out = {};
      return true;
    }
    if (bytes.size() != N) return in.fail(N == 16 ? "a trace id is not 16 bytes long" : "a span id is not 8 bytes long");
    std::memcpy(out.bytes.data(), bytes.data(), N);
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

  /// Appends one element of a repeated message and decodes it. Memory for the rest is taken at once, by the size of the
  /// elements seen so far.
  template <typename T, typename Decode>
  bool element(ProtoCursor& in, ArenaVector<T>& out, Decode decode) {
    std::string_view bytes;
    if (!in.bytes(bytes)) return false;
    if (out.size() == 1) {
      const size_t more = in.remaining() / (bytes.size() + 2) + 2;
      out.reserve(arena_, static_cast<uint32_t>(std::min<size_t>(more + 1, kReserveMax)));
    }
    return decode(bytes, out.emplace_back(arena_)) && within_limit(in);
  }
  static constexpr size_t kReserveMax = 16384;

  template <typename Decode>
  bool message(ProtoCursor& in, Decode decode) {
    std::string_view bytes;
    return in.bytes(bytes) && decode(bytes);
  }

  bool value(std::string_view bytes, Value& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case len(1): {
          std::string_view s;
          if (in.bytes(s)) out = Value::string(s);
          break;
        }
        case var(2): {
          uint64_t v = 0;
          if (in.varint(v)) out = Value::boolean(v != 0);
          break;
        }
        case var(3): {
          uint64_t v = 0;
          if (in.varint(v)) out = Value::integer(static_cast<int64_t>(v));
          break;
        }
        case f64(4): {
          double v = 0;
          if (real(in, v)) out = Value::real(v);
          break;
        }
        case len(5): nested(in, [&](std::string_view b) { return array(b, out); }); break;
        case len(6): nested(in, [&](std::string_view b) { return map(b, out); }); break;
        case len(7): {
          std::string_view s;
          if (in.bytes(s)) out = Value::bytes(s);
          break;
        }
        default: unknown(in, tag, fields(1, 2, 3, 4, 5, 6, 7)); break;
      }
    }
    return in.ok();
  }

  template <typename Decode>
  bool nested(ProtoCursor& in, Decode decode) {
    if (depth_ == kDepthMax) return in.fail("values are nested too deeply");
    ++depth_;
    const bool ok = message(in, decode);
    --depth_;
    return ok;
  }

  bool array(std::string_view bytes, Value& out) {
    ArenaVector<Value> elements;
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      if (tag == len(1)) {
        element(in, elements, [this](std::string_view b, Value& v) { return value(b, v); });
      } else {
        unknown(in, tag, fields(1));
      }
    }
    out = Value::array(elements.data(), elements.size());
    return in.ok();
  }

  bool map(std::string_view bytes, Value& out) {
    Attributes members;
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      if (tag == len(1)) {
        attribute(in, members);
      } else {
        unknown(in, tag, fields(1));
      }
    }
    out = Value::map(members.data(), members.size());
    return in.ok();
  }

  bool attribute(ProtoCursor& in, Attributes& out) {
    return element(in, out, [this](std::string_view b, KeyValue& kv) { return key_value(b, kv); });
  }

  bool key_value(std::string_view bytes, KeyValue& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case len(1): in.bytes(out.key); break;
        case len(2): message(in, [&](std::string_view b) { return value(b, out.value); }); break;
        default: unknown(in, tag, fields(1, 2)); break;
      }
    }
    return in.ok();
  }

  bool resource(std::string_view bytes, Resource& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case len(1): attribute(in, out.attributes); break;
        case var(2): uint32_varint(in, out.dropped_attributes_count); break;
        case len(3): message(in, [&](std::string_view b) { return entity_ref(b); }); break;
        default: unknown(in, tag, fields(1, 2, 3)); break;
      }
    }
    return in.ok();
  }

  /// Checked and forgotten: no table has a place for it.
  bool entity_ref(std::string_view bytes) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      std::string_view ignored;
      if (tag == len(1) || tag == len(2) || tag == len(3) || tag == len(4)) {
        in.bytes(ignored);
      } else {
        unknown(in, tag, fields(1, 2, 3, 4));
      }
    }
    return in.ok();
  }

  bool scope(std::string_view bytes, Scope& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case len(1): in.bytes(out.name); break;
        case len(2): in.bytes(out.version); break;
        case len(3): attribute(in, out.attributes); break;
        case var(4): uint32_varint(in, out.dropped_attributes_count); break;
        default: unknown(in, tag, fields(1, 2, 3, 4)); break;
      }
    }
    return in.ok();
  }

  template <typename Record>
  bool request(std::string_view bytes, Request<Record>& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      if (tag == len(1)) {
        element(in, out.resources, [this](std::string_view b, auto& group) { return this->resource_group(b, group); });
      } else {
        unknown(in, tag, fields(1));
      }
    }
    return in.ok();
  }

  template <typename Record>
  bool resource_group(std::string_view bytes, ResourceGroup<Record>& out) {
    ArenaVector<ScopeGroup<Record>> deprecated;
    auto scopes = [this](std::string_view b, auto& group) { return this->scope_group(b, group); };
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case len(1): message(in, [&](std::string_view b) { return resource(b, out.resource); }); break;
        case len(2): element(in, out.scopes, scopes); break;
        case len(3): in.bytes(out.schema_url); break;
        case len(1000): element(in, deprecated, scopes); break;
        default:
          if (tag >> 3 == 1000) {
            in.fail("a wrong wire type for a known field");
          } else {
            unknown(in, tag, fields(1, 2, 3));
          }
      }
    }
    if (out.scopes.empty()) out.scopes = deprecated;
    return in.ok();
  }

  template <typename Record>
  bool scope_group(std::string_view bytes, ScopeGroup<Record>& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case len(1): message(in, [&](std::string_view b) { return scope(b, out.scope); }); break;
        case len(2): element(in, out.records, [this](std::string_view b, Record& r) { return record(b, r); }); break;
        case len(3): in.bytes(out.schema_url); break;
        default: unknown(in, tag, fields(1, 2, 3)); break;
      }
    }
    return in.ok();
  }

  bool record(std::string_view bytes, LogRecord& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case f64(1): in.fixed64(out.time_unix_nano); break;
        case var(2): int32_varint(in, out.severity_number); break;
        case len(3): in.bytes(out.severity_text); break;
        case len(5): message(in, [&](std::string_view b) { return value(b, out.body); }); break;
        case len(6): attribute(in, out.attributes); break;
        case var(7): uint32_varint(in, out.dropped_attributes_count); break;
        case f32(8): in.fixed32(out.flags); break;
        case len(9): id(in, out.trace_id); break;
        case len(10): id(in, out.span_id); break;
        case f64(11): in.fixed64(out.observed_time_unix_nano); break;
        case len(12): in.bytes(out.event_name); break;
        default: unknown(in, tag, fields(1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12)); break;
      }
    }
    return in.ok();
  }

  bool record(std::string_view bytes, Span& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case len(1): id(in, out.trace_id); break;
        case len(2): id(in, out.span_id); break;
        case len(3): in.bytes(out.trace_state); break;
        case len(4): id(in, out.parent_span_id); break;
        case len(5): in.bytes(out.name); break;
        case var(6): int32_varint(in, out.kind); break;
        case f64(7): in.fixed64(out.start_time_unix_nano); break;
        case f64(8): in.fixed64(out.end_time_unix_nano); break;
        case len(9): attribute(in, out.attributes); break;
        case var(10): uint32_varint(in, out.dropped_attributes_count); break;
        case len(11): element(in, out.events, [this](auto b, SpanEvent& e) { return event(b, e); }); break;
        case var(12): uint32_varint(in, out.dropped_events_count); break;
        case len(13): element(in, out.links, [this](auto b, SpanLink& l) { return link(b, l); }); break;
        case var(14): uint32_varint(in, out.dropped_links_count); break;
        case len(15): message(in, [&](std::string_view b) { return status(b, out.status); }); break;
        case f32(16): in.fixed32(out.flags); break;
        default: unknown(in, tag, fields(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)); break;
      }
    }
    return in.ok();
  }

  bool event(std::string_view bytes, SpanEvent& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case f64(1): in.fixed64(out.time_unix_nano); break;
        case len(2): in.bytes(out.name); break;
        case len(3): attribute(in, out.attributes); break;
        case var(4): uint32_varint(in, out.dropped_attributes_count); break;
        default: unknown(in, tag, fields(1, 2, 3, 4)); break;
      }
    }
    return in.ok();
  }

  bool link(std::string_view bytes, SpanLink& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case len(1): id(in, out.trace_id); break;
        case len(2): id(in, out.span_id); break;
        case len(3): in.bytes(out.trace_state); break;
        case len(4): attribute(in, out.attributes); break;
        case var(5): uint32_varint(in, out.dropped_attributes_count); break;
        case f32(6): in.fixed32(out.flags); break;
        default: unknown(in, tag, fields(1, 2, 3, 4, 5, 6)); break;
      }
    }
    return in.ok();
  }

  bool status(std::string_view bytes, SpanStatus& out) {
    ProtoCursor in = cursor(bytes);
    uint64_t tag = 0;
    while (in.next(tag)) {
      switch (tag) {
        case len(2): in.bytes(out.message); break;
        case var(3): int32_varint(in, out.code); break;
        default: unknown(in, tag, fields(2, 3)); break;
      }
    }
    return in.ok();
  }

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

  /// Gauge, Sum, Histogram, ExponentialHistogram or Summary: they share their field numbers. Replaces what the oneof held.
  template <MetricKind kKind>
  bool data(ProtoCursor& parent, Metric& out) {
    constexpr bool kTemporal = kKind != MetricKind::Gauge && kKind != MetricKind::Summary;
    constexpr uint64_t kKnown = kKind == MetricKind::Sum ? fields(1, 2, 3) : kTemporal ? fields(1, 2) : fields(1);
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
        element(in, out.data_points, [this](std::string_view b, DataPoint& p) { return point<kKind>(b, p); });
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
        case f64(5): real(in, out.sum); break;
        case len(6):
        case f64(6): packed_fixed64(in, tag, out.bucket_counts); break;
        case len(7):
        case f64(7): packed_fixed64(in, tag, out.explicit_bounds); break;
        case len(8): exemplars(in, out); break;
        case len(9): attribute(in, out.attributes); break;
        case var(10): uint32_varint(in, out.flags); break;
        case f64(11): real(in, out.min); break;
        case f64(12): real(in, out.max); break;
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
        case f64(5): real(in, out.sum); break;
        case var(6): sint32(in, out.scale); break;
        case f64(7): in.fixed64(out.zero_count); break;
        case len(8): message(in, [&](std::string_view b) { return buckets(b, out.positive); }); break;
        case len(9): message(in, [&](std::string_view b) { return buckets(b, out.negative); }); break;
        case var(10): uint32_varint(in, out.flags); break;
        case len(11): exemplars(in, out); break;
        case f64(12): real(in, out.min); break;
        case f64(13): real(in, out.max); break;
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
        case f64(5): real(in, out.sum); break;
        case len(6): element(in, out.quantile_values, [this](auto b, QuantileValue& q) { return quantile(b, q); }); break;
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
    return element(in, out.exemplars, [this](std::string_view b, Exemplar& e) { return exemplar(b, e); });
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

  Arena& arena_;
  wire::ProtoError error_;
  int depth_ = 0;
  bool too_large_ = false;
};

}  // namespace

Status decode_protobuf(std::string_view body, Arena& arena, LogsRequest& out) {
  return Decoder(arena).run(body, out);
}
Status decode_protobuf(std::string_view body, Arena& arena, TracesRequest& out) {
  return Decoder(arena).run(body, out);
}
Status decode_protobuf(std::string_view body, Arena& arena, MetricsRequest& out) {
  return Decoder(arena).run(body, out);
}

}  // namespace sluice::otlp
