#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/message.h"

namespace sluice::components::otlp_receiver {

struct CorsRules {
  /// Origins that browsers may send from, in any case; a "*" in one stands for any text, and alone
  /// for all. An empty list switches CORS off.
  std::vector<std::string> origins{"*"};
  /// Request headers that browsers may set, in any case; "*" is any. An empty list is Accept,
  /// Content-Type and X-Requested-With.
  std::vector<std::string> headers{"*"};
  /// Seconds for which a browser may keep the answer to a preflight request; 0: not said.
  int64_t max_age = 0;
};

/// Cross-origin requests (https://fetch.spec.whatwg.org/#http-cors-protocol), with the headers that
/// the ClickStack collector answers: GET, POST and HEAD, with credentials.
class Cors {
 public:
  explicit Cors(const CorsRules& rules);

  /// The answer to a preflight request, on whatever path; nothing if the request is none.
  std::optional<http::Response> preflight(const http::Request& request) const;

  /// Adds the headers that every other response has. `origin` is the request's; a null view for
  /// none.
  void annotate(std::string_view origin, http::Response& response) const;

 private:
  /// What stands before and behind the "*" of an origin.
  struct Pattern {
    std::string before;
    std::string behind;
  };

  bool off() const { return !any_origin_ && origins_.empty() && patterns_.empty(); }
  /// The value of Access-Control-Allow-Origin; empty if the origin may not read the answer.
  std::string allow_origin(std::string_view origin) const;
  /// All names of a list with commas.
  bool allows_headers(std::string_view names) const;

  bool any_origin_ = false;
  bool any_header_ = false;
  std::vector<std::string> origins_;  // these three in lower case
  std::vector<Pattern> patterns_;
  std::vector<std::string> headers_;
  int64_t max_age_;
};

}  // namespace sluice::components::otlp_receiver
