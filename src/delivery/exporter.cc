#include "delivery/exporter.h"

#include <utility>

namespace sluice::delivery {

QueuedExporter::QueuedExporter(DeliveryConfig config, std::unique_ptr<Remote> remote,
                               pipeline::Host& host)
    : config_(std::move(config)), remote_(std::move(remote)) {
  for (size_t i = 0; i < channels_.size(); ++i) {
    channels_[i] = std::make_unique<Channel>(static_cast<otlp::Signal>(i), config_, *remote_,
                                             host.budget, host.metrics);
  }
}

void QueuedExporter::consume(pipeline::Batch&& batch) {
  channels_[static_cast<size_t>(batch.signal)]->consume(std::move(batch));
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
