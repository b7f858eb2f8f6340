#pragma once

// Runs one processor or connector the way a pipeline does, for tests: on lanes with loops of their
// own, with a sink behind it that writes down what it gets.

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "components/all.h"
#include "config/yaml.h"
#include "pipeline/factory.h"
#include "pipeline/records.h"
#include "testing/record_text.h"

namespace sluice::testing {

/// Whether what stands behind a component wants its data for itself.
enum class Behind : uint8_t { Takes, Reads };

/// What stands behind a component. Thread-safe: some components send when their timers run out.
class Sink final : public pipeline::Consumer, public pipeline::Reader {
 public:
  void consume(pipeline::Batch&& batch) override { read(batch.view(), std::move(batch.ack)); }
  void read(const pipeline::BatchView& batch, pipeline::Ack&& ack) override {
    Status outcome;
    {
      const std::lock_guard lock(mutex_);
      pipeline::visit_request(batch, [&](auto& request) { text_ += to_text(request); });
      outcome = outcome_;
    }
    ++batches_;
    ack.resolve({std::move(outcome), 0, {}});
  }
  pipeline::Reader* reader() override { return reads_ ? this : nullptr; }
  /// REQUIRES: no component stands before it yet.
  void only_read() { reads_ = true; }
  /// What came since the last call.
  std::string take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(text_, {});
  }
  size_t batches() const { return batches_; }
  void answer_with(Status status) {
    const std::lock_guard lock(mutex_);
    outcome_ = std::move(status);
  }

 private:
  std::mutex mutex_;
  std::string text_;
  std::atomic<size_t> batches_ = 0;
  bool reads_ = false;
  Status outcome_;
};

/// Lanes that run until they are destroyed.
class Lanes {
 public:
  explicit Lanes(size_t count) {
    for (size_t i = 0; i < count; ++i) {
      loops_.push_back(std::make_unique<io::Loop>());
      threads_.emplace_back([loop = loops_.back().get()] { loop->run(); });
    }
  }
  ~Lanes() {
    for (auto& loop : loops_) loop->stop();
    for (std::thread& thread : threads_) thread.join();
  }
  std::vector<io::Loop*> loops() const {
    std::vector<io::Loop*> out;
    for (const auto& loop : loops_) out.push_back(loop.get());
    return out;
  }
  /// Runs the work on the lane's thread, to its end.
  void run(size_t lane, const std::function<void()>& work) {
    std::promise<void> done;
    loops_[lane]->post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

 private:
  std::vector<std::unique_ptr<io::Loop>> loops_;
  std::vector<std::thread> threads_;
};

/// A processor or connector between the test and sinks.
class Rig {
 public:
  static constexpr size_t kBudgetBytes = size_t{1} << 30;

  Rig(config::Section section, std::string_view type, std::string_view yaml, otlp::Signal signal,
      size_t lanes = 1, std::vector<std::string> outputs = {"out"}, Behind behind = Behind::Takes)
      : signal_(signal), lanes_(lanes), host_{lanes_.loops(), budget_, metrics_} {
    for (size_t lane = 0; lane < lanes; ++lane) sinks_.emplace_back(outputs.size());
    if (behind == Behind::Reads) {
      for (auto& of_lane : sinks_) {
        for (Sink& sink : of_lane) sink.only_read();
      }
    }
    problem_ = build(section, type, yaml, outputs);
  }
  Rig(std::string_view type, std::string_view yaml, otlp::Signal signal, size_t lanes = 1)
      : Rig(config::Section::Processors, type, yaml, signal, lanes) {}
  ~Rig() { stop(); }
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  /// Why it could not be made; empty if it could. REQUIRES of all else: it could.
  const std::string& problem() const { return problem_; }
  const std::string& warnings() const { return warnings_; }

  /// Gives it records (see testing/record_text.h) on a lane; what the sender is told.
  pipeline::Outcome send(std::string_view records, size_t lane = 0,
                         const std::vector<std::pair<std::string, std::string>>& headers = {}) {
    pipeline::Batch batch;
    batch.signal = signal_;
    switch (signal_) {
      case otlp::Signal::Logs: fill(records, batch, batch.logs); break;
      case otlp::Signal::Traces: fill(records, batch, batch.traces); break;
      case otlp::Signal::Metrics: fill(records, batch, batch.metrics); break;
    }
    if (!headers.empty()) batch.metadata = metadata(headers, *batch.arena);
    return send(std::move(batch), lane);
  }
  pipeline::Outcome send(pipeline::Batch&& batch, size_t lane = 0) {
    std::promise<pipeline::Outcome> answer;
    batch.ack =
        pipeline::Ack([&](pipeline::Outcome&& outcome) { answer.set_value(std::move(outcome)); });
    lanes_.run(lane, [&] { stages_[lane]->consume(std::move(batch)); });
    return answer.get_future().get();
  }
  /// Whether the component needs no data of its own.
  bool only_reads() const { return stages_.front()->reader() != nullptr; }
  /// Shows it data on lane 0; what the sender is told. REQUIRES: only_reads().
  pipeline::Outcome show(const pipeline::BatchView& batch) {
    std::promise<pipeline::Outcome> answer;
    lanes_.run(0, [&] {
      stages_.front()->reader()->read(batch, pipeline::Ack([&](pipeline::Outcome&& outcome) {
                                        answer.set_value(std::move(outcome));
                                      }));
    });
    return answer.get_future().get();
  }
  /// What came out since the last call, on a lane, at an output.
  std::string take(size_t output = 0, size_t lane = 0) {
    std::string text;
    lanes_.run(lane, [&] { text = sinks_[lane][output].take(); });
    return text;
  }
  /// Records in, what comes out of them.
  std::string change(std::string_view records) {
    send(records);
    return take();
  }
  Sink& sink(size_t lane = 0, size_t output = 0) { return sinks_[lane][output]; }
  Budget& budget() { return budget_; }
  const metrics::Registry& metrics() const { return metrics_; }

  void stop() {
    if (component_ == nullptr || stopped_) return;
    stopped_ = true;
    std::promise<void> done;
    component_->stop([&] { done.set_value(); });
    done.get_future().wait();
  }

 private:
  std::string build(config::Section section, std::string_view type, std::string_view yaml,
                    const std::vector<std::string>& outputs) {
    const pipeline::Factory* factory = components::all_components().find(section, type);
    if (factory == nullptr) return "there is no such component";
    const auto node = config::parse_yaml(yaml, "");
    if (!node.ok()) return node.status().message();
    config::Diagnostics diagnostics;
    const auto options = factory->read(*node, config::Place(diagnostics, std::string(type), {}));
    for (const auto& warning : diagnostics.warnings()) warnings_ += warning.to_string() + "\n";
    if (!diagnostics.ok()) return diagnostics.to_string();
    const Status status = section == config::Section::Processors
                              ? make_processor(*factory, options)
                              : make_connector(*factory, options, outputs);
    return status.ok() ? std::string() : status.message();
  }
  Status make_processor(const pipeline::Factory& factory,
                        const pipeline::Factory::Options& options) {
    auto made = factory.processor(options, {factory.about().type, ""}, signal_, host_);
    if (!made.ok()) return made.status();
    for (size_t lane = 0; lane < sinks_.size(); ++lane)
      stages_.push_back((*made)->stage(lane, sinks_[lane][0]));
    component_ = std::move(*made);
    return component_->start();
  }
  Status make_connector(const pipeline::Factory& factory, const pipeline::Factory::Options& options,
                        const std::vector<std::string>& outputs) {
    auto made = factory.connector(options, {factory.about().type, ""}, signal_, host_);
    if (!made.ok()) return made.status();
    for (size_t lane = 0; lane < sinks_.size(); ++lane) {
      pipeline::Connector::Outputs next;
      for (size_t i = 0; i < outputs.size(); ++i)
        next[{std::string(otlp::signal_name(signal_)), outputs[i]}] = &sinks_[lane][i];
      auto stage = (*made)->stage(lane, next);
      if (!stage.ok()) return stage.status();
      stages_.push_back(std::move(*stage));
    }
    component_ = std::move(*made);
    return component_->start();
  }

  template <typename Request>
  static void fill(std::string_view records, pipeline::Batch& batch, Request*& out) {
    out = batch.arena->create<Request>();
    of_text(records, *batch.arena, *out);
  }
  static const otlp::Metadata* metadata(
      const std::vector<std::pair<std::string, std::string>>& headers, Arena& arena) {
    auto* made = arena.create<otlp::Metadata>();
    for (const auto& [name, value] : headers) {
      if (made->find(name) == nullptr) made->entries.emplace_back(arena).name = arena.copy(name);
      for (otlp::Metadata::Entry& entry : made->entries) {
        if (entry.name == name) entry.values.push_back(arena, arena.copy(value));
      }
    }
    return made;
  }

  const otlp::Signal signal_;
  Budget budget_{kBudgetBytes};
  metrics::Registry metrics_;
  std::vector<std::vector<Sink>> sinks_;  // by lane and output
  std::vector<std::unique_ptr<pipeline::Consumer>> stages_;
  std::unique_ptr<pipeline::Component> component_;
  bool stopped_ = false;
  std::string problem_;
  std::string warnings_;
  Lanes lanes_;  // the last to be made, the first to end
  pipeline::Host host_;
};

}  // namespace sluice::testing
