#include "gen/tally.h"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace sluice::bench {

uint64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

uint64_t take_varint(std::string_view& bytes) {
  uint64_t value = 0;
  for (int shift = 0; !bytes.empty() && shift < 64; shift += 7) {
    const auto byte = static_cast<uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return value;
}

void Tally::add(Verdict verdict, uint64_t started_ns, const std::string& status) {
  ++by_status_[status];
  switch (verdict) {
    case Verdict::Accepted:
      ++accepted_;
      latencies_ms_.push_back(
          static_cast<float>(static_cast<double>(now_ns() - started_ns) * 1e-6));
      break;
    case Verdict::TryAgain: ++refused_; break;
    case Verdict::Refused: ++failed_; break;
  }
}

void Tally::add_reply(std::string_view message) {
  constexpr uint8_t kPartialSuccess = 0x0a;  // field 1, a message
  constexpr uint8_t kRejected = 0x08;        // its field 1, a varint
  if (message.size() < 2 || message.front() != kPartialSuccess) return;
  message.remove_prefix(1);
  const uint64_t length = take_varint(message);
  if (length == 0 || length > message.size()) return;
  ++partial_;
  if (message.front() != kRejected) return;
  message.remove_prefix(1);
  rejected_ += take_varint(message);
}

float Tally::quantile(double q) const {
  if (latencies_ms_.empty()) return 0;
  const auto rank = static_cast<size_t>(q * static_cast<double>(latencies_ms_.size()));
  return latencies_ms_[std::min(latencies_ms_.size() - 1, rank)];
}

std::string Tally::json(uint64_t requests, uint64_t records_per_request, double wall_seconds,
                        bool timed_out) {
  std::sort(latencies_ms_.begin(), latencies_ms_.end());
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double cpu = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                     static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
  const uint64_t records = accepted_ * records_per_request;
  std::string out = "{";
  const auto count = [&out](const char* name, uint64_t value) {
    out += '"' + std::string(name) + "\":" + std::to_string(value) + ',';
  };
  const auto real = [&out](const char* name, double value) {
    char text[64];
    std::snprintf(text, sizeof text, "\"%s\":%.3f,", name, value);
    out += text;
  };
  count("requests", requests);
  count("ok", accepted_);
  count("records_ok", records);
  count("refused", refused_);
  count("failed", failed_);
  count("partial", partial_);
  count("rejected", rejected_);
  count("lost_connections", lost_connections_);
  count("timed_out", timed_out ? 1 : 0);
  count("bytes_sent", bytes_);
  real("wall_s", wall_seconds);
  real("records_per_s", static_cast<double>(records) / wall_seconds);
  real("gen_cpu_s", cpu);
  real("latency_ms_p50", static_cast<double>(quantile(0.5)));
  real("latency_ms_p99", static_cast<double>(quantile(0.99)));
  real("latency_ms_max", static_cast<double>(quantile(1)));
  out += "\"status\":{";
  for (const auto& [status, times] : by_status_) count(status.c_str(), times);
  if (out.back() == ',') out.pop_back();
  return out + "}}";
}

}  // namespace sluice::bench
