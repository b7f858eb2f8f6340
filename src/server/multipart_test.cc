#include "server/multipart.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::server {
namespace {

constexpr char kType[] = "multipart/form-data; boundary=XX";

std::string part(const std::string& name, const std::string& value) {
  return "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}

TEST(Multipart, ReadsFieldsInOrder) {
  const std::string body = part("query", "SELECT {x:String}") + part("param_x", "a\r\n--X\r\nb") +
                           part("empty", "") + "--XX--\r\n";
  const Result<engine::NameValues> fields = parse_multipart(kType, body);
  ASSERT_TRUE(fields.ok()) << fields.status().message();
  const engine::NameValues expected = {
      {"query", "SELECT {x:String}"}, {"param_x", "a\r\n--X\r\nb"}, {"empty", ""}};
  EXPECT_EQ(*fields, expected);
}

TEST(Multipart, QuotedBoundariesPreamblesAndOtherHeaderLines) {
  const std::string body =
      "preamble\r\n--a b\r\nContent-Type: text/plain\r\ncontent-disposition: form-data; "
      "name=q\r\n\r\nvalue\r\n--a b--";
  const Result<engine::NameValues> fields =
      parse_multipart("Multipart/Form-Data; charset=x; boundary=\"a b\"", body);
  ASSERT_TRUE(fields.ok()) << fields.status().message();
  EXPECT_EQ(fields->at(0), std::make_pair(std::string("q"), std::string("value")));
}

TEST(Multipart, RefusesWhatIsNotWhole) {
  const std::string whole = part("q", "1") + "--XX--";
  for (size_t size = 0; size < whole.size() - 1; ++size) {
    EXPECT_FALSE(parse_multipart(kType, whole.substr(0, size)).ok()) << size;
  }
}

TEST(Multipart, RefusesMissingBoundariesAndNames) {
  EXPECT_FALSE(parse_multipart("multipart/form-data", "--XX--").ok());
  EXPECT_FALSE(parse_multipart("multipart/form-data; boundary=", "--").ok());
  EXPECT_FALSE(parse_multipart("multipart/form-data; boundary=" + std::string(71, 'b'), "--").ok());
  EXPECT_FALSE(parse_multipart(kType, "--XX\r\nContent-Type: x\r\n\r\n1\r\n--XX--").ok());
}

TEST(Multipart, ExternalTablesAreUnimplemented) {
  const Result<engine::NameValues> fields = parse_multipart(
      kType,
      "--XX\r\nContent-Disposition: form-data; name=\"t\"; filename=\"f\"\r\n\r\n1\r\n--XX--");
  EXPECT_EQ(fields.status().code(), Code::Unimplemented);
}

TEST(Multipart, IsMultipart) {
  EXPECT_TRUE(is_multipart(kType));
  EXPECT_TRUE(is_multipart("MULTIPART/form-data"));
  EXPECT_FALSE(is_multipart("multipart/mixed"));
  EXPECT_FALSE(is_multipart(""));
}

}  // namespace
}  // namespace sluice::server
