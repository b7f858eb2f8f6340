#pragma once

#include "pipeline/graph.h"

namespace sluice::pipeline {

/// Makes each processor and connector of the pipelines once, to hear what is wrong with options
/// that only their maker can judge, such as patterns. What is wrong goes to `diagnostics`, all of
/// it; nothing is started or kept. REQUIRES: the plan was made without an error.
void try_components(const Plan& plan, config::Diagnostics& diagnostics);

}  // namespace sluice::pipeline
