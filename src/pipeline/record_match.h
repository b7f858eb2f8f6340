#pragma once

// The include and exclude options that several processors share: which records they are about.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/arena.h"
#include "base/buffer.h"
#include "config/schema.h"
#include "otlp/records.h"
#include "ottl/regex.h"

namespace sluice::pipeline {

struct MatchAttributeConfig {
  std::string key;
  config::Node value;  ///< null: any value
};
struct MatchLibraryConfig {
  std::string name;
  std::optional<std::string> version;  ///< none: any; empty: none was sent
};
struct MatchSeverityConfig {
  int64_t min = 0;
  bool match_undefined = false;
};

/// A cache for regular expressions, which are compiled once here.
struct RegexpConfig {
  bool cacheenabled = false;
  int64_t cachemaxnumentries = 0;
};

/// The options as they stand in the YAML; the names are those of the OpenTelemetry Collector.
struct MatchConfig {
  std::string match_type;
  std::vector<std::string> services;
  std::vector<std::string> span_names;
  std::vector<std::string> span_kinds;
  std::vector<std::string> log_bodies;
  std::vector<std::string> log_severity_texts;
  std::optional<MatchSeverityConfig> log_severity_number;
  std::vector<std::string> metric_names;
  std::vector<MatchAttributeConfig> attributes;
  std::vector<MatchAttributeConfig> resources;
  std::vector<MatchLibraryConfig> libraries;
};

const config::Schema<MatchAttributeConfig>& schema_of(const MatchAttributeConfig*);
const config::Schema<MatchLibraryConfig>& schema_of(const MatchLibraryConfig*);
const config::Schema<MatchSeverityConfig>& schema_of(const MatchSeverityConfig*);
const config::Schema<RegexpConfig>& schema_of(const RegexpConfig*);
const config::Schema<MatchConfig>& schema_of(const MatchConfig*);

inline constexpr std::string_view kNoRegexpCache =
    "regular expressions are compiled once and need no cache";

/// The text of a text, boolean or number, doubles in full; lists and maps have none.
std::optional<std::string_view> plain_text(const otlp::Value& value, Buffer& scratch);

/// Any of several texts, or of several regular expressions. Empty: everything.
class TextSet {
 public:
  /// `match_type` is strict or regexp, and nobody asks where there are no texts. InvalidArgument
  /// says what is wrong.
  static Result<TextSet> make(const std::vector<std::string>& texts, std::string_view match_type);
  bool empty() const { return texts_.empty() && patterns_.empty(); }
  bool has(std::string_view text) const;

 private:
  std::vector<std::string> texts_;
  std::vector<ottl::Regex> patterns_;
};

/// All of several attributes.
class AttributeSet {
 public:
  static Result<AttributeSet> make(const std::vector<MatchAttributeConfig>& wanted,
                                   std::string_view match_type, Arena& constants);
  bool empty() const { return wanted_.empty(); }
  bool has_all(const otlp::Attributes& attributes) const;

 private:
  struct Wanted {
    std::string key;
    bool any_value = false;
    otlp::Value value;
    std::optional<ottl::Regex> pattern;
  };
  bool fits(const Wanted& wanted, const otlp::Value& value) const;
  std::vector<Wanted> wanted_;
};

/// A compiled include or exclude. Immutable.
class RecordMatch {
 public:
  /// For the records of one signal; what is wrong goes to `place`.
  static std::unique_ptr<const RecordMatch> make(const MatchConfig& config, otlp::Signal signal,
                                                 const config::Place& place);

  bool matches(const otlp::Resource& resource, const otlp::Scope& scope,
               const otlp::LogRecord& record) const;
  bool matches(const otlp::Resource& resource, const otlp::Scope& scope,
               const otlp::Span& span) const;
  bool matches(const otlp::Resource& resource, const otlp::Scope& scope,
               const otlp::Metric& metric) const;

 private:
  bool around(const otlp::Resource& resource, const otlp::Scope& scope) const;

  struct Library {
    TextSet name;
    TextSet version;
  };

  Arena constants_;
  TextSet services_, names_, kinds_, bodies_, severity_texts_;
  std::optional<MatchSeverityConfig> severity_;
  AttributeSet attributes_, resources_;
  std::vector<Library> libraries_;
};

/// include and exclude together: a record is meant if it is included and not excluded.
class RecordSelection {
 public:
  static std::unique_ptr<const RecordSelection> make(const std::optional<MatchConfig>& include,
                                                     const std::optional<MatchConfig>& exclude,
                                                     otlp::Signal signal,
                                                     const config::Place& place);
  template <typename Record>
  bool has(const otlp::Resource& resource, const otlp::Scope& scope, const Record& record) const {
    return (!include_ || include_->matches(resource, scope, record)) &&
           (!exclude_ || !exclude_->matches(resource, scope, record));
  }

 private:
  std::unique_ptr<const RecordMatch> include_;
  std::unique_ptr<const RecordMatch> exclude_;
};

}  // namespace sluice::pipeline
