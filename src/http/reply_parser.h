#pragma once

// Reads HTTP/1.1 replies byte by byte as they come, for the client. Source: RFC 9112.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace sluice::http {

struct ClientHeader {
  std::string name;
  std::string value;
};

struct Reply {
  int status = 0;
  std::vector<ClientHeader> headers;
  std::string body;

  /// The first header with the name, in any case of letters; empty if there is none.
  std::string_view header(std::string_view name) const;
};

/// Control answers are small; a server that sends more than this is not to be trusted with our
/// memory.
inline constexpr size_t kReplyBytesMax = 64 << 20;
inline constexpr size_t kReplyHeadBytesMax = 64 << 10;

/// One reply, fed in pieces. Interim replies (1xx) are skipped.
class ReplyParser {
 public:
  /// Gets the body of a 200 instead of `reply().body`; false breaks off with Cancelled.
  using Sink = std::function<bool(std::string_view)>;

  /// `sink` may be empty.
  explicit ReplyParser(Sink sink = {}) : sink_(std::move(sink)) {}

  /// Takes bytes in. Ok until the reply is damaged, too large or broken off. Bytes after the reply
  /// are left unread and make keep_alive() false.
  Status feed(std::string_view bytes);
  /// The peer closed. Ok if that ends the reply, Unavailable if it cuts the reply off.
  Status finish();

  bool done() const { return state_ == State::Done; }
  /// Whether a byte has come.
  bool started() const { return started_; }
  /// Whether the connection can carry another request. REQUIRES: done().
  bool keep_alive() const { return keep_alive_; }
  Reply& reply() { return reply_; }

 private:
  enum class State : uint8_t {
    StatusLine,
    Headers,
    FixedBody,
    BodyToClose,
    ChunkSize,
    ChunkData,
    ChunkEnd,
    Trailers,
    Done,
  };

  Status take_line(std::string_view& bytes, bool& complete);
  Status on_line();
  Status status_line();
  Status header_line();
  Status end_of_head();
  Status chunk_size_line();
  Status body_bytes(std::string_view& bytes);
  Status append_body(std::string_view bytes);

  Sink sink_;
  Reply reply_;
  State state_ = State::StatusLine;
  std::string line_;  // of head, chunk sizes and trailers, without its end
  size_t head_bytes_ = 0;
  uint64_t body_left_ = 0;  // of a fixed body or of the chunk
  bool started_ = false;
  bool keep_alive_ = true;
  bool http_1_0_ = false;
};

}  // namespace sluice::http
