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

/// The fields of a line (RFC 4180; quoted fields may hold line ends, of which CR LF becomes LF).
/// Empty lines do not count, further ones go on with the last field, as in the original. Where
/// quotes are ignored, line ends are characters like others. False, and why, if there is no line,
/// its quotes are wrong, or the separator is a quote or a line end. The separator is one character.
bool parse_csv_line(std::string_view text, std::string_view separator, CsvQuotes quotes,
                    std::vector<std::string>& fields, std::string& error);

/// The parts between the separators; there is always one.
std::vector<std::string_view> split_at(std::string_view text, std::string_view separator);

}  // namespace sluice::ottl
