#include "app/lanes.h"

#include <pthread.h>

#include <string>

namespace sluice::app {

Lanes::Lanes(size_t count) {
  for (size_t i = 0; i < count; ++i) loops_.push_back(std::make_unique<io::Loop>());
}

Lanes::~Lanes() { stop(); }

std::vector<io::Loop*> Lanes::loops() const {
  std::vector<io::Loop*> loops;
  for (const auto& loop : loops_) loops.push_back(loop.get());
  return loops;
}

void Lanes::start() {
  for (size_t i = 0; i < loops_.size(); ++i) {
    threads_.emplace_back([loop = loops_[i].get()] { loop->run(); });
    pthread_setname_np(threads_.back().native_handle(), ("lane-" + std::to_string(i)).c_str());
  }
}

void Lanes::stop() {
  for (const auto& loop : loops_) loop->stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace sluice::app
