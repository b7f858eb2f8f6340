#include "app/configuration.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "app/addresses.h"
#include "app/cli.h"
#include "app/clickstack_environment.h"
#include "app/preset.h"
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

/// What is said of several places is one line.
std::vector<std::string> each_once(const std::vector<config::Diagnostics::Entry>& warnings) {
  std::vector<std::string> lines;
  std::vector<std::string> said;
  for (const config::Diagnostics::Entry& warning : warnings) {
    const auto before = std::find(said.begin(), said.end(), warning.message);
    if (before == said.end()) {
      lines.push_back(warning.to_string());
      said.push_back(warning.message);
    } else if (!warning.path.empty()) {
      const std::string place =
          config::Diagnostics::Entry{warning.mark, warning.path, ""}.to_string();
      lines[static_cast<size_t>(before - said.begin())] +=
          "; the same at " + place.substr(0, place.size() - 2);
    }
  }
  return lines;
}

/// Passes on what was found after `wrong` values could not be had: not what is about these, or
/// about what they are part of.
void report(const config::Diagnostics& found, const config::Diagnostics& wrong,
            config::Diagnostics& out) {
  out.add(found, [&](const config::Diagnostics::Entry& entry) {
    return std::any_of(wrong.errors().begin(), wrong.errors().end(), [&](const auto& error) {
      return config::is_within(entry.path, error.path) || config::is_within(error.path, entry.path);
    });
  });
}

/// Nothing if there are errors, of which each stage finds its own.
std::optional<CheckedPlan> plan_of(const config::Node& root, const Options& options,
                                   Command command, config::Diagnostics& diagnostics) {
  // Without a file, or what it says, nothing is known. A value that cannot be had is one place.
  const config::Diagnostics wrong = diagnostics;
  const bool is_there =
      std::none_of(wrong.errors().begin(), wrong.errors().end(),
                   [](const config::Diagnostics::Entry& error) { return error.path.empty(); });
  if (!is_there) return std::nullopt;
  config::Diagnostics found;
  const config::Configuration configuration = config::read_configuration(root, found, kPresetName);
  CheckedPlan checked{pipeline::Plan::make(configuration, components::all_components(), found), {}};
  checked.addresses = pipeline::try_components(checked.plan, found);
  auto all = checked.addresses;
  for (auto& other : other_addresses(options, command, configuration.telemetry))
    all.push_back(std::move(other));
  check_addresses(all, found);
  report(found, wrong, diagnostics);
  if (!diagnostics.ok()) return std::nullopt;
  return checked;
}

/// Components of the built-in configuration that are not in force, as nothing names them.
void leave_out_what_is_on_offer(config::Node& shown, const config::Configuration& configuration) {
  for (size_t i = 0; i < config::kSectionCount; ++i) {
    const auto section = static_cast<config::Section>(i);
    config::Node* components = shown.find(config::section_name(section));
    for (const config::ComponentConfig& component : configuration.of(section)) {
      if (component.options.mark.source != kPresetName) continue;
      if (configuration.is_used(section, component.id)) continue;
      std::erase_if(components->members, [&](const config::Node::Member& member) {
        return member.first == component.id.to_string();
      });
    }
    if (components != nullptr && components->members.empty())
      std::erase_if(shown.members, [&](const config::Node::Member& member) {
        return member.first == config::section_name(section);
      });
  }
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

std::optional<CheckedPlan> read_plan(const Options& options, Command command, config::Node base,
                                     const Environment& environment) {
  UsedVariables used;
  const Environment expanded = expanded_environment(options, environment);
  const auto variable = [&](const std::string& name) -> std::optional<std::string> {
    used.mentioned.insert(name);
    const char* value = expanded(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  config::Diagnostics diagnostics;
  config::Node root = config::load(sources_of(options, environment), options.settings, variable,
                                   diagnostics, std::move(base));
  add_environment(root, options, command, environment, used);
  auto checked = plan_of(root, options, command, diagnostics);
  check_environment(environment, command, used, diagnostics);
  if (!diagnostics.ok()) checked.reset();
  for (const std::string& warning : each_once(diagnostics.warnings())) log::warn(warning);
  for (const auto& error : diagnostics.errors()) fail(error.to_string(), kExitUsage);
  return checked;
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
  return {{options.metrics.text, true, {}, "service::telemetry::metrics"}};
}

std::string show_plan(const pipeline::Plan& plan, const Options& options) {
  config::TelemetryConfig telemetry = plan.configuration().telemetry;
  telemetry.metrics_pages = metrics_pages(options, telemetry);
  config::Node shown = plan.show();
  leave_out_what_is_on_offer(shown, plan.configuration());
  shown.find("service")->set("telemetry", config::show_telemetry(telemetry));
  config::escape(shown);
  return config::to_yaml(shown);
}

}  // namespace sluice::app
