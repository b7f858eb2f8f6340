#pragma once

// Writes protobuf's wire format. For requests that we make ourselves (the load generator, tests); not a hot path.

#include <cstdint>
#include <string>
#include <string_view>

#include "wire/protobuf.h"

namespace sluice::wire {

/// Appends fields to a message. A nested message is written as a string of its own and added with bytes().
class ProtoWriter {
 public:
  ProtoWriter& varint(uint32_t field, uint64_t value) {
    tag(field, WireType::Varint);
    raw_varint(value);
    return *this;
  }
  ProtoWriter& fixed64(uint32_t field, uint64_t value) {
    tag(field, WireType::Fixed64);
    raw(&value, sizeof value);
    return *this;
  }
  ProtoWriter& fixed32(uint32_t field, uint32_t value) {
    tag(field, WireType::Fixed32);
    raw(&value, sizeof value);
    return *this;
  }
  ProtoWriter& real(uint32_t field, double value) {
    tag(field, WireType::Fixed64);
    raw(&value, sizeof value);
    return *this;
  }
  ProtoWriter& bytes(uint32_t field, std::string_view value) {
    tag(field, WireType::Length);
    raw_varint(value.size());
    message_.append(value);
    return *this;
  }
  ProtoWriter& message(uint32_t field, const ProtoWriter& nested) { return bytes(field, nested.str()); }

  const std::string& str() const { return message_; }
  std::string take() { return std::move(message_); }
  void clear() { message_.clear(); }

 private:
  void tag(uint32_t field, WireType type) { raw_varint(proto_tag(field, type)); }
  void raw_varint(uint64_t value) {
    while (value >= 0x80) {
      message_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    message_.push_back(static_cast<char>(value));
  }
  void raw(const void* value, size_t size) { message_.append(static_cast<const char*>(value), size); }

  std::string message_;
};

}  // namespace sluice::wire
