#include "mapping/record_rows.h"

namespace sluice::mapping {

template void RecordRows::append_logs<JsonLogsBlock>(const otlp::LogsRequest&, Table, OpenBlocks&,
                                                     Rejects&);
template void RecordRows::append_spans<JsonTracesBlock>(const otlp::TracesRequest&, OpenBlocks&,
                                                        Rejects&);

}  // namespace sluice::mapping
