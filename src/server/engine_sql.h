#pragma once

#include <string>
#include <string_view>

#include "engine/engine.h"
#include "server/sql.h"

namespace sluice::server {

/// Whether a statement of this kind answers with rows, and so takes INTO OUTFILE.
bool has_result(StatementKind kind);

/// `sql` with its result sent to the descriptor `fd`. REQUIRES: has_result(shape.kind), and `shape`
/// is that of `sql`.
std::string with_result_to(std::string_view sql, const StatementShape& shape, int fd);

/// An INSERT with inline data, with the data taken from the file at `path` instead. `sql` ends
/// where the data began. The engine then reads it with the table's own columns and defaults, or
/// with the columns of input() if that is what reads it.
std::string with_data_from(std::string_view sql, const StatementShape& shape,
                           std::string_view path);

/// SET for all of them at once; empty if there are none. The engine refuses all if it refuses one.
std::string set_statement(const engine::NameValues& settings);

}  // namespace sluice::server
