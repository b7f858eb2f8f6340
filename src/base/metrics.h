#pragma once

// The process's own metrics, in Prometheus' text format. Counters are atomics that are looked up
// once and kept.

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::metrics {

using Labels = std::vector<std::pair<std::string, std::string>>;

/// Thread-safe; relaxed order.
class Counter {
 public:
  void add(uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

/// Thread-safe; relaxed order.
class Gauge {
 public:
  void set(int64_t v) { value_.store(v, std::memory_order_relaxed); }
  void add(int64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

/// Seconds, in fixed buckets from 1 ms to 60 s. Thread-safe.
class Histogram {
 public:
  static constexpr std::array<double, 14> kBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                     0.25,  0.5,    1,     2.5,  5,     10,   60};
  void observe(double seconds);
  uint64_t count() const { return count_.load(std::memory_order_relaxed); }

 private:
  friend class Registry;
  std::array<std::atomic<uint64_t>, kBounds.size() + 1> buckets_{};
  std::atomic<uint64_t> count_{0};
  std::atomic<uint64_t> sum_us_{0};
};

/// What counters with the OpenTelemetry Collector's names ("otelcol_…") are called. It leaves
/// "_total" out unless it is told not to (without_type_suffix: false).
enum class CollectorTotals : uint8_t { Suffixed, Bare };

/// Owns metrics; the same name and labels give the same object, which lives as long as the
/// registry. Thread-safe. Names follow Prometheus ("_total" for counters, also the Collector's);
/// ours begin with "sluice_". `help` is one sentence.
class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, const Labels& labels = {});
  /// A gauge that is asked for its value at each scrape. `read` must be callable from any thread.
  void gauge_callback(std::string_view name, std::string_view help, const Labels& labels,
                      std::function<double()> read);
  /// The same for a value that only grows; its name ends in "_total".
  void counter_callback(std::string_view name, std::string_view help, const Labels& labels,
                        std::function<double()> read);

  /// Everything in Prometheus' text exposition format, version 0.0.4, sorted by name.
  std::string render(CollectorTotals totals = CollectorTotals::Suffixed) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::metrics
