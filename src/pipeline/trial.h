#pragma once

#include <string>
#include <vector>

#include "pipeline/graph.h"

namespace sluice::pipeline {

/// Where something wants to listen, and where the option stands that says so.
struct WantedAddress {
  std::string address;  ///< HOST:PORT
  config::Mark mark;
  std::string path;

  /// What is wrong with the address, with its place before it.
  std::string problem(const std::string& message) const;
};

/// Makes each component that is used once, to hear what is wrong with options that only their maker
/// can judge, such as patterns, or files that cannot be read, and what has no effect on others.
/// What is wrong goes to `diagnostics`, all of it; nothing is started or kept (Host::is_trial).
/// Components whose options were found to be wrong before are left out. Gives the addresses that
/// receivers and extensions will listen on.
std::vector<WantedAddress> try_components(const Plan& plan, config::Diagnostics& diagnostics);

}  // namespace sluice::pipeline
