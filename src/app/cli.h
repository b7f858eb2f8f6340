#pragma once

#include <string>
#include <vector>

#include "app/flags.h"

namespace sluice::app {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;  ///< could not start, or failed while running
inline constexpr int kExitUsage =
    2;  ///< the command line or the environment asks for what cannot be

/// Runs the command that `words` (without the program's name) ask for, and returns the exit code.
/// Errors are one line on standard error that says what to do.
int run_cli(const std::vector<std::string>& words, const Environment& environment);

/// Prints "sluice: message" to standard error and returns `exit_code`.
int fail(const std::string& message, int exit_code);

/// Warns of secrets on the command line.
void warn_of_secrets(const Arguments& arguments);

/// Reads a command's options from the environment and the command line. If the command shall go on,
/// returns the arguments; otherwise sets `exit_code` after printing help or an error. `intro` is
/// what the help begins with.
std::optional<Arguments> read_options(std::string_view command, std::string_view intro,
                                      const std::vector<Flag>& flags,
                                      const std::vector<std::string>& words,
                                      const Environment& environment, int& exit_code);

}  // namespace sluice::app
