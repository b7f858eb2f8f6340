#pragma once

#include <optional>
#include <string_view>

#include "http/session.h"

namespace sluice::http {

/// A request whose body is being read: keeps to the handler's plan, takes memory from the budget
/// before it holds bytes, and watches the pace.
class Incoming {
 public:
  Request request;

  /// The header is complete. `length` is the body's announced size, if any.
  /// Nothing is reserved yet, so that heads alone cannot use the budget up, but a body that has no
  /// chance is refused.
  std::optional<Refusal> begin(const SessionContext& context, std::optional<uint64_t> length,
                               Clock::time_point now);

  /// Takes bytes of the body.
  std::optional<Refusal> append(const SessionContext& context, std::string_view bytes);

  /// Whether the body comes more slowly than the limits ask for.
  bool too_slow(const Limits& limits, Clock::time_point now) const;
  /// When the header was complete.
  Clock::time_point begun() const { return begun_; }

 private:
  BodyPlan plan_;
  Clock::time_point begun_{};
};

}  // namespace sluice::http
