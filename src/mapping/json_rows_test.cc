// Rows with attributes as JSON, on random requests: what stands in JSON columns must be what plain
// code makes of the attributes, and every other column what the mapper of maps has there.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "mapping/tables.h"
#include "testing/native_reader.h"
#include "testing/random_records.h"
#include "wire/base64.h"
#include "wire/number_format.h"

namespace sluice::mapping {
namespace {

using otlp::Attributes;
using otlp::KeyValue;
using otlp::Value;
using otlp::ValueKind;

std::string reference_string(std::string_view text) {
  std::string out = "\"";
  const std::map<char, std::string> escapes = {{'"', "\\\""}, {'\\', "\\\\"}, {'\b', "\\b"},
                                               {'\f', "\\f"}, {'\n', "\\n"},  {'\r', "\\r"},
                                               {'\t', "\\t"}};
  while (!text.empty()) {
    const utf8::Rune rune = utf8::decode(text);
    if (!rune.valid) {
      out += "\\ufffd";
    } else if (rune.value == 0x2028) {
      out += "\\u2028";
    } else if (const auto escape = escapes.find(text[0]); escape != escapes.end()) {
      out += escape->second;
    } else if (rune.value < 0x20) {
      char hex[8];
      std::snprintf(hex, sizeof hex, "\\u%04x", static_cast<unsigned>(rune.value));
      out += hex;
    } else {
      out += text.substr(0, rune.size);
    }
    text.remove_prefix(rune.size);
  }
  return out + "\"";
}

std::string reference_double(double d) {
  char text[wire::kNumberTextMax];
  const std::string plain(text, wire::format_double(d, text));
  if (!std::isfinite(d)) return "\"" + plain + "\"";
  return plain.find_first_of(".e") == std::string::npos ? plain + ".0" : plain;
}

std::string reference_map(const KeyValue* members, uint32_t count);

std::string reference_json(const Value& v) {
  Buffer base64;
  switch (v.kind) {
    case ValueKind::None: return "null";
    case ValueKind::Bool: return v.bool_value ? "true" : "false";
    case ValueKind::Int: return std::to_string(v.int_value);
    case ValueKind::Double: return reference_double(v.double_value);
    case ValueKind::String: return reference_string(v.view());
    case ValueKind::Bytes:
      if (v.size == 0) return "null";
      wire::append_base64(v.view(), base64);
      return "\"" + std::string(base64.view()) + "\"";
    case ValueKind::Map: return reference_map(v.members, v.size);
    case ValueKind::Array: break;
  }
  std::string out;
  for (uint32_t i = 0; i < v.size; ++i)
    out += (out.empty() ? "" : ",") + reference_json(v.elements[i]);
  return "[" + out + "]";
}

std::string reference_map(const KeyValue* members, uint32_t count) {
  std::map<std::string, std::string> last;
  for (uint32_t i = 0; i < count; ++i)
    last[std::string(members[i].key)] = reference_json(members[i].value);
  std::string out;
  for (const auto& [key, json] : last)
    out += (out.empty() ? "" : ",") + reference_string(key) + ":" + json;
  return "{" + out + "}";
}

std::string reference_json(const Attributes& attributes) {
  return reference_map(attributes.data(), attributes.size());
}

void collect(const std::string& outer, const KeyValue* members, uint32_t count,
             std::set<std::string>& names) {
  for (uint32_t i = 0; i < count; ++i) {
    const std::string key(members[i].key);
    const std::string name = outer.empty() ? key : outer + "." + key;
    if (members[i].value.kind == ValueKind::Map) {
      collect(name, members[i].value.members, members[i].value.size, names);
    } else {
      names.insert(name);
    }
  }
}

template <typename List>
std::string join(const List& list,
                 const std::function<std::string(typename List::value_type)>& text) {
  std::string out;
  bool first = true;
  for (const auto& one : list) {
    out += (first ? "" : ",") + text(one);
    first = false;
  }
  return "[" + out + "]";
}

std::string reference_keys(const Attributes& attributes) {
  std::set<std::string> names;
  collect("", attributes.data(), attributes.size(), names);
  return join(names, [](const std::string& name) { return name; });
}

template <typename List>
std::string reference_jsons(const List& list) {
  std::vector<std::string> all;
  for (const auto& one : list) all.push_back(reference_json(one.attributes));
  return join(all, [](const std::string& json) { return json; });
}

using Row = std::map<std::string, std::string>;

/// Name and text of the attribute columns of a record.
template <typename Record>
Row reference_row(const otlp::Resource& resource, const otlp::Scope& scope, const Record& record) {
  Row row = {{"ResourceAttributes", reference_json(resource.attributes)},
             {"ResourceAttributesKeys", reference_keys(resource.attributes)}};
  if constexpr (std::is_same_v<Record, otlp::LogRecord>) {
    row["ScopeAttributes"] = reference_json(scope.attributes);
    row["ScopeAttributesKeys"] = reference_keys(scope.attributes);
    row["LogAttributes"] = reference_json(record.attributes);
    row["LogAttributesKeys"] = reference_keys(record.attributes);
  } else {
    row["SpanAttributes"] = reference_json(record.attributes);
    row["SpanAttributesKeys"] = reference_keys(record.attributes);
    row["Events.Attributes"] = reference_jsons(record.events);
    row["Links.Attributes"] = reference_jsons(record.links);
  }
  return row;
}

void map(Mapper& mapper, const otlp::LogsRequest& request, Table table, OpenBlocks& blocks) {
  Rejects rejects;
  mapper.map(request, table, blocks, rejects);
}
void map(Mapper& mapper, const otlp::TracesRequest& request, Table, OpenBlocks& blocks) {
  Rejects rejects;
  mapper.map(request, blocks, rejects);
}

std::vector<Row> rows_of(const OpenBlocks& blocks, Table table) {
  std::vector<uint32_t> order(blocks.rows(table));
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::vector<Row> rows;
  if (order.empty()) return rows;
  Buffer bytes;
  blocks.by_table[static_cast<size_t>(table)]->append_to(order, bytes);
  for (const testing::NativeBlock& block : testing::read_native(bytes.view())) {
    for (size_t i = 0; i < block.rows(); ++i) rows.push_back(block.row(i));
  }
  return rows;
}

template <typename Request>
void compare(Table table) {
  Mapper as_json(AttributeType::Json);
  Mapper as_map;
  OpenBlocks json_blocks;
  OpenBlocks map_blocks;
  std::vector<Row> expected;
  Arena arena;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    Request request;
    testing::fill_at_random(seed, arena, request);
    map(as_json, request, table, json_blocks);
    map(as_map, request, table, map_blocks);
    for (const auto& rg : request.resources) {
      for (const auto& sg : rg.scopes) {
        for (const auto& record : sg.records)
          expected.push_back(reference_row(rg.resource, sg.scope, record));
      }
    }
  }
  const std::vector<Row> got = rows_of(json_blocks, table);
  const std::vector<Row> maps = rows_of(map_blocks, table);
  ASSERT_GT(expected.size(), 1000U);
  ASSERT_EQ(got.size(), expected.size());
  ASSERT_EQ(maps.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    for (const auto& [column, text] : got[i]) {
      const auto attributes = expected[i].find(column);
      if (column == "EventName" && table == Table::Sessions) continue;  // not in those of maps
      ASSERT_EQ(text, attributes != expected[i].end() ? attributes->second : maps[i].at(column))
          << column << ", row " << i;
    }
    for (const auto& [column, text] : expected[i]) ASSERT_EQ(got[i].count(column), 1U) << column;
    for (const auto& [column, text] : maps[i]) ASSERT_EQ(got[i].count(column), 1U) << column;
  }
}

TEST(JsonRows, LogsAgainstReference) { compare<otlp::LogsRequest>(Table::Logs); }
TEST(JsonRows, SessionsAgainstReference) { compare<otlp::LogsRequest>(Table::Sessions); }
TEST(JsonRows, TracesAgainstReference) { compare<otlp::TracesRequest>(Table::Traces); }

TEST(JsonRows, MetricsStayMaps) {
  EXPECT_EQ(insert_columns(Table::Gauge, AttributeType::Json), insert_columns(Table::Gauge));
}

TEST(JsonRows, NamesThatGrowBeyondAllBoundsAreRefused) {
  Arena arena;
  otlp::LogsRequest request;
  auto& group = request.resources.emplace_back(arena).scopes.emplace_back(arena);
  const std::string name(400'000, 'n');
  Attributes inner;
  for (const char* key : {"a", "b", "c"}) inner.push_back(arena, {key, Value::integer(1)});
  for (int i = 0; i < 400; ++i) {
    auto& record = group.records.emplace_back(arena);
    record.attributes.push_back(arena, {name, Value::map(inner.data(), inner.size())});
  }
  Mapper mapper(AttributeType::Json);
  OpenBlocks blocks;
  Rejects rejects;
  mapper.map(request, Table::Logs, blocks, rejects);
  EXPECT_GT(rejects.count, 100U);
  EXPECT_LT(rejects.count, 300U);
  EXPECT_EQ(rejects.count + blocks.rows(Table::Logs), 400U);
}

}  // namespace
}  // namespace sluice::mapping
