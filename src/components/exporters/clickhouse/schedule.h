#pragma once

// Which insert is to be tried next, and when. Tables do not wait for each other; a table in trouble
// is tried by one insert at a time until the store takes one, so that neither the store nor the
// other tables suffer.

#include <array>
#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "components/exporters/clickhouse/insert.h"
#include "delivery/backoff.h"

namespace sluice::components {

/// Plain data structure: no threads, no clock of its own.
class Schedule {
 public:
  using Time = Insert::Clock::time_point;

  enum class Verdict : uint8_t {
    Try,      ///< send it
    Expired,  ///< its senders have waited long enough
    Parked,   ///< its table cannot take rows, see Pick::reason
  };
  struct Pick {
    std::unique_ptr<Insert> insert;  ///< null: nothing is due before `next`
    Verdict verdict = Verdict::Try;
    std::string reason;
    Time next = Time::max();
  };

  /// Inserts and tables pause by the intervals of `retry`, and do not give up.
  explicit Schedule(const delivery::RetryConfig& retry);

  void push(std::unique_ptr<Insert> insert);
  /// The next insert. After Try its table counts as busy until one of the three below is called.
  Pick pick(Time now);

  /// The store answered for the table; trouble is over.
  void succeeded(mapping::Table table, Time now);
  /// A try failed: the insert comes again after its own wait, the table after the table's, both at
  /// least `pause`. `insert` is null if it was answered.
  void retry(mapping::Table table, std::unique_ptr<Insert> insert, std::chrono::milliseconds pause,
             Time now);
  /// The table takes no rows until a person acts: waiting senders get told so at once, others'
  /// inserts wait. `insert` is null if it was answered.
  void park(mapping::Table table, std::unique_ptr<Insert> insert, std::string reason,
            std::chrono::milliseconds pause, Time now);

  /// At least this long between the starts of two inserts of the table.
  void set_gap(mapping::Table table, std::chrono::milliseconds gap);

  /// Inserts that wait, of one table.
  size_t waiting(mapping::Table table) const;
  /// No insert waits or is being tried.
  bool idle() const;
  /// Gives all that wait away, for the end.
  std::vector<std::unique_ptr<Insert>> take_all();

 private:
  struct Delayed {
    Time due;
    std::unique_ptr<Insert> insert;
  };
  struct TableQueue {
    std::deque<std::unique_ptr<Insert>> fresh;
    std::vector<Delayed> delayed;
    int in_flight = 0;
    bool troubled = false;
    bool took_fresh = false;  // the last time
    std::string parked;       // why, while it is
    Time due = Time::min();
    std::chrono::milliseconds gap{0};
    delivery::Backoff backoff{{}, 0};
  };
  TableQueue& queue(mapping::Table table) { return tables_[static_cast<size_t>(table)]; }
  static std::unique_ptr<Insert> take_expired(TableQueue& queue, Time now, Time& next);
  static std::unique_ptr<Insert> take_due(TableQueue& queue, Time now, Time& next);
  static bool pick_from(TableQueue& queue, Time now, Pick& out);
  Time fail(TableQueue& queue, std::chrono::milliseconds pause, Time now);

  const delivery::RetryConfig retry_;
  std::array<TableQueue, mapping::kTableCount> tables_;
  size_t turn_ = 0;
};

}  // namespace sluice::components
