#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/arena.h"
#include "otlp/metadata.h"
#include "otlp/records.h"
#include "ottl/value.h"

namespace sluice::ottl {

/// What statements may add to the arena of a batch before they fail. A value that grows with each
/// record (`set(resource.attributes["a"], [resource.attributes["a"], resource.attributes["a"]])` in
/// the context of data points) would else fill the memory. ParseJSON of the largest request that is
/// taken stays far below.
inline constexpr size_t kMadeBytesMax = size_t{256} << 20;

/// What one evaluation works on: the record, what is around it, and the first error. A context
/// sets the members that it has, the others are null. One thread at a time.
struct Frame {
  Arena* arena = nullptr;
  /// No further editor is started once the arena holds more.
  size_t arena_bytes_max = SIZE_MAX;
  bool has_room() const { return arena->capacity_bytes() <= arena_bytes_max; }

  otlp::Resource* resource = nullptr;
  std::string_view* resource_schema_url = nullptr;
  otlp::Scope* scope = nullptr;
  std::string_view* scope_schema_url = nullptr;
  otlp::LogRecord* log = nullptr;
  otlp::Span* span = nullptr;
  otlp::SpanEvent* event = nullptr;
  int64_t event_index = 0;
  /// The metrics of the scope, which functions may add to (add_metric()), how many of them came in
  /// the request, and the one that it is about.
  ArenaVector<otlp::Metric>* metrics = nullptr;
  uint32_t metrics_given = 0;
  otlp::Metric* metric = nullptr;
  otlp::DataPoint* point = nullptr;
  /// Of the context that the statements are for.
  Attributes* cache = nullptr;
  const otlp::Metadata* metadata = nullptr;

  /// Why the evaluation failed; empty while it has not.
  std::string_view error;
  bool failed() const { return !error.empty(); }
  /// Nobody will read why: an error needs no text.
  bool quiet = false;

  /// Remembers the first error, and yields nil. Out of line, so that who may fail stays small.
  template <typename... Parts>
  [[gnu::noinline]] Value fail(const Parts&... parts) {
    if (failed()) return {};
    if (quiet) {
      error = "it failed";
      return {};
    }
    std::string text;
    ((text += parts), ...);
    error = arena->copy(text);
    return {};
  }
};

}  // namespace sluice::ottl
