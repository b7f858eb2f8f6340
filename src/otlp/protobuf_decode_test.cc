// The rules by which requests are read from protobuf, one test each. Each is the OpenTelemetry
// Collector's behaviour; the conformance suite holds the same over the whole path.

#include <gtest/gtest.h>

#include <string>

#include "otlp/decode.h"
#include "testing/otlp_samples.h"
#include "testing/proto_message.h"

namespace sluice::otlp {
namespace {

using testing::ProtoMessage;

/// Decodes logs and keeps what they point into.
struct Decoded {
  explicit Decoded(std::string b) : body(std::move(b)) {
    status = decode_protobuf(body, arena, request);
  }
  const LogRecord& record() const { return request.resources[0].scopes[0].records[0]; }
  std::string body;
  Arena arena;
  LogsRequest request;
  Status status;
};

std::string in_request(const std::string& record) {
  return ProtoMessage()
      .message(1, ProtoMessage().message(2, ProtoMessage().bytes(2, record)))
      .take();
}

ProtoMessage string_value(std::string_view s) { return ProtoMessage().bytes(1, s); }

TEST(ProtobufDecode, AnEmptyRequestIsARequestWithoutRecords) {
  const Decoded decoded("");
  EXPECT_TRUE(decoded.status.ok());
  EXPECT_TRUE(decoded.request.resources.empty());
}

TEST(ProtobufDecode, AllFieldsOfALogRecord) {
  const std::string trace(16, '\x11');
  const std::string span(8, '\x22');
  const Decoded decoded(in_request(
      ProtoMessage()
          .fixed64(1, 7)
          .varint(2, 17)
          .bytes(3, "ERROR")
          .message(5, string_value("text"))
          .message(6, ProtoMessage().bytes(1, "k").message(2, ProtoMessage().varint(3, 5)))
          .varint(7, 3)
          .fixed32(8, 0x101)
          .bytes(9, trace)
          .bytes(10, span)
          .fixed64(11, 8)
          .bytes(12, "event")
          .take()));
  ASSERT_TRUE(decoded.status.ok()) << decoded.status.to_string();
  const LogRecord& r = decoded.record();
  EXPECT_EQ(r.time_unix_nano, 7U);
  EXPECT_EQ(r.observed_time_unix_nano, 8U);
  EXPECT_EQ(r.severity_number, 17);
  EXPECT_EQ(r.severity_text, "ERROR");
  EXPECT_EQ(r.body.view(), "text");
  ASSERT_EQ(r.attributes.size(), 1U);
  EXPECT_EQ(r.attributes[0].key, "k");
  EXPECT_EQ(r.attributes[0].value.int_value, 5);
  EXPECT_EQ(r.dropped_attributes_count, 3U);
  EXPECT_EQ(r.flags, 0x101U);
  EXPECT_EQ(r.trace_id.bytes[15], 0x11);
  EXPECT_EQ(r.span_id.bytes[7], 0x22);
  EXPECT_EQ(r.event_name, "event");
}

TEST(ProtobufDecode, AResourceGivenTwiceIsMerged) {
  const ProtoMessage a = ProtoMessage().message(1, ProtoMessage().bytes(1, "a"));
  const ProtoMessage b = ProtoMessage().message(1, ProtoMessage().bytes(1, "b"));
  const Decoded decoded(
      ProtoMessage().message(1, ProtoMessage().message(1, a).message(1, b)).take());
  ASSERT_TRUE(decoded.status.ok());
  ASSERT_EQ(decoded.request.resources[0].resource.attributes.size(), 2U);
  EXPECT_EQ(decoded.request.resources[0].resource.attributes[1].key, "b");
}

TEST(ProtobufDecode, TheLastKindOfAOneofReplaces) {
  const Decoded decoded(
      in_request(ProtoMessage().message(5, ProtoMessage().bytes(1, "s").varint(3, 9)).take()));
  EXPECT_EQ(decoded.record().body.kind, ValueKind::Int);
  EXPECT_EQ(decoded.record().body.int_value, 9);
}

TEST(ProtobufDecode, PlacesInADictionaryOfTextsAreReadAndForgotten) {
  const auto body = [](const ProtoMessage& pair) {
    return in_request(ProtoMessage().message(6, pair).take());
  };
  const ProtoMessage value = ProtoMessage().bytes(1, "s").varint(8, 5);
  const Decoded decoded(body(ProtoMessage().bytes(1, "k").message(2, value).varint(3, 7)));
  ASSERT_TRUE(decoded.status.ok()) << decoded.status.to_string();
  EXPECT_EQ(decoded.record().attributes[0].key, "k");
  EXPECT_EQ(decoded.record().attributes[0].value.kind, ValueKind::None);
  EXPECT_FALSE(Decoded(body(ProtoMessage().bytes(3, "x"))).status.ok());
  EXPECT_FALSE(Decoded(body(ProtoMessage().message(2, ProtoMessage().bytes(8, "x")))).status.ok());
}

TEST(ProtobufDecode, AMapGivenTwiceInAValueReplaces) {
  auto map = [](std::string_view key) {
    return ProtoMessage().message(1, ProtoMessage().bytes(1, key));
  };
  const Decoded decoded(in_request(
      ProtoMessage().message(5, ProtoMessage().message(6, map("a")).message(6, map("b"))).take()));
  ASSERT_EQ(decoded.record().body.size, 1U);
  EXPECT_EQ(decoded.record().body.members[0].key, "b");
}

TEST(ProtobufDecode, ScopesOfTheDeprecatedFieldCountWhereThereAreNoOthers) {
  const ProtoMessage old_scope = ProtoMessage().message(2, ProtoMessage().bytes(3, "old"));
  const ProtoMessage new_scope = ProtoMessage().message(2, ProtoMessage().bytes(3, "new"));
  const Decoded alone(ProtoMessage().message(1, ProtoMessage().message(1000, old_scope)).take());
  EXPECT_EQ(alone.record().severity_text, "old");
  const Decoded both(ProtoMessage()
                         .message(1, ProtoMessage().message(1000, old_scope).message(2, new_scope))
                         .take());
  ASSERT_EQ(both.request.resources[0].scopes.size(), 1U);
  EXPECT_EQ(both.record().severity_text, "new");
}

TEST(ProtobufDecode, WideVarintsAreCutToTheirField) {
  const Decoded decoded(in_request(ProtoMessage().varint(2, 0x1'0000'0011).take()));
  EXPECT_EQ(decoded.record().severity_number, 17);
}

TEST(ProtobufDecode, AnEmptyIdIsNone) {
  const Decoded decoded(
      in_request(ProtoMessage().bytes(9, std::string(16, 'x')).bytes(9, "").take()));
  ASSERT_TRUE(decoded.status.ok());
  EXPECT_TRUE(decoded.record().trace_id.empty());
}

MetricsRequest decode_metrics(const std::string& body, Arena& arena) {
  MetricsRequest out;
  EXPECT_TRUE(decode_protobuf(body, arena, out).ok());
  return out;
}

std::string packed(std::initializer_list<uint64_t> values) {
  std::string out;
  for (uint64_t v : values) out.append(reinterpret_cast<const char*>(&v), sizeof v);
  return out;
}

std::string in_metric(uint32_t field, const ProtoMessage& point) {
  const ProtoMessage metric = ProtoMessage().message(field, ProtoMessage().message(1, point));
  return ProtoMessage()
      .message(1, ProtoMessage().message(2, ProtoMessage().message(2, metric)))
      .take();
}

TEST(ProtobufDecode, APackedPartOfFixed64ReplacesAndAnUnpackedOneAppends) {
  Arena arena;
  const std::string body =
      in_metric(9, ProtoMessage().bytes(6, packed({9, 9})).bytes(6, packed({1, 2})).fixed64(6, 3));
  const MetricsRequest request = decode_metrics(body, arena);
  const auto& counts = request.resources[0].scopes[0].records[0].data_points[0].bucket_counts;
  ASSERT_EQ(counts.size(), 3U);
  EXPECT_EQ(counts[0], 1U);
  EXPECT_EQ(counts[2], 3U);
}

TEST(ProtobufDecode, PackedVarintsAppend) {
  Arena arena;
  const ProtoMessage buckets =
      ProtoMessage().varint(1, 9).bytes(2, std::string("\x01\xac\x02", 3)).varint(2, 5);
  const MetricsRequest request =
      decode_metrics(in_metric(10, ProtoMessage().message(8, buckets)), arena);
  const Buckets& positive = request.resources[0].scopes[0].records[0].data_points[0].positive;
  EXPECT_EQ(positive.offset, -5);  // zigzag
  ASSERT_EQ(positive.bucket_counts.size(), 3U);
  EXPECT_EQ(positive.bucket_counts[1], 300U);
  EXPECT_EQ(positive.bucket_counts[2], 5U);
}

TEST(ProtobufDecode, UnknownFieldsOfEveryTypeAreSkipped) {
  const std::string unknown =
      ProtoMessage().varint(100, 1).fixed64(101, 2).fixed32(102, 3).bytes(103, "zz").take();
  const Decoded decoded(in_request(unknown + ProtoMessage().bytes(3, "INFO").take() + unknown));
  ASSERT_TRUE(decoded.status.ok());
  EXPECT_EQ(decoded.record().severity_text, "INFO");
}

TEST(ProtobufDecode, UnknownFieldsTakeNoMemory) {
  const std::string known = in_request(ProtoMessage().bytes(3, "INFO").take());
  const std::string large = ProtoMessage().bytes(999, std::string(1 << 20, 'x')).take();
  std::string many;
  while (many.size() < 1 << 20) many += ProtoMessage().bytes(999, "").varint(998, 1).take();
  const size_t without = Decoded(known).arena.capacity_bytes();
  for (const std::string& unknown : {large, many}) {
    const Decoded decoded(unknown + known + unknown);
    ASSERT_TRUE(decoded.status.ok());
    EXPECT_EQ(decoded.record().severity_text, "INFO");
    EXPECT_EQ(decoded.arena.capacity_bytes(), without);
  }
}

struct Refused {
  const char* name;
  std::string body;
};

TEST(ProtobufDecode, RefusesWithTheByteWhereItStopped) {
  const Refused cases[] = {
      {"tag cut", std::string("\x80", 1)},
      {"length cut", std::string("\x0a", 1)},
      {"length past the end", std::string("\x0a\x05x", 3)},
      {"huge length", std::string("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11)},
      {"varint of eleven bytes",
       std::string("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12)},
      {"field zero", std::string("\x02\x00", 2)},
      {"wire type 6", std::string("\x0e", 1)},
      {"wire type 7", std::string("\x0f", 1)},
      {"group end without a group", std::string("\xc4\x06x", 3)},
      {"group with a field", std::string("\xc3\x06\x08\x05\xc4\x06\x0a\x00", 8)},
      {"known field, wrong wire type", std::string("\x08\x05", 2)},
      {"trace id of 15 bytes", in_request(ProtoMessage().bytes(9, std::string(15, 'x')).take())},
      {"span id of 9 bytes", in_request(ProtoMessage().bytes(10, std::string(9, 'x')).take())},
      {"packed list of odd length", in_metric(9, ProtoMessage().bytes(6, "1234567"))},
  };
  for (const Refused& c : cases) {
    Arena arena;
    MetricsRequest metrics;
    LogsRequest logs;
    const bool is_metrics = std::string_view(c.name) == "packed list of odd length";
    const Status status =
        is_metrics ? decode_protobuf(c.body, arena, metrics) : decode_protobuf(c.body, arena, logs);
    EXPECT_EQ(status.code(), Code::InvalidArgument) << c.name;
    EXPECT_NE(status.message().find("cannot decode protobuf at byte "), std::string::npos)
        << status.message();
  }
}

TEST(ProtobufDecode, EveryPrefixOfARequestIsReadOrRefused) {
  const std::string whole = testing::sample_logs(3, true);
  for (size_t n = 0; n < whole.size(); ++n) {
    const Decoded decoded(whole.substr(0, n));
    EXPECT_TRUE(decoded.status.ok() || decoded.status.code() == Code::InvalidArgument) << n;
  }
}

std::string nested_arrays(int depth) {
  std::string value;
  for (int i = 0; i < depth; ++i)
    value = ProtoMessage().message(5, ProtoMessage().bytes(1, value)).take();
  return in_request(ProtoMessage().bytes(5, value).take());
}

TEST(ProtobufDecode, NestingIsFollowedToItsLimit) {
  EXPECT_TRUE(Decoded(nested_arrays(kDepthMax)).status.ok());
  EXPECT_EQ(Decoded(nested_arrays(kDepthMax + 1)).status.code(), Code::InvalidArgument);
  EXPECT_EQ(Decoded(nested_arrays(10 * kDepthMax)).status.code(), Code::InvalidArgument);
}

TEST(ProtobufDecode, NestedGroupsDoNotRecurse) {
  std::string groups;
  for (int i = 0; i < 100000; ++i) groups += "\xc3\x06";
  EXPECT_EQ(Decoded(groups).status.code(), Code::InvalidArgument);
}

TEST(ProtobufDecode, ManyEmptyRecordsStayWithinTheMemoryLimit) {
  std::string records;
  for (int i = 0; i < 9'000'000; ++i) records += std::string_view("\x12\x00", 2);
  const Decoded decoded(ProtoMessage().message(1, ProtoMessage().bytes(2, records)).take());
  EXPECT_EQ(decoded.status.code(), Code::ResourceExhausted);
  EXPECT_LT(decoded.arena.capacity_bytes(), size_t{800} << 20);
}

}  // namespace
}  // namespace sluice::otlp
