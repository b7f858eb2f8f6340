// What the exporter finds out about its tables, and says.

#include "testing/exporter_rig.h"

namespace sluice::components {
namespace {

using testing::accepting;
using testing::described;
using testing::ExporterRig;
using testing::FakeReply;
using testing::FakeRequest;
using testing::logs;
using testing::quick;
using testing::script;
using testing::table_described_by;

/// An exporter that only gets logs looks at one table.
ClickHouseExporterConfig quick_logs() {
  ClickHouseExporterConfig config = quick();
  config.signals = {true, false, false};
  return config;
}

/// What the log says meanwhile.
class LogCapture {
 public:
  LogCapture() { ::testing::internal::CaptureStderr(); }
  ~LogCapture() { (void)::testing::internal::GetCapturedStderr(); }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  std::string take() {
    std::string text = ::testing::internal::GetCapturedStderr();
    ::testing::internal::CaptureStderr();
    return text;
  }
};

size_t count(std::string_view text, std::string_view what) {
  size_t found = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string_view::npos; at += what.size())
    ++found;
  return found;
}

TEST(ClickHouseExporter, ColumnsThatATableLacksAreLeftOutFromTheStart) {
  LogCapture log;
  const auto fine = accepting();
  ExporterRig rig(
      [&](const FakeRequest& request) {
        const std::string table = table_described_by(request.sql);
        if (table == "otel_logs")
          return FakeReply::ok(described(table, {"EventName", "TraceFlags"}));
        if (table == "otel_traces") return FakeReply::ok(described(table, {"Links.TraceId"}));
        return fine(request);
      },
      quick());
  while (!rig.exporter->ready()) std::this_thread::yield();
  rig.send({"a"});
  EXPECT_TRUE(rig.answers.wait().at(0).status.ok());
  const FakeRequest insert = rig.server.stored().at(0);
  EXPECT_EQ(insert.sql.find("`EventName`"), std::string::npos) << insert.sql;
  EXPECT_EQ(insert.sql.find("`TraceFlags`"), std::string::npos) << insert.sql;
  EXPECT_NE(insert.sql.find("`Body`"), std::string::npos) << insert.sql;
  EXPECT_EQ(insert.parameters.at("input_format_skip_unknown_fields"), "1");
  const std::string text = log.take();
  EXPECT_EQ(count(text, "A table lacks columns"), 2u) << text;
  EXPECT_NE(text.find("`TraceFlags`, `EventName`"), std::string::npos) << text;
  EXPECT_NE(text.find("`Links.TraceId`"), std::string::npos) << text;
  EXPECT_NE(text.find("sluice schema"), std::string::npos) << text;
}

TEST(ClickHouseExporter, RetentionTimesThatCannotBeChangedAreSaidAndTheOthersAreChanged) {
  LogCapture log;
  const auto fine = accepting();
  ClickHouseExporterConfig config = quick_logs();
  config.schema = SchemaWork::ClickStack;
  config.reconcile_ttl = true;
  ExporterRig rig(
      [&](const FakeRequest& request) {
        if (request.sql.find("create_table_query") != std::string::npos) {
          return FakeReply::ok(
              "otel_logs\tCREATE TABLE d.otel_logs ENGINE = MergeTree TTL Timestamp + "
              "toIntervalDay(3)\n"
              "otel_traces\tCREATE TABLE d.otel_traces ENGINE = MergeTree TTL Timestamp + "
              "toIntervalDay(3)\n"
              "hyperdx_sessions\tCREATE TABLE d.hyperdx_sessions ENGINE = MergeTree TTL "
              "Timestamp\n");
        }
        if (request.sql.rfind("ALTER TABLE `default`.`otel_logs`", 0) == 0)
          return FakeReply::exception(159, "Timeout exceeded");
        return fine(request);
      },
      config);
  while (!rig.exporter->ready()) std::this_thread::yield();
  const std::string text = log.take();
  EXPECT_EQ(count(text, "could not be changed"), 1u) << text;
  EXPECT_NE(text.find("Timeout exceeded"), std::string::npos) << text;
  EXPECT_EQ(count(text, "keeps its retention time"), 1u) << text;
  EXPECT_NE(text.find("hyperdx_sessions"), std::string::npos) << text;
  size_t changed = 0;
  for (const FakeRequest& request : rig.server.requests())
    changed += request.sql.rfind("ALTER TABLE `default`.`otel_traces` MODIFY TTL", 0) == 0 ? 1 : 0;
  EXPECT_EQ(changed, 1u);
}

TEST(ClickHouseExporter, AServerWithoutTheEngineOfTheTableForPromQlStoresAllElse) {
  for (const bool has_engine : {true, false}) {
    LogCapture log;
    const auto fine = accepting();
    ClickHouseExporterConfig config = quick_logs();
    config.schema = SchemaWork::ClickStack;
    config.promql_table = true;
    ExporterRig rig(
        [&](const FakeRequest& request) {
          if (!has_engine && request.sql.find("`metrics_ts`") != std::string::npos)
            return FakeReply::exception(56, "Unknown table engine TimeSeries");
          return fine(request);
        },
        config);
    while (!rig.exporter->ready()) std::this_thread::yield();
    rig.send({"a"});
    EXPECT_TRUE(rig.answers.wait().at(0).status.ok());
    EXPECT_EQ(count(log.take(), "metrics_ts for PromQL could not be made"), has_engine ? 0u : 1u);
    size_t made = 0;
    for (const FakeRequest& request : rig.server.requests())
      made += request.sql.find("ENGINE = TimeSeries") != std::string::npos ? 1 : 0;
    EXPECT_GE(made, 1u);
  }
}

TEST(ClickHouseExporter, JsonIsSentWithSettingsThatKeepWhatItSays) {
  ClickHouseExporterConfig config = quick_logs();
  config.attributes = mapping::AttributeType::Json;
  ExporterRig rig(script([](const FakeRequest&) { return FakeReply::ok(); }), config);
  while (!rig.exporter->ready()) std::this_thread::yield();
  rig.send({"a"});
  EXPECT_TRUE(rig.answers.wait().at(0).status.ok());
  const FakeRequest insert = rig.server.stored().at(0);
  EXPECT_EQ(insert.parameters.at("input_format_try_infer_dates"), "0");
  EXPECT_EQ(insert.parameters.at("input_format_try_infer_datetimes"), "0");
  EXPECT_EQ(insert.parameters.at("type_json_skip_duplicated_paths"), "1");
}

TEST(ClickHouseExporter, ATableWithTheOtherTypeOfAttributesIsNamedOnce) {
  using mapping::AttributeType;
  for (const AttributeType sent : {AttributeType::Map, AttributeType::Json}) {
    LogCapture log;
    const auto fine = accepting();
    ClickHouseExporterConfig config = quick_logs();
    config.attributes = sent;
    ExporterRig rig(
        [&](const FakeRequest& request) {
          if (table_described_by(request.sql) != "otel_logs") return fine(request);
          return FakeReply::ok(described("otel_logs") +
                               (sent == AttributeType::Map
                                    ? "LogAttributes\tJSON\n"
                                    : "LogAttributes\tMap(String, String)\n"));
        },
        config);
    while (!rig.exporter->ready()) std::this_thread::yield();
    const std::string text = log.take();
    EXPECT_EQ(
        count(text, sent == AttributeType::Map ? "attributes are JSON" : "attributes are maps"), 1u)
        << text;
    EXPECT_NE(text.find(sent == AttributeType::Map ? "set json: true" : "set json: false"),
              std::string::npos)
        << text;
  }
}

TEST(ClickHouseExporter, AColumnThatGoesMissingLaterIsFoundOutByTheInsert) {
  std::atomic<bool> lacks{false};
  auto inserts = script([&](const FakeRequest& insert) {
    return lacks && insert.sql.find("`EventName`") != std::string::npos
               ? FakeReply::exception(16, "No such column EventName in table", 404)
               : FakeReply::ok();
  });
  ExporterRig rig(
      [&](const FakeRequest& request) {
        const std::string table = table_described_by(request.sql);
        if (table != "otel_logs" || !lacks) return inserts(request);
        return FakeReply::ok(described(table, {"EventName"}));
      },
      quick_logs());
  while (!rig.exporter->ready()) std::this_thread::yield();
  lacks = true;
  rig.send({"a"});
  EXPECT_TRUE(rig.answers.wait().at(0).status.ok());
  EXPECT_EQ(rig.stored_rows(), 1u);
}

TEST(ClickHouseExporter, AServerThatTellsNothingOfItsTablesIsTriedWithAllColumns) {
  for (const int code : {497, 60, 62, 1002}) {
    SCOPED_TRACE(code);
    LogCapture log;
    const auto fine = accepting();
    ClickHouseExporterConfig config = quick_logs();
    config.schema = SchemaWork::None;
    ExporterRig rig(
        [&](const FakeRequest& request) {
          const bool asks =
              !table_described_by(request.sql).empty() || request.sql.rfind("CHECK GRANT", 0) == 0;
          return asks ? FakeReply::exception(code, "no") : fine(request);
        },
        config);
    while (!rig.exporter->ready()) std::this_thread::yield();
    rig.send({"a"});
    EXPECT_TRUE(rig.answers.wait().at(0).status.ok());
    EXPECT_NE(rig.server.stored().at(0).sql.find("`EventName`"), std::string::npos);
    std::string text = log.take();
    while (code == 60 && text.find("A table is missing") == std::string::npos) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      text += log.take();
    }
    EXPECT_EQ(count(text, code == 497  ? "GRANT SHOW COLUMNS ON `default`.`otel_logs` TO `default`"
                          : code == 60 ? "A table is missing"
                                       : "were not found out"),
              1u)
        << text;
  }
}

TEST(ClickHouseExporter, ATableThatIsMadeAtTheSameTimeIsNotSaidToBeMissing) {
  LogCapture log;
  std::atomic<int> looks{0};
  const auto fine = accepting();
  ClickHouseExporterConfig config = quick_logs();
  config.schema = SchemaWork::None;
  ExporterRig rig(
      [&](const FakeRequest& request) {
        const std::string table = table_described_by(request.sql);
        if (table.empty()) return fine(request);
        return ++looks == 1 ? FakeReply::exception(60, "no such table")
                            : FakeReply::ok(described(table, {"EventName"}));
      },
      config);
  std::string text;
  const auto is_logged = [&](std::string_view what) {
    text += log.take();
    return text.find(what) != std::string::npos;
  };
  while (!is_logged("A table lacks columns"))
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  rig.send({"a"});
  EXPECT_TRUE(rig.answers.wait().at(0).status.ok());
  EXPECT_EQ(rig.server.stored().at(0).sql.find("`EventName`"), std::string::npos);
  EXPECT_FALSE(is_logged("A table is missing")) << text;
}

TEST(ClickHouseExporter, AMissingRightIsSaidAtTheStartAndByTheInsert) {
  LogCapture log;
  auto inserts = script([](const FakeRequest&) {
    return FakeReply::exception(497, "default: Not enough privileges", 403);
  });
  ExporterRig rig(
      [&](const FakeRequest& request) {
        const bool is_traces = request.sql.find("`otel_traces`") != std::string::npos;
        if (request.sql.rfind("CHECK GRANT INSERT(", 0) == 0)
          return FakeReply::ok(is_traces ? "0\n" : "1\n");
        return inserts(request);
      },
      quick());
  while (!rig.exporter->ready()) std::this_thread::yield();
  const std::string at_start = log.take();
  EXPECT_EQ(count(at_start, "may not insert into a table"), 1u) << at_start;
  EXPECT_NE(at_start.find("GRANT INSERT ON `default`.`otel_traces` TO `default`"),
            std::string::npos)
      << at_start;
  rig.send({"a"});
  EXPECT_EQ(rig.answers.wait().at(0).status.code(), Code::Unavailable);
  EXPECT_NE(log.take().find("GRANT INSERT ON `default`.`otel_logs` TO `default`"),
            std::string::npos);
}

}  // namespace
}  // namespace sluice::components
