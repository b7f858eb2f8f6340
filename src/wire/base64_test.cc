#include "wire/base64.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace sluice::wire {
namespace {

std::string encode(std::string_view bytes) {
  Buffer out;
  append_base64(bytes, out);
  return std::string(out.view());
}

/// The decoded bytes, or "refused".
std::string decode(std::string_view text) {
  std::string out(base64_decoded_max(text.size()), '\0');
  size_t size = 0;
  if (!decode_base64(text, out.data(), size)) return "refused";
  out.resize(size);
  return out;
}

TEST(Base64, EncodesTheVectorsOfRfc4648) {
  const char* vectors[][2] = {{"", ""},
                              {"f", "Zg=="},
                              {"fo", "Zm8="},
                              {"foo", "Zm9v"},
                              {"foob", "Zm9vYg=="},
                              {"fooba", "Zm9vYmE="},
                              {"foobar", "Zm9vYmFy"},
                              {"\xff\xef\xbe", "/+++"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(encode(bytes), text);
    EXPECT_EQ(decode(text), bytes);
  }
}

TEST(Base64, DecodingSkipsLineEndsAndIgnoresSurplusBits) {
  EXPECT_EQ(decode("Zm\r\n9v"), "foo");
  EXPECT_EQ(decode("Zg=\n=\n"), "f");
  EXPECT_EQ(decode("Zh=="), "f");
  EXPECT_EQ(decode("\n"), "");
}

TEST(Base64, DecodingRefusesAllElse) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "Zm9vYg", "_-8=", "Zm9v=", "=",
                           "====", "Z===", "Zg==Zg==", "*", "Zm 9v", "Zm9\\/"}) {
    EXPECT_EQ(decode(text), "refused") << text;
  }
}

TEST(Base64, RandomBytesComeBack) {
  std::mt19937 random(3);
  for (size_t size = 0; size < 200; ++size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    EXPECT_EQ(decode(encode(bytes)), bytes);
  }
}

}  // namespace
}  // namespace sluice::wire
