#include "otlp/protobuf_encode.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <type_traits>

#include "otlp/decode.h"
#include "testing/otlp_protobuf.h"
#include "testing/otlp_samples.h"
#include "testing/random_records.h"
#include "testing/record_dump.h"

namespace sluice::otlp {
namespace {

template <typename Request>
std::string encoded(const Request& request) {
  wire::ProtoBackwardWriter out;
  encode_protobuf(request, out);
  return std::string(out.view());
}

/// The random records do not say which of a histogram's numbers were sent: those that are not 0.
void mark_sent(LogsRequest&) {}
void mark_sent(TracesRequest&) {}
void mark_sent(MetricsRequest& request) {
  const auto is_sent = [](double value) { return value != 0 || std::signbit(value); };
  for (auto& group : request.resources) {
    for (auto& scope : group.scopes) {
      for (Metric& metric : scope.records) {
        for (DataPoint& point : metric.data_points) {
          point.has_sum = is_sent(point.sum);
          point.has_min = is_sent(point.min);
          point.has_max = is_sent(point.max);
        }
      }
    }
  }
}

template <typename Request>
class ProtobufEncodeTest : public ::testing::Test {};
using Requests = ::testing::Types<LogsRequest, TracesRequest, MetricsRequest>;
TYPED_TEST_SUITE(ProtobufEncodeTest, Requests);

TYPED_TEST(ProtobufEncodeTest, RandomRequestsAreDecodedToTheSameRecords) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Arena arena;
    TypeParam request;
    testing::fill_at_random(seed, arena, request);
    mark_sent(request);
    // What the plain writer of the tests makes of it says what can be told apart on the wire.
    TypeParam expected;
    const std::string plain = testing::to_protobuf(request);
    ASSERT_TRUE(decode_protobuf(plain, arena, expected).ok());
    TypeParam decoded;
    const std::string bytes = encoded(request);
    const Status status = decode_protobuf(bytes, arena, decoded);
    ASSERT_TRUE(status.ok()) << status.to_string();
    ASSERT_EQ(testing::dump(decoded), testing::dump(expected)) << "seed " << seed;
    // Metrics differ in what is packed and in what is present.
    if (!std::is_same_v<TypeParam, MetricsRequest>) {
      ASSERT_EQ(bytes, plain) << "seed " << seed;
    }
  }
}

TYPED_TEST(ProtobufEncodeTest, AnEmptyRequestIsNoBytes) { EXPECT_EQ(encoded(TypeParam()), ""); }

TEST(ProtobufEncode, RequestsWrittenOneAfterTheOtherAreOne) {
  Arena arena;
  TracesRequest first;
  TracesRequest second;
  const std::string first_bytes = testing::sample_spans(3, true);
  const std::string second_bytes = testing::sample_spans(2, false);
  ASSERT_TRUE(decode_protobuf(first_bytes, arena, first).ok());
  ASSERT_TRUE(decode_protobuf(second_bytes, arena, second).ok());
  wire::ProtoBackwardWriter out;
  encode_protobuf(second, out);
  encode_protobuf(first, out);
  TracesRequest both;
  ASSERT_TRUE(decode_protobuf(out.view(), arena, both).ok());
  ASSERT_EQ(both.resources.size(), 2u);
  EXPECT_EQ(both.resources[0].scopes[0].records.size(), 3u);
  EXPECT_EQ(both.resources[1].scopes[0].records.size(), 2u);
}

TEST(ProtobufEncode, ASumOfZeroThatWasSentIsSentOn) {
  Arena arena;
  MetricsRequest request;
  Metric& metric =
      request.resources.emplace_back(arena).scopes.emplace_back(arena).records.emplace_back(arena);
  metric.kind = MetricKind::Histogram;
  metric.data_points.emplace_back(arena).has_sum = true;
  metric.data_points.emplace_back(arena);
  MetricsRequest decoded;
  const std::string bytes = encoded(request);
  ASSERT_TRUE(decode_protobuf(bytes, arena, decoded).ok());
  const auto& points = decoded.resources[0].scopes[0].records[0].data_points;
  ASSERT_EQ(points.size(), 2u);
  EXPECT_TRUE(points[0].has_sum);
  EXPECT_FALSE(points[1].has_sum);
  EXPECT_FALSE(points[0].has_min);
}

}  // namespace
}  // namespace sluice::otlp
