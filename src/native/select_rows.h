#pragma once

#include <string_view>

#include "base/output.h"
#include "native/columns.h"

namespace sluice::native {

/// Appends rows [begin, end) of `block`, one whole Native block as Block::encode() writes it, as
/// such a block: the same bytes that encode() would have given for these rows. So a block need not
/// be kept beside what was encoded of it. Takes time in proportion to the block, not to the rows.
/// REQUIRES: begin <= end <= rows of the block.
void select_rows(std::string_view block, RowRange rows, Output& out);

}  // namespace sluice::native
