#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/message.h"

namespace sluice::components::otlp_receiver {

/// Cross-origin requests (https://fetch.spec.whatwg.org/#http-cors-protocol), with the headers that
/// the ClickStack collector answers: any request header, GET, POST and HEAD, with credentials.
class Cors {
 public:
  /// Exact origins, or "*" for all; an empty list switches CORS off.
  explicit Cors(std::vector<std::string> allowed_origins) : allowed_(std::move(allowed_origins)) {}

  /// The answer to a preflight request, on whatever path; nothing if the request is none.
  std::optional<http::Response> preflight(const http::Request& request) const;

  /// Adds the headers that every other response has. `origin` is the request's; a null view for
  /// none.
  void annotate(std::string_view origin, http::Response& response) const;

 private:
  bool off() const { return allowed_.empty(); }
  /// The value of Access-Control-Allow-Origin; empty if the origin may not read the answer.
  std::string allow_origin(std::string_view origin) const;

  std::vector<std::string> allowed_;
};

}  // namespace sluice::components::otlp_receiver
