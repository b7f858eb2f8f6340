#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "wire/stream_codec.h"

namespace sluice::server {

/// Whether a Content-Type announces multipart/form-data.
bool is_multipart(std::string_view content_type);

/// What every error of MultipartReader begins with.
inline constexpr std::string_view kBadMultipart = "Bad multipart body: ";

/// Reads a multipart/form-data body (RFC 7578) piece by piece. Errors of its own are
/// InvalidArgument: no boundary, a part without a name, a closing boundary that is not there.
class MultipartReader {
 public:
  /// Called at the start of each part: gives what takes the bytes of its value. An error ends the
  /// reading and is passed on, as one of a sink.
  using OnPart = std::function<Result<wire::Sink>(std::string name, bool is_file)>;

  explicit MultipartReader(OnPart on_part) : on_part_(std::move(on_part)) {}

  /// Takes the boundary from the body's Content-Type. First, once.
  Status begin(std::string_view content_type);
  Status write(std::string_view bytes);
  Status finish() const;

 private:
  enum class State { Value, AfterBoundary, Head, End };

  Result<bool> step(std::string_view& rest);
  Result<bool> take_value(std::string_view& rest);
  Result<bool> take_after_boundary(std::string_view& rest);
  Result<bool> take_head(std::string_view& rest);

  const OnPart on_part_;
  State state_ = State::Value;  // of a preamble, which nobody wants
  wire::Sink value_ = [](std::string_view) { return Status(); };
  std::string between_;  // what ends a value: line break, dashes, boundary
  std::string pending_;
};

}  // namespace sluice::server
