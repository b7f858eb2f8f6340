#pragma once

// Snappy's framing format: https://github.com/google/snappy/blob/main/framing_format.txt

#include <string_view>

#include "base/buffer.h"
#include "base/status.h"

namespace sluice::wire {

/// The chunk that every framed stream begins with.
inline constexpr std::string_view kSnappyStreamHeader{"\xff\x06\x00\x00sNaPpY", 10};

/// Both as decompress() and compress() in wire/compression.h.
Status decompress_snappy_frames(std::string_view in, size_t limit, Buffer& out);
void compress_snappy_frames(std::string_view in, Buffer& out);

}  // namespace sluice::wire
