#include "server/credentials.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "http/htpasswd.h"

// The linker leads the calls of the comparison here (CMakeLists.txt).
namespace {

// By this thread: servers of other tests compare as well.
thread_local std::vector<std::pair<std::string, std::string>> compared;

}  // namespace

extern "C" {
// sluice::http::equal_in_constant_time().
bool __real__ZN6sluice4http22equal_in_constant_timeESt17basic_string_viewIcSt11char_traitsIcEES4_(
    std::string_view a, std::string_view b);
bool __wrap__ZN6sluice4http22equal_in_constant_timeESt17basic_string_viewIcSt11char_traitsIcEES4_(
    std::string_view a, std::string_view b) {
  compared.emplace_back(a, b);
  return __real__ZN6sluice4http22equal_in_constant_timeESt17basic_string_viewIcSt11char_traitsIcEES4_(
      a, b);
}
}

namespace sluice::server {
namespace {

struct Case {
  const char* name;
  http::Fields fields;
  engine::NameValues params;
  int code;  // 0: let in
};

class CheckCredentials : public testing::TestWithParam<Case> {};

TEST_P(CheckCredentials, AgainstOneAccount) {
  http::StreamHead head;
  head.fields = GetParam().fields;
  const auto refusal = check_credentials(head, GetParam().params, {"default", "s3cret"});
  EXPECT_EQ(refusal ? refusal->code : 0, GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(
    All, CheckCredentials,
    testing::Values(
        Case{"nothing", {}, {}, 194},
        Case{"basic", {{"authorization", "Basic ZGVmYXVsdDpzM2NyZXQ="}}, {}, 0},
        Case{"basic_in_capitals", {{"AUTHORIZATION", "BASIC ZGVmYXVsdDpzM2NyZXQ="}}, {}, 0},
        Case{"basic_wrong", {{"Authorization", "Basic ZGVmYXVsdDo="}}, {}, 516},
        Case{"basic_no_base64", {{"Authorization", "Basic ***"}}, {}, 516},
        Case{"basic_no_colon", {{"Authorization", "Basic ZGVmYXVsdA=="}}, {}, 516},
        Case{"bearer", {{"Authorization", "Bearer x"}}, {}, 516},
        Case{"headers", {{"X-ClickHouse-User", "default"}, {"X-ClickHouse-Key", "s3cret"}}, {}, 0},
        Case{"key_alone", {{"X-ClickHouse-Key", "s3cret"}}, {}, 0},
        Case{"user_alone", {{"X-ClickHouse-User", "default"}}, {}, 516},
        Case{"parameters", {}, {{"user", "default"}, {"password", "s3cret"}}, 0},
        Case{"password_alone", {}, {{"password", "s3cret"}}, 0},
        Case{"prefix", {}, {{"password", "s3cre"}}, 516},
        Case{"repeated", {}, {{"password", "s3crets3cret"}}, 516},
        Case{"other_user", {}, {{"user", "root"}, {"password", "s3cret"}}, 516},
        Case{"two_kinds", {{"X-ClickHouse-Key", "s3cret"}}, {{"password", "s3cret"}}, 516}),
    [](const auto& tested) { return tested.param.name; });

TEST(CheckCredentials, AWrongUserAndAWrongPasswordAreToldAndTimedAlike) {
  using Compared = std::vector<std::pair<std::string, std::string>>;
  const Credentials account{"owner", "s3cret"};
  const auto refused = [&](const std::string& user, const std::string& password) {
    compared.clear();
    const auto refusal =
        check_credentials({}, {{"user", user}, {"password", password}}, account).value();
    EXPECT_EQ(compared, (Compared{{user, "owner"}, {password, "s3cret"}})) << "each of them whole";
    EXPECT_EQ(refusal.message.find(password), std::string::npos);
    return std::make_pair(refusal.code, refusal.message.substr(refusal.message.find(':')));
  };
  const auto wrong_user = refused("other", "s3cret");
  EXPECT_EQ(refused("owner", "s3creT"), wrong_user);
  EXPECT_EQ(refused("other", "S3cret"), wrong_user);
}

TEST(CheckCredentials, WithoutAPasswordNobodyNeedsToSayAnything) {
  EXPECT_FALSE(check_credentials({}, {}, {"default", ""}).has_value());
  EXPECT_TRUE(check_credentials({}, {{"password", "x"}}, {"default", ""}).has_value());
}

}  // namespace
}  // namespace sluice::server
