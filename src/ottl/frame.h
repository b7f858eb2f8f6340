#pragma once

#include <string_view>

#include "base/arena.h"
#include "otlp/metadata.h"
#include "otlp/records.h"
#include "ottl/value.h"

namespace sluice::ottl {

/// What one evaluation works on: the record, what is around it, and the first error. A context
/// sets the members that it has, the others are null. One thread at a time.
struct Frame {
  Arena* arena = nullptr;

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
