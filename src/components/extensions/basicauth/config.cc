#include "components/extensions/basicauth/config.h"

namespace sluice::components::basicauth_extension {

const config::Schema<HtpasswdConfig>& schema_of(const HtpasswdConfig*) {
  static const auto schema =
      config::Schema<HtpasswdConfig>()
          .field("file", &HtpasswdConfig::file,
                 "An htpasswd file with those who may send; it is read at the start.")
          .field("inline", &HtpasswdConfig::inline_text,
                 "Lines of such a file; they go over those of the file.")
          .secret();
  return schema;
}

const config::Schema<ClientConfig>& schema_of(const ClientConfig*) {
  using C = ClientConfig;
  static const auto schema =
      config::Schema<C>()
          .field("username", &C::username, "The user that exporters send.")
          .ignored_if([](const C& c) { return !c.username_file.empty(); }, "beside username_file")
          .field(
              "username_file", &C::username_file,
              "A file with the user, which is read again when it changes and goes over username.")
          .field("password", &C::password, "The password that exporters send.")
          .secret()
          .ignored_if([](const C& c) { return !c.password_file.empty(); }, "beside password_file")
          .field("password_file", &C::password_file,
                 "A file with the password, which is read again when it changes and goes over "
                 "password.")
          .refuse("aws_secrets_manager", "secrets are not fetched from AWS: use password_file")
          .check([](const C& config, const config::Place& place) {
            if (config.username.empty() && config.username_file.empty())
              place.error("a username is needed: give username or username_file");
            if (config.username.find(':') != std::string::npos)
              place.of("username").expected("a name without a colon");
          });
  return schema;
}

const config::Schema<Config>& schema_of(const Config*) {
  static const auto schema =
      config::Schema<Config>()
          .field("htpasswd", &Config::htpasswd, "For receivers: who may send.")
          .field("client_auth", &Config::client_auth, "For exporters: who we are.")
          .check([](const Config& config, const config::Place& place) {
            const bool for_servers = config.htpasswd && !(config.htpasswd->file.empty() &&
                                                          config.htpasswd->inline_text.empty());
            if (config.htpasswd && config.client_auth)
              place.error("give either htpasswd or client_auth: make two extensions");
            if (!for_servers && !config.client_auth)
              place.error("no credentials: give htpasswd.file, htpasswd.inline or client_auth");
          });
  return schema;
}

}  // namespace sluice::components::basicauth_extension
