#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"

namespace sluice {

/// Whose fault it is and whether to try again. The values are those of google.rpc.Code, since they
/// go out as such in gRPC trailers and OTLP/HTTP error bodies.
enum class Code : uint8_t {
  Ok = 0,
  Cancelled = 1,           ///< the caller went away
  Unknown = 2,             ///< a peer said no without a reason
  InvalidArgument = 3,     ///< the bytes are bad and stay bad: never retry
  DeadlineExceeded = 4,    ///< retry
  NotFound = 5,            ///< a name that does not exist
  AlreadyExists = 6,       ///< a name, address or directory that is taken
  PermissionDenied = 7,    ///< known, but not allowed
  ResourceExhausted = 8,   ///< over a limit of size: never retry (retry "later" is Unavailable)
  FailedPrecondition = 9,  ///< the system is not in the state that this needs; a person must act
  Aborted = 10,            ///< a conflict; retry
  OutOfRange = 11,         ///< past the end
  Unimplemented = 12,      ///< not here
  Internal = 13,  ///< our mistake; OTLP senders drop their data on it, so rarely the right answer
  Unavailable = 14,      ///< not now: retry later
  DataLoss = 15,         ///< damaged data
  Unauthenticated = 16,  ///< credentials missing or wrong
};

/// The gRPC name, for example "INVALID_ARGUMENT".
std::string_view code_name(Code code);

/// A code and a sentence for a person: what, where, and what to do. Ok carries no message and does
/// not allocate.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Code code, std::string message) : code_(code), message_(std::move(message)) {}

  bool ok() const { return code_ == Code::Ok; }
  Code code() const { return code_; }
  const std::string& message() const { return message_; }

  /// Whether the same request may succeed later, by OTLP's table of retryable codes
  /// (RESOURCE_EXHAUSTED is not).
  bool retryable() const;

  /// The same status with "context: " before its message.
  Status with_context(std::string_view context) const;

  /// "UNAVAILABLE: message", or "OK".
  std::string to_string() const;

  friend bool operator==(const Status&, const Status&) = default;

 private:
  Code code_ = Code::Ok;
  std::string message_;
};

inline Status invalid_argument(std::string message) {
  return {Code::InvalidArgument, std::move(message)};
}
inline Status unavailable(std::string message) { return {Code::Unavailable, std::move(message)}; }
inline Status internal_error(std::string message) { return {Code::Internal, std::move(message)}; }

/// A status for the errno of a failed system call: "open /x: No such file or directory".
Status errno_status(std::string_view what, int error);

/// A value, or the status that says why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor): reads as a return
  Result(Status status) : status_(std::move(status)) {  // NOLINT(google-explicit-constructor)
    SLUICE_CHECK(!status_.ok());
  }

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }
  T& value() & {
    SLUICE_CHECK(ok());
    return *value_;
  }
  const T& value() const& {
    SLUICE_CHECK(ok());
    return *value_;
  }
  T&& value() && {
    SLUICE_CHECK(ok());
    return std::move(*value_);
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  Status status_;
  std::optional<T> value_;
};

}  // namespace sluice

/// Returns the status from the enclosing function if it is not Ok.
#define SLUICE_RETURN_IF_ERROR(expression)                        \
  do {                                                            \
    if (::sluice::Status status_ = (expression); !status_.ok()) { \
      return status_;                                             \
    }                                                             \
  } while (false)
