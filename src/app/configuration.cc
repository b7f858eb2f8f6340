#include "app/configuration.h"

#include <unistd.h>

#include <utility>

#include "app/cli.h"
#include "components/all.h"
#include "config/load.h"
#include "config/service.h"
#include "config/yaml_writer.h"
#include "pipeline/trial.h"

namespace sluice::app {
namespace {

/// Whose content goes over everything else, as in ClickStack's image.
constexpr const char* kCustomConfig = "CUSTOM_OTELCOL_CONFIG_FILE";

log::Level level_of(config::LogLevel level) {
  switch (level) {
    case config::LogLevel::Debug: return log::Level::Debug;
    case config::LogLevel::Info: return log::Level::Info;
    case config::LogLevel::Warn: return log::Level::Warn;
    case config::LogLevel::Error: return log::Level::Error;
  }
  return log::Level::Info;
}

std::vector<std::string> sources_of(const Options& options, const Environment& environment) {
  std::vector<std::string> sources = options.configs;
  const char* custom = environment(kCustomConfig);
  if (custom != nullptr && *custom != '\0') sources.emplace_back(custom);
  return sources;
}

/// Nothing if there are errors, of which each stage finds its own.
std::optional<pipeline::Plan> plan_of(const config::Node& root, config::Diagnostics& diagnostics) {
  if (!diagnostics.ok()) return std::nullopt;
  const config::Configuration configuration = config::read_configuration(root, diagnostics);
  pipeline::Plan plan =
      pipeline::Plan::make(configuration, components::all_components(), diagnostics);
  pipeline::try_components(plan, diagnostics);
  if (!diagnostics.ok()) return std::nullopt;
  return plan;
}

}  // namespace

std::vector<std::string> config_files(const Options& options, const Environment& environment) {
  std::vector<std::string> files;
  for (const std::string& source : sources_of(options, environment)) {
    if (source.rfind("env:", 0) == 0 || source.rfind("yaml:", 0) == 0) continue;
    files.push_back(source.rfind("file:", 0) == 0 ? source.substr(5) : source);
  }
  return files;
}

std::optional<pipeline::Plan> read_plan(const Options& options, config::Node base,
                                        const Environment& environment) {
  const auto variable = [&](const std::string& name) -> std::optional<std::string> {
    const char* value = environment(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  config::Diagnostics diagnostics;
  auto plan = plan_of(config::load(sources_of(options, environment), options.settings, variable,
                                   diagnostics, std::move(base)),
                      diagnostics);
  for (const auto& warning : diagnostics.warnings()) log::warn(warning.to_string());
  for (const auto& error : diagnostics.errors()) fail(error.to_string(), kExitUsage);
  return plan;
}

void configure_log(const config::TelemetryConfig& telemetry) {
  log::Format format = isatty(STDERR_FILENO) != 0 ? log::Format::Text : log::Format::Json;
  if (telemetry.log_encoding) {
    const bool json = *telemetry.log_encoding == config::LogEncoding::Json;
    format = json ? log::Format::Json : log::Format::Text;
  }
  log::configure(level_of(telemetry.log_level), format);
}

/// A configuration of the user's says it in service::telemetry.
MetricsPages metrics_pages(const Options& options, const config::TelemetryConfig& telemetry) {
  if (telemetry.metrics_level == config::MetricsLevel::None) return {};
  if (telemetry.metrics_pages) return *telemetry.metrics_pages;
  if (options.metrics.off()) return {};
  return {{options.metrics.text}};
}

std::string show_plan(const pipeline::Plan& plan, const Options& options) {
  config::TelemetryConfig telemetry = plan.configuration().telemetry;
  telemetry.metrics_pages = metrics_pages(options, telemetry);
  config::Node shown = plan.show();
  shown.find("service")->set("telemetry", config::show_telemetry(telemetry));
  config::escape(shown);
  return config::to_yaml(shown);
}

}  // namespace sluice::app
