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

TEST(HasOtherAttributes, ComparesWithWhatIsSent) {
  using mapping::AttributeType;
  const struct {
    const char* what;
    const char* described;
    bool other_than_maps;
    bool other_than_json;
  } cases[] = {
      {"maps", "Body\tString\nLogAttributes\tMap(LowCardinality(String), String)\t\t\n", false,
       true},
      {"JSON", "LogAttributes\tJSON\t\t\nLogAttributesKeys\tArray(LowCardinality(String))\n", true,
       false},
      {"JSON with hints", "LogAttributes\tJSON(max_dynamic_paths=8, a UInt8)", true, false},
      {"in arrays", "Events.Attributes\tArray(JSON)", true, false},
      {"nested in one", "Links\tNested(TraceId String, Attributes Map(String, String))", false,
       true},
      {"some of each", "ResourceAttributes\tJSON\nLogAttributes\tMap(String, String)", true, true},
      {"strings", "LogAttributes\tString", false, false},
      {"other columns", "Extra\tJSON\nMore\tMap(String, String)", false, false},
      {"nothing", "", false, false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(has_other_attributes(c.described, AttributeType::Map), c.other_than_maps) << c.what;
    EXPECT_EQ(has_other_attributes(c.described, AttributeType::Json), c.other_than_json) << c.what;
  }
}

}  // namespace
}  // namespace sluice::components
