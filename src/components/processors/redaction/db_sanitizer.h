#pragma once

// Which statements of databases are taken apart, and by which language.

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "components/processors/redaction/config.h"
#include "components/processors/redaction/sql_sanitizer.h"
#include "otlp/records.h"
#include "pipeline/series_key.h"

namespace sluice::components::redaction_processor {

/// Immutable, so lanes may share it.
class DbSanitizer {
 public:
  /// Says that attributes without a system are taken apart by every language that they are listed
  /// for, as in logs.
  enum class WithoutSystem : uint8_t { Stays, EveryLanguage };

  DbSanitizer() = default;
  DbSanitizer(const DbSanitizerConfig& config, WithoutSystem without_system);

  /// Without statements that are to be looked at, nothing is.
  bool empty() const { return databases_.empty(); }

  struct Database;
  /// What a set of attributes is about.
  struct System {
    bool known = false;
    const Database* database = nullptr;  ///< null: of no sanitizer
    SqlDialect dialect = SqlDialect::Common;
  };
  /// By db.system.name or db.system, if there is a text.
  System system_of(otlp::Attributes& attributes) const;

  /// The value of an attribute in such a set.
  void sanitize_attribute(const System& system, std::string_view key, std::string& value) const;
  /// A text that may be anything, such as a body: by one language after the other.
  void sanitize_any(std::string& text) const;
  /// Nothing changes if the system is not known.
  void sanitize_statement(const System& system, std::string& text) const;

  enum class Language : uint8_t { Sql, Redis, Memcached, Json };
  struct Database {
    Language language;
    std::vector<std::string_view> systems;  // in lower case
    std::unordered_set<std::string, pipeline::KeyHash, std::equal_to<>> attributes;
  };

 private:
  std::vector<Database> databases_;
  WithoutSystem without_system_ = WithoutSystem::Stays;
};

}  // namespace sluice::components::redaction_processor
