#pragma once

#include "base/metrics.h"

namespace sluice::web {

/// Adds what /proc tells about this process, by Prometheus' conventional names
/// (process_cpu_seconds_total, process_resident_memory_bytes, process_open_fds, …), and
/// sluice_build_info. Read at each scrape.
void add_process_metrics(metrics::Registry& registry);

}  // namespace sluice::web
