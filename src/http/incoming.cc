#include "http/incoming.h"

#include <algorithm>

namespace sluice::http {

std::optional<Refusal> Incoming::begin(const SessionContext& context,
                                       std::optional<uint64_t> length, Clock::time_point now) {
  begun_ = now;
  plan_ = context.handler.plan(request, {});
  if (!plan_.admitted) return Refusal::NotAdmitted;
  if (!length.has_value()) return {};
  if (*length > plan_.limit) return Refusal::TooLarge;
  plan_.expected = *length;
  const size_t used = context.budget.used_bytes();
  if (used + plan_.expected > context.budget.limit_bytes()) return Refusal::NoMemory;
  return {};
}

std::optional<Refusal> Incoming::append(const SessionContext& context, std::string_view bytes) {
  if (request.body.empty() && !bytes.empty() && plan_.expected == 0)
    plan_ = context.handler.plan(request, bytes);
  const size_t size = request.body.size() + bytes.size();
  if (!context.budget.take(request.memory, bytes.size())) return Refusal::NoMemory;
  if (request.body.capacity() == 0) request.body.reserve(std::min(plan_.expected, plan_.limit));
  if (std::max(size, plan_.expected) > plan_.limit) {
    // What came up to the limit is kept: the handler may need it to say what was wrong.
    request.body.append(bytes.substr(0, plan_.limit - std::min(plan_.limit, request.body.size())));
    return Refusal::TooLarge;
  }
  request.body.append(bytes);
  return {};
}

bool Incoming::too_slow(const Limits& limits, Clock::time_point now) const {
  const std::chrono::milliseconds earned(request.body.size() * 1000 / limits.body_bytes_per_second);
  return now - begun_ > limits.body_timeout + earned;
}

}  // namespace sluice::http
