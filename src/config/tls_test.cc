#include "config/tls.h"

#include <gtest/gtest.h>

#include "config/yaml.h"

namespace sluice::io {
namespace {

template <typename Config>
std::string problems(const std::string& yaml, Config& out) {
  config::Diagnostics diagnostics;
  const auto node = config::parse_yaml(yaml, "test.yaml");
  if (!node.ok()) return node.status().message();
  const config::Place place(diagnostics, "tls", {});
  schema_of(static_cast<const Config*>(nullptr)).decode(*node, out, place);
  std::string text;
  for (const auto& entry : diagnostics.errors()) text += entry.path + ": " + entry.message + ";";
  for (const auto& entry : diagnostics.warnings()) text += "warning: " + entry.message + ";";
  return text;
}

TEST(TlsOptions, AreReadAndShownAgain) {
  TlsClientConfig config;
  EXPECT_EQ(problems("{ca_file: a.pem, cert_file: c.pem, key_pem: secret, min_version: '1.3', "
                     "insecure_skip_verify: true, server_name_override: x, reload_interval: 1m}",
                     config),
            "");
  EXPECT_EQ(config.common.ca_file, "a.pem");
  EXPECT_EQ(config.common.min_version, "1.3");
  EXPECT_EQ(config.common.reload_interval, std::chrono::minutes(1));
  EXPECT_TRUE(config.insecure_skip_verify);
  EXPECT_EQ(config.server_name_override, "x");
  const config::Node shown = schema_of(static_cast<const TlsClientConfig*>(nullptr)).encode(config);
  ASSERT_NE(shown.find("key_pem"), nullptr);
  EXPECT_EQ(shown.find("key_pem")->text, "[REDACTED]");
  EXPECT_EQ(shown.find("tpm"), nullptr);
}

TEST(TlsOptions, SayWhatIsWrong) {
  const struct {
    const char* yaml;
    const char* says;
  } cases[] = {
      {"{min_version: '9'}", "\"9\" is no version of TLS"},
      {"{cert_file: a}", "tls::cert_file: a certificate needs its key"},
      {"{key_pem: a}", "tls::key_pem: a key needs its certificate"},
      {"{cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265]}",
       "(did you mean \"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\"?)"},
      {"{ca_file: a, ca_pem: b}", "exclude each other"},
      {"{tpm: {enabled: true}}", "TPM"},
      {"{ca_flie: a}", "ca_file"},
  };
  for (const auto& c : cases) {
    TlsClientConfig config;
    EXPECT_NE(problems(c.yaml, config).find(c.says), std::string::npos)
        << c.yaml << ": " << problems(c.yaml, config);
  }
  TlsClientConfig all;
  EXPECT_EQ(problems("{cipher_suites: [FOO], curve_preferences: [BAR], min_version: '1.4', "
                     "max_version: '9', cert_file: x}",
                     all),
            "tls::cert_file: a certificate needs its key: key_file or key_pem;"
            "tls::min_version: \"1.4\" is no version of TLS: there are 1.0, 1.1, 1.2 and 1.3;"
            "tls::max_version: \"9\" is no version of TLS: there are 1.0, 1.1, 1.2 and 1.3;"
            "tls::cipher_suites: there is no \"FOO\"; suites are named as "
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;"
            "tls::curve_preferences: there is no \"BAR\"; there are X25519, P256, P384 and P521;");
  TlsServerConfig server;
  EXPECT_NE(problems("{client_ca_file: a}", server).find("a server needs"), std::string::npos);
  EXPECT_EQ(problems("{cert_file: a, key_file: b, ca_file: c}", server),
            "warning: ca_file has no effect for a server: client_ca_file does it;");
}

}  // namespace
}  // namespace sluice::io
