#pragma once

#include <string_view>

namespace sluice::server {

// Exception codes of ClickHouse that this server raises itself.
namespace exception {
inline constexpr int kBadArguments = 36;
inline constexpr int kChecksumDoesntMatch = 40;
inline constexpr int kNotImplemented = 48;
inline constexpr int kSyntaxError = 62;
inline constexpr int kReadonly = 164;
inline constexpr int kRequiredPassword = 194;
inline constexpr int kTooManySimultaneousQueries = 202;
inline constexpr int kSocketTimeout = 209;
inline constexpr int kNetworkError = 210;
inline constexpr int kQueryWithSameIdIsAlreadyRunning = 216;
inline constexpr int kQueryIsTooLarge = 229;
inline constexpr int kAborted = 236;
inline constexpr int kMemoryLimitExceeded = 241;
inline constexpr int kCannotDecompress = 271;
inline constexpr int kUserSessionLimitExceeded = 700;
inline constexpr int kSessionNotFound = 372;
inline constexpr int kSessionIsLocked = 373;
inline constexpr int kInvalidSessionTimeout = 374;
inline constexpr int kHttpLengthRequired = 381;
inline constexpr int kQueryWasCancelled = 394;
inline constexpr int kAuthenticationFailed = 516;
}  // namespace exception

/// ClickHouse's name for one of the codes above, e.g. "READONLY".
std::string_view exception_name(int code);

/// The status that ClickHouse's HTTP interface gives to an exception that comes before any output.
int http_status_of(int code);

}  // namespace sluice::server
