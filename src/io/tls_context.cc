#include "io/tls_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <map>
#include <utility>

#include "base/log.h"
#include "base/nearest.h"
#include "io/tls.h"

namespace sluice::io {
namespace {

template <typename T, auto Free>
struct Deleter {
  void operator()(T* object) const { Free(object); }
};
template <typename T, auto Free>
using Handle = std::unique_ptr<T, Deleter<T, Free>>;
using BioPtr = Handle<BIO, BIO_free_all>;
using CertificatePtr = Handle<X509, X509_free>;
using KeyPtr = Handle<EVP_PKEY, EVP_PKEY_free>;
using SslPtr = Handle<SSL, SSL_free>;

/// Where systems keep the authorities that they trust. OpenSSL's own place is that of the machine
/// it was built for.
constexpr std::array kSystemBundles = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
};

constexpr std::array<std::pair<std::string_view, const char*>, 4> kCurves = {
    {{"X25519", "X25519"}, {"P256", "P-256"}, {"P384", "P-384"}, {"P521", "P-521"}}};

const char* find_curve(const std::string& name) {
  for (const auto& [known, openssl] : kCurves) {
    if (known == name) return openssl;
  }
  return nullptr;
}

/// A larger file is no key or list of certificates.
constexpr std::streamoff kPemBytesMax = 16 << 20;

/// The PEM text of an option that stands in the configuration or in a file.
Result<std::string> pem_text(const std::string& file, const std::string& pem,
                             std::string_view what) {
  if (file.empty()) return pem;
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in || in.tellg() > kPemBytesMax) {
    return invalid_argument("the " + std::string(what) + " file cannot be read: " + file);
  }
  in.seekg(0);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

BioPtr bio_of(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// All certificates of a text; an error if there is none, or one is damaged.
Result<std::vector<CertificatePtr>> read_certificates(const std::string& pem,
                                                      const std::string& where) {
  std::vector<CertificatePtr> certificates;
  const BioPtr bio = bio_of(pem);
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))
    certificates.emplace_back(next);
  const unsigned long error = ERR_peek_last_error();
  const bool at_end = ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  const std::string detail = tls_errors();
  if (certificates.empty()) return invalid_argument(where + " holds no certificate in PEM");
  if (!at_end) return invalid_argument(where + " holds a damaged certificate: " + detail);
  return certificates;
}

/// How messages name an option: by its file, where it has one.
std::string named(const std::string& file, std::string_view option) {
  return file.empty() ? std::string(option) : file;
}

Status use_certificate(SSL_CTX* context, const TlsConfig& config) {
  if (!config.has_certificate()) return {};
  auto pem = pem_text(config.cert_file, config.cert_pem, "certificate");
  if (!pem.ok()) return pem.status();
  const std::string where = named(config.cert_file, "cert_pem");
  auto certificates = read_certificates(*pem, where);
  if (!certificates.ok()) return certificates.status();
  if (SSL_CTX_use_certificate(context, certificates->front().get()) != 1)
    return invalid_argument(where + ": " + tls_errors());
  for (size_t i = 1; i < certificates->size(); ++i)
    SSL_CTX_add1_chain_cert(context, (*certificates)[i].get());

  auto key_pem = pem_text(config.key_file, config.key_pem, "key");
  if (!key_pem.ok()) return key_pem.status();
  const std::string key_where = named(config.key_file, "key_pem");
  const BioPtr bio = bio_of(*key_pem);
  // Without a callback OpenSSL would ask for a password on the terminal.
  const auto no_password = [](char*, int, int, void*) { return 0; };
  const KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  if (key == nullptr) {
    return invalid_argument(key_where +
                            " holds no private key in PEM without a password: " + tls_errors());
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    return invalid_argument("the key of " + key_where + " is not that of the certificate of " +
                            where + ": " + tls_errors());
  }
  return {};
}

Status trust_certificates(SSL_CTX* context, const std::string& pem, const std::string& where) {
  auto certificates = read_certificates(pem, where);
  if (!certificates.ok()) return certificates.status();
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const CertificatePtr& certificate : *certificates)
    X509_STORE_add_cert(store, certificate.get());
  ERR_clear_error();  // one that is there twice is an error, but none for us
  return {};
}

void trust_system(SSL_CTX* context) {
  SSL_CTX_set_default_verify_paths(context);
  for (const char* bundle : kSystemBundles) {
    if (SSL_CTX_load_verify_locations(context, bundle, nullptr) == 1) break;
  }
  ERR_clear_error();
}

Status use_authorities(SSL_CTX* context, const TlsConfig& config) {
  if (!config.has_ca() || config.include_system_ca_certs_pool) trust_system(context);
  if (!config.has_ca()) return {};
  auto pem = pem_text(config.ca_file, config.ca_pem, "CA");
  if (!pem.ok()) return pem.status();
  return trust_certificates(context, *pem, named(config.ca_file, "ca_pem"));
}

/// OpenSSL's name of a cipher suite. TLS 1.3's cannot be chosen, as in the original.
struct Suite {
  std::string openssl;
  bool is_tls_1_3 = false;
};

/// All that OpenSSL has, by their IANA names.
const std::map<std::string, Suite>& all_suites() {
  static const auto all = [] {
    std::map<std::string, Suite> suites;
    const ContextPtr context(SSL_CTX_new(TLS_method()));
    SSL_CTX_set_cipher_list(context.get(), "ALL");
    const STACK_OF(SSL_CIPHER)* ciphers = SSL_CTX_get_ciphers(context.get());
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
      const SSL_CIPHER* cipher = sk_SSL_CIPHER_value(ciphers, i);
      const char* name = SSL_CIPHER_standard_name(cipher);
      if (name == nullptr) continue;
      suites[name] = {SSL_CIPHER_get_name(cipher),
                      std::string_view(SSL_CIPHER_get_version(cipher)) == "TLSv1.3"};
    }
    return suites;
  }();
  return all;
}

std::string unknown_suite(const std::string& name) {
  std::vector<std::string_view> known;
  for (const auto& [suite, openssl] : all_suites()) known.push_back(suite);
  const std::string nearest = did_you_mean(name, known);
  return "there is no \"" + name + "\"" +
         (nearest.empty() ? "; suites are named as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
                          : nearest);
}

Status use_suites(SSL_CTX* context, const TlsConfig& config, bool is_old) {
  // Protocols before 1.2 sign with SHA-1, which OpenSSL allows at its lowest level of security
  // only.
  const std::string level = is_old ? ":@SECLEVEL=0" : "";
  std::string list;
  for (const std::string& name : config.cipher_suites) {
    const Suite& suite = all_suites().at(name);
    if (!suite.is_tls_1_3) list += (list.empty() ? "" : ":") + suite.openssl;
  }
  if (list.empty() && !config.cipher_suites.empty()) {
    SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    return {};
  }
  if (list.empty()) list = "DEFAULT";
  if (SSL_CTX_set_cipher_list(context, (list + level).c_str()) != 1)
    return invalid_argument("cipher_suites: " + tls_errors());
  return {};
}

Status use_curves(SSL_CTX* context, const TlsConfig& config) {
  std::string list;
  for (const std::string& name : config.curve_preferences)
    list += (list.empty() ? "" : ":") + std::string(find_curve(name));
  if (list.empty() || SSL_CTX_set1_groups_list(context, list.c_str()) == 1) return {};
  return invalid_argument("curve_preferences: " + tls_errors());
}

Result<ContextPtr> make_context(const TlsConfig& config, const SSL_METHOD* method) {
  if (const auto problems = tls_problems(config); !problems.empty())
    return invalid_argument(problems.front().option + ": " + problems.front().message);
  ContextPtr context(SSL_CTX_new(method));
  if (context == nullptr) return internal_error("OpenSSL: " + tls_errors());
  const int least = config.min_version.empty() ? TLS1_2_VERSION : tls_version(config.min_version);
  SSL_CTX_set_min_proto_version(context.get(), least);
  SSL_CTX_set_max_proto_version(context.get(), tls_version(config.max_version));
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE);
  // An idle connection keeps no buffers; what is to be written may move and grow between tries.
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  SLUICE_RETURN_IF_ERROR(use_suites(context.get(), config, least < TLS1_2_VERSION));
  SLUICE_RETURN_IF_ERROR(use_curves(context.get(), config));
  SLUICE_RETURN_IF_ERROR(use_certificate(context.get(), config));
  return context;
}

int64_t changed_at(const std::string& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return 0;
  return info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec;
}

}  // namespace

std::string tls_errors() {
  std::string text;
  while (const unsigned long error = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(error);
    if (!text.empty()) text += ", ";
    text += reason == nullptr ? "error " + std::to_string(error) : reason;
  }
  return text.empty() ? "unknown error" : text;
}

int tls_version(const std::string& text) {
  if (text.empty()) return 0;
  if (text == "1.0") return TLS1_VERSION;
  if (text == "1.1") return TLS1_1_VERSION;
  if (text == "1.2") return TLS1_2_VERSION;
  if (text == "1.3") return TLS1_3_VERSION;
  return -1;
}

std::vector<TlsProblem> tls_problems(const TlsConfig& config) {
  std::vector<TlsProblem> problems;
  const auto add = [&](const char* option, std::string message) {
    problems.push_back({option, std::move(message)});
  };
  if (!config.ca_file.empty() && !config.ca_pem.empty())
    add("ca_pem", "ca_file and ca_pem exclude each other");
  if (!config.cert_file.empty() && !config.cert_pem.empty())
    add("cert_pem", "cert_file and cert_pem exclude each other");
  if (!config.key_file.empty() && !config.key_pem.empty())
    add("key_pem", "key_file and key_pem exclude each other");
  if (config.has_certificate() && !config.has_key())
    add(config.cert_pem.empty() ? "cert_file" : "cert_pem",
        "a certificate needs its key: key_file or key_pem");
  if (config.has_key() && !config.has_certificate())
    add(config.key_pem.empty() ? "key_file" : "key_pem",
        "a key needs its certificate: cert_file or cert_pem");

  const int least = tls_version(config.min_version);
  const int most = tls_version(config.max_version);
  for (const auto& [option, text] : {std::pair("min_version", &config.min_version),
                                     std::pair("max_version", &config.max_version)}) {
    if (tls_version(*text) < 0)
      add(option, "\"" + *text + "\" is no version of TLS: there are 1.0, 1.1, 1.2 and 1.3");
  }
  if (least >= 0 && most > 0 && most < (least == 0 ? TLS1_2_VERSION : least))
    add("max_version", "max_version is lower than min_version");

  for (const std::string& name : config.cipher_suites) {
    if (all_suites().count(name) == 0) add("cipher_suites", unknown_suite(name));
  }
  for (const std::string& name : config.curve_preferences) {
    if (find_curve(name) == nullptr)
      add("curve_preferences",
          "there is no \"" + name + "\"; there are X25519, P256, P384 and P521");
  }
  if (config.reload_interval.count() < 0)
    add("reload_interval", "reload_interval must not be negative");
  return problems;
}

Result<ContextPtr> make_client_context(const TlsClientConfig& config) {
  auto context = make_context(config.common, TLS_client_method());
  if (!context.ok()) return context.status();
  SSL_CTX* made = context->get();
  SSL_CTX_set_verify(made, config.insecure_skip_verify ? SSL_VERIFY_NONE : SSL_VERIFY_PEER,
                     nullptr);
  SLUICE_RETURN_IF_ERROR(use_authorities(made, config.common));
  return context;
}

Result<ContextPtr> make_server_context(const TlsServerConfig& config) {
  auto context = make_context(config.common, TLS_server_method());
  if (!context.ok()) return context.status();
  SSL_CTX* made = context->get();
  if (!config.common.has_certificate())
    return invalid_argument("a server needs a certificate and its key");
  // Clients close without saying so; what a request holds is known by its own length.
  SSL_CTX_set_options(made, SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Sessions are resumed by tickets, so that nothing is kept for clients that are gone.
  SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
  constexpr std::string_view kSessions = "sluice";
  SSL_CTX_set_session_id_context(made, reinterpret_cast<const unsigned char*>(kSessions.data()),
                                 kSessions.size());
  if (config.client_ca_file.empty()) return context;
  auto pem = pem_text(config.client_ca_file, "", "client CA");
  if (!pem.ok()) return pem.status();
  SLUICE_RETURN_IF_ERROR(trust_certificates(made, *pem, config.client_ca_file));
  if (config.common.include_system_ca_certs_pool) trust_system(made);
  SSL_CTX_set_client_CA_list(made, SSL_load_client_CA_file(config.client_ca_file.c_str()));
  SSL_CTX_set_verify(made, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return context;
}

Result<std::unique_ptr<TlsContext>> TlsContext::create(Make make, std::chrono::nanoseconds reload,
                                                       std::string watched) {
  auto first = make();
  if (!first.ok()) return first.status();
  auto context = std::make_unique<TlsContext>();
  context->make_ = std::move(make);
  context->reload_ = reload;
  context->watched_ = std::move(watched);
  context->changed_ns_ = context->watched_.empty() ? 0 : changed_at(context->watched_);
  context->context_ = std::move(first).value();
  context->made_at_ = Clock::now();
  return context;
}

bool TlsContext::is_due(Clock::time_point now) {
  if (reload_.count() > 0 && now - made_at_ >= reload_) return true;
  if (watched_.empty()) return false;
  const int64_t changed = changed_at(watched_);
  return changed != 0 && std::exchange(changed_ns_, changed) != changed;
}

ContextPtr TlsContext::current() {
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  if (is_due(now)) {
    made_at_ = now;
    auto made = make_();
    if (made.ok()) {
      context_ = std::move(made).value();
    } else {
      log::error("TLS certificates cannot be read again; those from before are used on",
                 {{"error", made.status().message()}});
    }
  }
  SSL_CTX_up_ref(context_.get());
  return ContextPtr(context_.get());
}

}  // namespace sluice::io
