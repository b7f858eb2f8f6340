#pragma once

// Writes protobuf's wire format (https://protobuf.dev/programming-guides/encoding/) into a string.
// Nested messages are written in place: begin() and end() stand around their fields.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "wire/protobuf.h"

namespace sluice::wire {

class ProtoWriter {
 public:
  /// Appends to `out`, which must outlive the writer.
  explicit ProtoWriter(std::string& out) : out_(out) {}

  void varint(uint32_t field, uint64_t value) {
    put_varint(proto_tag(field, WireType::Varint));
    put_varint(value);
  }
  void fixed64(uint32_t field, uint64_t value) {
    put_varint(proto_tag(field, WireType::Fixed64));
    put_raw(value);
  }
  void fixed32(uint32_t field, uint32_t value) {
    put_varint(proto_tag(field, WireType::Fixed32));
    put_raw(value);
  }
  void number(uint32_t field, double value) {
    uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    fixed64(field, bits);
  }
  void bytes(uint32_t field, std::string_view value) {
    put_varint(proto_tag(field, WireType::Length));
    put_varint(value.size());
    out_.append(value);
  }

  /// Begins a nested message; what is returned goes to its end(). Messages nest like brackets.
  size_t begin(uint32_t field) {
    put_varint(proto_tag(field, WireType::Length));
    return out_.size();
  }
  void end(size_t mark) {
    // The length is known only now. Moving the message is cheaper than measuring it first: nearly
    // all are short.
    const uint64_t size = out_.size() - mark;
    char length[kVarintMax];
    const size_t width = encode_varint(size, length);
    out_.insert(mark, length, width);
  }

 private:
  static constexpr size_t kVarintMax = 10;

  static size_t encode_varint(uint64_t value, char* to) {
    size_t n = 0;
    while (value >= 0x80) {
      to[n++] = static_cast<char>(value | 0x80);
      value >>= 7;
    }
    to[n++] = static_cast<char>(value);
    return n;
  }
  void put_varint(uint64_t value) {
    char bytes[kVarintMax];
    out_.append(bytes, encode_varint(value, bytes));
  }
  template <typename T>
  void put_raw(T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out_.append(bytes, sizeof value);
  }

  std::string& out_;
};

}  // namespace sluice::wire
