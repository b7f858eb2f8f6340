#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "otlp/records.h"

namespace sluice::delivery {

/// What one try to hand a request over came to.
struct Attempt {
  enum class Verdict : uint8_t {
    Done,     ///< confirmed; some records may have been rejected for good
    Retry,    ///< not now: the same request may succeed later
    Refused,  ///< sent again it would be refused again, because of what is in it
    Barred,   ///< the other end does not let us in, or is not what we take it for
  };
  Verdict verdict = Verdict::Done;
  Status status{};                         ///< why not, unless Done
  std::chrono::nanoseconds retry_after{};  ///< what the other end asked for; 0: nothing
  uint64_t rejected = 0;                   ///< of a request that was taken
  std::string message{};                   ///< what it says about these, or a warning
};

/// The other end, as an exporter reaches it. Thread-safe.
class Remote {
 public:
  virtual ~Remote() = default;
  /// Hands one encoded (and compressed) request over, and waits for the answer. Takes a bounded
  /// time.
  virtual Attempt send(otlp::Signal signal, std::string_view body) = 0;
};

}  // namespace sluice::delivery
