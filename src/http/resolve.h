#pragma once

#include <vector>

#include "base/status.h"
#include "http/client.h"

namespace sluice::http {

/// All addresses of a host, each once, in the resolver's order; the host itself if it is an address
/// or a Unix socket. Waits for the resolver, which has a time limit of its own. Unavailable if the
/// name has none.
Result<std::vector<Address>> resolve(const Address& address);

}  // namespace sluice::http
