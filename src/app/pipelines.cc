#include "app/pipelines.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/log.h"

namespace sluice::app {
namespace {

size_t lane_count(const PipelinesOptions& options) {
  if (options.lanes > 0) return static_cast<size_t>(options.lanes);
  return std::max(1u, std::thread::hardware_concurrency());
}

/// Binds all of them before anything is made, so that everything that cannot be had is said at
/// once. AlreadyExists only if all of that is in use.
Status reserve(io::ListenerPool& listeners, const std::vector<pipeline::WantedAddress>& addresses) {
  Status problems;
  for (const pipeline::WantedAddress& wanted : addresses) {
    const Status status = listeners.reserve(wanted.address);
    if (status.ok()) continue;
    const std::string before = problems.ok() ? "" : problems.message() + "\n";
    const bool others_stay = !problems.ok() && problems.code() != Code::AlreadyExists;
    problems = Status(others_stay ? problems.code() : status.code(),
                      before + wanted.problem(status.message()));
  }
  return problems;
}

}  // namespace

Pipelines::Pipelines(const PipelinesOptions& options, metrics::Registry& metrics)
    : budget_(options.memory_limit_bytes),
      lanes_(lane_count(options)),
      metrics_(metrics),
      ack_(options.ack),
      can_take_data_(options.can_take_data) {
  metrics.gauge_callback("sluice_memory_used_bytes", "Telemetry in flight.", {},
                         [this] { return static_cast<double>(budget_.used_bytes()); });
}

pipeline::Host Pipelines::host() {
  pipeline::Host host{lanes_.loops(), budget_, metrics_, ack_};
  host.listeners = &listeners_;
  host.can_take_data = can_take_data_;
  return host;
}

Result<std::unique_ptr<Pipelines>> Pipelines::create(pipeline::Plan plan,
                                                     const PipelinesOptions& options,
                                                     metrics::Registry& metrics) {
  std::unique_ptr<Pipelines> made(new Pipelines(options, metrics));
  made->current_ = std::make_unique<Generation>(std::move(plan), made->host());
  SLUICE_RETURN_IF_ERROR(reserve(made->listeners_, options.addresses));
  SLUICE_RETURN_IF_ERROR(made->build(*made->current_));
  made->listeners_.commit();
  metrics.gauge("sluice_memory_limit_bytes", "Telemetry that may be in flight.")
      .set(static_cast<int64_t>(made->budget_.limit_bytes()));
  metrics.gauge("sluice_ack_memory", "Whether senders are answered before their data is stored.")
      .set(options.ack == pipeline::AckMode::Memory ? 1 : 0);
  return made;
}

Pipelines::~Pipelines() { lanes_.stop(); }

/// Components are made while the lanes rest, as they are at the start of the process.
Status Pipelines::build(Generation& generation) {
  Status status;
  lanes_.at_rest([&] {
    auto graph = pipeline::Graph::build(generation.plan, generation.host);
    status = graph.status();
    if (graph.ok()) generation.graph = std::move(graph).value();
  });
  return status;
}

void Pipelines::destroy(std::unique_ptr<Generation> generation) {
  lanes_.at_rest([&] { generation.reset(); });
}

Status Pipelines::start_extensions() { return current_->graph->start_extensions(); }

Status Pipelines::start() {
  lanes_.start();
  return current_->graph->start();
}

Status Pipelines::accept() { return current_->graph->accept(); }

std::vector<pipeline::BoundAddress> Pipelines::addresses() const {
  const std::lock_guard lock(mutex_);
  return current_->graph->addresses();
}

bool Pipelines::ready() const {
  const std::lock_guard lock(mutex_);
  return current_ != nullptr && current_->graph != nullptr && current_->graph->ready();
}

Status Pipelines::can_take_data() const {
  if (!ready()) return unavailable("ClickHouse does not answer");
  // A request of the usual size must fit; at the mark itself senders are already asked to come
  // later.
  if (budget_.used_bytes() >= budget_.limit_bytes()) {
    return unavailable("the memory for telemetry in flight is used up");
  }
  return {};
}

Status Pipelines::build_and_accept(Generation& generation,
                                   const std::vector<pipeline::WantedAddress>& addresses) {
  SLUICE_RETURN_IF_ERROR(reserve(listeners_, addresses));
  SLUICE_RETURN_IF_ERROR(build(generation));
  Status status = generation.graph->start();
  if (status.ok()) status = generation.graph->accept();
  return status;
}

/// Waits until it has passed everything on, and destroys it.
void Pipelines::retire(std::unique_ptr<Generation> old, std::chrono::milliseconds timeout) {
  if (old->graph == nullptr || old->graph->stop(timeout, true)) {
    destroy(std::move(old));
    return;
  }
  log::error(
      "the old pipelines did not pass everything on in time; they go on with what they hold");
  // It must not be destroyed while its exporters still wait for answers: it stays for good.
  [[maybe_unused]] const Generation* kept = old.release();
}

void Pipelines::take_over(std::unique_ptr<Generation> next) {
  const std::lock_guard lock(mutex_);
  current_ = std::move(next);
}

Status Pipelines::replace(pipeline::Plan plan,
                          const std::vector<pipeline::WantedAddress>& addresses,
                          std::chrono::milliseconds timeout) {
  auto next = std::make_unique<Generation>(std::move(plan), host());
  next->host.takes_over = true;
  listeners_.begin();
  const Status status = build_and_accept(*next, addresses);
  if (!status.ok()) {
    pipeline::Plan wanted = next->plan;
    retire(std::move(next), timeout);
    listeners_.rollback();
    if (status.code() != Code::AlreadyExists) return status;
    return replace_after_stop(std::move(wanted), addresses, timeout);
  }
  std::unique_ptr<Generation> old;
  {
    const std::lock_guard lock(mutex_);
    old = std::exchange(current_, std::move(next));
  }
  listeners_.commit();
  retire(std::move(old), timeout);
  return {};
}

/// The old pipelines may hold an address under another name, such as one port of localhost that is
/// to become that of all addresses: they end first, and start again if that was not it.
Status Pipelines::replace_after_stop(pipeline::Plan plan,
                                     const std::vector<pipeline::WantedAddress>& addresses,
                                     std::chrono::milliseconds timeout) {
  std::unique_ptr<Generation> old;
  {
    const std::lock_guard lock(mutex_);
    old = std::move(current_);
  }
  const pipeline::Plan before = old->plan;
  listeners_.clear();
  retire(std::move(old), timeout);
  auto next = std::make_unique<Generation>(std::move(plan), host());
  const Status status = build_and_accept(*next, addresses);
  if (!status.ok()) {
    retire(std::move(next), timeout);
    listeners_.clear();
    next = std::make_unique<Generation>(before, host());
    if (const Status back = build_and_accept(*next, {}); !back.ok())
      log::error("the old configuration cannot be started again", {{"error", back.message()}});
  }
  listeners_.commit();
  take_over(std::move(next));
  return status;
}

bool Pipelines::stop(std::chrono::milliseconds timeout) {
  // Nobody takes over: clients shall not wait in a queue that is not read any more.
  listeners_.clear();
  return current_->graph->stop(timeout);
}

}  // namespace sluice::app
