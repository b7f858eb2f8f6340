#include "ottl/memo.h"

#include <gtest/gtest.h>

#include <random>

#include "ottl/program.h"

namespace sluice::ottl {
namespace {

using otlp::LogRecord;

/// A program whose statements are remembered, or, with a statement between any two that cannot be,
/// always run.
Program compiled(const std::vector<std::string>& statements, bool remembered) {
  Program::Source source;
  source.context = ContextKind::Log;
  for (const std::string& statement : statements) {
    source.statements.push_back(statement);
    if (!remembered) source.statements.emplace_back("delete_key(log.attributes, \"none\")");
  }
  auto program = Program::compile(source, standard_library());
  EXPECT_TRUE(program.ok()) << program.status().to_string();
  return std::move(program).value();
}

std::string run(const Program& program, LogRecord record, Arena& arena) {
  Frame frame;
  otlp::Attributes cache;
  frame.arena = &arena;
  frame.log = &record;
  frame.cache = &cache;
  EXPECT_TRUE(program.run(frame, ErrorMode::Silent));
  return std::to_string(record.severity_number) + " " + std::string(record.severity_text) + " " +
         std::string(record.event_name);
}

TEST(Memo, ARememberedResultIsTheComputedOne) {
  const std::vector<std::string> statements = {
      "set(log.severity_text, log.attributes[\"level\"]) where IsString(log.attributes[\"level\"])",
      "set(log.severity_number, 17) where IsMatch(log.severity_text, \"(?i)(err)\")",
      "set(log.severity_number, 9) where log.severity_number == 0 and log.severity_text != \"\"",
      "set(log.event_name, Concat([log.severity_text, \"x\"], \"-\")) where log.flags > 1",
      "set(log.severity_number, Int(log.attributes[\"n\"]) + 1) where log.flags == 3",
  };
  const Program quick = compiled(statements, true);
  const Program slow = compiled(statements, false);
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; ++round) {
    Arena arena;
    LogRecord record;
    const char* levels[] = {"error", "ERR", "info", "",
                            "a level of more bytes than are kept, by far, "
                            "so that it has to be computed each time"};
    if (random() % 4 != 0)
      record.attributes.push_back(arena, {"level", Value::string(levels[random() % 5])});
    if (random() % 4 == 0) record.attributes.push_back(arena, {"level", Value::integer(5)});
    if (random() % 2 == 0) record.attributes.push_back(arena, {"n", Value::string("12")});
    if (random() % 8 == 0) record.attributes.push_back(arena, {"n", Value::map(nullptr, 0)});
    record.flags = random() % 4;
    record.severity_number = static_cast<int32_t>(random() % 3);
    ASSERT_EQ(run(quick, record, arena), run(slow, record, arena)) << round;
  }
}

TEST(Memo, MoreValuesThanAreKeptGiveTheSame) {
  const std::vector<std::string> statements = {
      "set(log.severity_text, log.attributes[\"level\"])",
      "set(log.severity_number, 5) where log.severity_text != \"\"",
      "set(log.event_name, log.severity_text)"};
  const Program program = compiled(statements, true);
  for (int i = 0; i < 20'000; ++i) {
    Arena arena;
    LogRecord record;
    const std::string level = "level " + std::to_string(i % 7000);
    record.attributes.push_back(arena, {"level", Value::string(level)});
    ASSERT_EQ(run(program, record, arena), "5 " + level + " " + level);
  }
}

TEST(Memo, OnlyPureStatementsOfSmallValuesAreRemembered) {
  const std::pair<const char*, bool> cases[] = {
      {"set(log.severity_text, log.attributes[\"level\"])", true},
      {"set(log.severity_number, 9) where log.cache[\"0\"] == \"x\"", true},
      {"set(log.severity_text, log.body)", false},
      {"set(log.severity_text, UUID())", false},
      {"set(log.attributes[\"a\"], \"b\")", false},
      {"set(log.severity_text, String(log.attributes))", false},
      {"delete_key(log.attributes, \"a\")", false},
  };
  for (const auto& [text, eligible] : cases) {
    const auto statement = parse_statement(text);
    ASSERT_TRUE(statement.ok()) << text;
    Arena constants;
    Compiler compiler(ContextKind::Log, standard_library(), text, constants, false);
    EXPECT_EQ(Memo::eligible(*statement, compiler), eligible) << text;
  }
}

}  // namespace
}  // namespace sluice::ottl
