#include <xxhash.h>

#include <bit>
#include <cstring>

#include "ottl/digest.h"
#include "ottl/function.h"
#include "ottl/functions/functions.h"
#include "wire/hex.h"

namespace sluice::ottl {
namespace {

Value hex_text(Frame& frame, const uint8_t* bytes, size_t size) {
  auto* digits = static_cast<char*>(frame.arena->allocate(size * 2, 1));
  wire::hex_lower(bytes, size, digits);
  return Value::string({digits, size * 2});
}

template <Digest Kind>
Value digest(Frame& frame, std::string_view value) {
  return Value::string(hex_digest(Kind, value, *frame.arena));
}

/// FNV-1a of 64 bits.
Value fnv(Frame&, std::string_view value) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : value) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return Value::integer(static_cast<int64_t>(hash));
}

Value xxh3(Frame& frame, std::string_view value) {
  XXH64_canonical_t bytes;
  XXH64_canonicalFromHash(&bytes, XXH3_64bits(value.data(), value.size()));
  return hex_text(frame, bytes.digest, sizeof bytes.digest);
}

Value xxh128(Frame& frame, std::string_view value) {
  XXH128_canonical_t bytes;
  XXH128_canonicalFromHash(&bytes, XXH3_128bits(value.data(), value.size()));
  return hex_text(frame, bytes.digest, sizeof bytes.digest);
}

// MurmurHash3 (Austin Appleby, public domain algorithm), seed 0.

template <typename T>
T word_at(std::string_view text, size_t at) {
  T word = 0;
  if (at < text.size())
    std::memcpy(&word, text.data() + at, std::min(sizeof word, text.size() - at));
  return word;
}

uint32_t murmur3_32(std::string_view text) {
  const auto scramble = [](uint32_t k) { return std::rotl(k * 0xcc9e2d51u, 15) * 0x1b873593u; };
  uint32_t hash = 0;
  size_t at = 0;
  for (; at + 4 <= text.size(); at += 4)
    hash = std::rotl(hash ^ scramble(word_at<uint32_t>(text, at)), 13) * 5 + 0xe6546b64u;
  if (at < text.size()) hash ^= scramble(word_at<uint32_t>(text, at));
  hash ^= static_cast<uint32_t>(text.size());
  hash = (hash ^ (hash >> 16)) * 0x85ebca6bu;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35u;
  return hash ^ (hash >> 16);
}

uint64_t murmur3_mix(uint64_t k) {
  k = (k ^ (k >> 33)) * 0xff51afd7ed558ccdull;
  k = (k ^ (k >> 33)) * 0xc4ceb9fe1a85ec53ull;
  return k ^ (k >> 33);
}

std::pair<uint64_t, uint64_t> murmur3_128(std::string_view text) {
  constexpr uint64_t kFirst = 0x87c37b91114253d5ull;
  constexpr uint64_t kSecond = 0x4cf5ad432745937full;
  const auto first = [](uint64_t k) { return std::rotl(k * kFirst, 31) * kSecond; };
  const auto second = [](uint64_t k) { return std::rotl(k * kSecond, 33) * kFirst; };
  uint64_t a = 0;
  uint64_t b = 0;
  size_t at = 0;
  for (; at + 16 <= text.size(); at += 16) {
    a = (std::rotl(a ^ first(word_at<uint64_t>(text, at)), 27) + b) * 5 + 0x52dce729u;
    b = (std::rotl(b ^ second(word_at<uint64_t>(text, at + 8)), 31) + a) * 5 + 0x38495ab5u;
  }
  if (at + 8 < text.size()) b ^= second(word_at<uint64_t>(text, at + 8));
  if (at < text.size()) a ^= first(word_at<uint64_t>(text, at));
  a ^= text.size();
  b ^= text.size();
  a += b;
  b += a;
  a = murmur3_mix(a);
  b = murmur3_mix(b);
  a += b;
  b += a;
  return {a, b};
}

Value murmur3_hash(Frame& frame, std::string_view target) {
  const uint32_t hash = murmur3_32(target);
  uint8_t bytes[4];
  std::memcpy(bytes, &hash, sizeof bytes);
  return hex_text(frame, bytes, sizeof bytes);
}

Value murmur3_hash128(Frame& frame, std::string_view target) {
  const auto [a, b] = murmur3_128(target);
  uint8_t bytes[16];
  std::memcpy(bytes, &a, 8);
  std::memcpy(bytes + 8, &b, 8);
  return hex_text(frame, bytes, sizeof bytes);
}

}  // namespace

void add_hash_functions(Library& library) {
  library.add("MD5", {"target"}, digest<Digest::Md5>);
  library.add("SHA1", {"target"}, digest<Digest::Sha1>);
  library.add("SHA256", {"target"}, digest<Digest::Sha256>);
  library.add("SHA512", {"target"}, digest<Digest::Sha512>);
  library.add("FNV", {"target"}, fnv);
  library.add("XXH3", {"target"}, xxh3);
  library.add("XXH128", {"target"}, xxh128);
  library.add("Murmur3Hash", {"target"}, murmur3_hash);
  library.add("Murmur3Hash128", {"target"}, murmur3_hash128);
}

}  // namespace sluice::ottl
