#include "app/bench/load.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "app/bench/generator.h"

namespace sluice::app::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// After a refusal, so that a server that has enough is not kept busy with refusing.
constexpr milliseconds kRefusalPause{100};
constexpr milliseconds kPoll{20};
constexpr milliseconds kConnectTimeout{2'000};

uint64_t unix_ns() {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                   std::chrono::system_clock::now().time_since_epoch())
                                   .count());
}

}  // namespace

/// One connection and its thread.
class Load::Worker {
 public:
  Worker(Load& load, uint64_t seed)
      : load_(load),
        config_(load.config_),
        generator_(config_.run_id, seed),
        link_(Link::make(config_.protocol, config_.address, config_.encoding,
                         static_cast<size_t>(config_.in_flight))) {}

  void run() {
    while (!finished()) {
      const Status connected = link_->connect(kConnectTimeout);
      if (!connected.ok()) {
        load_.note_error(connected.message());
        std::this_thread::sleep_for(kRefusalPause);
        continue;
      }
      fill();
      if (link_->open() == 0 && pending_.empty()) std::this_thread::sleep_for(milliseconds(1));
      for (const Answer& answer : link_->wait(kPoll)) take(answer);
    }
    const std::lock_guard lock(load_.mutex_);
    for (const auto& [id, request] : pending_) load_.unanswered_.push_back(id);
    load_.unanswered_.insert(load_.unanswered_.end(), failed_.begin(), failed_.end());
  }

 private:
  struct Pending {
    otlp::Signal signal;
    std::string body;
    Clock::time_point sent;
  };

  bool generating() const {
    return !load_.stopped_ && !exhausted_ &&
           (config_.duration.count() == 0 || Clock::now() - load_.begin_ < config_.duration);
  }

  bool finished() {
    if (generating()) return false;
    if (!end_) end_ = Clock::now();
    return pending_.empty() || Clock::now() - *end_ > kPatience;
  }

  /// When request `n` is due, at the rate that is asked for.
  bool due(uint64_t n) const {
    if (config_.rate <= 0) return true;
    const double seconds = static_cast<double>(n) * config_.records / config_.rate;
    return std::chrono::duration<double>(Clock::now() - load_.begin_).count() >= seconds;
  }

  void fill() {
    while (link_->open() < link_->open_max()) {
      if (!again_.empty() && again_.front().first <= Clock::now()) {
        const uint64_t id = again_.front().second;
        again_.pop_front();
        send(id, pending_.at(id));
      } else if (const auto id = next()) {
        Pending request{config_.signals[*id % config_.signals.size()], {}, {}};
        generator_.append(request.signal, *id * config_.records, config_.records, unix_ns(),
                          request.body);
        send(*id, pending_.emplace(*id, std::move(request)).first->second);
      } else {
        return;
      }
    }
  }

  /// The number of a new request, if one is due.
  std::optional<uint64_t> next() {
    if (!generating()) return std::nullopt;
    uint64_t n = load_.next_request_.load();
    do {
      if (config_.requests_max != 0 && n >= config_.requests_max) {
        exhausted_ = true;
        return std::nullopt;
      }
      if (!due(n)) return std::nullopt;
    } while (!load_.next_request_.compare_exchange_weak(n, n + 1));
    return n;
  }

  void send(uint64_t id, Pending& request) {
    request.sent = Clock::now();
    load_.tally_.sent_bytes += request.body.size();
    link_->send(id, request.signal, request.body);
  }

  void take(const Answer& answer) {
    Tally& tally = load_.tally_;
    const auto found = pending_.find(answer.id);
    if (answer.kind == Answer::Kind::Refused) {
      ++tally.refused_requests;
      load_.note_error(answer.message);
      again_.emplace_back(Clock::now() + kRefusalPause, answer.id);
      return;
    }
    if (answer.kind == Answer::Kind::Failed) {
      ++tally.failed_requests;
      load_.note_error(answer.message);
      failed_.push_back(answer.id);
    } else {
      ++tally.accepted_requests;
      tally.accepted_records += config_.records - answer.rejected;
      tally.rejected_records += answer.rejected;
      tally.latencies.add(
          std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - found->second.sent));
    }
    pending_.erase(found);
  }

  Load& load_;
  const LoadConfig& config_;
  Generator generator_;
  std::unique_ptr<Link> link_;
  std::map<uint64_t, Pending> pending_;                       // sent, or waiting to be sent again
  std::deque<std::pair<Clock::time_point, uint64_t>> again_;  // when, and which
  std::vector<uint64_t> failed_;
  bool exhausted_ = false;
  std::optional<Clock::time_point> end_;
};

Load::Load(LoadConfig config) : config_(std::move(config)), begin_(Clock::now()) {}

Load::~Load() {
  stop();
  wait();
}

void Load::start() {
  running_ = config_.connections;
  for (int i = 0; i < config_.connections; ++i) {
    threads_.emplace_back([this, i] {
      Worker(*this, static_cast<uint64_t>(i) + 1).run();
      --running_;
    });
  }
}

void Load::wait() {
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Load::note_error(const std::string& message) {
  const std::lock_guard lock(mutex_);
  last_error_ = message;
}

std::string Load::last_error() const {
  const std::lock_guard lock(mutex_);
  return last_error_;
}

uint64_t Load::accepted_records(otlp::Signal signal) const {
  const uint64_t requests = next_request_;
  uint64_t accepted = 0;
  for (size_t i = 0; i < config_.signals.size(); ++i) {
    if (config_.signals[i] != signal) continue;
    const uint64_t of_signal = (requests + config_.signals.size() - 1 - i) / config_.signals.size();
    const auto lost = std::count_if(unanswered_.begin(), unanswered_.end(),
                                    [&](uint64_t id) { return id % config_.signals.size() == i; });
    accepted += (of_signal - static_cast<uint64_t>(lost)) * config_.records;
  }
  return accepted;
}

}  // namespace sluice::app::bench
