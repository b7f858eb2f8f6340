#include "http/htpasswd.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <functional>

#include "http/message.h"
#include "wire/base64.h"

namespace sluice::http {
namespace {

constexpr std::string_view kBasic = "Basic ";
constexpr std::string_view kSha = "{SHA}";
constexpr std::string_view kSaltedSha = "{SSHA}";
constexpr size_t kSha1Bytes = 20;

bool begins(std::string_view text, std::string_view with) {
  return text.substr(0, with.size()) == with;
}

bool is_slow(std::string_view hash) {
  return begins(hash, "$2a$") || begins(hash, "$2b$") || begins(hash, "$2y$") ||
         begins(hash, "$5$") || begins(hash, "$6$");
}

std::optional<std::string> decode(std::string_view text) {
  std::string out(wire::base64_decoded_max(text.size()), '\0');
  size_t size = 0;
  if (!wire::decode_base64(text, out.data(), size)) return std::nullopt;
  out.resize(size);
  return out;
}

std::string sha1(const std::string& text) {
  std::string out(kSha1Bytes, '\0');
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(out.data()), &size,
             EVP_sha1(), nullptr);
  return out;
}

bool matches_crypt(const std::string& hash, const std::string& password) {
  const auto data = std::make_unique<crypt_data>();
  const char* made = crypt_r(password.c_str(), hash.c_str(), data.get());
  return made != nullptr && equal_in_constant_time(made, hash);
}

bool matches_sha(std::string_view encoded, const std::string& password, bool is_salted) {
  const auto decoded = decode(encoded);
  if (!decoded || decoded->size() < kSha1Bytes) return false;
  const std::string salt = decoded->substr(kSha1Bytes);
  if (!is_salted && !salt.empty()) return false;
  return equal_in_constant_time(sha1(password + salt), decoded->substr(0, kSha1Bytes));
}

/// The lines of a text, with their numbers from 1, without spaces at their ends.
template <typename Visit>
void each_line(std::string_view text, Visit visit) {
  for (int number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    if (!line.empty() && line.front() != '#') visit(line, number);
  }
}

}  // namespace

std::optional<BasicCredentials> parse_basic(std::string_view authorization) {
  if (!equal_fold(authorization.substr(0, kBasic.size()), kBasic)) return std::nullopt;
  const std::string_view encoded = authorization.substr(kBasic.size());
  const auto decoded = decode(encoded);
  if (!decoded) return std::nullopt;
  const size_t colon = decoded->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return BasicCredentials{decoded->substr(0, colon), decoded->substr(colon + 1),
                          std::string(encoded)};
}

std::string basic_authorization(std::string_view user, std::string_view password) {
  Buffer out;
  out.append(kBasic);
  wire::append_base64(std::string(user) + ":" + std::string(password), out);
  return std::string(out.view());
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Result<Htpasswd> Htpasswd::parse(std::string_view text) {
  Htpasswd made;
  Status status;
  each_line(text, [&](std::string_view line, int number) {
    const size_t colon = line.find(':');
    const std::string where = "line " + std::to_string(number) + " of the htpasswd text ";
    if (colon == 0 || colon == std::string_view::npos) {
      status = invalid_argument(where + "is not user:password");
      return;
    }
    const std::string_view hash = line.substr(colon + 1);
    if (begins(hash, "$apr1$") || begins(hash, "$1$")) {
      status = invalid_argument(where +
                                "holds an MD5 hash, which is not taken any more: make it "
                                "anew with htpasswd -B");
      return;
    }
    made.users_[std::string(line.substr(0, colon))] = std::string(hash);
  });
  if (!status.ok()) return status;
  return made;
}

Htpasswd::Kind Htpasswd::kind_of(const std::string& user) const {
  const auto found = users_.find(user);
  if (found == users_.end()) return Kind::Unknown;
  return is_slow(found->second) ? Kind::Slow : Kind::Quick;
}

bool Htpasswd::matches(const std::string& user, const std::string& password) const {
  const auto found = users_.find(user);
  if (found == users_.end()) return false;
  const std::string& hash = found->second;
  // crypt() would not see what stands behind a zero byte.
  if (is_slow(hash))
    return password.find('\0') == std::string::npos && matches_crypt(hash, password);
  if (begins(hash, kSha)) return matches_sha(hash.substr(kSha.size()), password, false);
  if (begins(hash, kSaltedSha)) return matches_sha(hash.substr(kSaltedSha.size()), password, true);
  return equal_in_constant_time(hash, password);
}

}  // namespace sluice::http
