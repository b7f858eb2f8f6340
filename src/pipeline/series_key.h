#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "otlp/records.h"

namespace sluice::pipeline {

/// Writes down what tells series, resources or records apart, as bytes: equal for equal values, and
/// different for different ones. The order of attributes does not matter; their types do. Keeps its
/// memory, so that one that is used again allocates nothing.
class SeriesKey {
 public:
  std::string_view view() const { return bytes_; }
  size_t size() const { return bytes_.size(); }
  void clear() { bytes_.clear(); }
  /// Forgets what was added behind the first `size` bytes.
  void truncate(size_t size) { bytes_.resize(size); }

  void add(uint64_t number);
  void add(std::string_view text);
  void add(const otlp::Value& value);
  void add(const otlp::Attributes& attributes);

 private:
  void add_members(const otlp::KeyValue* members, uint32_t count);

  std::string bytes_;
  std::vector<const otlp::KeyValue*> sorted_;  // a stack: values lie within values
};

/// For unordered maps with such keys, so that a view finds what a string keeps.
struct KeyHash {
  using is_transparent = void;
  size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
};

}  // namespace sluice::pipeline
