#pragma once

// FORMAT Native as ClickHouse gives it to clients that name the version of the native protocol that
// they speak (client_protocol_version): the same blocks, with a head before each, and, from a later
// version on, a byte for each column that says how it is serialized. Format:
// https://clickhouse.com/docs/interfaces/formats/Native and the block of
// https://clickhouse.com/docs/native-protocol/server

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "base/status.h"

namespace sluice::native {

/// Goes through a result without version, however it is cut into pieces, and puts in what the
/// version asks for. Holds no more than the names of a column. For one result; not thread-safe.
class ProtocolBlocks {
 public:
  /// From this version on there is something to put in.
  static constexpr uint64_t kVersionMin = 51903;

  explicit ProtocolBlocks(uint64_t version);
  ~ProtocolBlocks();
  ProtocolBlocks(const ProtocolBlocks&) = delete;
  ProtocolBlocks& operator=(const ProtocolBlocks&) = delete;

  /// Appends the next bytes of the result, with what they lack. Unimplemented: a column has a type
  /// whose data has no end that could be found; nothing more can be written.
  Status write(std::string_view bytes, Buffer& out);

 private:
  struct Type;
  class TypeReader;
  /// What is to be gone through next.
  struct Task {
    enum class Do : uint8_t {
      Columns,         ///< how many there are
      Rows,            ///< the same
      Name,            ///< of a column
      TypeName,        ///< the same
      JsonVersion,     ///< must be that of texts
      Data,            ///< `count` values of a type
      Bytes,           ///< `count`
      Strings,         ///< `count`
      LastEnd,         ///< of an array; the elements follow
      DictionaryKind,  ///< of a LowCardinality, with the width of its indexes
      DictionarySize,  ///< the same; the dictionary follows
      Indexes,         ///< the same: their number, and they
    };
    Do what;
    uint64_t count = 0;
    const Type* type = nullptr;
  };

  /// False where the input ends before the task does.
  Result<bool> step();
  Status begin_column();
  void begin_data(const Type& type, uint64_t count);
  bool pass(uint64_t& count);
  bool pass_strings(uint64_t& count);
  bool take_varint(uint64_t& value);
  bool take_fixed(uint64_t& value);
  bool take_string();
  void then(Task task) { tasks_.push_back(task); }

  const bool has_flags_;
  std::string_view in_;
  Buffer* out_ = nullptr;
  std::vector<Task> tasks_;  // the last one is the next
  uint64_t columns_left_ = 0;
  uint64_t rows_ = 0;
  std::unique_ptr<const Type> type_;  // of the column

  // What was read of something that goes on in the next piece.
  uint64_t number_ = 0;
  int number_bits_ = 0;
  bool has_length_ = false;
  uint64_t string_left_ = 0;
  std::string text_;
};

}  // namespace sluice::native
