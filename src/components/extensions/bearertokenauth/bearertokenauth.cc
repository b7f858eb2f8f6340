#include "components/extensions/bearertokenauth/bearertokenauth.h"

#include <utility>

#include "base/watched_file.h"
#include "components/extensions/bearertokenauth/config.h"
#include "http/htpasswd.h"

namespace sluice::components {
namespace {

using bearertokenauth_extension::Config;
using Tokens = std::vector<std::string>;

/// The lines of a file; empty ones are no tokens.
Tokens tokens_of(std::string_view text) {
  Tokens tokens;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    constexpr std::string_view kSpaces = " \t\r";
    const size_t first = std::min(line.find_first_not_of(kSpaces), line.size());
    line = line.substr(first, line.find_last_not_of(kSpaces) + 1 - first);
    if (!line.empty()) tokens.emplace_back(line);
  }
  return tokens;
}

class BearerTokenAuth final : public pipeline::Extension,
                              public pipeline::ServerAuth,
                              public pipeline::ClientAuth {
 public:
  static Result<std::unique_ptr<pipeline::Extension>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           pipeline::Host&) {
    auto made = std::make_unique<BearerTokenAuth>(config);
    if (!config.filename.empty()) {
      made->file_.emplace(config.filename);
      SLUICE_RETURN_IF_ERROR(made->file_->status());
    }
    return std::unique_ptr<pipeline::Extension>(std::move(made));
  }

  explicit BearerTokenAuth(const Config& config)
      : header_(config.header),
        prefix_(config.scheme.empty() ? "" : config.scheme + " "),
        tokens_(config.tokens.empty() ? Tokens{config.token} : config.tokens) {}

  const pipeline::ServerAuth* server_auth() const override { return this; }
  const pipeline::ClientAuth* client_auth() const override { return this; }

  Status check(const http::Headers& headers) const override {
    const std::string_view value = headers.get(header_);
    if (value.data() == nullptr)
      return {Code::Unauthenticated, "missing or empty authorization header: " + header_};
    // All of them are compared, so that the time does not tell which one was nearly right.
    bool matches = false;
    for (const std::string& token : *tokens()) {
      const bool equal = http::equal_in_constant_time(prefix_ + token, value);
      matches = matches || equal;
    }
    if (matches) return {};
    return {Code::Unauthenticated, "scheme or token does not match"};
  }

  void add_headers(Headers& headers) const override {
    const auto known = tokens();
    if (!known->empty()) headers.emplace_back(http::lower_case(header_), prefix_ + known->front());
  }

 private:
  std::shared_ptr<const Tokens> tokens() const {
    if (!file_) return {std::shared_ptr<const Tokens>(), &tokens_};
    return file_->get();
  }

  const std::string header_;
  const std::string prefix_;
  const Tokens tokens_;
  mutable std::optional<WatchedFile<Tokens, tokens_of>> file_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> bearertokenauth_extension_factory() {
  return std::make_unique<pipeline::ExtensionFactory<Config>>(
      pipeline::Factory::About{
          .section = config::Section::Extensions,
          .type = "bearertokenauth",
          .doc = "Lets senders with one of its tokens in, and sends a token for exporters.",
          .aliases = {"bearer_token_auth"},
          .roles = {config::ExtensionRole::ServerAuth, config::ExtensionRole::ClientAuth}},
      &BearerTokenAuth::make);
}

}  // namespace sluice::components
