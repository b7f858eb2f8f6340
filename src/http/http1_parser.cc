#include "http/http1_parser.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace sluice::http {

namespace {

/// RFC 9110's tchar.
constexpr std::array<bool, 256> make_token_table() {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<size_t>(c)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr std::array<bool, 256> kToken = make_token_table();

bool is_token(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(),
                                   [](char c) { return kToken[static_cast<unsigned char>(c)]; });
}

bool is_field_text(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
  });
}

bool is_target_text(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f;
  });
}

std::string_view trim(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

/// Whether a comma-separated list has the word.
bool list_has(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    if (equal_fold(trim(list.substr(0, comma)), word)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

std::optional<HeadError> bad(std::string_view message) { return HeadError{400, message}; }

/// The path and query of a target in absolute form ("http://host/v1/logs"), as proxies send it;
/// others as they are.
std::optional<std::string_view> origin_form(std::string_view target) {
  if (target.front() == '/' || target == "*") return target;
  const size_t scheme = target.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  const std::string_view name = target.substr(0, scheme);
  if (!equal_fold(name, "http") && !equal_fold(name, "https")) return std::nullopt;
  const size_t path = target.find_first_of("/?#", scheme + 3);
  if (path == std::string_view::npos) return "/";
  if (target[path] != '/') return std::nullopt;  // a query without a path, which nobody sends
  return target.substr(path);
}

std::optional<HeadError> parse_request_line(std::string_view line, const HeadLimits& limits,
                                            Request& request) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return bad("the request line is not METHOD TARGET VERSION");
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(method)) return bad("the method is not a token");
  if (version.size() != 8 || version.substr(0, 5) != "HTTP/" || version[6] != '.') {
    return bad("the request line does not end with HTTP/1.1");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return HeadError{505, "this version of HTTP is not spoken here"};
  }
  if (target.size() > limits.target_bytes) return HeadError{414, "the request target is too long"};
  if (target.empty() || !is_target_text(target))
    return bad("the request target has a character that must be encoded");
  const std::optional<std::string_view> path = origin_form(target);
  if (!path.has_value()) return bad("the request target is neither a path nor an http URL");
  request.version = version == "HTTP/1.1" ? Version::Http11 : Version::Http10;
  request.method = method;
  request.target = *path;
  return {};
}

std::optional<HeadError> parse_field(std::string_view line, Headers& headers) {
  if (line.front() == ' ' || line.front() == '\t')
    return bad("a header field is folded over two lines");
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return bad("a header field has no colon");
  if (!is_token(line.substr(0, colon))) return bad("the name of a header field is not a token");
  const std::string_view value = trim(line.substr(colon + 1));
  if (!is_field_text(value)) return bad("the value of a header field has a control character");
  headers.add(line.substr(0, colon), value);
  return {};
}

std::optional<HeadError> parse_length(const Headers& headers, Framing& framing) {
  const size_t count = headers.count("content-length");
  if (count == 0) return {};
  if (count > 1) return bad("Content-Length is given more than once");
  const std::string_view text = headers.get("content-length");
  constexpr size_t kDigitsMax = 18;  // below 2^63
  if (text.empty() || text.size() > kDigitsMax ||
      text.find_first_not_of("0123456789") != std::string_view::npos) {
    return bad("Content-Length is not a number");
  }
  uint64_t length = 0;
  for (const char digit : text) length = length * 10 + static_cast<uint64_t>(digit - '0');
  framing.length = length;
  return {};
}

std::optional<HeadError> parse_transfer_encoding(const Request& request, Framing& framing) {
  const size_t count = request.headers.count("transfer-encoding");
  if (count == 0) return {};
  if (framing.length.has_value()) return bad("both Content-Length and Transfer-Encoding are given");
  if (request.version == Version::Http10) return bad("Transfer-Encoding is not part of HTTP/1.0");
  if (count > 1 || !equal_fold(request.headers.get("transfer-encoding"), "chunked")) {
    return bad("the only Transfer-Encoding is chunked, once");
  }
  framing.chunked = true;
  return {};
}

/// Connection may be given more than once.
bool connection_has(const Headers& headers, std::string_view word) {
  for (size_t i = 0; i < headers.size(); ++i) {
    if (equal_fold(headers.name(i), "connection") && list_has(headers.value(i), word)) return true;
  }
  return false;
}

std::optional<HeadError> parse_framing(const Request& request, Framing& framing) {
  const size_t hosts = request.headers.count("host");
  if (hosts > 1 || (hosts == 0 && request.version == Version::Http11)) {
    return bad("a request needs one Host header field");
  }
  if (auto error = parse_length(request.headers, framing)) return error;
  if (auto error = parse_transfer_encoding(request, framing)) return error;
  framing.keep_alive = request.version == Version::Http11
                           ? !connection_has(request.headers, "close")
                           : connection_has(request.headers, "keep-alive");
  const std::string_view expect = request.headers.get("expect");
  if (!expect.empty()) {
    if (!equal_fold(expect, "100-continue"))
      return HeadError{417, "the only expectation is 100-continue"};
    framing.expect_continue = request.version == Version::Http11;
  }
  return {};
}

}  // namespace

HeadScanner::State HeadScanner::refuse(int status, std::string_view message) {
  error_ = {status, message};
  return State::Bad;
}

HeadScanner::State HeadScanner::scan(std::string_view bytes, const HeadLimits& limits) {
  // The method and the version want some bytes too.
  constexpr size_t kRequestLineExtra = 64;
  const size_t line_max = limits.target_bytes + kRequestLineExtra;
  while (at_ < bytes.size()) {
    const char* found =
        static_cast<const char*>(std::memchr(bytes.data() + at_, '\n', bytes.size() - at_));
    if (found == nullptr) {
      at_ = bytes.size();
      break;
    }
    const size_t newline = static_cast<size_t>(found - bytes.data());
    at_ = newline + 1;
    if (newline == line_begin_ || bytes[newline - 1] != '\r') {
      return refuse(400, "a line does not end with CR LF");
    }
    const bool empty = newline == line_begin_ + 1;
    if (first_line_ && newline > line_max) return refuse(414, "the request target is too long");
    if (!first_line_ && at_ - fields_begin_ > limits.header_list_bytes)
      return refuse(431, "the header is too large");
    if (empty && !first_line_) return State::Complete;
    if (empty && line_begin_ != 0) return refuse(400, "the request begins with empty lines");
    if (first_line_) fields_begin_ = at_;
    first_line_ = first_line_ && empty;  // RFC 9112, 2.2: one empty line before it is let pass
    line_begin_ = at_;
  }
  if (first_line_ && bytes.size() > line_max) return refuse(414, "the request target is too long");
  if (!first_line_ && bytes.size() - fields_begin_ > limits.header_list_bytes)
    return refuse(431, "the header is too large");
  return State::NeedMore;
}

std::optional<HeadError> parse_head(std::string_view head, const HeadLimits& limits,
                                    Request& request, Framing& framing) {
  if (head.substr(0, 2) == "\r\n") head.remove_prefix(2);
  bool first = true;
  while (true) {
    const size_t end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end + 2);
    if (line.empty()) break;
    if (first) {
      if (auto error = parse_request_line(line, limits, request)) return error;
      first = false;
      continue;
    }
    if (request.headers.size() == limits.header_fields)
      return HeadError{431, "the header has too many fields"};
    if (auto error = parse_field(line, request.headers)) return error;
  }
  return parse_framing(request, framing);
}

namespace {

/// Of extensions and trailers in one body, which nobody uses.
constexpr uint32_t kChunkOverheadMax = 8 << 10;
/// 15 digits cannot overflow, and are more than any limit.
constexpr uint32_t kChunkDigitsMax = 15;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

ChunkedDecoder::Step ChunkedDecoder::next(std::string_view& bytes, std::string_view& data) {
  while (!done_ && !bytes.empty()) {
    if (state_ == State::Data) {
      data = bytes.substr(0, left_);
      bytes.remove_prefix(data.size());
      left_ -= data.size();
      if (left_ == 0) state_ = State::DataCr;
      return Step::Data;
    }
    if (!on_byte(bytes.front())) return Step::Bad;
    bytes.remove_prefix(1);
  }
  return done_ ? Step::Done : Step::NeedMore;
}

bool ChunkedDecoder::on_byte(char c) {
  switch (state_) {
    case State::Size: return on_size(c);
    case State::SizeEnd:
    case State::ExtensionEnd:
      if (c != '\n') return false;
      after_size_line();
      return true;
    case State::Extension:
      if (c == '\r') state_ = State::ExtensionEnd;
      return c != '\n' && ++overhead_ <= kChunkOverheadMax;
    case State::DataCr: state_ = State::DataLf; return c == '\r';
    case State::DataLf:
      state_ = State::Size;
      digits_ = 0;
      return c == '\n';
    case State::TrailerBegin:
      state_ = c == '\r' ? State::EndLf : State::Trailer;
      return c != '\n' && ++overhead_ <= kChunkOverheadMax;
    case State::Trailer:
      if (c == '\r') state_ = State::TrailerLf;
      return c != '\n' && ++overhead_ <= kChunkOverheadMax;
    case State::TrailerLf: state_ = State::TrailerBegin; return c == '\n';
    case State::EndLf: done_ = true; return c == '\n';
    case State::Data: break;
  }
  return false;
}

bool ChunkedDecoder::on_size(char c) {
  const int digit = hex_value(c);
  if (digit >= 0) {
    left_ = left_ * 16 + static_cast<uint64_t>(digit);
    return ++digits_ <= kChunkDigitsMax;
  }
  if (digits_ == 0) return false;
  if (c == '\r') {
    state_ = State::SizeEnd;
    return true;
  }
  state_ = State::Extension;
  return c == ';' || c == ' ' || c == '\t';
}

void ChunkedDecoder::after_size_line() {
  state_ = left_ == 0 ? State::TrailerBegin : State::Data;
  digits_ = 0;
}

}  // namespace sluice::http
