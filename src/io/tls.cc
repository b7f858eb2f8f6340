#include "io/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "io/tls_context.h"

namespace sluice::io {
namespace {

// OpenSSL's own socket BIO raises SIGPIPE when the other end is gone: this one does not.

int fd_of(BIO* bio) { return static_cast<int>(reinterpret_cast<intptr_t>(BIO_get_data(bio))); }

bool is_later(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

int bio_write(BIO* bio, const char* from, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t n = ::send(fd_of(bio), from, static_cast<size_t>(size), MSG_NOSIGNAL);
  if (n < 0 && is_later(errno)) BIO_set_retry_write(bio);
  return static_cast<int>(n);
}

int bio_read(BIO* bio, char* to, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t n = ::recv(fd_of(bio), to, static_cast<size_t>(size), 0);
  if (n < 0 && is_later(errno)) BIO_set_retry_read(bio);
  if (n == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(n);
}

long bio_control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return 0;
}

BIO* make_bio(int fd) {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    SLUICE_CHECK(made != nullptr);
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  BIO* bio = BIO_new(method);
  SLUICE_CHECK(bio != nullptr);
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<intptr_t>(fd)));
  BIO_set_init(bio, 1);
  return bio;
}

/// The list of ALPN as it goes over the wire: a byte of length before each name.
std::string protocol_list(const std::vector<std::string>& protocols) {
  std::string list;
  for (const std::string& protocol : protocols)
    list.append(1, static_cast<char>(protocol.size())).append(protocol);
  return list;
}

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool is_ip_address(const std::string& host) {
  unsigned char address[sizeof(in6_addr)];
  return ::inet_pton(AF_INET, host.c_str(), address) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), address) == 1;
}

/// Said to who speaks plain HTTP to a port with TLS, as far as that goes without waiting.
void answer_plain_http(int fd) {
  constexpr std::string_view kAnswer =
      "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
      "This port speaks HTTPS: write https:// instead of http://.\n";
  [[maybe_unused]] const ssize_t sent =
      ::send(fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  // What is left unread would reset the connection, and take the answer along.
  char dropped[16384];
  while (::recv(fd, dropped, sizeof dropped, MSG_DONTWAIT) > 0) {
  }
}

}  // namespace

struct TlsSession::Impl {
  Impl(SSL* made, int socket) : ssl(made), fd(socket) {
    SLUICE_CHECK(ssl != nullptr);
    BIO* bio = make_bio(fd);
    SSL_set_bio(ssl, bio, bio);
  }
  ~Impl() { SSL_free(ssl); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  /// What a call that did not succeed came to.
  State state_of(int result) {
    const int saved = errno;
    switch (SSL_get_error(ssl, result)) {
      case SSL_ERROR_WANT_READ: return State::WantRead;
      case SSL_ERROR_WANT_WRITE: return State::WantWrite;
      case SSL_ERROR_ZERO_RETURN: return State::Ended;
      case SSL_ERROR_SYSCALL:
        fail(saved == 0 ? "the connection was closed" : std::strerror(saved));
        return State::Failed;
      default: fail_with_errors(); return State::Failed;
    }
  }

  void fail(std::string why) {
    if (error.empty()) error = std::move(why);
    ERR_clear_error();
  }
  void fail_with_errors() {
    const unsigned long first = ERR_peek_error();
    if (SSL_is_server(ssl) != 0 && ERR_GET_REASON(first) == SSL_R_HTTP_REQUEST)
      answer_plain_http(fd);
    const long verified = SSL_get_verify_result(ssl);
    std::string why = tls_errors();
    if (verified != X509_V_OK)
      why = std::string("the certificate is not accepted: ") +
            X509_verify_cert_error_string(verified);
    fail(std::move(why));
  }

  SSL* ssl;
  const int fd;
  std::string error;
};

TlsSession::TlsSession(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsSession::~TlsSession() = default;

TlsSession::Outcome TlsSession::handshake() {
  ERR_clear_error();
  errno = 0;
  const int result = SSL_do_handshake(impl_->ssl);
  return {result == 1 ? State::Ok : impl_->state_of(result), 0};
}

TlsSession::Outcome TlsSession::read(char* to, size_t size) {
  size_t done = 0;
  while (done < size) {
    ERR_clear_error();
    errno = 0;
    size_t n = 0;
    const int result = SSL_read_ex(impl_->ssl, to + done, size - done, &n);
    if (result != 1) {
      // What was read counts; the reason why it was not more will be there the next time.
      if (done != 0) break;
      return {impl_->state_of(result), 0};
    }
    done += n;
  }
  return {State::Ok, done};
}

TlsSession::Outcome TlsSession::write(const char* from, size_t size) {
  size_t done = 0;
  while (done < size) {
    ERR_clear_error();
    errno = 0;
    size_t n = 0;
    const int result = SSL_write_ex(impl_->ssl, from + done, size - done, &n);
    if (result != 1) {
      const State state = impl_->state_of(result);
      if (done != 0 && state != State::Failed) break;
      return {state, 0};
    }
    done += n;
  }
  return {State::Ok, done};
}

bool TlsSession::has_pending() const { return SSL_pending(impl_->ssl) > 0; }

bool TlsSession::is_quiet() {
  ERR_clear_error();
  char byte;
  size_t n = 0;
  const int result = SSL_peek_ex(impl_->ssl, &byte, 1, &n);
  const bool quiet = result != 1 && SSL_get_error(impl_->ssl, result) == SSL_ERROR_WANT_READ;
  ERR_clear_error();
  return quiet;
}

void TlsSession::say_goodbye() {
  if (SSL_in_init(impl_->ssl) != 0 || !impl_->error.empty()) return;
  ERR_clear_error();
  SSL_shutdown(impl_->ssl);
  ERR_clear_error();
}

const std::string& TlsSession::error() const { return impl_->error; }

std::string TlsSession::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(impl_->ssl, &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

TlsClient::TlsClient(TlsClientConfig config) : config_(std::move(config)) {}
TlsClient::~TlsClient() = default;

Result<std::shared_ptr<TlsClient>> TlsClient::create(const TlsClientConfig& config,
                                                     std::vector<std::string> protocols) {
  auto client = std::make_shared<TlsClient>(config);
  auto context = TlsContext::create(
      [config, list = protocol_list(protocols)]() -> Result<ContextPtr> {
        auto made = make_client_context(config);
        if (made.ok() && !list.empty())
          SSL_CTX_set_alpn_protos(made->get(), bytes_of(list), static_cast<unsigned>(list.size()));
        return made;
      },
      config.common.reload_interval, "");
  if (!context.ok()) return context.status().with_context("TLS");
  client->context_ = std::move(context).value();
  return client;
}

std::unique_ptr<TlsSession> TlsClient::open(int fd, const std::string& host) const {
  const ContextPtr context = context_->current();
  auto impl = std::make_unique<TlsSession::Impl>(SSL_new(context.get()), fd);
  SSL* ssl = impl->ssl;
  SSL_set_connect_state(ssl);
  const std::string& name =
      config_.server_name_override.empty() ? host : config_.server_name_override;
  if (is_ip_address(name)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
  } else {
    SSL_set_tlsext_host_name(ssl, name.c_str());
    // The subject's name was replaced by the list of names long ago; Go does not look at it.
    SSL_set_hostflags(ssl,
                      X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    SSL_set1_host(ssl, name.c_str());
  }
  return std::make_unique<TlsSession>(std::move(impl));
}

namespace {

/// ALPN's choice: the first of ours that the client offers.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void* ours) {
  const auto& list = *static_cast<const std::string*>(ours);
  unsigned char* found = nullptr;
  const int result =
      SSL_select_next_proto(&found, chosen_size, bytes_of(list), static_cast<unsigned>(list.size()),
                            offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

TlsServer::TlsServer() = default;
TlsServer::~TlsServer() = default;

Result<std::shared_ptr<TlsServer>> TlsServer::create(const TlsServerConfig& config,
                                                     std::vector<std::string> protocols) {
  auto server = std::make_shared<TlsServer>();
  // The callback needs the list for as long as any context lives, also one that was replaced.
  auto list = std::make_shared<const std::string>(protocol_list(protocols));
  server->protocols_ = list;
  auto context = TlsContext::create(
      [config, list]() -> Result<ContextPtr> {
        auto made = make_server_context(config);
        if (made.ok()) {
          SSL_CTX_set_alpn_select_cb(made->get(), choose_protocol,
                                     const_cast<std::string*>(list.get()));
        }
        return made;
      },
      config.common.reload_interval, config.client_ca_file_reload ? config.client_ca_file : "");
  if (!context.ok()) return context.status().with_context("TLS");
  server->context_ = std::move(context).value();
  return server;
}

std::unique_ptr<TlsSession> TlsServer::accept(int fd) const {
  const ContextPtr context = context_->current();
  auto impl = std::make_unique<TlsSession::Impl>(SSL_new(context.get()), fd);
  SSL_set_accept_state(impl->ssl);
  return std::make_unique<TlsSession>(std::move(impl));
}

}  // namespace sluice::io
