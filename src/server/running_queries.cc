#include "server/running_queries.h"

namespace sluice::server {

RunningQueries::Slot::~Slot() {
  if (owner_ != nullptr) owner_->leave(kind_, id_);
}

std::variant<RunningQueries::Slot, RunningQueries::Refusal> RunningQueries::enter(
    Kind kind, const std::string& id) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return Refusal::Stopping;
  if (query_ids_.count(id) != 0 || insert_ids_.count(id) != 0) return Refusal::SameId;
  int& running = kind == Kind::Query ? queries_ : inserts_;
  if (running >= (kind == Kind::Query ? queries_max_ : inserts_max_)) return Refusal::TooMany;
  ++running;
  (kind == Kind::Query ? query_ids_ : insert_ids_).insert(id);
  return Slot(*this, kind, id);
}

void RunningQueries::stop(engine::Engine& engine) {
  std::set<std::string> ids;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    ids = query_ids_;
  }
  for (const std::string& id : ids) engine.cancel(id);
}

void RunningQueries::leave(Kind kind, const std::string& id) {
  const std::lock_guard lock(mutex_);
  --(kind == Kind::Query ? queries_ : inserts_);
  (kind == Kind::Query ? query_ids_ : insert_ids_).erase(id);
}

}  // namespace sluice::server
