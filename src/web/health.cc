#include "web/health.h"

#include <cstdio>
#include <ctime>

#include "base/json_quote.h"

namespace sluice::web {
namespace {

/// RFC 3339 in UTC, with milliseconds.
std::string timestamp(std::chrono::system_clock::time_point when) {
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
  const time_t seconds = ms / 1000;
  tm utc{};
  gmtime_r(&seconds, &utc);
  char text[64];
  const size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text + n, sizeof text - n, ".%03dZ", static_cast<int>(ms % 1000));
  return text;
}

http::Response json(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.push_back({"Content-Type", "application/json"});
  response.body = std::move(body);
  return response;
}

/// Reasons may quote what a server said.
std::string json_string(std::string_view text) {
  std::string out;
  append_json_quoted(text, out);
  return out;
}

}  // namespace

std::string go_duration(std::chrono::milliseconds duration) {
  const auto ms = duration.count();
  if (ms < 1000) return ms == 0 ? "0s" : std::to_string(ms) + "ms";
  const auto hours = ms / 3'600'000;
  const auto minutes = ms / 60'000 % 60;
  std::string out;
  if (hours != 0) out += std::to_string(hours) + "h";
  if (hours != 0 || minutes != 0) out += std::to_string(minutes) + "m";
  out += std::to_string(ms / 1000 % 60);
  if (ms % 1000 != 0) {
    std::string fraction = std::to_string(1000 + ms % 1000).substr(1);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    out += "." + fraction;
  }
  return out + "s";
}

Health::Health(std::function<Status()> can_take_data) : can_take_data_(std::move(can_take_data)) {}

void Health::set_serving() {
  const std::lock_guard lock(mutex_);
  state_ = State::Serving;
  up_since_ = std::chrono::system_clock::now();
}

void Health::set_draining() {
  const std::lock_guard lock(mutex_);
  state_ = State::Draining;
}

http::Response Health::answer(std::string_view path) const {
  return path == "/ready" ? readiness() : liveness();
}

http::Response Health::readiness() const {
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::Starting) {
      return json(503, R"({"ready":false,"reason":"the process is starting"})");
    }
    if (state_ == State::Draining) {
      return json(503, R"({"ready":false,"reason":"the process is shutting down"})");
    }
  }
  const Status status = can_take_data_();
  if (status.ok()) return json(200, R"({"ready":true})");
  return json(503, R"({"ready":false,"reason":)" + json_string(status.message()) + "}");
}

http::Response Health::liveness() const {
  const std::lock_guard lock(mutex_);
  if (state_ != State::Serving) {
    // The original's zero values.
    return json(
        503, R"({"status":"Server not available","upSince":"0001-01-01T00:00:00Z","uptime":""})");
  }
  const auto uptime = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now() - up_since_);
  return json(200, R"({"status":"Server available","upSince":")" + timestamp(up_since_) +
                       R"(","uptime":")" + go_duration(uptime) + "\"}");
}

}  // namespace sluice::web
