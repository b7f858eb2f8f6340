#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/guard.h"
#include "server/sql.h"

namespace sluice::server {

/// "Code: 497 … (ACCESS_DENIED)": `what` is refused because it `reason`.
GuardRefusal access_denied(std::string_view what, std::string_view reason);

/// "Code: 164 … (READONLY)".
GuardRefusal readonly_refusal(std::string message);

/// All tokens of a text; the last one is of type Error if the text cannot be read to its end.
std::vector<Token> tokens_of(std::string_view sql);

/// Whether a table of this name would be looked up as a file: the engine's default database falls
/// back to the file system, with paths from the working directory (which the sandbox makes the data
/// directory).
bool is_path_outside(std::string_view name);

/// Walks the tokens of one statement of the given kind and refuses what reaches out of the engine,
/// wherever in the statement it stands: calls of denied functions (also as `name`, as an argument
/// of arrayMap, after APPLY, in column definitions inside a string), unknown table functions, files
/// as tables, denied settings, engines, system tables and clauses. It follows the grammar only as
/// far as it must, and where it is in doubt it refuses. `input` is the name of the one call of
/// input() whose rows come with the statement; empty if there is none.
std::optional<GuardRefusal> scan_tokens(const std::vector<Token>& tokens, StatementKind kind,
                                        bool readonly, std::string_view input = {});

}  // namespace sluice::server
