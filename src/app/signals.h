#pragma once

#include <chrono>
#include <optional>

namespace sluice::app {

/// Holds SIGTERM and SIGINT back in this thread and those it starts later, so that they are waited
/// for instead.
void hold_end_signals();

/// Holds SIGHUP back in the same way.
void hold_reload_signal();

/// Waits for SIGTERM, SIGINT or SIGHUP; nothing if none comes within `timeout`. REQUIRES:
/// hold_end_signals() and hold_reload_signal().
std::optional<int> wait_any_signal(std::chrono::milliseconds timeout);

/// Waits for SIGTERM or SIGINT; nothing if neither comes within `timeout`. Without a timeout it
/// waits for ever. REQUIRES: hold_end_signals().
std::optional<int> wait_end_signal(std::optional<std::chrono::milliseconds> timeout);

/// From now on these signals end the process at once.
void release_end_signals();

}  // namespace sluice::app
