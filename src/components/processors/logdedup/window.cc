#include "components/processors/logdedup/window.h"

#include <algorithm>

#include "base/buffer.h"
#include "base/log.h"
#include "otlp/clone.h"
#include "otlp/value_text.h"
#include "ottl/value.h"

namespace sluice::components::logdedup_processor {

using otlp::LogRecord;
using otlp::Value;

Rules::Rules(const Config& config)
    : count_attribute(config.log_count_attribute),
      included(config.include_fields.begin(), config.include_fields.end()),
      excluded(config.exclude_fields.begin(), config.exclude_fields.end()) {
  const auto known = ottl::zone(config.timezone);
  if (known.ok()) zone = *known;
}

Window::Index Window::resource(const otlp::Resource& resource) {
  key_.clear();
  key_.add(resource.attributes);
  const auto found = known_resources_.find(key_.view());
  if (found != known_resources_.end()) return found->second;
  resources_.push_back(otlp::clone(resource, *arena_));
  const auto index = static_cast<Index>(resources_.size() - 1);
  known_resources_.emplace(key_.view(), index);
  return index;
}

Window::Index Window::scope(Index resource, const otlp::Scope& scope) {
  key_.clear();
  key_.add(uint64_t{resource});
  key_.add(scope.name);
  key_.add(scope.version);
  key_.add(scope.attributes);
  const auto found = known_scopes_.find(key_.view());
  if (found != known_scopes_.end()) return found->second;
  scopes_.push_back({resource, otlp::clone(scope, *arena_)});
  const auto index = static_cast<Index>(scopes_.size() - 1);
  known_scopes_.emplace(key_.view(), index);
  return index;
}

/// What the record has of the fields; all of it where it has none of them.
void Window::write_key(const LogRecord& record) {
  bool any = false;
  Buffer scratch;
  for (size_t i = 0; i < rules_.included.size(); ++i) {
    const Value* value = rules_.included[i].find(record);
    if (value == nullptr) continue;
    any = true;
    key_.add(uint64_t{i});
    scratch.clear();
    key_.add(otlp::value_text(*value, scratch));
  }
  if (any) return;
  key_.add(record.attributes);
  key_.add(record.body);
  key_.add(static_cast<uint64_t>(record.severity_number));
  key_.add(record.severity_text);
}

void Window::add(Index scope, LogRecord& record, int64_t now) {
  for (const Field& field : rules_.excluded) field.remove_from(record);
  key_.clear();
  key_.add(uint64_t{scope});
  write_key(record);
  const auto found = known_records_.find(key_.view());
  if (found != known_records_.end()) {
    Entry& entry = entries_[found->second];
    ++entry.count;
    entry.last = now;
    return;
  }
  known_records_.emplace(key_.view(), static_cast<Index>(entries_.size()));
  entries_.push_back({scope, 1, now, now, otlp::clone(record, *arena_)});
  if (bytes() > memory_.bytes()) budget_.charge(memory_, bytes() - memory_.bytes());
}

void Window::keep_metadata(const otlp::Metadata& metadata, const std::vector<std::string>& keys) {
  auto* kept = arena_->create<otlp::Metadata>();
  kept->client_address = arena_->copy(metadata.client_address);
  for (const otlp::Metadata::Entry& entry : metadata.entries) {
    if (std::find(keys.begin(), keys.end(), entry.name) == keys.end()) continue;
    otlp::Metadata::Entry& to = kept->entries.emplace_back(*arena_);
    to.name = arena_->copy(entry.name);
    for (const std::string_view value : entry.values)
      to.values.push_back(*arena_, arena_->copy(value));
  }
  metadata_ = kept;
}

std::string_view Window::time_text(int64_t nanos) {
  ottl::Time time = ottl::Time::of_nanos(nanos);
  time.nanos = 0;
  time.zone = rules_.zone;
  return arena_->copy(ottl::rfc3339_nano(time));
}

void Window::finish(Entry& entry, int64_t now) {
  LogRecord& record = entry.record;
  record.time_unix_nano = static_cast<uint64_t>(now);
  record.observed_time_unix_nano = static_cast<uint64_t>(entry.first);
  record.attributes.reserve(*arena_, record.attributes.size() + 3);
  const auto put = [&](std::string_view key, const Value& value) {
    ottl::find_or_add(record.attributes, key, *arena_) = value;
  };
  put(arena_->copy(rules_.count_attribute), Value::integer(entry.count));
  put("first_observed_timestamp", Value::string(time_text(entry.first)));
  put("last_observed_timestamp", Value::string(time_text(entry.last)));
}

pipeline::Batch Window::to_batch(int64_t now) {
  pipeline::Batch batch;
  Arena& arena = *arena_;
  batch.logs = arena.create<otlp::LogsRequest>();
  for (const otlp::Resource& resource : resources_)
    batch.logs->resources.emplace_back(arena).resource = resource;
  struct Place {
    Index resource = 0;
    uint32_t index = 0;
  };
  std::vector<Place> places;
  for (const KnownScope& known : scopes_) {
    auto& scopes = batch.logs->resources[known.resource].scopes;
    places.push_back({known.resource, scopes.size()});
    scopes.emplace_back(arena).scope = known.scope;
  }
  for (Entry& entry : entries_) {
    finish(entry, now);
    const Place place = places[entry.scope];
    batch.logs->resources[place.resource].scopes[place.index].records.push_back(arena,
                                                                                entry.record);
  }
  batch.metadata = metadata_;
  batch.arena = std::move(arena_);
  batch.memory = std::move(memory_);
  const auto records = static_cast<uint64_t>(entries_.size());
  batch.ack = pipeline::Ack([records](pipeline::Outcome&& outcome) {
    if (outcome.status.ok()) return;
    log::error("records that logdedup had counted are lost: they could not be passed on",
               {{"records", records}, {"because", outcome.status.message()}});
  });
  return batch;
}

}  // namespace sluice::components::logdedup_processor
