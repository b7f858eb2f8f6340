#include "components/exporters/otlp_http/otlp_http.h"

#include <utility>

#include "components/exporters/otlp_http/config.h"
#include "components/exporters/otlp_http/remote.h"
#include "delivery/exporter.h"

namespace sluice::components {
namespace {

using otlp_http_exporter::Config;

Result<std::unique_ptr<pipeline::Exporter>> make(const Config& config,
                                                 const pipeline::ComponentId& id,
                                                 pipeline::Host& host) {
  const auto auth = pipeline::find_client_auth(host, config.client.auth);
  if (!auth.ok()) return auth.status();
  auto remote = otlp_http_exporter::HttpRemote::create(config, *auth);
  if (!remote.ok()) return remote.status();
  delivery::DeliveryConfig delivery = delivery::delivery_of(config.client, id);
  if (config.encoding == otlp_http_exporter::Encoding::Json)
    delivery.format = delivery::Format::Json;
  return std::unique_ptr<pipeline::Exporter>(std::make_unique<delivery::QueuedExporter>(
      std::move(delivery), std::move(remote).value(), host));
}

std::string lacks(const Config& config, otlp::Signal signal) {
  if (!otlp_http_exporter::signal_url(config, signal).empty()) return {};
  return "an endpoint: give endpoint or " + std::string(otlp::signal_name(signal)) + "_endpoint";
}

}  // namespace

std::unique_ptr<pipeline::Factory> otlp_http_exporter_factory() {
  return std::make_unique<pipeline::ExporterFactory<Config>>(
      pipeline::Factory::About{config::Section::Exporters,
                               "otlp_http",
                               "Sends OTLP over HTTP, as protobuf or JSON.",
                               {"otlphttp"}},
      &make, &lacks);
}

}  // namespace sluice::components
