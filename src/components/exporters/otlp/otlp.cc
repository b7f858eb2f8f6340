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
  const pipeline::ClientAuth* auth = nullptr;
  if (config.auth) {
    auto found = pipeline::find_client_auth(host, *config.auth);
    if (!found.ok()) return found.status();
    auth = *found;
  }
  auto remote = otlp_exporter::GrpcRemote::create(config, auth);
  if (!remote.ok()) return remote.status();
  delivery::DeliveryConfig delivery;
  delivery.exporter = id.to_string();
  delivery.queue = config.sending_queue;
  delivery.retry = config.retry_on_failure;
  delivery.encoding = encoding_of(config.compression);
  delivery.level = delivery::compression_level(config.compression_params);
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
