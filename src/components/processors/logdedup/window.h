#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "components/processors/logdedup/config.h"
#include "components/processors/logdedup/field.h"
#include "ottl/time.h"
#include "pipeline/batch.h"
#include "pipeline/series_key.h"

namespace sluice::components::logdedup_processor {

/// What is compiled of the options.
struct Rules {
  explicit Rules(const Config& config);

  std::string count_attribute;
  std::vector<Field> included;
  std::vector<Field> excluded;
  const ottl::Zone* zone = nullptr;
};

/// The different records of an interval, each with how often it came. Not thread-safe.
class Window {
 public:
  /// Where a record stands, among those that came before.
  using Index = uint32_t;

  Window(const Rules& rules, Budget& budget) : rules_(rules), budget_(budget) {}

  Index resource(const otlp::Resource& resource);
  Index scope(Index resource, const otlp::Scope& scope);
  /// Counts the record, and keeps a copy if it is the first of its kind. Fields that are excluded
  /// are removed from it. `now` in Unix nanoseconds.
  void add(Index scope, otlp::LogRecord& record, int64_t now);

  size_t records() const { return entries_.size(); }
  /// Bytes held, as far as they grow with the records.
  size_t bytes() const { return arena_->capacity_bytes(); }

  /// All records with their counts, as one batch that nobody waits for; REQUIRES: there are some.
  /// The window is good for nothing afterwards.
  pipeline::Batch to_batch(int64_t now);

  /// Of the requests that are counted here; in the arena of to_batch().
  void keep_metadata(const otlp::Metadata& metadata, const std::vector<std::string>& keys);

 private:
  struct Entry {
    Index scope = 0;
    int64_t count = 0;
    int64_t first = 0;
    int64_t last = 0;
    otlp::LogRecord record{};
  };
  struct KnownScope {
    Index resource = 0;
    otlp::Scope scope;
  };
  using Known = std::unordered_map<std::string, Index, pipeline::KeyHash, std::equal_to<>>;

  void write_key(const otlp::LogRecord& record);
  void finish(Entry& entry, int64_t now);
  std::string_view time_text(int64_t nanos);

  const Rules& rules_;
  Budget& budget_;
  Budget::Share memory_;
  pipeline::PooledArena arena_{new Arena};
  pipeline::SeriesKey key_;
  Known known_resources_, known_scopes_, known_records_;
  std::vector<otlp::Resource> resources_;
  std::vector<KnownScope> scopes_;
  std::vector<Entry> entries_;
  const otlp::Metadata* metadata_ = nullptr;
};

}  // namespace sluice::components::logdedup_processor
