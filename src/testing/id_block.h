#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "native/block.h"

namespace sluice::testing {

/// A block with one column, `id` UInt64, for tests of what carries blocks about.
class IdBlock : public native::Block {
 public:
  void add(uint64_t id) { ids_.push_back(id); }

  uint32_t rows() const override { return static_cast<uint32_t>(ids_.size()); }
  size_t bytes() const override { return ids_.size() * sizeof(uint64_t); }
  void encode(std::span<const uint32_t> order, Output& out) const override {
    append_varint(1, out);
    append_varint(order.size(), out);
    for (const std::string text : {"id", "UInt64"}) {
      append_varint(text.size(), out);
      out.append(text.data(), text.size());
    }
    for (const uint32_t row : order) out.append(&ids_[row], sizeof(uint64_t));
  }
  void reset() override { ids_.clear(); }

 private:
  static void append_varint(uint64_t value, Output& out) {
    for (; value >= 0x80; value >>= 7) {
      const auto byte = static_cast<char>(value | 0x80);
      out.append(&byte, 1);
    }
    const auto last = static_cast<char>(value);
    out.append(&last, 1);
  }

  std::vector<uint64_t> ids_;
};

}  // namespace sluice::testing
