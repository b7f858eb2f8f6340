#include "server/sql.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace sluice::server {
namespace {

TEST(ParseShapeTest, KindComesFromTheFirstWord) {
  struct {
    std::string_view sql;
    StatementKind kind;
  } const cases[] = {
      {"select 1", StatementKind::Select},
      {"WITH 1 AS x SELECT x", StatementKind::Select},
      {"FROM t SELECT 1", StatementKind::Select},
      {"(SELECT 1)", StatementKind::Select},
      {"-- c\n /* d */ SELECT 1", StatementKind::Select},
      {"INSERT INTO t VALUES (1)", StatementKind::Insert},
      {"WITH 1 AS x INSERT INTO t SELECT x", StatementKind::Insert},
      {"WITH 1 AS insert SELECT insert", StatementKind::Select},
      {"EXPLAIN SELECT 1", StatementKind::Explain},
      {"SHOW TABLES", StatementKind::Show},
      {"DESC t", StatementKind::Describe},
      {"EXISTS t", StatementKind::Exists},
      {"CHECK TABLE t", StatementKind::Check},
      {"USE d", StatementKind::Use},
      {"SET a = 1", StatementKind::Set},
      {"CREATE TABLE t (a Int8) ENGINE = Null", StatementKind::Ddl},
      {"ALTER TABLE t ADD COLUMN b Int8", StatementKind::Ddl},
      {"EXCHANGE TABLES a AND b", StatementKind::Ddl},
      {"DELETE FROM t WHERE 1", StatementKind::Delete},
      {"UPDATE t SET a = 1 WHERE 1", StatementKind::Delete},
      {"SYSTEM FLUSH LOGS", StatementKind::System},
      {"KILL QUERY WHERE 1", StatementKind::Kill},
      {"BACKUP TABLE t TO File('x')", StatementKind::Other},
      {"`SELECT` 1", StatementKind::Other},
  };
  for (const auto& c : cases) {
    Result<StatementShape> shape = parse_shape(c.sql);
    ASSERT_TRUE(shape.ok()) << c.sql << shape.status().to_string();
    EXPECT_EQ(shape->kind, c.kind) << c.sql;
  }
}

/// Marks the offsets in the text: "|" the end, "^" outfile_at, "!" settings_at.
std::string marked(std::string_view sql, const StatementShape& shape) {
  std::string out(sql);
  auto mark = [&out](size_t at, const char* sign) { out.insert(at, sign); };
  mark(shape.end, "|");
  mark(shape.outfile_at, "^");
  if (shape.settings_at != kAbsent) {
    mark(shape.settings_at + (shape.settings_at >= shape.outfile_at ? 1 : 0), "!");
  }
  return out;
}

TEST(ParseShapeTest, FindsTheEndOfTheOutermostStatement) {
  struct {
    std::string_view sql;
    std::string_view marks;
    std::string_view format;
  } const cases[] = {
      {"SELECT 1", "SELECT 1^|", ""},
      {" SELECT 1 ; -- x", " SELECT 1^| ; -- x", ""},
      {"SELECT 1;;", "SELECT 1^|;;", ""},
      {"SELECT 1 /* ; */", "SELECT 1^| /* ; */", ""},
      {"SELECT 1 FORMAT JSON", "SELECT 1 ^FORMAT JSON|", "JSON"},
      {"SELECT 1\nformat `CSV`;", "SELECT 1\n^format `CSV`|;", "CSV"},
      {"SELECT 1 SETTINGS a=1", "SELECT 1 ^!SETTINGS a=1|", ""},
      {"SELECT 1 SETTINGS a=1, b={'x':[1,2]} FORMAT JSON",
       "SELECT 1 ^!SETTINGS a=1, b={'x':[1,2]} FORMAT JSON|", "JSON"},
      {"SELECT 1 FORMAT JSON SETTINGS a=1", "SELECT 1 ^FORMAT JSON !SETTINGS a=1|", "JSON"},
      {"SELECT 1 SETTINGS a=1 FORMAT JSON SETTINGS b=2",
       "SELECT 1 ^SETTINGS a=1 FORMAT JSON !SETTINGS b=2|", "JSON"},
      {"SELECT * FROM (SELECT 1 SETTINGS a=1)", "SELECT * FROM (SELECT 1 SETTINGS a=1)^|", ""},
      {"SELECT 1 UNION ALL SELECT 2 FORMAT CSV", "SELECT 1 UNION ALL SELECT 2 ^FORMAT CSV|", "CSV"},
      {"SELECT format FROM t", "SELECT format FROM t^|", ""},
      {"SELECT format x", "SELECT format x^|", ""},
      {"SELECT a, settings b", "SELECT a, settings b^|", ""},
      {"SELECT t.format f", "SELECT t.format f^|", ""},
      {"SELECT 'FORMAT JSON'", "SELECT 'FORMAT JSON'^|", ""},
      {"SELECT 1 -- FORMAT JSON", "SELECT 1^| -- FORMAT JSON", ""},
      {"(SELECT 1) FORMAT JSON", "(SELECT 1) ^FORMAT JSON|", "JSON"},
      {"SHOW TABLES FORMAT JSON", "SHOW TABLES ^FORMAT JSON|", "JSON"},
  };
  for (const auto& c : cases) {
    Result<StatementShape> shape = parse_shape(c.sql);
    ASSERT_TRUE(shape.ok()) << c.sql << shape.status().to_string();
    EXPECT_EQ(marked(c.sql, *shape), c.marks);
    EXPECT_EQ(shape->format, c.format) << c.sql;
  }
}

TEST(ParseShapeTest, Inserts) {
  constexpr std::string_view kNone = "(none)";
  struct {
    std::string_view sql;
    std::string_view table;
    std::string_view columns;
    std::string_view format;
    std::string_view data;  // kNone: INSERT … SELECT
  } const cases[] = {
      {"INSERT INTO t VALUES (1)", "t", "", "", " (1)"},
      {"insert into default.t (a, `b`) values", "default.t", "a, `b`", "", ""},
      {"INSERT INTO TABLE `a`.`b` FORMAT CSV\n1,2", "`a`.`b`", "", "CSV", "1,2"},
      {"INSERT INTO t FORMAT CSV \t\r\n\n1", "t", "", "CSV", "\n1"},
      {"INSERT INTO t FORMAT JSONEachRow{\"a\":\"'\"}", "t", "", "JSONEachRow", "{\"a\":\"'\"}"},
      {"INSERT INTO t FORMAT CSV", "t", "", "CSV", ""},
      {"INSERT INTO t FORMAT vaLues (1)", "t", "", "Values", "(1)"},
      {"INSERT INTO t (* EXCEPT(a)) SETTINGS x=1 FORMAT TSV 1", "t", "* EXCEPT(a)", "TSV", "1"},
      {"INSERT INTO t SETTINGS x='VALUES' VALUES (1); SELECT 2", "t", "", "", " (1); SELECT 2"},
      {"INSERT INTO {d:Identifier}.{t:Identifier} (a) VALUES (1)", "{d:Identifier}.{t:Identifier}",
       "a", "", " (1)"},
      {"INSERT INTO values VALUES (1)", "values", "", "", " (1)"},
      {"INSERT INTO t SELECT 1", "t", "", "", kNone},
      {"INSERT INTO t (a) SELECT 1", "t", "a", "", kNone},
      {"INSERT INTO t (SELECT 1)", "t", "", "", kNone},
      {"INSERT INTO t ((SELECT 1))", "t", "", "", kNone},
      {"INSERT INTO t (a) WITH 1 AS x SELECT x", "t", "a", "", kNone},
      {"INSERT INTO t SELECT a AS values FROM v", "t", "", "", kNone},
      {"INSERT INTO FUNCTION file('x') SELECT 1", "", "", "", kNone},
  };
  for (const auto& c : cases) {
    Result<StatementShape> shape = parse_shape(c.sql);
    ASSERT_TRUE(shape.ok()) << c.sql << shape.status().to_string();
    EXPECT_EQ(shape->insert_table, c.table) << c.sql;
    EXPECT_EQ(shape->insert_columns, c.columns) << c.sql;
    EXPECT_EQ(shape->format, c.format) << c.sql;
    EXPECT_EQ(shape->insert_select, c.data == kNone) << c.sql;
    EXPECT_EQ(shape->insert_data_at == kAbsent ? kNone : c.sql.substr(shape->insert_data_at),
              c.data)
        << c.sql;
  }
}

TEST(ParseShapeTest, InsertsFromInput) {
  struct {
    std::string_view sql;
    std::string_view call;
    std::string_view arguments;
    std::string_view format;
    std::string_view data;
  } const cases[] = {
      {"INSERT INTO t SELECT a FROM input('a Int8') FORMAT CSV\n1;'", "input('a Int8')", "'a Int8'",
       "CSV", "1;'"},
      {"INSERT INTO t (a) SELECT x FROM (SELECT * FROM `input` ( ) ) WHERE x FORMAT values (1)",
       "`input` ( )", " ", "Values", "(1)"},
      {"INSERT INTO t WITH 1 AS x SELECT x FROM s JOIN input('a Array(Int8)') AS i USING (a) "
       "SETTINGS b = 1 FORMAT TSV",
       "input('a Array(Int8)')", "'a Array(Int8)'", "TSV", ""},
      {"INSERT INTO t (SELECT * FROM input('a Int8')) FORMAT CSV 1", "input('a Int8')", "'a Int8'",
       "CSV", "1"},
      {"INSERT INTO t SELECT a, format FROM s, input('a Int8') WHERE 1 = format FORMAT CSV 1",
       "input('a Int8')", "'a Int8'", "CSV", "1"},
  };
  for (const auto& c : cases) {
    Result<StatementShape> shape = parse_shape(c.sql);
    ASSERT_TRUE(shape.ok()) << c.sql << shape.status().to_string();
    EXPECT_TRUE(shape->insert_select) << c.sql;
    EXPECT_EQ(c.sql.substr(shape->input_at, shape->input_end - shape->input_at), c.call);
    EXPECT_EQ(shape->input_arguments, c.arguments) << c.sql;
    EXPECT_EQ(shape->format, c.format) << c.sql;
    EXPECT_EQ(c.sql.substr(shape->insert_data_at), c.data) << c.sql;
  }
  for (const std::string_view sql :
       {"INSERT INTO t SELECT input FROM s", "INSERT INTO t SELECT * FROM input",
        "INSERT INTO t SELECT input('a Int8') FROM s", "SELECT * FROM input('a Int8')",
        "INSERT INTO t SELECT 'FROM input(1) FORMAT CSV'"}) {
    Result<StatementShape> shape = parse_shape(sql);
    ASSERT_TRUE(shape.ok()) << sql;
    EXPECT_EQ(shape->input_at, kAbsent) << sql;
    EXPECT_EQ(shape->insert_data_at, kAbsent) << sql;
  }
}

TEST(ParseShapeTest, RefusesWhatIsNotOneStatement) {
  const std::string_view cases[] = {
      "",
      " -- nothing",
      ";",
      "SELECT 1; SELECT 2",
      "SELECT 1;; SELECT 2",
      "SELECT 1; DROP TABLE x",
      "SELECT 1;-- c\nSELECT 2",
      "SELECT 1; /* ; */ x",
      "SELECT 'a",
      "SELECT `a",
      "SELECT \"a",
      "SELECT /* a",
      "SELECT /* /* */ 1",
      "SELECT (1",
      "SELECT 1)",
      "SELECT (1]",
      "SELECT [1, {2]}",
      "SELECT (1;)",
      "SELECT 1 & 2",
      "SELECT \xE2\x80\x9C"
      "a",
      std::string_view("SELECT 1\0 DROP", 14),
      std::string_view("SELECT 'a\0b'", 12),
      "INSERT",
      "INSERT INTO",
      "INSERT INTO t",
      "INSERT INTO t (a)",
      "INSERT INTO 't' VALUES (1)",
      "INSERT INTO t FORMAT 'CSV' 1",
      "INSERT INTO t.",
      "INSERT t VALUES (1)",
      "INSERT INTO t SELECT * FROM input('a Int8')",
      "INSERT INTO t SELECT * FROM input('a Int8') FORMAT",
      "INSERT INTO t SELECT * FROM input('a Int8'",
      "INSERT INTO t SELECT * FROM input('a Int8'] FORMAT CSV",
  };
  for (std::string_view sql : cases) {
    Result<StatementShape> shape = parse_shape(sql);
    ASSERT_FALSE(shape.ok()) << sql;
    EXPECT_EQ(shape.status().code(), Code::InvalidArgument);
    EXPECT_EQ(shape.status().message().rfind("Syntax error", 0), 0U) << shape.status().message();
  }
}

TEST(ParseShapeTest, SaysWhereAndWhy) {
  EXPECT_EQ(parse_shape("SELECT 1; SELECT 2").status().message(),
            "Syntax error (Multi-statements are not allowed): failed at position 9: ; SELECT 2.");
}

TEST(ParseShapeTest, DepthIsOnlyMemory) {
  constexpr size_t kDepth = 100'000;
  std::string sql = "SELECT " + std::string(kDepth, '(') + "1" + std::string(kDepth, ')');
  EXPECT_TRUE(parse_shape(sql).ok());
  EXPECT_FALSE(parse_shape(sql + ")").ok());
  std::string comments;
  for (size_t i = 0; i < kDepth; ++i) {
    comments += "/*";
  }
  EXPECT_FALSE(parse_shape("SELECT 1 " + comments).ok());
}

TEST(ParseShapeTest, ManyOpenHeredocsAreRefusedBeforeTheyCostTime) {
  std::string sql = "SELECT ";
  for (int i = 0; i < 50'000; ++i) {
    sql += "$t" + std::to_string(i) + "$,";
  }
  EXPECT_FALSE(parse_shape(sql + "1").ok());
  EXPECT_TRUE(parse_shape("SELECT $a$, $b$").ok());
}

}  // namespace
}  // namespace sluice::server
