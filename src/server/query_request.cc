#include "server/query_request.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <random>

#include "server/exception_status.h"

namespace sluice::server {
namespace {

constexpr std::string_view kParamPrefix = "param_";

/// Parameters that are credentials, or that only ClickHouse's own code has a use for.
constexpr std::string_view kIgnored[] = {"user", "password", "quota_key", "stacktrace"};

bool is_true(const std::string& value) { return value == "1" || value == "true"; }

template <typename Number>
bool read_number(const std::string& text, Number& number) {
  const char* end = text.data() + text.size();
  return !text.empty() && std::from_chars(text.data(), end, number).ptr == end;
}

/// Whether a comma-separated header value has this token, unless with a weight of 0.
bool accepts(std::string_view header, std::string_view token) {
  while (!header.empty()) {
    const size_t comma = header.find(',');
    std::string_view item = header.substr(0, comma);
    header = comma == std::string_view::npos ? std::string_view() : header.substr(comma + 1);
    const size_t semicolon = item.find(';');
    std::string_view name = item.substr(0, semicolon);
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    if (name != token) continue;
    const size_t weight = item.find("q=0");
    return weight == std::string_view::npos ||
           item.find_first_of("123456789", weight) != std::string_view::npos;
  }
  return false;
}

/// Reads parameters one by one; keeps the first error.
class Reader {
 public:
  Reader(std::string_view version, QueryRequest& request) : version_(version), request_(request) {}

  void take(const std::string& name, const std::string& value) {
    if (name.substr(0, kParamPrefix.size()) == kParamPrefix) {
      request_.parameters.emplace_back(name.substr(kParamPrefix.size()), value);
    } else if (!take_text(name, value) && !take_flag(name, value) && !take_number(name, value) &&
               std::find(std::begin(kIgnored), std::end(kIgnored), name) == std::end(kIgnored)) {
      take_setting(name, value);
    }
  }

  void fail(int code, std::string_view message) {
    if (!error_) error_ = engine::make_error(code, exception_name(code), message, version_);
  }

  /// Whether enable_http_compression=1 was among them.
  bool wants_compression() const { return compress_; }
  std::optional<std::chrono::milliseconds> progress_interval() const {
    if (!progress_) return std::nullopt;
    return std::clamp(std::chrono::milliseconds(progress_interval_ms_), kProgressIntervalMin,
                      kProgressIntervalMax);
  }
  std::optional<engine::Error> error() && { return std::move(error_); }

 private:
  bool take_text(const std::string& name, const std::string& value) {
    if (name == "query") {
      request_.query += value;
    } else if (name == "query_id") {
      request_.query_id = value;
    } else if (name == "database") {
      request_.database = value;
    } else if (name == "default_format") {
      request_.default_format = value;
    } else if (name == "role") {
      request_.roles.push_back(value);
    } else if (name == "session_id") {
      request_.session_id = value;
    } else {
      return false;
    }
    return true;
  }

  bool take_flag(const std::string& name, const std::string& value) {
    if (name == "session_check") {
      request_.session_check = is_true(value);
    } else if (name == "close_session") {
      request_.close_session = is_true(value);
    } else if (name == "wait_end_of_query") {
      request_.wait_end_of_query = is_true(value);
    } else if (name == "compress") {
      request_.native_compress = is_true(value);
    } else if (name == "decompress") {
      request_.native_decompress = is_true(value);
    } else {
      return false;
    }
    return true;
  }

  bool take_number(const std::string& name, const std::string& value) {
    if (name == "session_timeout") {
      long seconds = 0;
      if (!read_number(value, seconds) || seconds < 0 || seconds > kSessionTimeoutMax.count()) {
        fail(exception::kInvalidSessionTimeout,
             "Invalid session timeout: '" + value + "' (it may be 0 to " +
                 std::to_string(kSessionTimeoutMax.count()) + " seconds)");
      }
      request_.session_timeout = std::chrono::seconds(seconds);
    } else if (name == "buffer_size") {
      size_t bytes = 0;
      if (!read_number(value, bytes)) {
        fail(exception::kBadArguments, "buffer_size is not a number: '" + value + "'");
      }
      request_.buffer_bytes = std::min(bytes, kBufferBytesMax);
    } else if (name == "client_protocol_version") {
      if (!read_number(value, request_.protocol_version))
        fail(exception::kBadArguments, "client_protocol_version is not a number: '" + value + "'");
    } else {
      return false;
    }
    return true;
  }

  /// Settings go to the engine, which judges them. Some of them mean something here too.
  void take_setting(const std::string& name, const std::string& value) {
    request_.settings.emplace_back(name, value);
    if (name == "add_http_cors_header") {
      request_.cors = is_true(value);
    } else if (name == "enable_http_compression") {
      compress_ = is_true(value);
    } else if (name == "send_progress_in_http_headers") {
      progress_ = is_true(value);
    } else if (name == "http_headers_progress_interval_ms") {
      read_number(value, progress_interval_ms_);
    } else if (name == "http_zlib_compression_level" || name == "http_response_compression_level") {
      read_number(value, request_.compression_level);
    }
  }

  const std::string_view version_;
  QueryRequest& request_;
  bool compress_ = false;
  bool progress_ = false;
  int64_t progress_interval_ms_ = 100;  // ClickHouse's default
  std::optional<engine::Error> error_;
};

void read_encodings(const http::StreamHead& head, Reader& reader, QueryRequest& request) {
  const std::string_view sent = head.field("Content-Encoding");
  if (!sent.empty() && sent != "identity") {
    request.request_encoding = wire::find_stream_encoding(sent);
    if (request.request_encoding == nullptr) {
      std::string known;
      for (const wire::StreamEncoding& encoding : wire::stream_encodings()) {
        known += " " + std::string(encoding.name);
      }
      reader.fail(exception::kNotImplemented, "Unknown Content-Encoding '" + std::string(sent) +
                                                  "'; this server takes:" + known);
    }
  }
  if (!reader.wants_compression()) return;
  for (const wire::StreamEncoding& encoding : wire::stream_encodings()) {
    if (accepts(head.field("Accept-Encoding"), encoding.name)) {
      request.response_encoding = &encoding;
      return;
    }
  }
}

}  // namespace

std::optional<engine::Error> read_query_request(const http::StreamHead& head,
                                                const engine::NameValues& params,
                                                std::string_view version, QueryRequest& request) {
  request.readonly = head.method == "GET" || head.method == "HEAD";
  if (head.has("X-ClickHouse-Database")) {
    request.database = std::string(head.field("X-ClickHouse-Database"));
  }
  if (head.has("X-ClickHouse-Format")) {
    request.default_format = std::string(head.field("X-ClickHouse-Format"));
  }
  Reader reader(version, request);
  for (const auto& [name, value] : params) reader.take(name, value);
  read_encodings(head, reader, request);
  request.progress_interval = reader.progress_interval();
  if (request.query_id.empty()) request.query_id = random_uuid();
  return std::move(reader).error();
}

std::string random_uuid() {
  static constexpr char kHex[] = "0123456789abcdef";
  thread_local std::mt19937_64 random{std::random_device{}()};
  std::array<uint64_t, 2> bits{random(), random()};
  bits[0] = (bits[0] & ~uint64_t{0xf000}) | 0x4000;                  // version 4
  bits[1] = (bits[1] & ~(uint64_t{3} << 62)) | (uint64_t{2} << 62);  // RFC 9562's variant
  std::string text;
  for (int digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) text += '-';
    text += kHex[(bits[static_cast<size_t>(digit / 16)] >> (60 - digit % 16 * 4)) & 15];
  }
  return text;
}

}  // namespace sluice::server
