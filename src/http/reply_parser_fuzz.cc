#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http/reply_parser.h"

/// The outcome must not depend on how the bytes are cut: whole and byte by byte agree.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using sluice::http::ReplyParser;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ReplyParser whole;
  const bool ok = whole.feed(bytes).ok();
  ReplyParser pieces;
  bool pieces_ok = true;
  for (size_t i = 0; i < size && pieces_ok; ++i) pieces_ok = pieces.feed(bytes.substr(i, 1)).ok();
  if (ok != pieces_ok || whole.done() != pieces.done()) std::abort();
  if (ok && whole.reply().body != pieces.reply().body) std::abort();
  return 0;
}
