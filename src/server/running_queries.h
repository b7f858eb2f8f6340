#pragma once

#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "engine/engine.h"

namespace sluice::server {

/// What runs: keeps query ids unique, and the numbers of queries and of inserts under their limits,
/// each its own, so that queries never keep data out. Thread-safe.
class RunningQueries {
 public:
  enum class Kind { Query, Insert };
  enum class Refusal { TooMany, SameId, Stopping };

  RunningQueries(int queries_max, int inserts_max)
      : queries_max_(queries_max), inserts_max_(inserts_max) {}

  /// A place among those that run, given back when it is destroyed.
  class Slot {
   public:
    Slot(RunningQueries& owner, Kind kind, std::string id)
        : owner_(&owner), kind_(kind), id_(std::move(id)) {}
    Slot(Slot&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)),
          kind_(other.kind_),
          id_(std::move(other.id_)) {}
    Slot& operator=(Slot&&) = delete;
    ~Slot();

   private:
    RunningQueries* owner_;
    Kind kind_;
    std::string id_;
  };

  std::variant<Slot, Refusal> enter(Kind kind, const std::string& id);

  /// Lets nothing new in, and asks the engine to end the queries that run. Inserts go on.
  void stop(engine::Engine& engine);

 private:
  void leave(Kind kind, const std::string& id);

  const int queries_max_;
  const int inserts_max_;
  std::mutex mutex_;
  int queries_ = 0;
  int inserts_ = 0;
  bool stopping_ = false;
  std::set<std::string> query_ids_;
  std::set<std::string> insert_ids_;
};

}  // namespace sluice::server
