#include "clickhouse/errors.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace sluice::clickhouse {
namespace {

using enum ErrorClass;
using std::chrono::seconds;

/// A person has to act, and an account must not be locked out meanwhile: two tries a minute.
constexpr seconds kCredentialsPause{30};
/// Quotas are counted over minutes or hours.
constexpr seconds kQuotaPause{60};
/// Bytes that arrive damaged may be the network's fault this often, then they are ours.
constexpr int kWireTries = 3;

// clang-format off
constexpr ErrorRule kRules[] = {
    {1, "UNSUPPORTED_METHOD", Park},
    {3, "UNEXPECTED_END_OF_FILE", Ambiguous, 1, Poison},
    {6, "CANNOT_PARSE_TEXT", Poison},
    {7, "INCORRECT_NUMBER_OF_COLUMNS", Park},
    {8, "THERE_IS_NO_COLUMN", Park},
    {10, "NOT_FOUND_COLUMN_IN_BLOCK", Park},
    {16, "NO_SUCH_COLUMN_IN_TABLE", Park},
    {20, "NUMBER_OF_COLUMNS_DOESNT_MATCH", Park},
    {23, "CANNOT_READ_FROM_ISTREAM", Ambiguous},
    {24, "CANNOT_WRITE_TO_OSTREAM", Ambiguous},
    {25, "CANNOT_PARSE_ESCAPE_SEQUENCE", Poison},
    {26, "CANNOT_PARSE_QUOTED_STRING", Poison},
    {27, "CANNOT_PARSE_INPUT_ASSERTION_FAILED", Poison},
    {32, "ATTEMPT_TO_READ_AFTER_EOF", Ambiguous, 1, Poison},
    {33, "CANNOT_READ_ALL_DATA", Ambiguous, 1, Poison},
    {38, "CANNOT_PARSE_DATE", Poison},
    {39, "TOO_LARGE_SIZE_COMPRESSED", Split},
    {40, "CHECKSUM_DOESNT_MATCH", Transient, kWireTries, Poison},
    {41, "CANNOT_PARSE_DATETIME", Poison},
    {44, "ILLEGAL_COLUMN", Park},
    {47, "UNKNOWN_IDENTIFIER", Park},
    {48, "NOT_IMPLEMENTED", Park},
    {49, "LOGICAL_ERROR", Ambiguous, kWireTries, Poison},
    {50, "UNKNOWN_TYPE", Park},
    {53, "TYPE_MISMATCH", Park},
    {60, "UNKNOWN_TABLE", Park},
    {62, "SYNTAX_ERROR", Park},
    {69, "ARGUMENT_OUT_OF_BOUND", Poison},
    {70, "CANNOT_CONVERT_TYPE", Park},
    {72, "CANNOT_PARSE_NUMBER", Poison},
    {73, "UNKNOWN_FORMAT", Park},
    {74, "CANNOT_READ_FROM_FILE_DESCRIPTOR", Ambiguous},
    {75, "CANNOT_WRITE_TO_FILE_DESCRIPTOR", Ambiguous},
    {76, "CANNOT_OPEN_FILE", Ambiguous},
    {78, "UNKNOWN_TYPE_OF_QUERY", Park},
    {81, "UNKNOWN_DATABASE", Park},
    {95, "CANNOT_READ_FROM_SOCKET", Ambiguous},
    {96, "CANNOT_WRITE_TO_SOCKET", Ambiguous},
    {115, "UNKNOWN_SETTING", Park},
    {116, "THERE_IS_NO_DEFAULT_VALUE", Park},
    {117, "INCORRECT_DATA", Poison},
    {128, "TOO_LARGE_ARRAY_SIZE", Split},
    {130, "CANNOT_READ_ARRAY_FROM_TEXT", Poison},
    {131, "TOO_LARGE_STRING_SIZE", Split},
    {158, "TOO_MANY_ROWS", Split},
    {159, "TIMEOUT_EXCEEDED", Ambiguous, 2, Split},
    {164, "READONLY", Park, 0, Park, kCredentialsPause},
    {167, "TOO_DEEP_AST", Poison},
    {168, "TOO_BIG_AST", Poison},
    {173, "CANNOT_ALLOCATE_MEMORY", BackPressure, 3, Split},
    {192, "UNKNOWN_USER", Park, 0, Park, kCredentialsPause},
    {193, "WRONG_PASSWORD", Park, 0, Park, kCredentialsPause},
    {194, "REQUIRED_PASSWORD", Park, 0, Park, kCredentialsPause},
    {195, "IP_ADDRESS_NOT_ALLOWED", Park, 0, Park, kCredentialsPause},
    {198, "DNS_ERROR", Transient},
    {201, "QUOTA_EXCEEDED", BackPressure, 0, BackPressure, kQuotaPause},
    {202, "TOO_MANY_SIMULTANEOUS_QUERIES", BackPressure},
    {203, "NO_FREE_CONNECTION", Transient},
    {209, "SOCKET_TIMEOUT", Ambiguous},
    {210, "NETWORK_ERROR", Ambiguous},
    {216, "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING", Ambiguous},
    {218, "TABLE_IS_DROPPED", Transient, 20, Park},
    {225, "NO_ZOOKEEPER", Ambiguous},
    {229, "QUERY_IS_TOO_LARGE", Split},
    {236, "ABORTED", Ambiguous},
    {241, "MEMORY_LIMIT_EXCEEDED", BackPressure, 3, Split},
    {242, "TABLE_IS_READ_ONLY", Transient, 40, Park},
    {243, "NOT_ENOUGH_SPACE", Transient},
    {244, "UNEXPECTED_ZOOKEEPER_ERROR", Ambiguous},
    {246, "CORRUPTED_DATA", Transient, kWireTries, Poison},
    {252, "TOO_MANY_PARTS", BackPressure},
    {254, "NO_ACTIVE_REPLICAS", Transient},
    {265, "NO_AVAILABLE_REPLICA", Transient},
    {271, "CANNOT_DECOMPRESS", Transient, kWireTries, Poison},
    {279, "ALL_CONNECTION_TRIES_FAILED", Transient},
    {285, "TOO_FEW_LIVE_REPLICAS", Ambiguous},
    {286, "UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE", Ambiguous},
    {289, "REPLICA_IS_NOT_IN_QUORUM", Ambiguous},
    {290, "LIMIT_EXCEEDED", BackPressure, 0, BackPressure, kQuotaPause},
    {291, "DATABASE_ACCESS_DENIED", Park, 0, Park, kCredentialsPause},
    {294, "CANNOT_WRITE_TO_FILE", Ambiguous},
    {297, "SHARD_HAS_NO_CONNECTIONS", Transient},
    {306, "TOO_DEEP_RECURSION", Poison},
    {307, "TOO_MANY_BYTES", Split},
    {319, "UNKNOWN_STATUS_OF_INSERT", Ambiguous},
    {321, "VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE", Poison},
    {344, "SUPPORT_IS_DISABLED", Park},
    {349, "CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN", Poison},
    {354, "ZLIB_INFLATE_FAILED", Transient, kWireTries, Poison},
    {364, "RECEIVED_ERROR_TOO_MANY_REQUESTS", BackPressure},
    {369, "ALL_REPLICAS_ARE_STALE", Ambiguous},
    {373, "SESSION_IS_LOCKED", Transient},
    {376, "CANNOT_PARSE_UUID", Poison},
    {384, "PART_IS_TEMPORARILY_LOCKED", Transient},
    {389, "INSERT_WAS_DEDUPLICATED", Done},
    {394, "QUERY_WAS_CANCELLED", Ambiguous},
    {395, "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO", Park},
    {396, "TOO_MANY_ROWS_OR_BYTES", Split},
    {407, "DECIMAL_OVERFLOW", Poison},
    {425, "SYSTEM_ERROR", Ambiguous},
    {439, "CANNOT_SCHEDULE_TASK", BackPressure},
    {467, "CANNOT_PARSE_BOOL", Poison},
    {469, "VIOLATED_CONSTRAINT", Poison},
    {497, "ACCESS_DENIED", Park, 0, Park, kCredentialsPause},
    {503, "AGGREGATE_FUNCTION_THROW", Park},
    {516, "AUTHENTICATION_FAILED", Park, 0, Park, kCredentialsPause},
    {519, "NO_REMOTE_SHARD_AVAILABLE", Transient},
    {561, "ZSTD_DECODER_FAILED", Transient, kWireTries, Poison},
    {563, "CANNOT_READ_MAP_FROM_TEXT", Poison},
    {565, "TOO_MANY_PARTITIONS", Park},
    {574, "DISTRIBUTED_TOO_MANY_PENDING_BYTES", BackPressure},
    {618, "LZ4_DECODER_FAILED", Transient, kWireTries, Poison},
    {659, "UNKNOWN_STATUS_OF_TRANSACTION", Ambiguous},
    {667, "NOT_INITIALIZED", Transient, 20, Park},
    {675, "CANNOT_PARSE_IPV4", Poison},
    {676, "CANNOT_PARSE_IPV6", Poison},
    {677, "THREAD_WAS_CANCELED", Ambiguous},
    {691, "UNKNOWN_ELEMENT_OF_ENUM", Poison},
    {692, "TOO_MANY_MUTATIONS", Park},
    {696, "ASYNC_LOAD_CANCELED", Ambiguous},
    {700, "USER_SESSION_LIMIT_EXCEEDED", BackPressure},
    {710, "FAULT_INJECTED", Transient},
    {712, "TOO_MANY_MATERIALIZED_VIEWS", Park},
    {718, "TOO_SLOW_PARSING", Poison},
    {720, "USER_EXPIRED", Park, 0, Park, kCredentialsPause},
    {722, "ASYNC_LOAD_WAIT_FAILED", Transient, 20, Park},
    {724, "TOO_MANY_TABLES", Park},
    {733, "TABLE_IS_BEING_RESTARTED", Transient, 20, Park},
    {735, "QUERY_WAS_CANCELLED_BY_CLIENT", Ambiguous},
    {738, "PART_IS_LOCKED", Transient},
    {745, "SERVER_OVERLOADED", BackPressure},
    {749, "TCP_CONNECTION_LIMIT_REACHED", BackPressure},
    {762, "HTTP_CONNECTION_LIMIT_REACHED", BackPressure},
    {763, "SESSION_REFUSED", BackPressure},
    {764, "DEDUPLICATION_IS_NOT_POSSIBLE", Park},
    {999, "KEEPER_EXCEPTION", Ambiguous},
    {1000, "POCO_EXCEPTION", Ambiguous, kWireTries, Poison},
    {1001, "STD_EXCEPTION", Ambiguous, kWireTries, Poison},
    {1002, "UNKNOWN_EXCEPTION", Ambiguous, kWireTries, Poison},
};
// clang-format on

/// 252 has two meanings; this one never heals by waiting.
constexpr int kTooManyParts = 252;
constexpr std::string_view kTooManyPartitions = "Too many partitions for single INSERT block";
/// 53 and 70 mean the schema, unless one row is named.
constexpr int kTypeMismatch = 53;
constexpr int kCannotConvertType = 70;

const ErrorRule* find_rule(int code) {
  const auto* at = std::lower_bound(std::begin(kRules), std::end(kRules), code,
                                    [](const ErrorRule& rule, int c) { return rule.code < c; });
  return at != std::end(kRules) && at->code == code ? at : nullptr;
}

std::optional<uint64_t> number_after(std::string_view text, std::string_view mark) {
  const size_t at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view digits = text.substr(at + mark.size());
  uint64_t value = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (parsed.ec != std::errc()) return std::nullopt;
  return value;
}

/// The first line, cut: messages go into logs and replies.
std::string one_line(std::string_view text) {
  constexpr size_t kMessageBytesMax = 512;
  text = text.substr(0, text.find('\n'));
  std::string out(text.substr(0, kMessageBytesMax));
  if (text.size() > kMessageBytesMax) out += "...";
  return out;
}

/// What a status means that no exception code comes with: something between us and ClickHouse
/// speaks.
ErrorClass classify_http(int status) {
  switch (status) {
    case 200: return Done;
    case 413: return Split;
    case 429: return BackPressure;
    case 400:
    case 401:
    case 403:
    case 404:
    case 405:
    case 411:
    case 415: return Park;
    default: return Ambiguous;
  }
}

/// The exception that a reply carries, if any. Behind a 200 it stands where the data ends, after a
/// marker with the tag of the header; an insert has no data, so there any exception text counts.
std::optional<int> exception_of(const http::Reply& reply, bool is_insert) {
  if (const auto code = number_after(reply.header("X-ClickHouse-Exception-Code"), "")) {
    return static_cast<int>(*code);
  }
  if (reply.status != 200 || is_insert) return find_exception_code(reply.body);
  const std::string_view tag = reply.header("X-ClickHouse-Exception-Tag");
  if (tag.empty()) return std::nullopt;
  const size_t mark = reply.body.rfind("__exception__\r\n" + std::string(tag));
  if (mark == std::string::npos) return std::nullopt;
  return find_exception_code(std::string_view(reply.body).substr(mark)).value_or(0);
}

Answer from_connection(const http::Exchange& exchange) {
  Answer answer;
  answer.error_class = exchange.maybe_processed ? Ambiguous : Transient;
  answer.message = exchange.status.message();
  return answer;
}

/// A summary that counts fewer rows than were sent. A server that does not count says 0.
bool wrote_less(const http::Reply& reply, uint64_t rows) {
  const auto written = number_after(reply.header("X-ClickHouse-Summary"), "\"written_rows\":\"");
  return written && *written != 0 && *written < rows;
}

}  // namespace

std::string_view error_class_name(ErrorClass c) {
  switch (c) {
    case Done: return "done";
    case Transient: return "transient";
    case Ambiguous: return "ambiguous";
    case BackPressure: return "back_pressure";
    case Split: return "split";
    case Park: return "park";
    case Poison: return "poison";
  }
  return "unknown";
}

std::span<const ErrorRule> error_rules() { return kRules; }

ErrorClass classify_exception(int code, std::string_view text, int try_number) {
  if (code == kTooManyParts && text.find(kTooManyPartitions) != std::string_view::npos)
    return Split;
  const bool names_row = find_row(text).has_value();
  if (names_row && (code == kTypeMismatch || code == kCannotConvertType)) return Poison;
  const ErrorRule* rule = find_rule(code);
  if (rule == nullptr) return try_number > kUnknownCodeTries ? Park : Ambiguous;
  return rule->tries != 0 && try_number > rule->tries ? rule->then : rule->first;
}

Answer understand(const http::Exchange& exchange, int try_number, uint64_t rows) {
  if (!exchange.status.ok()) return from_connection(exchange);
  const http::Reply& reply = exchange.reply;
  Answer answer;
  if (const auto code = exception_of(reply, rows != 0)) {
    answer.code = *code;
    answer.error_class = classify_exception(*code, reply.body, try_number);
    answer.row = find_row(reply.body);
    if (const ErrorRule* rule = find_rule(*code)) answer.pause = rule->pause;
  } else {
    answer.error_class = classify_http(reply.status);
    if (answer.done() && wrote_less(reply, rows)) {
      answer.error_class = Ambiguous;
      answer.message = "the server wrote fewer rows than were sent";
    }
  }
  if (!answer.done() && answer.message.empty()) {
    answer.message =
        reply.body.empty() ? "HTTP status " + std::to_string(reply.status) : one_line(reply.body);
  }
  return answer;
}

std::optional<int> find_exception_code(std::string_view text) {
  constexpr std::string_view kMark = "Code: ";
  const size_t at = text.find(kMark);
  if (at == std::string_view::npos) return std::nullopt;
  const auto code = number_after(text.substr(at), kMark);
  const bool exception = text.find("Exception", at) != std::string_view::npos;
  if (!code || !exception) return std::nullopt;
  return static_cast<int>(*code);
}

std::optional<uint64_t> find_row(std::string_view text) { return number_after(text, "(at row "); }

}  // namespace sluice::clickhouse
