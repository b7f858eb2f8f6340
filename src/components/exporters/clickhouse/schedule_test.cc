#include "components/exporters/clickhouse/schedule.h"

#include <gtest/gtest.h>

#include "testing/id_block.h"

namespace sluice::components {
namespace {

using mapping::Table;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Verdict = Schedule::Verdict;

const Schedule::Time kStart{seconds(1'000'000)};
const delivery::RetryConfig kRetry{
    .initial_interval = milliseconds(200), .randomization_factor = 0, .multiplier = 2};

std::unique_ptr<Insert> insert_of(Table table, const std::string& name,
                                  std::optional<Schedule::Time> deadline = {}) {
  return std::make_unique<Insert>(table, std::vector<Part>(), name, deadline);
}

/// The name of what is due, with its verdict; "-" if nothing is.
std::string pick(Schedule& schedule, Schedule::Time now, std::unique_ptr<Insert>* out = nullptr) {
  Schedule::Pick p = schedule.pick(now);
  if (p.insert == nullptr) return "-";
  std::string name = p.insert->piece_token();
  name = name.substr(0, name.find(':'));
  if (p.verdict == Verdict::Expired) name += " expired";
  if (p.verdict == Verdict::Parked) name += " parked: " + p.reason;
  if (out != nullptr) *out = std::move(p.insert);
  return name;
}

TEST(Schedule, TablesTakeTurnsAndKeepTheirOrder) {
  Schedule s(kRetry);
  for (const char* name : {"l1", "l2", "l3"}) s.push(insert_of(Table::Logs, name));
  s.push(insert_of(Table::Traces, "t1"));
  EXPECT_EQ(pick(s, kStart), "l1");
  EXPECT_EQ(pick(s, kStart), "t1");
  EXPECT_EQ(pick(s, kStart), "l2");
  EXPECT_EQ(pick(s, kStart), "l3");
  EXPECT_EQ(pick(s, kStart), "-");
  EXPECT_FALSE(s.idle());
  for (int i = 0; i < 3; ++i) s.succeeded(Table::Logs, kStart);
  s.succeeded(Table::Traces, kStart);
  EXPECT_TRUE(s.idle());
}

TEST(Schedule, ATableInTroubleIsTriedByOneInsertAtATimeAndOthersGoOn) {
  Schedule s(kRetry);
  for (const char* name : {"l1", "l2", "l3"}) s.push(insert_of(Table::Logs, name));
  std::unique_ptr<Insert> first;
  EXPECT_EQ(pick(s, kStart, &first), "l1");
  s.retry(Table::Logs, std::move(first), milliseconds(0), kStart);
  EXPECT_EQ(pick(s, kStart), "-");  // the pause
  s.push(insert_of(Table::Traces, "t1"));
  EXPECT_EQ(pick(s, kStart), "t1");
  const auto later = kStart + kRetry.max_interval;
  std::unique_ptr<Insert> probe;
  EXPECT_EQ(pick(s, later, &probe), "l1");
  EXPECT_EQ(pick(s, later), "-");  // one at a time
  s.succeeded(Table::Logs, later);
  EXPECT_EQ(pick(s, later), "l2");
  EXPECT_EQ(pick(s, later), "l3");
}

TEST(Schedule, PausesGrowAsConfiguredAndAreNeverShorterThanAskedFor) {
  delivery::RetryConfig retry = kRetry;
  retry.initial_interval = seconds(1);
  retry.max_interval = seconds(3);
  retry.max_elapsed_time = seconds(2);  // is for the senders' deadlines
  Schedule s(retry);
  s.push(insert_of(Table::Logs, "l1"));
  Schedule::Time now = kStart;
  for (const auto& [asked, expected] : {std::pair(seconds(0), seconds(1)),
                                        {seconds(0), seconds(2)},
                                        {seconds(0), seconds(3)},
                                        {seconds(10), seconds(10)},
                                        {seconds(2), seconds(3)}}) {
    std::unique_ptr<Insert> insert;
    ASSERT_EQ(pick(s, now, &insert), "l1");
    s.retry(Table::Logs, std::move(insert), asked, now);
    EXPECT_EQ(s.pick(now).next - now, expected);
    now += expected;
  }
}

TEST(Schedule, AFailureWhoseInsertWasAnsweredStillPausesTheTable) {
  Schedule s(kRetry);
  s.push(insert_of(Table::Logs, "l1"));
  s.push(insert_of(Table::Logs, "l2"));
  std::unique_ptr<Insert> insert;
  (void)pick(s, kStart, &insert);
  s.retry(Table::Logs, nullptr, milliseconds(0), kStart);
  EXPECT_EQ(pick(s, kStart), "-");
  EXPECT_EQ(pick(s, kStart + milliseconds(200)), "l2");
}

TEST(Schedule, SaysWhenTheNextOneIsDue) {
  Schedule s(kRetry);
  EXPECT_EQ(s.pick(kStart).next, Schedule::Time::max());
  s.push(insert_of(Table::Logs, "l1"));
  std::unique_ptr<Insert> insert;
  (void)pick(s, kStart, &insert);
  s.retry(Table::Logs, std::move(insert), seconds(60), kStart);
  EXPECT_EQ(s.pick(kStart).next, kStart + seconds(60));
  EXPECT_EQ(pick(s, kStart + seconds(60)), "l1");
}

TEST(Schedule, AnInsertThatFailsByItselfDoesNotHoldItsTableUp) {
  Schedule s(kRetry);
  s.push(insert_of(Table::Logs, "bad"));
  auto now = kStart;
  int good_stored = 0;
  for (int i = 0; i < 20; ++i) {
    s.push(insert_of(Table::Logs, "good"));
    std::unique_ptr<Insert> insert;
    std::string name = pick(s, now, &insert);
    for (; name == "-"; name = pick(s, now, &insert)) now = s.pick(now).next;
    if (name == "bad") {
      s.retry(Table::Logs, std::move(insert), milliseconds(0), now);
    } else {
      s.succeeded(Table::Logs, now);
      ++good_stored;
    }
  }
  EXPECT_GE(good_stored, 10);
}

TEST(Schedule, WaitingSendersAreReleasedWhenTheirTimeIsUp) {
  Schedule s(kRetry);
  s.push(insert_of(Table::Logs, "tried", kStart + seconds(30)));
  s.push(insert_of(Table::Logs, "fresh", kStart + seconds(31)));
  std::unique_ptr<Insert> insert;
  (void)pick(s, kStart, &insert);
  s.retry(Table::Logs, std::move(insert), seconds(300), kStart);
  EXPECT_EQ(s.pick(kStart).next, kStart + seconds(30));
  EXPECT_EQ(pick(s, kStart + seconds(29)), "-");
  EXPECT_EQ(pick(s, kStart + seconds(30)), "tried expired");
  EXPECT_EQ(pick(s, kStart + seconds(30)), "-");
  EXPECT_EQ(pick(s, kStart + seconds(31)), "fresh expired");
  EXPECT_TRUE(s.idle());
}

TEST(Schedule, AParkedTableRefusesWaitingSendersAtOnceAndKeepsTheRest) {
  Schedule s(kRetry);
  s.push(insert_of(Table::Logs, "first", kStart + seconds(100)));
  std::unique_ptr<Insert> insert;
  (void)pick(s, kStart, &insert);
  s.park(Table::Logs, nullptr, "no table", seconds(30), kStart);
  s.push(insert_of(Table::Logs, "second", kStart + seconds(100)));
  EXPECT_EQ(pick(s, kStart + seconds(1)), "second parked: no table");
  s.push(insert_of(Table::Logs, "third", kStart + seconds(100)));
  EXPECT_EQ(pick(s, kStart + seconds(30)), "third");  // the probe
  s.succeeded(Table::Logs, kStart + seconds(30));
  s.push(insert_of(Table::Logs, "fourth", kStart + seconds(100)));
  EXPECT_EQ(pick(s, kStart + seconds(30)), "fourth");

  s.push(insert_of(Table::Sum, "memory"));
  (void)pick(s, kStart, &insert);
  s.park(Table::Sum, std::move(insert), "no table", seconds(30), kStart);
  EXPECT_EQ(pick(s, kStart + seconds(29)), "-");
  EXPECT_EQ(pick(s, kStart + seconds(30)), "memory");
}

TEST(Schedule, AGapSpacesATablesInserts) {
  Schedule s(kRetry);
  s.set_gap(Table::Logs, milliseconds(500));
  s.push(insert_of(Table::Logs, "l1"));
  s.push(insert_of(Table::Logs, "l2"));
  EXPECT_EQ(pick(s, kStart), "l1");
  EXPECT_EQ(pick(s, kStart + milliseconds(499)), "-");
  EXPECT_EQ(pick(s, kStart + milliseconds(500)), "l2");
}

TEST(Schedule, GivesEverythingAwayAtTheEnd) {
  Schedule s(kRetry);
  s.push(insert_of(Table::Logs, "l1"));
  s.push(insert_of(Table::Traces, "t1"));
  std::unique_ptr<Insert> insert;
  (void)pick(s, kStart, &insert);
  s.retry(Table::Logs, std::move(insert), seconds(1), kStart);
  EXPECT_EQ(s.waiting(Table::Logs), 1u);
  EXPECT_EQ(s.take_all().size(), 2u);
  EXPECT_TRUE(s.idle());
}

}  // namespace
}  // namespace sluice::components
