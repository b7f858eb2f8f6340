#include "components/exporters/clickhouse/columns.h"

#include <gtest/gtest.h>

#include "mapping/tables.h"

namespace sluice::components {
namespace {

TEST(MatchColumns, DividesByWhatTheTableHas) {
  const struct {
    const char* what;
    const char* described;
    const char* present;
    const char* missing;
  } cases[] = {
      {"all", "a\tT\t\t\nn.x\tT\t\t\nn.y\tT\t\t\n", "`a`, `n.x`, `n.y`", ""},
      {"in another order, with others", "n.y\tT\nz\tT\na\tT\nn.x\tT", "`a`, `n.x`, `n.y`", ""},
      {"one missing", "a\tT\t\t\nn.x\tT\t\t\n", "`a`, `n.x`", "`n.y`"},
      {"several missing", "n.x\tT\n", "`n.x`", "`a`, `n.y`"},
      {"with defaults", "a\tT\tDEFAULT\t1\nn.x\tT\nn.y\tT\tEPHEMERAL\t\n", "`a`, `n.x`, `n.y`", ""},
      {"computed", "a\tT\tMATERIALIZED\t1\nn.x\tT\tALIAS\tb\nn.y\tT\n", "`n.y`", "`a`, `n.x`"},
      {"nested in one", "a\tT\nn\tNested(x T, y T)\n", "`a`, `n.x`, `n.y`", ""},
      {"another case", "A\tT\nn.x\tT\n", "`n.x`", "`a`, `n.y`"},
      {"another table altogether", "b\tT\nc\tT\n", "`a`, `n.x`, `n.y`", ""},
      {"nothing", "", "`a`, `n.x`, `n.y`", ""},
      {"no table at all", "<html>\n", "`a`, `n.x`, `n.y`", ""},
  };
  for (const auto& c : cases) {
    const MatchedColumns got = match_columns("`a`, `n.x`, `n.y`", c.described);
    EXPECT_EQ(got.present, c.present) << c.what;
    EXPECT_EQ(got.missing, c.missing) << c.what;
  }
}

TEST(MatchColumns, TakesTheListsOfAllTables) {
  for (size_t t = 0; t < mapping::kTableCount; ++t) {
    const std::string all = mapping::insert_columns(static_cast<mapping::Table>(t));
    std::string described;
    for (const char c : all + ",") {
      if (c == ',') described += "\tT\t\t\n";
      if (c != ',' && c != '`' && c != ' ') described += c;
    }
    const MatchedColumns got = match_columns(all, described);
    EXPECT_EQ(got.missing, "");
    EXPECT_EQ(std::count(got.present.begin(), got.present.end(), '`'),
              std::count(all.begin(), all.end(), '`'));
  }
}

}  // namespace
}  // namespace sluice::components
