#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::bench {

uint64_t now_ns();  // monotonic

enum class Verdict {
  Accepted,
  TryAgain,  // refused with "later", or the connection was lost before an answer
  Refused,   // for good
};

/// What became of the requests.
class Tally {
 public:
  /// `status` is what the server said, as text: it is counted by itself.
  void add(Verdict verdict, uint64_t started_ns, const std::string& status);
  /// Looks into the answer's message for a partial success (ExportLogsServiceResponse and its
  /// likes).
  void add_reply(std::string_view message);
  void add_bytes(uint64_t sent) { bytes_ += sent; }
  void add_lost_connection() { ++lost_connections_; }

  uint64_t accepted() const { return accepted_; }

  /// One line of JSON for the whole run.
  std::string json(uint64_t requests, uint64_t records_per_request, double wall_seconds,
                   bool timed_out);

 private:
  float quantile(double q) const;

  uint64_t accepted_ = 0, refused_ = 0, failed_ = 0, partial_ = 0, rejected_ = 0, bytes_ = 0,
           lost_connections_ = 0;
  std::vector<float> latencies_ms_;
  std::map<std::string, uint64_t> by_status_;
};

/// A varint at the front of `bytes`, which is taken off; 0 if there is none.
uint64_t take_varint(std::string_view& bytes);

}  // namespace sluice::bench
