#pragma once

// The redaction processor's options, as the OpenTelemetry Collector names them.

#include <string>
#include <vector>

#include "config/schema.h"

namespace sluice::components::redaction_processor {

enum class Hash : uint8_t { None, Md5, Sha1, Sha3, HmacSha256, HmacSha512 };

struct UrlSanitizerConfig {
  bool enabled = false;
  std::vector<std::string> attributes;
  bool sanitize_span_name = true;
};

/// Statements of one kind of database.
struct StatementsConfig {
  bool enabled = false;
  std::vector<std::string> attributes;
};

struct DbSanitizerConfig {
  StatementsConfig sql;
  StatementsConfig redis;
  StatementsConfig valkey;
  StatementsConfig memcached;
  StatementsConfig mongo;
  StatementsConfig opensearch;
  StatementsConfig es;
  bool sanitize_span_name = true;
};

struct Config {
  bool allow_all_keys = false;
  std::vector<std::string> allowed_keys;
  std::vector<std::string> ignored_keys;
  std::vector<std::string> ignored_key_patterns;
  std::vector<std::string> blocked_key_patterns;
  std::vector<std::string> blocked_values;
  std::vector<std::string> allowed_values;
  bool redact_all_types = false;
  Hash hash_function = Hash::None;
  std::string hmac_key;
  std::string summary;
  UrlSanitizerConfig url_sanitizer;
  DbSanitizerConfig db_sanitizer;
};

const config::Schema<UrlSanitizerConfig>& schema_of(const UrlSanitizerConfig*);
const config::Schema<StatementsConfig>& schema_of(const StatementsConfig*);
const config::Schema<DbSanitizerConfig>& schema_of(const DbSanitizerConfig*);
const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::redaction_processor

namespace sluice::config {

template <>
struct Words<components::redaction_processor::Hash> {
  static constexpr bool kAnyCase = true;
  using Hash = components::redaction_processor::Hash;
  static constexpr std::array<std::pair<std::string_view, Hash>, 6> kAll = {
      {{"", Hash::None},
       {"md5", Hash::Md5},
       {"sha1", Hash::Sha1},
       {"sha3", Hash::Sha3},
       {"hmac-sha256", Hash::HmacSha256},
       {"hmac-sha512", Hash::HmacSha512}}};
};

}  // namespace sluice::config
