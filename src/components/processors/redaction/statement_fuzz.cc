// Statements of all languages and URLs: whatever the bytes, what comes out is no larger than it can
// be, and has no value left that would be masked.

#include "base/check.h"
#include "components/processors/redaction/json_sanitizer.h"
#include "components/processors/redaction/redis_sanitizer.h"
#include "components/processors/redaction/sql_sanitizer.h"
#include "components/processors/redaction/url_sanitizer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice::components::redaction_processor;  // NOLINT(google-build-using-namespace)
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const SqlDialect dialect : {SqlDialect::Common, SqlDialect::MySql})
    SLUICE_CHECK(sanitized_sql(text, dialect).size() <= size);
  SLUICE_CHECK(sanitized_redis(text).size() <= size);
  SLUICE_CHECK(sanitized_path(text).size() <= size + 1);
  constexpr size_t kPlaceholder = 3;  // "?"
  if (const auto json = sanitized_json(text)) {
    SLUICE_CHECK(json->size() <= size * kPlaceholder);
    SLUICE_CHECK(sanitized_json(*json) == json);
  }
  return 0;
}
