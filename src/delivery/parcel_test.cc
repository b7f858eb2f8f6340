#include "delivery/parcel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "otlp/decode.h"
#include "testing/otlp_samples.h"

namespace sluice::delivery {
namespace {

using pipeline::Batch;
using pipeline::Outcome;

Batch batch_of(otlp::Signal signal, const std::string& protobuf, std::vector<Outcome>* outcomes) {
  Batch batch;
  batch.signal = signal;
  batch.body = Buffer(protobuf);
  Status status;
  if (signal == otlp::Signal::Logs) {
    batch.logs = batch.arena->create<otlp::LogsRequest>();
    status = otlp::decode_protobuf(batch.body.view(), *batch.arena, *batch.logs);
  } else if (signal == otlp::Signal::Traces) {
    batch.traces = batch.arena->create<otlp::TracesRequest>();
    status = otlp::decode_protobuf(batch.body.view(), *batch.arena, *batch.traces);
  } else {
    batch.metrics = batch.arena->create<otlp::MetricsRequest>();
    status = otlp::decode_protobuf(batch.body.view(), *batch.arena, *batch.metrics);
  }
  EXPECT_TRUE(status.ok());
  batch.ack =
      pipeline::Ack([outcomes](Outcome&& outcome) { outcomes->push_back(std::move(outcome)); });
  return batch;
}

template <typename Request>
Request decoded(std::string_view bytes, Format format, Arena& arena) {
  Request request;
  const Status status = format == Format::Json ? otlp::decode_json(bytes, arena, request)
                                               : otlp::decode_protobuf(bytes, arena, request);
  EXPECT_TRUE(status.ok()) << status.to_string();
  return request;
}

size_t records_of(const otlp::LogsRequest& request) {
  size_t n = 0;
  for (const auto& group : request.resources) {
    for (const auto& scope : group.scopes) n += scope.records.size();
  }
  return n;
}

class ParcelTest : public ::testing::TestWithParam<Format> {
 protected:
  Budget budget_{1 << 30};
  std::vector<Outcome> outcomes_;
};
INSTANTIATE_TEST_SUITE_P(Formats, ParcelTest, ::testing::Values(Format::Protobuf, Format::Json));

TEST_P(ParcelTest, ABatchIsOneParcelAndItsMemoryIsCounted) {
  Batch batch = batch_of(otlp::Signal::Logs, testing::sample_logs(10, false), &outcomes_);
  PackOptions options;
  options.format = GetParam();
  auto parcels = pack(batch.view(), std::move(batch.ack), options, budget_);
  ASSERT_EQ(parcels.size(), 1u);
  EXPECT_EQ(parcels[0].items, 10u);
  EXPECT_EQ(budget_.used_bytes(), parcels[0].bytes.size());
  Arena arena;
  EXPECT_EQ(records_of(decoded<otlp::LogsRequest>(parcels[0].bytes.view(), GetParam(), arena)),
            10u);
  parcels[0].ack.resolve({});
  EXPECT_EQ(outcomes_.size(), 1u);
  parcels.clear();
  EXPECT_EQ(budget_.used_bytes(), 0u);
}

TEST_P(ParcelTest, LargeBatchesAreDividedAndAnsweredOnce) {
  for (const Sizer sizer : {Sizer::Items, Sizer::Bytes}) {
    outcomes_.clear();
    Batch batch = batch_of(otlp::Signal::Logs, testing::sample_logs(100, false), &outcomes_);
    PackOptions options;
    options.format = GetParam();
    options.sizer = sizer;
    options.size_max = sizer == Sizer::Items ? 30 : 6000;
    auto parcels = pack(batch.view(), std::move(batch.ack), options, budget_);
    ASSERT_GE(parcels.size(), 4u);
    size_t records = 0;
    for (Parcel& parcel : parcels) {
      EXPECT_LE(parcel.size(sizer), options.size_max);
      Arena arena;
      const auto request = decoded<otlp::LogsRequest>(parcel.bytes.view(), GetParam(), arena);
      EXPECT_EQ(records_of(request), parcel.items);
      EXPECT_EQ(request.resources[0].resource.attributes.size(), 4u);
      records += parcel.items;
      EXPECT_TRUE(outcomes_.empty());
      parcel.ack.resolve({});
    }
    EXPECT_EQ(records, 100u);
    EXPECT_EQ(outcomes_.size(), 1u);
  }
}

TEST_P(ParcelTest, MetricsAreDividedByTheirPoints) {
  Batch batch = batch_of(otlp::Signal::Metrics, testing::sample_metrics(100), &outcomes_);
  PackOptions options;
  options.format = GetParam();
  options.size_max = 7;  // ten points a metric
  auto parcels = pack(batch.view(), std::move(batch.ack), options, budget_);
  size_t points = 0;
  for (Parcel& parcel : parcels) {
    EXPECT_LE(parcel.items, 7u);
    Arena arena;
    const auto request = decoded<otlp::MetricsRequest>(parcel.bytes.view(), GetParam(), arena);
    for (const auto& metric : request.resources[0].scopes[0].records) {
      EXPECT_FALSE(metric.name.empty());
      points += metric.data_points.size();
    }
    parcel.ack.resolve({});
  }
  EXPECT_EQ(points, 100u);
}

TEST_P(ParcelTest, JoinedParcelsAreOneRequest) {
  std::vector<Parcel> parcels;
  for (int i = 1; i <= 3; ++i) {
    Batch batch = batch_of(otlp::Signal::Logs, testing::sample_logs(i, true), &outcomes_);
    PackOptions options;
    options.format = GetParam();
    for (Parcel& parcel : pack(batch.view(), std::move(batch.ack), options, budget_))
      parcels.push_back(std::move(parcel));
  }
  Buffer joined;
  join(parcels, otlp::Signal::Logs, GetParam(), joined);
  Arena arena;
  const auto request = decoded<otlp::LogsRequest>(joined.view(), GetParam(), arena);
  EXPECT_EQ(request.resources.size(), 3u);
  EXPECT_EQ(records_of(request), 6u);
}

TEST(Parcel, ABatchWithoutRecordsIsAnsweredAtOnce) {
  Budget budget(1 << 20);
  std::vector<Outcome> outcomes;
  Batch batch = batch_of(otlp::Signal::Traces, "", &outcomes);
  EXPECT_TRUE(pack(batch.view(), std::move(batch.ack), {}, budget).empty());
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_TRUE(outcomes[0].status.ok());
}

TEST(Parcel, PartitionsAreToldApart) {
  Budget budget(1 << 20);
  std::vector<Outcome> outcomes;
  const auto partition = [&](std::vector<std::vector<std::string_view>> values) {
    Batch batch = batch_of(otlp::Signal::Traces, testing::sample_spans(1, false), &outcomes);
    auto* metadata = batch.arena->create<otlp::Metadata>();
    const char* names[] = {"a", "b"};
    for (size_t i = 0; i < values.size(); ++i) {
      auto& entry = metadata->entries.emplace_back(*batch.arena);
      entry.name = names[i];
      for (const std::string_view value : values[i]) entry.values.push_back(*batch.arena, value);
    }
    batch.metadata = metadata;
    PackOptions options;
    options.partition_keys = {"a", "b"};
    return pack(batch.view(), std::move(batch.ack), options, budget)[0].partition;
  };
  const std::string all[] = {partition({}), partition({{""}}), partition({{"x"}}),
                             partition({{"x"}, {"y"}}), partition({{"x", "y"}})};
  for (const std::string& one : all) {
    EXPECT_EQ(std::count(std::begin(all), std::end(all), one), 1) << one;
  }
  EXPECT_EQ(partition({{"x"}}), all[2]);
}

}  // namespace
}  // namespace sluice::delivery
