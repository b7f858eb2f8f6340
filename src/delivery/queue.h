#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "delivery/parcel.h"

namespace sluice::delivery {

/// Parcels of one signal that wait, put together by the rules of sending_queue::batch. Thread-safe.
class Queue {
 public:
  using Clock = std::chrono::steady_clock;

  /// `config` must outlive the queue, and may change until parcels come.
  explicit Queue(const QueueConfig& config) : config_(config) {}

  /// Whether parcels would be turned away now.
  bool full() const;
  /// Takes all parcels, or none if there is no room or the queue has been stopped. One that is
  /// larger than the whole queue is taken when nothing else is in it.
  bool offer(std::vector<Parcel>& parcels);

  /// Waits for parcels that can go out together. Empty: the queue was stopped and has nothing left.
  /// They count for the queue's size until release().
  std::vector<Parcel> take();
  void release(const std::vector<Parcel>& parcels);

  /// Sleeps; false at once after hurry() or stop().
  bool pause(std::chrono::nanoseconds length);

  /// Ends all pauses, and lets nothing wait for others to go out with.
  void hurry();

  /// Takes no more in, and gives what is there out without waiting for more.
  void stop();

  /// Parcels for which no thread waits in take().
  size_t unattended() const;
  /// In what the configuration counts.
  int64_t size() const;

 private:
  struct Group {
    std::string partition;
    std::deque<Parcel> parcels;
    uint64_t size = 0;  // in the batch's sizer
  };

  bool has_room(uint64_t more) const;
  /// When the group may go out.
  Clock::time_point due(const Group& group) const;
  std::vector<Parcel> cut(Group& group);

  const QueueConfig& config_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable hurried_changed_;
  std::deque<Group> groups_;  // none is empty; the one that waits longest first
  uint64_t size_ = 0;         // in the queue's sizer, with what is on its way
  size_t parcels_ = 0;        // in groups
  size_t waiting_ = 0;        // threads
  bool hurried_ = false;
  bool stopped_ = false;
};

}  // namespace sluice::delivery
