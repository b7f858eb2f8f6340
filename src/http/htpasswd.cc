#include "http/htpasswd.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <vector>

#include "http/message.h"
#include "wire/base64.h"

namespace sluice::http {
namespace {

constexpr std::string_view kBasic = "Basic ";
constexpr std::string_view kSha = "{SHA}";
constexpr std::string_view kSaltedSha = "{SSHA}";
constexpr std::string_view kPlain = "{PLAIN}";
constexpr std::string_view kApacheMd5 = "$apr1$";
constexpr size_t kSha1Bytes = 20;
/// libcrypt's own limit, which keeps what a guess costs within bounds.
constexpr size_t kSlowPasswordBytesMax = 511;

bool begins(std::string_view text, std::string_view with) {
  return text.substr(0, with.size()) == with;
}

bool is_slow(std::string_view hash) {
  constexpr std::string_view kPrefixes[] = {"$2a$", "$2b$", "$2x$", "$2y$",
                                            "$5$",  "$6$",  "$1$",  kApacheMd5};
  return std::any_of(std::begin(kPrefixes), std::end(kPrefixes),
                     [&](std::string_view prefix) { return begins(hash, prefix); });
}

std::optional<std::string> decode(std::string_view text) {
  std::string out(wire::base64_decoded_max(text.size()), '\0');
  size_t size = 0;
  if (!wire::decode_base64(text, out.data(), size)) return std::nullopt;
  out.resize(size);
  return out;
}

std::string digest(const EVP_MD* method, const std::string& text) {
  std::string out(static_cast<size_t>(EVP_MD_size(method)), '\0');
  EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(out.data()), nullptr,
             method, nullptr);
  return out;
}

/// 24 bits as crypt writes them: four characters, the lowest bits first.
void append_crypt64(std::string& out, char high, char middle, char low) {
  constexpr std::string_view kAlphabet =
      "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const auto byte = [](char c) { return static_cast<uint32_t>(static_cast<unsigned char>(c)); };
  uint32_t bits = byte(high) << 16 | byte(middle) << 8 | byte(low);
  for (int i = 0; i < 4; ++i, bits >>= 6) out += kAlphabet[bits & 0x3f];
}

/// Apache's variant of crypt's MD5 (apr_md5_encode), which libcrypt does not know.
std::string apache_md5(const std::string& salt, const std::string& password) {
  const auto md5 = [](const std::string& text) { return digest(EVP_md5(), text); };
  const std::string inner = md5(password + salt + password);
  std::string text = password + std::string(kApacheMd5) + salt;
  for (size_t i = 0; i < password.size(); ++i) text += inner[i % inner.size()];
  for (size_t bits = password.size(); bits != 0; bits >>= 1)
    text += bits % 2 != 0 ? '\0' : password[0];
  std::string made = md5(text);
  for (int round = 0; round < 1000; ++round) {
    const bool is_odd = round % 2 != 0;
    text = is_odd ? password : made;
    if (round % 3 != 0) text += salt;
    if (round % 7 != 0) text += password;
    text += is_odd ? made : password;
    made = md5(text);
  }
  std::string out;
  for (size_t i = 0; i < 5; ++i)
    append_crypt64(out, made[i], made[i + 6], made[i == 4 ? 5 : i + 12]);
  append_crypt64(out, '\0', '\0', made[11]);
  out.resize(22);  // 128 bits
  return out;
}

bool matches_slow(const std::string& hash, const std::string& password) {
  // crypt() would not see what stands behind a zero byte.
  if (password.size() > kSlowPasswordBytesMax || password.find('\0') != std::string::npos)
    return false;
  if (begins(hash, kApacheMd5)) {
    const size_t dollar = hash.find('$', kApacheMd5.size());
    if (dollar == std::string::npos) return false;
    const std::string salt = hash.substr(kApacheMd5.size(), dollar - kApacheMd5.size());
    return equal_in_constant_time(apache_md5(salt, password), hash.substr(dollar + 1));
  }
  const auto data = std::make_unique<crypt_data>();
  const char* made = crypt_r(password.c_str(), hash.c_str(), data.get());
  return made != nullptr && equal_in_constant_time(made, hash);
}

bool matches_sha(std::string_view encoded, const std::string& password, bool is_salted) {
  const auto decoded = decode(encoded);
  if (!decoded || decoded->size() < kSha1Bytes) return false;
  const std::string salt = decoded->substr(kSha1Bytes);
  if (!is_salted && !salt.empty()) return false;
  return equal_in_constant_time(digest(EVP_sha1(), password + salt),
                                decoded->substr(0, kSha1Bytes));
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

Status Htpasswd::add(std::string_view text) {
  std::vector<int> bad;
  each_line(text, [&](std::string_view line, int number) {
    const size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos) {
      bad.push_back(number);
    } else {
      users_[std::string(line.substr(0, colon))] = std::string(line.substr(colon + 1));
    }
  });
  if (bad.empty()) return {};
  std::string message = bad.size() == 1 ? "line" : "lines";
  for (const int number : bad)
    message += (number == bad.front() ? " " : ", ") + std::to_string(number);
  return invalid_argument(message + (bad.size() == 1 ? " is" : " are") + " not user:password");
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
  if (is_slow(hash)) return matches_slow(hash, password);
  if (begins(hash, kSha)) return matches_sha(hash.substr(kSha.size()), password, false);
  if (begins(hash, kSaltedSha)) return matches_sha(hash.substr(kSaltedSha.size()), password, true);
  return equal_in_constant_time(hash, password) ||
         equal_in_constant_time(hash, std::string(kPlain) + password);
}

}  // namespace sluice::http
