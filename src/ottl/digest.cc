#include "ottl/digest.h"

#include <openssl/evp.h>

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

}  // namespace

std::string_view hex_digest(Digest kind, std::string_view text, Arena& arena) {
  uint8_t bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), bytes, &size, algorithm(kind), nullptr);
  auto* digits = static_cast<char*>(arena.allocate(size_t{size} * 2, 1));
  wire::hex_lower(bytes, size, digits);
  return {digits, size_t{size} * 2};
}

}  // namespace sluice::ottl
