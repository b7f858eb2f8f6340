#include "components/exporters/clickhouse/insert_queue.h"

#include <utility>

namespace sluice::components {

/// Every change may make something due for any of the waiting threads.
template <typename Change>
void InsertQueue::change(Change change) {
  {
    const std::lock_guard lock(mutex_);
    change(schedule_);
  }
  changed_.notify_all();
}

void InsertQueue::push(std::unique_ptr<Insert> insert) {
  change([&](Schedule& s) { s.push(std::move(insert)); });
}

Schedule::Pick InsertQueue::take() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    Schedule::Pick pick = schedule_.pick(Insert::Clock::now());
    if (pick.insert != nullptr) return pick;
    if (pick.next == Schedule::Time::max()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, pick.next);
    }
  }
  return {};
}

void InsertQueue::succeeded(mapping::Table table) {
  change([&](Schedule& s) { s.succeeded(table, Insert::Clock::now()); });
}

void InsertQueue::retry(mapping::Table table, std::unique_ptr<Insert> insert,
                        std::chrono::milliseconds pause) {
  change([&](Schedule& s) { s.retry(table, std::move(insert), pause, Insert::Clock::now()); });
}

void InsertQueue::park(mapping::Table table, std::unique_ptr<Insert> insert, std::string reason,
                       std::chrono::milliseconds pause) {
  change([&](Schedule& s) {
    s.park(table, std::move(insert), std::move(reason), pause, Insert::Clock::now());
  });
}

void InsertQueue::set_gap(mapping::Table table, std::chrono::milliseconds gap) {
  change([&](Schedule& s) { s.set_gap(table, gap); });
}

size_t InsertQueue::waiting(mapping::Table table) const {
  const std::lock_guard lock(mutex_);
  return schedule_.waiting(table);
}

bool InsertQueue::idle() const {
  const std::lock_guard lock(mutex_);
  return schedule_.idle();
}

void InsertQueue::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
}

std::vector<std::unique_ptr<Insert>> InsertQueue::take_all() {
  const std::lock_guard lock(mutex_);
  return schedule_.take_all();
}

}  // namespace sluice::components
