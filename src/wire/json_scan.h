#pragma once

// Finding the next byte of a string that needs a look, sixteen bytes at a time.

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sluice::wire {

/// What ends a run of plain bytes, beside '"' and '\'.
enum class JsonStop {
  Nothing,
  Nul,             ///< NUL bytes
  Control,         ///< bytes below 0x20
  ControlAndHigh,  ///< those and bytes from 0x80 on
};

template <JsonStop kStop>
constexpr bool json_stops(char c) {
  const auto byte = static_cast<uint8_t>(c);
  if (byte == '"' || byte == '\\') return true;
  if (kStop == JsonStop::Nothing) return false;
  if (kStop == JsonStop::Nul) return byte == 0;
  return byte < 0x20 || (kStop == JsonStop::ControlAndHigh && byte >= 0x80);
}

/// The first byte in [at, end) that stops, or `end`.
template <JsonStop kStop>
inline const char* json_find_stop(const char* at, const char* end) {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    __m128i found = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
    if constexpr (kStop == JsonStop::Nul) {
      found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_setzero_si128()));
    } else if constexpr (kStop == JsonStop::Control) {  // unsigned: byte <= 0x1f
      const __m128i control_max = _mm_set1_epi8(0x1f);
      found = _mm_or_si128(found, _mm_cmpeq_epi8(_mm_min_epu8(bytes, control_max), bytes));
    } else if constexpr (kStop == JsonStop::ControlAndHigh) {  // signed: bytes from 0x80 on are
                                                               // negative, so below 0x20 too
      found = _mm_or_si128(found, _mm_cmpgt_epi8(_mm_set1_epi8(0x20), bytes));
    }
    const int mask = _mm_movemask_epi8(found);
    if (mask != 0) return at + __builtin_ctz(static_cast<unsigned>(mask));
  }
#endif
  while (at != end && !json_stops<kStop>(*at)) ++at;
  return at;
}

/// What json_copy_plain() may write behind what it copies.
inline constexpr size_t kJsonCopySlack = 16;

/// Copies bytes up to the next backslash, or `end`, and moves both positions behind them. `to` has
/// room for end - at + kJsonCopySlack bytes.
inline void json_copy_plain(const char*& at, const char* end, char*& to) {
#if defined(__SSE2__)
  const __m128i backslash = _mm_set1_epi8('\\');
  for (; end - at >= 16; at += 16, to += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
    const int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, backslash));
    if (mask != 0) {
      const int plain = __builtin_ctz(static_cast<unsigned>(mask));
      at += plain;
      to += plain;
      return;
    }
  }
#endif
  while (at != end && *at != '\\') *to++ = *at++;
}

}  // namespace sluice::wire
