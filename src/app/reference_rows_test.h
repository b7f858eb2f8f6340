#pragma once

// For tests: rows from records by the plainest code there is, the log transform of ClickStack
// included, written from docs/formats/rows.md and sharing nothing with the fast path. Values look
// as testing::NativeBlock has them.

#include <cstdio>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "otlp/records.h"

namespace sluice::app::reference {

using Row = std::map<std::string, std::string>;

/// Rows by table name, in the order of the records.
using Tables = std::map<std::string, std::vector<Row>>;

/// What a test knows of a JSON body beforehand: the attributes it adds, flattened, in order. Keyed
/// by the body's text.
using JsonBodies = std::map<std::string, std::vector<std::pair<std::string, std::string>>>;

Tables map_logs(const otlp::LogsRequest& request, const JsonBodies& bodies);
Tables map_traces(const otlp::TracesRequest& request);
Tables map_metrics(const otlp::MetricsRequest& request);

}  // namespace sluice::app::reference
