#include "components/exporters/clickhouse/insert.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/check.h"
#include "wire/lz4_frame.h"

namespace sluice::components {

size_t span_of(const std::vector<AckSpan>& acks, uint32_t row) {
  const auto after =
      std::upper_bound(acks.begin(), acks.end(), row,
                       [](uint32_t r, const AckSpan& span) { return r < span.first_row; });
  SLUICE_CHECK(after != acks.begin());
  return static_cast<size_t>(after - acks.begin()) - 1;
}

Insert::Insert(mapping::Table table, std::vector<Part> parts, std::string token,
               std::optional<Clock::time_point> deadline)
    : table_(table), parts_(std::move(parts)), token_(std::move(token)), deadline_(deadline) {
  for (const Part& part : parts_) {
    rows_ += static_cast<uint32_t>(part.order.size());
    if (part.encoded) bytes_ += part.encoded->size();
  }
  pieces_.push_back({0, rows_, 0});
}

std::string Insert::piece_token() const {
  return token_ + ":" + std::to_string(piece().begin) + "-" + std::to_string(piece().end);
}

void Insert::encode_piece(bool lz4, InsertBody& out) const {
  out.segments.clear();
  out.scratch.clear();
  const bool whole = piece().rows() == rows_;
  if (lz4) out.segments.push_back(wire::kLz4FrameHeader);
  uint32_t first = 0;                              // position of the part's first row
  std::vector<std::pair<size_t, size_t>> encoded;  // in scratch, which moves while it grows
  for (const Part& part : parts_) {
    const auto count = static_cast<uint32_t>(part.order.size());
    const uint32_t from = std::max(piece().begin, first);
    const uint32_t to = std::min(piece().end, first + count);
    if (from < to && whole && part.encoded != nullptr) {
      out.segments.push_back(part.encoded->view());
    } else if (from < to) {
      const size_t start = out.scratch.size();
      encode_part(part, from - first, to - first, lz4, out);
      encoded.emplace_back(start, out.scratch.size() - start);
    }
    first += count;
  }
  for (const auto& [start, size] : encoded) {
    out.segments.push_back(out.scratch.view().substr(start, size));
  }
  if (lz4) out.segments.push_back(wire::kLz4FrameEnd);
}

void encode_rows(const native::Block& block, std::span<const uint32_t> rows, bool lz4,
                 Buffer& out) {
  if (!lz4) {
    block.append_to(rows, out);
    return;
  }
  wire::Lz4BlocksOutput blocks(out);
  block.encode(rows, blocks);
  blocks.finish();
}

/// Appends rows [from, to) of the part's order to out.scratch.
void Insert::encode_part(const Part& part, uint32_t from, uint32_t to, bool lz4,
                         InsertBody& out) const {
  const std::span<const uint32_t> rows = std::span(part.order).subspan(from, to - from);
  encode_rows(*part.sealed->block, rows, lz4, out.scratch);
}

void Insert::release_encoded() {
  for (Part& part : parts_) {
    part.encoded.reset();
    part.memory.reset();
  }
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
