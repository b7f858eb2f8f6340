#pragma once

// One insert on its way: rows of one table and one partition from the blocks of all lanes, and the
// promises to those who sent them. It knows which rows are stored, refused or still to be sent;
// when and where they are sent is not its business.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/budget.h"
#include "base/buffer.h"
#include "base/output.h"
#include "delivery/backoff.h"
#include "mapping/tables.h"
#include "pipeline/ack.h"
#include "wire/lz4_frame.h"

namespace sluice::components {

/// The promise for rows [first_row, first_row + rows) of a block.
struct AckSpan {
  pipeline::Ack ack;
  uint32_t first_row = 0;
  uint32_t rows = 0;
};

/// The span that holds the row. REQUIRES: `acks` is sorted by first row, and one of them does.
size_t span_of(const std::vector<AckSpan>& acks, uint32_t row);

/// What one lane's block gives to an insert.
struct Part {
  std::vector<uint32_t> order;  ///< rows of the block, in the order in which they leave
  /// They, as one Native block or as LZ4 blocks of that; never null.
  std::shared_ptr<const Buffer> encoded;
  /// The Native block, from when some of its rows are sent without the others.
  Buffer unpacked;
  Budget::Share memory;       ///< of `order` and `encoded`
  std::vector<AckSpan> acks;  ///< sorted by first row; those with at least one row in `order`
};

/// Appends a Native block, which `encode(Output&)` writes, as it is or as LZ4 blocks.
template <typename Encode>
void encode_block(bool lz4, Buffer& out, Encode&& encode) {
  const auto run = [&](auto&& output) {
    encode(output);
    output.finish();
  };
  if (lz4) {
    run(wire::Lz4BlocksOutput(out));
  } else {
    run(BufferOutput(out));
  }
}

/// The bytes of an insert. The views point into the parts or into `scratch`.
struct InsertBody {
  std::vector<std::string_view> segments;
  Buffer scratch;
};

/// Not thread-safe; handed from thread to thread as a whole. Destroying it answers all senders with
/// "retry".
class Insert {
 public:
  using Clock = std::chrono::steady_clock;

  /// `deadline`: when waiting senders get told to retry; none if nobody waits.
  /// `token` names these rows; unique.
  Insert(mapping::Table table, std::vector<Part> parts, std::string token,
         std::optional<Clock::time_point> deadline);

  mapping::Table table() const { return table_; }
  uint32_t rows() const { return rows_; }
  size_t bytes() const { return bytes_; }
  const std::optional<Clock::time_point>& deadline() const { return deadline_; }
  /// Of whoever schedules it; empty until a try has failed.
  std::optional<delivery::Backoff>& backoff() { return backoff_; }
  const std::string& token() const { return token_; }

  /// The rows that are to be sent next, as positions in the insert.
  struct Piece {
    uint32_t begin = 0;
    uint32_t end = 0;
    int tries = 0;
    uint32_t rows() const { return end - begin; }
  };
  /// Nothing is left to be sent.
  bool finished() const { return pieces_.empty(); }
  /// REQUIRES: !finished(). Same for those below.
  const Piece& piece() const { return pieces_.back(); }
  /// The same for the same rows, another one for others.
  std::string piece_token() const;
  /// `lz4`: whether that is what the parts hold, and what the body becomes.
  void encode_piece(bool lz4, InsertBody& out);
  void count_try() { ++pieces_.back().tries; }
  /// Gives the memory of unpacked blocks back; they are unpacked again when needed. For rows that
  /// have to wait.
  void release_unpacked();

  /// The piece is in the store.
  void piece_stored();
  /// The piece holds a row that cannot be stored, or is too much at once: smaller ones take its
  /// place, down to one row; what cannot be divided further, or is not worth it, is rejected with
  /// `reason`. `bad_row`, from 1, is the first row to try alone, where known.
  void divide_piece(std::string_view reason, std::optional<uint64_t> bad_row = {});

  /// Why the last try failed, for those who are told to retry in the end; empty if none did.
  const std::string& last_failure() const { return last_failure_; }
  void set_last_failure(std::string text) { last_failure_ = std::move(text); }

  uint32_t stored_rows() const { return stored_rows_; }
  uint32_t rejected_rows() const { return rejected_rows_; }
  uint32_t unsent_rows() const;

  /// Answers all senders: rejected rows are named, and whoever has rows that were neither stored
  /// nor rejected gets `rest`. The Insert holds no promise afterwards.
  void resolve(const Status& rest);

  /// More bad rows than this, and pieces of at most kDensePieceRows are rejected whole: a batch
  /// that is bad throughout must not cost a hundred thousand inserts.
  static constexpr uint32_t kDenseRejects = 100;
  static constexpr uint32_t kDensePieceRows = 1000;

 private:
  struct Range {
    uint32_t begin = 0;
    uint32_t end = 0;
  };
  struct SpanResult {
    uint32_t rejected = 0;
    bool unsent = false;
  };
  void reject_piece(std::string_view reason);
  template <typename Visit>
  void for_each_row(Range range, std::vector<std::vector<SpanResult>>& results, Visit visit);

  const mapping::Table table_;
  std::vector<Part> parts_;
  const std::string token_;
  const std::optional<Clock::time_point> deadline_;
  std::optional<delivery::Backoff> backoff_;
  uint32_t rows_ = 0;
  size_t bytes_ = 0;
  std::vector<Piece> pieces_;  // the next one last
  std::vector<Range> rejected_;
  std::string reason_;  // of the first rejected row
  std::string last_failure_;
  uint32_t stored_rows_ = 0;
  uint32_t rejected_rows_ = 0;
};

}  // namespace sluice::components
