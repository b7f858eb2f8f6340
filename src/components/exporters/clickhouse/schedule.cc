#include "components/exporters/clickhouse/schedule.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace sluice::components {
namespace {

/// Makes seeds of small numbers, which alone would give small pauses.
constexpr uint64_t kSpread = 0x9e3779b97f4a7c15;

}  // namespace

Schedule::Schedule(const delivery::RetryConfig& retry) : retry_(retry) {
  for (size_t i = 0; i < tables_.size(); ++i)
    tables_[i].backoff = delivery::Backoff(retry_, (i + 1) * kSpread);
}

void Schedule::push(std::unique_ptr<Insert> insert) {
  queue(insert->table()).fresh.push_back(std::move(insert));
}

Schedule::Pick Schedule::pick(Time now) {
  Pick out;
  for (size_t i = 0; i < tables_.size(); ++i) {
    TableQueue& queue = tables_[(turn_ + i) % tables_.size()];
    if (pick_from(queue, now, out)) {
      turn_ = (turn_ + i + 1) % tables_.size();
      break;
    }
  }
  return out;
}

/// Fills `out` if the table has something due, else lowers out.next.
bool Schedule::pick_from(TableQueue& queue, Time now, Pick& out) {
  if (queue.fresh.empty() && queue.delayed.empty()) return false;
  if (auto expired = take_expired(queue, now, out.next)) {
    out.insert = std::move(expired);
    out.verdict = Verdict::Expired;
    return true;
  }
  const bool refuses = !queue.parked.empty() && now < queue.due;
  if (refuses && !queue.fresh.empty() && queue.fresh.front()->deadline()) {
    out.insert = std::move(queue.fresh.front());
    queue.fresh.pop_front();
    out.verdict = Verdict::Parked;
    out.reason = queue.parked;
    return true;
  }
  if (queue.troubled && queue.in_flight > 0) return false;  // whoever ends the try wakes the rest
  if (now < queue.due) {
    out.next = std::min(out.next, queue.due);
    return false;
  }
  auto due = take_due(queue, now, out.next);
  if (due == nullptr) return false;
  ++queue.in_flight;
  if (!queue.troubled) queue.due = now + queue.gap;
  out.insert = std::move(due);
  out.verdict = Verdict::Try;
  return true;
}

/// Fresh inserts expire in the order in which they came.
std::unique_ptr<Insert> Schedule::take_expired(TableQueue& queue, Time now, Time& next) {
  if (!queue.fresh.empty() && queue.fresh.front()->deadline()) {
    if (*queue.fresh.front()->deadline() <= now) {
      auto insert = std::move(queue.fresh.front());
      queue.fresh.pop_front();
      return insert;
    }
    next = std::min(next, *queue.fresh.front()->deadline());
  }
  for (auto at = queue.delayed.begin(); at != queue.delayed.end(); ++at) {
    if (!at->insert->deadline()) continue;
    if (*at->insert->deadline() <= now) {
      auto insert = std::move(at->insert);
      queue.delayed.erase(at);
      return insert;
    }
    next = std::min(next, *at->insert->deadline());
  }
  return nullptr;
}

/// In trouble one of each kind in turn: neither an insert that fails by itself nor new ones without
/// end hold up the rest.
std::unique_ptr<Insert> Schedule::take_due(TableQueue& queue, Time now, Time& next) {
  const auto first =
      std::min_element(queue.delayed.begin(), queue.delayed.end(),
                       [](const Delayed& a, const Delayed& b) { return a.due < b.due; });
  const bool is_due = first != queue.delayed.end() && first->due <= now;
  queue.took_fresh = !queue.fresh.empty() && (!is_due || (queue.troubled && !queue.took_fresh));
  if (queue.took_fresh) {
    auto insert = std::move(queue.fresh.front());
    queue.fresh.pop_front();
    return insert;
  }
  if (is_due) {
    auto insert = std::move(first->insert);
    queue.delayed.erase(first);
    return insert;
  }
  if (first != queue.delayed.end()) next = std::min(next, first->due);
  return nullptr;
}

void Schedule::succeeded(mapping::Table table, Time now) {
  TableQueue& q = queue(table);
  --q.in_flight;
  if (!q.troubled) return;
  q.troubled = false;
  q.parked.clear();
  q.backoff.reset();
  q.due = now + q.gap;
}

/// Marks the table and returns when it may be tried again.
Schedule::Time Schedule::fail(TableQueue& queue, std::chrono::milliseconds pause, Time now) {
  --queue.in_flight;
  queue.troubled = true;
  queue.due = std::max(queue.due, now + queue.backoff.pause(pause));
  return queue.due;
}

void Schedule::retry(mapping::Table table, std::unique_ptr<Insert> insert,
                     std::chrono::milliseconds pause, Time now) {
  TableQueue& q = queue(table);
  fail(q, pause, now);
  q.parked.clear();
  if (insert == nullptr) return;
  if (!insert->backoff())
    insert->backoff().emplace(retry_, std::hash<std::string>{}(insert->token()));
  const Time due = now + insert->backoff()->pause(pause);
  q.delayed.push_back({due, std::move(insert)});
}

void Schedule::park(mapping::Table table, std::unique_ptr<Insert> insert, std::string reason,
                    std::chrono::milliseconds pause, Time now) {
  TableQueue& q = queue(table);
  const Time due = fail(q, pause, now);
  q.parked = std::move(reason);
  if (insert != nullptr) q.delayed.push_back({due, std::move(insert)});
}

void Schedule::set_gap(mapping::Table table, std::chrono::milliseconds gap) {
  queue(table).gap = gap;
}

size_t Schedule::waiting(mapping::Table table) const {
  const TableQueue& q = tables_[static_cast<size_t>(table)];
  return q.fresh.size() + q.delayed.size();
}

bool Schedule::idle() const {
  return std::all_of(tables_.begin(), tables_.end(), [](const TableQueue& q) {
    return q.in_flight == 0 && q.fresh.empty() && q.delayed.empty();
  });
}

std::vector<std::unique_ptr<Insert>> Schedule::take_all() {
  std::vector<std::unique_ptr<Insert>> all;
  for (TableQueue& q : tables_) {
    for (auto& insert : q.fresh) all.push_back(std::move(insert));
    for (Delayed& d : q.delayed) all.push_back(std::move(d.insert));
    q.fresh.clear();
    q.delayed.clear();
  }
  return all;
}

}  // namespace sluice::components
