#include "gen/calibrate.h"

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <vector>

namespace sluice::bench {
namespace {

constexpr size_t kBytes = 8 << 20;
constexpr size_t kCopyBytes = 16;
constexpr int kRounds = 10;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::vector<uint8_t> noise() {
  std::vector<uint8_t> bytes(kBytes);
  uint64_t x = 88172645463325252;  // xorshift64, fixed seed
  for (auto& byte : bytes) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    byte = static_cast<uint8_t>(x & (x >> 9));
  }
  return bytes;
}

}  // namespace

double calibrate() {
  const std::vector<uint8_t> in = noise();
  std::vector<uint8_t> out(kBytes + kCopyBytes);
  uint64_t hash = 1469598103934665603;
  const double start = cpu_seconds();
  for (int round = 0; round < kRounds; ++round) {
    uint8_t* to = out.data();
    for (size_t at = 0; at + 2 * kCopyBytes < in.size();) {
      uint64_t value = 0;
      for (int shift = 0; shift < 63; shift += 7) {
        const uint8_t byte = in[at++];
        value |= static_cast<uint64_t>(byte & 0x7f) << shift;
        if (byte < 0x80) break;
      }
      hash = (hash ^ value) * 1099511628211;
      std::memcpy(to, in.data() + at, kCopyBytes);
      to += value % kCopyBytes;
      if (to >= out.data() + kBytes) to = out.data();
    }
  }
  const double seconds = cpu_seconds() - start;
  if (hash + out[77] == 0) std::puts("");  // the work must not be optimised away
  return seconds;
}

}  // namespace sluice::bench
