#pragma once

#include <array>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "base/status.h"
#include "http/htpasswd.h"
#include "http/http2_session.h"

namespace sluice::http {

/// Decides about "Authorization: Basic …" headers. Hashes that are slow by design are worked out on
/// the caller's thread, which may be an event loop: what was right once is remembered, and only so
/// many are worked out in a second, so that guesses cannot stop a lane. Thread-safe.
class BasicCheck {
 public:
  /// Slow hashes at once, and each second: some hundred milliseconds of one core.
  static constexpr uint32_t kSlowBurst = 16;
  static constexpr uint32_t kSlowPerSecond = 4;
  /// Right credentials that are remembered; few senders share many.
  static constexpr size_t kRememberedMax = 4096;

  explicit BasicCheck(Htpasswd users);

  /// Unauthenticated, or Unavailable where it cannot be told now. A null view: no header.
  Status check(std::string_view authorization) const;

 private:
  using Digest = std::array<unsigned char, 32>;
  Digest digest(std::string_view authorization) const;

  const Htpasswd users_;
  std::array<unsigned char, 16> salt_{};  // what is remembered cannot be looked up elsewhere
  mutable std::mutex mutex_;
  mutable std::set<Digest> right_;
  mutable RateLimit slow_;
};

}  // namespace sluice::http
