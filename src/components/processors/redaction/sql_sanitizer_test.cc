#include "components/processors/redaction/sql_sanitizer.h"

#include <gtest/gtest.h>

namespace sluice::components::redaction_processor {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace)

struct Case {
  std::string statement;
  std::string expected;
};

void expect(const std::vector<Case>& cases, SqlDialect dialect) {
  for (const Case& c : cases)
    EXPECT_EQ(sanitized_sql(c.statement, dialect), c.expected) << c.statement;
}

TEST(SqlSanitizer, MasksValuesAndKeepsTheRest) {
  expect(
      {
          {"SELECT * FROM users WHERE id = 123", "SELECT * FROM users WHERE id = ?"},
          {"INSERT INTO users (name, age) VALUES ('John', 30)",
           "INSERT INTO users (name, age) VALUES (?, ?)"},
          {"UPDATE a SET b = 10 WHERE c = 'it''s' AND d = 'x\\'y'",
           "UPDATE a SET b = ? WHERE c = ?? AND d = ?"},
          {"SELECT *\nFROM users\nWHERE id = 42", "SELECT *\nFROM users\nWHERE id = ?"},
          {"a IN (1, -2.5, +.5, 1e-7, 0x1F, 017)", "a IN (?, ?, ?, ?, ?, ?)"},
          {"a = TRUE or b = false and c is null;", "a = ? or b = ? and c is ?;"},
          {"nullable = truely and f.null > 1", "nullable = truely and f.null > ?"},
          {"a = 'not ended", "a = ?"},
          {"a like 'x' escape '\\'", "a like ? escape ?"},
          {"  a = 1 \n", "a = ?"},
          {"SHOW TABLES", "SHOW TABLES"},
          {"", ""},
          {"a = 1\0 and b = 2"s, "a = ?"},
      },
      SqlDialect::Common);
}

TEST(SqlSanitizer, MasksDigitsInNames) {
  expect(
      {
          {"SELECT a1, \"b22c\".\"d3\" FROM t_2024_01.x9",
           "SELECT a?, \"b?c\".\"d?\" FROM t_?_?.x?"},
          {"SELECT f1(x), \"not1 ended", "SELECT f1(x), \"not1 ended"},
          {"größe1 = 1, 名2 = '2'", "größe? = ?, 名? = ?"},
          {"a-1", "a?"},
          {"1abc 0779 €1", "?abc ?? €?"},
      },
      SqlDialect::Common);
}

TEST(SqlSanitizer, ParametersAndOperators) {
  expect(
      {
          {"a = $1 AND b = $12", "a = ? AND b = ?"},
          {"a = @p1 AND b =@p2 AND @@v3 > :n4", "a = @p1 AND b =@p2 AND @@v3 > :n?"},
          {"a->>'b' #> 'c' #- 'd' ?| 'e' @> 'f' <@ 'g' @@ 'h'",
           "a->>? #> ? #- ? ?| ? @> ? <@ ? @@ ?"},
          {"a=-1, b=?, c==1", "a=-?, b=?, c==?"},
          {"a = 1 -- one 1\n+ 2 /* two 2 */ # 3", "a = ? -- one 1\n+ ? /* two 2 */ # ?"},
          {"a /* not ended 1", "a /* not ended 1"},
      },
      SqlDialect::Common);
}

TEST(SqlSanitizer, DollarQuotes) {
  expect(
      {
          {"a = $$it's$$, b = $tag$x$$y$tag$, c = $ä1$x$ä1$ + 1", "a = ?, b = ?, c = ? + ?"},
          {"$func$ INSERT INTO a1 VALUES ('b') $func$ + 1",
           "$func$INSERT INTO a? VALUES (?)$func$ + ?"},
          {"$func$$$a$$$func$", "$func$?$func$"},
          // What does not end is masked, and what is no quote is a character; the original keeps
          // all that follows.
          {"a = $$not ended, b = 1", "a = ?"},
          {"a = $tag$not ended$ta, b = 1", "a = ?"},
          {"a = $x and b = 'y'", "a = $x and b = ?"},
          {"a = $", "a = $"},
      },
      SqlDialect::Common);
}

TEST(SqlSanitizer, OfMySql) {
  expect(
      {
          {"a = \"text 'b'\" and `c1`.`d` = 'e'", "a = ? and `c?`.`d` = ?"},
          {"a = 1 # it's one\nand b = 2", "a = ? # it's one\nand b = ?"},
      },
      SqlDialect::MySql);
  expect({{"`c1` = 'e'", "`c?` = ?"}}, SqlDialect::Common);
}

TEST(SqlSanitizer, TakesLongTextsAtOnce) {
  constexpr size_t kTimes = 200'000;
  for (const char* part : {"$a", "$$", "'", "\"", "/*", "$a$ ", "--", "@", "(", "1e", "\xff"}) {
    std::string text;
    for (size_t i = 0; i < kTimes; ++i) text += part;
    EXPECT_LE(sanitized_sql(text, SqlDialect::Common).size(), text.size());
    EXPECT_LE(sanitized_sql(text, SqlDialect::MySql).size(), text.size());
  }
}

}  // namespace
}  // namespace sluice::components::redaction_processor
