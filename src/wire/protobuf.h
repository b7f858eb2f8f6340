#pragma once

// A cursor over protobuf's wire format (https://protobuf.dev/programming-guides/encoding/). It
// reads in place and copies nothing. The first error sticks: every later read fails too, so callers
// check once per message.
//
// It accepts what the OpenTelemetry Collector accepts: non-minimal varints, varints of ten bytes
// whose surplus bits are dropped, field numbers cut to 32 bits. An unknown group is skipped by the
// original's rule, which ends the group at its first field that is not itself a group (see skip()).

#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluice::wire {

enum class WireType : uint8_t {
  Varint = 0,
  Fixed64 = 1,
  Length = 2,
  StartGroup = 3,
  EndGroup = 4,
  Fixed32 = 5
};

/// Field number and wire type as they stand on the wire: what a decoder switches on.
constexpr uint64_t proto_tag(uint32_t field, WireType type) {
  return uint64_t{field} << 3 | static_cast<uint64_t>(type);
}

/// Where and why decoding failed. Shared by the cursors of nested messages.
struct ProtoError {
  const char* what = nullptr;  ///< a literal; null while all is well
  const char* at = nullptr;    ///< the byte that was being read
};

class ProtoCursor {
 public:
  ProtoCursor(std::string_view bytes, ProtoError& error)
      : next_(bytes.data()), end_(bytes.data() + bytes.size()), error_(error) {}

  /// Reads the next tag into `tag` (see proto_tag). False at the end of the message and on an
  /// error.
  bool next(uint64_t& tag) {
    if (next_ == end_) return false;
    const auto first = static_cast<uint8_t>(*next_);
    if (first < 0x80 && first >= 8) {
      tag = first;
      ++next_;
      return true;
    }
    return next_slow(tag);
  }

  bool varint(uint64_t& value) {
    if (next_ != end_ && static_cast<uint8_t>(*next_) < 0x80) {
      value = static_cast<uint8_t>(*next_++);
      return true;
    }
    return varint_slow(value);
  }

  bool fixed64(uint64_t& value) { return fixed(value); }
  bool fixed32(uint32_t& value) { return fixed(value); }

  /// A length-delimited field's bytes, as a view into the message.
  bool bytes(std::string_view& value) {
    uint64_t length = 0;
    if (!varint(length)) return false;
    if (length > static_cast<uint64_t>(end_ - next_))
      return fail("a length runs past the end of the message");
    value = {next_, static_cast<size_t>(length)};
    next_ += length;
    return true;
  }

  /// Skips an unknown field, whose tag has just been read.
  bool skip(uint64_t tag);

  bool fail(const char* what) {
    if (error_.what == nullptr) error_ = {what, next_};
    next_ = end_;
    return false;
  }

  bool ok() const { return error_.what == nullptr; }
  size_t remaining() const { return static_cast<size_t>(end_ - next_); }
  ProtoError& error() { return error_; }

 private:
  bool next_slow(uint64_t& tag);
  bool varint_slow(uint64_t& value);

  template <typename T>
  bool fixed(T& value) {
    if (remaining() < sizeof value) return fail("the message ends inside a number");
    std::memcpy(&value, next_, sizeof value);
    next_ += sizeof value;
    return true;
  }

  const char* next_;
  const char* end_;
  ProtoError& error_;
};

}  // namespace sluice::wire
