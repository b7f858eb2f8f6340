#include "ottl/flat_json.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "ottl/program.h"
#include "testing/ottl_evaluate.h"

namespace sluice::ottl {
namespace {

constexpr const char* kMerge =
    "merge_maps(log.attributes, ParseJSON(log.body), \"upsert\") where log.body != \"no\"";
constexpr const char* kFlatten = "flatten(log.attributes)";

Program compiled(std::vector<std::string> statements) {
  Program::Source source;
  source.context = ContextKind::Log;
  source.statements = std::move(statements);
  auto program = Program::compile(source, standard_library());
  EXPECT_TRUE(program.ok()) << program.status().to_string();
  return std::move(program).value();
}

/// Texts of few names, so that names stand twice and paths meet; now and then no JSON.
class RandomTexts {
 public:
  /// `dotted`: whether names have points, so that paths meet.
  RandomTexts(uint64_t seed, bool dotted) : random_(seed), keys_(dotted ? 7 : 5) {}

  uint32_t below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }
  std::string text() {
    std::string out = map(3);
    switch (below(20)) {
      case 0: return out.substr(0, below(static_cast<uint32_t>(out.size()) + 1));
      case 1: return out + std::string("\0x", 2);
      case 2: return out + "x";
      case 3: return "[" + out + "]";
      default: return out;
    }
  }
  std::string key() {
    constexpr const char* kKeys[] = {"a", "b", "c", "key of several words", "0", "a.b", ""};
    return kKeys[below(keys_)];
  }

 private:
  std::string space() { return below(8) == 0 ? " \n" : ""; }
  std::string name() {
    switch (below(40)) {
      case 0: return "null";
      case 1: return "\"\\u0061\"";
      case 2: return "\"a\\\"\"";
      default: return '"' + key() + '"';
    }
  }
  std::string value(int depth) {
    switch (below(depth == 0 ? 4 : 7)) {
      case 0: return std::to_string(below(3));
      case 1: return "\"t" + std::to_string(below(3)) + "\\n\"";
      case 2: return below(2) == 0 ? "true" : "null";
      case 3: return "-1.5e3";
      case 4: return list(depth - 1);
      default: return map(depth - 1);
    }
  }
  std::string list(int depth) {
    std::string out = "[";
    for (uint32_t left = below(4), i = 0; i < left; ++i)
      out += (i == 0 ? "" : "," + space()) + value(depth);
    return out + "]";
  }
  std::string map(int depth) {
    std::string out = "{" + space();
    for (uint32_t left = below(4), i = 0; i < left; ++i)
      out += (i == 0 ? "" : ",") + name() + space() + ":" + value(depth);
    return out + space() + "}";
  }

  std::mt19937_64 random_;
  const uint32_t keys_;
};

void compare(bool dotted) {
  const Program at_once = compiled({kMerge, kFlatten});
  const Program one = compiled({kMerge});
  const Program two = compiled({kFlatten});
  RandomTexts random(5, dotted);
  KeyValue inner{"n", Value::integer(1)};
  otlp::JsonBodyFlattener flattener;
  int quick = 0;
  for (int round = 0; round < 20'000; ++round) {
    Arena arena;
    otlp::LogRecord record;
    record.body = Value::string(arena.copy(random.text()));
    for (uint32_t left = random.below(3); left != 0; --left) {
      const Value value = random.below(20) == 0 ? Value::map(&inner, 1) : Value::integer(left);
      record.attributes.push_back(arena, {arena.copy(random.key()), value});
    }
    otlp::LogRecord other = record;
    other.attributes = {};
    for (const KeyValue& attribute : record.attributes)
      other.attributes.push_back(arena, attribute);
    ArenaVector<KeyValue> alone;
    quick += flattener.append(record.body.view(), arena, alone) ? 1 : 0;
    const auto run = [&](const Program& program, otlp::LogRecord& log) {
      Frame frame;
      Attributes cache;
      frame.arena = &arena;
      frame.log = &log;
      frame.cache = &cache;
      EXPECT_TRUE(program.run(frame, ErrorMode::Silent));
    };
    run(at_once, record);
    run(one, other);
    run(two, other);
    ASSERT_EQ(testing::dump(map_value(record.attributes)),
              testing::dump(map_value(other.attributes)))
        << "round " << round << ": " << record.body.view();
  }
  EXPECT_GT(quick, dotted ? 100 : 5000);
}

TEST(FlatJson, DoesWhatTheTwoEditorsDo) { compare(false); }
TEST(FlatJson, DoesWhatTheTwoEditorsDoWherePathsMeet) { compare(true); }

TEST(FlatJson, IsMadeOfTheTwoStatementsOnly) {
  const std::string merge = "merge_maps(log.attributes, ParseJSON(log.body), \"upsert\")";
  const std::tuple<std::string, std::string, bool> cases[] = {
      {merge, kFlatten, true},
      {kMerge, kFlatten, true},
      {"merge_maps(log.cache, ParseJSON(log.attributes[\"j\"]), strategy=\"upsert\")",
       "flatten(target=log.cache)", true},
      {kFlatten, merge, false},
      {merge, "flatten(log.cache)", false},
      {merge, "flatten(log.attributes, \"p\")", false},
      {merge, "flatten(log.attributes) where true", false},
      {"merge_maps(log.attributes, ParseJSON(log.body), \"insert\")", kFlatten, false},
      {"merge_maps(log.attributes, ParseJSON(\"{}\"), \"upsert\")", kFlatten, false},
      {"merge_maps(log.attributes, log.body, \"upsert\")", kFlatten, false},
      {"merge_maps(log.attributes[\"a\"], ParseJSON(log.body), \"upsert\")",
       "flatten(log.attributes[\"a\"])", false},
      {"merge_maps(log.attributes, ParseJSON(log.body)[\"a\"], \"upsert\")", kFlatten, false},
  };
  for (const auto& [first, second, is_made] : cases) {
    const auto merging = parse_statement(first);
    const auto flattening = parse_statement(second);
    ASSERT_TRUE(merging.ok() && flattening.ok()) << first << " " << second;
    Arena constants;
    Compiler compiler(ContextKind::Log, standard_library(), first, constants, false);
    EXPECT_EQ(FlatJson::make(*merging, *flattening, compiler) != nullptr, is_made)
        << first << " " << second;
  }
}

}  // namespace
}  // namespace sluice::ottl
