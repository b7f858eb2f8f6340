#include <lzma.h>

#include <array>

#include "base/check.h"
#include "wire/stream_codec_parts.h"

namespace sluice::wire {
namespace {

/// What a decoder may take: enough for `xz -9`, whose window is 64 MiB. The window is memory that
/// the sender chooses.
constexpr uint64_t kDecoderBytesMax = 80 << 20;
/// ClickHouse's own level. Its encoder takes 32 MiB; those beyond take up to 674 MiB.
constexpr int kLevelMax = 3;

/// The part that both directions share: a lzma_stream, run piece by piece.
class Xz : public StreamCodec {
 public:
  ~Xz() override { lzma_end(&stream_); }

 protected:
  /// Runs until the input is used up (LZMA_RUN) or the stream is at its end (LZMA_FINISH). Gives
  /// the library's last word.
  Result<lzma_ret> run(std::string_view in, lzma_action action, const Sink& out) {
    stream_.next_in = reinterpret_cast<const uint8_t*>(in.data());
    stream_.avail_in = in.size();
    lzma_ret code = LZMA_OK;
    do {
      stream_.next_out = piece_.data();
      stream_.avail_out = piece_.size();
      code = lzma_code(&stream_, action);
      const size_t produced = piece_.size() - stream_.avail_out;
      if (produced != 0) {
        SLUICE_RETURN_IF_ERROR(out({reinterpret_cast<const char*>(piece_.data()), produced}));
      }
    } while (code == LZMA_OK &&
             (action == LZMA_FINISH || stream_.avail_in != 0 || stream_.avail_out == 0));
    return code;
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;

 private:
  std::array<uint8_t, kPieceBytes> piece_;
};

class XzDecoder final : public Xz {
 public:
  XzDecoder() {
    SLUICE_CHECK(lzma_stream_decoder(&stream_, kDecoderBytesMax, LZMA_CONCATENATED) == LZMA_OK);
  }

  Status write(std::string_view in, const Sink& out) override {
    const Result<lzma_ret> code = run(in, LZMA_RUN, out);
    if (!code.ok()) return code.status();
    // LZMA_BUF_ERROR: there is nothing to do without more input.
    return *code == LZMA_OK || *code == LZMA_BUF_ERROR ? Status() : error_of(*code);
  }

  Status finish(const Sink& out) override {
    const Result<lzma_ret> code = run({}, LZMA_FINISH, out);
    if (!code.ok()) return code.status();
    return *code == LZMA_STREAM_END ? Status() : error_of(*code);
  }

 private:
  static Status error_of(lzma_ret code) {
    switch (code) {
      case LZMA_BUF_ERROR: return cut_error("xz");
      case LZMA_FORMAT_ERROR: return damage_error("xz", "no xz stream begins where one should");
      case LZMA_OPTIONS_ERROR: return damage_error("xz", "it uses options that are not known");
      case LZMA_MEMLIMIT_ERROR:
        return invalid_argument("xz data cannot be decompressed in " +
                                std::to_string(kDecoderBytesMax) + " bytes of memory");
      case LZMA_MEM_ERROR: return {Code::ResourceExhausted, "no memory to decompress xz data"};
      default: return damage_error("xz", nullptr);
    }
  }
};

class XzEncoder final : public Xz {
 public:
  explicit XzEncoder(int level) {
    const auto preset = static_cast<uint32_t>(level_within(level, kLevelMax));
    SLUICE_CHECK(lzma_easy_encoder(&stream_, preset, LZMA_CHECK_CRC64) == LZMA_OK);
  }

  Status write(std::string_view in, const Sink& out) override {
    return run(in, LZMA_RUN, out).status();
  }
  Status finish(const Sink& out) override { return run({}, LZMA_FINISH, out).status(); }
};

}  // namespace

std::unique_ptr<StreamCodec> make_xz_decoder() { return std::make_unique<XzDecoder>(); }

std::unique_ptr<StreamCodec> make_xz_encoder(int level) {
  return std::make_unique<XzEncoder>(level);
}

}  // namespace sluice::wire
