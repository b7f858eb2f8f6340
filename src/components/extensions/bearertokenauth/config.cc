#include "components/extensions/bearertokenauth/config.h"

#include <algorithm>

namespace sluice::components::bearertokenauth_extension {

const config::Schema<Config>& schema_of(const Config*) {
  using C = Config;
  const auto has_file = [](const C& config) { return !config.filename.empty(); };
  static const auto schema =
      config::Schema<C>()
          .field("header", &C::header, "The header that holds the token.")
          .field(
              "scheme", &C::scheme,
              "What stands before the token; empty: nothing, and the header's value is the token.")
          .field("token", &C::token, "The token.")
          .secret()
          .ignored_if(has_file, "beside filename")
          .field("tokens", &C::tokens,
                 "Several tokens: a sender needs one of them, exporters send the first.")
          .secret()
          .ignored_if(has_file, "beside filename")
          .field("filename", &C::filename,
                 "A file with one token in each line, which is read again when it changes; then "
                 "token and tokens do not count.")
          .check([](const C& config, const config::Place& place) {
            if (config.header.empty()) place.of("header").expected("the name of a header");
            if (!config.token.empty() && !config.tokens.empty())
              place.error("give either token or tokens");
            if (!config.filename.empty()) return;
            if (config.token.empty() && config.tokens.empty())
              place.error("a token is needed: give token, tokens or filename");
            // With no scheme, an empty header would be as good as a token.
            const auto empty = std::find(config.tokens.begin(), config.tokens.end(), "");
            if (empty != config.tokens.end()) {
              place.of("tokens")
                  .of(static_cast<size_t>(empty - config.tokens.begin()))
                  .error("an empty token would let everybody in (is a variable not set?)");
            }
          });
  return schema;
}

}  // namespace sluice::components::bearertokenauth_extension
