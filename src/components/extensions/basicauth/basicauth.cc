#include "components/extensions/basicauth/basicauth.h"

#include <optional>
#include <string>
#include <utility>

#include "base/read_file.h"
#include "base/watched_file.h"
#include "components/extensions/basicauth/config.h"
#include "http/basic_check.h"

namespace sluice::components {
namespace {

using basicauth_extension::ClientConfig;
using basicauth_extension::Config;
using basicauth_extension::HtpasswdConfig;

/// Checks senders.
class Server final : public pipeline::Extension, public pipeline::ServerAuth {
 public:
  explicit Server(http::Htpasswd users) : check_(std::move(users)) {}

  static Result<std::unique_ptr<pipeline::Extension>> make(const HtpasswdConfig& config) {
    http::Htpasswd users;
    std::string problems;
    const auto add = [&](const std::string& what, std::string_view text) {
      const Status added = users.add(text).with_context(what);
      if (!added.ok()) problems += (problems.empty() ? "" : "; ") + added.message();
    };
    if (!config.file.empty()) {
      auto read = read_file(config.file);
      if (!read.ok()) return Status(Code::NotFound, "cannot read the htpasswd file " + config.file);
      add(config.file, *read);
    }
    add("htpasswd::inline", config.inline_text);
    if (!problems.empty()) return invalid_argument(std::move(problems));
    return std::unique_ptr<pipeline::Extension>(std::make_unique<Server>(std::move(users)));
  }

  const pipeline::ServerAuth* server_auth() const override { return this; }
  Status check(const http::Headers& headers) const override {
    return check_.check(headers.get("authorization"));
  }
  Attributes attributes(const http::Headers& headers) const override {
    auto given = http::parse_basic(headers.get("authorization"));
    if (!given) return {};
    return {{"username", std::move(given->user)}, {"raw", std::move(given->encoded)}};
  }

 private:
  const http::BasicCheck check_;
};

/// A file's text without the end of its line.
std::string first_text(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return std::string(text);
}

/// A text that stands in the configuration, or in a file.
class Credential {
 public:
  Credential(std::string text, const std::string& file) : text_(std::move(text)) {
    if (!file.empty()) file_.emplace(file);
  }
  Status status() const { return file_ ? file_->status() : Status(); }
  std::string get() const { return file_ ? *file_->get() : text_; }

 private:
  const std::string text_;
  mutable std::optional<WatchedFile<std::string, first_text>> file_;
};

/// Says who we are.
class Client final : public pipeline::Extension, public pipeline::ClientAuth {
 public:
  explicit Client(const ClientConfig& config)
      : user_(config.username, config.username_file),
        password_(config.password, config.password_file) {}

  static Result<std::unique_ptr<pipeline::Extension>> make(const ClientConfig& config) {
    auto made = std::make_unique<Client>(config);
    SLUICE_RETURN_IF_ERROR(made->user_.status());
    SLUICE_RETURN_IF_ERROR(made->password_.status());
    return std::unique_ptr<pipeline::Extension>(std::move(made));
  }

  const pipeline::ClientAuth* client_auth() const override { return this; }
  void add_headers(Headers& headers) const override {
    headers.emplace_back("authorization", http::basic_authorization(user_.get(), password_.get()));
  }

 private:
  const Credential user_;
  const Credential password_;
};

Result<std::unique_ptr<pipeline::Extension>> make(const Config& config,
                                                  const pipeline::ComponentId&, pipeline::Host&) {
  return config.client_auth ? Client::make(*config.client_auth) : Server::make(*config.htpasswd);
}

}  // namespace

std::unique_ptr<pipeline::Factory> basicauth_extension_factory() {
  return std::make_unique<pipeline::ExtensionFactory<Config>>(
      pipeline::Factory::About{
          .section = config::Section::Extensions,
          .type = "basicauth",
          .doc = "Lets senders with a user and password in, or sends them for exporters.",
          .aliases = {"basic_auth"},
          .roles = {config::ExtensionRole::ServerAuth, config::ExtensionRole::ClientAuth}},
      &make);
}

}  // namespace sluice::components
