#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::testing {

/// A Native block, read back by plain code that shares nothing with the writer. Values are text:
/// numbers in decimal (doubles as hexadecimal floats, so that they compare bit by bit), strings as
/// they are, arrays as [a,b], maps as {k=v,k=v}.
struct NativeBlock {
  struct Column {
    std::string name;
    std::string type;
    std::vector<std::string> values;
  };
  std::vector<Column> columns;

  /// The values of one row by column name.
  std::map<std::string, std::string> row(size_t index) const;
  size_t rows() const { return columns.empty() ? 0 : columns[0].values.size(); }
};

/// Reads all blocks of the bytes. Throws std::runtime_error where they are not the Native format.
std::vector<NativeBlock> read_native(std::string_view bytes);

}  // namespace sluice::testing
