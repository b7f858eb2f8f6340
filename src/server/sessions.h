#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <variant>

#include "engine/engine.h"

namespace sluice::server {

/// Connections that outlive a request, by session_id: settings and temporary tables stay in them.
/// Thread-safe.
class Sessions {
 public:
  /// At most so many sessions at once; each holds a connection of the engine.
  static constexpr size_t kSessionsMax = 256;

  enum class Refusal { NotFound, Locked, TooMany, EngineFailed };

  explicit Sessions(engine::Engine& engine) : engine_(engine) {}

  /// A session in the hands of one request; giving it back starts its timeout anew.
  class Lease {
   public:
    Lease(Sessions& owner, std::string id, engine::Connection& connection, bool fresh)
        : owner_(&owner), id_(std::move(id)), connection_(&connection), fresh_(fresh) {}
    Lease(Lease&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)),
          id_(std::move(other.id_)),
          connection_(other.connection_),
          fresh_(other.fresh_),
          timeout_(other.timeout_),
          close_(other.close_) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    engine::Connection& connection() const { return *connection_; }
    /// Whether the session was made for this request.
    bool fresh() const { return fresh_; }
    void set_timeout(std::chrono::seconds timeout) { timeout_ = timeout; }
    void close() { close_ = true; }

   private:
    Sessions* owner_;
    std::string id_;
    engine::Connection* connection_;
    bool fresh_;
    std::chrono::seconds timeout_{60};
    bool close_ = false;
  };

  /// Takes the session, or makes it if there is none and `must_exist` is false.
  std::variant<Lease, Refusal> acquire(const std::string& id, bool must_exist);

  /// Closes sessions whose timeout has passed; acquire() does so too.
  void expire();

 private:
  using Clock = std::chrono::steady_clock;
  struct Session {
    std::unique_ptr<engine::Connection> connection;
    bool in_use = false;
    Clock::time_point expires;
  };
  void expire_locked(Clock::time_point now);
  void give_back(const std::string& id, std::chrono::seconds timeout, bool close);

  engine::Engine& engine_;
  std::mutex mutex_;
  std::map<std::string, Session> sessions_;
};

}  // namespace sluice::server
