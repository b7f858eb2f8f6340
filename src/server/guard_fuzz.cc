#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "server/guard.h"
#include "server/guard_functions.h"
#include "server/guard_scan.h"

namespace {

using namespace sluice::server;  // NOLINT(google-build-using-namespace): a program of its own

/// The plainest reading of the rule: a denied name before a bracket. The guard may refuse more,
/// never less.
bool calls_denied_function(std::string_view sql) {
  const std::vector<Token> tokens = tokens_of(sql);
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].is_identifier() && tokens[i + 1].is("(") &&
        review_of(NameSpace::Function, unquoted(tokens[i])).verdict == Verdict::Denied) {
      return true;
    }
  }
  return false;
}

void check_offsets(std::string_view sql, const StatementShape& shape) {
  SLUICE_CHECK(shape.begin < shape.end);
  SLUICE_CHECK(shape.end <= sql.size());
  SLUICE_CHECK(shape.begin < shape.outfile_at);
  SLUICE_CHECK(shape.outfile_at <= shape.end);
  SLUICE_CHECK(shape.settings_at == kAbsent || shape.settings_at < shape.end);
  SLUICE_CHECK(shape.insert_data_at == kAbsent ||
               (shape.end <= shape.insert_data_at && shape.insert_data_at <= sql.size()));
  SLUICE_CHECK(shape.input_at == kAbsent ||
               (shape.begin < shape.input_at && shape.input_at < shape.input_end &&
                shape.input_end < shape.end && shape.insert_data_at != kAbsent));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view sql(reinterpret_cast<const char*>(data), size);
  const sluice::Result<StatementShape> shape = parse_shape(sql);
  if (!shape.ok()) {
    return 0;
  }
  check_offsets(sql, *shape);
  if (!guard_check(sql, *shape, false).has_value()) {
    SLUICE_CHECK(!calls_denied_function(sql.substr(0, shape->end)));
    // What is cut out is again one statement, and the same one.
    const sluice::Result<StatementShape> again = parse_shape(sql.substr(0, shape->end));
    SLUICE_CHECK(again.ok() && again->kind == shape->kind && again->end == shape->end);
  }
  (void)guard_check(sql, *shape, true);
  return 0;
}
