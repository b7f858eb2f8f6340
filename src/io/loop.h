#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace sluice::io {

/// An event loop that one thread runs. Everything but post() and stop() belongs to that thread.
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Runs until stop(). Work that is due when stop() is called may stay undone.
  void run();
  /// Thread-safe.
  void stop();
  /// Runs `work` on the loop's thread, later. Thread-safe; keeps the order of one poster.
  void post(std::function<void()> work);
  /// Whether the caller is on the thread that runs the loop.
  bool is_current() const;

  /// One deadline at a time; destroying or cancelling it forgets the callback.
  class Timer {
   public:
    explicit Timer(Loop& loop);
    ~Timer();
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    /// Replaces what was set before. `fire` runs on the loop's thread. Monotonic clock.
    void after(std::chrono::milliseconds delay, std::function<void()> fire);
    void cancel();

   private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
  };

  /// For the folders that speak to sockets (io, http) only.
  boost::asio::io_context& context();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::io
