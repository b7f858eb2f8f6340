#include "server/exception_status.h"

#include <algorithm>
#include <iterator>

namespace sluice::server {
namespace {

struct Name {
  int code;
  std::string_view name;
};

constexpr Name kNames[] = {
    {exception::kBadArguments, "BAD_ARGUMENTS"},
    {exception::kChecksumDoesntMatch, "CHECKSUM_DOESNT_MATCH"},
    {exception::kNotImplemented, "NOT_IMPLEMENTED"},
    {exception::kSyntaxError, "SYNTAX_ERROR"},
    {exception::kReadonly, "READONLY"},
    {exception::kRequiredPassword, "REQUIRED_PASSWORD"},
    {exception::kTooManySimultaneousQueries, "TOO_MANY_SIMULTANEOUS_QUERIES"},
    {exception::kSocketTimeout, "SOCKET_TIMEOUT"},
    {exception::kNetworkError, "NETWORK_ERROR"},
    {exception::kQueryWithSameIdIsAlreadyRunning, "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING"},
    {exception::kQueryIsTooLarge, "QUERY_IS_TOO_LARGE"},
    {exception::kAborted, "ABORTED"},
    {exception::kMemoryLimitExceeded, "MEMORY_LIMIT_EXCEEDED"},
    {exception::kCannotDecompress, "CANNOT_DECOMPRESS"},
    {exception::kSessionNotFound, "SESSION_NOT_FOUND"},
    {exception::kSessionIsLocked, "SESSION_IS_LOCKED"},
    {exception::kInvalidSessionTimeout, "INVALID_SESSION_TIMEOUT"},
    {exception::kHttpLengthRequired, "HTTP_LENGTH_REQUIRED"},
    {exception::kQueryWasCancelled, "QUERY_WAS_CANCELLED"},
    {exception::kAuthenticationFailed, "AUTHENTICATION_FAILED"},
    {exception::kUserSessionLimitExceeded, "USER_SESSION_LIMIT_EXCEEDED"},
};

/// Syntax, parse, type and argument errors: the request itself is wrong.
constexpr int kBadRequest[] = {
    6,    // CANNOT_PARSE_TEXT
    15,   // DUPLICATE_COLUMN
    16,   // NO_SUCH_COLUMN_IN_TABLE
    20,   // NUMBER_OF_COLUMNS_DOESNT_MATCH
    25,   // CANNOT_PARSE_ESCAPE_SEQUENCE
    26,   // CANNOT_PARSE_QUOTED_STRING
    27,   // CANNOT_PARSE_INPUT_ASSERTION_FAILED
    33,   // CANNOT_READ_ALL_DATA
    36,   // BAD_ARGUMENTS
    38,   // CANNOT_PARSE_DATE
    40,   // CHECKSUM_DOESNT_MATCH
    41,   // CANNOT_PARSE_DATETIME
    42,   // NUMBER_OF_ARGUMENTS_DOESNT_MATCH
    43,   // ILLEGAL_TYPE_OF_ARGUMENT
    44,   // ILLEGAL_COLUMN
    53,   // TYPE_MISMATCH
    62,   // SYNTAX_ERROR
    69,   // ARGUMENT_OUT_OF_BOUND
    70,   // CANNOT_CONVERT_TYPE
    72,   // CANNOT_PARSE_NUMBER
    117,  // INCORRECT_DATA
    130,  // CANNOT_READ_ARRAY_FROM_TEXT
    153,  // ILLEGAL_DIVISION
    167,  // TOO_DEEP_AST
    168,  // TOO_BIG_AST
    179,  // MULTIPLE_EXPRESSIONS_FOR_ALIAS
    184,  // ILLEGAL_AGGREGATION
    207,  // AMBIGUOUS_IDENTIFIER
    215,  // NOT_AN_AGGREGATE
    223,  // UNEXPECTED_AST_STRUCTURE
    271,  // CANNOT_DECOMPRESS
    306,  // TOO_DEEP_RECURSION
    321,  // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
    352,  // AMBIGUOUS_COLUMN_NAME
    374,  // INVALID_SESSION_TIMEOUT
    376,  // CANNOT_PARSE_UUID
    386,  // NO_COMMON_TYPE
    427,  // CANNOT_COMPILE_REGEXP
    456,  // UNKNOWN_QUERY_PARAMETER
    457,  // BAD_QUERY_PARAMETER
    467,  // CANNOT_PARSE_BOOL
    675,  // CANNOT_PARSE_IPV4
    676,  // CANNOT_PARSE_IPV6
    691,  // UNKNOWN_ELEMENT_OF_ENUM
};

/// A name that does not exist.
constexpr int kNotFound[] = {
    46,   // UNKNOWN_FUNCTION
    47,   // UNKNOWN_IDENTIFIER
    50,   // UNKNOWN_TYPE
    56,   // UNKNOWN_STORAGE
    60,   // UNKNOWN_TABLE
    63,   // UNKNOWN_AGGREGATE_FUNCTION
    73,   // UNKNOWN_FORMAT
    78,   // UNKNOWN_TYPE_OF_QUERY
    81,   // UNKNOWN_DATABASE
    115,  // UNKNOWN_SETTING
    336,  // UNKNOWN_DATABASE_ENGINE
    372,  // SESSION_NOT_FOUND
    511,  // UNKNOWN_ROLE
};

constexpr int kForbidden[] = {
    192,  // UNKNOWN_USER
    193,  // WRONG_PASSWORD
    497,  // ACCESS_DENIED
    512,  // SET_NON_GRANTED_ROLE
    516,  // AUTHENTICATION_FAILED
};

template <size_t kSize>
bool among(const int (&codes)[kSize], int code) {
  return std::find(std::begin(codes), std::end(codes), code) != std::end(codes);
}

}  // namespace

std::string_view exception_name(int code) {
  for (const Name& name : kNames) {
    if (name.code == code) return name.name;
  }
  return "UNKNOWN_EXCEPTION";
}

int http_status_of(int code) {
  switch (code) {
    case exception::kRequiredPassword: return 401;
    case 159:  // TIMEOUT_EXCEEDED
      return 408;
    case exception::kHttpLengthRequired: return 411;
    case exception::kQueryIsTooLarge: return 413;
    case exception::kNotImplemented: return 501;
    case exception::kSocketTimeout:
    case 439:  // CANNOT_SCHEDULE_TASK
      return 503;
    default: break;
  }
  if (among(kBadRequest, code)) return 400;
  if (among(kForbidden, code)) return 403;
  if (among(kNotFound, code)) return 404;
  return 500;
}

}  // namespace sluice::server
