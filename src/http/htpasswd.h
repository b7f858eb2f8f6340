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
/// the password is bcrypt ($2a$, $2b$, $2y$), crypt with SHA-256 or SHA-512 ($5$, $6$), {SHA},
/// {SSHA}, or plain text. Immutable; thread-safe.
class Htpasswd {
 public:
  /// Of two lines for one user the later counts. InvalidArgument, with the line's number, for what
  /// is no such line and for hashes that cannot be checked here (Apache's MD5).
  static Result<Htpasswd> parse(std::string_view text);

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
