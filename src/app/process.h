#pragma once

namespace sluice::app {

/// Limits of a process that holds people's data: no core dumps, files for its owner only, as many
/// descriptors as it may have.
void set_process_limits();

}  // namespace sluice::app
