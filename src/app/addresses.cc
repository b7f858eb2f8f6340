#include "app/addresses.h"

#include <algorithm>

#include "app/configuration.h"
#include "io/listen.h"

namespace sluice::app {

using pipeline::WantedAddress;

std::vector<WantedAddress> other_addresses(const Options& options, Command command,
                                           const config::TelemetryConfig& telemetry) {
  std::vector<WantedAddress> all;
  for (const config::MetricsPage& page : metrics_pages(options, telemetry))
    all.push_back({page.address, page.mark, page.path});
  if (command == kServe && !options.clickhouse_http.off())
    all.push_back({options.clickhouse_http.text, {}, "--clickhouse-http"});
  return all;
}

void check_addresses(const std::vector<WantedAddress>& addresses,
                     config::Diagnostics& diagnostics) {
  for (auto later = addresses.begin(); later != addresses.end(); ++later) {
    const auto first = std::find_if(addresses.begin(), later, [&](const WantedAddress& other) {
      return io::addresses_clash(other.address, later->address);
    });
    if (first == later) continue;
    diagnostics.error(later->mark, later->path,
                      "the port of " + later->address + " is taken by " +
                          first->problem(first->address) + "; choose another one for one of them");
  }
}

}  // namespace sluice::app
