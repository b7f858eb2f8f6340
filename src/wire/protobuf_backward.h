#pragma once

// Writes protobuf's wire format (https://protobuf.dev/programming-guides/encoding/) from its end to
// its beginning. The length of a nested message stands before it, and is known once the message is
// written: so every byte is written once, nothing is measured first and nothing is moved. The last
// field goes first; fields come out in the order of a usual writer if they are given in the
// opposite one.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "wire/protobuf.h"

namespace sluice::wire {

/// Keeps its memory between messages. Not thread-safe.
class ProtoBackwardWriter {
 public:
  void varint(uint32_t field, uint64_t value) {
    make_room(2 * kVarintMax);
    put_varint(value);
    put_varint(proto_tag(field, WireType::Varint));
  }
  void fixed64(uint32_t field, uint64_t value) {
    make_room(kVarintMax + sizeof value);
    put_raw(&value, sizeof value);
    put_varint(proto_tag(field, WireType::Fixed64));
  }
  void fixed32(uint32_t field, uint32_t value) {
    make_room(kVarintMax + sizeof value);
    put_raw(&value, sizeof value);
    put_varint(proto_tag(field, WireType::Fixed32));
  }
  void number(uint32_t field, double value) {
    uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    fixed64(field, bits);
  }
  void bytes(uint32_t field, std::string_view value) {
    make_room(2 * kVarintMax + value.size());
    put_raw(value.data(), value.size());
    put_varint(value.size());
    put_varint(proto_tag(field, WireType::Length));
  }

  /// Makes what was written since size() was `mark` the nested message `field`.
  void close(uint32_t field, size_t mark) {
    make_room(2 * kVarintMax);
    put_varint(size() - mark);
    put_varint(proto_tag(field, WireType::Length));
  }
  /// An element of a packed list of varints, which close() then ends.
  void packed_varint(uint64_t value) {
    make_room(kVarintMax);
    put_varint(value);
  }

  size_t size() const { return static_cast<size_t>(end() - at_); }
  /// What was written since clear(). Good until the next call.
  std::string_view view() const { return {at_, size()}; }
  void clear() { at_ = end(); }
  size_t capacity() const { return capacity_; }

 private:
  static constexpr size_t kVarintMax = 10;
  static constexpr size_t kFirst = 4096;

  char* end() const { return memory_.get() + capacity_; }

  void make_room(size_t n) {
    if (static_cast<size_t>(at_ - memory_.get()) < n) grow(n);
  }
  void grow(size_t n) {
    const size_t used = size();
    const size_t larger = std::max({kFirst, 2 * capacity_, used + n});
    std::unique_ptr<char[]> moved(new char[larger]);
    char* at = moved.get() + larger - used;
    if (used != 0) std::memcpy(at, at_, used);
    memory_ = std::move(moved);
    capacity_ = larger;
    at_ = at;
  }
  void put_raw(const void* from, size_t n) {
    at_ -= n;
    copy_short(at_, static_cast<const char*>(from), n);
  }
  void put_varint(uint64_t value) {
    const size_t width = (static_cast<size_t>(std::bit_width(value | 1)) + 6) / 7;
    at_ -= width;
    char* to = at_;
    for (; value >= 0x80; value >>= 7) *to++ = static_cast<char>(value | 0x80);
    *to = static_cast<char>(value);
  }

  std::unique_ptr<char[]> memory_;
  size_t capacity_ = 0;
  char* at_ = nullptr;
};

}  // namespace sluice::wire
