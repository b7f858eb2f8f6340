#pragma once

// LZ4 frames put together from parts that were compressed apart, in parallel: kLz4FrameHeader, the
// blocks of each part, kLz4FrameEnd. The frame has independent blocks of up to 4 MiB and no
// checksums; TCP and the reader's own checks find damage. Format:
// https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md

#include <string_view>

#include "base/buffer.h"

namespace sluice::wire {

/// Magic number, FLG (version 1, independent blocks), BD (blocks up to 4 MiB), header checksum.
inline constexpr std::string_view kLz4FrameHeader{"\x04\x22\x4d\x18\x60\x70\x73", 7};
/// A block of size 0 ends the frame.
inline constexpr std::string_view kLz4FrameEnd{"\0\0\0\0", 4};
/// What the header's BD byte promises.
inline constexpr size_t kLz4BlockBytesMax = 4 << 20;

/// Appends `bytes` to `out` as blocks of a frame, each independent; nothing if there are none.
/// Bytes that do not get smaller are stored as they are.
void append_lz4_blocks(std::string_view bytes, Buffer& out);

}  // namespace sluice::wire
