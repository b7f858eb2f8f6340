#pragma once

// The options of a command: one table, from which come parsing, help, environment variables and
// --print-config.

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/values.h"
#include "base/status.h"

namespace sluice::app {

/// What is said once about an option. All views are literals.
struct FlagInfo {
  std::string_view name;        ///< without the dashes
  std::string_view alias = {};  ///< another name, without the dashes
  std::string_view unit =
      {};  ///< what stands for the value in the help; empty: a switch without a value
  std::string_view help = {};  ///< one sentence, without a full stop
  std::string_view env =
      {};  ///< environment variables, separated by spaces; the first that is set wins
  std::string_view unset = {};  ///< what holds where there is no default value
  bool hidden = false;          ///< for Sluice's own processes, not for people
  unsigned commands = ~0u;      ///< the commands that have it, as a set of bits
};

/// An option that is bound to the variable that it sets. The variable must outlive it.
struct Flag {
  FlagInfo info;
  std::string default_text;
  std::function<Status(std::string_view)> set;
  std::function<std::string()> show;
};

/// Binds an option to its variable, whose present value becomes the default.
template <typename T>
Flag make_flag(T& target, const FlagInfo& info) {
  return {info, show_value(target),
          [&target](std::string_view text) { return parse_value(text, target); },
          [&target] { return show_value(target); }};
}

using Environment = std::function<const char*(const char* name)>;

/// What remains of a command line.
struct Arguments {
  std::vector<std::string> positional;
  std::vector<std::string_view> given;  ///< names of the options that were given
  bool help = false;

  bool has(std::string_view name) const;
};

/// Sets what the command line says: `--name value`, `--name=value` or `--switch`; all after `--` is
/// positional. Errors are one line for people, with the nearest name where an option is unknown.
Result<Arguments> parse_arguments(const std::vector<std::string>& words,
                                  const std::vector<Flag>& flags);

/// Sets what the environment says, but for the options that were given on the command line. An
/// error names the variable.
Status apply_environment(const std::vector<Flag>& flags, const Environment& get,
                         const Arguments& arguments);

/// Whether it takes its value from this environment variable.
bool reads_variable(const Flag& flag, std::string_view variable);

/// The options as lines for --help.
std::string render_help(const std::vector<Flag>& flags);

}  // namespace sluice::app
