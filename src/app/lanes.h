#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "io/loop.h"

namespace sluice::app {

/// The threads that take data in, each with its event loop.
class Lanes {
 public:
  explicit Lanes(size_t count);
  /// As stop().
  ~Lanes();
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  std::vector<io::Loop*> loops() const;
  void start();
  /// Ends the loops and waits for the threads. The loops live on; what was posted stays undone.
  void stop();
  /// Runs `work` on the caller's thread while no lane does anything: what lanes use may be made and
  /// destroyed. `work` must not wait for a lane. Before start() it is merely called.
  void at_rest(const std::function<void()>& work);

 private:
  std::vector<std::unique_ptr<io::Loop>> loops_;
  std::vector<std::thread> threads_;
};

}  // namespace sluice::app
