#include "components/exporters/otlp_http/remote.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <utility>

#include "base/check.h"
#include "base/utf8.h"
#include "http/message.h"
#include "http/rpc_status.h"
#include "io/tls.h"
#include "otlp/export_response.h"

namespace sluice::components::otlp_http_exporter {
namespace {

using delivery::Attempt;
using Verdict = Attempt::Verdict;
using std::chrono::nanoseconds;

/// Longer texts in answers are pages for people, and do not help in a log.
constexpr size_t kMessageBytesMax = 300;

bool is_json(std::string_view content_type) {
  return content_type.substr(0, content_type.find(';')) == "application/json";
}

Verdict verdict_of(int status) {
  switch (status) {
    case 429:
    case 502:
    case 503:
    case 504: return Verdict::Retry;
    case 400:
    case 413:
    case 422: return Verdict::Refused;
    default: return Verdict::Barred;
  }
}

/// What an error's body says, where it is what OTLP asks for or a short text.
std::string error_message(const http::Reply& reply) {
  const std::string_view type = reply.header("Content-Type");
  const auto status = is_json(type) ? http::read_rpc_status_json(reply.body)
                                    : http::read_rpc_status_protobuf(reply.body);
  if (status && !status->message.empty()) return status->message;
  if (type.substr(0, 5) != "text/") return {};
  return utf8::to_valid(std::string_view(reply.body).substr(0, kMessageBytesMax));
}

/// Replaces what the header had before.
void set_header(std::vector<http::ClientHeader>& headers, const std::string& name,
                const std::string& value) {
  const auto same = [&](const http::ClientHeader& h) { return http::equal_fold(h.name, name); };
  headers.erase(std::remove_if(headers.begin(), headers.end(), same), headers.end());
  headers.push_back({name, value});
}

size_t size_limit(int64_t configured) {
  return static_cast<size_t>(std::max<int64_t>(configured, 0));
}

/// The smaller of two limits of which 0 is none.
size_t smaller_limit(size_t a, size_t b) {
  return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b);
}

}  // namespace

nanoseconds retry_after(std::string_view value, std::chrono::system_clock::time_point now) {
  int64_t seconds = 0;
  const char* end = value.data() + value.size();
  if (const auto [at, error] = std::from_chars(value.data(), end, seconds);
      error != std::errc() || at != end) {
    std::tm date{};
    const std::string text(value);
    if (::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date) == nullptr)
      return nanoseconds(0);
    seconds = ::timegm(&date) - std::chrono::system_clock::to_time_t(now);
  }
  // More is not waited for: whoever says so means "never", and max_elapsed_time decides.
  constexpr int64_t kSecondsMax = 86'400;
  return std::chrono::seconds(std::clamp<int64_t>(seconds, 0, kSecondsMax));
}

Connections::Connections(http::Address address, http::ClientOptions options, Limits limits)
    : address_(std::move(address)), options_(std::move(options)), limits_(limits) {}

std::unique_ptr<http::Client> Connections::take() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [this] { return limits_.open == 0 || taken_ < limits_.open; });
  ++taken_;
  if (idle_.empty()) return std::make_unique<http::Client>(address_, options_);
  auto client = std::move(idle_.back());
  idle_.pop_back();
  return client;
}

void Connections::give_back(std::unique_ptr<http::Client> client) {
  {
    const std::lock_guard lock(mutex_);
    --taken_;
    if (limits_.idle == 0 || idle_.size() < limits_.idle) idle_.push_back(std::move(client));
  }
  returned_.notify_one();
}

Result<std::unique_ptr<HttpRemote>> HttpRemote::create(const Config& config,
                                                       const pipeline::ClientAuth* auth) {
  std::unique_ptr<HttpRemote> remote(new HttpRemote(config, auth));
  for (size_t i = 0; i < otlp::kSignalCount; ++i) {
    const auto signal = static_cast<otlp::Signal>(i);
    const std::string url = signal_url(config, signal);
    if (!url.empty()) SLUICE_RETURN_IF_ERROR(remote->add_target(signal, url));
  }
  return remote;
}

Status HttpRemote::add_target(otlp::Signal signal, const std::string& url_text) {
  auto url = http::Url::parse(url_text);
  if (!url.ok()) return url.status();
  http::ClientOptions options;
  options.reuse = config_.disable_keep_alives
                      ? std::chrono::milliseconds(0)
                      : std::chrono::ceil<std::chrono::milliseconds>(config_.idle_conn_timeout);
  if (url->is_https) {
    if (tls_ == nullptr) {
      auto tls = io::TlsClient::create(config_.client.tls, {"http/1.1"});
      if (!tls.ok()) return tls.status();
      tls_ = std::move(tls).value();
    }
    options.tls = tls_;
  }
  const bool is_json = config_.encoding == Encoding::Json;
  std::vector<http::ClientHeader> headers = {
      {"Content-Type", is_json ? "application/json" : "application/x-protobuf"},
      {"User-Agent", "sluice/" SLUICE_VERSION}};
  if (const std::string_view name = delivery::compression_name(config_.client.compression);
      !name.empty())
    headers.push_back({"Content-Encoding", std::string(name)});
  if (std::string credentials = url->basic_authorization(); !credentials.empty())
    headers.push_back({"Authorization", std::move(credentials)});
  Target& target = targets_[static_cast<size_t>(signal)].emplace();
  for (const auto& [name, value] : config_.client.headers) {
    if (http::equal_fold(name, "Host")) {
      target.host = value;
    } else {
      set_header(headers, name, value);
    }
  }
  target.name = std::string(url->is_https ? "https://" : "http://") + url->address.to_string() +
                url->target.substr(0, url->target.find('?'));
  target.path = url->target;
  target.headers = std::move(headers);
  const Connections::Limits limits = {size_limit(config_.max_conns_per_host),
                                      smaller_limit(size_limit(config_.max_idle_conns),
                                                    size_limit(config_.max_idle_conns_per_host))};
  target.connections = std::make_unique<Connections>(url->address, std::move(options), limits);
  return {};
}

std::vector<http::ClientHeader> HttpRemote::headers_for(const Target& target) const {
  std::vector<http::ClientHeader> headers = target.headers;
  if (auth_ == nullptr) return headers;
  pipeline::ClientAuth::Headers credentials;
  auth_->add_headers(credentials);
  for (const auto& [name, value] : credentials) set_header(headers, name, value);
  return headers;
}

Attempt HttpRemote::send(otlp::Signal signal, std::string_view body) {
  const std::optional<Target>& target = targets_[static_cast<size_t>(signal)];
  SLUICE_CHECK(target.has_value());
  const std::vector<http::ClientHeader> headers = headers_for(*target);
  http::ClientRequest request;
  request.method = "POST";
  request.target = target->path;
  request.host = target->host;
  request.headers = headers;
  request.body = {&body, 1};
  request.timeout = std::max(std::chrono::milliseconds(0),
                             std::chrono::ceil<std::chrono::milliseconds>(config_.timeout));
  auto client = target->connections->take();
  const http::Exchange exchange = client->send(request);
  target->connections->give_back(std::move(client));
  if (!exchange.status.ok()) return {Verdict::Retry, exchange.status};
  return read_answer(*target, exchange.reply);
}

Attempt HttpRemote::read_answer(const Target& target, const http::Reply& reply) const {
  Attempt attempt;
  if (reply.status >= 200 && reply.status <= 299) {
    otlp::ExportResponse response;
    const Status read = is_json(reply.header("Content-Type"))
                            ? otlp::decode_response_json(reply.body, response)
                            : otlp::decode_response_protobuf(reply.body, response);
    // The status says that the request was taken; a body that is none of OTLP says nothing more.
    if (read.ok()) {
      attempt.rejected = response.rejected;
      attempt.message = std::move(response.message);
    }
    return attempt;
  }
  attempt.verdict = verdict_of(reply.status);
  std::string message = target.name + " answered HTTP " + std::to_string(reply.status) + " " +
                        std::string(http::reason_phrase(reply.status));
  if (const std::string detail = error_message(reply); !detail.empty()) message += ": " + detail;
  if (const std::string_view to = reply.header("Location"); !to.empty())
    message += " (it points to " + std::string(to) + ": write that as the endpoint)";
  switch (attempt.verdict) {
    case Verdict::Retry:
      attempt.retry_after =
          retry_after(reply.header("Retry-After"), std::chrono::system_clock::now());
      attempt.status = unavailable(std::move(message));
      break;
    case Verdict::Refused:
      attempt.status = {reply.status == 413 ? Code::ResourceExhausted : Code::InvalidArgument,
                        std::move(message)};
      break;
    default: attempt.status = {Code::FailedPrecondition, std::move(message)};
  }
  return attempt;
}

}  // namespace sluice::components::otlp_http_exporter
