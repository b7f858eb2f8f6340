#pragma once

// The basicauth extension's options, as the OpenTelemetry Collector names them.

#include <optional>
#include <string>

#include "config/schema.h"

namespace sluice::components::basicauth_extension {

struct HtpasswdConfig {
  std::string file;
  std::string inline_text;
};

struct ClientConfig {
  std::string username;
  std::string username_file;
  std::string password;
  std::string password_file;
};

struct Config {
  std::optional<HtpasswdConfig> htpasswd;
  std::optional<ClientConfig> client_auth;
};

const config::Schema<HtpasswdConfig>& schema_of(const HtpasswdConfig*);
const config::Schema<ClientConfig>& schema_of(const ClientConfig*);
const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::basicauth_extension
