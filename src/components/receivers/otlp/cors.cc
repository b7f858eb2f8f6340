#include "components/receivers/otlp/cors.h"

#include <algorithm>

namespace sluice::components::otlp_receiver {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

Cors::Cors(const CorsRules& rules) : max_age_(rules.max_age) {
  for (const std::string& rule : rules.origins) {
    const std::string origin = http::lower_case(rule);
    const size_t star = origin.find('*');
    if (origin == "*") {
      any_origin_ = true;
    } else if (star != std::string::npos) {
      patterns_.push_back({origin.substr(0, star), origin.substr(star + 1)});
    } else {
      origins_.push_back(origin);
    }
  }
  for (const std::string& header : rules.headers) {
    any_header_ = any_header_ || header == "*";
    headers_.push_back(http::lower_case(header));
  }
  if (headers_.empty()) headers_ = {"accept", "content-type", "x-requested-with"};
}

std::string Cors::allow_origin(std::string_view origin) const {
  if (origin.empty()) return {};
  if (any_origin_) return "*";
  const std::string name = http::lower_case(origin);
  const bool listed = std::find(origins_.begin(), origins_.end(), name) != origins_.end();
  const bool fits = std::any_of(patterns_.begin(), patterns_.end(), [&](const Pattern& p) {
    return name.size() >= p.before.size() + p.behind.size() && name.rfind(p.before, 0) == 0 &&
           name.compare(name.size() - p.behind.size(), std::string::npos, p.behind) == 0;
  });
  return listed || fits ? std::string(origin) : std::string();
}

bool Cors::allows_headers(std::string_view names) const {
  if (any_header_) return true;
  while (!names.empty()) {
    const size_t comma = std::min(names.find(','), names.size());
    const std::string name = http::lower_case(trim(names.substr(0, comma)));
    if (!name.empty() && std::find(headers_.begin(), headers_.end(), name) == headers_.end())
      return false;
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return true;
}

std::optional<http::Response> Cors::preflight(const http::Request& request) const {
  const std::string_view method = request.headers.get("access-control-request-method");
  if (off() || request.method != "OPTIONS" || method.empty()) return std::nullopt;
  http::Response response;
  response.status = 204;
  response.headers.push_back(
      {"Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"});
  const std::string origin = allow_origin(request.headers.get("origin"));
  const bool method_allowed = method == "GET" || method == "POST" || method == "HEAD";
  const std::string_view headers = request.headers.get("access-control-request-headers");
  if (origin.empty() || !method_allowed || !allows_headers(headers)) return response;
  response.headers.push_back({"Access-Control-Allow-Origin", origin});
  response.headers.push_back({"Access-Control-Allow-Credentials", "true"});
  response.headers.push_back({"Access-Control-Allow-Methods", std::string(method)});
  if (!headers.empty()) {
    response.headers.push_back({"Access-Control-Allow-Headers", std::string(headers)});
  }
  // As the original: a negative age forbids keeping it.
  if (max_age_ != 0) {
    response.headers.push_back(
        {"Access-Control-Max-Age", std::to_string(std::max<int64_t>(max_age_, 0))});
  }
  return response;
}

void Cors::annotate(std::string_view origin, http::Response& response) const {
  if (off()) return;
  response.headers.push_back({"Vary", "Origin"});
  const std::string allowed = allow_origin(origin);
  if (allowed.empty()) return;
  response.headers.push_back({"Access-Control-Allow-Origin", allowed});
  response.headers.push_back({"Access-Control-Allow-Credentials", "true"});
}

}  // namespace sluice::components::otlp_receiver
