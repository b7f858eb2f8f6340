#include "testing/native_reader.h"

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace sluice::testing {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool at_end() const { return bytes_.empty(); }

  NativeBlock block() {
    NativeBlock out;
    const uint64_t columns = varint();
    const uint64_t rows = varint();
    for (uint64_t i = 0; i < columns; ++i) {
      NativeBlock::Column column;
      column.name = string();
      column.type = string();
      if (rows != 0) {
        prefix(column.type);
        column.values = data(column.type, rows);
      }
      out.columns.push_back(std::move(column));
    }
    return out;
  }

 private:
  std::string_view take(uint64_t n) {
    if (n > bytes_.size()) throw std::runtime_error("native: the block ends early");
    const std::string_view out = bytes_.substr(0, n);
    bytes_.remove_prefix(n);
    return out;
  }
  template <typename T>
  T raw() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  uint64_t varint() {
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = raw<uint8_t>();
      value |= uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return value;
    }
  }
  std::string string() { return std::string(take(varint())); }

  static bool unwrap(std::string_view type, std::string_view outer, std::string_view& inner) {
    if (type.substr(0, outer.size()) != outer || type[outer.size()] != '(') return false;
    inner = type.substr(outer.size() + 1, type.size() - outer.size() - 2);
    return true;
  }

  /// The state before a column's data: a version for each LowCardinality or JSON inside.
  void prefix(std::string_view type) {
    std::string_view inner;
    if (type == "JSON") {
      if (raw<uint64_t>() != 1) throw std::runtime_error("native: JSON that is no text");
    } else if (unwrap(type, "Array", inner)) {
      prefix(inner);
    } else if (unwrap(type, "Map", inner) || unwrap(type, "LowCardinality", inner)) {
      if (type.find("LowCardinality") == std::string_view::npos) return;
      if (raw<uint64_t>() != 1)
        throw std::runtime_error("native: a LowCardinality of unknown version");
    }
  }

  template <typename T>
  std::vector<std::string> numbers(uint64_t rows) {
    std::vector<std::string> out;
    for (uint64_t i = 0; i < rows; ++i) {
      const T value = raw<T>();
      if constexpr (std::is_floating_point_v<T>) {
        char text[64];
        std::snprintf(text, sizeof text, "%a", value);
        out.emplace_back(text);
      } else {
        out.push_back(std::to_string(value));
      }
    }
    return out;
  }

  std::vector<std::string> data(std::string_view type, uint64_t rows) {
    std::string_view inner;
    if (type == "String" || type == "JSON") {
      std::vector<std::string> out;
      for (uint64_t i = 0; i < rows; ++i) out.push_back(string());
      return out;
    }
    if (type == "UInt8" || type == "Bool") return numbers<uint8_t>(rows);
    if (type == "UInt32" || type == "DateTime") return numbers<uint32_t>(rows);
    if (type == "UInt64") return numbers<uint64_t>(rows);
    if (type == "Int32") return numbers<int32_t>(rows);
    if (type == "DateTime64(9)") return numbers<int64_t>(rows);
    if (type == "Float64") return numbers<double>(rows);
    if (unwrap(type, "LowCardinality", inner)) return low_cardinality(inner, rows);
    if (unwrap(type, "Array", inner)) return array(inner, rows);
    if (unwrap(type, "Map", inner)) return map(rows);
    throw std::runtime_error("native: no reader for type " + std::string(type));
  }

  std::vector<std::string> low_cardinality(std::string_view inner, uint64_t rows) {
    if (rows == 0) return {};
    const auto flags = raw<uint64_t>();
    const std::vector<std::string> keys = data(inner, raw<uint64_t>());
    if (raw<uint64_t>() != rows)
      throw std::runtime_error("native: a LowCardinality with a wrong number of rows");
    std::vector<std::string> out;
    for (uint64_t i = 0; i < rows; ++i) {
      const uint64_t width = flags & 0xff;
      const uint64_t index = width == 0   ? raw<uint8_t>()
                             : width == 1 ? raw<uint16_t>()
                                          : raw<uint32_t>();
      out.push_back(keys.at(index));
    }
    return out;
  }

  std::vector<uint64_t> offsets(uint64_t rows) {
    std::vector<uint64_t> out;
    for (uint64_t i = 0; i < rows; ++i) out.push_back(raw<uint64_t>());
    return out;
  }

  std::vector<std::string> array(std::string_view inner, uint64_t rows) {
    const std::vector<uint64_t> ends = offsets(rows);
    const std::vector<std::string> elements = data(inner, ends.empty() ? 0 : ends.back());
    return join(ends, '[', ']', [&](uint64_t i) { return elements[i]; });
  }

  std::vector<std::string> map(uint64_t rows) {
    const std::vector<uint64_t> ends = offsets(rows);
    const uint64_t count = ends.empty() ? 0 : ends.back();
    const std::vector<std::string> keys = data("LowCardinality(String)", count);
    const std::vector<std::string> values = data("String", count);
    return join(ends, '{', '}', [&](uint64_t i) { return keys[i] + "=" + values[i]; });
  }

  template <typename Text>
  static std::vector<std::string> join(const std::vector<uint64_t>& ends, char open, char close,
                                       Text text) {
    std::vector<std::string> out;
    uint64_t at = 0;
    for (const uint64_t end : ends) {
      std::string row(1, open);
      for (bool first = true; at < end; ++at, first = false) row += (first ? "" : ",") + text(at);
      out.push_back(row + close);
    }
    return out;
  }

  std::string_view bytes_;
};

}  // namespace

std::map<std::string, std::string> NativeBlock::row(size_t index) const {
  std::map<std::string, std::string> out;
  for (const Column& column : columns) out[column.name] = column.values.at(index);
  return out;
}

std::vector<NativeBlock> read_native(std::string_view bytes) {
  std::vector<NativeBlock> out;
  for (Reader reader(bytes); !reader.at_end();) out.push_back(reader.block());
  return out;
}

}  // namespace sluice::testing
