#include "http/basic_check.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

namespace sluice::http {
namespace {

Status refused(const char* message) { return {Code::Unauthenticated, message}; }

}  // namespace

BasicCheck::BasicCheck(Htpasswd users)
    : users_(std::move(users)), slow_(kSlowBurst, kSlowPerSecond, Clock::now()) {
  RAND_bytes(salt_.data(), static_cast<int>(salt_.size()));
}

BasicCheck::Digest BasicCheck::digest(std::string_view authorization) const {
  std::string text(reinterpret_cast<const char*>(salt_.data()), salt_.size());
  text += authorization;
  Digest out{};
  EVP_Digest(text.data(), text.size(), out.data(), nullptr, EVP_sha256(), nullptr);
  return out;
}

Status BasicCheck::check(std::string_view authorization) const {
  if (authorization.empty()) return refused("no basic auth provided");
  const auto given = parse_basic(authorization);
  if (!given) return refused("invalid authorization format");
  if (users_.kind_of(given->user) != Htpasswd::Kind::Slow)
    return users_.matches(given->user, given->password) ? Status() : refused("invalid credentials");
  const Digest key = digest(authorization);
  {
    const std::lock_guard lock(mutex_);
    if (right_.count(key) != 0) return {};
    if (!slow_.take(Clock::now())) return unavailable("too many passwords to check; try again");
  }
  if (!users_.matches(given->user, given->password)) return refused("invalid credentials");
  const std::lock_guard lock(mutex_);
  if (right_.size() == kRememberedMax) right_.clear();
  right_.insert(key);
  return {};
}

}  // namespace sluice::http
