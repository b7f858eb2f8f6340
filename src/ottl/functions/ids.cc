// Ids of traces and spans, and those that are made up.

#include <sys/random.h>
#include <time.h>

#include <cstring>

#include "ottl/function.h"
#include "ottl/functions/functions.h"
#include "wire/hex.h"

namespace sluice::ottl {
namespace {

/// An id as bytes, or as twice as many hex digits.
template <size_t N>
bool read_id(std::string_view text, otlp::Id<N>& id) {
  if (text.size() == N) {
    std::memcpy(id.bytes.data(), text.data(), N);
    return true;
  }
  return text.size() == 2 * N && wire::decode_hex(text, id.bytes.data());
}

template <size_t N>
std::string expected_size() {
  return "an id takes " + std::to_string(N) + " bytes or " + std::to_string(2 * N) + " hex digits";
}

/// Text or bytes that become an id; a literal that does not is refused.
template <size_t N>
struct IdArgument {
  otlp::Id<N> id;
};

}  // namespace

template <size_t N>
struct Param<IdArgument<N>> {
  using Bound = ExprPtr;
  static Status bind(Compiler& compiler, const ast::Value& argument, Bound& out) {
    SLUICE_RETURN_IF_ERROR(Param<BytesLike>::bind(compiler, argument, out));
    if (out->constant() == nullptr) return {};
    Frame frame = compiler.literal_frame();
    IdArgument<N> ignored;
    if (get(frame, out, ignored)) return {};
    return compiler.error(argument.at, frame.error);
  }
  static bool get(Frame& frame, const Bound& bound, IdArgument<N>& out) {
    BytesLike bytes;
    if (!Param<BytesLike>::get(frame, bound, bytes)) return false;
    if (read_id(bytes.view, out.id)) return true;
    frame.fail(expected_size<N>());
    return false;
  }
};

namespace {

std::string_view uuid_text(Frame& frame, uint8_t (&bytes)[16], uint8_t version) {
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0f) | (version << 4));
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3f) | 0x80);
  char digits[32];
  wire::hex_lower(bytes, sizeof bytes, digits);
  auto* text = static_cast<char*>(frame.arena->allocate(36, 1));
  size_t at = 0;
  for (size_t i = 0; i < sizeof digits; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) text[at++] = '-';
    text[at++] = digits[i];
  }
  return {text, at};
}

Value uuid(Frame& frame) {
  uint8_t bytes[16];
  if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
    return frame.fail("there is no randomness");
  return Value::string(uuid_text(frame, bytes, 4));
}

/// Random bytes behind the time in milliseconds.
Value uuid_v7(Frame& frame) {
  uint8_t bytes[16];
  if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
    return frame.fail("there is no randomness");
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  const auto milliseconds =
      static_cast<uint64_t>(now.tv_sec) * 1000 + static_cast<uint64_t>(now.tv_nsec) / 1'000'000;
  for (size_t i = 0; i < 6; ++i) bytes[i] = static_cast<uint8_t>(milliseconds >> (40 - 8 * i));
  return Value::string(uuid_text(frame, bytes, 7));
}

}  // namespace

void add_id_functions(Library& library) {
  library.add("TraceID", {"target"}, [](Frame& frame, IdArgument<16> target) {
    return trace_id_value(target.id, *frame.arena);
  });
  library.add("ProfileID", {"target"}, [](Frame& frame, IdArgument<16> target) {
    return profile_id_value(target.id, *frame.arena);
  });
  library.add("SpanID", {"target"}, [](Frame& frame, IdArgument<8> target) {
    return span_id_value(target.id, *frame.arena);
  });
  library.add("UUID", {}, uuid).pure = false;
  library.add("UUIDv7", {}, uuid_v7).pure = false;
}

}  // namespace sluice::ottl
