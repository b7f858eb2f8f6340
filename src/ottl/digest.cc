#include "ottl/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "wire/hex.h"

namespace sluice::ottl {
namespace {

const EVP_MD* algorithm(Digest kind) {
  switch (kind) {
    case Digest::Md5: return EVP_md5();
    case Digest::Sha1: return EVP_sha1();
    case Digest::Sha256: return EVP_sha256();
    case Digest::Sha512: return EVP_sha512();
    case Digest::Sha3_224: return EVP_sha3_224();
    case Digest::Sha3_256: return EVP_sha3_256();
  }
  return EVP_sha256();
}

std::string_view hex(const uint8_t* bytes, size_t size, Arena& arena) {
  auto* digits = static_cast<char*>(arena.allocate(size * 2, 1));
  wire::hex_lower(bytes, size, digits);
  return {digits, size * 2};
}

}  // namespace

std::string_view hex_digest(Digest kind, std::string_view text, Arena& arena) {
  uint8_t bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), bytes, &size, algorithm(kind), nullptr);
  return hex(bytes, size, arena);
}

std::string_view hex_hmac(Digest kind, std::string_view key, std::string_view text, Arena& arena) {
  uint8_t bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(algorithm(kind), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const uint8_t*>(text.data()), text.size(), bytes, &size);
  return hex(bytes, size, arena);
}

}  // namespace sluice::ottl
