#pragma once

#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "components/exporters/otlp_http/config.h"
#include "delivery/remote.h"
#include "http/client.h"
#include "http/url.h"

namespace sluice::components::otlp_http_exporter {

/// Connections to one endpoint that wait for their next request. Thread-safe.
class Connections {
 public:
  /// Of 0: no limit.
  struct Limits {
    size_t open = 0;
    size_t idle = 0;
  };
  Connections(http::Address address, http::ClientOptions options, Limits limits);

  /// Waits where no more may be open.
  std::unique_ptr<http::Client> take();
  void give_back(std::unique_ptr<http::Client> client);

 private:
  const http::Address address_;
  const http::ClientOptions options_;
  const Limits limits_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<http::Client>> idle_;
  size_t taken_ = 0;
};

/// An OTLP receiver behind HTTP.
class HttpRemote final : public delivery::Remote {
 public:
  /// `auth` may be null, and must outlive the remote. Errors: files of `tls` that cannot be used.
  static Result<std::unique_ptr<HttpRemote>> create(const Config& config,
                                                    const pipeline::ClientAuth* auth = nullptr);

  /// REQUIRES: the options have a URL for the signal.
  delivery::Attempt send(otlp::Signal signal, std::string_view body) override;

 private:
  struct Target {
    std::string name;  ///< of the URL, without credentials
    std::string path;
    std::string host;  ///< for the Host header, if it is another
    std::vector<http::ClientHeader> headers;
    std::unique_ptr<Connections> connections;
  };

  HttpRemote(const Config& config, const pipeline::ClientAuth* auth)
      : config_(config), auth_(auth) {}
  std::vector<http::ClientHeader> headers_for(const Target& target) const;
  Status add_target(otlp::Signal signal, const std::string& url_text);
  delivery::Attempt read_answer(const Target& target, const http::Reply& reply) const;

  const Config config_;
  const pipeline::ClientAuth* const auth_;
  std::shared_ptr<const io::TlsClient> tls_;  // null without an https endpoint
  std::array<std::optional<Target>, otlp::kSignalCount> targets_;
};

/// The pause that a Retry-After header asks for: seconds, or a date. 0 if it is none.
std::chrono::nanoseconds retry_after(std::string_view value,
                                     std::chrono::system_clock::time_point now);

}  // namespace sluice::components::otlp_http_exporter
