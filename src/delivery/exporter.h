#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "delivery/channel.h"
#include "pipeline/component.h"

namespace sluice::delivery {

/// As the options of an exporter say it.
DeliveryConfig delivery_of(const ClientConfig& config, const pipeline::ComponentId& id);

/// An exporter that hands requests to a remote end, with a channel for each signal. Lanes encode,
/// the channels' threads wait.
class QueuedExporter final : public pipeline::Exporter, public pipeline::ReadingStage {
 public:
  QueuedExporter(DeliveryConfig config, std::unique_ptr<Remote> remote, pipeline::Host& host);

  pipeline::Consumer& stage(size_t) override { return *this; }
  void serve(otlp::Signal signal, const pipeline::BatchLimits& limits) override;
  /// Thread-safe.
  void read(const pipeline::BatchView& batch, pipeline::Ack&& ack) override;
  void hurry() override;
  void stop(std::function<void()> done) override;

 private:
  const DeliveryConfig config_;
  const std::unique_ptr<Remote> remote_;
  std::array<std::unique_ptr<Channel>, otlp::kSignalCount> channels_;
  std::atomic<size_t> to_stop_{otlp::kSignalCount};
};

}  // namespace sluice::delivery
