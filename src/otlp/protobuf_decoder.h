#pragma once

// The parts of OTLP/protobuf that all signals share: resources, scopes, attributes and values.
// Field numbers are those of opentelemetry-proto v1. The rules for repeated and wrong fields are
// the OpenTelemetry Collector's, as docs/formats/otlp.md lists them:
//   - a message given twice is merged, the last kind of a oneof replaces, the last scalar counts;
//   - a packed list of fixed64 replaces what came before, packed varints and unpacked elements
//   append;
//   - a known field with a wrong wire type is an error, an unknown field is skipped;
//   - field 1000 of a resource group holds scopes of the time before OTLP 0.15 and counts where
//   field 2 is absent.

#include <algorithm>
#include <string>

#include "otlp/decode.h"
#include "wire/protobuf.h"

namespace sluice::otlp {

using wire::ProtoCursor;
using wire::WireType;

constexpr uint64_t len(uint32_t field) { return wire::proto_tag(field, WireType::Length); }
constexpr uint64_t var(uint32_t field) { return wire::proto_tag(field, WireType::Varint); }
constexpr uint64_t f64(uint32_t field) { return wire::proto_tag(field, WireType::Fixed64); }
constexpr uint64_t f32(uint32_t field) { return wire::proto_tag(field, WireType::Fixed32); }

/// Bits of the field numbers that a message knows, for telling "unknown" from "known, but of a
/// wrong type".
template <typename... Fields>
constexpr uint64_t fields(Fields... numbers) {
  return ((uint64_t{1} << numbers) | ...);
}

/// What the requests of all signals have in common. Derived decodes its records: `bool
/// record(std::string_view, Record&)`. A decoder serves one request.
template <typename Derived>
class ProtobufDecoder {
 public:
  explicit ProtobufDecoder(Arena& arena) : arena_(arena) {}

  template <typename Record>
  Status run(std::string_view body, Request<Record>& out) {
    request(body, out);
    if (error_.what == nullptr) return {};
    std::string where = "cannot decode protobuf at byte " + std::to_string(error_.at - body.data());
    return {too_large_ ? Code::ResourceExhausted : Code::InvalidArgument,
            where + ": " + error_.what};
  }

 protected:
  ProtoCursor cursor(std::string_view bytes) { return {bytes, error_}; }

  static bool unknown(ProtoCursor& in, uint64_t tag, uint64_t known) {
    const uint64_t field = tag >> 3;
    if (field < 64 && (known >> field & 1) != 0)
      return in.fail("a wrong wire type for a known field");
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
    if (bytes.size() != N)
      return in.fail(N == 16 ? "a trace id is not 16 bytes long" : "a span id is not 8 bytes long");
    std::memcpy(out.bytes.data(), bytes.data(), N);
    return true;
  }

  /// Appends one element of a repeated message and decodes it. Memory for the rest is taken at
  /// once, by the size of the elements seen so far.
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
        case var(8): {  // the place of a text in a dictionary that only profiles have
          uint64_t ignored = 0;
          if (in.varint(ignored)) out = Value();
          break;
        }
        default: unknown(in, tag, fields(1, 2, 3, 4, 5, 6, 7, 8)); break;
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
        case var(3): {  // as for values
          uint64_t ignored = 0;
          in.varint(ignored);
          break;
        }
        default: unknown(in, tag, fields(1, 2, 3)); break;
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
        element(in, out.resources,
                [this](std::string_view b, auto& group) { return this->resource_group(b, group); });
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
        case len(1):
          message(in, [&](std::string_view b) { return resource(b, out.resource); });
          break;
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
        case len(2):
          element(in, out.records, [this](std::string_view b, Record& r) {
            return static_cast<Derived*>(this)->record(b, r);
          });
          break;
        case len(3): in.bytes(out.schema_url); break;
        default: unknown(in, tag, fields(1, 2, 3)); break;
      }
    }
    return in.ok();
  }

  Arena& arena_;
  wire::ProtoError error_;
  int depth_ = 0;
  bool too_large_ = false;
};

}  // namespace sluice::otlp
