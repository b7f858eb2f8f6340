#include "delivery/queue.h"

#include <algorithm>

namespace sluice::delivery {

bool Queue::has_room(uint64_t more) const {
  // Those who would wait for room wait for their answer anyway: they may as well wait inside.
  if (!config_.enabled || config_.block_on_overflow || size_ == 0) return true;
  return size_ + more <= static_cast<uint64_t>(config_.queue_size);
}

bool Queue::full() const {
  const std::lock_guard lock(mutex_);
  return stopped_ || !has_room(1);
}

bool Queue::offer(std::vector<Parcel>& parcels) {
  const Sizer sizer = config_.queue_sizer();
  uint64_t more = 0;
  for (const Parcel& parcel : parcels) more += parcel.size(sizer);
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || !has_room(more)) return false;
    size_ += more;
    for (Parcel& parcel : parcels) {
      auto group = std::find_if(groups_.begin(), groups_.end(),
                                [&](const Group& g) { return g.partition == parcel.partition; });
      if (group == groups_.end()) {
        group = groups_.insert(groups_.end(), Group{});
        group->partition = parcel.partition;
      }
      group->size += parcel.size(config_.batch_sizer());
      group->parcels.push_back(std::move(parcel));
      ++parcels_;
    }
  }
  changed_.notify_all();
  return true;
}

Queue::Clock::time_point Queue::due(const Group& group) const {
  const bool now = !config_.batches() || stopped_ ||
                   group.size >= static_cast<uint64_t>(config_.batch->min_size);
  return now ? Clock::time_point::min()
             : group.parcels.front().since + config_.batch->flush_timeout;
}

std::vector<Parcel> Queue::cut(Group& group) {
  std::vector<Parcel> out;
  uint64_t size = 0;
  const auto max = config_.batches() ? static_cast<uint64_t>(config_.batch->max_size) : 0;
  const auto enough = config_.batches() ? static_cast<uint64_t>(config_.batch->min_size) : 0;
  while (!group.parcels.empty()) {
    const uint64_t next = group.parcels.front().size(config_.batch_sizer());
    if (!out.empty() && (max != 0 ? size + next > max : size >= enough)) break;
    size += next;
    out.push_back(std::move(group.parcels.front()));
    group.parcels.pop_front();
  }
  group.size -= size;
  parcels_ -= out.size();
  return out;
}

std::vector<Parcel> Queue::take() {
  std::unique_lock lock(mutex_);
  for (;;) {
    auto first = groups_.end();
    for (auto at = groups_.begin(); at != groups_.end(); ++at) {
      if (first == groups_.end() || due(*at) < due(*first)) first = at;
    }
    if (first != groups_.end() && due(*first) <= Clock::now()) {
      std::vector<Parcel> out = cut(*first);
      if (first->parcels.empty()) groups_.erase(first);
      return out;
    }
    if (first == groups_.end() && stopped_) return {};
    ++waiting_;
    if (first == groups_.end()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, due(*first));
    }
    --waiting_;
  }
}

void Queue::release(const std::vector<Parcel>& parcels) {
  const std::lock_guard lock(mutex_);
  for (const Parcel& parcel : parcels) size_ -= parcel.size(config_.queue_sizer());
}

bool Queue::pause(std::chrono::nanoseconds length) {
  std::unique_lock lock(mutex_);
  return !hurried_changed_.wait_for(lock, length, [this] { return hurried_; });
}

void Queue::hurry() {
  {
    const std::lock_guard lock(mutex_);
    hurried_ = true;
  }
  changed_.notify_all();
  hurried_changed_.notify_all();
}

void Queue::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  hurry();
}

size_t Queue::unattended() const {
  const std::lock_guard lock(mutex_);
  return parcels_ > waiting_ ? parcels_ - waiting_ : 0;
}

int64_t Queue::size() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int64_t>(size_);
}

}  // namespace sluice::delivery
