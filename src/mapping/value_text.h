#pragma once

#include "base/buffer.h"
#include "otlp/records.h"

namespace sluice::mapping {

/// An attribute value or body as the tables store it (docs/formats/rows.md), which is
/// otlp::value_text(). Keeps scratch memory; not thread-safe.
class ValueText {
 public:
  /// Appends the text as one string of the Native format: its length, its bytes.
  void append_encoded(const otlp::Value& value, Buffer& out);
  /// The text itself: a view into the value, or into this object until the next call.
  std::string_view text(const otlp::Value& value);
  /// All attributes as an object with their types (otlp::append_typed_json); a view into this
  /// object until the next call.
  std::string_view json(const otlp::Attributes& attributes);

 private:
  Buffer scratch_;
};

}  // namespace sluice::mapping
