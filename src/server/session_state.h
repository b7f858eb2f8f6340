#pragma once

#include <optional>
#include <string>

#include "engine/engine.h"
#include "server/query_request.h"

namespace sluice::server {

/// What a connection begins with: libchdb has the settings of clickhouse-local, these are a
/// server's.
engine::NameValues server_settings();

/// What a request sets on its connection for one statement: settings, database, roles, and the tag
/// by which the statement can be cancelled. On a connection of its own that dies with it; in a
/// session, where HTTP parameters count for their request alone, it is undone afterwards.
class SessionState {
 public:
  /// `lasting`: the connection is a session's, and outlives this.
  SessionState(engine::Connection& connection, bool lasting)
      : connection_(connection), lasting_(lasting) {}
  ~SessionState();
  SessionState(const SessionState&) = delete;
  SessionState& operator=(const SessionState&) = delete;

  /// `defaults` hold where the request does not say otherwise; a session has had its own since its
  /// beginning. The engine's error if it refuses a part: an unknown setting, database or role.
  std::optional<engine::Error> apply(const QueryRequest& request, std::string_view tag,
                                     const engine::NameValues& defaults);

 private:
  std::optional<engine::Error> run(const std::string& sql);
  std::optional<engine::Error> remember(const engine::NameValues& settings);

  engine::Connection& connection_;
  const bool lasting_;
  std::string undo_settings_;
  std::string undo_database_;
};

}  // namespace sluice::server
