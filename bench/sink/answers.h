#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice::bench {

/// What a ClickHouse with ClickStack's tables, all empty, says to a statement that is not an INSERT
/// of rows; nullopt for a question that nobody prepared for.
std::optional<std::string_view> prepared_answer(std::string_view sql);

/// The table of an INSERT … FORMAT Native, without database and quotes; empty for other statements.
std::string insert_table(std::string_view sql);

}  // namespace sluice::bench
