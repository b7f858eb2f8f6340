#pragma once

// What is shown in the place of secrets.

#include <string_view>

#include "config/node.h"

namespace sluice::config {

inline constexpr std::string_view kMask = "[REDACTED]";

/// Puts kMask in the place of all texts, and leaves the form.
void mask(Node& secret);

/// Masks the passwords alone: of URLs, their users' and parameters that are called so, and in a map
/// of such parameters.
void mask_passwords(Node& node);

}  // namespace sluice::config
