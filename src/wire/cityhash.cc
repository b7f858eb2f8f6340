#include "wire/cityhash.h"

#include <cstddef>
#include <cstring>
#include <utility>

#include "base/bytes.h"

namespace sluice::wire {
namespace {

// Constants and mixing steps are those of the published algorithm (Google, 2011).
constexpr uint64_t kK0 = 0xc3a5c85c97cb3127;
constexpr uint64_t kK1 = 0xb492b66fbe98f273;
constexpr uint64_t kK2 = 0x9ae16a3b2f90404f;
constexpr uint64_t kK3 = 0xc949d7c7509e6557;
constexpr uint64_t kMul = 0x9ddfea08eb382d69;

/// Longer inputs go through the loop over blocks of this size.
constexpr size_t kBlock = 128;

uint64_t load32(const char* at) {
  uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

uint64_t rotate(uint64_t value, unsigned by) {
  return by == 0 ? value : (value >> by) | (value << (64 - by));
}

uint64_t shift_mix(uint64_t value) { return value ^ (value >> 47); }

uint64_t mix(uint64_t low, uint64_t high) {
  const uint64_t a = shift_mix((low ^ high) * kMul);
  return shift_mix((high ^ a) * kMul) * kMul;
}

/// The hash of at most 16 bytes.
uint64_t short_hash(std::string_view bytes) {
  const char* s = bytes.data();
  const size_t n = bytes.size();
  if (n > 8) {
    const uint64_t last = load64(s + n - 8);
    return mix(load64(s), rotate(last + n, static_cast<unsigned>(n))) ^ last;
  }
  if (n >= 4) return mix(n + (load32(s) << 3), load32(s + n - 4));
  if (n == 0) return kK2;
  const auto byte = [s](size_t i) { return static_cast<uint64_t>(static_cast<uint8_t>(s[i])); };
  const uint64_t y = byte(0) + (byte(n >> 1) << 8);
  const uint64_t z = n + (byte(n - 1) << 2);
  return shift_mix((y * kK2) ^ (z * kK3)) * kK2;
}

/// Mixes 32 bytes into a pair of seeds.
Hash128 mix32(const char* s, uint64_t a, uint64_t b) {
  a += load64(s);
  b = rotate(b + a + load64(s + 24), 21);
  const uint64_t c = a;
  a += load64(s + 8);
  a += load64(s + 16);
  b += rotate(a, 44);
  return {a + load64(s + 24), b + c};
}

/// Fewer than kBlock bytes.
Hash128 medium_hash(std::string_view bytes, Hash128 seed) {
  const char* s = bytes.data();
  const size_t n = bytes.size();
  uint64_t a = seed.low;
  uint64_t b = seed.high;
  uint64_t c = 0;
  uint64_t d = 0;
  if (n <= 16) {
    a = shift_mix(a * kK1) * kK1;
    c = b * kK1 + short_hash(bytes);
    d = shift_mix(a + (n >= 8 ? load64(s) : c));
  } else {
    c = mix(load64(s + n - 8) + kK1, a);
    d = mix(b + n, c + load64(s + n - 16));
    a += d;
    for (size_t at = 0; at + 16 < n; at += 16) {
      a = (a ^ (shift_mix(load64(s + at) * kK1) * kK1)) * kK1;
      b ^= a;
      c = (c ^ (shift_mix(load64(s + at + 8) * kK1) * kK1)) * kK1;
      d ^= c;
    }
  }
  a = mix(a, c);
  b = mix(d, b);
  return {a ^ b, mix(b, a)};
}

Hash128 seeded_hash(std::string_view bytes, Hash128 seed) {
  if (bytes.size() < kBlock) return medium_hash(bytes, seed);
  const char* s = bytes.data();
  size_t left = bytes.size();
  uint64_t x = seed.low;
  uint64_t y = seed.high;
  uint64_t z = left * kK1;
  Hash128 v;
  Hash128 w;
  v.low = rotate(y ^ kK1, 49) * kK1 + load64(s);
  v.high = rotate(v.low, 42) * kK1 + load64(s + 8);
  w.low = rotate(y + z, 35) * kK1 + x;
  w.high = rotate(x + load64(s + 88), 53) * kK1;
  const auto half_block = [&] {
    x = rotate(x + y + v.low + load64(s + 16), 37) * kK1;
    y = rotate(y + v.high + load64(s + 48), 42) * kK1;
    x ^= w.high;
    y ^= v.low;
    z = rotate(z ^ w.low, 33);
    v = mix32(s, v.high * kK1, x + w.low);
    w = mix32(s + 32, z + w.high, y);
    std::swap(z, x);
    s += kBlock / 2;
  };
  for (; left >= kBlock; left -= kBlock) {
    half_block();
    half_block();
  }
  y += rotate(w.low, 37) * kK0 + z;
  x += rotate(v.low + z, 49) * kK0;
  // The tail is hashed from its end in pieces of 32, which may reach back into the last block.
  for (size_t done = 0; done < left;) {
    done += 32;
    const char* piece = s + left - done;
    y = rotate(y - x, 42) * kK0 + v.high;
    w.low += load64(piece + 16);
    x = rotate(x, 49) * kK0 + w.low;
    w.low += v.low;
    v = mix32(piece, v.low, v.high);
  }
  x = mix(x, v.low);
  y = mix(y, w.low);
  return {mix(x + v.high, w.high) + y, mix(x + w.high, y + v.high)};
}

}  // namespace

Hash128 city_hash128(std::string_view bytes) {
  const char* s = bytes.data();
  const size_t n = bytes.size();
  if (n >= 16) return seeded_hash(bytes.substr(16), {load64(s) ^ kK3, load64(s + 8)});
  if (n >= 8) return seeded_hash({}, {load64(s) ^ (n * kK0), load64(s + n - 8) ^ kK1});
  return seeded_hash(bytes, {kK0, kK1});
}

}  // namespace sluice::wire
