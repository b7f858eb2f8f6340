#include "pipeline/auth.h"

#include "pipeline/component.h"

namespace sluice::pipeline {
namespace {

template <typename Auth>
Result<const Auth*> find_auth(const Host& host, const ComponentId& id, config::ExtensionRole role,
                              const Auth* (Extension::*as)() const) {
  const auto found = host.extensions.find(id);
  const Auth* auth = found != host.extensions.end() ? (found->second->*as)() : nullptr;
  if (auth != nullptr || host.is_trial) return auth;
  if (found == host.extensions.end())
    return invalid_argument("the extension " + id.to_string() + " is not in service::extensions");
  return check_role(*found->second, id, role);
}

}  // namespace

Status check_role(const Extension& extension, const ComponentId& id, config::ExtensionRole role) {
  const bool is_server = role == config::ExtensionRole::ServerAuth;
  if (is_server ? extension.server_auth() != nullptr : extension.client_auth() != nullptr)
    return {};
  return invalid_argument("the extension " + id.to_string() + " is not configured to " +
                          (is_server ? "check senders" : "say who we are to others"));
}

const config::Schema<ServerAuthConfig>& schema_of(const ServerAuthConfig*) {
  static const auto schema = config::Schema<ServerAuthConfig>()
                                 .field("authenticator", &ServerAuthConfig::authenticator,
                                        "The extension that decides who may send.")
                                 .required();
  return schema;
}

const config::Schema<HttpServerAuthConfig>& schema_of(const HttpServerAuthConfig*) {
  static const auto schema =
      config::Schema<HttpServerAuthConfig>()
          .embed(&HttpServerAuthConfig::auth,
                 schema_of(static_cast<const ServerAuthConfig*>(nullptr)))
          .field("request_params", &HttpServerAuthConfig::request_params,
                 "Parameters of the query that count as headers when they are there.");
  return schema;
}

const config::Schema<ClientAuthConfig>& schema_of(const ClientAuthConfig*) {
  static const auto schema = config::Schema<ClientAuthConfig>()
                                 .field("authenticator", &ClientAuthConfig::authenticator,
                                        "The extension that says to the other side who we are.")
                                 .required();
  return schema;
}

Result<const ServerAuth*> find_server_auth(const Host& host, const ServerAuthConfig& config) {
  return find_auth(host, config.authenticator.id, config::ExtensionRole::ServerAuth,
                   &Extension::server_auth);
}

Result<const ClientAuth*> find_client_auth(const Host& host,
                                           const std::optional<ClientAuthConfig>& config) {
  if (!config) return static_cast<const ClientAuth*>(nullptr);
  return find_auth(host, config->authenticator.id, config::ExtensionRole::ClientAuth,
                   &Extension::client_auth);
}

}  // namespace sluice::pipeline
