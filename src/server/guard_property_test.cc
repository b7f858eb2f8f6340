#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "server/guard.h"
#include "server/guard_scan.h"
#include "server/guard_statements.h"

namespace sluice::server {
namespace {

bool passes(std::string_view sql) {
  Result<StatementShape> shape = parse_shape(sql);
  return shape.ok() && !guard_check(sql, *shape, false).has_value();
}

/// Where tokens start and end in what is read as SQL.
std::vector<size_t> borders_of(std::string_view sql) {
  Result<StatementShape> shape = parse_shape(sql);
  const size_t end = shape.ok() ? shape->end : sql.size();
  std::vector<size_t> borders;
  for (const Token& token : tokens_of(sql.substr(0, end))) {
    const size_t begin = static_cast<size_t>(token.text.data() - sql.data());
    borders.push_back(begin);
    borders.push_back(begin + token.text.size());
  }
  return borders;
}

std::string inserted(std::string_view sql, size_t at, std::string_view text) {
  return std::string(sql.substr(0, at)) + std::string(text) + std::string(sql.substr(at));
}

// Wherever in a good statement a refused call is put, the statement does not pass.
TEST(GuardPropertyTest, ARefusedCallAnywhereIsFound) {
  constexpr std::string_view kCalls[] = {
      " file('/etc/passwd') ",    " `file`('/etc/passwd') ",
      " FILE /* x */ ('x') ",     " url('http://h/x', CSV) ",
      " \"s3\"\n('http://h/x') ", " executable('x.sh', CSV, 'a Int8') ",
      " dictGet('d', 'a', 1) ",   " , remote('h', system.one) ",
  };
  size_t tried = 0;
  for (std::string_view sql : kAllowed) {
    const Result<StatementShape> shape = parse_shape(sql);
    if (!shape->format.empty()) {
      continue;  // behind FORMAT stands a name, and then data that nobody evaluates
    }
    for (size_t border : borders_of(sql)) {
      const std::string mutated = inserted(sql, border, kCalls[tried % std::size(kCalls)]);
      EXPECT_FALSE(passes(mutated)) << mutated;
      ++tried;
    }
  }
  EXPECT_GT(tried, 3000U);
}

// White space and comments between tokens, and the case of letters in names, change nothing.
TEST(GuardPropertyTest, BlanksAndCommentsDoNotHelp) {
  // Each starts with a blank: behind a "/" or "-" it would otherwise make another token of it.
  constexpr std::string_view kBlanks[] = {
      " ",        "\n",     " /**/",    " /* ' /* \" */ ` */", " -- '\n", " // (\n", " # ;\n",
      " #! $$\n", "\t\r\f", "\xC2\xA0", "\xE2\x80\x8B"};
  std::mt19937 random(20261122);
  for (const RefusedStatement& statement : kRefused) {
    for (int round = 0; round < 20; ++round) {
      std::vector<size_t> borders = borders_of(statement.sql);
      std::string mutated(statement.sql);
      for (size_t i = borders.size(); i-- > 0;) {
        if (random() % 3 == 0) {
          mutated = inserted(mutated, borders[i], kBlanks[random() % std::size(kBlanks)]);
        }
      }
      EXPECT_FALSE(passes(mutated)) << mutated;
    }
  }
}

// A second statement is refused wherever the first one ends.
TEST(GuardPropertyTest, NothingFollowsAStatement) {
  for (std::string_view sql : kAllowed) {
    const Result<StatementShape> shape = parse_shape(sql);
    if (shape->insert_data_at == kAbsent) {
      EXPECT_FALSE(passes(inserted(sql, shape->end, "; SELECT 2"))) << sql;
      EXPECT_FALSE(passes(inserted(sql, shape->end, " ;\n;-- x\n DROP TABLE t"))) << sql;
    }
  }
}

}  // namespace
}  // namespace sluice::server
