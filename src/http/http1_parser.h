#pragma once

// Reads HTTP/1.1 requests as strictly as RFC 9112 allows: whatever two readers could understand in
// two ways is refused. Why our own: docs/decisions/0004-http.md.

#include <cstdint>
#include <optional>
#include <string_view>

#include "http/limits.h"
#include "http/message.h"

namespace sluice::http {

/// Why a request's head is refused: a status for the sender and a sentence.
struct HeadError {
  int status = 400;
  std::string_view message;
};

/// How the body is delimited, and what the head says about the connection.
struct Framing {
  std::optional<uint64_t> length;  ///< Content-Length
  bool chunked = false;
  bool keep_alive = true;
  bool expect_continue = false;

  bool has_body() const { return chunked || length.value_or(0) != 0; }
};

/// A TLS handshake record begins with it: someone speaks TLS to a plain port, and could not read an
/// answer in plain text.
inline constexpr char kTlsHandshake = 0x16;

/// Finds the end of a head that arrives in pieces, looking at each byte once.
class HeadScanner {
 public:
  enum class State : uint8_t { NeedMore, Complete, Bad };

  /// `bytes` begins with the head and is longer at each call. Complete: end() bytes are the head,
  /// with its empty line.
  State scan(std::string_view bytes, const HeadLimits& limits);
  size_t end() const { return at_; }
  const HeadError& error() const { return error_; }
  void reset() { *this = {}; }

 private:
  State refuse(int status, std::string_view message);

  size_t at_ = 0;  // everything before has been looked at
  size_t line_begin_ = 0;
  size_t fields_begin_ = 0;  // after the request line
  bool first_line_ = true;
  HeadError error_;
};

/// Parses a head that HeadScanner found complete. Fills version, method, target and headers.
std::optional<HeadError> parse_head(std::string_view head, const HeadLimits& limits,
                                    Request& request, Framing& framing);

/// Takes chunked transfer coding apart. Extensions and trailers are read and dropped, within
/// bounds.
class ChunkedDecoder {
 public:
  enum class Step : uint8_t { NeedMore, Data, Done, Bad };

  /// Consumes from `bytes`. Data: `data` is a piece of the body; call again.
  Step next(std::string_view& bytes, std::string_view& data);
  void reset() { *this = {}; }

 private:
  enum class State : uint8_t {
    Size,
    SizeEnd,
    Extension,
    ExtensionEnd,
    Data,
    DataCr,
    DataLf,
    TrailerBegin,
    Trailer,
    TrailerLf,
    EndLf
  };

  bool on_byte(char c);
  bool on_size(char c);
  void after_size_line();

  State state_ = State::Size;
  uint64_t left_ = 0;  // of the chunk
  uint32_t digits_ = 0;
  uint32_t overhead_ = 0;  // bytes of extensions and trailers so far
  bool done_ = false;
};

}  // namespace sluice::http
