#pragma once

// What the files of stream codecs share: a file for each library, one table of all in
// stream_codec.cc.

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/status.h"
#include "wire/stream_codec.h"

namespace sluice::wire {

/// Output goes on in pieces of this size.
inline constexpr size_t kPieceBytes = 128 << 10;

/// A decoder's input is over before its data is.
inline Status cut_error(const char* encoding) {
  return invalid_argument(std::string(encoding) + " data ends too early");
}

inline Status damage_error(const char* encoding, const char* why) {
  return invalid_argument(std::string(encoding) +
                          " data is damaged: " + (why != nullptr ? why : "bad bytes"));
}

/// A level that a library knows; 0, for a fast one, becomes 1.
inline int level_within(int level, int max) { return std::clamp(level, 1, max); }

/// Removes the first `n` bytes.
inline void drop_front(Buffer& buffer, size_t n) {
  const size_t left = buffer.size() - n;
  if (n != 0 && left != 0) std::memmove(buffer.data(), buffer.data() + n, left);
  buffer.resize(left);
}

/// An encoder of blocks that each stand for `block_bytes` of the stream; the last one for what is
/// left.
class BlockEncoder : public StreamCodec {
 public:
  explicit BlockEncoder(size_t block_bytes) : block_bytes_(block_bytes) {}

  Status write(std::string_view in, const Sink& out) final {
    while (!in.empty()) {
      const std::string_view part = in.substr(0, block_bytes_ - pending_.size());
      in.remove_prefix(part.size());
      pending_.append(part);
      if (pending_.size() == block_bytes_) SLUICE_RETURN_IF_ERROR(flush(out));
    }
    return {};
  }
  Status finish(const Sink& out) final { return pending_.empty() ? Status() : flush(out); }

 private:
  /// One block, whole; valid until the next call.
  virtual std::string_view encode(std::string_view plain) = 0;

  Status flush(const Sink& out) {
    const std::string_view block = encode(pending_.view());
    pending_.clear();
    return out(block);
  }

  const size_t block_bytes_;
  Buffer pending_;
};

std::unique_ptr<StreamCodec> make_brotli_decoder();
std::unique_ptr<StreamCodec> make_brotli_encoder(int level);
std::unique_ptr<StreamCodec> make_bzip2_decoder();
std::unique_ptr<StreamCodec> make_bzip2_encoder(int level);
std::unique_ptr<StreamCodec> make_snappy_decoder();
std::unique_ptr<StreamCodec> make_snappy_encoder(int level);
std::unique_ptr<StreamCodec> make_xz_decoder();
std::unique_ptr<StreamCodec> make_xz_encoder(int level);

}  // namespace sluice::wire
