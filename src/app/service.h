#pragma once

#include "app/options.h"

namespace sluice::app {

/// Runs `sluice run`, `serve` or `gateway` until SIGTERM or SIGINT, and returns the exit code. The
/// first signal drains: stop accepting, pass everything on, have it confirmed, close; a second one
/// ends the process at once. Call from the main thread, before other threads are started.
int run_service(const Options& options, Command command, const Environment& environment);

/// Runs `sluice server`.
int run_database(const Options& options);

}  // namespace sluice::app
