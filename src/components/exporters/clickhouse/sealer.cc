#include "components/exporters/clickhouse/sealer.h"

#include <algorithm>
#include <cstdio>
#include <random>
#include <tuple>
#include <utility>

namespace sluice::components {
namespace {

/// 64 random bits: tokens of two processes, or of two runs, must not meet.
std::string random_prefix() {
  std::random_device device;
  char text[20];
  std::snprintf(text, sizeof text, "%08x%08x-", device(), device());
  return text;
}

}  // namespace

void SealRound::join(std::vector<SealedPart>&& parts) {
  {
    const std::lock_guard lock(mutex_);
    for (SealedPart& sealed : parts) {
      const bool several = sealed.day == mapping::RowOrder::kSeveralDays;
      auto& group = several ? apart_.emplace_back() : by_day_[sealed.day];
      group.push_back(std::move(sealed.part));
    }
    if (--missing_ != 0) return;
  }
  for (auto& [day, group] : by_day_) apart_.push_back(std::move(group));
  finished_(std::move(apart_));
}

Sealer::Sealer(size_t lanes, const SealLimits& limits, Push push)
    : lanes_(lanes),
      limits_(limits),
      push_(std::move(push)),
      lane_rows_(lanes),
      token_prefix_(random_prefix()) {}

void Sealer::grew(size_t lane, mapping::Table table, uint32_t rows, size_t bytes) {
  const auto t = static_cast<size_t>(table);
  lane_rows_[lane][t].fetch_add(rows, std::memory_order_relaxed);
  tables_[t].rows.fetch_add(rows, std::memory_order_relaxed);
  tables_[t].bytes.fetch_add(bytes, std::memory_order_relaxed);
  if (full(table)) std::ignore = seal(table);  // a round that goes on looks again at its end
}

void Sealer::taken(size_t lane, mapping::Table table, uint32_t rows, size_t bytes) {
  const auto t = static_cast<size_t>(table);
  lane_rows_[lane][t].fetch_sub(rows, std::memory_order_relaxed);
  tables_[t].rows.fetch_sub(rows, std::memory_order_relaxed);
  tables_[t].bytes.fetch_sub(bytes, std::memory_order_relaxed);
}

bool Sealer::full(mapping::Table table) const {
  const TableState& state = tables_[static_cast<size_t>(table)];
  return state.rows.load(std::memory_order_relaxed) >= limits_.rows_max ||
         state.bytes.load(std::memory_order_relaxed) >= limits_.bytes_max;
}

/// A lane whose first row comes after it was looked at here is not asked; its own timer sees to
/// that row.
bool Sealer::seal(mapping::Table table) {
  const auto t = static_cast<size_t>(table);
  if (tables_[t].sealing.exchange(true)) return false;
  std::vector<size_t> asked;
  for (size_t lane = 0; lane < lanes_; ++lane) {
    if (lane_rows_[lane][t].load(std::memory_order_relaxed) != 0) asked.push_back(lane);
  }
  if (asked.empty()) {
    tables_[t].sealing = false;
    return true;
  }
  auto round = std::make_shared<SealRound>(table, asked.size(),
                                           [self = shared_from_this(), table](PartGroups&& groups) {
                                             self->finish(table, std::move(groups));
                                           });
  for (const size_t lane : asked) ask_(lane, round);
  return true;
}

void Sealer::finish(mapping::Table table, PartGroups&& groups) {
  std::optional<Insert::Clock::time_point> deadline;
  if (limits_.senders_wait) deadline = Insert::Clock::now() + limits_.timeout;
  for (std::vector<Part>& parts : groups) {
    push_(std::make_unique<Insert>(table, std::move(parts), next_token(), deadline));
  }
  tables_[static_cast<size_t>(table)].sealing = false;
  if (full(table)) std::ignore = seal(table);
}

std::string Sealer::next_token() {
  return token_prefix_ + std::to_string(inserts_.fetch_add(1, std::memory_order_relaxed));
}

uint64_t Sealer::open_rows() const {
  uint64_t rows = 0;
  for (const TableState& state : tables_) rows += state.rows.load();
  return rows;
}

bool Sealer::empty() const {
  return std::all_of(tables_.begin(), tables_.end(), [](const TableState& state) {
    return state.rows.load() == 0 && !state.sealing.load();
  });
}

}  // namespace sluice::components
