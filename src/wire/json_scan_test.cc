#include "wire/json_scan.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::wire {
namespace {

/// Each byte at each place of texts around the vector's width, against the definition for one byte.
template <JsonStop kStop>
void check() {
  for (size_t size = 1; size < 40; ++size) {
    for (size_t place = 0; place < size; ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'x');
        text[place] = static_cast<char>(byte);
        const char* end = text.data() + size;
        const char* expected = json_stops<kStop>(text[place]) ? text.data() + place : end;
        ASSERT_EQ(json_find_stop<kStop>(text.data(), end), expected)
            << size << " " << place << " " << byte;
      }
    }
  }
}

TEST(JsonScan, FindsEveryStopAtEveryPlace) {
  check<JsonStop::Nothing>();
  check<JsonStop::Nul>();
  check<JsonStop::Control>();
  check<JsonStop::ControlAndHigh>();
}

TEST(JsonScan, FindsTheFirstOfMany) {
  const std::string text = "0123456789abcdefghij\"\\\"";
  EXPECT_EQ(json_find_stop<JsonStop::Nul>(text.data(), text.data() + text.size()),
            text.data() + 20);
}

TEST(JsonScan, CopiesUpToABackslashAtEveryPlace) {
  for (size_t size = 0; size < 50; ++size) {
    for (size_t place = 0; place <= size; ++place) {
      std::string text(size, 'x');
      if (place < size) text[place] = '\\';
      std::string copy(size + kJsonCopySlack, '-');
      const char* at = text.data();
      char* to = copy.data();
      json_copy_plain(at, text.data() + size, to);
      ASSERT_EQ(at, text.data() + place);
      ASSERT_EQ(to, copy.data() + place);
      ASSERT_EQ(copy.substr(0, place), text.substr(0, place));
    }
  }
}

}  // namespace
}  // namespace sluice::wire
