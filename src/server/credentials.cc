#include "server/credentials.h"

#include "base/ascii.h"
#include "http/htpasswd.h"
#include "server/exception_status.h"
#include "server/url.h"
#include "wire/base64.h"

namespace sluice::server {
namespace {

constexpr std::string_view kBasic = "basic ";
constexpr std::string_view kDefaultUser = "default";

bool is_basic(std::string_view authorization) {
  if (authorization.size() < kBasic.size()) return false;
  for (size_t i = 0; i < kBasic.size(); ++i) {
    if (ascii::lower(authorization[i]) != kBasic[i]) return false;
  }
  return true;
}

CredentialsRefusal failed(std::string message) {
  return {exception::kAuthenticationFailed, std::move(message)};
}

/// Reads "Basic base64(user:password)".
std::optional<Credentials> from_basic(std::string_view authorization) {
  if (!is_basic(authorization)) return std::nullopt;
  authorization.remove_prefix(kBasic.size());
  std::string decoded(wire::base64_decoded_max(authorization.size()), '\0');
  size_t size = 0;
  if (!wire::decode_base64(authorization, decoded.data(), size)) return std::nullopt;
  decoded.resize(size);
  const size_t colon = decoded.find(':');
  if (colon == std::string::npos) return std::nullopt;
  return Credentials{decoded.substr(0, colon), decoded.substr(colon + 1)};
}

std::string value_or(const std::string* value, std::string_view otherwise) {
  return value != nullptr ? *value : std::string(otherwise);
}

}  // namespace

std::optional<CredentialsRefusal> check_credentials(const http::StreamHead& head,
                                                    const engine::NameValues& params,
                                                    const Credentials& account) {
  const std::string* url_user = find_last(params, "user");
  const std::string* url_password = find_last(params, "password");
  const bool by_url = url_user != nullptr || url_password != nullptr;
  const bool by_basic = head.has("Authorization");
  const bool by_header = head.has("X-ClickHouse-User") || head.has("X-ClickHouse-Key");
  if (int{by_url} + int{by_basic} + int{by_header} > 1) {
    return failed(
        "Invalid authentication: it is not allowed to use more than one of the Authorization "
        "header, the X-ClickHouse-User and X-ClickHouse-Key headers, and the user and password "
        "parameters");
  }
  Credentials given{std::string(kDefaultUser), ""};
  if (by_basic) {
    std::optional<Credentials> basic = from_basic(head.field("Authorization"));
    if (!basic.has_value()) {
      return failed("Invalid authentication: the Authorization header is not valid Basic");
    }
    given = std::move(*basic);
  } else if (by_header) {
    if (head.has("X-ClickHouse-User")) {
      given.user = std::string(head.field("X-ClickHouse-User"));
    }
    given.password = std::string(head.field("X-ClickHouse-Key"));
  } else if (by_url) {
    given = {value_or(url_user, kDefaultUser), value_or(url_password, "")};
  }
  // Both are compared, so that the time does not tell which one was wrong.
  const bool user_matches = http::equal_in_constant_time(given.user, account.user);
  const bool password_matches = http::equal_in_constant_time(given.password, account.password);
  if (user_matches && password_matches) return std::nullopt;
  if (!by_url && !by_basic && !by_header) {
    return CredentialsRefusal{exception::kRequiredPassword,
                              given.user + ": Authentication failed: a password is required"};
  }
  return failed(given.user +
                ": Authentication failed: password is incorrect, or there is no user with such "
                "name");
}

}  // namespace sluice::server
