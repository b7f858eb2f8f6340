// The first byte picks a decoder, the second the size of the pieces that it gets.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "wire/stream_codec.h"

namespace {

using sluice::Status;
using sluice::wire::StreamCodec;

/// Output beyond this ends a run: bombs are for the limits of whoever uses a decoder.
constexpr size_t kOutputBytesMax = 8 << 20;

/// One of ClickHouse's encodings, or its own blocks.
std::unique_ptr<StreamCodec> decoder(uint8_t choice) {
  const auto encodings = sluice::wire::stream_encodings();
  const size_t index = choice % (encodings.size() + 1);
  return index < encodings.size() ? encodings[index].make_decoder()
                                  : sluice::wire::make_native_block_decoder();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const auto codec = decoder(data[0]);
  const size_t step = size_t{data[1]} + 1;
  std::string_view in(reinterpret_cast<const char*>(data) + 2, size - 2);
  size_t produced = 0;
  const sluice::wire::Sink sink = [&produced](std::string_view bytes) {
    produced += bytes.size();
    return produced > kOutputBytesMax ? Status(sluice::Code::ResourceExhausted, "enough")
                                      : Status();
  };
  while (!in.empty()) {
    const std::string_view piece = in.substr(0, std::min(step, in.size()));
    if (!codec->write(piece, sink).ok()) return 0;
    in.remove_prefix(piece.size());
  }
  static_cast<void>(codec->finish(sink));
  return 0;
}
