#include "io/loop.h"

#include <atomic>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace sluice::io {

namespace asio = boost::asio;

struct Loop::Impl {
  // The hint says that one thread runs the context: Asio then skips waking others.
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> keep_running{context.get_executor()};
  std::atomic<std::thread::id> runner{};
};

Loop::Loop() : impl_(std::make_unique<Impl>()) {}
Loop::~Loop() = default;

void Loop::run() {
  impl_->runner.store(std::this_thread::get_id(), std::memory_order_release);
  impl_->context.run();
  impl_->runner.store({}, std::memory_order_release);
}

void Loop::stop() { impl_->context.stop(); }

void Loop::post(std::function<void()> work) { asio::post(impl_->context, std::move(work)); }

bool Loop::is_current() const {
  return impl_->runner.load(std::memory_order_acquire) == std::this_thread::get_id();
}

asio::io_context& Loop::context() { return impl_->context; }

struct Loop::Timer::Impl : std::enable_shared_from_this<Impl> {
  explicit Impl(asio::io_context& context) : timer(context) {}

  asio::steady_timer timer;
  std::function<void()> fire;
  uint64_t round =
      0;  // a callback that was already due when it was cancelled finds that it is out of date
};

Loop::Timer::Timer(Loop& loop) : impl_(std::make_shared<Impl>(loop.context())) {}

Loop::Timer::~Timer() { cancel(); }

void Loop::Timer::after(std::chrono::milliseconds delay, std::function<void()> fire) {
  const uint64_t round = ++impl_->round;
  impl_->fire = std::move(fire);
  impl_->timer.expires_after(delay);
  impl_->timer.async_wait([impl = impl_, round](const boost::system::error_code& error) {
    if (error || impl->round != round) return;
    // Moved out first: the callback may set the timer again or destroy it.
    const std::function<void()> due = std::exchange(impl->fire, nullptr);
    due();
  });
}

void Loop::Timer::cancel() {
  ++impl_->round;
  impl_->fire = nullptr;
  impl_->timer.cancel();
}

}  // namespace sluice::io
