#pragma once

#include <string>
#include <string_view>

namespace sluice::native {

/// A name as an identifier of ClickHouse's SQL: in back-quotes, its own and backslashes escaped.
std::string quote_identifier(std::string_view name);

}  // namespace sluice::native
