#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/output.h"

namespace sluice::native {

/// LEB128, as ClickHouse writes lengths and counts. Room for ten bytes is needed; returns one past
/// the last byte.
inline char* put_varint(char* out, uint64_t value) {
  while (value >= 0x80) {
    *out++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *out++ = static_cast<char>(value);
  return out;
}
inline constexpr size_t kVarintBytesMax = 10;

inline void append_varint(Buffer& out, uint64_t value) {
  char* to = out.tail(kVarintBytesMax);
  out.commit(static_cast<size_t>(put_varint(to, value) - to));
}

inline void append_varint(Output& out, uint64_t value) {
  char bytes[kVarintBytesMax];
  out.append(bytes, static_cast<size_t>(put_varint(bytes, value) - bytes));
}

/// A String value as it stands in the Native format: its length, its bytes.
inline void append_string(Buffer& out, std::string_view value) {
  char* const to = out.tail(value.size() + kVarintBytesMax);
  char* const text = put_varint(to, value.size());
  copy_short(text, value.data(), value.size());
  out.commit(static_cast<size_t>(text - to) + value.size());
}
inline void append_string(Output& out, std::string_view value) {
  append_varint(out, value.size());
  out.append(value);
}

}  // namespace sluice::native
