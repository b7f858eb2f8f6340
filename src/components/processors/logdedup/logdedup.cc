#include "components/processors/logdedup/logdedup.h"

#include <chrono>
#include <map>
#include <mutex>
#include <optional>

#include "base/ascii.h"
#include "components/processors/logdedup/window.h"
#include "ottl/program.h"
#include "pipeline/frames.h"
#include "pipeline/records.h"

namespace sluice::components {
namespace {

using namespace logdedup_processor;

/// What is counted at once, over all lanes. Beyond that it is passed on before the interval is
/// over, so that some records come twice with a part of the count each. About a minute of 1,500
/// different records a second; the bytes are a part of the process's budget.
constexpr size_t kRecordsMax = 100'000;
constexpr size_t kBytesMax = 64 << 20;

int64_t unix_nanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// Counts the records of all lanes. They are answered for when they are counted, since no sender
/// waits as long as an interval takes. Lane 0 passes them on.
class LogDedup final : public pipeline::Processor {
 public:
  LogDedup(const Config& config, pipeline::Host& host)
      : config_(config), rules_(config), budget_(host.budget), loop_(*host.lanes.front()) {
    for (std::string& key : config_.metadata_keys) key = ascii::lower(std::move(key));
  }

  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal, pipeline::Host& host) {
    return std::unique_ptr<pipeline::Processor>(std::make_unique<LogDedup>(config, host));
  }

  std::unique_ptr<pipeline::Consumer> stage(size_t lane, pipeline::Consumer& next) override {
    if (lane == 0) next_ = &next;
    return std::make_unique<Stage>(*this, next, conditions_of(config_, nullptr));
  }

  Status start() override {
    loop_.post([this] {
      timer_ = std::make_unique<io::Loop::Timer>(loop_);
      wait();
    });
    return {};
  }

  /// What is counted so far is passed on.
  void stop(std::function<void()> done) override {
    loop_.post([this, done = std::move(done)] {
      timer_.reset();
      pass_on(take_all(), *next_);
      done();
    });
  }

 private:
  using Windows = std::map<std::string, Window, std::less<>>;  // by the values of metadata_keys

  class Stage final : public pipeline::Consumer {
   public:
    Stage(LogDedup& owner, pipeline::Consumer& next, std::optional<ottl::Program> conditions)
        : owner_(owner), next_(next), conditions_(std::move(conditions)) {}

    void consume(pipeline::Batch&& batch) override {
      Windows full;
      bool any_left = false;
      {
        const std::lock_guard lock(owner_.mutex_);
        Window* window = owner_.window_of(batch.metadata);
        if (window == nullptr) {
          batch.ack.resolve({invalid_argument("more different values of metadata_keys than "
                                              "metadata_cardinality_limit allows"),
                             0,
                             {}});
          return;
        }
        any_left = count(batch, *window);
        if (owner_.is_full()) full = std::exchange(owner_.windows_, {});
      }
      LogDedup::pass_on(std::move(full), next_);
      if (any_left)
        next_.consume(std::move(batch));
      else
        batch.ack.resolve({});
    }

   private:
    /// Takes out what is counted; false if nothing is left.
    bool count(pipeline::Batch& batch, Window& window) {
      const int64_t now = unix_nanos();
      ottl::Frame frame = pipeline::frame_of(batch);
      pipeline::remove_if(batch.logs->resources, [&](auto& group) {
        std::optional<Window::Index> resource;
        pipeline::set_resource(frame, group);
        pipeline::remove_if(group.scopes, [&](auto& scope) {
          std::optional<Window::Index> index;
          pipeline::set_scope(frame, scope);
          pipeline::remove_if(scope.records, [&](otlp::LogRecord& record) {
            if (!is_meant(frame, record)) return false;
            if (!resource) resource = window.resource(group.resource);
            if (!index) index = window.scope(*resource, scope.scope);
            window.add(*index, record, now);
            return true;
          });
          return scope.records.empty();
        });
        return group.scopes.empty();
      });
      return !batch.logs->resources.empty();
    }

    /// Where a condition fails, the record passes.
    bool is_meant(ottl::Frame& frame, otlp::LogRecord& record) const {
      if (!conditions_) return true;
      otlp::Attributes cache;
      frame.log = &record;
      frame.cache = &cache;
      frame.error = {};
      return conditions_->any_holds(frame, ottl::ErrorMode::Propagate, false) && !frame.failed();
    }

    LogDedup& owner_;
    pipeline::Consumer& next_;
    const std::optional<ottl::Program> conditions_;
  };

  /// Null if there are too many already.
  Window* window_of(const otlp::Metadata* metadata) {
    key_.clear();
    if (metadata != nullptr) {
      for (const std::string& name : config_.metadata_keys) {
        const otlp::Metadata::Entry* entry = metadata->find(name);
        key_.add(uint64_t{entry == nullptr ? 0 : entry->values.size()});
        if (entry == nullptr) continue;
        for (const std::string_view value : entry->values) key_.add(value);
      }
    }
    const auto found = windows_.find(key_.view());
    if (found != windows_.end()) return &found->second;
    const size_t limit = config_.metadata_cardinality_limit;
    if (limit != 0 && windows_.size() >= limit) return nullptr;
    Window& made = windows_.try_emplace(std::string(key_.view()), rules_, budget_).first->second;
    if (metadata != nullptr && !config_.metadata_keys.empty())
      made.keep_metadata(*metadata, config_.metadata_keys);
    return &made;
  }

  bool is_full() const {
    size_t records = 0;
    size_t bytes = 0;
    for (const auto& [key, window] : windows_) {
      records += window.records();
      bytes += window.bytes();
    }
    return records >= kRecordsMax || bytes >= kBytesMax;
  }

  Windows take_all() {
    const std::lock_guard lock(mutex_);
    return std::exchange(windows_, {});
  }

  static void pass_on(Windows windows, pipeline::Consumer& next) {
    for (auto& [key, window] : windows) {
      if (window.records() != 0) next.consume(window.to_batch(unix_nanos()));
    }
  }

  void wait() {
    const auto interval = std::chrono::ceil<std::chrono::milliseconds>(config_.interval);
    timer_->after(interval, [this] {
      pass_on(take_all(), *next_);
      wait();
    });
  }

  Config config_;
  const Rules rules_;
  Budget& budget_;
  io::Loop& loop_;
  pipeline::Consumer* next_ = nullptr;
  std::unique_ptr<io::Loop::Timer> timer_;

  std::mutex mutex_;
  pipeline::SeriesKey key_;
  Windows windows_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> logdedup_processor_factory() {
  return std::make_unique<pipeline::ProcessorFactory<Config>>(
      pipeline::Factory::About{config::Section::Processors,
                               "logdedup",
                               "Passes on one of several log records that are alike, with their "
                               "number.",
                               {"log_dedup"},
                               {.traces = false, .metrics = false}},
      &LogDedup::make);
}

}  // namespace sluice::components
