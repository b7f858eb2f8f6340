#include "components/processors/redaction/config.h"

#include "ottl/regex.h"

namespace sluice::components::redaction_processor {
namespace {

void check_patterns(const std::vector<std::string>& patterns, const config::Place& place) {
  for (size_t i = 0; i < patterns.size(); ++i) {
    if (const auto made = ottl::Regex::compile(patterns[i]); !made.ok())
      place.of(i).error(made.status().message());
  }
}

bool is_keyed(Hash function) {
  return function == Hash::HmacSha256 || function == Hash::HmacSha512;
}

void check(const Config& config, const config::Place& place) {
  check_patterns(config.ignored_key_patterns, place.of("ignored_key_patterns"));
  check_patterns(config.blocked_key_patterns, place.of("blocked_key_patterns"));
  check_patterns(config.blocked_values, place.of("blocked_values"));
  check_patterns(config.allowed_values, place.of("allowed_values"));
  const bool keyed = is_keyed(config.hash_function);
  const size_t least = config.hash_function == Hash::HmacSha512 ? 64 : 32;
  if (keyed && config.hmac_key.empty())
    place.of("hmac_key").error("this hash_function needs a key");
  else if (keyed && config.hmac_key.size() < least)
    place.of("hmac_key")
        .error("this hash_function needs a key of at least " + std::to_string(least) +
               " bytes, and this one has " + std::to_string(config.hmac_key.size()));
}

}  // namespace

const config::Schema<UrlSanitizerConfig>& schema_of(const UrlSanitizerConfig*) {
  using C = UrlSanitizerConfig;
  const auto is_off = [](const C& config) { return !config.enabled; };
  static const auto schema =
      config::Schema<C>()
          .field("enabled", &C::enabled, "Whether parts of paths that look like ids become *.")
          .field("attributes", &C::attributes, "The attributes that hold URLs or paths.")
          .ignored_if(is_off, "without enabled: true")
          .field("sanitize_span_name", &C::sanitize_span_name,
                 "Whether this is done to names of client and server spans as well, with a / or "
                 "attributes of HTTP.")
          .ignored_if(is_off, "without enabled: true");
  return schema;
}

const config::Schema<StatementsConfig>& schema_of(const StatementsConfig*) {
  using C = StatementsConfig;
  static const auto schema =
      config::Schema<C>()
          .field("enabled", &C::enabled,
                 "Whether values in these statements become ?, in attributes, bodies and names of "
                 "spans.")
          .field("attributes", &C::attributes,
                 "The attributes that hold such statements; beside db.system.name or db.system, "
                 "but for logs.")
          .ignored_if([](const C& config) { return !config.enabled; }, "without enabled: true");
  return schema;
}

const config::Schema<DbSanitizerConfig>& schema_of(const DbSanitizerConfig*) {
  using C = DbSanitizerConfig;
  static const auto schema =
      config::Schema<C>()
          .field("sql", &C::sql,
                 "SQL, of the systems other_sql, mysql, postgresql, mariadb and sqlite.")
          .field("redis", &C::redis, "Commands of Redis.")
          .field("valkey", &C::valkey, "Commands of Valkey.")
          .field("memcached", &C::memcached, "Commands of Memcached.")
          .field("mongo", &C::mongo, "JSON of MongoDB.")
          .field("opensearch", &C::opensearch, "JSON of OpenSearch.")
          .field("es", &C::es, "JSON of Elasticsearch.")
          .field("sanitize_span_name", &C::sanitize_span_name,
                 "Whether this is done to names of client, server and internal spans as well.");
  return schema;
}

const config::Schema<Config>& schema_of(const Config*) {
  using C = Config;
  static const auto schema =
      config::Schema<C>()
          .field("allow_all_keys", &C::allow_all_keys,
                 "Whether attributes that are not in allowed_keys stay.")
          .field("allowed_keys", &C::allowed_keys, "Attributes that stay.")
          .ignored_if([](const C& config) { return config.allow_all_keys; },
                      "beside allow_all_keys: true")
          .field("ignored_keys", &C::ignored_keys, "Attributes that are not looked at.")
          .field("ignored_key_patterns", &C::ignored_key_patterns,
                 "Regular expressions of such attributes.")
          .field("blocked_key_patterns", &C::blocked_key_patterns,
                 "Regular expressions of attributes whose values are masked.")
          .field("blocked_values", &C::blocked_values,
                 "Regular expressions of what is masked in values.")
          .field("allowed_values", &C::allowed_values,
                 "Regular expressions of values that stay in spite of that.")
          .field("redact_all_types", &C::redact_all_types,
                 "Whether values other than texts are looked at as well, as texts.")
          .field("hash_function", &C::hash_function,
                 "What masked text becomes: nothing is ****, or md5, sha1, sha3, hmac-sha256, "
                 "hmac-sha512.")
          .field("hmac_key", &C::hmac_key, "The key of hmac-sha256 and hmac-sha512.")
          .secret()
          .ignored_if([](const C& config) { return !is_keyed(config.hash_function); },
                      "with this hash_function, which has no key")
          .field("summary", &C::summary,
                 "What records say about it: debug names keys and counts them, info counts, silent "
                 "says nothing.")
          .field("url_sanitizer", &C::url_sanitizer, "How ids in URLs are masked.")
          .field("db_sanitizer", &C::db_sanitizer,
                 "How values in statements of databases are masked.")
          .check(check);
  return schema;
}

}  // namespace sluice::components::redaction_processor
