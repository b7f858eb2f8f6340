#include "wire/lz4_block.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "base/bytes.h"
#include "base/check.h"

namespace sluice::wire {
namespace {

// The format's: the last bytes are literals, and no match begins shortly before them. Here the
// match begins some more bytes before, so that eight can be read at every place, and sixteen be
// copied.
constexpr size_t kLiteralsAtEnd = 5;
constexpr size_t kNoMatchAtEnd = 48;
constexpr size_t kMatchBytesMin = 4;  ///< what a length of 0 means

/// Shorter matches save less than it takes to write and to read them.
constexpr size_t kMatchBytesTaken = 6;
constexpr int kHashBits = 13;
/// Where nothing matches, every so many steps the next one is a byte longer; the second is so long.
constexpr int kStepsBits = 6;
constexpr uint32_t kSecondStep = 5;

uint64_t taken_bytes(uint64_t eight) { return eight << (64 - 8 * kMatchBytesTaken); }

size_t slot_of(uint64_t eight) {
  constexpr uint64_t kPrime = 227718039650203;  // of six bytes
  return taken_bytes(eight) * kPrime >> (64 - kHashBits);
}

/// What a length is beyond the 15 that fit into the token.
char* put_rest(char* to, size_t rest) {
  for (; rest >= 255; rest -= 255) *to++ = '\xff';
  *to++ = static_cast<char>(rest);
  return to;
}

/// The token, with the length of the literals only, and these. Reads and writes up to 16 bytes
/// more.
char* put_literals(char* to, const char* from, size_t count) {
  char* const token = to++;
  if (count < 15) {
    *token = static_cast<char>(count << 4);
    std::memcpy(to, from, 16);
    return to + count;
  }
  *token = '\xf0';
  to = put_rest(to, count - 15);
  for (size_t i = 0; i < count; i += 16) std::memcpy(to + i, from + i, 16);
  return to + count;
}

/// The length of a match goes into its token.
char* put_match(char* to, char& token, size_t distance, size_t length) {
  *to++ = static_cast<char>(distance);
  *to++ = static_cast<char>(distance >> 8);
  length -= kMatchBytesMin;
  token = static_cast<char>(token | static_cast<char>(length < 15 ? length : 15));
  return length < 15 ? to : put_rest(to, length - 15);
}

/// Where two places stop being equal, at `end` at the latest.
const char* same_until(const char* at, const char* other, const char* end) {
  while (end - at >= 8) {
    const uint64_t difference = load64(at) ^ load64(other);
    if (difference != 0) return at + std::countr_zero(difference) / 8;
    at += 8;
    other += 8;
  }
  while (at < end && *at == *other) ++at, ++other;
  return at;
}

}  // namespace

size_t pack_lz4(std::string_view plain, char* const to) {
  SLUICE_CHECK(plain.size() <= kLz4BlockBytesMax);
  const char* const begin = plain.data();
  const char* const end = begin + plain.size();
  const char* literals = begin;  // that are not written yet
  char* out = to;
  if (plain.size() > kNoMatchAtEnd) {
    // Where bytes of a hash were seen last.
    std::array<uint16_t, 1 << kHashBits> seen{};
    const char* const last_start = end - kNoMatchAtEnd;
    const char* at = begin + 1;
    while (true) {
      const char* match = nullptr;
      uint32_t steps = kSecondStep << kStepsBits;
      uint32_t step = 1;
      for (const char* next = at;; step = steps++ >> kStepsBits) {
        at = next;
        if (at > last_start) break;
        next += step;
        const uint64_t eight = load64(at);
        uint16_t& position = seen[slot_of(eight)];
        match = begin + position;
        position = static_cast<uint16_t>(at - begin);
        if (taken_bytes(eight ^ load64(match)) == 0) break;
      }
      if (at > last_start) break;
      while (at > literals && match > begin && at[-1] == match[-1]) --at, --match;
      char& token = *out;
      out = put_literals(out, literals, static_cast<size_t>(at - literals));
      const char* const after =
          same_until(at + kMatchBytesMin, match + kMatchBytesMin, end - kLiteralsAtEnd);
      out = put_match(out, token, static_cast<size_t>(at - match), static_cast<size_t>(after - at));
      literals = at = after;
      if (at > last_start) break;
      seen[slot_of(load64(at - 2))] = static_cast<uint16_t>(at - 2 - begin);
    }
  }
  const auto rest = static_cast<size_t>(end - literals);
  *out++ = static_cast<char>((rest < 15 ? rest : 15) << 4);
  if (rest >= 15) out = put_rest(out, rest - 15);
  std::memcpy(out, literals, rest);
  return static_cast<size_t>(out - to) + rest;
}

}  // namespace sluice::wire
