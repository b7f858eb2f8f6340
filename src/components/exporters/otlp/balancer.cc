#include "components/exporters/otlp/balancer.h"

#include <algorithm>
#include <utility>

namespace sluice::components::otlp_exporter {
namespace {

bool same(const http::Address& a, const http::Address& b) {
  return a.host == b.host && a.port == b.port && a.unix_path == b.unix_path;
}

}  // namespace

Connections::Connections(http::Address endpoint, Balancer balancer, http::GrpcClientOptions options,
                         Resolve resolve)
    : endpoint_(std::move(endpoint)),
      balancer_(balancer),
      options_(std::move(options)),
      resolve_(std::move(resolve)) {}

Status Connections::look_up() {
  {
    const std::lock_guard lock(mutex_);
    const bool soon = !places_.empty() && Clock::now() - looked_up_ < kResolveEvery;
    if (!look_up_wanted_ || soon) return {};
    looked_up_ = Clock::now();
  }
  // Without the lock: the resolver may take seconds.
  auto found = resolve_(endpoint_);
  const std::lock_guard lock(mutex_);
  if (!found.ok()) return places_.empty() ? found.status() : Status();
  look_up_wanted_ = false;
  std::vector<Place> places;
  for (const http::Address& address : *found) {
    Place* known = find(address);
    places.push_back(known == nullptr ? Place{address} : std::move(*known));
  }
  places_ = std::move(places);
  return {};
}

Connections::Place* Connections::find(const http::Address& address) {
  for (Place& place : places_) {
    if (same(place.address, address)) return &place;
  }
  return nullptr;
}

size_t Connections::pick() {
  const Clock::time_point now = Clock::now();
  const size_t first = balancer_ == Balancer::RoundRobin ? next_++ : 0;
  for (size_t i = 0; i < places_.size(); ++i) {
    const size_t at = (first + i) % places_.size();
    if (places_[at].avoid_until <= now) return at;
  }
  return first % places_.size();  // none is better than the others
}

Result<Connections::Lease> Connections::take() {
  SLUICE_RETURN_IF_ERROR(look_up());
  const std::lock_guard lock(mutex_);
  if (places_.empty()) return unavailable("the endpoint has no address yet");
  Place& place = places_[pick()];
  Lease lease{place.address, nullptr};
  if (place.idle.empty()) {
    lease.client = std::make_unique<http::GrpcClient>(place.address, options_);
  } else {
    lease.client = std::move(place.idle.back());
    place.idle.pop_back();
  }
  return lease;
}

void Connections::give_back(Lease lease) {
  const std::lock_guard lock(mutex_);
  if (Place* place = find(lease.address)) {
    place->avoid_until = {};
    place->idle.push_back(std::move(lease.client));
  }
}

void Connections::failed(const http::Address& address) {
  const std::lock_guard lock(mutex_);
  look_up_wanted_ = true;
  if (Place* place = find(address)) {
    place->avoid_until = Clock::now() + kAvoid;
    place->idle.clear();
  }
}

size_t Connections::addresses() const {
  const std::lock_guard lock(mutex_);
  return places_.size();
}

}  // namespace sluice::components::otlp_exporter
