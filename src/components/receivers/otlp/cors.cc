#include "components/receivers/otlp/cors.h"

#include <algorithm>

namespace sluice::components::otlp_receiver {

std::string Cors::allow_origin(std::string_view origin) const {
  if (origin.empty()) return {};
  const bool all = std::find(allowed_.begin(), allowed_.end(), "*") != allowed_.end();
  if (all) return "*";
  const bool listed = std::find(allowed_.begin(), allowed_.end(), origin) != allowed_.end();
  return listed ? std::string(origin) : std::string();
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
  if (origin.empty() || !method_allowed) return response;
  response.headers.push_back({"Access-Control-Allow-Origin", origin});
  response.headers.push_back({"Access-Control-Allow-Credentials", "true"});
  response.headers.push_back({"Access-Control-Allow-Methods", std::string(method)});
  const std::string_view headers = request.headers.get("access-control-request-headers");
  if (!headers.empty()) {
    response.headers.push_back({"Access-Control-Allow-Headers", std::string(headers)});
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
