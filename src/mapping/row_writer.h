#pragma once

// What rows of all tables are written with. Private to the mapper.

#include <string>
#include <string_view>
#include <utility>

#include "mapping/attribute_keys.h"
#include "mapping/blocks.h"
#include "mapping/tables.h"
#include "mapping/value_text.h"
#include "wire/hex.h"

namespace sluice::mapping {

/// Resource and scope stand in every row, the name of a nested attribute in those of its members: a
/// request may grow so far, then its records are refused. A hostile sender could otherwise make
/// terabytes of one large resource attribute and many empty records.
inline constexpr size_t kExpandedBytesMax = size_t{256} << 20;

template <size_t N>
void append_hex(const otlp::Id<N>& id, StringColumn& column) {
  column.append_with([&](Buffer& out) {
    char* to = out.tail(1 + 2 * N);
    *to = static_cast<char>(2 * N);  // its length, one byte
    wire::hex_lower(id.bytes.data(), N, to + 1);
    out.commit(1 + 2 * N);
  });
}

/// Ids of zeros count as absent.
template <size_t N>
void append_id(const otlp::Id<N>& id, StringColumn& column) {
  if (id.empty()) {
    column.append({});
  } else {
    append_hex(id, column);
  }
}

/// Keeps what goes on from row to row. Not thread-safe.
struct RowWriter {
  explicit RowWriter(AttributeType type) : attribute_type(type) {}

  const AttributeType attribute_type;
  ValueText value_text;
  AttributeKeys attribute_keys;
  // Running numbers of the resources and scopes seen, so that a block knows whether its newest row
  // has the same.
  uint64_t resource_serial = 0;
  uint64_t scope_serial = 0;
  size_t expanded_bytes = 0;

  /// The table's open block, made for its first row.
  template <typename BlockType>
  BlockType& open(OpenBlocks& blocks, Table table) const {
    auto& slot = blocks.by_table[static_cast<size_t>(table)];
    if (!slot) slot = make_block(table, attribute_type);
    return static_cast<BlockType&>(*slot);
  }

  void append_attributes(const otlp::Attributes& attributes, MapColumn& column) {
    column.append(
        attributes.size(), [&](uint32_t i) { return attributes[i].key; },
        [&](uint32_t i, Buffer& out) { value_text.append_encoded(attributes[i].value, out); });
  }
  void append_attributes(const otlp::Attributes& attributes, JsonColumn& column) {
    column.append(value_text.json(attributes));
  }
  void append_attributes(const otlp::Attributes& attributes, JsonAttributes& columns) {
    append_attributes(attributes, columns.json);
    expanded_bytes += attribute_keys.append(attributes, columns.keys);
  }

  /// The first attribute of that name.
  void append_service_name(const otlp::Resource& resource, LowCardinalityColumn& column) {
    for (const otlp::KeyValue& kv : resource.attributes) {
      if (kv.key == "service.name") return column.append(value_text.text(kv.value));
    }
    column.append({});
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
            reject(rejects,
                   "what is repeated for each record (the resource's attributes, the names that "
                   "nested attributes stand in) exceeds 256 MiB");
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

  /// Renders the resource's columns that the table has for the first row of a resource, else
  /// repeats the row before.
  template <typename Record, typename BlockType>
  void resource_columns(const otlp::ResourceGroup<Record>& group, BlockType& b) {
    constexpr bool kHasSchemaUrl = requires { b.resource_schema_url; };
    if (b.resource_serial == resource_serial) {
      b.service_name.repeat_last();
      if constexpr (kHasSchemaUrl) b.resource_schema_url.repeat_last();
      b.resource_attributes.repeat_last();
    } else {
      b.resource_serial = resource_serial;
      append_service_name(group.resource, b.service_name);
      if constexpr (kHasSchemaUrl) b.resource_schema_url.append(group.schema_url);
      append_attributes(group.resource.attributes, b.resource_attributes);
    }
    expanded_bytes += b.resource_attributes.last_row_bytes();
  }

  /// The same for the scope.
  template <typename Record, typename BlockType>
  void scope_columns(const otlp::ScopeGroup<Record>& group, BlockType& b) {
    constexpr bool kHasSchemaUrl = requires { b.scope_schema_url; };
    constexpr bool kHasAttributes = requires { b.scope_attributes; };
    constexpr bool kHasDropped = requires { b.scope_dropped_attr_count; };
    if (b.scope_serial == scope_serial) {
      if constexpr (kHasSchemaUrl) b.scope_schema_url.repeat_last();
      b.scope_name.repeat_last();
      b.scope_version.repeat_last();
      if constexpr (kHasAttributes) b.scope_attributes.repeat_last();
      if constexpr (kHasDropped) b.scope_dropped_attr_count.repeat_last();
    } else {
      b.scope_serial = scope_serial;
      if constexpr (kHasSchemaUrl) b.scope_schema_url.append(group.schema_url);
      b.scope_name.append(group.scope.name);
      b.scope_version.append(group.scope.version);
      if constexpr (kHasAttributes) append_attributes(group.scope.attributes, b.scope_attributes);
      if constexpr (kHasDropped)
        b.scope_dropped_attr_count.append(group.scope.dropped_attributes_count);
    }
  }
};

}  // namespace sluice::mapping
