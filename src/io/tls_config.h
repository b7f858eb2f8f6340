#pragma once

// What can be said about TLS, as the OpenTelemetry Collector's configtls names it. The option
// tables are in config/tls.h.

#include <chrono>
#include <string>
#include <vector>

namespace sluice::io {

struct TlsConfig {
  std::string ca_file;  ///< PEM; who signs the other end's certificate
  std::string ca_pem;
  bool include_system_ca_certs_pool = false;
  std::string cert_file;  ///< PEM, with the certificates between ours and the CA's
  std::string cert_pem;
  std::string key_file;
  std::string key_pem;
  std::string min_version;                 ///< "1.0" to "1.3"; empty: 1.2
  std::string max_version;                 ///< empty: the newest
  std::vector<std::string> cipher_suites;  ///< by their IANA names, for TLS 1.2 and before
  std::vector<std::string> curve_preferences;
  std::chrono::nanoseconds reload_interval{0};  ///< 0: files are read once

  bool has_certificate() const { return !cert_file.empty() || !cert_pem.empty(); }
  bool has_key() const { return !key_file.empty() || !key_pem.empty(); }
  bool has_ca() const { return !ca_file.empty() || !ca_pem.empty(); }
};

struct TlsClientConfig {
  TlsConfig common;
  bool insecure = false;              ///< no TLS at all
  bool insecure_skip_verify = false;  ///< TLS with whoever answers
  std::string server_name_override;   ///< instead of the host's name, asked for and verified
};

struct TlsServerConfig {
  TlsConfig common;
  std::string client_ca_file;  ///< PEM; if set, clients must show a certificate that it signed
  bool client_ca_file_reload = false;
};

}  // namespace sluice::io
