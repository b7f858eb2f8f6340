#include "components/exporters/clickhouse/insert.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <string>

#include "testing/id_block.h"
#include "testing/native_reader.h"

namespace sluice::components {
namespace {

using pipeline::Ack;
using pipeline::Outcome;

/// A part with rows first, first + 1 … whose requests have the given numbers of rows. Outcomes go
/// to `answers`.
Part make_part(uint64_t first, const std::vector<uint32_t>& requests, std::vector<Outcome>& answers,
               bool reversed = false, bool lz4 = false) {
  testing::IdBlock block;
  Part part;
  uint32_t row = 0;
  for (const uint32_t rows : requests) {
    const size_t slot = answers.size();
    answers.emplace_back();
    answers[slot].reason = "unanswered";
    part.acks.push_back(
        {Ack([&answers, slot](Outcome&& o) { answers[slot] = std::move(o); }), row, rows});
    for (uint32_t i = 0; i < rows; ++i) block.add(first + row++);
  }
  part.order.resize(row);
  std::iota(part.order.begin(), part.order.end(), 0u);
  if (reversed) std::reverse(part.order.begin(), part.order.end());
  const auto encoded = std::make_shared<Buffer>();
  encode_block(lz4, *encoded, [&](Output& out) { block.encode(part.order, out); });
  part.encoded = encoded;
  return part;
}

Insert make_insert(std::vector<Part> parts) {
  return Insert(mapping::Table::Logs, std::move(parts), "token", std::nullopt);
}

std::vector<std::string> ids_of(const InsertBody& body) {
  std::string bytes;
  for (const auto segment : body.segments) bytes += segment;
  std::vector<std::string> ids;
  for (const auto& block : testing::read_native(bytes)) {
    ids.insert(ids.end(), block.columns[0].values.begin(), block.columns[0].values.end());
  }
  return ids;
}

/// Of an LZ4 frame.
std::vector<std::string> ids_of_frame(const InsertBody& body) {
  EXPECT_EQ(body.segments.front(), wire::kLz4FrameHeader);
  EXPECT_EQ(body.segments.back(), wire::kLz4FrameEnd);
  Buffer plain;
  for (size_t i = 1; i + 1 < body.segments.size(); ++i)
    wire::unpack_lz4_blocks(body.segments[i], plain);
  InsertBody unpacked;
  unpacked.segments.push_back(plain.view());
  return ids_of(unpacked);
}

TEST(Insert, SendsAllRowsAtOnceAndAnswersEveryone) {
  std::vector<Outcome> answers;
  answers.reserve(10);
  std::vector<Part> parts;
  parts.push_back(make_part(100, {2, 1}, answers));
  parts.push_back(make_part(200, {1}, answers));
  Insert insert = make_insert(std::move(parts));
  EXPECT_EQ(insert.rows(), 4u);
  InsertBody body;
  insert.encode_piece(false, body);
  EXPECT_EQ(ids_of(body), (std::vector<std::string>{"100", "101", "102", "200"}));
  insert.piece_stored();
  EXPECT_TRUE(insert.finished());
  EXPECT_EQ(insert.stored_rows(), 4u);
  insert.resolve({});
  for (const Outcome& o : answers) {
    EXPECT_TRUE(o.status.ok());
    EXPECT_EQ(o.rejected, 0u);
    EXPECT_EQ(o.reason, "");
  }
}

TEST(Insert, PiecesOfACompressedBlockAreCutOutOfIt) {
  std::vector<Outcome> answers;
  answers.reserve(10);
  std::vector<Part> parts;
  parts.push_back(make_part(1, {3}, answers, true, true));
  parts.push_back(make_part(10, {2}, answers, false, true));
  parts.push_back(make_part(20, {3}, answers, false, true));
  Insert insert = make_insert(std::move(parts));
  insert.divide_piece("bad", 8);  // of rows 1 to 7 the middle part is whole
  InsertBody body;
  for (const bool release : {false, true}) {
    if (release) insert.release_unpacked();
    insert.encode_piece(true, body);
    EXPECT_EQ(ids_of_frame(body),
              (std::vector<std::string>{"3", "2", "1", "10", "11", "20", "21"}));
  }
  insert.piece_stored();
  insert.encode_piece(true, body);
  EXPECT_EQ(ids_of_frame(body), (std::vector<std::string>{"22"}));
}

/// Sends pieces until all is settled; a piece with a bad id is refused. Returns the tries that
/// took.
int settle(Insert& insert, const std::set<std::string>& bad, std::multiset<std::string>& stored) {
  int tries = 0;
  InsertBody body;
  for (; !insert.finished(); ++tries) {
    insert.encode_piece(false, body);
    const auto ids = ids_of(body);
    bool refused = false;
    for (const auto& id : ids) refused |= bad.count(id) != 0;
    if (refused) {
      insert.divide_piece("bad row");
    } else {
      stored.insert(ids.begin(), ids.end());
      insert.piece_stored();
    }
  }
  return tries;
}

TEST(Insert, ABadRowIsFoundAndItsNeighboursAreStored) {
  for (const std::string bad : {"10", "11", "14", "20", "29"}) {
    std::vector<Outcome> answers;
    answers.reserve(10);
    std::vector<Part> parts;
    parts.push_back(make_part(10, {5, 5}, answers, true));
    parts.push_back(make_part(20, {10}, answers));
    Insert insert = make_insert(std::move(parts));
    std::multiset<std::string> stored;
    EXPECT_LE(settle(insert, {bad}, stored), 2 * 5 + 1);
    EXPECT_EQ(stored.size(), 19u);
    EXPECT_EQ(stored.count(bad), 0u);
    EXPECT_EQ(insert.rejected_rows(), 1u);
    insert.resolve({});
    const int owner = bad < "15" ? 0 : bad < "20" ? 1 : 2;
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(answers[i].status.ok());
      EXPECT_EQ(answers[i].rejected, i == owner ? 1u : 0u) << bad << " " << i;
      EXPECT_EQ(answers[i].reason, i == owner ? "bad row" : "") << bad << " " << i;
    }
  }
}

TEST(Insert, ANamedRowIsTriedAlone) {
  std::vector<Outcome> answers;
  answers.reserve(10);
  std::vector<Part> parts;
  parts.push_back(make_part(1, {1000}, answers));
  Insert insert = make_insert(std::move(parts));
  insert.divide_piece("bad", 500);
  std::vector<std::pair<uint32_t, uint32_t>> pieces;
  for (; !insert.finished(); insert.piece_stored()) {
    pieces.emplace_back(insert.piece().begin, insert.piece().end);
  }
  EXPECT_EQ(pieces,
            (std::vector<std::pair<uint32_t, uint32_t>>{{0, 499}, {499, 500}, {500, 1000}}));
  insert.resolve({});
}

TEST(Insert, ARowNumberThatCannotBeIsIgnored) {
  for (const uint64_t row : {uint64_t{0}, uint64_t{11}, UINT64_MAX}) {
    std::vector<Outcome> answers;
    answers.reserve(10);
    std::vector<Part> parts;
    parts.push_back(make_part(1, {10}, answers));
    Insert insert = make_insert(std::move(parts));
    insert.divide_piece("bad", row);
    EXPECT_EQ(insert.piece().begin, 0u);
    EXPECT_EQ(insert.piece().end, 5u);
    insert.resolve(unavailable("later"));
  }
}

TEST(Insert, ABatchThatIsBadThroughoutDoesNotCostAnInsertPerRow) {
  std::vector<Outcome> answers;
  answers.reserve(10);
  constexpr uint32_t kRows = 50'000;
  std::vector<Part> parts;
  parts.push_back(make_part(0, {kRows}, answers));
  Insert insert = make_insert(std::move(parts));
  std::set<std::string> bad;
  for (uint32_t i = 0; i < kRows; ++i) bad.insert(std::to_string(i));
  std::multiset<std::string> stored;
  EXPECT_LT(settle(insert, bad, stored), 1000);
  insert.resolve({});
  EXPECT_EQ(answers[0].rejected, kRows);
}

TEST(Insert, RowsThatWereNotSettledGoBackToTheirSendersOnly) {
  std::vector<Outcome> answers;
  answers.reserve(10);
  std::vector<Part> parts;
  parts.push_back(make_part(0, {4, 4}, answers));
  Insert insert = make_insert(std::move(parts));
  insert.divide_piece("bad");  // halves: the first request and the second
  insert.piece_stored();
  EXPECT_EQ(insert.unsent_rows(), 4u);
  insert.resolve(unavailable("later"));
  EXPECT_TRUE(answers[0].status.ok());
  EXPECT_EQ(answers[1].status.code(), Code::Unavailable);
}

TEST(Insert, TokensBelongToTheirRows) {
  std::vector<Outcome> answers;
  answers.reserve(10);
  std::vector<Part> parts;
  parts.push_back(make_part(0, {8}, answers));
  Insert insert = make_insert(std::move(parts));
  std::set<std::string> tokens = {insert.piece_token()};
  EXPECT_EQ(insert.piece_token(), *tokens.begin());
  for (int i = 0; i < 3; ++i) {
    insert.divide_piece("bad");
    EXPECT_TRUE(tokens.insert(insert.piece_token()).second);
  }
  insert.resolve(unavailable("later"));
}

TEST(Insert, DroppingItTellsSendersToRetry) {
  std::vector<Outcome> answers;
  answers.reserve(10);
  {
    std::vector<Part> parts;
    parts.push_back(make_part(0, {1}, answers));
    const Insert insert = make_insert(std::move(parts));
  }
  EXPECT_EQ(answers[0].status.code(), Code::Unavailable);
}

}  // namespace
}  // namespace sluice::components
