#include "otlp/json_fields.h"

#include <array>
#include <cstddef>

namespace sluice::otlp {
namespace {

struct Spelling {
  std::string_view proto_name;
  JsonField field;
};

constexpr Spelling kSpellings[] = {
    {"aggregation_temporality", JsonField::AggregationTemporality},
    {"array_value", JsonField::ArrayValue},
    {"as_double", JsonField::AsDouble},
    {"as_int", JsonField::AsInt},
    {"attributes", JsonField::AttributeList},
    {"body", JsonField::Body},
    {"bool_value", JsonField::BoolValue},
    {"bucket_counts", JsonField::BucketCounts},
    {"bytes_value", JsonField::BytesValue},
    {"code", JsonField::Code},
    {"count", JsonField::Count},
    {"data_points", JsonField::DataPoints},
    {"deprecated_scope_logs", JsonField::DeprecatedScopeLogs},
    {"deprecated_scope_metrics", JsonField::DeprecatedScopeMetrics},
    {"deprecated_scope_spans", JsonField::DeprecatedScopeSpans},
    {"description", JsonField::Description},
    {"description_keys", JsonField::DescriptionKeys},
    {"double_value", JsonField::DoubleValue},
    {"dropped_attributes_count", JsonField::DroppedAttributesCount},
    {"dropped_events_count", JsonField::DroppedEventsCount},
    {"dropped_links_count", JsonField::DroppedLinksCount},
    {"end_time_unix_nano", JsonField::EndTimeUnixNano},
    {"entity_refs", JsonField::EntityRefs},
    {"event_name", JsonField::EventName},
    {"events", JsonField::Events},
    {"exemplars", JsonField::Exemplars},
    {"explicit_bounds", JsonField::ExplicitBounds},
    {"exponential_histogram", JsonField::ExponentialHistogram},
    {"filtered_attributes", JsonField::FilteredAttributes},
    {"flags", JsonField::Flags},
    {"gauge", JsonField::Gauge},
    {"histogram", JsonField::Histogram},
    {"id_keys", JsonField::IdKeys},
    {"int_value", JsonField::IntValue},
    {"is_monotonic", JsonField::IsMonotonic},
    {"key", JsonField::Key},
    {"key_strindex", JsonField::KeyStrindex},
    {"kind", JsonField::Kind},
    {"kvlist_value", JsonField::KvlistValue},
    {"links", JsonField::Links},
    {"log_records", JsonField::LogRecords},
    {"max", JsonField::Max},
    {"message", JsonField::Message},
    {"metadata", JsonField::Metadata},
    {"metrics", JsonField::Metrics},
    {"min", JsonField::Min},
    {"name", JsonField::Name},
    {"negative", JsonField::Negative},
    {"observed_time_unix_nano", JsonField::ObservedTimeUnixNano},
    {"offset", JsonField::Offset},
    {"parent_span_id", JsonField::ParentSpanId},
    {"positive", JsonField::Positive},
    {"quantile", JsonField::Quantile},
    {"quantile_values", JsonField::QuantileValues},
    {"resource", JsonField::Resource},
    {"resource_logs", JsonField::ResourceLogs},
    {"resource_metrics", JsonField::ResourceMetrics},
    {"resource_spans", JsonField::ResourceSpans},
    {"scale", JsonField::Scale},
    {"schema_url", JsonField::SchemaUrl},
    {"scope", JsonField::Scope},
    {"scope_logs", JsonField::ScopeLogs},
    {"scope_metrics", JsonField::ScopeMetrics},
    {"scope_spans", JsonField::ScopeSpans},
    {"severity_number", JsonField::SeverityNumber},
    {"severity_text", JsonField::SeverityText},
    {"span_id", JsonField::SpanIdHex},
    {"spans", JsonField::Spans},
    {"start_time_unix_nano", JsonField::StartTimeUnixNano},
    {"status", JsonField::Status},
    {"string_value", JsonField::StringValue},
    {"string_value_strindex", JsonField::StringValueStrindex},
    {"sum", JsonField::Sum},
    {"summary", JsonField::Summary},
    {"time_unix_nano", JsonField::TimeUnixNano},
    {"trace_id", JsonField::TraceIdHex},
    {"trace_state", JsonField::TraceState},
    {"type", JsonField::Type},
    {"unit", JsonField::Unit},
    {"value", JsonField::Value},
    {"values", JsonField::Values},
    {"version", JsonField::Version},
    {"zero_count", JsonField::ZeroCount},
    {"zero_threshold", JsonField::ZeroThreshold},
};
static_assert(std::size(kSpellings) == static_cast<size_t>(JsonField::ZeroThreshold));

constexpr size_t kNameMax = 24;

constexpr uint64_t load(const char* at, size_t size) {
  uint64_t word = 0;
  for (size_t i = 0; i < size; ++i) word |= uint64_t{static_cast<uint8_t>(at[i])} << (8 * i);
  return word;
}

/// All the bytes of a name of up to kNameMax bytes as three numbers, so that comparing and hashing
/// need no loop.
struct Words {
  uint64_t first = 0;
  uint64_t middle = 0;
  uint64_t last = 0;

  /// REQUIRES: 1 <= name.size() <= kNameMax.
  explicit constexpr Words(std::string_view name) {
    const char* at = name.data();
    const size_t size = name.size();
    if (size >= 8) {
      first = load(at, 8);
      if (size > 16) middle = load(at + 8, 8);
      last = load(at + size - 8, 8);
    } else if (size >= 4) {
      first = load(at, 4);
      last = load(at + size - 4, 4);
    } else {
      first = load(at, 1) | load(at + size / 2, 1) << 8 | load(at + size - 1, 1) << 16;
    }
  }

  constexpr size_t hash(size_t size) const {
    constexpr uint64_t kMixA =
        0x9e3779b97f4a7c15;  // odd numbers without pattern, from the golden ratio and pi
    constexpr uint64_t kMixB = 0x243f6a8885a308d3;
    return ((first * kMixA) ^ (last * kMixB) ^ size * kMixB) >> 55;
  }

  friend constexpr bool operator==(const Words&, const Words&) = default;
};

/// A hash table with open addressing, made by the compiler. A key that is not found meets a free
/// slot soon.
class Table {
 public:
  constexpr Table() {
    for (const Spelling& spelling : kSpellings) {
      add(spelling.proto_name, spelling.field);
      char json_name[kNameMax] = {};
      size_t size = 0;
      bool upper = false;
      for (const char c : spelling.proto_name) {
        if (c != '_') json_name[size++] = upper ? static_cast<char>(c - 'a' + 'A') : c;
        upper = c == '_';
      }
      if (size != spelling.proto_name.size()) add({json_name, size}, spelling.field);
    }
  }

  JsonField find(std::string_view name) const {
    if (name.empty() || name.size() > kNameMax) return JsonField::Unknown;
    const Words words(name);
    for (size_t i = words.hash(name.size());; i = (i + 1) % kSlots) {
      const Slot& slot = slots_[i];
      if (slot.size == name.size() && slot.words == words) return slot.field;
      if (slot.size == 0) return JsonField::Unknown;
    }
  }

 private:
  static constexpr size_t kSlots = 512;

  struct Slot {
    Words words{"-"};
    uint8_t size = 0;  // of the name; 0 for a free slot
    JsonField field = JsonField::Unknown;
  };

  constexpr void add(std::string_view name, JsonField field) {
    const Words words(name);
    size_t i = words.hash(name.size());
    while (slots_[i].size != 0) i = (i + 1) % kSlots;
    slots_[i].words = words;
    slots_[i].size = static_cast<uint8_t>(name.size());
    slots_[i].field = field;
  }

  std::array<Slot, kSlots> slots_{};
};

constexpr Table kTable;

}  // namespace

JsonField find_json_field(std::string_view name) { return kTable.find(name); }

}  // namespace sluice::otlp
