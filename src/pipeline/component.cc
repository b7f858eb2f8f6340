#include "pipeline/component.h"

namespace sluice::pipeline {

void BatchLimits::put(const BatchLimits& over) {
  if (over.timeout) timeout = over.timeout;
  if (over.size) size = over.size;
  if (over.size_max) size_max = over.size_max;
}

Result<std::vector<io::Listener>> Host::listen(std::string_view host_port) const {
  if (is_trial) {
    SLUICE_RETURN_IF_ERROR(io::check_host_port(host_port));
    if (asked_addresses != nullptr) asked_addresses->emplace_back(host_port);
    return std::vector<io::Listener>();
  }
  return listeners != nullptr ? listeners->listen(host_port) : io::listen(host_port);
}

}  // namespace sluice::pipeline
