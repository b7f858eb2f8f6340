#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "otlp/records.h"

namespace sluice::components::logdedup_processor {

/// "attributes.src.ip": a place in the body or the attributes of a log record.
class Field {
 public:
  /// REQUIRES: is_valid(text).
  explicit Field(std::string_view text);
  static bool is_valid(std::string_view text);

  /// Null if the record has none.
  const otlp::Value* find(const otlp::LogRecord& record) const;
  /// The last of its map takes the place of what is removed, as in the original.
  void remove_from(otlp::LogRecord& record) const;

 private:
  bool in_body_ = false;
  std::vector<std::string> path_;  // empty: all attributes
};

}  // namespace sluice::components::logdedup_processor
