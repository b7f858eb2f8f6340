#pragma once

#include <chrono>
#include <optional>

namespace sluice::app {

/// Holds SIGTERM and SIGINT back in this thread and those it starts later, so that they are waited
/// for instead.
void hold_end_signals();

/// Waits for SIGTERM or SIGINT; nothing if neither comes within `timeout`. Without a timeout it
/// waits for ever. REQUIRES: hold_end_signals().
std::optional<int> wait_end_signal(std::optional<std::chrono::milliseconds> timeout);

/// From now on these signals end the process at once.
void release_end_signals();

}  // namespace sluice::app
