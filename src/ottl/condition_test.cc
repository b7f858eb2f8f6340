#include "ottl/condition.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "testing/ottl_evaluate.h"

namespace sluice::ottl {
namespace {

using testing::holds;

enum class Answer : uint8_t { No, Yes, Error };
using Answers = std::array<Answer, 4>;

/// Answers as the test says, and writes down that it was asked.
class Asked final : public Expr {
 public:
  Asked(const Answers& answers, size_t number, std::string& order)
      : answers_(answers), number_(number), order_(order) {}
  Value eval(Frame& frame) const override {
    order_ += static_cast<char>('a' + number_);
    if (answers_[number_] == Answer::Error) return frame.fail("it cannot be said");
    return Value::boolean(answers_[number_] == Answer::Yes);
  }

 private:
  const Answers& answers_;
  const size_t number_;
  std::string& order_;
};

/// A random condition, compiled and as what it means: the two are built side by side.
class Pair {
 public:
  Pair(std::mt19937_64& random, const Answers& answers, std::string& order)
      : random_(random), answers_(answers), order_(order) {}

  /// `meaning` appends the questions that it asks, as Asked does.
  using Meaning = std::function<Answer(std::string&)>;

  Condition make(int depth, Meaning& meaning) {
    switch (depth == 0 ? 0 : random_() % 5) {
      case 1: {
        const bool value = random_() % 2 == 0;
        meaning = [value](std::string&) { return value ? Answer::Yes : Answer::No; };
        return Condition::constant(value);
      }
      case 2: {
        Meaning inner;
        Condition operand = make(depth - 1, inner);
        meaning = [inner](std::string& order) {
          const Answer answer = inner(order);
          if (answer == Answer::Error) return answer;
          return answer == Answer::Yes ? Answer::No : Answer::Yes;
        };
        return Condition::negated(std::move(operand));
      }
      case 3: return junction(depth, true, meaning);
      case 4: return junction(depth, false, meaning);
      default: break;
    }
    const size_t number = random_() % answers_.size();
    meaning = [this, number](std::string& order) {
      order += static_cast<char>('a' + number);
      return answers_[number];
    };
    return Condition::truth(std::make_unique<Asked>(answers_, number, order_));
  }

 private:
  Condition junction(int depth, bool any, Meaning& meaning) {
    std::vector<Condition> parts;
    std::vector<Meaning> meanings;
    const Answer decides = any ? Answer::Yes : Answer::No;
    bool decided = false;
    for (size_t i = 0, count = 1 + random_() % 3; i < count; ++i) {
      parts.push_back(make(depth - 1, meanings.emplace_back()));
      decided = decided || parts.back().constant() == any;
    }
    meaning = [meanings, decides, decided](std::string& order) {
      if (decided) return decides;
      for (const Meaning& part : meanings) {
        const Answer answer = part(order);
        if (answer == decides || answer == Answer::Error) return answer;
      }
      return decides == Answer::Yes ? Answer::No : Answer::Yes;
    };
    return any ? Condition::any_of(std::move(parts)) : Condition::all_of(std::move(parts));
  }

  std::mt19937_64& random_;
  const Answers& answers_;
  std::string& order_;
};

TEST(Condition, AsksWhatItMustInOrderAndNoMore) {
  std::mt19937_64 random(20261127);
  for (int round = 0; round < 2000; ++round) {
    Answers answers{};
    std::string order;
    Pair pair(random, answers, order);
    Pair::Meaning meaning;
    const Condition condition = pair.make(4, meaning);
    for (int i = 0; i < 10; ++i) {
      for (Answer& answer : answers) answer = static_cast<Answer>(random() % 3);
      std::string expected_order;
      const Answer expected = meaning(expected_order);
      Arena arena;
      Frame frame;
      frame.arena = &arena;
      order.clear();
      ASSERT_EQ(condition.holds(frame), expected == Answer::Yes);
      ASSERT_EQ(frame.failed(), expected == Answer::Error);
      ASSERT_EQ(order, expected_order);
    }
  }
}

TEST(Condition, ReadsPlainPartsOfTheRecordAsExpressionsWouldBe) {
  // What stands in parentheses is computed, and not read from the record directly.
  const std::pair<const char*, const char*> both[] = {
      {"log.severity_number == 9", "(log.severity_number + 0) == 9"},
      {"log.severity_number != 9", "(log.severity_number + 0) != 9"},
      {"log.severity_number == 9.0", "(log.severity_number + 0) == 9.0"},
      {"log.severity_number == \"9\"", "(log.severity_number + 0) == \"9\""},
      {"log.severity_number != nil", "(log.severity_number + 0) != nil"},
      {"log.severity_text == \"INFO\"", "Concat([log.severity_text], \"\") == \"INFO\""},
      {"log.severity_text != \"INFO\"", "Concat([log.severity_text], \"\") != \"INFO\""},
      {"log.severity_text == 1", "Concat([log.severity_text], \"\") == 1"},
      {"log.attributes[\"nowhere\"] == nil", "log.attributes[Concat([\"nowhere\"], \"\")] == nil"},
      {"log.attributes[\"nowhere\"] != \"x\"",
       "log.attributes[Concat([\"nowhere\"], \"\")] != \"x\""},
      {"IsString(log.attributes[\"nowhere\"])",
       "IsString(log.attributes[Concat([\"nowhere\"], \"\")])"},
  };
  for (const auto& [plain, computed] : both) {
    SCOPED_TRACE(plain);
    const std::string said = holds(plain);
    EXPECT_TRUE(said == "true" || said == "false") << said;
    EXPECT_EQ(said, holds(computed));
  }
}

}  // namespace
}  // namespace sluice::ottl
