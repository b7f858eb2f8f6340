#pragma once

#include <memory>

#include "mapping/value_text.h"
#include "otlp/records.h"

namespace sluice::mapping {

/// ClickStack's log transform, as native code. In this order, for each record of otel_logs:
///   1. a JSON object in a string body becomes attributes (a member replaces the attribute of its
///   name);
///   2. attributes are flattened: a.b for maps, a.0 for arrays; empty containers vanish;
///   3. the members of a map body become attributes, nested ones as they are;
///   4. without a severity of its own the record takes it from a level attribute, else from the
///   words of its body;
///   5. the severity text goes to lower case.
/// Body stays as it is. Keys may stand several times in the result; the last counts.
/// One per lane; keeps scratch memory.
class LogTransform {
 public:
  LogTransform();
  ~LogTransform();
  LogTransform(const LogTransform&) = delete;
  LogTransform& operator=(const LogTransform&) = delete;

  /// Changes the record in place; what it adds lives in `arena`.
  void apply(otlp::LogRecord& record, Arena& arena);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Whether the record is a session replay event and belongs to hyperdx_sessions, untouched by the
/// transform.
bool is_session_event(const otlp::LogRecord& record);

/// The JSON object in a log line: from the first '{' to the last '}' of one line. Empty if there is
/// none.
std::string_view find_json_object(std::string_view body);

}  // namespace sluice::mapping
