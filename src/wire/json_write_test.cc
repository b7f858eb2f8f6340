#include "wire/json_write.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::wire {
namespace {

std::string written(std::string_view text) {
  Buffer out;
  append_json_string(text, out);
  return std::string(out.view());
}

TEST(JsonWrite, EscapesWhatMustBeAndNothingElse) {
  const struct {
    std::string_view text;
    const char* json;
  } cases[] = {
      {"", R"("")"},
      {"plain", R"("plain")"},
      {"a\"b\\c/d", R"("a\"b\\c/d")"},
      {"\b\f\n\r\t", R"("\b\f\n\r\t")"},
      {std::string_view("\0\x01\x1f\x7f", 4), "\"\\u0000\\u0001\\u001f\x7f\""},
      {"<a>&amp;'", R"("<a>&amp;'")"},
      {"é日🎉", "\"é日🎉\""},
      {"\u2028\u2029\u2027\u202a", "\"\\u2028\\u2029\u2027\u202a\""},
      {"a\xff\xfe"
       "b",
       R"("a\ufffd\ufffdb")"},
      {"\xc3(", R"("\ufffd(")"},
      {"\xe2\x80", R"("\ufffd\ufffd")"},
      {"\xed\xa0\xbc", R"("\ufffd\ufffd\ufffd")"},  // a surrogate as UTF-8
      {"\xf0\x9f\x8e", R"("\ufffd\ufffd\ufffd")"},
      {"a long run of plain text, longer than one vector\nand more of it",
       R"("a long run of plain text, longer than one vector\nand more of it")"},
  };
  for (const auto& c : cases) EXPECT_EQ(written(c.text), c.json);
}

}  // namespace
}  // namespace sluice::wire
