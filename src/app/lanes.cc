#include "app/lanes.h"

#include <malloc.h>
#include <pthread.h>

#include <latch>
#include <string>

namespace sluice::app {
namespace {

/// One heap for all threads, which keeps what a burst left up to kHeapKeptBytes: pages that are
/// given back must be cleared by the kernel before they are used again, and that was a quarter of
/// the CPU of small spans. What is larger is mapped apart: it grows without being copied, leaves no
/// holes in the heap, and its owners keep it (see BufferPool).
void keep_heap_pages() {
  constexpr int kMappedBytesMin = 1 << 20;
  constexpr int kHeapKeptBytes = 16 << 20;
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, kMappedBytesMin);
  mallopt(M_TRIM_THRESHOLD, kHeapKeptBytes);
}

}  // namespace

Lanes::Lanes(size_t count) {
  keep_heap_pages();
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

void Lanes::at_rest(const std::function<void()>& work) {
  struct Gate {
    explicit Gate(ptrdiff_t lanes) : arrived(lanes) {}
    std::latch arrived;
    std::latch open{1};
  };
  const auto gate = std::make_shared<Gate>(static_cast<ptrdiff_t>(threads_.size()));
  if (!threads_.empty()) {
    for (const auto& loop : loops_) {
      loop->post([gate] {
        gate->arrived.count_down();
        gate->open.wait();
      });
    }
  }
  gate->arrived.wait();
  work();
  gate->open.count_down();
}

void Lanes::stop() {
  for (const auto& loop : loops_) loop->stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace sluice::app
