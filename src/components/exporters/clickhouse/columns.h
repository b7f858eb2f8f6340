#pragma once

// Which columns of a table an insert may name.

#include <algorithm>
#include <string>
#include <string_view>

#include "mapping/tables.h"

namespace sluice::components {

/// Calls visit(first field, the rest) for each line of TabSeparated text with more than one field.
template <typename Visit>
void for_each_pair(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t tab = line.find('\t');
    if (tab != std::string_view::npos) visit(line.substr(0, tab), line.substr(tab + 1));
  }
}

/// Lists of columns, quoted and separated by commas.
struct MatchedColumns {
  std::string present;
  std::string missing;
};

/// Divides `wanted` (mapping::insert_columns) by what DESCRIBE TABLE says in TabSeparated. Columns
/// that are computed are missing: they take no values. Of a table that has none of them nothing is
/// called missing, so that the insert says what is wrong.
MatchedColumns match_columns(const std::string& wanted, std::string_view described);

/// Whether a column of attributes is JSON where maps are sent, or a map where JSON is.
bool has_other_attributes(std::string_view described, mapping::AttributeType sent);

}  // namespace sluice::components
