#include "components/extensions/bearertokenauth/bearertokenauth.h"

#include <gtest/gtest.h>

#include "testing/extension_rig.h"
#include "testing/test_ca.h"

namespace sluice::components {
namespace {

using testing::ExtensionRig;

struct Case {
  const char* options;
  const char* header;  ///< the value of Authorization; null: there is none
  bool is_let_in;
};

TEST(BearerTokenAuth, LetsThoseInWhoHaveAToken) {
  const Case cases[] = {
      {"{token: a}", "Bearer a", true},
      {"{token: a}", "bearer a", false},
      {"{token: a}", "a", false},
      {"{token: a}", "Bearer  a", false},
      {"{token: a}", "Bearer ab", false},
      {"{token: a}", "", false},
      {"{token: a}", nullptr, false},
      {"{tokens: [a, b]}", "Bearer b", true},
      {"{tokens: [a, b]}", "Bearer c", false},
      {"{scheme: Key, token: a}", "Key a", true},
      {"{scheme: '', token: a}", "a", true},
      {"{scheme: '', token: a}", "Bearer a", false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.options) + " " + (c.header != nullptr ? c.header : "none"));
    const ExtensionRig rig("bearertokenauth", c.options);
    ASSERT_EQ(rig.problem(), "");
    std::vector<std::pair<std::string, std::string>> headers;
    if (c.header != nullptr) headers.emplace_back("Authorization", c.header);
    const Status status = rig.check(headers);
    EXPECT_EQ(status.code(), c.is_let_in ? Code::Ok : Code::Unauthenticated);
  }
}

TEST(BearerTokenAuth, TheAnswerDoesNotRepeatWhatWasPresented) {
  const ExtensionRig rig("bearertokenauth", "{token: a}");
  EXPECT_EQ(rig.check({{"authorization", "Bearer geheim"}}).message().find("geheim"),
            std::string::npos);
}

TEST(BearerTokenAuth, TheTokenMayStandInAnotherHeader) {
  const ExtensionRig rig("bearertokenauth", "{header: X-Key, scheme: '', token: a}");
  EXPECT_TRUE(rig.check({{"x-key", "a"}}).ok());
  EXPECT_FALSE(rig.check({{"authorization", "a"}}).ok());
  EXPECT_EQ(rig.added_headers(), "x-key: a\n");
}

TEST(BearerTokenAuth, ExportersSendTheFirstToken) {
  EXPECT_EQ(ExtensionRig("bearertokenauth", "{tokens: [a, b]}").added_headers(),
            "authorization: Bearer a\n");
}

TEST(BearerTokenAuth, AFileHasATokenInEachLine) {
  const std::string path = testing::write_file("tokens", "  one \r\n\n\ttwo\n");
  const ExtensionRig rig("bearertokenauth", "{filename: " + path + "}");
  ASSERT_EQ(rig.problem(), "");
  EXPECT_TRUE(rig.check({{"authorization", "Bearer one"}}).ok());
  EXPECT_TRUE(rig.check({{"authorization", "Bearer two"}}).ok());
  EXPECT_FALSE(rig.check({{"authorization", "Bearer "}}).ok());
  EXPECT_EQ(rig.added_headers(), "authorization: Bearer one\n");
}

TEST(BearerTokenAuth, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{}", "a token is needed"},
      {"{token: a, tokens: [b]}", "either token or tokens"},
      {"{tokens: [a, '']}", "bearertokenauth::tokens[1]: an empty token"},
      {"{token: a, header: ''}", "bearertokenauth::header: expected the name of a header"},
      {"{filename: /nonexistent/tokens}", "/nonexistent/tokens"},
  };
  for (const auto& [options, expected] : cases) {
    const ExtensionRig rig("bearertokenauth", options);
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << options << rig.problem();
  }
  EXPECT_NE(ExtensionRig("bearertokenauth", "{filename: /nonexistent, token: a}")
                .warnings()
                .find("bearertokenauth::token: this option has no effect beside filename"),
            std::string::npos);
}

}  // namespace
}  // namespace sluice::components
