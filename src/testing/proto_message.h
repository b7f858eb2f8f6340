#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "wire/protobuf_writer.h"

namespace sluice::testing {

/// A protobuf message for tests, written as one expression: ProtoMessage().varint(1, 5).message(2,
/// ProtoMessage()…).
class ProtoMessage {
 public:
  ProtoMessage& varint(uint32_t field, uint64_t value) {
    wire::ProtoWriter(bytes_).varint(field, value);
    return *this;
  }
  ProtoMessage& fixed64(uint32_t field, uint64_t value) {
    wire::ProtoWriter(bytes_).fixed64(field, value);
    return *this;
  }
  ProtoMessage& fixed32(uint32_t field, uint32_t value) {
    wire::ProtoWriter(bytes_).fixed32(field, value);
    return *this;
  }
  ProtoMessage& real(uint32_t field, double value) {
    wire::ProtoWriter(bytes_).number(field, value);
    return *this;
  }
  ProtoMessage& bytes(uint32_t field, std::string_view value) {
    wire::ProtoWriter(bytes_).bytes(field, value);
    return *this;
  }
  ProtoMessage& message(uint32_t field, const ProtoMessage& nested) {
    return bytes(field, nested.bytes_);
  }

  const std::string& str() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

}  // namespace sluice::testing
