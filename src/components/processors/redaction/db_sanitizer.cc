#include "components/processors/redaction/db_sanitizer.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/utf8.h"
#include "components/processors/redaction/json_sanitizer.h"
#include "components/processors/redaction/redis_sanitizer.h"
#include "ottl/value.h"

namespace sluice::components::redaction_processor {
namespace {

using Language = DbSanitizer::Language;

/// The line of the command: what is stored comes in the next one.
std::string sanitized_memcached(std::string_view text) {
  return std::string(utf8::trim_space(text.substr(0, text.find("\r\n"))));
}

void sanitize(Language language, SqlDialect dialect, std::string& text) {
  switch (language) {
    case Language::Sql: text = sanitized_sql(text, dialect); break;
    case Language::Redis: text = sanitized_redis(text); break;
    case Language::Memcached: text = sanitized_memcached(text); break;
    case Language::Json:
      if (auto json = sanitized_json(text)) text = std::move(*json);
      break;
  }
}

std::string system_in(otlp::Attributes& attributes, std::string_view key) {
  const otlp::Value* value = ottl::find(attributes, key);
  if (value == nullptr || !value->is_string()) return {};
  return ascii::lower(std::string(value->view()));
}

bool has(const std::vector<std::string_view>& systems, std::string_view system) {
  return std::find(systems.begin(), systems.end(), system) != systems.end();
}

}  // namespace

DbSanitizer::DbSanitizer(const DbSanitizerConfig& config, WithoutSystem without_system)
    : without_system_(without_system) {
  const auto add = [&](const StatementsConfig& statements, Language language,
                       std::vector<std::string_view> systems) {
    if (!statements.enabled) return;
    databases_.push_back({language,
                          std::move(systems),
                          {statements.attributes.begin(), statements.attributes.end()}});
  };
  add(config.sql, Language::Sql, {"other_sql", "mysql", "postgresql", "mariadb", "sqlite"});
  add(config.redis, Language::Redis, {"redis"});
  add(config.valkey, Language::Redis, {"valkey"});
  add(config.memcached, Language::Memcached, {"memcached"});
  add(config.mongo, Language::Json, {"mongodb"});
  add(config.opensearch, Language::Json, {"opensearch"});
  add(config.es, Language::Json, {"elasticsearch"});
}

DbSanitizer::System DbSanitizer::system_of(otlp::Attributes& attributes) const {
  System system;
  if (empty()) return system;
  std::string name = system_in(attributes, "db.system.name");
  if (name.empty()) name = system_in(attributes, "db.system");
  system.known = !name.empty();
  const auto found = std::find_if(databases_.begin(), databases_.end(),
                                  [&](const Database& d) { return has(d.systems, name); });
  if (found != databases_.end()) system.database = &*found;
  if (name == "mysql" || name == "mariadb") system.dialect = SqlDialect::MySql;
  return system;
}

void DbSanitizer::sanitize_attribute(const System& system, std::string_view key,
                                     std::string& value) const {
  const auto lists = [&](const Database& d) {
    return d.attributes.find(key) != d.attributes.end();
  };
  if (system.known) {
    if (system.database != nullptr && lists(*system.database)) sanitize_statement(system, value);
    return;
  }
  if (without_system_ == WithoutSystem::Stays) return;
  for (const Database& database : databases_) {
    if (lists(database)) sanitize(database.language, SqlDialect::Common, value);
  }
}

void DbSanitizer::sanitize_any(std::string& text) const {
  for (const Database& database : databases_) sanitize(database.language, SqlDialect::Common, text);
}

void DbSanitizer::sanitize_statement(const System& system, std::string& text) const {
  if (system.database != nullptr) sanitize(system.database->language, system.dialect, text);
}

}  // namespace sluice::components::redaction_processor
