#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::mapping {

/// The severity number that a level's text stands for, by the words it contains in any case; of
/// several words the last in this order counts: fatal, error, warn, info, debug, trace. 9 (info)
/// for a text without any of them.
int32_t severity_number_of_text(std::string_view text);

struct InferredSeverity {
  int32_t number;
  std::string_view text;
};

/// What a log line says of its severity: the first keyword that begins at a word boundary in its
/// first kSeverityScanBytes bytes. Info where there is none.
InferredSeverity infer_severity(std::string_view body);
inline constexpr size_t kSeverityScanBytes = 256;

}  // namespace sluice::mapping
