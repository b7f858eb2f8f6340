#include "app/pipelines.h"

#include <algorithm>
#include <thread>

namespace sluice::app {
namespace {

size_t lane_count(const PipelinesOptions& options) {
  if (options.lanes > 0) return static_cast<size_t>(options.lanes);
  return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

Pipelines::Pipelines(const PipelinesOptions& options, metrics::Registry& metrics)
    : budget_(options.memory_limit_bytes),
      lanes_(lane_count(options)),
      host_{lanes_.loops(), budget_, metrics, options.ack} {
  metrics.gauge_callback("sluice_memory_used_bytes", "Telemetry in flight.", {},
                         [this] { return static_cast<double>(budget_.used_bytes()); });
}

Result<std::unique_ptr<Pipelines>> Pipelines::create(const pipeline::Plan& plan,
                                                     const PipelinesOptions& options,
                                                     metrics::Registry& metrics) {
  std::unique_ptr<Pipelines> made(new Pipelines(options, metrics));
  auto graph = pipeline::Graph::build(plan, made->host_);
  if (!graph.ok()) return graph.status();
  made->graph_ = std::move(graph).value();
  metrics.gauge("sluice_memory_limit_bytes", "Telemetry that may be in flight.")
      .set(static_cast<int64_t>(made->budget_.limit_bytes()));
  return made;
}

Pipelines::~Pipelines() { lanes_.stop(); }

Status Pipelines::start() {
  lanes_.start();
  return graph_->start();
}

Status Pipelines::accept() { return graph_->accept(); }

Status Pipelines::can_take_data() const {
  if (!graph_->ready()) return unavailable("ClickHouse does not answer");
  // A request of the usual size must fit; at the mark itself senders are already asked to come
  // later.
  if (budget_.used_bytes() >= budget_.limit_bytes()) {
    return unavailable("the memory for telemetry in flight is used up");
  }
  return {};
}

bool Pipelines::stop(std::chrono::milliseconds timeout) { return graph_->stop(timeout); }

}  // namespace sluice::app
