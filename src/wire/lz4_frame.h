#pragma once

// LZ4 frames put together from parts that were compressed apart, in parallel: kLz4FrameHeader, the
// blocks of each part, kLz4FrameEnd. The frame has independent blocks and no checksums; TCP and the
// reader's own checks find damage. Format:
// https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md

#include <string_view>

#include "base/buffer.h"
#include "base/output.h"
#include "wire/lz4_block.h"

namespace sluice::wire {

/// Magic number, FLG (version 1, independent blocks), BD (blocks up to 64 KiB), header checksum.
inline constexpr std::string_view kLz4FrameHeader{"\x04\x22\x4d\x18\x60\x40\x82", 7};
/// A block of size 0 ends the frame.
inline constexpr std::string_view kLz4FrameEnd{"\0\0\0\0", 4};
// What the header's BD byte promises.
static_assert(kLz4BlockBytesMax == 64 << 10);
static_assert(Output::kPieceBytes <= kLz4BlockBytesMax);

/// Appends what it is given to a buffer, which must outlive it, as blocks of a frame. Bytes that do
/// not get smaller, or look as if they hardly would, are stored as they are.
class Lz4BlocksOutput final : public Output {
 public:
  explicit Lz4BlocksOutput(Buffer& to) : to_(to) {}

 private:
  void use(std::string_view piece) override;
  Buffer& to_;
  bool was_dense_ = false;  ///< the last piece hardly got smaller
};

/// Appends what blocks that an Lz4BlocksOutput wrote hold.
void unpack_lz4_blocks(std::string_view blocks, Buffer& out);

}  // namespace sluice::wire
