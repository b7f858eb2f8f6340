#include <gtest/gtest.h>

#include <span>
#include <string>
#include <string_view>

#include "server/guard.h"
#include "server/guard_statements.h"

namespace sluice::server {
namespace {

void expect_refused(std::span<const RefusedStatement> statements) {
  for (const RefusedStatement& c : statements) {
    Result<StatementShape> shape = parse_shape(c.sql);
    ASSERT_TRUE(shape.ok()) << c.sql << "\n" << shape.status().to_string();
    std::optional<GuardRefusal> refusal = guard_check(c.sql, *shape, false);
    ASSERT_TRUE(refusal.has_value()) << c.sql;
    EXPECT_EQ(refusal->code, c.code) << c.sql << "\n" << refusal->message;
    EXPECT_FALSE(refusal->type.empty());
    EXPECT_FALSE(refusal->message.empty());
  }
}

TEST(GuardRefusedTest, StatementsThatReachOutOfTheEngine) { expect_refused(kRefused); }

TEST(GuardRefusedTest, StatementsThatCouldNotBeEnded) {
  constexpr RefusedStatement kStatements[] = {
      {497, "SET query_cache_tag = 'x'"},
      {497, "SELECT sum(number) FROM numbers(9) SETTINGS query_cache_tag = 'x'"},
      {497, "SELECT * FROM (SELECT 1 SETTINGS query_cache_tag = 'x')"},
      {497, "SET max_threads = 1, readonly = 1"},
      {497, "SET `readonly` = '1'"},
  };
  expect_refused(kStatements);
}

TEST(GuardRefusedTest, FilesWhoseNameSaysTheFormat) {
  constexpr RefusedStatement kStatements[] = {
      {497, "INSERT INTO t FROM INFILE '/etc/passwd'"},
      {497, "INSERT INTO t FROM INFILE 'x.csv.gz' COMPRESSION 'gzip'"},
  };
  expect_refused(kStatements);
}

TEST(GuardRefusedTest, WritesOnGet) {
  constexpr std::string_view kWrites[] = {
      "INSERT INTO t VALUES (1)",
      "INSERT INTO t SELECT 1",
      "WITH 1 AS x INSERT INTO t SELECT x",
      "CREATE TABLE x (a Int8) ENGINE = Memory",
      "ALTER TABLE t ADD COLUMN b Int8",
      "DROP TABLE t",
      "TRUNCATE TABLE t",
      "RENAME TABLE a TO b",
      "OPTIMIZE TABLE t",
      "EXCHANGE TABLES a AND b",
      "DELETE FROM t WHERE 1",
      "UPDATE t SET a = 1 WHERE 1",
      "SYSTEM FLUSH LOGS",
      "SYSTEM STOP MERGES t",
      "KILL QUERY WHERE 1",
      "SELECT 1 SETTINGS readonly = 0",
      "SET readonly = 0",
  };
  for (std::string_view sql : kWrites) {
    Result<StatementShape> shape = parse_shape(sql);
    ASSERT_TRUE(shape.ok()) << sql;
    std::optional<GuardRefusal> refusal = guard_check(sql, *shape, true);
    ASSERT_TRUE(refusal.has_value()) << sql;
    EXPECT_EQ(refusal->code, 164) << sql;
    EXPECT_EQ(refusal->type, "READONLY");
  }
}

TEST(GuardRefusedTest, SettingsBesideTheStatement) {
  EXPECT_EQ(guard_check_setting("dialect", "prql", false)->code, 497);
  EXPECT_EQ(guard_check_setting("Dialect", "prql", false)->code, 497);
  EXPECT_EQ(guard_check_setting("format_schema", "/etc/passwd", false)->code, 497);
  EXPECT_EQ(guard_check_setting("readonly", "0", true)->code, 164);
  EXPECT_FALSE(guard_check_setting("readonly", "2", true).has_value());
  EXPECT_FALSE(guard_check_setting("max_execution_time", "60", true).has_value());
  EXPECT_FALSE(guard_check_setting("no_such_setting", "1", true).has_value());
}

TEST(GuardRefusedTest, ParametersThatNameWhatIsRefused) {
  struct {
    std::string_view sql;
    std::string_view value;
    bool refused;
  } const cases[] = {
      {"SELECT * FROM {p:Identifier}", "/etc/passwd", true},
      {"SELECT * FROM default.{p:Identifier}", "../x", true},
      {"SELECT f({p:Identifier}, 1)", "file", true},
      {"SELECT * FROM system.{p:Identifier}", "stack_trace", true},
      {"SELECT * FROM {p:Identifier}", "otel_logs", false},
      {"SELECT {p:String}", "/etc/passwd", false},
      {"SELECT {q:Identifier}", "/etc/passwd", false},  // another parameter
  };
  for (const auto& c : cases) {
    Result<StatementShape> shape = parse_shape(c.sql);
    ASSERT_TRUE(shape.ok());
    EXPECT_EQ(guard_check_parameters(c.sql, *shape, {{"p", c.value}}).has_value(), c.refused)
        << c.sql << " " << c.value;
  }
}

TEST(GuardRefusedTest, ExpressionsInValuesBesideTheStatement) {
  EXPECT_TRUE(guard_check_values("(1, file('/etc/passwd'))").has_value());
  EXPECT_TRUE(guard_check_values("(1),(2),\n(arrayMap(file, ['x']))").has_value());
  EXPECT_TRUE(guard_check_values("('open").has_value());
  EXPECT_FALSE(guard_check_values("(1, 'file(x)'), (now(), NULL), ([1], {'a':'b'})").has_value());
  EXPECT_FALSE(guard_check_values("").has_value());
}

TEST(GuardAllowedTest, WhatTheUiAndTheOwnerSend) {
  for (std::string_view sql : kAllowed) {
    Result<StatementShape> shape = parse_shape(sql);
    ASSERT_TRUE(shape.ok()) << sql << "\n" << shape.status().to_string();
    std::optional<GuardRefusal> refusal = guard_check(sql, *shape, false);
    EXPECT_FALSE(refusal.has_value()) << sql << "\n" << refusal.value_or(GuardRefusal{}).message;
  }
}

}  // namespace
}  // namespace sluice::server
