#pragma once

// Statements of SQL without what was put into them.

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::components::redaction_processor {

/// Whose quotes and comments a statement has.
enum class SqlDialect : uint8_t {
  Common,  ///< "name"
  MySql,   ///< "text", `name`, # comment
};

/// The statement with ? for each text, number, boolean, NULL and numbered parameter ($1), and for
/// the digits in names. All else stays, comments too, but for white space at the ends. What is no
/// SQL is read as if it were; one pass, whatever the text.
std::string sanitized_sql(std::string_view statement, SqlDialect dialect);

}  // namespace sluice::components::redaction_processor
