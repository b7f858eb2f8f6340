#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::ottl {

enum class CsvQuotes : uint8_t {
  Strict,  ///< a quote stands at a field's start and end, or doubled inside
  Lazy,    ///< it may also stand anywhere else
  Ignore,  ///< it means nothing
};

/// The fields of a line (RFC 4180; quoted fields may hold line ends). Empty lines do not count,
/// further ones go on with the last field, as in the original. False, and why, if there is none or
/// its quotes are wrong.
bool parse_csv_line(std::string_view text, char separator, CsvQuotes quotes,
                    std::vector<std::string>& fields, std::string& error);

}  // namespace sluice::ottl
