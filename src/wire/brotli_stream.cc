#include <brotli/decode.h>
#include <brotli/encode.h>

#include <array>

#include "base/check.h"
#include "wire/stream_codec_parts.h"

namespace sluice::wire {
namespace {

/// The window of a stream is 16 MiB at most: larger ones are an extension that a decoder must be
/// told to allow.
class BrotliDecoder final : public StreamCodec {
 public:
  BrotliDecoder() : state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)) {
    SLUICE_CHECK(state_ != nullptr);
  }
  ~BrotliDecoder() override { BrotliDecoderDestroyInstance(state_); }

  Status write(std::string_view in, const Sink& out) override {
    const auto* at = reinterpret_cast<const uint8_t*>(in.data());
    size_t left = in.size();
    while (left != 0 || BrotliDecoderHasMoreOutput(state_) == BROTLI_TRUE) {
      if (BrotliDecoderIsFinished(state_) == BROTLI_TRUE) {
        return damage_error("br", "bytes after the end");
      }
      uint8_t* to = piece_.data();
      size_t room = piece_.size();
      if (BrotliDecoderDecompressStream(state_, &left, &at, &room, &to, nullptr) ==
          BROTLI_DECODER_RESULT_ERROR) {
        return damage_error("br", BrotliDecoderErrorString(BrotliDecoderGetErrorCode(state_)));
      }
      const size_t produced = piece_.size() - room;
      if (produced != 0) {
        SLUICE_RETURN_IF_ERROR(out({reinterpret_cast<const char*>(piece_.data()), produced}));
      }
    }
    return {};
  }

  Status finish(const Sink&) override {
    return BrotliDecoderIsFinished(state_) == BROTLI_TRUE ? Status() : cut_error("br");
  }

 private:
  BrotliDecoderState* const state_;
  std::array<uint8_t, kPieceBytes> piece_;
};

class BrotliEncoder final : public StreamCodec {
 public:
  explicit BrotliEncoder(int level)
      : state_(BrotliEncoderCreateInstance(nullptr, nullptr, nullptr)) {
    SLUICE_CHECK(state_ != nullptr);
    BrotliEncoderSetParameter(state_, BROTLI_PARAM_QUALITY,
                              static_cast<uint32_t>(level_within(level, BROTLI_MAX_QUALITY)));
  }
  ~BrotliEncoder() override { BrotliEncoderDestroyInstance(state_); }

  Status write(std::string_view in, const Sink& out) override {
    return run(in, BROTLI_OPERATION_PROCESS, out);
  }
  Status finish(const Sink& out) override { return run({}, BROTLI_OPERATION_FINISH, out); }

 private:
  Status run(std::string_view in, BrotliEncoderOperation operation, const Sink& out) {
    const auto* at = reinterpret_cast<const uint8_t*>(in.data());
    size_t left = in.size();
    do {
      uint8_t* to = piece_.data();
      size_t room = piece_.size();
      SLUICE_CHECK(BrotliEncoderCompressStream(state_, operation, &left, &at, &room, &to,
                                               nullptr) == BROTLI_TRUE);
      const size_t produced = piece_.size() - room;
      if (produced != 0) {
        SLUICE_RETURN_IF_ERROR(out({reinterpret_cast<const char*>(piece_.data()), produced}));
      }
    } while (left != 0 || BrotliEncoderHasMoreOutput(state_) == BROTLI_TRUE);
    return {};
  }

  BrotliEncoderState* const state_;
  std::array<uint8_t, kPieceBytes> piece_;
};

}  // namespace

std::unique_ptr<StreamCodec> make_brotli_decoder() { return std::make_unique<BrotliDecoder>(); }

std::unique_ptr<StreamCodec> make_brotli_encoder(int level) {
  return std::make_unique<BrotliEncoder>(level);
}

}  // namespace sluice::wire
