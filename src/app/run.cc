#include "app/run.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <thread>

#include "app/cli.h"
#include "app/lanes.h"
#include "app/process.h"
#include "app/signals.h"
#include "base/log.h"
#include "components/all.h"
#include "config/load.h"
#include "config/service.h"
#include "pipeline/graph.h"

namespace sluice::app {
namespace {

/// Of the ten seconds that container runtimes give a process to end.
constexpr std::chrono::milliseconds kDrain{9'000};

struct RunOptions {
  std::vector<std::string> configs;
  std::vector<std::string> settings;
  std::string feature_gates;
  int lanes = 0;  ///< 0: one per core
  Bytes memory_limit{256ull << 20};
};

std::vector<Flag> run_flags(RunOptions& options) {
  std::vector<Flag> flags;
  flags.push_back(make_flag(
      options.configs,
      {.name = "config",
       .unit = "FILE",
       .help =
           "A configuration: a file, env:NAME or yaml:TEXT; may stand several times, later ones "
           "go over earlier ones",
       .env = "SLUICE_CONFIG"}));
  flags.push_back(make_flag(options.settings,
                            {.name = "set",
                             .unit = "KEY=VALUE",
                             .help = "One value of the configuration, for example "
                                     "processors.batch.timeout=2s; may stand several times"}));
  flags.push_back(
      make_flag(options.feature_gates, {.name = "feature-gates",
                                        .unit = "NAMES",
                                        .help = "Taken for compatibility; there are no gates"}));
  flags.push_back(make_flag(options.lanes, {.name = "lanes",
                                            .unit = "N",
                                            .help = "Threads that take data in; 0 is one per core",
                                            .env = "SLUICE_LANES"}));
  flags.push_back(make_flag(options.memory_limit,
                            {.name = "memory-limit",
                             .unit = "BYTES",
                             .help = "Telemetry that may be in flight before senders are asked to "
                                     "come later",
                             .env = "SLUICE_MEMORY_LIMIT"}));
  return flags;
}

/// Reads the options; without a value, `exit_code` says how the command ends.
std::optional<RunOptions> read_run_options(std::string_view command, std::string_view intro,
                                           const std::vector<std::string>& words,
                                           const Environment& environment, int& exit_code) {
  RunOptions options;
  const auto arguments =
      read_options(command, intro, run_flags(options), words, environment, exit_code);
  if (!arguments) return std::nullopt;
  if (options.configs.empty() || !arguments->positional.empty()) {
    exit_code =
        fail("name a configuration: sluice " + std::string(command) + " --config FILE", kExitUsage);
    return std::nullopt;
  }
  return options;
}

/// A configuration that can be run. Prints errors and warnings; nothing if there are errors.
std::optional<pipeline::Plan> read_plan(const RunOptions& options, const Environment& environment) {
  const auto variable = [&](const std::string& name) -> std::optional<std::string> {
    const char* value = environment(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  auto root = config::load(options.configs, options.settings, variable);
  if (!root.ok()) {
    fail(root.status().message(), kExitUsage);
    return std::nullopt;
  }
  config::Diagnostics diagnostics;
  const config::Configuration configuration = config::read_configuration(*root, diagnostics);
  pipeline::Plan plan =
      pipeline::Plan::make(configuration, components::all_components(), diagnostics);
  for (const auto& warning : diagnostics.warnings()) log::warn(warning.to_string());
  for (const auto& error : diagnostics.errors()) fail(error.to_string(), kExitUsage);
  if (!diagnostics.ok()) return std::nullopt;
  return plan;
}

log::Format format_of(const config::TelemetryConfig& telemetry) {
  if (telemetry.log_encoding) {
    return *telemetry.log_encoding == config::LogEncoding::Json ? log::Format::Json
                                                                : log::Format::Text;
  }
  return isatty(STDERR_FILENO) != 0 ? log::Format::Text : log::Format::Json;
}

log::Level level_of(const config::TelemetryConfig& telemetry) {
  switch (telemetry.log_level) {
    case config::LogLevel::Debug: return log::Level::Debug;
    case config::LogLevel::Info: return log::Level::Info;
    case config::LogLevel::Warn: return log::Level::Warn;
    case config::LogLevel::Error: return log::Level::Error;
  }
  return log::Level::Info;
}

int run_plan(const pipeline::Plan& plan, const RunOptions& options) {
  const size_t lane_count = options.lanes > 0 ? static_cast<size_t>(options.lanes)
                                              : std::max(1u, std::thread::hardware_concurrency());
  Budget budget(options.memory_limit.value);
  metrics::Registry metrics;
  Lanes lanes(lane_count);
  pipeline::Host host{lanes.loops(), budget, metrics};
  auto graph = pipeline::Graph::build(plan, host);
  if (!graph.ok()) return fail(graph.status().message(), kExitFailure);
  lanes.start();
  if (Status status = (*graph)->start(); !status.ok()) {
    lanes.stop();
    return fail(status.message(), kExitFailure);
  }
  log::info("Everything is ready. Begin running and processing data.",
            {{"version", SLUICE_VERSION}});
  const int signal = *wait_end_signal(std::nullopt);
  release_end_signals();
  log::info("shutting down", {{"signal", std::string("SIG") + sigabbrev_np(signal)}});
  if (!(*graph)->stop(kDrain)) {
    log::error("not everything was passed on in time; senders that were not answered send again");
    _exit(kExitFailure);  // threads that still wait cannot be joined
  }
  lanes.stop();
  log::info("everything is passed on, good-bye");
  return kExitOk;
}

}  // namespace

int run_pipelines(const std::vector<std::string>& words, const Environment& environment) {
  static constexpr std::string_view kIntro =
      "sluice run --config FILE [options]\n\n"
      "Runs the pipelines of a configuration in the OpenTelemetry Collector's YAML.\n";
  int exit_code = kExitOk;
  const auto options = read_run_options("run", kIntro, words, environment, exit_code);
  if (!options) return exit_code;
  const auto plan = read_plan(*options, environment);
  if (!plan) return kExitUsage;
  const config::TelemetryConfig& telemetry = plan->configuration().telemetry;
  log::configure(level_of(telemetry), format_of(telemetry));
  if (!options->feature_gates.empty())
    log::info("there are no feature gates", {{"asked_for", options->feature_gates}});
  set_process_limits();
  hold_end_signals();
  return run_plan(*plan, *options);
}

int run_validate(const std::vector<std::string>& words, const Environment& environment) {
  static constexpr std::string_view kIntro =
      "sluice validate --config FILE\n\n"
      "Says everything that is wrong with a configuration, and starts nothing.\n";
  int exit_code = kExitOk;
  const auto options = read_run_options("validate", kIntro, words, environment, exit_code);
  if (!options) return exit_code;
  return read_plan(*options, environment) ? kExitOk : kExitUsage;
}

int run_components(const std::vector<std::string>& words, const Environment&) {
  if (!words.empty()) return fail("sluice components takes no options", kExitUsage);
  for (const auto& factory : components::all_components().all()) {
    const pipeline::Factory::About& about = factory->about();
    std::string line = std::string(config::component_kind(about.section)) + " " + about.type;
    constexpr size_t kDocColumn = 34;
    line.append(line.size() < kDocColumn ? kDocColumn - line.size() : 1, ' ');
    std::printf("%s%s\n", line.c_str(), about.doc.c_str());
  }
  return kExitOk;
}

}  // namespace sluice::app
