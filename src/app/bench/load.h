#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/bench/link.h"
#include "app/bench/tally.h"
#include "http/client.h"
#include "otlp/records.h"

namespace sluice::app::bench {

struct LoadConfig {
  std::string run_id;
  http::Address address;
  Protocol protocol = Protocol::Grpc;
  wire::Encoding encoding = wire::Encoding::Identity;
  std::vector<otlp::Signal> signals;  ///< request n is of signal n modulo their number
  uint32_t records = 0;               ///< of a request
  int connections = 1;
  int in_flight = 1;          ///< requests open at once on a connection
  double rate = 0;            ///< records per second over all connections; 0: as many as go
  uint64_t requests_max = 0;  ///< 0: no bound
  std::chrono::milliseconds duration{0};
};

/// Sends generated requests over several connections, each with a thread. Request n carries the
/// sequence numbers n * records to (n + 1) * records - 1. A request that is refused is sent again
/// until it is accepted, or kPatience after the end of the run.
class Load {
 public:
  static constexpr std::chrono::seconds kPatience{30};

  explicit Load(LoadConfig config);
  /// As stop() and wait().
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  void start();
  /// No more new requests. Thread-safe.
  void stop() { stopped_ = true; }
  /// Until every request is answered, or given up.
  void wait();
  bool running() const { return running_ != 0; }

  const Tally& tally() const { return tally_; }
  /// The last error of a request; empty if there was none.
  std::string last_error() const;
  /// After wait(): the requests that were not accepted; their records may or may not be stored.
  const std::vector<uint64_t>& unanswered() const { return unanswered_; }
  /// After wait(): records of the signal that were accepted.
  uint64_t accepted_records(otlp::Signal signal) const;

 private:
  class Worker;
  void note_error(const std::string& message);

  const LoadConfig config_;
  const std::chrono::steady_clock::time_point begin_;
  Tally tally_;
  std::atomic<uint64_t> next_request_{0};
  std::atomic<bool> stopped_{false};
  std::atomic<int> running_{0};
  std::vector<std::thread> threads_;

  mutable std::mutex mutex_;
  std::string last_error_;
  std::vector<uint64_t> unanswered_;
};

}  // namespace sluice::app::bench
