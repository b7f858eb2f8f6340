#include "app/clickstack_logs_testing.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <string>

#include "otlp/value_text.h"

namespace sluice::app {

using otlp::LogRecord;
using otlp::Value;

namespace {

using Map = std::map<std::string, std::string>;

/// A request of one record, which `fill` makes.
pipeline::Batch one(const std::function<void(LogRecord&, Arena&)>& fill) {
  pipeline::Batch batch;
  batch.ack = pipeline::Ack([](pipeline::Outcome&&) {});
  Arena& arena = *batch.arena;
  batch.logs = arena.create<otlp::LogsRequest>();
  auto& resource = batch.logs->resources.emplace_back(arena);
  fill(resource.scopes.emplace_back(arena).records.emplace_back(arena), arena);
  return batch;
}

struct Transformed {
  Map attributes;
  int32_t number = 0;
  std::string text;
};

Transformed transformed(const std::function<void(LogRecord&, Arena&)>& fill) {
  static ClickStackLogs pipeline;
  pipeline.run(one(fill));
  const pipeline::Batch batch = std::move(pipeline.logs.batches.back());
  pipeline.logs.batches.clear();
  const LogRecord& record = batch.logs->resources[0].scopes[0].records[0];
  Transformed out{{}, record.severity_number, std::string(record.severity_text)};
  Buffer scratch;
  for (const auto& kv : record.attributes) {
    const bool is_new =
        out.attributes.emplace(kv.key, std::string(otlp::value_text(kv.value, scratch))).second;
    EXPECT_TRUE(is_new) << kv.key;
  }
  return out;
}

Transformed of_body(const std::string& body) {
  return transformed(
      [&](LogRecord& record, Arena& arena) { record.body = Value::string(arena.copy(body)); });
}

TEST(ClickStackLogs, AJsonObjectIsOfOneLineFromTheFirstBraceToTheLast) {
  const std::pair<const char*, Map> cases[] = {
      {"", {}},
      {"no braces", {}},
      {"{", {}},
      {"}{", {}},
      {"{}", {}},
      {"a {\"b\":1} c", {{"b", "1"}}},
      {"{\"a\":1} {\"b\":1}", {}},
      {"{\n\"a\":1\n}", {}},
      {"{ open\n{\"a\":1}", {{"a", "1"}}},
      {"one {\"a\":1}\ntwo {\"b\":2}", {{"a", "1"}}},
      {"}\n{x}", {}},
  };
  for (const auto& [body, attributes] : cases)
    EXPECT_EQ(of_body(body).attributes, attributes) << body;
}

TEST(ClickStackLogs, TheSeverityOfALevel) {
  const std::pair<const char*, int> cases[] = {
      {"Information", 9}, {"critical error", 17}, {"interrupt", 17}, {"traceback", 1},
      {"verbose", 9},     {"  error  ", 17},      {"terror", 17},    {"error info", 9},
      {"WARNING", 13},    {"panic", 9},           {"fatal", 21},     {"dBuG", 5}};
  for (int round = 0; round < 2; ++round) {  // computed, then remembered
    for (const auto& [text, number] : cases) {
      const auto got = transformed([&, level = text](LogRecord& record, Arena& arena) {
        record.attributes.push_back(arena, {"level", Value::string(level)});
      });
      EXPECT_EQ(got.number, number) << text;
    }
  }
}

TEST(ClickStackLogs, TheFirstLevelThatIsATextCounts) {
  const auto got = transformed([](LogRecord& record, Arena& arena) {
    record.attributes.push_back(arena, {"log.level", Value::string("trace")});
    record.attributes.push_back(arena, {"SEVERITY", Value::string("Warn")});
    record.attributes.push_back(arena, {"Level", Value::string("")});
    record.attributes.push_back(arena, {"level", Value::integer(50)});
  });
  EXPECT_EQ(got.text, "warn");
  EXPECT_EQ(got.number, 13);
}

TEST(ClickStackLogs, TheSeverityOfABody) {
  const std::pair<std::string, int> cases[] = {
      {"", 9},
      {"error then FATAL", 17},
      {"INFO: an error", 17},
      {"backtrace", 9},
      {"_error", 9},
      {"1error", 9},
      {"\xc3\xa9rror is no word, but \xc3\xa9"
       "error is",
       17},
      {"WARNINGS", 13},
      {"this is a Trace", 1},
      {std::string(253, ' ') + "error", 17},
      {std::string(254, ' ') + "error", 9},
      {std::string(256, ' ') + "fatal", 9},
  };
  for (int round = 0; round < 2; ++round) {
    for (const auto& [body, number] : cases) EXPECT_EQ(of_body(body).number, number) << body;
  }
}

TEST(ClickStackLogs, TheTextGoesToLowerCaseRuneByRune) {
  const std::pair<const char*, const char*> cases[] = {
      {"plain", "plain"},
      {"WARN", "warn"},
      {"\xc3\x8eNFO", "\xc3\xaenfo"},            // Î
      {"\xc4\xb0", "i"},                         // İ
      {"\xe1\xba\x9e", "\xc3\x9f"},              // ẞ
      {"\xce\x91\xce\xa3", "\xce\xb1\xcf\x83"},  // ΑΣ, no final sigma
      {"\xc8\xba", "\xe2\xb1\xa5"},              // Ⱥ grows by a byte
      {"a\xff"
       "B",
       "a\xef\xbf\xbd"
       "b"},
  };
  for (const auto& [text, lower] : cases) {
    const auto got =
        transformed([&, own = text](LogRecord& record, Arena&) { record.severity_text = own; });
    EXPECT_EQ(got.text, lower) << text;
    EXPECT_EQ(got.number, 0);
  }
}

TEST(ClickStackLogs, AJsonBodyIsFlattened) {
  const auto attributes = [](const char* body) { return of_body(body).attributes; };
  EXPECT_EQ(attributes(R"({"a":{"b":1},"c":[true,{"d":null}]})"),
            (Map{{"a.b", "1"}, {"c.0", "true"}, {"c.1.d", ""}}));
  EXPECT_EQ(attributes(R"({"a":[[1,2],[3,[4]]]})"),
            (Map{{"a.00", "1"}, {"a.01", "2"}, {"a.10", "3"}, {"a.11.0", "4"}}));
  EXPECT_EQ(attributes(R"({"a":{},"b":[]})"), Map{});
  EXPECT_EQ(attributes("{not json}"), Map{});
}

TEST(ClickStackLogs, TheLastMemberOfAKeyCountsWhole) {
  const auto attributes = [](const char* body) { return of_body(body).attributes; };
  EXPECT_EQ(attributes(R"({"a":{"b":1},"a":2})"), (Map{{"a", "2"}}));
  EXPECT_EQ(attributes(R"({"a":1,"a":{"b":2}})"), (Map{{"a.b", "2"}}));
  EXPECT_EQ(attributes(R"({"x":{"a":{"b":1},"a":{}}})"), Map{});
}

TEST(ClickStackLogs, AMemberReplacesTheAttributeOfItsNameBeforeFlattening) {
  const auto got = transformed([](LogRecord& record, Arena& arena) {
    record.attributes.push_back(arena, {"x", Value::string("old")});
    record.attributes.push_back(arena, {"x.y", Value::string("own")});
    record.body = Value::string(R"({"x":{"y":7,"z":8}})");
  });
  EXPECT_EQ(got.attributes, (Map{{"x.y", "own"}, {"x.z", "8"}}));
}

TEST(ClickStackLogs, ManyAttributesAndMembersAreMergedAlike) {
  const Map got =
      transformed([](LogRecord& record, Arena& arena) {
        std::string json = "{";
        for (int i = 0; i < 500; ++i) {
          const std::string key = "k" + std::to_string(i);
          record.attributes.push_back(arena, {arena.copy(key), Value::string("attribute")});
          json += (i == 0 ? "\"" : ",\"") + ("k" + std::to_string(i + 250)) +
                  "\":{\"in\":1},\"dup\":[1]";
        }
        record.body = Value::string(arena.copy(json + "}"));
      }).attributes;
  EXPECT_EQ(got.size(), 751U);
  EXPECT_EQ(got.at("k0"), "attribute");
  EXPECT_EQ(got.at("k250.in"), "1");
  EXPECT_EQ(got.at("k749.in"), "1");
  EXPECT_EQ(got.at("dup.0"), "1");
}

TEST(ClickStackLogs, TheMembersOfAMapBodyStayNested) {
  const auto got = transformed([](LogRecord& record, Arena& arena) {
    record.attributes.push_back(arena, {"user", Value::string("old")});
    otlp::Attributes inner;
    inner.push_back(arena, {"id", Value::integer(1)});
    otlp::Attributes body;
    body.push_back(arena, {"user", Value::map(inner.data(), inner.size())});
    record.body = Value::map(body.data(), body.size());
  });
  EXPECT_EQ(got.attributes, (Map{{"user", R"({"id":1})"}}));
}

TEST(ClickStackLogs, SeverityOfTheProducerWins) {
  const auto got = transformed([](LogRecord& record, Arena&) {
    record.severity_text = "INFO";
    record.body = Value::string(R"({"level":"warn"})");
  });
  EXPECT_EQ(got.text, "info");
  EXPECT_EQ(got.number, 0);
}

TEST(ClickStackLogs, ARecordWithTheAttributeOfAReplayIsOne) {
  const auto goes_to_sessions = [](const std::function<void(LogRecord&, Arena&)>& fill) {
    ClickStackLogs pipeline;
    pipeline.run(one(fill));
    EXPECT_EQ(pipeline.logs.batches.size() + pipeline.sessions.batches.size(), 1u);
    return pipeline.sessions.batches.size() == 1;
  };
  const auto with = [&](Value value) {
    return goes_to_sessions([&](LogRecord& record, Arena& arena) {
      record.attributes.push_back(arena, {"rr-web.event", value});
    });
  };
  EXPECT_FALSE(goes_to_sessions([](LogRecord&, Arena&) {}));
  EXPECT_FALSE(with(Value()));
  EXPECT_TRUE(with(Value::string("")));
  EXPECT_TRUE(with(Value::boolean(false)));
  EXPECT_TRUE(with(Value::map(nullptr, 0)));
  EXPECT_FALSE(with(Value::real(std::numeric_limits<double>::quiet_NaN())));
}

}  // namespace
}  // namespace sluice::app
