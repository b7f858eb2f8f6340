#pragma once

// OpenSSL contexts from configurations. Private to src/io.

#include <openssl/ssl.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/status.h"
#include "io/tls_config.h"

namespace sluice::io {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using ContextPtr = std::unique_ptr<SSL_CTX, FreeContext>;

/// What stands in OpenSSL's queue of errors of this thread, which is emptied.
std::string tls_errors();

/// "1.2" and so on as OpenSSL has it; 0 for the empty text, -1 for any other.
int tls_version(const std::string& text);

Result<ContextPtr> make_client_context(const TlsClientConfig& config);
Result<ContextPtr> make_server_context(const TlsServerConfig& config);

class TlsContext {
 public:
  using Make = std::function<Result<ContextPtr>()>;

  /// `watched` is a file whose change makes a new context due; may be empty.
  static Result<std::unique_ptr<TlsContext>> create(Make make, std::chrono::nanoseconds reload,
                                                    std::string watched);
  /// The context, made anew where that is due. One that cannot be made is logged, and the old one
  /// stays.
  ContextPtr current();

 private:
  using Clock = std::chrono::steady_clock;
  bool is_due(Clock::time_point now);

  Make make_;
  std::chrono::nanoseconds reload_{0};
  std::string watched_;
  std::mutex mutex_;
  ContextPtr context_;
  Clock::time_point made_at_;
  int64_t changed_ns_ = 0;  // of the watched file
};

}  // namespace sluice::io
