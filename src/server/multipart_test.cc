#include "server/multipart.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace sluice::server {
namespace {

constexpr char kType[] = "multipart/form-data; boundary=XX";

std::string part(const std::string& name, const std::string& value) {
  return "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}

struct Part {
  std::string name;
  bool is_file = false;
  std::string value;

  bool operator==(const Part&) const = default;
};

Result<std::vector<Part>> parse(std::string_view content_type, std::string_view body,
                                size_t step = 1'000'000) {
  std::vector<Part> parts;
  MultipartReader reader([&parts](std::string name, bool is_file) {
    parts.push_back({std::move(name), is_file, {}});
    return Result<wire::Sink>([&parts](std::string_view bytes) {
      parts.back().value += bytes;
      return Status();
    });
  });
  SLUICE_RETURN_IF_ERROR(reader.begin(content_type));
  for (size_t at = 0; at < body.size(); at += step) {
    SLUICE_RETURN_IF_ERROR(reader.write(body.substr(at, step)));
  }
  SLUICE_RETURN_IF_ERROR(reader.finish());
  return parts;
}

TEST(Multipart, ReadsPartsInOrderHoweverTheyAreCut) {
  const std::string body =
      part("query", "SELECT {x:String}") + part("param_x", "a\r\n--X\r\nb") + part("empty", "") +
      "--XX\r\nContent-Disposition: form-data; name=\"t\"; filename=\"f.tsv\"\r\n"
      "Content-Type: text/plain\r\n\r\n1\r\n\r\n2\r\n--XX--\r\nepilogue";
  const std::vector<Part> expected = {{"query", false, "SELECT {x:String}"},
                                      {"param_x", false, "a\r\n--X\r\nb"},
                                      {"empty", false, ""},
                                      {"t", true, "1\r\n\r\n2"}};
  for (size_t step = 1; step <= body.size(); ++step) {
    const Result<std::vector<Part>> parts = parse(kType, body, step);
    ASSERT_TRUE(parts.ok()) << parts.status().message();
    ASSERT_EQ(*parts, expected) << "in steps of " << step;
  }
}

TEST(Multipart, QuotedBoundariesPreamblesAndOtherHeaderLines) {
  const std::string body =
      "preamble\r\n--a b\r\nContent-Type: text/plain\r\ncontent-disposition: form-data; "
      "name=q\r\n\r\nvalue\r\n--a b--";
  const Result<std::vector<Part>> parts =
      parse("Multipart/Form-Data; charset=x; boundary=\"a b\"", body);
  ASSERT_TRUE(parts.ok()) << parts.status().message();
  EXPECT_EQ(*parts, (std::vector<Part>{{"q", false, "value"}}));
}

TEST(Multipart, RefusesWhatIsNotWhole) {
  const std::string whole = part("q", "1") + "--XX--";
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(parse(kType, whole.substr(0, size)).ok()) << size;
  }
}

TEST(Multipart, RefusesMissingBoundariesNamesAndEmptyLines) {
  EXPECT_FALSE(parse("multipart/form-data", "--XX--").ok());
  EXPECT_FALSE(parse("multipart/form-data; boundary=", "--").ok());
  EXPECT_FALSE(parse("multipart/form-data; boundary=" + std::string(71, 'b'), "--").ok());
  const std::string bodies[] = {
      "--XX\r\nContent-Type: x\r\n\r\n1\r\n--XX--",
      "--XXY\r\nContent-Disposition: form-data; name=q\r\n\r\n1\r\n--XX--",
      "--XX\r\nContent-Disposition: form-data; name=q\r\n" + part("r", "1") + "--XX--",
      "--XX\r\nContent-Disposition: form-data; name=" + std::string(20'000, 'n')};
  for (const std::string& body : bodies) {
    const Status status = parse(kType, body).status();
    EXPECT_EQ(status.code(), Code::InvalidArgument) << body.substr(0, 80);
    EXPECT_EQ(status.message().rfind(kBadMultipart, 0), 0U) << status.message();
  }
}

TEST(Multipart, AnErrorOfAPartIsPassedOn) {
  MultipartReader reader([](const std::string&, bool) {
    return Result<wire::Sink>([](std::string_view) { return Status(Code::DataLoss, "no"); });
  });
  ASSERT_TRUE(reader.begin(kType).ok());
  EXPECT_EQ(reader.write(part("q", "1") + "--XX--").code(), Code::DataLoss);
}

TEST(Multipart, IsMultipart) {
  EXPECT_TRUE(is_multipart(kType));
  EXPECT_TRUE(is_multipart("MULTIPART/form-data"));
  EXPECT_FALSE(is_multipart("multipart/mixed"));
  EXPECT_FALSE(is_multipart(""));
}

}  // namespace
}  // namespace sluice::server
