#include "components/exporters/clickhouse/columns.h"

#include <set>

#include "clickhouse/client.h"

namespace sluice::components {
namespace {

/// Quoted names of the columns that take values.
std::set<std::string, std::less<>> writable(std::string_view described) {
  std::set<std::string, std::less<>> columns;
  for_each_pair(described, [&](std::string_view name, std::string_view rest) {
    const size_t tab = rest.find('\t');  // after the type comes the kind of default
    const std::string_view kind = tab == std::string_view::npos
                                      ? ""
                                      : rest.substr(tab + 1, rest.find('\t', tab + 1) - tab - 1);
    if (kind != "MATERIALIZED" && kind != "ALIAS")
      columns.insert(clickhouse::quote_identifier(name));
  });
  return columns;
}

void append(std::string& list, std::string_view column) {
  if (!list.empty()) list += ", ";
  list += column;
}

}  // namespace

MatchedColumns match_columns(const std::string& wanted, std::string_view described) {
  const auto there = writable(described);
  MatchedColumns out;
  for (size_t begin = wanted.find('`'); begin < wanted.size();) {
    const size_t end = wanted.find('`', begin + 1) + 1;
    const std::string column = wanted.substr(begin, end - begin);
    // A nested column is one or several, by the setting flatten_nested.
    const std::string nest = column.substr(0, column.find('.')) + "`";
    const bool is_there = there.count(column) != 0 || there.count(nest) != 0;
    append(is_there ? out.present : out.missing, column);
    begin = wanted.find('`', end);
  }
  if (out.present.empty()) return {wanted, ""};
  return out;
}

bool has_other_attributes(std::string_view described, mapping::AttributeType sent) {
  const std::string_view other = sent == mapping::AttributeType::Json ? "Map(" : "JSON";
  bool found = false;
  for_each_pair(described, [&](std::string_view name, std::string_view rest) {
    // Attributes of events and links may stand inside one column, by the setting flatten_nested.
    const bool is_nest = name == "Events" || name == "Links" || name == "Exemplars";
    const std::string_view type = rest.substr(0, rest.find('\t'));
    found |=
        (name.ends_with("Attributes") || is_nest) && type.find(other) != std::string_view::npos;
  });
  return found;
}

}  // namespace sluice::components
