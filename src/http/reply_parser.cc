#include "http/reply_parser.h"

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace sluice::http {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Whether the comma-separated list holds the word.
bool lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    if (same_name(trim(list.substr(0, comma)), word)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

template <typename Number>
bool parse_whole(std::string_view text, int base, Number& out) {
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, out, base);
  return error == std::errc() && at == end && !text.empty();
}

Status not_http(std::string_view what) {
  return invalid_argument("the server's reply is not HTTP/1.1: " + std::string(what));
}

}  // namespace

std::string_view Reply::header(std::string_view name) const {
  for (const ClientHeader& h : headers) {
    if (same_name(h.name, name)) return h.value;
  }
  return {};
}

Status ReplyParser::feed(std::string_view bytes) {
  if (!bytes.empty()) started_ = true;
  while (!bytes.empty() && state_ != State::Done) {
    if (state_ == State::FixedBody || state_ == State::BodyToClose || state_ == State::ChunkData) {
      SLUICE_RETURN_IF_ERROR(body_bytes(bytes));
      continue;
    }
    bool complete = false;
    SLUICE_RETURN_IF_ERROR(take_line(bytes, complete));
    if (!complete) break;
    const Status status = on_line();
    line_.clear();
    SLUICE_RETURN_IF_ERROR(status);
  }
  if (!bytes.empty()) keep_alive_ = false;  // a server that talks unasked
  return {};
}

Status ReplyParser::finish() {
  keep_alive_ = false;
  if (state_ == State::BodyToClose) state_ = State::Done;
  if (state_ == State::Done) return {};
  return unavailable(started_ ? "the server closed the connection in the middle of its reply"
                              : "the server closed the connection without a reply");
}

/// Moves bytes up to the end of a line into line_; a bare LF is accepted as RFC 9112 section 2.2
/// allows.
Status ReplyParser::take_line(std::string_view& bytes, bool& complete) {
  const size_t newline = bytes.find('\n');
  const std::string_view piece = bytes.substr(0, newline);
  head_bytes_ += piece.size();
  if (head_bytes_ > kReplyHeadBytesMax) {
    return {Code::ResourceExhausted, "the head of the server's reply is over 64 KiB"};
  }
  line_ += piece;
  bytes.remove_prefix(std::min(piece.size() + 1, bytes.size()));
  complete = newline != std::string_view::npos;
  if (complete && !line_.empty() && line_.back() == '\r') line_.pop_back();
  return {};
}

Status ReplyParser::on_line() {
  switch (state_) {
    case State::StatusLine: return status_line();
    case State::Headers: return line_.empty() ? end_of_head() : header_line();
    case State::ChunkSize: return chunk_size_line();
    case State::ChunkEnd:
      if (!line_.empty()) return not_http("bytes after a chunk");
      head_bytes_ = 0;
      state_ = State::ChunkSize;
      return {};
    case State::Trailers:
      if (line_.empty()) state_ = State::Done;
      return {};
    default: return internal_error("a line where the body is");
  }
}

/// "HTTP/1.1 200 OK"
Status ReplyParser::status_line() {
  const std::string_view line = line_;
  if (line.size() < 12 || line.substr(0, 7) != "HTTP/1." || line[8] != ' ') {
    return not_http("it begins with \"" + std::string(line.substr(0, 40)) + "\"");
  }
  http_1_0_ = line[7] == '0';
  if (!parse_whole(line.substr(9, 3), 10, reply_.status) || reply_.status < 100) {
    return not_http("bad status code");
  }
  state_ = State::Headers;
  return {};
}

Status ReplyParser::header_line() {
  const std::string_view line = line_;
  const size_t colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos) return not_http("a header without a name");
  reply_.headers.push_back(
      {std::string(line.substr(0, colon)), std::string(trim(line.substr(colon + 1)))});
  return {};
}

/// Decides how the body ends (RFC 9112 section 6.3).
Status ReplyParser::end_of_head() {
  head_bytes_ = 0;
  if (reply_.status < 200) {
    reply_ = Reply();
    state_ = State::StatusLine;
    return {};
  }
  const std::string_view connection = reply_.header("Connection");
  keep_alive_ = http_1_0_ ? lists(connection, "keep-alive") : !lists(connection, "close");
  if (reply_.status == 204 || reply_.status == 304) {
    state_ = State::Done;
  } else if (lists(reply_.header("Transfer-Encoding"), "chunked")) {
    state_ = State::ChunkSize;
  } else if (const std::string_view length = reply_.header("Content-Length"); !length.empty()) {
    if (!parse_whole(length, 10, body_left_)) return not_http("bad Content-Length");
    state_ = body_left_ == 0 ? State::Done : State::FixedBody;
  } else {
    state_ = State::BodyToClose;
    keep_alive_ = false;
  }
  return {};
}

Status ReplyParser::chunk_size_line() {
  const std::string_view size = trim(std::string_view(line_).substr(0, line_.find(';')));
  if (!parse_whole(size, 16, body_left_)) return not_http("bad chunk size");
  head_bytes_ = 0;
  state_ = body_left_ == 0 ? State::Trailers : State::ChunkData;
  return {};
}

Status ReplyParser::body_bytes(std::string_view& bytes) {
  const bool to_close = state_ == State::BodyToClose;
  const size_t n = to_close ? bytes.size() : std::min<uint64_t>(bytes.size(), body_left_);
  SLUICE_RETURN_IF_ERROR(append_body(bytes.substr(0, n)));
  bytes.remove_prefix(n);
  if (to_close) return {};
  body_left_ -= n;
  if (body_left_ == 0) state_ = state_ == State::ChunkData ? State::ChunkEnd : State::Done;
  return {};
}

Status ReplyParser::append_body(std::string_view bytes) {
  if (sink_ && reply_.status == 200) {
    if (!sink_(bytes)) return {Code::Cancelled, "the reader of the reply broke it off"};
    return {};
  }
  if (reply_.body.size() + bytes.size() > kReplyBytesMax) {
    return {Code::ResourceExhausted, "the server's reply is over 64 MiB"};
  }
  reply_.body.append(bytes);
  return {};
}

}  // namespace sluice::http
