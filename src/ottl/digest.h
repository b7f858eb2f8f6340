#pragma once

#include <string_view>

#include "base/arena.h"

namespace sluice::ottl {

enum class Digest : uint8_t { Md5, Sha1, Sha256, Sha512, Sha3_224, Sha3_256 };

/// The digest of a text in hex digits, in the arena.
std::string_view hex_digest(Digest kind, std::string_view text, Arena& arena);
/// With a key (RFC 2104).
std::string_view hex_hmac(Digest kind, std::string_view key, std::string_view text, Arena& arena);

}  // namespace sluice::ottl
