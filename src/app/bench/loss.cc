#include "app/bench/loss.h"

#include <cstdio>
#include <thread>

#include "app/bench/generator.h"

namespace sluice::app::bench {
namespace {

constexpr std::chrono::milliseconds kPause{250};

/// The sequence numbers of the run's rows in one table, under the name s.
std::string rows_of(std::string_view table, std::string_view attributes) {
  const std::string column(attributes);
  return "SELECT toUInt64OrZero(" + column + "['" + std::string(kSequenceAttribute) +
         "']) AS s FROM " + std::string(table) + " WHERE " + column + "['" +
         std::string(kRunAttribute) + "'] = {run:String}";
}

std::string rows_of(otlp::Signal signal) {
  switch (signal) {
    case otlp::Signal::Logs: return rows_of("otel_logs", "LogAttributes");
    case otlp::Signal::Traces: return rows_of("otel_traces", "SpanAttributes");
    case otlp::Signal::Metrics: break;
  }
  return rows_of("otel_metrics_gauge", "Attributes") + " UNION ALL " +
         rows_of("otel_metrics_sum", "Attributes");
}

}  // namespace

std::string loss_query(const LossQuestion& question) {
  std::string sql = "SELECT count(), uniqExact(s) FROM (" + rows_of(question.signal) + ")";
  if (!question.unanswered.empty()) {
    sql += " WHERE intDiv(s, " + std::to_string(question.records) + ") NOT IN (";
    for (size_t i = 0; i < question.unanswered.size(); ++i) {
      sql += (i == 0 ? "" : ", ") + std::to_string(question.unanswered[i]);
    }
    sql += ")";
  }
  return sql + " FORMAT TabSeparated";
}

Result<Stored> count_stored(clickhouse::Client& client, const LossQuestion& question,
                            std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  const std::string sql = loss_query(question);
  clickhouse::QueryRequest request;
  request.sql = sql;
  request.params = {{"run", question.run_id}};
  for (;;) {
    const auto answer = client.query(request);
    if (!answer.ok()) return answer.status();
    Stored stored;
    stored.expected = question.expected;
    unsigned long long rows = 0;
    unsigned long long distinct = 0;
    if (std::sscanf(answer->c_str(), "%llu\t%llu", &rows, &distinct) != 2) {
      return internal_error("ClickHouse answered the count with: " + *answer);
    }
    stored.rows = rows;
    stored.distinct = distinct;
    if (stored.missing() == 0 || std::chrono::steady_clock::now() > end) return stored;
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace sluice::app::bench
