#pragma once

// What the JSON decoders of the three signals share. Internal to otlp/: others call decode_json()
// of decode.h.
//
// The rules for what is given twice or unknown are the OpenTelemetry Collector's, as
// docs/formats/otlp.md lists them: a message is merged, a list appended to, the last scalar and the
// last kind of a oneof count, unknown members are skipped. How values may be written is in
// wire/json_reader.h.

#include <string_view>

#include "base/arena.h"
#include "base/status.h"
#include "otlp/json_fields.h"
#include "otlp/records.h"
#include "wire/json_reader.h"

namespace sluice::otlp {

/// What a signal's lists are called.
struct JsonListNames {
  JsonField resources;
  JsonField scopes;
  JsonField deprecated_scopes;  ///< the name of the time before OTLP 0.15; counts where the other
                                ///< list is empty
  JsonField records;
};

/// Reads the messages that all signals have. Errors stick in the reader, so nothing here returns
/// one.
class JsonDecoder {
 public:
  JsonDecoder(std::string_view body, Arena& arena) : in_(body, arena), arena_(arena) {}

 protected:
  /// A whole request. `record` reads one record.
  template <typename Record, typename ReadRecord>
  Status request(const JsonListNames& names, Request<Record>& out, ReadRecord record) {
    message([&](JsonField field) {
      if (field != names.resources) return unknown();
      list(out.resources,
           [&](ResourceGroup<Record>& group) { resource_group(names, group, record); });
    });
    return status();
  }

  /// An object's members, or none for null. `on_field` reads or skips one member's value.
  template <typename OnField>
  void message(OnField on_field) {
    for (bool more = in_.begin_object(); more; more = in_.next_member()) {
      on_field(find_json_field(in_.key()));
    }
  }

  /// Appends an array's elements, or nothing for null.
  template <typename T, typename Read>
  void list(ArenaVector<T>& out, Read read) {
    for (bool more = in_.begin_array(); more; more = in_.next_element()) {
      read(out.emplace_back(arena_));
      check_size();
    }
  }

  void unknown() { in_.skip(); }
  void attributes(Attributes& out);
  void value(Value& out);

  /// 2 * N hex digits, or none for "no id".
  template <size_t N>
  void id(Id<N>& out) {
    out = {};
    id_bytes(out.bytes.data(), N);
  }

  wire::JsonReader& in() { return in_; }

 private:
  template <typename Record, typename ReadRecord>
  void resource_group(const JsonListNames& names, ResourceGroup<Record>& out, ReadRecord record) {
    auto scopes = [&](ScopeGroup<Record>& group) { scope_group(names, group, record); };
    ArenaVector<ScopeGroup<Record>> deprecated;
    message([&](JsonField field) {
      if (field == JsonField::Resource) return resource(out.resource);
      if (field == names.scopes) return list(out.scopes, scopes);
      if (field == names.deprecated_scopes) return list(deprecated, scopes);
      if (field != JsonField::SchemaUrl) return unknown();
      in_.string(out.schema_url);
    });
    if (out.scopes.empty()) out.scopes = deprecated;
  }

  template <typename Record, typename ReadRecord>
  void scope_group(const JsonListNames& names, ScopeGroup<Record>& out, ReadRecord record) {
    message([&](JsonField field) {
      if (field == JsonField::Scope) return scope(out.scope);
      if (field == names.records) return list(out.records, record);
      if (field != JsonField::SchemaUrl) return unknown();
      in_.string(out.schema_url);
    });
  }

  void check_size();
  Status status() const;
  void id_bytes(uint8_t* out, size_t size);
  void key_value(KeyValue& out);
  void value_kind(JsonField field, Value& out);
  void array(Value& out);
  void map(Value& out);
  void resource(Resource& out);
  void entity_refs();
  void scope(Scope& out);

  /// Bounds the recursion, which only values inside values do.
  bool enter();
  void leave() { --depth_; }

  wire::JsonReader in_;
  Arena& arena_;
  int depth_ = 0;
  bool too_large_ = false;
};

}  // namespace sluice::otlp
