#pragma once

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

 private:
  std::vector<std::unique_ptr<io::Loop>> loops_;
  std::vector<std::thread> threads_;
};

}  // namespace sluice::app
