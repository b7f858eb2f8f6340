#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/buffer.h"
#include "components/processors/redaction/config.h"
#include "components/processors/redaction/db_sanitizer.h"
#include "otlp/records.h"
#include "ottl/regex.h"
#include "pipeline/record_match.h"
#include "pipeline/series_key.h"

namespace sluice::components::redaction_processor {

/// What is compiled of the options. Immutable, so lanes may share it.
class Rules {
 public:
  static Result<Rules> make(const Config& config, otlp::Signal signal);

  bool is_ignored(std::string_view key) const {
    return contains(ignored_, key) || ignored_keys_.has(key);
  }
  bool is_allowed(std::string_view key) const {
    return config_.allow_all_keys || contains(allowed_, key);
  }
  bool is_blocked(std::string_view key) const { return blocked_keys_.has(key); }
  bool is_allowed_value(std::string_view text) const { return allowed_values_.has(text); }

  /// With what is blocked masked.
  std::string without_blocked(std::string_view text, Arena& arena) const;
  bool is_url(std::string_view key) const {
    return config_.url_sanitizer.enabled && contains(urls_, key);
  }
  const DbSanitizer& databases() const { return databases_; }
  /// Masks every line.
  std::string_view masked(std::string_view text, Arena& arena) const;

  const Config& config() const { return config_; }

 private:
  using Keys = std::unordered_set<std::string, pipeline::KeyHash, std::equal_to<>>;
  static bool contains(const Keys& keys, std::string_view key) {
    return keys.find(key) != keys.end();
  }
  std::string masked_by(const ottl::Regex& pattern, std::string_view text, Arena& arena) const;

  Config config_;
  Keys ignored_;
  Keys allowed_;
  Keys urls_;
  pipeline::TextSet ignored_keys_;
  pipeline::TextSet blocked_keys_;
  pipeline::TextSet allowed_values_;
  std::vector<ottl::Regex> blocked_values_;
  std::vector<ottl::Regex> lines_;  // one: a whole line
  DbSanitizer databases_;
};

/// Removes and masks in one set of attributes or one body after the other. Belongs to one lane.
class Redactor {
 public:
  explicit Redactor(const Rules& rules) : rules_(rules) {}

  /// New texts go into this arena.
  void use(Arena& arena) { arena_ = &arena; }
  /// What was done is said in the attributes themselves.
  void redact(otlp::Attributes& attributes);
  /// What was done to a body is said in the attributes of its record.
  void redact_body(otlp::Value& body, otlp::Attributes& attributes);
  /// Of a request, or of what a database was asked.
  void sanitize_name(otlp::Span& span);

 private:
  /// What was done; names only where they will be told.
  struct Report {
    std::vector<std::string> redacted;
    std::vector<std::string> masked;
    std::vector<std::string> allowed;
    int64_t ignored = 0;
  };
  enum class Verdict : uint8_t { Nothing, Allowed, Masked };

  void redact_value(otlp::KeyValue& kv, const DbSanitizer::System& system, Report& report);
  bool sanitize_path_of(otlp::Span& span);
  void sanitize_statement_of(otlp::Span& span);
  void rename(otlp::Span& span, std::string_view name);
  Verdict redact_text(otlp::Value& value, std::string_view text);
  void redact_map(otlp::Value& map, const std::string& prefix, Report& report);
  void redact_list(otlp::Value& list, const std::string& name, Report& report);
  void redact_inside(otlp::Value& value, const std::string& name, Report& report);
  void mask_whole(otlp::Value& value, std::string_view text);

  void summarise(otlp::Attributes& attributes, std::string_view prefix, Report& report);
  void add_summary(otlp::Attributes& attributes, std::string_view prefix, std::string_view what,
                   std::vector<std::string>& keys);
  void add_count(otlp::Attributes& attributes, std::string_view prefix, std::string_view what,
                 int64_t count);
  void note(std::vector<std::string>& keys, std::string_view name) const {
    if (counts()) keys.emplace_back(name);
  }
  bool names() const { return rules_.config().summary == "debug"; }
  bool counts() const { return names() || rules_.config().summary == "info"; }

  const Rules& rules_;
  Arena* arena_ = nullptr;
  Buffer scratch_;
};

}  // namespace sluice::components::redaction_processor
