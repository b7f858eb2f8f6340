#include "server/session_state.h"

#include <algorithm>
#include <string_view>

#include "native/identifier.h"
#include "server/engine_sql.h"

namespace sluice::server {
namespace {

/// Letters, digits, '_' and '.': anything else in a name would be SQL of the client's making.
bool is_plain_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
  });
}

engine::Error unknown_setting(const std::string& name) {
  return {115, "UNKNOWN_SETTING",
          "Code: 115. DB::Exception: Unknown setting '" + name + "'. (UNKNOWN_SETTING)"};
}

}  // namespace

engine::NameValues server_settings() {
  return {
      {"implicit_select", "0"},
      {"allow_introspection_functions", "0"},
      // An INSERT is answered when its rows are stored, not when they are queued.
      {"async_insert", "0"},
      // The rows of input() come as a file, whose name soon is that of others.
      {"schema_inference_use_cache_for_file", "0"},
      {"use_cache_for_count_from_files", "0"},
  };
}

SessionState::~SessionState() {
  // The engine took both when they were first set; that it would not now is not the client's fault.
  if (!undo_settings_.empty()) connection_.execute({undo_settings_});
  if (!undo_database_.empty()) connection_.execute({undo_database_});
}

std::optional<engine::Error> SessionState::run(const std::string& sql) {
  return connection_.execute({sql}).error;
}

/// Prepares the statement that sets these settings back to what they are now.
std::optional<engine::Error> SessionState::remember(const engine::NameValues& settings) {
  std::string names;
  for (const auto& [name, value] : settings) {
    names += (names.empty() ? "" : ", ") + engine::quoted(name);
  }
  // The engine itself writes the literals that it reads back.
  const std::string sql =
      "SELECT concat('SET ', arrayStringConcat(groupArray(name || ' = ' || "
      "if(changed, '\\'' || replaceAll(replaceAll(value, '\\\\', '\\\\\\\\'), '\\'', '\\\\\\'') || "
      "'\\'', 'DEFAULT')), ', ')) FROM system.settings WHERE name IN (" +
      names + ") FORMAT TSVRaw";
  engine::Outcome outcome = connection_.execute({sql});
  if (!outcome.ok()) return outcome.error;
  undo_settings_ = std::move(outcome.output);
  return std::nullopt;
}

std::optional<engine::Error> SessionState::apply(const QueryRequest& request, std::string_view tag,
                                                 const engine::NameValues& defaults) {
  engine::NameValues settings;
  if (!lasting_) settings = defaults;
  for (const auto& setting : request.settings) {
    if (!is_plain_name(setting.first)) return unknown_setting(setting.first);
    settings.push_back(setting);
  }
  settings.emplace_back(engine::kTagSetting, tag);
  if (lasting_) {
    if (auto error = remember(settings)) return error;
  } else if (request.readonly && find_last(settings, "readonly") == nullptr) {
    // Reads only, but settings may be changed, as ClickHouse has it for GET. It cannot be undone,
    // so in a session the guard alone sees to it.
    settings.emplace_back("readonly", "2");
  }
  if (auto error = run(set_statement(settings))) return error;
  for (const std::string& role : request.roles) {
    if (auto error = run("SET ROLE " + native::quote_identifier(role))) return error;
  }
  if (request.database.empty()) return std::nullopt;
  if (lasting_) {
    engine::Outcome outcome = connection_.execute({"SELECT currentDatabase() FORMAT TSVRaw"});
    while (!outcome.output.empty() && outcome.output.back() == '\n') outcome.output.pop_back();
    if (outcome.ok()) undo_database_ = "USE " + native::quote_identifier(outcome.output);
  }
  return run("USE " + native::quote_identifier(request.database));
}

}  // namespace sluice::server
