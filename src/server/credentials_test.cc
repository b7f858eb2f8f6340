#include "server/credentials.h"

#include <gtest/gtest.h>

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

TEST(CheckCredentials, WithoutAPasswordNobodyNeedsToSayAnything) {
  EXPECT_FALSE(check_credentials({}, {}, {"default", ""}).has_value());
  EXPECT_TRUE(check_credentials({}, {{"password", "x"}}, {"default", ""}).has_value());
}

}  // namespace
}  // namespace sluice::server
