#include "components/processors/tail_sampling/tail_sampling.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <unordered_map>

#include "components/processors/tail_sampling/policy.h"
#include "pipeline/subset.h"

namespace sluice::components {
namespace {

using namespace tail_sampling_processor;
using Clock = std::chrono::steady_clock;

struct IdHash {
  size_t operator()(const otlp::TraceId& id) const {
    uint64_t words[2];
    std::memcpy(words, id.bytes.data(), sizeof words);
    return words[0] ^ (words[1] * 0x9e3779b97f4a7c15);
  }
};

/// What was decided of the last so many traces, for spans that come late.
class Decisions {
 public:
  explicit Decisions(size_t capacity) : capacity_(capacity) {}
  bool has(const otlp::TraceId& id) const { return known_.count(id) != 0; }
  void add(const otlp::TraceId& id) {
    if (!known_.emplace(id, true).second) return;
    order_.push_back(id);
    if (order_.size() <= capacity_) return;
    known_.erase(order_.front());
    order_.pop_front();
  }

 private:
  const size_t capacity_;
  std::unordered_map<otlp::TraceId, bool, IdHash> known_;
  std::deque<otlp::TraceId> order_;
};

size_t cache_size(int64_t wanted, const Config& config) {
  return wanted > 0 ? static_cast<size_t>(wanted) : static_cast<size_t>(config.num_traces);
}

/// The traces of all lanes. Spans are answered for when they are taken in, since no sender waits as
/// long as a decision takes. Lane 0 decides, and passes on what is kept.
class TailSampler final : public pipeline::Processor {
 public:
  TailSampler(const Config& config, std::vector<std::unique_ptr<Policy>> policies, io::Loop& loop)
      : config_(config),
        policies_(std::move(policies)),
        loop_(loop),
        sampled_(cache_size(config.decision_cache.sampled_cache_size, config)),
        dropped_(cache_size(config.decision_cache.non_sampled_cache_size, config)) {}

  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal, pipeline::Host& host) {
    auto policies = make_policies(config.policies);
    if (!policies.ok()) return policies.status();
    return std::unique_ptr<pipeline::Processor>(
        std::make_unique<TailSampler>(config, std::move(*policies), *host.lanes.front()));
  }

  std::unique_ptr<pipeline::Consumer> stage(size_t lane, pipeline::Consumer& next) override {
    if (lane == 0) next_ = &next;
    return std::make_unique<Stage>(*this, next);
  }

  Status start() override {
    loop_.post([this] {
      timer_ = std::make_unique<io::Loop::Timer>(loop_);
      wait();
    });
    return {};
  }

  /// What still waits is decided on now, unless it is to be dropped.
  void stop(std::function<void()> done) override {
    loop_.post([this, done = std::move(done)] {
      timer_.reset();
      if (!config_.drop_pending_traces_on_shutdown) decide(Clock::time_point::max());
      done();
    });
  }

 private:
  struct Waiting {
    Trace trace;
    Clock::time_point due;
  };

  class Stage final : public pipeline::Consumer {
   public:
    Stage(TailSampler& sampler, pipeline::Consumer& next) : sampler_(sampler), next_(next) {}
    void consume(pipeline::Batch&& batch) override { sampler_.take(std::move(batch), next_); }

   private:
    TailSampler& sampler_;
    pipeline::Consumer& next_;
  };

  /// On any lane: spans of traces that were kept go on at once.
  void take(pipeline::Batch&& batch, pipeline::Consumer& next) {
    auto shared = std::make_shared<pipeline::Batch>(std::move(batch));
    pipeline::Subset<otlp::Span> late(*shared->arena);
    {
      const std::lock_guard lock(mutex_);
      for (auto& group : shared->traces->resources) {
        for (auto& scope : group.scopes) {
          for (otlp::Span& span : scope.records) {
            if (sampled_.has(span.trace_id)) {
              late.add(group, scope, span);
            } else if (!dropped_.has(span.trace_id)) {
              add(span.trace_id, {shared, &group, &scope, &span});
            }
          }
        }
      }
    }
    if (!late.empty()) next.consume(late.to_batch(*shared));
    shared->ack.resolve({});
  }

  void add(const otlp::TraceId& id, Trace::Part part) {
    const auto found = by_id_.find(id);
    if (found != by_id_.end()) {
      found->second->trace.parts.push_back(std::move(part));
      return;
    }
    waiting_.push_back({{id, {}}, Clock::now() + config_.decision_wait});
    waiting_.back().trace.parts.push_back(std::move(part));
    by_id_[id] = std::prev(waiting_.end());
    if (waiting_.size() > config_.num_traces) waiting_.front().due = Clock::time_point::min();
  }

  void wait() {
    constexpr std::chrono::milliseconds kTick{50};
    timer_->after(kTick, [this] {
      decide(Clock::now());
      wait();
    });
  }

  /// On lane 0: every trace that is due.
  void decide(Clock::time_point now) {
    while (true) {
      std::optional<Trace> trace;
      bool keep = false;
      {
        const std::lock_guard lock(mutex_);
        if (waiting_.empty() || waiting_.front().due > now) return;
        trace = std::move(waiting_.front().trace);
        waiting_.pop_front();
        by_id_.erase(trace->id);
        keep = is_kept(*trace);
        (keep ? sampled_ : dropped_).add(trace->id);
      }
      if (keep) pass_on(*trace);
    }
  }

  bool is_kept(const Trace& trace) {
    const int64_t second =
        std::chrono::duration_cast<std::chrono::seconds>(Clock::now().time_since_epoch()).count();
    bool given[5] = {};
    for (const auto& policy : policies_) {
      const Verdict verdict = policy->judge(trace, second);
      given[static_cast<size_t>(verdict)] = true;
      if (config_.sample_on_first_match && verdict == Verdict::Sampled) break;
    }
    const auto has = [&](Verdict verdict) { return given[static_cast<size_t>(verdict)]; };
    if (has(Verdict::Dropped) || has(Verdict::InvertNotSampled)) return false;
    return has(Verdict::Sampled) || (has(Verdict::InvertSampled) && !has(Verdict::NotSampled));
  }

  /// Nobody waits for an answer any more, so there is nothing to do about a failure further on.
  void pass_on(const Trace& trace) {
    pipeline::Batch batch;
    batch.signal = otlp::Signal::Traces;
    batch.ack = pipeline::Ack([](pipeline::Outcome&&) {});
    pipeline::Subset<otlp::Span> spans(*batch.arena);
    for (const Trace::Part& part : trace.parts) spans.add(*part.group, *part.scope, *part.span);
    pipeline::Batch out = spans.to_batch(batch);
    batch.ack.resolve({});
    next_->consume(std::move(out));
  }

  const Config config_;
  const std::vector<std::unique_ptr<Policy>> policies_;
  io::Loop& loop_;
  pipeline::Consumer* next_ = nullptr;
  std::unique_ptr<io::Loop::Timer> timer_;

  std::mutex mutex_;
  std::list<Waiting> waiting_;  // the oldest first
  std::unordered_map<otlp::TraceId, std::list<Waiting>::iterator, IdHash> by_id_;
  Decisions sampled_;
  Decisions dropped_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> tail_sampling_processor_factory() {
  return std::make_unique<pipeline::ProcessorFactory<Config>>(
      pipeline::Factory::About{config::Section::Processors,
                               "tail_sampling",
                               "Keeps whole traces, decided on when their spans are there.",
                               {},
                               {.logs = false, .metrics = false}},
      &TailSampler::make);
}

}  // namespace sluice::components
