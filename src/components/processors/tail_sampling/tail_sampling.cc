#include "components/processors/tail_sampling/tail_sampling.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <unordered_map>

#include "base/log.h"
#include "components/processors/tail_sampling/policy.h"
#include "components/processors/tail_sampling/trace_size.h"
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

/// By the original's names, over all processors of this kind, as there.
struct Counters {
  explicit Counters(metrics::Registry& registry)
      : new_traces(counter(registry, "new_trace_id_received", "Traces that began to wait.")),
        too_early(counter(registry, "sampling_trace_dropped_too_early",
                          "Traces decided on before their time: there were over num_traces.")),
        too_large(counter(registry, "traces_dropped_too_large",
                          "Traces dropped as larger than maximum_trace_size_bytes.")),
        sampled(decided(registry, "sampled")),
        not_sampled(decided(registry, "not_sampled")),
        dropped(decided(registry, "dropped")) {}

  metrics::Counter& of(Verdict verdict) const {
    return verdict == Verdict::Sampled   ? sampled
           : verdict == Verdict::Dropped ? dropped
                                         : not_sampled;
  }

  metrics::Counter& new_traces;
  metrics::Counter& too_early;
  metrics::Counter& too_large;

 private:
  static metrics::Counter& counter(metrics::Registry& registry, const std::string& name,
                                   std::string_view help, const metrics::Labels& labels = {}) {
    return registry.counter("otelcol_processor_tail_sampling_" + name + "_total", help, labels);
  }
  static metrics::Counter& decided(metrics::Registry& registry, const std::string& decision) {
    return counter(registry, "global_count_traces_sampled", "Traces decided on, by the decision.",
                   {{"decision", decision}, {"sampled", decision == "sampled" ? "true" : "false"}});
  }

  metrics::Counter& sampled;
  metrics::Counter& not_sampled;
  metrics::Counter& dropped;
};

/// The traces of all lanes. Spans are answered for when they are taken in, since no sender waits as
/// long as a decision takes. Lane 0 decides, and passes on what is kept.
class TailSampler final : public pipeline::Processor {
 public:
  TailSampler(const Config& config, std::vector<std::unique_ptr<Policy>> policies,
              pipeline::Host& host)
      : config_(config),
        policies_(std::move(policies)),
        loop_(*host.lanes.front()),
        counters_(host.metrics),
        sampled_(cache_size(config.decision_cache.sampled_cache_size, config)),
        dropped_(cache_size(config.decision_cache.non_sampled_cache_size, config)) {}

  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal, pipeline::Host& host) {
    auto policies = make_policies(config.policies);
    if (!policies.ok()) return policies.status();
    return std::unique_ptr<pipeline::Processor>(
        std::make_unique<TailSampler>(config, std::move(*policies), host));
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
    size_t bytes = 0;  // of the spans, where that is limited
    bool has_root = false;
  };
  using Queue = std::list<Waiting>;

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
    // Others may hold the same spans: who changes them gets a copy.
    if (!late.empty()) {
      if (pipeline::Reader* reader = next.reader()) {
        reader->read(late.view(*shared), shared->ack.split());
      } else {
        next.consume(late.to_batch(*shared));
      }
    }
    shared->ack.resolve({});
  }

  void add(const otlp::TraceId& id, Trace::Part part) {
    const Clock::time_point now = Clock::now();
    auto found = by_id_.find(id);
    if (found == by_id_.end()) {
      waiting_.push_back({{id, {}}, now + config_.decision_wait});
      found = by_id_.emplace(id, std::prev(waiting_.end())).first;
      counters_.new_traces.add(1);
      if (by_id_.size() > config_.num_traces) call_decide();
    }
    const Queue::iterator waiting = found->second;
    const otlp::Span& span = *part.span;
    if (config_.maximum_trace_size_bytes != 0) waiting->bytes += size_of(span);
    if (waiting->bytes > config_.maximum_trace_size_bytes) {  // 0 bytes where there is no limit
      counters_.too_large.add(1);
      dropped_.add(id);
      by_id_.erase(found);
      (waiting->has_root ? rooted_ : waiting_).erase(waiting);
      return;
    }
    if (span.parent_span_id.empty() && !waiting->has_root) hurry(waiting, now);
    waiting->trace.parts.push_back(std::move(part));
  }

  /// Lane 0 has to make room.
  void call_decide() {
    if (std::exchange(decide_is_called_, true)) return;
    loop_.post([this] {
      {
        const std::lock_guard lock(mutex_);
        decide_is_called_ = false;
      }
      decide(Clock::now());
    });
  }

  /// The root span is there: what is still missing is not far.
  void hurry(Queue::iterator waiting, Clock::time_point now) {
    const auto wait = config_.decision_wait_after_root_received;
    if (wait.count() <= 0 || now + wait >= waiting->due) return;
    waiting->has_root = true;
    waiting->due = now + wait;
    rooted_.splice(rooted_.end(), waiting_, waiting);
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
        Queue* queue = due_queue(now);
        if (queue == nullptr) return;
        if (queue->front().due > now) counters_.too_early.add(1);
        trace = std::move(queue->front().trace);
        queue->pop_front();
        by_id_.erase(trace->id);
        const Verdict verdict = judge(*trace);
        counters_.of(verdict).add(1);
        keep = verdict == Verdict::Sampled;
        (keep ? sampled_ : dropped_).add(trace->id);
      }
      if (keep) pass_on(*trace);
    }
  }

  /// The queue whose first trace is due, or must make room; null if there is none.
  Queue* due_queue(Clock::time_point now) {
    for (Queue* queue : {&rooted_, &waiting_}) {
      if (!queue->empty() && queue->front().due <= now) return queue;
    }
    if (by_id_.size() <= config_.num_traces) return nullptr;
    return waiting_.empty() ? &rooted_ : &waiting_;
  }

  Verdict judge(const Trace& trace) {
    const int64_t second =
        std::chrono::duration_cast<std::chrono::seconds>(Clock::now().time_since_epoch()).count();
    bool keeps = false;
    for (const auto& policy : policies_) {
      const Verdict verdict = policy->judge(trace, second);
      if (verdict == Verdict::Dropped) return verdict;
      keeps = keeps || verdict == Verdict::Sampled;
      if (keeps && config_.sample_on_first_match) break;
    }
    return keeps ? Verdict::Sampled : Verdict::NotSampled;
  }

  /// The spans stay in the requests that brought them, and only who changes or keeps them gets
  /// copies. Nobody waits for an answer any more, so there is nothing to do about a failure further
  /// on but to say it.
  void pass_on(const Trace& trace) {
    pipeline::Batch batch;
    batch.signal = otlp::Signal::Traces;
    batch.ack = pipeline::Ack([spans = uint64_t{trace.parts.size()}](pipeline::Outcome&& outcome) {
      if (outcome.status.ok()) return;
      log::error("a trace that tail_sampling had kept is lost: it could not be passed on",
                 {{"spans", spans}, {"because", outcome.status.message()}});
    });
    pipeline::Subset<otlp::Span> spans(*batch.arena);
    for (const Trace::Part& part : trace.parts) spans.add(*part.group, *part.scope, *part.span);
    if (pipeline::Reader* reader = next_->reader()) {
      reader->read(spans.view(batch), std::move(batch.ack));
      return;
    }
    pipeline::Batch out = spans.to_batch(batch);
    batch.ack.resolve({});
    next_->consume(std::move(out));
  }

  const Config config_;
  const std::vector<std::unique_ptr<Policy>> policies_;
  io::Loop& loop_;
  const Counters counters_;
  pipeline::Consumer* next_ = nullptr;
  std::unique_ptr<io::Loop::Timer> timer_;

  std::mutex mutex_;
  bool decide_is_called_ = false;
  Queue waiting_;  // the oldest first
  Queue rooted_;   // those whose root span is there, if that makes them due sooner
  std::unordered_map<otlp::TraceId, Queue::iterator, IdHash> by_id_;
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
