#pragma once

// The process's own metrics, in Prometheus' text format. Counters are atomics that are looked up
// once and kept.

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
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

/// Values in fixed buckets. Thread-safe.
class Histogram {
 public:
  /// Of seconds.
  static constexpr std::array<double, 14> kSeconds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                      0.25,  0.5,    1,     2.5,  5,     10,   60};
  /// Of numbers of records, as the OpenTelemetry Collector has them for its batches.
  static constexpr std::array<double, 22> kSizes = {
      10,   25,   50,   75,   100,  250,  500,    750,    1000,   2000,   3000,
      4000, 5000, 6000, 7000, 8000, 9000, 10'000, 20'000, 30'000, 50'000, 100'000};

  /// `bounds` must outlive the histogram.
  explicit Histogram(std::span<const double> bounds)
      : bounds_(bounds), buckets_(bounds.size() + 1) {}
  /// Kept to a millionth.
  void observe(double value);
  uint64_t count() const { return count_.load(std::memory_order_relaxed); }

 private:
  friend class Registry;
  const std::span<const double> bounds_;
  std::vector<std::atomic<uint64_t>> buckets_;
  std::atomic<uint64_t> count_{0};
  std::atomic<uint64_t> sum_millionths_{0};
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
  Histogram& histogram(std::string_view name, std::string_view help, const Labels& labels = {},
                       std::span<const double> bounds = Histogram::kSeconds);
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
