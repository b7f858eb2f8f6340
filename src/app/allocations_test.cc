// No record costs an allocation: what operator new and realloc() (which Buffer uses) are asked for
// is counted from the decoder to the encoded block, once everything has the memory that it keeps.
// What is left is a few for each request, and those of the arena, which takes whole chunks. The
// linker leads these calls of the project's code here (CMakeLists.txt).

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <string>

#include "app/clickstack_logs_testing.h"
#include "mapping/tables.h"
#include "otlp/decode.h"
#include "testing/otlp_samples.h"
#include "wire/lz4_frame.h"

namespace {

std::atomic<uint64_t> allocations{0};

void count() { allocations.fetch_add(1, std::memory_order_relaxed); }

}  // namespace

extern "C" {
void* __real_realloc(void* memory, size_t size);
void* __wrap_realloc(void* memory, size_t size) {
  count();
  return __real_realloc(memory, size);
}
// operator new and operator new[].
void* __real__Znwm(size_t size);
void* __wrap__Znwm(size_t size) {
  count();
  return __real__Znwm(size);
}
void* __real__Znam(size_t size);
void* __wrap__Znam(size_t size) {
  count();
  return __real__Znam(size);
}
}

namespace sluice::app {
namespace {

/// A request's way through the gateway, without the network.
class Way {
 public:
  /// How many allocations it takes.
  uint64_t logs(const std::string& body) {
    const uint64_t before = allocations;
    pipeline::Batch batch = new_batch();
    batch.logs = batch.arena->create<otlp::LogsRequest>();
    EXPECT_TRUE(otlp::decode_protobuf(body, *batch.arena, *batch.logs).ok());
    pipeline_.run(std::move(batch));
    for (const pipeline::Batch& one : pipeline_.logs.batches)
      mapper_.map(*one.logs, mapping::Table::Logs, blocks_, rejects_);
    pipeline_.logs.batches.clear();
    encode();
    return allocations - before;
  }

  template <typename Request>
  uint64_t others(const std::string& body) {
    const uint64_t before = allocations;
    pipeline::Batch batch = new_batch();
    auto* request = batch.arena->create<Request>();
    EXPECT_TRUE(otlp::decode_protobuf(body, *batch.arena, *request).ok());
    mapper_.map(*request, blocks_, rejects_);
    encode();
    return allocations - before;
  }

 private:
  pipeline::Batch new_batch() {
    pipeline::Batch batch;
    batch.signal = otlp::Signal::Logs;
    batch.arena = arenas_->take();
    batch.ack = pipeline::Ack([](pipeline::Outcome&&) {});
    return batch;
  }

  void encode() {
    for (const mapping::Table table : mapping::kTables) {
      const auto& block = blocks_.by_table[static_cast<size_t>(table)];
      if (!block || block->rows() == 0) continue;
      order_.resize(block->rows());
      std::iota(order_.begin(), order_.end(), 0U);
      encoded_.clear();
      wire::Lz4BlocksOutput out(encoded_);
      block->encode(order_, out);
      out.finish();
      block->reset();
    }
  }

  ClickStackLogs pipeline_;
  std::shared_ptr<pipeline::ArenaPool> arenas_ = std::make_shared<pipeline::ArenaPool>();
  mapping::Mapper mapper_;
  mapping::OpenBlocks blocks_;
  mapping::Rejects rejects_;
  std::vector<uint32_t> order_;
  Buffer encoded_;
};

constexpr int kFew = 100;
constexpr int kMany = 1000;
/// Of the arena, when a request takes more than it keeps.
constexpr uint64_t kChunksMax = 8;

template <typename Run>
void expect_none_per_record(Run&& run, const std::string& few, const std::string& many) {
  for (int i = 0; i < 3; ++i) {
    run(many);
    run(few);
  }
  const uint64_t for_few = run(few);
  EXPECT_GT(for_few, 0U) << "nothing is counted";
  EXPECT_LE(run(many), for_few + kChunksMax);
}

TEST(Allocations, NonePerRecordOfTextLogs) {
  Way way;
  expect_none_per_record([&](const std::string& body) { return way.logs(body); },
                         testing::sample_logs(kFew, false), testing::sample_logs(kMany, false));
}

TEST(Allocations, NonePerRecordOfJsonLogs) {
  Way way;
  expect_none_per_record([&](const std::string& body) { return way.logs(body); },
                         testing::sample_logs(kFew, true), testing::sample_logs(kMany, true));
}

TEST(Allocations, NonePerRecordOfSpans) {
  for (const bool wide : {false, true}) {
    Way way;
    expect_none_per_record(
        [&](const std::string& body) { return way.others<otlp::TracesRequest>(body); },
        testing::sample_spans(kFew, wide), testing::sample_spans(kMany, wide));
  }
}

TEST(Allocations, NonePerRecordOfMetrics) {
  Way way;
  expect_none_per_record(
      [&](const std::string& body) { return way.others<otlp::MetricsRequest>(body); },
      testing::sample_metrics(kFew), testing::sample_metrics(kMany));
}

}  // namespace
}  // namespace sluice::app
