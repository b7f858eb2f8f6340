#pragma once

#include <string>

namespace sluice::testing {

/// Export requests as protobuf, with one resource of four attributes and one scope. The same
/// arguments give the same bytes. Shapes and sizes are those of the macro benchmark: about 118,
/// 472, 270, 367 and 213 bytes a record.
std::string sample_spans(int count, bool wide);
std::string sample_logs(int count, bool json_body);
/// Gauge points, ten a metric, five attributes each.
std::string sample_metrics(int count);

}  // namespace sluice::testing
