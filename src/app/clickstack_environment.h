#pragma once

// The environment of ClickStack's image: its variables in one table for all commands, and what its
// entry script makes of them.

#include <set>
#include <string>

#include "app/options.h"
#include "config/diagnostics.h"
#include "config/node.h"

namespace sluice::app {

/// Variables that had an effect on a configuration.
struct UsedVariables {
  std::set<std::string, std::less<>> mentioned;  ///< by ${env:…}
  std::set<std::string, std::less<>> applied;    ///< by add_environment()
};

/// What ${env:…} of a configuration sees. As the entry script has it, the gate `clickhouse.json`
/// asks for JSON columns, and JSON columns ask for tables that the exporter makes.
Environment expanded_environment(const Options& options, const Environment& environment);

/// Puts over an expanded configuration what the environment says beside it, where the configuration
/// does not say otherwise. For all commands: otlp receivers ask for OTLP_AUTH_TOKEN. For `run` and
/// `validate`, whose exporters are the configuration's own: the first exporter that stores where
/// the environment has ClickStack's tables makes and migrates them (that of session replays if
/// there is no other), and exporters that write to CLICKHOUSE_ENDPOINT go by CLICKHOUSE_TLS_*.
void add_environment(config::Node& root, const Options& options, Command command,
                     const Environment& environment, UsedVariables& used);

/// Says of each variable that is set without an effect why it has none: a warning, or an error
/// where going on would drop a protection that was asked for.
void check_environment(const Environment& environment, Command command, const UsedVariables& used,
                       config::Diagnostics& diagnostics);

}  // namespace sluice::app
