#include "engine/error_text.h"

#include <gtest/gtest.h>

namespace sluice::engine {
namespace {

constexpr char kVersion[] = "26.5.1.1";

struct Case {
  const char* name;
  const char* given;
  int code;
  const char* type;
  const char* text;
};

class ErrorText : public testing::TestWithParam<Case> {};

TEST_P(ErrorText, BecomesClickHousesForm) {
  const Error error = parse_error(GetParam().given, kVersion);
  EXPECT_EQ(error.code, GetParam().code);
  EXPECT_EQ(error.type, GetParam().type);
  EXPECT_EQ(error.text, GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    All, ErrorText,
    testing::Values(
        Case{"plain", "Code: 60. DB::Exception: No table 'x'. (UNKNOWN_TABLE)", 60, "UNKNOWN_TABLE",
             "Code: 60. DB::Exception: No table 'x'. (UNKNOWN_TABLE) (version 26.5.1.1)"},
        Case{"wrapped_twice",
             "Code: 73. DB::Exception: Code: 73. DB::Exception: Code: 73. DB::Exception: Unknown "
             "format Nope. (UNKNOWN_FORMAT) (version 26.5.1.1). (UNKNOWN_FORMAT) (version "
             "26.5.1.1). (UNKNOWN_FORMAT)",
             73, "UNKNOWN_FORMAT",
             "Code: 73. DB::Exception: Unknown format Nope. (UNKNOWN_FORMAT) (version 26.5.1.1)"},
        Case{"another_code_inside_is_part_of_the_message",
             "Code: 1. DB::Exception: Code: 2. DB::Exception: x (B) (version 26.5.1.1). (A)", 1,
             "A",
             "Code: 1. DB::Exception: Code: 2. DB::Exception: x (B) (version 26.5.1.1). (A) "
             "(version 26.5.1.1)"},
        Case{"trailing_newline", "Code: 62. DB::Exception: Bad. (SYNTAX_ERROR)\n", 62,
             "SYNTAX_ERROR", "Code: 62. DB::Exception: Bad. (SYNTAX_ERROR) (version 26.5.1.1)"},
        Case{"message_ends_with_a_bracket", "Code: 6. DB::Exception: f(x) (CANNOT_PARSE_TEXT)", 6,
             "CANNOT_PARSE_TEXT",
             "Code: 6. DB::Exception: f(x) (CANNOT_PARSE_TEXT) (version 26.5.1.1)"},
        Case{"no_code", "boom", 1002, "UNKNOWN_EXCEPTION",
             "Code: 1002. DB::Exception: boom (UNKNOWN_EXCEPTION) (version 26.5.1.1)"},
        Case{"no_type", "Code: 5. DB::Exception: boom", 1002, "UNKNOWN_EXCEPTION",
             "Code: 1002. DB::Exception: Code: 5. DB::Exception: boom (UNKNOWN_EXCEPTION) (version "
             "26.5.1.1)"},
        Case{"empty", "", 1002, "UNKNOWN_EXCEPTION",
             "Code: 1002. DB::Exception:  (UNKNOWN_EXCEPTION) (version 26.5.1.1)"}),
    [](const auto& tested) { return tested.param.name; });

TEST(Quoted, EscapesWhatWouldEndTheLiteral) {
  EXPECT_EQ(quoted("a'b\\c"), "'a\\'b\\\\c'");
  EXPECT_EQ(quoted(std::string_view("a\0b", 3)), "'a\\0b'");
  EXPECT_EQ(quoted(""), "''");
  EXPECT_EQ(quoted("line\nbreak"), "'line\nbreak'");
}

}  // namespace
}  // namespace sluice::engine
