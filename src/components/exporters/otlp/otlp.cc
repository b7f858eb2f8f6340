#include "components/exporters/otlp/otlp.h"

#include <utility>

#include "components/exporters/otlp/config.h"
#include "components/exporters/otlp/remote.h"
#include "delivery/exporter.h"

namespace sluice::components {
namespace {

using otlp_exporter::Config;

/// gRPC's "snappy" is the framed format.
wire::Encoding encoding_of(delivery::Compression compression) {
  return compression == delivery::Compression::Snappy ? wire::Encoding::SnappyFramed
                                                      : delivery::http_encoding(compression);
}

Result<std::unique_ptr<pipeline::Exporter>> make(const Config& config,
                                                 const pipeline::ComponentId& id,
                                                 pipeline::Host& host) {
  const auto auth = pipeline::find_client_auth(host, config.client.auth);
  if (!auth.ok()) return auth.status();
  auto remote = otlp_exporter::GrpcRemote::create(config, *auth);
  if (!remote.ok()) return remote.status();
  delivery::DeliveryConfig delivery = delivery::delivery_of(config.client, id);
  delivery.encoding = encoding_of(config.client.compression);
  return std::unique_ptr<pipeline::Exporter>(std::make_unique<delivery::QueuedExporter>(
      std::move(delivery), std::move(remote).value(), host));
}

}  // namespace

std::unique_ptr<pipeline::Factory> otlp_exporter_factory() {
  return std::make_unique<pipeline::ExporterFactory<Config>>(
      pipeline::Factory::About{
          config::Section::Exporters, "otlp", "Sends OTLP over gRPC.", {"otlp_grpc"}},
      &make);
}

}  // namespace sluice::components
