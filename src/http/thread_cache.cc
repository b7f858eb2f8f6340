#include "http/thread_cache.h"

#include <utility>

namespace sluice::http {

ThreadCache::~ThreadCache() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  ready_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadCache::run(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
    if (work_.size() > idle_) {
      threads_.emplace_back([this] { serve(); });
      return;
    }
  }
  ready_.notify_one();
}

void ThreadCache::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (!work_.empty()) {
      std::function<void()> work = std::move(work_.front());
      work_.pop_front();
      lock.unlock();
      work();
      work = nullptr;
      lock.lock();
      continue;
    }
    if (stop_) return;
    ++idle_;
    ready_.wait(lock, [this] { return stop_ || !work_.empty(); });
    --idle_;
  }
}

}  // namespace sluice::http
