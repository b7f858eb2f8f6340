#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace sluice::http {

/// User and password of a header "Authorization: Basic …" (RFC 7617); nothing if it is none.
struct BasicCredentials {
  std::string user;
  std::string password;
  std::string encoded;  ///< both, as they were sent
};
std::optional<BasicCredentials> parse_basic(std::string_view authorization);
/// The header's value for them.
std::string basic_authorization(std::string_view user, std::string_view password);

/// Compares without telling by the time it takes where the texts differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// The users of Apache's htpasswd files
/// (https://httpd.apache.org/docs/2.4/misc/password_encryptions.html): `user:password` lines, where
/// the password is bcrypt ($2a$, $2b$, $2x$, $2y$), crypt with SHA-256, SHA-512 or MD5 ($5$, $6$,
/// $1$), Apache's MD5 ($apr1$), {SHA}, {SSHA}, or plain text, with or without {PLAIN} before it.
/// Thread-safe once all lines are there.
class Htpasswd {
 public:
  /// Of two lines for one user the later counts. InvalidArgument, with the numbers of all lines
  /// that are none.
  Status add(std::string_view text);

  /// How an entry is checked: some hashes are made to be slow.
  enum class Kind { Unknown, Quick, Slow };
  Kind kind_of(const std::string& user) const;
  /// False for users that are not there.
  bool matches(const std::string& user, const std::string& password) const;
  bool empty() const { return users_.empty(); }

 private:
  std::map<std::string, std::string, std::less<>> users_;
};

}  // namespace sluice::http
