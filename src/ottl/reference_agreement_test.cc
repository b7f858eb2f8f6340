// The compiled program against the reference interpreter, over random statements and records.

#include <gtest/gtest.h>

#include <random>

#include "ottl/program.h"
#include "ottl/reference_interpreter_test.h"

namespace sluice::ottl {
namespace {

/// Statements and records of what the reference interpreter knows.
class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  std::string statement() {
    std::string out;
    switch (below(6)) {
      case 0: out = "delete_key(" + map_path() + ", " + key() + ")"; break;
      case 1: out = "keep_keys(" + map_path() + ", [" + key() + ", " + key() + "])"; break;
      case 2: out = "append(" + place() + ", " + value(2) + ")"; break;
      default: out = "set(" + target() + ", " + value(3) + ")";
    }
    return below(2) == 0 ? out : out + " where " + condition(3);
  }

  otlp::Value record_value(Arena& arena, int depth) {
    constexpr std::string_view kTexts[] = {"", "a", "b", "42", "text"};
    switch (below(depth == 0 ? 5 : 7)) {
      case 0: return {};
      case 1: return otlp::Value::boolean(below(2) == 0);
      case 2: return otlp::Value::integer(static_cast<int64_t>(below(5)) - 2);
      case 3: return otlp::Value::real(static_cast<double>(below(5)) / 2 - 1);
      case 4: return otlp::Value::string(kTexts[below(std::size(kTexts))]);
      case 5: {
        ArenaVector<otlp::Value> list;
        for (uint32_t left = below(4); left != 0; --left)
          list.push_back(arena, record_value(arena, depth - 1));
        return list_value(list);
      }
      default: return map_value(attributes(arena, depth - 1));
    }
  }
  Attributes attributes(Arena& arena, int depth) {
    constexpr std::string_view kKeys[] = {"a", "b", "c", "d"};
    MapBuilder map(arena);
    for (uint32_t left = below(5); left != 0; --left) {
      const otlp::Value one = record_value(arena, depth);
      map[kKeys[below(std::size(kKeys))]] = one;
    }
    return map.attributes();
  }

 private:
  uint32_t below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }
  std::string pick(std::initializer_list<const char*> choices) {
    return choices.begin()[below(static_cast<uint32_t>(choices.size()))];
  }
  std::string key() { return pick({"\"a\"", "\"b\"", "\"c\"", "\"new\""}); }
  std::string index() { return below(3) == 0 ? pick({"0", "1", "2", "7"}) : key(); }
  std::string map_path() {
    return pick({"log.attributes", "log.cache", "log.body", "log.attributes[\"a\"]"});
  }
  std::string place() {
    std::string out = pick({"log.attributes", "log.cache"}) + "[" + key() + "]";
    while (below(3) == 0) out += "[" + index() + "]";
    return below(4) == 0 ? "log.body" : out;
  }
  std::string target() {
    return below(5) == 0 ? pick({"log.severity_text", "log.severity_number", "log.body",
                                 "log.attributes", "log.body[\"a\"]", "log.body[1]"})
                         : place();
  }
  std::string literal() {
    return pick({"nil", "true", "false", "0", "1", "-1", "2", "9223372036854775807", "0.5", "2.0",
                 "\"\"", "\"a\"", "\"b\"", "\"text\"", "SEVERITY_NUMBER_WARN"});
  }
  std::string value(int depth) {
    const auto inner = [&] { return value(depth - 1); };
    switch (below(depth == 0 ? 2 : 9)) {
      case 0: return literal();
      case 1:
      case 2: return below(4) == 0 ? pick({"log.severity_text", "log.severity_number"}) : place();
      case 3: return "[" + inner() + ", " + inner() + "]";
      case 4: return "{\"a\": " + inner() + ", \"b\": " + inner() + "}";
      case 5: return "(" + inner() + pick({" + ", " - ", " * ", " / "}) + inner() + ")";
      case 6: return "Concat([" + inner() + ", " + inner() + "], \"-\")";
      case 7: return pick({"Len(", "Int(", "Keys("}) + place() + ")";
      default: return "Coalesce([" + inner() + ", " + inner() + "])" + (below(4) == 0 ? "[0]" : "");
    }
  }
  std::string condition(int depth) {
    if (depth == 0 || below(2) == 0)
      return value(1) + pick({" == ", " != ", " < ", " <= ", " > ", " >= "}) + value(1);
    switch (below(4)) {
      case 0: return "not (" + condition(depth - 1) + ")";
      case 1: return pick({"true", "false", "IsString(log.body)", "IsMap(log.attributes[\"a\"])"});
      default:
        return "(" + condition(depth - 1) + pick({" and ", " or "}) + condition(depth - 1) + ")";
    }
  }

  std::mt19937_64 random_;
};

TEST(ReferenceInterpreter, AgreesWithTheProgramOnRandomStatementsAndRecords) {
  constexpr uint64_t kRounds = 20'000;
  uint64_t known = 0;
  uint64_t failed = 0;
  for (uint64_t seed = 0; seed < kRounds; ++seed) {
    Generator generator(seed);
    const std::string text = generator.statement();
    Program::Source source;
    source.statements = {text};
    const auto program = Program::compile(source, standard_library());
    const auto tree = parse_statement(text);
    EXPECT_TRUE(tree.ok() || !program.ok()) << text;
    if (!program.ok()) continue;  // literals of a wrong type
    Arena arena;
    otlp::LogRecord log;
    log.body = generator.record_value(arena, 2);
    log.attributes = generator.attributes(arena, 2);
    log.severity_text = "Info";
    reference::Record expected = reference::record_of(log);
    const std::string before = reference::dump(expected);
    Attributes cache;
    Frame frame;
    frame.arena = &arena;
    frame.log = &log;
    frame.cache = &cache;
    const reference::Outcome outcome = reference::run(*tree, expected);
    if (outcome == reference::Outcome::Unknown) continue;
    ++known;
    failed += outcome == reference::Outcome::Failed ? 1 : 0;
    EXPECT_EQ(program->run(frame, ErrorMode::Propagate), outcome == reference::Outcome::Done)
        << text << "\n"
        << before << "\n"
        << frame.error;
    reference::Record got = reference::record_of(log);
    otlp::LogRecord of_cache;
    of_cache.attributes = cache;
    got.cache = reference::record_of(of_cache).attributes;
    EXPECT_EQ(reference::dump(got), reference::dump(expected)) << text << "\n" << before;
    if (HasFailure()) break;
  }
  // The generator makes sense only if much of it runs.
  EXPECT_GT(known, kRounds / 3);
  EXPECT_GT(failed, kRounds / 50);
  EXPECT_LT(failed, known / 2);
}

}  // namespace
}  // namespace sluice::ottl
