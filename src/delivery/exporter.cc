#include "delivery/exporter.h"

#include <utility>

namespace sluice::delivery {
namespace {

DeliveryConfig with_ack(DeliveryConfig config, pipeline::AckMode ack) {
  config.answers_early = ack == pipeline::AckMode::Memory;
  return config;
}

}  // namespace

DeliveryConfig delivery_of(const ClientConfig& config, const pipeline::ComponentId& id) {
  DeliveryConfig delivery;
  delivery.exporter = id.to_string();
  delivery.queue = config.sending_queue;
  delivery.retry = config.retry_on_failure;
  delivery.encoding = http_encoding(config.compression);
  delivery.level = compression_level(config.compression_params);
  return delivery;
}

QueuedExporter::QueuedExporter(DeliveryConfig config, std::unique_ptr<Remote> remote,
                               pipeline::Host& host)
    : config_(with_ack(std::move(config), host.ack)), remote_(std::move(remote)) {
  for (size_t i = 0; i < channels_.size(); ++i) {
    channels_[i] = std::make_unique<Channel>(static_cast<otlp::Signal>(i), config_, *remote_,
                                             host.budget, host.metrics);
  }
}

void QueuedExporter::serve(otlp::Signal signal, const pipeline::BatchLimits& limits) {
  if (!limits.timeout && !limits.size && !limits.size_max) return;
  BatchConfig batch;
  batch.sizer = Sizer::Items;
  if (limits.timeout) batch.flush_timeout = *limits.timeout;
  if (limits.size) batch.min_size = limits.size->value;
  if (limits.size_max) batch.max_size = *limits.size_max;
  channels_[static_cast<size_t>(signal)]->batch_by(batch);
}

void QueuedExporter::read(const pipeline::BatchView& batch, pipeline::Ack&& ack) {
  channels_[static_cast<size_t>(batch.signal)]->add(batch, std::move(ack));
}

void QueuedExporter::hurry() {
  for (const auto& channel : channels_) channel->hurry();
}

void QueuedExporter::stop(std::function<void()> done) {
  const auto shared = std::make_shared<std::function<void()>>(std::move(done));
  for (const auto& channel : channels_) {
    channel->stop([this, shared] {
      if (to_stop_.fetch_sub(1) == 1) (*shared)();
    });
  }
}

}  // namespace sluice::delivery
