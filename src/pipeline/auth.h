#pragma once

// What extensions do for receivers and exporters: they decide who may send, and say to others who
// we are. An extension that can implements the interface and returns itself (pipeline/component.h).

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "config/extension_ref.h"
#include "config/schema.h"
#include "http/message.h"

namespace sluice::pipeline {

class Extension;
struct Host;

class ServerAuth {
 public:
  using Attributes = std::vector<std::pair<std::string, std::string>>;
  /// Ok if the headers (or a gRPC call's metadata) come from somebody who may send. Unauthenticated
  /// otherwise, with a message that gives no secret away; Unavailable if that cannot be told now.
  /// Thread-safe, does not wait.
  virtual Status check(const http::Headers& headers) const = 0;
  /// What is known of the sender of headers that check() let in, by name. Thread-safe.
  virtual Attributes attributes(const http::Headers&) const { return {}; }

 protected:
  ~ServerAuth() = default;
};

class ClientAuth {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;
  /// Adds the headers that say who we are; names in lower case. Thread-safe. Asked for each
  /// request, since credentials may change.
  virtual void add_headers(Headers& headers) const = 0;

 protected:
  ~ClientAuth() = default;
};

/// `auth:` of a server: who checks those who send.
struct ServerAuthConfig {
  config::ExtensionRef<config::ExtensionRole::ServerAuth> authenticator;
};
/// The same for HTTP, where credentials may stand in the query.
struct HttpServerAuthConfig {
  ServerAuthConfig auth;
  std::vector<std::string> request_params;
};
/// `auth:` of a client: who says who we are.
struct ClientAuthConfig {
  config::ExtensionRef<config::ExtensionRole::ClientAuth> authenticator;
};

const config::Schema<ServerAuthConfig>& schema_of(const ServerAuthConfig*);
const config::Schema<HttpServerAuthConfig>& schema_of(const HttpServerAuthConfig*);
const config::Schema<ClientAuthConfig>& schema_of(const ClientAuthConfig*);

/// InvalidArgument if the options of the extension do not make it do this.
Status check_role(const Extension& extension, const config::ComponentId& id,
                  config::ExtensionRole role);

/// The extension of that id, which lives as long as the pipelines; InvalidArgument if there is none
/// that can do this. Null in a trial, which says so itself.
Result<const ServerAuth*> find_server_auth(const Host& host, const ServerAuthConfig& config);
/// Null where none is named.
Result<const ClientAuth*> find_client_auth(const Host& host,
                                           const std::optional<ClientAuthConfig>& config);

}  // namespace sluice::pipeline
