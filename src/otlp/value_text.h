#pragma once

// Values as text, the way the OpenTelemetry Collector's AsString() writes them: strings as they
// are, numbers and booleans in JSON's notation, bytes as base64, arrays and maps as compact JSON
// with sorted keys, no value as the empty string.

#include <string_view>

#include "base/buffer.h"
#include "otlp/records.h"

namespace sluice::otlp {

/// A view into the value, or into `scratch`. A NaN or infinity anywhere inside an array or map
/// makes the whole text empty, as in the original.
std::string_view value_text(const Value& value, Buffer& scratch);

/// Appends JSON. False where a NaN or an infinity is found, for which JSON has no word; what was
/// appended is then incomplete.
bool append_json(const Value& value, Buffer& out);

/// Appends an object from which a reader learns the types again: a double has a point or an
/// exponent, so that it is no integer, and a NaN or an infinity is the string that OTLP/JSON has
/// for it ("NaN", "Infinity", "-Infinity").
void append_typed_json(const Attributes& attributes, Buffer& out);

/// REQUIRES: Int or Double.
void append_number(Buffer& out, const Value& value);

/// False where a NaN or an infinity is found anywhere inside (the value itself included). A map
/// member that a later one of the same key replaces does not count.
bool all_numbers_finite(const Value& value);

}  // namespace sluice::otlp
