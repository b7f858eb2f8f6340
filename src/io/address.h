#pragma once

#include <string>

struct sockaddr;

namespace sluice::io {

/// "127.0.0.1:4317" or "[::1]:4317"; empty for other families.
std::string format_address(const sockaddr* address);

}  // namespace sluice::io
