#include "components/processors/redaction/url_sanitizer.h"

#include <gtest/gtest.h>

namespace sluice::components::redaction_processor {
namespace {

TEST(UrlSanitizer, MasksPartsThatAreNoWords) {
  const std::pair<const char*, const char*> cases[] = {
      {"/api/users/123e4567-e89b-12d3-a456-426614174000", "/api/users/*"},
      {"/api/users/123/posts/456", "/api/users/*/posts/*"},
      {"/api/users?id=123&name=john", "/api/users"},
      {"", ""},
      {"?", ""},
      {"attach12?", "*"},
      {"/users/fdklsd/j4elk/23993/job/2", "/users/*/j4elk/*/job/*"},
      {"123/ljgdflgjf", "*/*"},
      {"/Benutzer/fdklsd/j4elk/23993/Arbeit/2", "/Benutzer/*/j4elk/*/Arbeit/*"},
      {"/v1/k6-test-runs/1", "/v1/k6-test-runs/*"},
      {"/products//org/3", "/products//org/*"},
      {"/v1/products/22j", "/v1/products/*"},
      {"/api.backup/hello.world.again", "/api.backup/hello.world.again"},
      {"GET /user_space/", "GET /user_space/"},
      {"HTTP GET", "HTTP GET"},
      {"/users/测试/profile", "/users/*/profile"},
      {"/v1/api\\path/123", "/v1/*/*"},
      {"/w/index.php/*", "/w/index.php/*"},
      {"/fdklsd?a", "/fdklsd"},
  };
  for (const auto& [path, expected] : cases) EXPECT_EQ(sanitized_path(path), expected) << path;
}

TEST(UrlSanitizer, LooksAtTenParts) {
  EXPECT_EQ(sanitized_path("/a/b/c/d/e/f/g/h/i/j"), "/a/b/c/d/e/f/g/h/i");
  EXPECT_EQ(sanitized_path("/a/b/c/d/e/f/g/h/1/j"), "/a/b/c/d/e/f/g/h/**");
  EXPECT_EQ(sanitized_path("/a/b/c/d/e/f/g/h/fdklsd/j"), "/a/b/c/d/e/f/g/h/**");
  EXPECT_EQ(sanitized_path("/a/b/c/d/e/f/g/h/xqthe/j"), "/a/b/c/d/e/f/g/h/xqthe");
  EXPECT_EQ(sanitized_path("/a/b/c/d/e/f/g/h/qxz/j"), "/a/b/c/d/e/f/g/h/**");
}

TEST(UrlSanitizer, ReadsWords) {
  for (const char* text : {"", "a", "the", "HTTP GET", "usuarios", "a-n_d.e", "some long sentence"})
    EXPECT_TRUE(reads_like_words(text)) << text;
  for (const char* text : {"zxcvwerjasc", "fdklsd", "ljgdflgjf"})
    EXPECT_FALSE(reads_like_words(text)) << text;
}

}  // namespace
}  // namespace sluice::components::redaction_processor
