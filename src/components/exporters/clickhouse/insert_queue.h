#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "components/exporters/clickhouse/schedule.h"

namespace sluice::components {

/// The Schedule, shared by lanes (which push) and sender threads (which take). Thread-safe.
class InsertQueue {
 public:
  explicit InsertQueue(const delivery::RetryConfig& retry) : schedule_(retry) {}

  void push(std::unique_ptr<Insert> insert);
  /// Waits until an insert is due; one with a null insert after stop().
  Schedule::Pick take();

  void succeeded(mapping::Table table);
  void retry(mapping::Table table, std::unique_ptr<Insert> insert, std::chrono::milliseconds pause);
  void park(mapping::Table table, std::unique_ptr<Insert> insert, std::string reason,
            std::chrono::milliseconds pause);

  void set_gap(mapping::Table table, std::chrono::milliseconds gap);
  size_t waiting(mapping::Table table) const;
  bool idle() const;
  /// Ends all waits. Inserts that are pushed later stay until take_all().
  void stop();
  std::vector<std::unique_ptr<Insert>> take_all();

 private:
  template <typename Change>
  void change(Change change);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Schedule schedule_;
  bool stopped_ = false;
};

}  // namespace sluice::components
