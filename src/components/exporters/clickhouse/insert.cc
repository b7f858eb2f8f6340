#include "components/exporters/clickhouse/insert.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "native/select_rows.h"

namespace sluice::components {

size_t span_of(const std::vector<AckSpan>& acks, uint32_t row) {
  const auto after =
      std::upper_bound(acks.begin(), acks.end(), row,
                       [](uint32_t r, const AckSpan& span) { return r < span.first_row; });
  SLUICE_CHECK(after != acks.begin());
  return static_cast<size_t>(after - acks.begin()) - 1;
}

namespace {

std::string_view native_block(Part& part, bool lz4) {
  if (!lz4) return part.encoded->view();
  if (part.unpacked.empty()) wire::unpack_lz4_blocks(part.encoded->view(), part.unpacked);
  return part.unpacked.view();
}

}  // namespace

Insert::Insert(mapping::Table table, std::vector<Part> parts, std::string token,
               std::optional<Clock::time_point> deadline)
    : table_(table), parts_(std::move(parts)), token_(std::move(token)), deadline_(deadline) {
  for (const Part& part : parts_) {
    rows_ += static_cast<uint32_t>(part.order.size());
    bytes_ += part.encoded->size();
  }
  pieces_.push_back({0, rows_, 0});
}

std::string Insert::piece_token() const {
  return token_ + ":" + std::to_string(piece().begin) + "-" + std::to_string(piece().end);
}

void Insert::encode_piece(bool lz4, InsertBody& out) {
  struct Selected {  // bytes of scratch, which moves while it grows
    size_t segment;
    size_t begin;
    size_t end;
  };
  out.segments.clear();
  out.scratch.clear();
  if (lz4) out.segments.push_back(wire::kLz4FrameHeader);
  std::vector<Selected> selected;
  uint32_t first = 0;  // position of the part's first row
  for (Part& part : parts_) {
    const auto count = static_cast<uint32_t>(part.order.size());
    const uint32_t from = std::max(piece().begin, first);
    const uint32_t to = std::min(piece().end, first + count);
    if (from < to && to - from == count) {
      out.segments.push_back(part.encoded->view());
    } else if (from < to) {
      const size_t begin = out.scratch.size();
      encode_block(lz4, out.scratch, [&](Output& output) {
        native::select_rows(native_block(part, lz4), {from - first, to - first}, output);
      });
      selected.push_back({out.segments.size(), begin, out.scratch.size()});
      out.segments.emplace_back();
    }
    first += count;
  }
  for (const Selected& s : selected)
    out.segments[s.segment] = out.scratch.view().substr(s.begin, s.end - s.begin);
  if (lz4) out.segments.push_back(wire::kLz4FrameEnd);
}

void Insert::release_unpacked() {
  for (Part& part : parts_) part.unpacked.release();
}

void Insert::piece_stored() {
  stored_rows_ += piece().rows();
  pieces_.pop_back();
}

void Insert::divide_piece(std::string_view reason, std::optional<uint64_t> bad_row) {
  const Piece whole = piece();
  const bool dense = rejected_rows_ > kDenseRejects && whole.rows() <= kDensePieceRows;
  if (whole.rows() == 1 || dense) {
    reject_piece(reason);
    return;
  }
  pieces_.pop_back();
  auto add = [this](uint32_t begin, uint32_t end) {
    if (begin < end) pieces_.push_back({begin, end, 0});
  };
  if (bad_row && *bad_row >= 1 && *bad_row <= whole.rows()) {
    const uint32_t bad = whole.begin + static_cast<uint32_t>(*bad_row) - 1;
    add(bad + 1, whole.end);
    add(bad, bad + 1);
    add(whole.begin, bad);
    return;
  }
  const uint32_t middle = whole.begin + whole.rows() / 2;
  add(middle, whole.end);
  add(whole.begin, middle);
}

void Insert::reject_piece(std::string_view reason) {
  if (rejected_.empty()) reason_ = reason;
  rejected_.push_back({piece().begin, piece().end});
  rejected_rows_ += piece().rows();
  pieces_.pop_back();
}

uint32_t Insert::unsent_rows() const {
  uint32_t rows = 0;
  for (const Piece& p : pieces_) rows += p.rows();
  return rows;
}

/// Calls visit(result of the span) for each row of the range.
template <typename Visit>
void Insert::for_each_row(Range range, std::vector<std::vector<SpanResult>>& results, Visit visit) {
  uint32_t first = 0;
  for (size_t p = 0; p < parts_.size(); ++p) {
    const Part& part = parts_[p];
    const auto count = static_cast<uint32_t>(part.order.size());
    const uint32_t to = std::min(range.end, first + count);
    for (uint32_t at = std::max(range.begin, first); at < to && !part.acks.empty(); ++at) {
      visit(results[p][span_of(part.acks, part.order[at - first])]);
    }
    first += count;
  }
}

void Insert::resolve(const Status& rest) {
  std::vector<std::vector<SpanResult>> results(parts_.size());
  for (size_t p = 0; p < parts_.size(); ++p) results[p].resize(parts_[p].acks.size());
  for (const Range& range : rejected_) {
    for_each_row(range, results, [](SpanResult& r) { ++r.rejected; });
  }
  for (const Piece& piece : pieces_) {
    for_each_row({piece.begin, piece.end}, results, [](SpanResult& r) { r.unsent = true; });
  }
  for (size_t p = 0; p < parts_.size(); ++p) {
    for (size_t i = 0; i < results[p].size(); ++i) {
      const SpanResult& r = results[p][i];
      parts_[p].acks[i].ack.resolve(
          {r.unsent ? rest : Status(), r.rejected, r.rejected != 0 ? reason_ : std::string()});
    }
    parts_[p].acks.clear();
  }
}

}  // namespace sluice::components
