#include "app/run.h"

#include <cstdio>
#include <optional>

#include "app/cli.h"
#include "app/configuration.h"
#include "app/options.h"
#include "app/service.h"
#include "components/all.h"

namespace sluice::app {
namespace {

/// Reads the options; without a value, `exit_code` says how the command ends.
std::optional<Options> read_run_options(Command command, std::string_view name,
                                        std::string_view intro,
                                        const std::vector<std::string>& words,
                                        const Environment& environment, int& exit_code) {
  std::optional<Options> options(std::in_place);
  const auto arguments =
      read_options(name, intro, option_table(*options, command), words, environment, exit_code);
  if (!arguments) return std::nullopt;
  if (options->configs.empty() || !arguments->positional.empty()) {
    exit_code =
        fail("name a configuration: sluice " + std::string(name) + " --config FILE", kExitUsage);
    return std::nullopt;
  }
  warn_of_secrets(*arguments);
  return options;
}

}  // namespace

int run_run(const std::vector<std::string>& words, const Environment& environment) {
  static constexpr std::string_view kIntro =
      "sluice run --config FILE [options]\n\n"
      "Runs the pipelines of a configuration in the OpenTelemetry Collector's YAML.\n";
  int exit_code = kExitOk;
  const auto options = read_run_options(kRun, "run", kIntro, words, environment, exit_code);
  return options ? run_service(*options, kRun, environment) : exit_code;
}

int run_validate(const std::vector<std::string>& words, const Environment& environment) {
  static constexpr std::string_view kIntro =
      "sluice validate --config FILE\n\n"
      "Says everything that is wrong with a configuration, and starts nothing.\n";
  int exit_code = kExitOk;
  const auto options =
      read_run_options(kValidate, "validate", kIntro, words, environment, exit_code);
  if (!options) return exit_code;
  return read_plan(*options, kValidate, config::Node::map(), environment) ? kExitOk : kExitUsage;
}

}  // namespace sluice::app
