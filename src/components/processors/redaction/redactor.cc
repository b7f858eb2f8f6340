#include "components/processors/redaction/redactor.h"

#include <algorithm>

#include "components/processors/redaction/url_sanitizer.h"
#include "otlp/value_text.h"
#include "ottl/digest.h"
#include "ottl/value.h"

namespace sluice::components::redaction_processor {
namespace {

using otlp::Attributes;
using otlp::KeyValue;
using otlp::Value;
using otlp::ValueKind;

// Kinds of spans.
constexpr int32_t kInternal = 1;
constexpr int32_t kServer = 2;
constexpr int32_t kClient = 3;

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

/// Whether anything but stars is left of a path.
bool is_word_left(std::string_view path) {
  return path.find_first_not_of("*/") != std::string_view::npos ||
         path.find('*') == std::string_view::npos || path.find("**") != std::string_view::npos;
}

/// What tells spans of HTTP, in the conventions of now and of before.
bool is_of_http(const Attributes& attributes) {
  static constexpr std::string_view kKeys[] = {"http.route",
                                               "http.request.method",
                                               "http.request.method_original",
                                               "url.full",
                                               "http.response.status_code",
                                               "http.scheme",
                                               "http.target",
                                               "http.method",
                                               "http.url"};
  return std::any_of(attributes.begin(), attributes.end(), [](const KeyValue& kv) {
    return std::find(std::begin(kKeys), std::end(kKeys), kv.key) != std::end(kKeys);
  });
}

/// Of each key the first; the last member moves into the gap, as in the original.
void remove_keys(KeyValue* members, uint32_t& count, const std::vector<std::string_view>& keys) {
  for (const std::string_view key : keys) {
    KeyValue* const end = members + count;
    KeyValue* found = std::find_if(members, end, [&](const KeyValue& kv) { return kv.key == key; });
    *found = members[--count];
  }
}

}  // namespace

Result<Rules> Rules::make(const Config& config, otlp::Signal signal) {
  Rules rules;
  rules.config_ = config;
  const auto& urls = config.url_sanitizer.attributes;
  rules.urls_ = Keys(urls.begin(), urls.end());
  rules.databases_ = DbSanitizer(
      config.db_sanitizer, signal == otlp::Signal::Logs ? DbSanitizer::WithoutSystem::EveryLanguage
                                                        : DbSanitizer::WithoutSystem::Stays);
  rules.ignored_ = Keys(config.ignored_keys.begin(), config.ignored_keys.end());
  rules.allowed_ = Keys(config.allowed_keys.begin(), config.allowed_keys.end());
  // What an earlier processor has said stays.
  for (const char* summary :
       {"redaction.redacted.keys", "redaction.redacted.count", "redaction.masked.keys",
        "redaction.masked.count", "redaction.ignored.count"})
    rules.allowed_.insert(summary);
  const std::pair<const std::vector<std::string>*, pipeline::TextSet*> sets[] = {
      {&config.ignored_key_patterns, &rules.ignored_keys_},
      {&config.blocked_key_patterns, &rules.blocked_keys_},
      {&config.allowed_values, &rules.allowed_values_}};
  for (const auto& [texts, out] : sets) {
    auto set = pipeline::TextSet::make(*texts, "regexp");
    if (!set.ok()) return set.status();
    *out = std::move(*set);
  }
  for (const std::string& text : config.blocked_values) {
    auto pattern = ottl::Regex::compile(text);
    if (!pattern.ok()) return pattern.status();
    rules.blocked_values_.push_back(std::move(*pattern));
  }
  rules.lines_.push_back(std::move(ottl::Regex::compile(".*")).value());
  return rules;
}

std::string Rules::masked_by(const ottl::Regex& pattern, std::string_view text,
                             Arena& arena) const {
  std::string out;
  const char* copied = text.data();
  pattern.for_each(text, [&](const ottl::Regex::Groups& groups) {
    out.append(copied, static_cast<size_t>(groups[0].data() - copied));
    out += hashed(config_, groups[0], arena);
    copied = groups[0].data() + groups[0].size();
  });
  return out.append(copied, static_cast<size_t>(text.data() + text.size() - copied));
}

std::string Rules::without_blocked(std::string_view text, Arena& arena) const {
  std::string changed(text);
  for (const ottl::Regex& pattern : blocked_values_) {
    if (pattern.matches(changed)) changed = masked_by(pattern, changed, arena);
  }
  return changed;
}

std::string_view Rules::masked(std::string_view text, Arena& arena) const {
  // A view of nothing has no place that a match could be at.
  return arena.copy(masked_by(lines_.front(), text.empty() ? std::string_view("") : text, arena));
}

// ---- Attributes ----

void Redactor::redact(Attributes& attributes) {
  Report report;
  std::vector<std::string_view> gone;
  const DbSanitizer::System system = rules_.databases().system_of(attributes);
  for (KeyValue& kv : attributes) {
    if (rules_.is_ignored(kv.key)) {
      ++report.ignored;
    } else if (!rules_.is_allowed(kv.key)) {
      note(report.redacted, kv.key);
      gone.push_back(kv.key);
    } else {
      redact_value(kv, system, report);
    }
  }
  uint32_t count = attributes.size();
  remove_keys(attributes.data(), count, gone);
  attributes.truncate(count);
  summarise(attributes, "redaction.", report);
}

/// What is no text is looked at as an empty one, or as text if all types are.
void Redactor::redact_value(KeyValue& kv, const DbSanitizer::System& system, Report& report) {
  const Config& config = rules_.config();
  scratch_.clear();
  const std::string_view text = kv.value.is_string() || config.redact_all_types
                                    ? otlp::value_text(kv.value, scratch_)
                                    : std::string_view("");
  if (rules_.is_allowed_value(text)) return note(report.allowed, kv.key);
  if (rules_.is_blocked(kv.key)) {
    mask_whole(kv.value, text);
    return note(report.masked, kv.key);
  }
  std::string changed = rules_.without_blocked(text, *arena_);
  if (rules_.is_url(kv.key)) changed = sanitized_path(changed);
  rules_.databases().sanitize_attribute(system, kv.key, changed);
  if (changed == text) return;
  kv.value = Value::string(arena_->copy(changed));
  note(report.masked, kv.key);
}

void Redactor::mask_whole(Value& value, std::string_view text) {
  value = Value::string(rules_.masked(text, *arena_));
}

void Redactor::sanitize_name(otlp::Span& span) {
  if (rules_.is_allowed_value(span.name) || sanitize_path_of(span)) return;
  sanitize_statement_of(span);
}

/// Of a request that came in or went out: "GET /user/1" keeps its method. A name of which nothing
/// would be left stays.
bool Redactor::sanitize_path_of(otlp::Span& span) {
  const UrlSanitizerConfig& sanitizer = rules_.config().url_sanitizer;
  if (!sanitizer.enabled || !sanitizer.sanitize_span_name) return false;
  if (span.kind != kServer && span.kind != kClient) return false;
  if (span.name.find('/') == std::string_view::npos && !is_of_http(span.attributes)) return false;
  const std::string name = sanitized_path(span.name);
  if (name == span.name || !is_word_left(name)) return false;
  rename(span, name);
  return true;
}

void Redactor::sanitize_statement_of(otlp::Span& span) {
  if (rules_.databases().empty() || !rules_.config().db_sanitizer.sanitize_span_name) return;
  if (span.kind != kInternal && span.kind != kServer && span.kind != kClient) return;
  std::string name(span.name);
  rules_.databases().sanitize_statement(rules_.databases().system_of(span.attributes), name);
  if (name != span.name) rename(span, name);
}

/// A name of which nothing is left stays, as in the original.
void Redactor::rename(otlp::Span& span, std::string_view name) {
  if (!name.empty() && name != "...") span.name = arena_->copy(name);
}

// ---- Bodies: everything in them is looked at, as text, and any text may be a URL ----

void Redactor::redact_body(Value& body, Attributes& attributes) {
  Report report;
  if (body.kind == ValueKind::Map) {
    redact_map(body, "", report);
  } else if (body.kind == ValueKind::Array) {
    redact_list(body, "", report);
  } else {
    scratch_.clear();
    const Verdict verdict = redact_text(body, otlp::value_text(body, scratch_));
    if (verdict == Verdict::Masked) note(report.masked, "body");
  }
  summarise(attributes, "redaction.body.", report);
}

Redactor::Verdict Redactor::redact_text(Value& value, std::string_view text) {
  if (rules_.is_allowed_value(text)) return Verdict::Allowed;
  std::string changed = rules_.without_blocked(text, *arena_);
  if (rules_.config().url_sanitizer.enabled) changed = sanitized_path(changed);
  rules_.databases().sanitize_any(changed);
  if (changed == text) return Verdict::Nothing;
  value = Value::string(arena_->copy(changed));
  return Verdict::Masked;
}

void Redactor::redact_inside(Value& value, const std::string& name, Report& report) {
  if (value.kind == ValueKind::Map) return redact_map(value, name, report);
  if (value.kind == ValueKind::Array) return redact_list(value, name, report);
  scratch_.clear();
  const Verdict verdict = redact_text(value, otlp::value_text(value, scratch_));
  if (verdict == Verdict::Allowed) note(report.allowed, name);
  if (verdict == Verdict::Masked) note(report.masked, name);
}

void Redactor::redact_map(Value& map, const std::string& prefix, Report& report) {
  std::vector<std::string_view> gone;
  for (uint32_t i = 0; i < map.size; ++i) {
    KeyValue& member = map.members[i];
    const std::string name =
        prefix.empty() ? std::string(member.key) : prefix + "." + std::string(member.key);
    if (rules_.is_ignored(member.key)) {
      ++report.ignored;
    } else if (!rules_.is_allowed(member.key)) {
      note(report.redacted, name);
      gone.push_back(member.key);
    } else if (rules_.is_blocked(member.key)) {
      mask_whole(member.value, member.value.is_string() ? member.value.view() : std::string_view());
      note(report.masked, name);
    } else {
      redact_inside(member.value, name, report);
    }
  }
  remove_keys(map.members, map.size, gone);
}

void Redactor::redact_list(Value& list, const std::string& name, Report& report) {
  for (uint32_t i = 0; i < list.size; ++i) {
    redact_inside(list.elements[i], name + (name.empty() ? "[" : ".[") + std::to_string(i) + "]",
                  report);
  }
}

// ---- What the record says about it ----

void Redactor::summarise(Attributes& attributes, std::string_view prefix, Report& report) {
  if (!counts()) return;
  add_summary(attributes, prefix, "redacted", report.redacted);
  add_summary(attributes, prefix, "masked", report.masked);
  add_summary(attributes, prefix, "allowed", report.allowed);
  if (report.ignored != 0) add_count(attributes, prefix, "ignored", report.ignored);
}

/// Keys and counts of an earlier processor are added to.
void Redactor::add_summary(Attributes& attributes, std::string_view prefix, std::string_view what,
                           std::vector<std::string>& keys) {
  if (keys.empty()) return;
  const auto count = static_cast<int64_t>(keys.size());
  if (names()) {
    const std::string name = std::string(prefix) + std::string(what) + ".keys";
    const Value* before = ottl::find(attributes, name);
    std::string_view known = before != nullptr && before->is_string() ? before->view() : "";
    while (!known.empty()) {
      const size_t comma = std::min(known.find(','), known.size());
      keys.emplace_back(known.substr(0, comma));
      known.remove_prefix(std::min(comma + 1, known.size()));
    }
    std::sort(keys.begin(), keys.end());
    std::string joined;
    for (const std::string& key : keys) joined += (joined.empty() ? "" : ",") + key;
    ottl::find_or_add(attributes, arena_->copy(name), *arena_) =
        Value::string(arena_->copy(joined));
  }
  add_count(attributes, prefix, what, count);
}

void Redactor::add_count(Attributes& attributes, std::string_view prefix, std::string_view what,
                         int64_t count) {
  const std::string name = std::string(prefix) + std::string(what) + ".count";
  Value& value = ottl::find_or_add(attributes, arena_->copy(name), *arena_);
  const uint64_t before = value.kind == ValueKind::Int ? static_cast<uint64_t>(value.int_value) : 0;
  value = Value::integer(static_cast<int64_t>(before + static_cast<uint64_t>(count)));
}

}  // namespace sluice::components::redaction_processor
