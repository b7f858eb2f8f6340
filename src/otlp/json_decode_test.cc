#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "otlp/decode.h"
#include "otlp/json_fields.h"
#include "testing/otlp_json.h"
#include "testing/otlp_protobuf.h"
#include "testing/random_records.h"
#include "testing/record_dump.h"

namespace sluice::otlp {
namespace {

/// The decoded request's dump, or the error.
template <typename Request>
std::string decoded(std::string_view body) {
  // A heap copy without a terminator, so that sanitizers see a read past the end.
  const std::vector<char> exact(body.begin(), body.end());
  Arena arena;
  Request request;
  const Status status = decode_json({exact.data(), exact.size()}, arena, request);
  return status.ok() ? testing::dump(request) : status.to_string();
}

/// The same for one log record, given as its members. Only the record's lines are returned, without
/// their indent.
template <typename Request>
std::string record_lines(const std::string& head, const std::string& members,
                         const std::string& tail) {
  const std::string dump = decoded<Request>(head + members + tail);
  const size_t record = dump.find("  record\n");
  if (record == std::string::npos) return dump;
  std::string lines;
  for (size_t at = record + sizeof "  record"; at < dump.size();) {
    const size_t end = dump.find('\n', at);
    lines += dump.substr(at + 3, end - at - 2);
    at = end + 1;
  }
  return lines;
}

std::string log(const std::string& members) {
  return record_lines<LogsRequest>(R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[{)", members,
                                   "}]}]}]}");
}
std::string span(const std::string& members) {
  return record_lines<TracesRequest>(R"({"resourceSpans":[{"scopeSpans":[{"spans":[{)", members,
                                     "}]}]}]}");
}
std::string metric(const std::string& members) {
  return record_lines<MetricsRequest>(R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{)",
                                      members, "}]}]}]}");
}

bool is_error(const std::string& dump) {
  return dump.rfind("INVALID_ARGUMENT: cannot decode JSON at byte ", 0) == 0;
}

TEST(JsonDecode, ALogRecordInBothSpellings) {
  const char* camel =
      R"("timeUnixNano":"5","observedTimeUnixNano":6,"severityNumber":9,"severityText":"INFO","body":{"stringValue":"b"},)"
      R"("attributes":[{"key":"k","value":{"intValue":"-1"}}],"droppedAttributesCount":2,"flags":3,)"
      R"("traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"eee19b7ec3c1b174","eventName":"e")";
  const char* snake =
      R"("time_unix_nano":5,"observed_time_unix_nano":"6","severity_number":"SEVERITY_NUMBER_INFO","severity_text":"INFO",)"
      R"("body":{"string_value":"b"},"attributes":[{"key":"k","value":{"int_value":-1}}],"dropped_attributes_count":"2",)"
      R"("flags":"3","trace_id":"5b8efff798038103d269b633813fc60c","span_id":"EEE19B7EC3C1B174","event_name":"e")";
  const char* dump =
      "time 5\nobserved_time 6\nseverity_number 9\nseverity_text \"INFO\"\nbody string "
      "\"b\"\nattribute\n key \"k\"\n value int "
      "-1\ndropped 2\nflags 3\ntrace_id 5b8efff798038103d269b633813fc60c\nspan_id "
      "eee19b7ec3c1b174\nevent_name \"e\"\n";
  EXPECT_EQ(log(camel), dump);
  EXPECT_EQ(log(snake), dump);
}

TEST(JsonDecode, ValuesOfEveryKind) {
  const struct {
    const char* json;
    const char* dump;
  } cases[] = {
      {R"({"stringValue":"s"})", "body string \"s\"\n"},
      {R"({"stringValue":null})", "body string \"\"\n"},
      {R"({"boolValue":false})", "body bool false\n"},
      {R"({"intValue":"9223372036854775807"})", "body int 9223372036854775807\n"},
      {R"({"doubleValue":1.5})", "body double 0x3ff8000000000000\n"},
      {R"({"doubleValue":"nan"})", "body double nan\n"},
      {R"({"bytesValue":"/+8="})", "body bytes \"\\xff\\xef\"\n"},
      {R"({"bytesValue":""})", "body bytes \"\"\n"},
      {R"({"arrayValue":{"values":[{"intValue":1},null,{}]}})",
       "body array\n element\n  value int 1\n element\n element\n"},
      {R"({"arrayValue":null})", "body array\n"},
      {R"({"arrayValue":{"values":null}})", "body array\n"},
      {R"({"kvlistValue":{"values":[{"key":"a","value":{"boolValue":true}},{"key":null,"value":null}]}})",
       "body map\n member\n  key \"a\"\n  value bool true\n member\n"},
      {R"({"kvlistValue":{}})", "body map\n"},
      {R"({"fancyValue":{"stringValue":"s"}})", ""},
      {"null", ""},
      {"{}", ""},
      {R"({"intValue":1,"stringValue":"last"})", "body string \"last\"\n"},
  };
  for (const auto& c : cases) EXPECT_EQ(log(std::string("\"body\":") + c.json), c.dump) << c.json;
}

TEST(JsonDecode, WhatIsGivenTwice) {
  EXPECT_EQ(log(R"("flags":1,"flags":2)"), "flags 2\n");
  EXPECT_EQ(log(R"("body":{"stringValue":"a"},"body":{"intValue":1})"), "body int 1\n");
  EXPECT_EQ(log(R"("body":{"stringValue":"a"},"body":{})"), "body string \"a\"\n");
  EXPECT_EQ(log(R"("attributes":[{"key":"a"}],"attributes":[{"key":"b"}])"),
            "attribute\n key \"a\"\nattribute\n key \"b\"\n");
  EXPECT_EQ(
      log(R"("body":{"arrayValue":{"values":[{"intValue":1}]},"arrayValue":{"values":[{"intValue":2}]}})"),
      "body array\n element\n  value int 2\n");
  EXPECT_EQ(log(R"("traceId":"5b8efff798038103d269b633813fc60c","traceId":"")"), "");
  EXPECT_EQ(span(R"("status":{"message":"m"},"status":{"code":2})"),
            "status_message \"m\"\nstatus_code 2\n");
  EXPECT_EQ(
      metric(
          R"("sum":{"isMonotonic":true,"dataPoints":[{"flags":1}]},"sum":{"dataPoints":[{"flags":2}]})"),
      "data sum\npoint\n flags 2\n");
  EXPECT_EQ(metric(R"("gauge":{"dataPoints":[{"asInt":"5","asDouble":2}]})"),
            "data gauge\npoint\n as_double 0x4000000000000000\n");
}

TEST(JsonDecode, NullIsAnEmptyListMessageOrString) {
  EXPECT_EQ(log(R"("attributes":null,"body":null,"severityText":null)"), "");
  EXPECT_EQ(span(R"("events":null,"links":null,"status":null,"name":null)"), "");
  EXPECT_EQ(metric(R"("gauge":null)"), "data gauge\n");
  EXPECT_EQ(metric(R"("gauge":{"dataPoints":[null]})"), "data gauge\npoint\n");
  EXPECT_EQ(decoded<LogsRequest>("null"), "");
  EXPECT_EQ(decoded<LogsRequest>(R"({"resourceLogs":null})"), "");
  EXPECT_EQ(decoded<LogsRequest>(
                R"({"resourceLogs":[null,{"resource":null,"scopeLogs":[null,{"scope":null}]}]})"),
            "resource_group\nresource_group\n scope_group\n scope_group\n");
}

TEST(JsonDecode, NullIsRefusedElsewhere) {
  for (const char* members :
       {R"("timeUnixNano":null)", R"("severityNumber":null)", R"("flags":null)",
        R"("traceId":null)", R"("body":{"boolValue":null})", R"("body":{"intValue":null})",
        R"("body":{"doubleValue":null})", R"("body":{"bytesValue":null})"}) {
    EXPECT_TRUE(is_error(log(members))) << members;
  }
  EXPECT_TRUE(is_error(metric(R"("histogram":{"dataPoints":[{"sum":null}]})")));
  EXPECT_TRUE(is_error(metric(R"("histogram":{"dataPoints":[{"bucketCounts":[null]}]})")));
  EXPECT_TRUE(is_error(metric(R"("sum":{"isMonotonic":null})")));
}

TEST(JsonDecode, UnknownMembersAreSkipped) {
  EXPECT_EQ(log(R"("TimeUnixNano":"x","timeunixnano":[],"flags":1,"zzz":{"a":[{"":null}]},"":1)")
                .substr(0, 16),
            "INVALID_ARGUMENT");  // an empty name is an error
  EXPECT_EQ(log(R"("TimeUnixNano":"x","timeunixnano":[],"flags":1,"zzz":{"a":[{"":null}]})"),
            "flags 1\n");
  EXPECT_EQ(log(R"("fl\u0061gs":7)"), "flags 7\n");
  EXPECT_EQ(decoded<LogsRequest>(R"({"a":1,"resourceLogs":[],"resourceSpans":[{"scopeSpans":7}]})"),
            "");
}

TEST(JsonDecode, UnknownMembersTakeNoMemory) {
  const auto memory = [](const std::string& member) {
    const std::string body = R"({)" + member + R"("resourceLogs":[{"scopeLogs":[{}]}]})";
    Arena arena;
    LogsRequest request;
    EXPECT_TRUE(decode_json(body, arena, request).ok());
    EXPECT_EQ(request.resources.size(), 1U);
    return arena.capacity_bytes();
  };
  EXPECT_EQ(memory(R"("zzz":")" + std::string(1 << 20, 'x') + R"(",)"), memory(""));
  EXPECT_EQ(memory(R"("zzz":[)" + std::string(1 << 20, '1') + R"(],)"), memory(""));
}

TEST(JsonDecode, AFieldOfAnotherKindOfPointIsUnknown) {
  EXPECT_EQ(
      metric(
          R"("gauge":{"isMonotonic":1,"aggregationTemporality":[],"dataPoints":[{"count":"x","sum":null,"flags":1}]})"),
      "data gauge\npoint\n flags 1\n");
  EXPECT_EQ(
      metric(
          R"("summary":{"dataPoints":[{"exemplars":5,"bucketCounts":"x","min":null,"count":1}]})"),
      "data summary\npoint\n count 1\n");
  EXPECT_EQ(
      metric(
          R"("histogram":{"dataPoints":[{"asInt":null,"scale":"x","positive":1,"quantileValues":1,"max":2}]})"),
      "data histogram\npoint\n max 0x4000000000000000\n");
}

TEST(JsonDecode, ScopesUnderTheirOldName) {
  EXPECT_EQ(
      decoded<LogsRequest>(R"({"resourceLogs":[{"deprecatedScopeLogs":[{"schemaUrl":"old"}]}]})"),
      "resource_group\n scope_group\n  schema_url \"old\"\n");
  EXPECT_EQ(
      decoded<LogsRequest>(
          R"({"resourceLogs":[{"deprecated_scope_logs":[{"schemaUrl":"old"}],"scopeLogs":[{"schemaUrl":"new"}]}]})"),
      "resource_group\n scope_group\n  schema_url \"new\"\n");
}

TEST(JsonDecode, EntityReferencesAreCheckedAndDropped) {
  auto resource = [](const std::string& refs) {
    return decoded<LogsRequest>(R"({"resourceLogs":[{"resource":{"entityRefs":)" + refs + "}}]}");
  };
  EXPECT_EQ(
      resource(
          R"([{"schemaUrl":"u","type":"t","idKeys":["a"],"descriptionKeys":null,"x":1},null])"),
      "resource_group\n");
  EXPECT_TRUE(is_error(resource("5")));
  EXPECT_TRUE(is_error(resource(R"([{"idKeys":[5]}])")));
}

TEST(JsonDecode, Ids) {
  EXPECT_EQ(log(R"("traceId":"","spanId":"")"), "");
  EXPECT_EQ(log(R"("traceId":"00000000000000000000000000000000")"), "");
  for (const char* members :
       {R"("traceId":"0102")", R"("traceId":"zz8efff798038103d269b633813fc60c")",
        R"("traceId":"5b8efff798038103d269b633813fc60c00")", R"("spanId":"010203")",
        R"("spanId":"eee19b7ec3c1b17")", R"("spanId":5)", R"("spanId":" ee19b7ec3c1b174")"}) {
    EXPECT_TRUE(is_error(log(members))) << members;
  }
  EXPECT_EQ(log(R"("spanId":"xy")"),
            "INVALID_ARGUMENT: cannot decode JSON at byte 57, in \"spanId\": expected a span id of "
            "16 hex digits, or none, "
            "found 'x'");
}

TEST(JsonDecode, WrongTypesAreRefused) {
  for (const char* body : {"",
                           "  ",
                           "5",
                           "true",
                           R"("x")",
                           "[]",
                           "{",
                           "}",
                           R"({"resourceLogs":{}})",
                           R"({"resourceLogs":"x"})",
                           R"({"resourceLogs":[5]})",
                           R"({"resourceLogs":[],})",
                           R"({"resourceLogs":[],"")",
                           R"({"resourceLogs":[{]})",
                           R"({"resourceLogs":[{"resource":[]}]})",
                           R"({"resourceLogs":[{"schemaUrl":5}]})",
                           R"({'resourceLogs':[]})",
                           "{/*x*/\"resourceLogs\":[]}",
                           "\xef\xbb\xbf{}",
                           "\xff\xfe"}) {
    EXPECT_TRUE(is_error(decoded<LogsRequest>(body))) << body;
  }
  for (const char* members :
       {R"("severityNumber":"17")", R"("severityNumber":"INFO")", R"("severityNumber":[])",
        R"("severityText":5)", R"("attributes":{"a":"b"})", R"("body":"text")",
        R"("body":{"intValue":42.0})", R"("flags":-1)", R"("flags":4294967296)",
        R"("timeUnixNano":"")", R"("timeUnixNano":1.9e18)",
        R"("body":{"stringValue":"a)"
        "\t"
        R"("})"}) {
    EXPECT_TRUE(is_error(log(members))) << members;
  }
}

TEST(JsonDecode, WhatFollowsTheRequestIsIgnored) {
  EXPECT_EQ(decoded<LogsRequest>(R"({"resourceLogs":[{}]} garbage })"), "resource_group\n");
  EXPECT_EQ(decoded<LogsRequest>(R"({"resourceLogs":[{}]}{"resourceLogs":[{}]})"),
            "resource_group\n");
}

std::string nested_body(int depth) {
  std::string text = R"("body":)";
  for (int i = 0; i < depth; ++i) text += R"({"arrayValue":{"values":[)";
  for (int i = 0; i < depth; ++i) text += "]}}";
  return text;
}

TEST(JsonDecode, DepthOfValuesIsLimited) {
  EXPECT_EQ(log(nested_body(kDepthMax)).substr(0, 11), "body array\n");
  EXPECT_TRUE(is_error(log(nested_body(kDepthMax + 1))));
}

TEST(JsonDecode, MemoryIsLimited) {
  std::string body =
      R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":[{})";
  for (int i = 0; i < 2'000'000; ++i) body += ",{}";
  Arena arena;
  MetricsRequest request;
  const Status status = decode_json(body, arena, request);
  EXPECT_EQ(status.code(), Code::ResourceExhausted);
  EXPECT_LT(arena.capacity_bytes(), 3 * kDecodedBytesMax);
}

TEST(JsonFields, AreFoundInBothSpellingsOnly) {
  EXPECT_EQ(find_json_field("droppedAttributesCount"), JsonField::DroppedAttributesCount);
  EXPECT_EQ(find_json_field("dropped_attributes_count"), JsonField::DroppedAttributesCount);
  EXPECT_EQ(find_json_field("key"), JsonField::Key);
  for (const char* name :
       {"", "k", "Key", "keys", "dropped_attributesCount", "droppedAttributesCountX",
        "droppedattributescount", "observed_time_unix_nanoXXXXXXXXXXX", "time_unixXnano", "-"}) {
    EXPECT_EQ(find_json_field(name), JsonField::Unknown) << name;
  }
}

/// The first line in which two dumps differ, or nothing.
std::string difference(std::string_view a, std::string_view b) {
  if (a == b) return {};
  const size_t at = static_cast<size_t>(
      std::mismatch(a.begin(), a.begin() + std::min(a.size(), b.size()), b.begin()).first -
      a.begin());
  const size_t line = at == 0 ? 0 : a.rfind('\n', at - 1) + 1;
  return std::string(a.substr(line, a.find('\n', at) - line)) +
         " != " + std::string(b.substr(line, b.find('\n', at) - line));
}

template <typename Request>
void check_random_requests() {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    Arena arena;
    Request request;
    testing::fill_at_random(seed, arena, request);
    const std::string expected = testing::dump(request);
    const std::string protobuf = testing::to_protobuf(request);
    Request from_protobuf;
    ASSERT_TRUE(decode_protobuf(protobuf, arena, from_protobuf).ok());
    ASSERT_EQ(difference(testing::dump(from_protobuf), expected), "") << "protobuf, seed " << seed;
    ASSERT_EQ(difference(decoded<Request>(testing::to_json(request)), expected), "")
        << "plain JSON, seed " << seed;
    ASSERT_EQ(difference(decoded<Request>(testing::to_json(request, seed)), expected), "")
        << "JSON, seed " << seed;
  }
}

TEST(JsonDecode, RandomLogsAgreeWithTheirProtobufForm) { check_random_requests<LogsRequest>(); }
TEST(JsonDecode, RandomTracesAgreeWithTheirProtobufForm) { check_random_requests<TracesRequest>(); }
TEST(JsonDecode, RandomMetricsAgreeWithTheirProtobufForm) {
  check_random_requests<MetricsRequest>();
}

TEST(JsonDecode, ATruncatedRequestIsRefused) {
  Arena arena;
  TracesRequest request;
  testing::fill_at_random(5, arena, request);
  const std::string body = testing::to_json(request, 5);
  for (size_t size = 0; size < body.size(); ++size) {
    ASSERT_TRUE(is_error(decoded<TracesRequest>(std::string_view(body).substr(0, size)))) << size;
  }
}

}  // namespace
}  // namespace sluice::otlp
