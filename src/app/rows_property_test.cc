// The built-in pipelines and the fast mapper must agree with the slow, plain code on random
// requests.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "app/clickstack_logs_testing.h"
#include "app/reference_rows_test.h"
#include "mapping/tables.h"
#include "native/select_rows.h"
#include "testing/native_reader.h"

namespace sluice::app::reference {
namespace {

using mapping::kTableCount;
using mapping::OpenBlocks;
using mapping::RowOrder;
using mapping::Table;
using mapping::table_name;
using otlp::Attributes;
using otlp::Value;
using Pairs = std::vector<std::pair<std::string, std::string>>;

/// Random records over an arena. Small alphabets, so that keys collide, runs repeat and every kind
/// comes up.
class RandomRecords {
 public:
  RandomRecords(uint64_t seed, Arena& arena) : random_(seed), arena_(arena) {}

  JsonBodies bodies;

  template <typename Record>
  otlp::Request<Record> request() {
    otlp::Request<Record> out;
    for (uint64_t n = below(4); n > 0; --n) {
      auto& rg = out.resources.emplace_back(arena_);
      rg.resource.attributes = attributes(2);
      rg.schema_url = word();
      for (uint64_t k = below(3); k > 0; --k) {
        auto& sg = rg.scopes.emplace_back(arena_);
        sg.schema_url = word();
        sg.scope.name = word();
        sg.scope.version = word();
        sg.scope.attributes = attributes(1);
        sg.scope.dropped_attributes_count = static_cast<uint32_t>(below(3));
        for (uint64_t r = below(12); r > 0; --r) fill(sg.records.emplace_back(arena_));
      }
    }
    return out;
  }

 private:
  uint64_t below(uint64_t n) { return random_() % n; }
  std::string_view word() {
    static constexpr const char* kWords[] = {
        "",      "a",     "b",      "level", "service.name", "log.level", "x\"y\\z",
        "ERROR", "warn!", "terror", "a.b",   "Trace it",     "9 lives",   "info"};
    return kWords[below(std::size(kWords))];
  }
  std::string_view key() {
    static constexpr const char* kKeys[] = {
        "a", "b", "a.b", "level", "severity", "service.name", "log", "k0", "k1", "rr-web.event"};
    const uint64_t i = below(40);
    return kKeys[i < std::size(kKeys) ? i : i % (std::size(kKeys) - 1)];
  }
  double real() {
    static constexpr double kReals[] = {0.0,        -0.0,     1.5,  1e21, 1e-7,
                                        123456.789, -2.5e300, 1e15, 0.1,  4e-6};
    if (below(8) == 0) return std::numeric_limits<double>::quiet_NaN();
    if (below(8) == 0) return -std::numeric_limits<double>::infinity();
    return below(2) == 0 ? kReals[below(std::size(kReals))] : static_cast<double>(random_()) / 1e6;
  }
  Value value(int depth) {
    switch (below(depth > 0 ? 9 : 7)) {
      case 0: return {};
      case 1: return Value::boolean(below(2) == 0);
      case 2: return Value::integer(static_cast<int64_t>(random_()));
      case 3: return Value::real(real());
      case 4: return Value::bytes(word());
      case 7: {
        ArenaVector<Value> elements;
        for (uint64_t n = below(4); n > 0; --n) elements.push_back(arena_, value(depth - 1));
        return Value::array(elements.data(), elements.size());
      }
      case 8: {
        Attributes members = attributes(depth - 1);
        return Value::map(members.data(), members.size());
      }
      default: return Value::string(word());
    }
  }
  Attributes attributes(int depth) {
    Attributes out;
    for (uint64_t n = below(6); n > 0; --n) out.push_back(arena_, {key(), value(depth)});
    return out;
  }
  template <size_t N>
  otlp::Id<N> id() {
    otlp::Id<N> out;
    if (below(3) != 0) {
      for (auto& b : out.bytes) b = static_cast<uint8_t>(random_());
    }
    return out;
  }
  uint64_t time() {
    return below(4) == 0 ? random_() : 1'700'000'000'000'000'000 + below(1'000'000'000'000);
  }

  /// A JSON body whose attributes are known: nested one deep, keys that meet no other key but the
  /// levels.
  Value json_body() {
    const std::string a = std::to_string(below(100000));
    Pairs pairs = {{"j" + a, a},
                   {"req.m", std::string(below(2) == 0 ? "GET" : "PUT")},
                   {"list.0", "1"},
                   {"list.1.x", "true"},
                   {"nil", ""}};
    std::string json = "prefix {\"j" + a + "\":" + a + ",\"req\":{\"m\":\"" + pairs[1].second +
                       "\",\"gone\":{}},\"list\":[1,{\"x\":true}],\"nil\":null";
    if (below(2) == 0) {
      json += ",\"level\":\"Warning\"";
      pairs.emplace_back("level", "Warning");
    }
    json += "} suffix error";
    bodies[json] = pairs;
    return Value::string(arena_.copy(json));
  }

  void fill(otlp::LogRecord& r) {
    if (below(4) != 0) r.time_unix_nano = time();
    r.observed_time_unix_nano = time();
    if (below(3) == 0) r.severity_number = static_cast<int32_t>(below(300)) - 5;
    if (below(3) == 0) r.severity_text = word();
    r.body = below(3) == 0 ? json_body() : value(2);
    r.attributes = attributes(3);
    r.event_name = word();
    r.flags = static_cast<uint32_t>(random_());
    r.trace_id = id<16>();
    r.span_id = id<8>();
  }
  void fill(otlp::Span& s) {
    s.trace_id = id<16>();
    s.span_id = id<8>();
    s.parent_span_id = id<8>();
    s.trace_state = word();
    s.name = word();
    s.start_time_unix_nano = time();
    s.end_time_unix_nano = time();
    s.attributes = attributes(2);
    s.kind = static_cast<int32_t>(below(9)) - 1;
    s.status.code = static_cast<int32_t>(below(5)) - 1;
    s.status.message = word();
    for (uint64_t n = below(3); n > 0; --n) {
      auto& e = s.events.emplace_back(arena_);
      e.time_unix_nano = time();
      e.name = word();
      e.attributes = attributes(1);
    }
    for (uint64_t n = below(3); n > 0; --n) {
      auto& l = s.links.emplace_back(arena_);
      l.trace_id = id<16>();
      l.span_id = id<8>();
      l.trace_state = word();
      l.attributes = attributes(1);
    }
  }
  otlp::Number number() {
    otlp::Number n;
    n.kind = static_cast<otlp::Number::Kind>(below(3));
    if (n.kind == otlp::Number::Kind::Double) {
      n.double_value = real();
    } else {
      n.int_value = static_cast<int64_t>(random_());
    }
    return n;
  }
  void fill(otlp::Metric& m) {
    m.name = word();
    m.description = word();
    m.unit = word();
    m.kind = static_cast<otlp::MetricKind>(below(6));
    m.is_monotonic = below(2) == 0;
    m.aggregation_temporality = static_cast<int32_t>(below(4)) - 1;
    for (uint64_t n = below(4); n > 0; --n) fill(m.data_points.emplace_back(arena_));
  }
  void fill(otlp::DataPoint& p) {
    p.attributes = attributes(1);
    p.start_time_unix_nano = time();
    p.time_unix_nano = time();
    p.flags = static_cast<uint32_t>(below(3));
    p.value = number();
    p.count = random_();
    p.sum = real();
    p.min = real();
    p.max = real();
    for (uint64_t n = below(4); n > 0; --n) p.bucket_counts.push_back(arena_, random_());
    for (uint64_t n = below(4); n > 0; --n) p.explicit_bounds.push_back(arena_, real());
    p.scale = static_cast<int32_t>(below(20)) - 10;
    p.zero_count = below(5);
    p.positive.offset = static_cast<int32_t>(below(9)) - 4;
    for (uint64_t n = below(4); n > 0; --n) p.positive.bucket_counts.push_back(arena_, below(100));
    for (uint64_t n = below(2); n > 0; --n) p.negative.bucket_counts.push_back(arena_, below(100));
    for (uint64_t n = below(3); n > 0; --n) p.quantile_values.push_back(arena_, {real(), real()});
    for (uint64_t n = below(3); n > 0; --n) {
      auto& e = p.exemplars.emplace_back(arena_);
      e.filtered_attributes = attributes(0);
      e.time_unix_nano = time();
      e.value = number();
      e.span_id = id<8>();
      e.trace_id = id<16>();
    }
  }

  std::mt19937_64 random_;
  Arena& arena_;
};

/// Each signal's way from records to blocks.
class FastPath {
 public:
  OpenBlocks blocks;

  void map(otlp::LogsRequest& request) {
    pipeline::Batch batch;
    batch.logs = &request;
    batch.ack = pipeline::Ack([](pipeline::Outcome&&) {});
    pipeline_.run(std::move(batch));
    take(pipeline_.logs, Table::Logs);
    take(pipeline_.sessions, Table::Sessions);
  }
  void map(otlp::TracesRequest& request) { mapper_.map(request, blocks, rejects_); }
  void map(otlp::MetricsRequest& request) { mapper_.map(request, blocks, rejects_); }

 private:
  void take(Kept& kept, Table table) {
    for (const pipeline::Batch& batch : kept.batches)
      mapper_.map(*batch.logs, table, blocks, rejects_);
    kept.batches.clear();
  }

  ClickStackLogs pipeline_;
  mapping::Mapper mapper_;
  mapping::Rejects rejects_;
};

/// What is cut out of an encoded block is what encoding those rows gives.
void expect_selections_agree(const native::Block& block, std::span<const uint32_t> order,
                             std::string_view encoded) {
  const auto rows = static_cast<uint32_t>(order.size());
  const native::RowRange ranges[] = {{0, rows}, {0, 1}, {rows - 1, rows}, {rows / 3, rows / 2}};
  for (const native::RowRange& range : ranges) {
    Buffer expected;
    block.append_to(order.subspan(range.begin, range.end - range.begin), expected);
    Buffer selected;
    BufferOutput out(selected);
    native::select_rows(encoded, range, out);
    out.finish();
    ASSERT_EQ(selected.view(), expected.view()) << range.begin << " to " << range.end;
  }
}

/// The fast path's rows: blocks are encoded in the planned order and read back in the order of the
/// records.
void append_rows(const OpenBlocks& blocks, Tables& out) {
  for (size_t t = 0; t < kTableCount; ++t) {
    const auto& block = blocks.by_table[t];
    if (!block || block->rows() == 0) continue;
    RowOrder order;
    mapping::plan_order(static_cast<Table>(t), *block, order);
    ASSERT_EQ(order.order.size(), block->rows());
    ASSERT_EQ(order.partition_ends.back(), block->rows());
    Buffer bytes;
    uint32_t begin = 0;
    for (const uint32_t end : order.partition_ends) {
      const auto partition = std::span(order.order).subspan(begin, end - begin);
      const size_t before = bytes.size();
      block->append_to(partition, bytes);
      expect_selections_agree(*block, partition, bytes.view().substr(before));
      begin = end;
    }
    std::vector<Row> rows(block->rows());
    size_t at = 0;
    for (const testing::NativeBlock& read : testing::read_native(bytes.view())) {
      for (size_t i = 0; i < read.rows(); ++i) rows[order.order[at++]] = read.row(i);
    }
    ASSERT_EQ(at, rows.size());
    auto& table = out[std::string(table_name(static_cast<Table>(t)))];
    table.insert(table.end(), rows.begin(), rows.end());
  }
}

template <typename Record, typename Reference>
void compare(uint64_t seed, Reference reference) {
  Arena arena;
  static FastPath path;
  path.blocks = {};
  Tables expected;
  RandomRecords random(seed, arena);
  for (int request = 0; request < 4;
       ++request) {  // several into one block: runs and shapes go on across requests
    auto records = random.request<Record>();
    for (auto& [table, rows] : reference(records, random.bodies)) {
      expected[table].insert(expected[table].end(), rows.begin(), rows.end());
    }
    path.map(records);
  }
  Tables got;
  append_rows(path.blocks, got);
  for (auto& [table, rows] : expected) {
    ASSERT_EQ(got[table].size(), rows.size()) << table << " seed " << seed;
    for (size_t i = 0; i < rows.size(); ++i)
      ASSERT_EQ(got[table][i], rows[i]) << table << " row " << i << " seed " << seed;
  }
  for (auto& [table, rows] : got) ASSERT_EQ(rows.size(), expected[table].size()) << table;
}

constexpr uint64_t kSeeds = 400;

TEST(RowsAgainstReference, Logs) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    compare<otlp::LogRecord>(
        seed, [](const otlp::LogsRequest& r, const JsonBodies& b) { return map_logs(r, b); });
    if (HasFatalFailure()) return;
  }
}

TEST(RowsAgainstReference, Traces) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    compare<otlp::Span>(
        seed, [](const otlp::TracesRequest& r, const JsonBodies&) { return map_traces(r); });
    if (HasFatalFailure()) return;
  }
}

TEST(RowsAgainstReference, Metrics) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    compare<otlp::Metric>(
        seed, [](const otlp::MetricsRequest& r, const JsonBodies&) { return map_metrics(r); });
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace sluice::app::reference
