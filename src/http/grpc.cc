#include "http/grpc.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "http/rpc_status.h"
#include "wire/base64.h"

namespace sluice::http::grpc {

namespace {

constexpr std::string_view kContentType = "application/grpc";

constexpr std::array<std::pair<std::string_view, wire::Encoding>, 4> kEncodings{{
    {"identity", wire::Encoding::Identity},
    {"gzip", wire::Encoding::Gzip},
    {"zstd", wire::Encoding::Zstd},
    {"snappy", wire::Encoding::SnappyFramed},
}};

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

/// grpc-go's rule: the type itself, or '+' or ';' and a subtype, which the reply repeats after a
/// '+'.
std::optional<std::string> reply_content_type(std::string_view type) {
  if (type.substr(0, kContentType.size()) != kContentType) return std::nullopt;
  std::string_view rest = type.substr(kContentType.size());
  std::string reply(kContentType);
  if (rest.empty()) return reply;
  if (rest.front() != '+' && rest.front() != ';') return std::nullopt;
  rest.remove_prefix(1);
  if (!rest.empty()) reply.append("+").append(rest);
  return reply;
}

CallError error(int http_status, Code code, std::string message, std::string content_type) {
  return {http_status, std::move(content_type), {code, std::move(message)}};
}

uint64_t message_size(std::string_view prefix) {
  uint64_t size = 0;
  for (size_t i = 1; i < kPrefixBytes; ++i)
    size = size << 8 | static_cast<unsigned char>(prefix[i]);
  return size;
}

}  // namespace

std::optional<std::chrono::nanoseconds> parse_timeout(std::string_view text) {
  constexpr size_t kDigitsMax = 8;
  if (text.size() < 2 || text.size() > kDigitsMax + 1) return std::nullopt;
  int64_t value = 0;
  for (const char digit : text.substr(0, text.size() - 1)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + (digit - '0');
  }
  // 10^8 hours overflow nanoseconds; nobody waits for longer than this anyway.
  constexpr int64_t kHoursMax = 24 * 365;
  switch (text.back()) {
    case 'H': return std::chrono::hours(std::min(value, kHoursMax));
    case 'M': return std::chrono::minutes(std::min(value, kHoursMax * 60));
    case 'S': return std::chrono::seconds(value);
    case 'm': return std::chrono::milliseconds(value);
    case 'u': return std::chrono::microseconds(value);
    case 'n': return std::chrono::nanoseconds(value);
    default: return std::nullopt;
  }
}

std::optional<wire::Encoding> parse_encoding(std::string_view name) {
  for (const auto& [known, encoding] : kEncodings) {
    if (name == known) return encoding;
  }
  return std::nullopt;
}

std::optional<CallError> parse_call(const Request& request, Call& call) {
  const std::string_view type = request.headers.get("content-type");
  std::optional<std::string> reply_type = reply_content_type(type);
  if (!reply_type.has_value()) {
    return error(415, Code::InvalidArgument, "invalid gRPC request content-type " + quoted(type),
                 std::string(kContentType));
  }
  call.content_type = *std::move(reply_type);
  if (request.method != "POST") {
    return error(
        405, Code::Internal,
        "Received a HEADERS frame with :method " + quoted(request.method) + " which should be POST",
        call.content_type);
  }
  if (request.headers.has("grpc-timeout")) {
    const std::string_view text = request.headers.get("grpc-timeout");
    call.timeout = parse_timeout(text);
    if (!call.timeout.has_value()) {
      return error(200, Code::InvalidArgument, "malformed grpc-timeout: " + quoted(text),
                   call.content_type);
    }
  }
  const std::string_view path = request.path();
  const size_t slash = path.rfind('/');
  if (path.empty() || path.front() != '/' || slash == 0) {
    return error(200, Code::Unimplemented, "malformed method name: " + quoted(path),
                 call.content_type);
  }
  call.service = path.substr(1, slash - 1);
  call.method = path.substr(slash + 1);
  call.encoding_name = request.headers.get("grpc-encoding");
  call.encoding =
      call.encoding_name.empty() ? wire::Encoding::Identity : parse_encoding(call.encoding_name);
  return {};
}

size_t body_size(std::string_view first) {
  return first.size() < kPrefixBytes ? 0 : kPrefixBytes + message_size(first);
}

Status too_large(std::string_view body, size_t limit) {
  // Without a prefix that says how much it is, it was more than one message.
  const uint64_t size = body.size() < kPrefixBytes ? 0 : message_size(body);
  if (size <= limit)
    return invalid_argument("grpc: a unary call has one message, and more bytes followed it");
  return {Code::ResourceExhausted, "grpc: received message larger than max (" +
                                       std::to_string(size) + " vs. " + std::to_string(limit) +
                                       ")"};
}

Status read_message(std::string_view body, wire::Encoding encoding, size_t limit, Buffer& scratch,
                    std::string_view& message) {
  if (body.empty()) return invalid_argument("grpc: the call ended without a message");
  if (body.size() < kPrefixBytes)
    return invalid_argument("grpc: the call ended inside a message's prefix: EOF");
  const auto flag = static_cast<unsigned char>(body.front());
  const uint64_t size = message_size(body);
  const std::string_view rest = body.substr(kPrefixBytes);
  if (size > limit || size < rest.size()) return too_large(body, limit);
  if (size > rest.size())
    return invalid_argument("grpc: the call ended inside its message: unexpected EOF");
  if (flag > 1) {
    return internal_error("grpc: received unexpected payload format " + std::to_string(flag));
  }
  if (flag == 0 || (rest.empty() && encoding != wire::Encoding::Identity)) {
    message = rest;  // some clients set the flag but do not compress an empty message
    return {};
  }
  if (encoding == wire::Encoding::Identity) {
    return internal_error("grpc: compressed flag set with identity or empty encoding");
  }
  const Status done = wire::decompress(encoding, rest, limit, scratch);
  if (done.code() == Code::ResourceExhausted) {
    return {Code::ResourceExhausted,
            "grpc: received message after decompression larger than max " + std::to_string(limit)};
  }
  if (!done.ok())
    return internal_error("grpc: failed to read decompressed data: " + done.message());
  message = scratch.view();
  return {};
}

Response success(const Call& call, std::string_view message) {
  Response response;
  response.headers.push_back({"content-type", call.content_type});
  const wire::Encoding encoding = call.encoding.value_or(wire::Encoding::Identity);
  Buffer body;
  const bool compressed = encoding != wire::Encoding::Identity;
  if (compressed) response.headers.push_back({"grpc-encoding", std::string(call.encoding_name)});
  Buffer encoded;
  wire::compress(encoding, message, encoded);
  body.push_back(compressed ? '\1' : '\0');
  for (int shift = 24; shift >= 0; shift -= 8)
    body.push_back(static_cast<char>(encoded.size() >> shift));
  body.append(encoded.view());
  response.body = body.view();
  response.trailers = {{"grpc-status", "0"}, {"grpc-message", ""}};
  return response;
}

Response failure(std::string_view content_type, const Status& status, int http_status,
                 std::optional<std::chrono::seconds> retry_after) {
  Response response;
  response.status = http_status;
  response.headers.push_back({"content-type", std::string(content_type)});
  response.headers.push_back({"grpc-status", std::to_string(static_cast<int>(status.code()))});
  response.headers.push_back({"grpc-message", percent_encode(status.message())});
  if (retry_after.has_value()) {
    Buffer details;
    wire::append_base64(rpc_status_protobuf(status, retry_after), details);
    response.headers.push_back({"grpc-status-details-bin", std::string(details.view())});
  }
  return response;
}

std::string percent_encode(std::string_view message) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : message) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && byte != '%') {
      encoded.push_back(c);
    } else {
      encoded.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return encoded;
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const std::string_view hex = text.substr(i + 1, 2);
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), byte, 16);
    const bool is_escape =
        text[i] == '%' && hex.size() == 2 && error == std::errc() && end == hex.data() + hex.size();
    decoded.push_back(is_escape ? static_cast<char>(byte) : text[i]);
    if (is_escape) i += 2;
  }
  return decoded;
}

}  // namespace sluice::http::grpc
