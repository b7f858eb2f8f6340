#include "wire/protobuf.h"

namespace sluice::wire {

bool ProtoCursor::varint_slow(uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (next_ == end_) return fail("the message ends inside a varint");
    const auto byte = static_cast<uint8_t>(*next_++);
    value |= uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return true;
  }
  return fail("a varint is longer than ten bytes");
}

bool ProtoCursor::next_slow(uint64_t& tag) {
  uint64_t raw = 0;
  if (!varint(raw)) return false;
  const auto field = static_cast<uint32_t>(raw >> 3);
  if (field == 0 || field > 0x7fffffffU) return fail("an illegal field number");
  tag = uint64_t{field} << 3 | (raw & 7);
  return true;
}

bool ProtoCursor::skip(uint64_t tag) {
  // The Collector's skipping of groups, kept exactly: inside a group, the first field that is not a
  // group ends the skipping, and what follows is read as fields of the enclosing message. Only
  // groups of groups are skipped whole.
  uint64_t depth = 0;
  for (;;) {
    if (next_ == end_) return fail("the message ends inside a field");
    switch (static_cast<WireType>(tag & 7)) {
      case WireType::Varint: {
        uint64_t ignored = 0;
        return varint(ignored);
      }
      case WireType::Fixed64: {
        uint64_t ignored = 0;
        return fixed64(ignored);
      }
      case WireType::Length: {
        std::string_view ignored;
        return bytes(ignored);
      }
      case WireType::Fixed32: {
        uint32_t ignored = 0;
        return fixed32(ignored);
      }
      case WireType::StartGroup: ++depth; break;
      case WireType::EndGroup:
        if (depth == 0) return fail("a group ends that was never begun");
        --depth;
        break;
      default: return fail("an illegal wire type");
    }
    if (depth == 0) return true;
    if (!next(tag)) return fail("the message ends inside a group");
  }
}

}  // namespace sluice::wire
