#include "server/engine_sql.h"

#include <gtest/gtest.h>

namespace sluice::server {
namespace {

std::string result_to(const std::string& sql) {
  const Result<StatementShape> shape = parse_shape(sql);
  EXPECT_TRUE(shape.ok()) << sql;
  EXPECT_TRUE(has_result(shape->kind)) << sql;
  return with_result_to(sql, *shape, 7);
}

TEST(EngineSql, ResultGoesBeforeTheTrailer) {
  const std::string out = " INTO OUTFILE '/proc/self/fd/7' APPEND ";
  EXPECT_EQ(result_to("SELECT 1"), "SELECT 1" + out);
  EXPECT_EQ(result_to("SELECT 1;  -- done"), "SELECT 1" + out);
  EXPECT_EQ(result_to("SELECT 1 FORMAT JSON"), "SELECT 1 " + out + "FORMAT JSON");
  EXPECT_EQ(result_to("SELECT 1 SETTINGS a = 1 FORMAT JSON"),
            "SELECT 1 " + out + "SETTINGS a = 1 FORMAT JSON");
  EXPECT_EQ(result_to("SHOW TABLES\nFORMAT CSV"), "SHOW TABLES\n" + out + "FORMAT CSV");
  EXPECT_EQ(result_to("SELECT 1 -- x\nFORMAT CSV"), "SELECT 1 -- x\n" + out + "FORMAT CSV");
}

std::string data_from(std::string sql) {
  const Result<StatementShape> whole = parse_shape(sql);
  EXPECT_TRUE(whole.ok()) << sql;
  sql.resize(whole->end);
  return with_data_from(sql, *parse_shape(sql), "/proc/self/fd/9");
}

TEST(EngineSql, DataComesFromTheFile) {
  const std::string in = " FROM INFILE '/proc/self/fd/9' ";
  EXPECT_EQ(data_from("INSERT INTO t FORMAT CSV\n1,2"), "INSERT INTO t " + in + "FORMAT CSV");
  EXPECT_EQ(data_from("INSERT INTO t (a, b) VALUES (1, 2)"),
            "INSERT INTO t (a, b) " + in + " FORMAT Values");
  EXPECT_EQ(data_from("insert into `a`.b(x) settings c=1 format JSONEachRow {}"),
            "insert into `a`.b(x) " + in + "settings c=1 format JSONEachRow");
  EXPECT_EQ(data_from("INSERT INTO t SETTINGS a = 'VALUES' VALUES (1)"),
            "INSERT INTO t " + in + "SETTINGS a = 'VALUES'  FORMAT Values");
}

TEST(EngineSql, InputIsTheFile) {
  EXPECT_EQ(data_from("INSERT INTO t SELECT lower(a) FROM input('a String') WHERE a != '' FORMAT "
                      "CSV\nx"),
            "INSERT INTO t SELECT lower(a) FROM file('/proc/self/fd/9', 'CSV', 'a String') WHERE a "
            "!= '' ");
  EXPECT_EQ(data_from("INSERT INTO t SELECT * FROM input() SETTINGS b = 1 FORMAT TSV"),
            "INSERT INTO t SELECT * FROM file('/proc/self/fd/9', 'TSV') SETTINGS b = 1 ");
  EXPECT_EQ(data_from("INSERT INTO t SELECT * FROM `input`(/* of */) FORMAT values (1)"),
            "INSERT INTO t SELECT * FROM file('/proc/self/fd/9', 'Values') ");
}

TEST(EngineSql, SetStatement) {
  EXPECT_EQ(set_statement({}), "");
  EXPECT_EQ(set_statement({{"a", "1"}, {"b", "x'y"}}), "SET a = '1', b = 'x\\'y'");
}

}  // namespace
}  // namespace sluice::server
