#pragma once

// The SQL of ClickStack's tables. Private to ddl.cc.

#include <string>
#include <string_view>
#include <vector>

#include "mapping/ddl.h"

namespace sluice::mapping {

/// "toIntervalDay(30)", in the largest unit that is exact, as ClickStack writes it.
std::string interval(std::chrono::seconds length);

/// All tables under ClickStack's names, otherwise as `spec` has it.
std::vector<std::string> create_tables(TableSpec spec, const Ttl& ttl);

/// Version 1: every table, index and view, in an order in which each finds what it needs. With
/// `text_indexes` false the searches go through bloom filters, for servers older than
/// kTextIndexVersion.
std::vector<std::string> clickstack_tables(std::string_view database, const Ttl& ttl,
                                           bool text_indexes);

}  // namespace sluice::mapping
