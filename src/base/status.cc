#include "base/status.h"

#include <system_error>

namespace sluice {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::Ok: return "OK";
    case Code::Cancelled: return "CANCELLED";
    case Code::Unknown: return "UNKNOWN";
    case Code::InvalidArgument: return "INVALID_ARGUMENT";
    case Code::DeadlineExceeded: return "DEADLINE_EXCEEDED";
    case Code::NotFound: return "NOT_FOUND";
    case Code::AlreadyExists: return "ALREADY_EXISTS";
    case Code::PermissionDenied: return "PERMISSION_DENIED";
    case Code::ResourceExhausted: return "RESOURCE_EXHAUSTED";
    case Code::FailedPrecondition: return "FAILED_PRECONDITION";
    case Code::Aborted: return "ABORTED";
    case Code::OutOfRange: return "OUT_OF_RANGE";
    case Code::Unimplemented: return "UNIMPLEMENTED";
    case Code::Internal: return "INTERNAL";
    case Code::Unavailable: return "UNAVAILABLE";
    case Code::DataLoss: return "DATA_LOSS";
    case Code::Unauthenticated: return "UNAUTHENTICATED";
  }
  return "UNKNOWN";
}

bool Status::retryable() const {
  switch (code_) {
    case Code::Cancelled:
    case Code::DeadlineExceeded:
    case Code::Aborted:
    case Code::OutOfRange:
    case Code::Unavailable:
    case Code::DataLoss: return true;
    default: return false;
  }
}

Status Status::with_context(std::string_view context) const {
  if (ok()) return *this;
  return {code_, std::string(context) + ": " + message_};
}

std::string Status::to_string() const {
  if (ok()) return "OK";
  return std::string(code_name(code_)) + ": " + message_;
}

Status errno_status(std::string_view what, int error) {
  std::string message = std::string(what) + ": " + std::generic_category().message(error);
  switch (error) {
    case EACCES:
    case EPERM: return {Code::PermissionDenied, std::move(message)};
    case ENOENT: return {Code::NotFound, std::move(message)};
    case EADDRINUSE:
    case EEXIST: return {Code::AlreadyExists, std::move(message)};
    default: return {Code::Unavailable, std::move(message)};
  }
}

}  // namespace sluice
