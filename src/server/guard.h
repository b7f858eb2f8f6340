#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/sql.h"

namespace sluice::server {

/// Why a statement does not reach the engine, as ClickHouse would say it: "Code: 497.
/// DB::Exception: … (ACCESS_DENIED)".
struct GuardRefusal {
  int code = 0;      ///< ClickHouse's exception code: 62, 115, 164, 344, 497
  std::string type;  ///< its name: SYNTAX_ERROR, READONLY, SUPPORT_IS_DISABLED, ACCESS_DENIED
  std::string message;
};

/// Decides whether one statement may run: it may read and write the engine's own tables, and
/// nothing else (no files, network, processes, other statements). `shape` must come from
/// parse_shape(sql). `readonly`: nothing may be written either (HTTP GET). Data after FORMAT X is
/// not looked at; data after VALUES is, since the engine evaluates expressions there. No value: the
/// statement may run.
std::optional<GuardRefusal> guard_check(std::string_view sql, const StatementShape& shape,
                                        bool readonly);

/// The same for one setting that comes beside the statement (the query string). Unknown names pass:
/// the engine answers 115 UNKNOWN_SETTING.
std::optional<GuardRefusal> guard_check_setting(std::string_view name, std::string_view value,
                                                bool readonly);

/// A value that is given to a placeholder {name:Type} beside the statement (param_name in the query
/// string).
struct QueryParameter {
  std::string_view name;
  std::string_view value;
};

/// The same for the parameters of a statement: where a placeholder is an Identifier, its value
/// names a table, column or function, so it is held to what a name in the statement is. Values of
/// other types are data and pass.
std::optional<GuardRefusal> guard_check_parameters(std::string_view sql,
                                                   const StatementShape& shape,
                                                   const std::vector<QueryParameter>& parameters);

/// The same for data in the format Values that comes beside the statement (the body of INSERT …
/// VALUES or FORMAT Values): expressions in it are evaluated by the engine.
std::optional<GuardRefusal> guard_check_values(std::string_view data);

}  // namespace sluice::server
