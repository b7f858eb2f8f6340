#include "config/tls.h"

#include "config/yaml_writer.h"
#include "io/tls.h"

namespace sluice::io {

using config::Place;
using config::Schema;

const Schema<TlsConfig>& schema_of(const TlsConfig*) {
  static const auto schema =
      Schema<TlsConfig>()
          .field("ca_file", &TlsConfig::ca_file,
                 "PEM file with the authorities that are trusted; the system's if there is none.")
          .field("ca_pem", &TlsConfig::ca_pem, "The same as text.")
          .field("include_system_ca_certs_pool", &TlsConfig::include_system_ca_certs_pool,
                 "Whether the system's authorities are trusted beside these.")
          .field("cert_file", &TlsConfig::cert_file,
                 "PEM file with the own certificate, and those between it and the authority's.")
          .field("cert_pem", &TlsConfig::cert_pem, "The same as text.")
          .field("key_file", &TlsConfig::key_file, "PEM file with the certificate's key.")
          .field("key_pem", &TlsConfig::key_pem, "The same as text.")
          .secret()
          .field("min_version", &TlsConfig::min_version,
                 "The oldest version that is spoken: 1.0, 1.1, 1.2 (the default) or 1.3.")
          .field("max_version", &TlsConfig::max_version,
                 "The newest version that is spoken; the newest there is if it is empty.")
          .field("cipher_suites", &TlsConfig::cipher_suites,
                 "Cipher suites for TLS 1.2 and before, by their IANA names.")
          .field("curve_preferences", &TlsConfig::curve_preferences,
                 "Curves for the exchange of keys, the best first: X25519, P256, P384, P521.")
          .field("reload_interval", &TlsConfig::reload_interval,
                 "How often certificates and keys are read again; 0 is never.")
          .ignore<bool>("include_insecure_cipher_suites", "any suite may be named that there is")
          .refuse("tpm", "keys inside of a TPM cannot be used: name a key_file")
          .check([](const TlsConfig& config, const Place& place) {
            for (const TlsProblem& problem : tls_problems(config))
              place.of(problem.option).error(problem.message);
          });
  return schema;
}

const Schema<TlsClientConfig>& schema_of(const TlsClientConfig*) {
  static const auto schema =
      Schema<TlsClientConfig>()
          .embed(&TlsClientConfig::common, schema_of(static_cast<const TlsConfig*>(nullptr)))
          .field("insecure", &TlsClientConfig::insecure, "Whether to do without TLS.")
          .field("insecure_skip_verify", &TlsClientConfig::insecure_skip_verify,
                 "Whether to talk to whoever answers, without verifying its certificate.")
          .field("server_name_override", &TlsClientConfig::server_name_override,
                 "The name that is asked for and verified instead of the endpoint's host.");
  return schema;
}

const Schema<TlsServerConfig>& schema_of(const TlsServerConfig*) {
  static const auto schema =
      Schema<TlsServerConfig>()
          .embed(&TlsServerConfig::common, schema_of(static_cast<const TlsConfig*>(nullptr)))
          .field("client_ca_file", &TlsServerConfig::client_ca_file,
                 "PEM file with the authorities that sign clients' certificates; clients without "
                 "one are then refused.")
          .field("client_ca_file_reload", &TlsServerConfig::client_ca_file_reload,
                 "Whether that file is read again when it changes.")
          .check([](const TlsServerConfig& config, const Place& place) {
            if (!config.common.has_certificate())
              place.error("a server needs a certificate and its key: cert_file and key_file");
            if (config.common.has_ca())
              place.warning("ca_file has no effect for a server: client_ca_file does it");
          });
  return schema;
}

void warn_of_vain_tls(const TlsClientConfig& tls, bool is_spoken, const std::string& because,
                      const Place& place) {
  const config::Node given = schema_of(&tls).encode(tls);
  for (const config::FieldInfo& field : schema_of(&tls).fields()) {
    const config::Node* value = given.find(field.name);
    // A default asks for nothing, also where an effective configuration names it.
    if (value == nullptr || config::to_yaml(*value) == config::to_yaml(field.standard)) continue;
    if ((field.name == "insecure") == is_spoken)
      place.of(field.name).warning("this option has no effect: " + because);
  }
}

}  // namespace sluice::io
