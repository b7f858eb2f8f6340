#include "components/extensions/basicauth/basicauth.h"

#include <gtest/gtest.h>

#include "http/basic_check.h"
#include "testing/extension_rig.h"
#include "testing/test_ca.h"

namespace sluice::components {
namespace {

using testing::ExtensionRig;

Status sign_in(const ExtensionRig& rig, const std::string& user, const std::string& password) {
  return rig.check({{"Authorization", http::basic_authorization(user, password)}});
}

TEST(BasicAuth, LetsUsersInWithTheirPasswords) {
  const ExtensionRig rig("basicauth", "{htpasswd: {inline: \"ann:open sesame\\nbob:b\"}}");
  ASSERT_EQ(rig.problem(), "");
  EXPECT_TRUE(sign_in(rig, "ann", "open sesame").ok());
  EXPECT_TRUE(sign_in(rig, "bob", "b").ok());
  EXPECT_EQ(sign_in(rig, "bob", "open sesame").code(), Code::Unauthenticated);
  EXPECT_EQ(sign_in(rig, "eve", "").code(), Code::Unauthenticated);
  EXPECT_EQ(rig.check({}).code(), Code::Unauthenticated);
  EXPECT_EQ(rig.check({{"Authorization", "Bearer x"}}).code(), Code::Unauthenticated);
  EXPECT_EQ(rig->client_auth(), nullptr) << "one does one of both";
}

TEST(BasicAuth, InlineLinesGoOverThoseOfTheFile) {
  const std::string path = testing::write_file("htpasswd", "ann:old\nbob:b\n");
  const ExtensionRig rig("basicauth", "{htpasswd: {file: " + path + ", inline: 'ann:new'}}");
  ASSERT_EQ(rig.problem(), "");
  EXPECT_TRUE(sign_in(rig, "ann", "new").ok());
  EXPECT_FALSE(sign_in(rig, "ann", "old").ok());
  EXPECT_TRUE(sign_in(rig, "bob", "b").ok());
}

TEST(BasicAuth, NamesAllLinesThatAreNone) {
  const std::string path = testing::write_file("htpasswd", "ann:a\n\nbob\neve\n");
  const ExtensionRig rig("basicauth",
                         "{htpasswd: {file: " + path + ", inline: \"ann:a\\nmallory\"}}");
  EXPECT_EQ(rig.problem(), path +
                               ": lines 3, 4 are not user:password; htpasswd::inline: line 2 is "
                               "not user:password");
}

TEST(BasicAuth, ExportersSendAUser) {
  const ExtensionRig rig("basicauth", "{client_auth: {username: ann, password: p}}");
  ASSERT_EQ(rig.problem(), "");
  EXPECT_EQ(rig.added_headers(), "authorization: " + http::basic_authorization("ann", "p") + "\n");
  EXPECT_EQ(rig->server_auth(), nullptr);
}

TEST(BasicAuth, FilesGoOverWhatIsGivenBesideThem) {
  const std::string user = testing::write_file("user", "ann\n");
  const std::string password = testing::write_file("password", "p q\r\n");
  const ExtensionRig rig("basicauth", "{client_auth: {username: eve, username_file: " + user +
                                          ", password: x, password_file: " + password + "}}");
  ASSERT_EQ(rig.problem(), "");
  EXPECT_EQ(rig.added_headers(),
            "authorization: " + http::basic_authorization("ann", "p q") + "\n");
}

TEST(BasicAuth, WhatAFileGoesOverHasNoEffect) {
  const ExtensionRig rig(
      "basicauth",
      "{client_auth: {username: a, username_file: " + testing::write_file("user", "u") +
          ", password: b, password_file: " + testing::write_file("password", "p") + "}}");
  EXPECT_EQ(rig.problem(), "");
  for (const char* said :
       {"client_auth::username: this option has no effect beside username_file\n",
        "client_auth::password: this option has no effect beside password_file\n"})
    EXPECT_NE(rig.warnings().find(said), std::string::npos) << rig.warnings();
}

TEST(BasicAuth, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{}", "no credentials"},
      {"{htpasswd: {}}", "no credentials"},
      {"{htpasswd: {inline: 'a:b'}, client_auth: {username: a}}", "either htpasswd or client_auth"},
      {"{htpasswd: {file: /nonexistent}}", "cannot read the htpasswd file /nonexistent"},
      {"{client_auth: {password: p}}", "a username is needed"},
      {"{client_auth: {username: 'a:b'}}", "colon"},
      {"{client_auth: {username: a, password_file: /nonexistent}}", "/nonexistent"},
      {"{client_auth: {username: a, aws_secrets_manager: {x: y}}}", "AWS"},
  };
  for (const auto& [options, expected] : cases) {
    const ExtensionRig rig("basicauth", options);
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << options << rig.problem();
  }
}

}  // namespace
}  // namespace sluice::components
