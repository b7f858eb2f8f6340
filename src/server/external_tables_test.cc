#include "server/external_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/fake_engine.h"

namespace sluice::server {
namespace {

using engine::FakeCall;
using engine::FakeEngine;
using engine::Outcome;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ExternalTablesTest : public ::testing::Test {
 protected:
  ExternalTable& add(const std::string& name, std::string_view rows = "1\n") {
    ExternalTable& table = tables_.emplace_back();
    table.name = name;
    Result<MemFile> file = MemFile::create(budget_);
    EXPECT_TRUE(file.ok() && file->write(rows).ok());
    table.insert.data = std::move(*file);
    return table;
  }

  Budget budget_{1000};
  ExternalTables tables_;
};

TEST_F(ExternalTablesTest, ParametersOfATableBecomeItsStatements) {
  const ExternalTable& a = add("a");
  const ExternalTable& b = add("b`");
  engine::NameValues params = {{"a_structure", "x UInt8, y String"},
                               {"max_threads", "2"},
                               {"a_format", "CSV"},
                               {"b`_types", "UInt8, Decimal(10, 2),String"}};
  ASSERT_TRUE(describe_tables(params, tables_).ok());
  EXPECT_EQ(params, (engine::NameValues{{"max_threads", "2"}}));
  EXPECT_EQ(a.create.sql, "CREATE TEMPORARY TABLE `a` (x UInt8, y String) ENGINE = Memory");
  EXPECT_EQ(a.insert.sql, "INSERT INTO `a` SETTINGS async_insert = 0 FORMAT CSV");
  EXPECT_EQ(b.create.sql,
            "CREATE TEMPORARY TABLE `b\\`` (_1 UInt8, _2  Decimal(10, 2), _3 String) ENGINE = "
            "Memory");
  EXPECT_EQ(b.insert.sql, "INSERT INTO `b\\`` SETTINGS async_insert = 0 FORMAT TabSeparated");
}

TEST_F(ExternalTablesTest, ColumnsMustBeGiven) {
  add("a");
  engine::NameValues params = {{"a_format", "CSV"}};
  const Status status = describe_tables(params, tables_);
  EXPECT_EQ(status.code(), Code::InvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("Use fields a_structure or a_types"));
}

TEST_F(ExternalTablesTest, ParametersCannotBecomeStatements) {
  for (const char* structure :
       {"x UInt8) ENGINE = Memory; DROP TABLE t; --", "x UInt8 --", "x (", "x String DEFAULT '"}) {
    tables_.clear();
    add("a");
    engine::NameValues params = {{"a_structure", structure}};
    EXPECT_THAT(describe_tables(params, tables_).message(), StartsWith("Syntax error"))
        << structure;
  }
  for (const char* format : {"CSV; DROP TABLE t", "CSV\n1"}) {
    tables_.clear();
    const ExternalTable& table = add("a");
    engine::NameValues params = {{"a_structure", "x UInt8"}, {"a_format", format}};
    EXPECT_TRUE(describe_tables(params, tables_).ok());
    EXPECT_EQ(table.insert.sql, "INSERT INTO `a` SETTINGS async_insert = 0 FORMAT CSV");
  }
}

TEST_F(ExternalTablesTest, TheyAreFilledAndTheirBytesGivenBack) {
  std::string input;
  FakeEngine engine([&input](const FakeCall& call) {
    input += call.input;
    return Outcome();
  });
  add("a", "1\n");
  add("b", "2\n");
  engine::NameValues params = {{"a_types", "UInt8"}, {"b_types", "UInt8"}};
  ASSERT_TRUE(describe_tables(params, tables_).ok());
  const auto connection = engine.connect();
  {
    TemporaryTables temporary(**connection, true);
    EXPECT_EQ(temporary.create(tables_), std::nullopt);
    EXPECT_EQ(budget_.used_bytes(), 0U);
  }
  EXPECT_EQ(input, "1\n2\n");
  EXPECT_THAT(
      engine.statements(),
      ElementsAre(StartsWith("CREATE TEMPORARY TABLE `a`"),
                  StartsWith("INSERT INTO `a`  FROM INFILE '/proc/self/fd/"),
                  StartsWith("CREATE TEMPORARY TABLE `b`"), StartsWith("INSERT INTO `b`"),
                  "DROP TEMPORARY TABLE IF EXISTS `a`", "DROP TEMPORARY TABLE IF EXISTS `b`"));
}

TEST_F(ExternalTablesTest, AnErrorEndsItAndWhatIsThereIsDropped) {
  FakeEngine engine([](const FakeCall& call) {
    Outcome outcome;
    if (call.sql.rfind("CREATE TEMPORARY TABLE `b`", 0) == 0) {
      outcome.error = engine::make_error(57, "TABLE_ALREADY_EXISTS", "exists", "26.5.1.1");
    }
    return outcome;
  });
  add("a");
  add("b");
  engine::NameValues params = {{"a_types", "UInt8"}, {"b_types", "UInt8"}};
  ASSERT_TRUE(describe_tables(params, tables_).ok());
  const auto connection = engine.connect();
  {
    TemporaryTables temporary(**connection, true);
    EXPECT_EQ(temporary.create(tables_)->code, 57);
  }
  EXPECT_EQ(engine.statements().back(), "DROP TEMPORARY TABLE IF EXISTS `a`");
}

}  // namespace
}  // namespace sluice::server
