#include <bzlib.h>

#include <array>

#include "base/check.h"
#include "wire/stream_codec_parts.h"

namespace sluice::wire {
namespace {

/// Of bzip2, a level is the size of its blocks in units of 100 000 bytes.
constexpr int kLevelMax = 9;

/// The library does not write through this pointer; it is only declared so.
char* input_of(std::string_view in) { return const_cast<char*>(in.data()); }

/// Several streams one after the other are one, as for the program bzip2.
class Bzip2Decoder final : public StreamCodec {
 public:
  Bzip2Decoder() { begin(); }
  ~Bzip2Decoder() override { BZ2_bzDecompressEnd(&stream_); }

  Status write(std::string_view in, const Sink& out) override {
    stream_.next_in = input_of(in);
    stream_.avail_in = static_cast<unsigned>(in.size());
    do {
      if (ended_) {
        if (stream_.avail_in == 0) break;
        begin_again();
      }
      SLUICE_RETURN_IF_ERROR(step(out));
    } while (stream_.avail_in != 0 || stream_.avail_out == 0);
    return {};
  }

  Status finish(const Sink&) override { return ended_ ? Status() : cut_error("bz2"); }

 private:
  void begin() { SLUICE_CHECK(BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK); }

  void begin_again() {
    const bz_stream rest = stream_;
    BZ2_bzDecompressEnd(&stream_);
    stream_ = {};
    begin();
    stream_.next_in = rest.next_in;
    stream_.avail_in = rest.avail_in;
    ended_ = false;
  }

  Status step(const Sink& out) {
    stream_.next_out = piece_.data();
    stream_.avail_out = static_cast<unsigned>(piece_.size());
    const int code = BZ2_bzDecompress(&stream_);
    if (code == BZ_STREAM_END) {
      ended_ = true;
    } else if (code != BZ_OK) {
      return damage_error(
          "bz2", code == BZ_DATA_ERROR_MAGIC ? "no bzip2 stream begins where one should" : nullptr);
    }
    const size_t produced = piece_.size() - stream_.avail_out;
    return produced == 0 ? Status() : out({piece_.data(), produced});
  }

  bz_stream stream_{};
  bool ended_ = false;
  std::array<char, kPieceBytes> piece_;
};

class Bzip2Encoder final : public StreamCodec {
 public:
  explicit Bzip2Encoder(int level) {
    SLUICE_CHECK(BZ2_bzCompressInit(&stream_, level_within(level, kLevelMax), 0, 0) == BZ_OK);
  }
  ~Bzip2Encoder() override { BZ2_bzCompressEnd(&stream_); }

  Status write(std::string_view in, const Sink& out) override {
    stream_.next_in = input_of(in);
    stream_.avail_in = static_cast<unsigned>(in.size());
    while (stream_.avail_in != 0) SLUICE_RETURN_IF_ERROR(step(BZ_RUN, out));
    return {};
  }

  Status finish(const Sink& out) override {
    while (!ended_) SLUICE_RETURN_IF_ERROR(step(BZ_FINISH, out));
    return {};
  }

 private:
  Status step(int action, const Sink& out) {
    stream_.next_out = piece_.data();
    stream_.avail_out = static_cast<unsigned>(piece_.size());
    const int code = BZ2_bzCompress(&stream_, action);
    SLUICE_CHECK(code >= 0);
    ended_ = code == BZ_STREAM_END;
    const size_t produced = piece_.size() - stream_.avail_out;
    return produced == 0 ? Status() : out({piece_.data(), produced});
  }

  bz_stream stream_{};
  bool ended_ = false;
  std::array<char, kPieceBytes> piece_;
};

}  // namespace

std::unique_ptr<StreamCodec> make_bzip2_decoder() { return std::make_unique<Bzip2Decoder>(); }

std::unique_ptr<StreamCodec> make_bzip2_encoder(int level) {
  return std::make_unique<Bzip2Encoder>(level);
}

}  // namespace sluice::wire
