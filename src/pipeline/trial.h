#pragma once

#include "pipeline/graph.h"

namespace sluice::pipeline {

/// Makes each component that is used once, to hear what is wrong with options that only their maker
/// can judge, such as patterns, or files that cannot be read. What is wrong goes to `diagnostics`,
/// all of it; nothing is started or kept (Host::is_trial). Components whose options were found to
/// be wrong before are left out.
void try_components(const Plan& plan, config::Diagnostics& diagnostics);

}  // namespace sluice::pipeline
