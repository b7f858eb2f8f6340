#pragma once

#include "base/buffer.h"
#include "otlp/records.h"

namespace sluice::mapping {

/// An attribute value or body as the tables store it (docs/formats/rows.md): strings as they are,
/// numbers and booleans as text, bytes as base64, arrays and maps as compact JSON with sorted keys,
/// no value as the empty string. A NaN or infinity anywhere inside an array or map makes the whole
/// text empty, as in the original. Keeps scratch memory; not thread-safe.
class ValueText {
 public:
  /// Appends the text as one string of the Native format: its length, its bytes.
  void append_encoded(const otlp::Value& value, Buffer& out);
  /// The text itself: a view into the value, or into this object until the next call.
  std::string_view text(const otlp::Value& value);

 private:
  Buffer scratch_;
};

/// False where a NaN or an infinity is found anywhere inside (the value itself included). A map
/// member that a later one of the same key replaces does not count.
bool all_numbers_finite(const otlp::Value& value);

}  // namespace sluice::mapping
