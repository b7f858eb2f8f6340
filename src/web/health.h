#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "base/status.h"
#include "http/message.h"

namespace sluice::web {

/// The state of the process, as the health endpoint tells it. `/ready` is 200 only when data can be
/// taken in, so that a load balancer can go by it; every other path answers as the OpenTelemetry
/// Collector's health check does: whether the process serves, whatever the store does. Thread-safe.
class Health {
 public:
  /// `can_take_data` is asked at each request for /ready, on the caller's thread; its message is
  /// the reason if not.
  explicit Health(std::function<Status()> can_take_data);

  /// From the start until the first call the process counts as starting.
  void set_serving();
  void set_draining();

  http::Response answer(std::string_view path) const;

 private:
  enum class State { Starting, Serving, Draining };

  http::Response readiness() const;
  http::Response liveness() const;

  const std::function<Status()> can_take_data_;
  mutable std::mutex mutex_;
  State state_ = State::Starting;
  std::chrono::system_clock::time_point up_since_;
};

/// As Go prints a duration: "1h2m3.5s", "250ms".
std::string go_duration(std::chrono::milliseconds duration);

}  // namespace sluice::web
