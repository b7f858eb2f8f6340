#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::bench {

struct Request {
  std::string path;
  std::map<std::string, std::string, std::less<>> parameters;
  std::string encoding;  // Content-Encoding
  std::string body;
  bool close = false;

  std::string_view parameter(std::string_view name) const;
};

/// Takes the bytes of one HTTP/1.1 connection apart. Understands what well-behaved clients send: no
/// obsolete folding, no trailers with meaning.
class RequestReader {
 public:
  enum class Result { Incomplete, Complete, Bad };

  void append(const char* bytes, size_t size) { in_.append(bytes, size); }
  /// Tries to take the next request off the front. The last one's body is reused, so that large
  /// buffers stay.
  Result next(Request& request);

 private:
  enum class State { Head, Body, ChunkSize, ChunkData, ChunkEnd, Trailer };

  Result read_head(Request& request);
  Result read_line(std::string_view& line);
  bool take_body(Request& request);

  State state_ = State::Head;
  std::string in_;
  size_t at_ = 0;      // bytes of in_ that are done with
  uint64_t left_ = 0;  // of the body, or of the chunk
};

}  // namespace sluice::bench
