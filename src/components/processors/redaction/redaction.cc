#include "components/processors/redaction/redaction.h"

#include <algorithm>

#include "base/buffer.h"
#include "components/processors/redaction/config.h"
#include "otlp/value_text.h"
#include "ottl/digest.h"
#include "ottl/value.h"
#include "pipeline/record_match.h"
#include "pipeline/records.h"

namespace sluice::components {
namespace {

using otlp::Attributes;
using otlp::KeyValue;
using otlp::Value;
using otlp::ValueKind;
using redaction_processor::Config;
using redaction_processor::Hash;

/// What is compiled of the options; the lanes share it.
struct Rules {
  Config config;
  pipeline::TextSet ignored_keys;
  pipeline::TextSet blocked_keys;
  pipeline::TextSet allowed_values;
  std::vector<ottl::Regex> blocked_values;

  bool is_ignored(std::string_view key) const {
    return contains(config.ignored_keys, key) || ignored_keys.has(key);
  }
  bool is_allowed(std::string_view key) const {
    return config.allow_all_keys || contains(config.allowed_keys, key);
  }

 private:
  static bool contains(const std::vector<std::string>& keys, std::string_view key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  }
};

/// What was done to a set of attributes, or to a body.
struct Report {
  std::vector<std::string> redacted;
  std::vector<std::string> masked;
  std::vector<std::string> allowed;
  int64_t ignored = 0;
};

std::string_view hashed(const Config& config, std::string_view text, Arena& arena) {
  switch (config.hash_function) {
    case Hash::None: return "****";
    case Hash::Md5: return ottl::hex_digest(ottl::Digest::Md5, text, arena);
    case Hash::Sha1: return ottl::hex_digest(ottl::Digest::Sha1, text, arena);
    case Hash::Sha3: return ottl::hex_digest(ottl::Digest::Sha3_256, text, arena);
    case Hash::HmacSha256:
      return ottl::hex_hmac(ottl::Digest::Sha256, config.hmac_key, text, arena);
    case Hash::HmacSha512:
      return ottl::hex_hmac(ottl::Digest::Sha512, config.hmac_key, text, arena);
  }
  return "****";
}

/// Parts of a path that are no plain words become `*`.
std::string sanitized_path(std::string_view path) {
  constexpr size_t kPartsMax = 10;
  std::string out;
  size_t parts = 0;
  for (size_t at = 0; at <= path.size() && parts < kPartsMax; ++parts) {
    const size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    const bool plain = std::all_of(part.begin(), part.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == ' ';
    });
    if (parts != 0) out += '/';
    out += plain ? part : "*";
    at = end + 1;
  }
  return out;
}

class Redactor final : public pipeline::Consumer {
 public:
  Redactor(pipeline::Consumer& next, const Rules& rules) : next_(next), rules_(rules) {}

  void consume(pipeline::Batch&& batch) override {
    arena_ = batch.arena.get();
    pipeline::visit_request(batch, [&](auto& request) {
      for (auto& group : request.resources) {
        redact(group.resource.attributes);
        for (auto& scope : group.scopes) {
          redact(scope.scope.attributes);
          for (auto& record : scope.records) redact_record(record);
        }
      }
    });
    next_.consume(std::move(batch));
  }

 private:
  void redact_record(otlp::LogRecord& record) {
    redact(record.attributes);
    Report report;
    redact_body(record.body, report);
    summarise(record.attributes, "redaction.body.", report);
  }
  void redact_record(otlp::Span& span) {
    if (rules_.config.url_sanitizer.enabled && span.name.find('/') != std::string_view::npos)
      span.name = sanitized_name(span.name);
    redact(span.attributes);
    for (otlp::SpanEvent& event : span.events) redact(event.attributes);
  }
  void redact_record(otlp::Metric& metric) {
    for (otlp::DataPoint& point : metric.data_points) redact(point.attributes);
  }

  /// "GET /user/1" keeps its method.
  std::string_view sanitized_name(std::string_view name) {
    return arena_->copy(sanitized_path(name));
  }

  void redact(Attributes& attributes) {
    Report report;
    pipeline::remove_if(attributes, [&](KeyValue& kv) { return redact_one(kv, kv.key, report); });
    summarise(attributes, "redaction.", report);
  }

  /// True if the attribute must go.
  bool redact_one(KeyValue& kv, const std::string_view name, Report& report) {
    if (rules_.is_ignored(kv.key)) {
      ++report.ignored;
      return false;
    }
    if (!rules_.is_allowed(kv.key)) {
      report.redacted.emplace_back(name);
      return true;
    }
    sanitize_url(kv);
    Buffer scratch;
    const bool looked_at = kv.value.is_string() || rules_.config.redact_all_types;
    const std::string_view text =
        looked_at ? otlp::value_text(kv.value, scratch) : std::string_view();
    if (looked_at && rules_.allowed_values.has(text)) {
      report.allowed.emplace_back(name);
    } else if (rules_.blocked_keys.has(kv.key)) {
      report.masked.emplace_back(name);
      kv.value = Value::string(hashed(rules_.config, otlp::value_text(kv.value, scratch), *arena_));
    } else if (looked_at && mask(text, kv.value)) {
      report.masked.emplace_back(name);
    }
    return false;
  }

  void sanitize_url(KeyValue& kv) {
    const auto& sanitizer = rules_.config.url_sanitizer;
    const bool wanted = sanitizer.enabled && kv.value.is_string() &&
                        std::find(sanitizer.attributes.begin(), sanitizer.attributes.end(),
                                  kv.key) != sanitizer.attributes.end();
    if (wanted) kv.value = Value::string(arena_->copy(sanitized_path(kv.value.view())));
  }

  /// Masks what is blocked in a text; false if nothing is.
  bool mask(std::string_view text, Value& out) {
    std::string masked(text);
    bool any = false;
    for (const ottl::Regex& pattern : rules_.blocked_values) {
      if (!pattern.matches(masked)) continue;
      any = true;
      std::string made;
      const char* copied = masked.data();
      pattern.for_each(masked, [&](const ottl::Regex::Groups& groups) {
        made.append(copied, static_cast<size_t>(groups[0].data() - copied));
        made += hashed(rules_.config, groups[0], *arena_);
        copied = groups[0].data() + groups[0].size();
      });
      made.append(copied, static_cast<size_t>(masked.data() + masked.size() - copied));
      masked = std::move(made);
    }
    if (any) out = Value::string(arena_->copy(masked));
    return any;
  }

  void redact_body(Value& body, Report& report) {
    if (body.kind == ValueKind::Map) {
      redact_map(body, "", report);
    } else if (body.kind == ValueKind::Array) {
      redact_list(body, "body", report);
    } else {
      redact_text(body, "body", report);
    }
  }

  void redact_text(Value& value, const std::string& name, Report& report) {
    if (!value.is_string() && !rules_.config.redact_all_types) return;
    Buffer scratch;
    const std::string_view text = otlp::value_text(value, scratch);
    if (rules_.allowed_values.has(text)) {
      report.allowed.push_back(name);
    } else if (mask(text, value)) {
      report.masked.push_back(name);
    }
  }

  void redact_map(Value& map, const std::string& prefix, Report& report) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < map.size; ++i) {
      KeyValue& member = map.members[i];
      const std::string name =
          prefix.empty() ? std::string(member.key) : prefix + "." + std::string(member.key);
      const bool nested =
          member.value.kind == ValueKind::Map || member.value.kind == ValueKind::Array;
      if (nested && rules_.is_allowed(member.key) && !rules_.is_ignored(member.key) &&
          !rules_.blocked_keys.has(member.key)) {
        member.value.kind == ValueKind::Map ? redact_map(member.value, name, report)
                                            : redact_list(member.value, name, report);
      } else if (redact_one(member, name, report)) {
        continue;
      }
      map.members[kept++] = member;
    }
    map.size = kept;
  }

  void redact_list(Value& list, const std::string& name, Report& report) {
    for (uint32_t i = 0; i < list.size; ++i) {
      Value& element = list.elements[i];
      const std::string indexed = name + ".[" + std::to_string(i) + "]";
      if (element.kind == ValueKind::Map) {
        redact_map(element, indexed, report);
      } else if (element.kind == ValueKind::Array) {
        redact_list(element, indexed, report);
      } else {
        redact_text(element, indexed, report);
      }
    }
  }

  // ---- What the record says about it ----

  void summarise(Attributes& attributes, std::string_view prefix, Report& report) {
    add_summary(attributes, prefix, "redacted", report.redacted);
    add_summary(attributes, prefix, "masked", report.masked);
    add_summary(attributes, prefix, "allowed", report.allowed);
    if (report.ignored != 0 && counts()) put(attributes, prefix, "ignored.count", report.ignored);
  }

  bool names() const { return rules_.config.summary == "debug"; }
  bool counts() const { return names() || rules_.config.summary == "info"; }

  void add_summary(Attributes& attributes, std::string_view prefix, std::string_view what,
                   std::vector<std::string>& keys) {
    if (keys.empty() || !counts()) return;
    if (names()) {
      std::sort(keys.begin(), keys.end());
      std::string joined;
      for (const std::string& key : keys) joined += (joined.empty() ? "" : ",") + key;
      const std::string name = std::string(prefix) + std::string(what) + ".keys";
      ottl::find_or_add(attributes, arena_->copy(name), *arena_) =
          Value::string(arena_->copy(joined));
    }
    put(attributes, prefix, std::string(what) + ".count", static_cast<int64_t>(keys.size()));
  }

  void put(Attributes& attributes, std::string_view prefix, const std::string& what,
           int64_t count) {
    const std::string name = std::string(prefix) + what;
    ottl::find_or_add(attributes, arena_->copy(name), *arena_) = Value::integer(count);
  }

  pipeline::Consumer& next_;
  const Rules& rules_;
  Arena* arena_ = nullptr;
};

class RedactionProcessor final : public pipeline::Processor {
 public:
  explicit RedactionProcessor(Rules rules) : rules_(std::move(rules)) {}

  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal, pipeline::Host&) {
    Rules rules;
    rules.config = config;
    const std::pair<const std::vector<std::string>*, pipeline::TextSet*> sets[] = {
        {&config.ignored_key_patterns, &rules.ignored_keys},
        {&config.blocked_key_patterns, &rules.blocked_keys},
        {&config.allowed_values, &rules.allowed_values}};
    for (const auto& [texts, out] : sets) {
      auto set = pipeline::TextSet::make(*texts, true);
      if (!set.ok()) return set.status();
      *out = std::move(*set);
    }
    for (const std::string& text : config.blocked_values) {
      auto pattern = ottl::Regex::compile(text);
      if (!pattern.ok()) return pattern.status();
      rules.blocked_values.push_back(std::move(*pattern));
    }
    return std::unique_ptr<pipeline::Processor>(
        std::make_unique<RedactionProcessor>(std::move(rules)));
  }

  std::unique_ptr<pipeline::Consumer> stage(size_t, pipeline::Consumer& next) override {
    return std::make_unique<Redactor>(next, rules_);
  }

 private:
  const Rules rules_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> redaction_processor_factory() {
  return std::make_unique<pipeline::ProcessorFactory<Config>>(
      pipeline::Factory::About{config::Section::Processors, "redaction",
                               "Removes attributes that are not allowed, and masks values."},
      &RedactionProcessor::make);
}

}  // namespace sluice::components
