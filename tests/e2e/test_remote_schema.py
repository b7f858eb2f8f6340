"""A gateway before a ClickHouse whose tables are not quite ClickStack's: rows go into the columns that exist."""

import json
import subprocess
import time

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from run_config import JSON, Run, free_port, request
from sluice import BINARY, wait_for

NOW = time.time_ns()  # older rows are past their retention
PROTOBUF = {"Content-Type": "application/x-protobuf"}
CONFIG = """
receivers:
  otlp: {{protocols: {{http: {{endpoint: "127.0.0.1:{http}"}}}}}}
processors:
  filter/rrweb: {{logs: {{log_record: ['attributes["rr-web.event"] == nil']}}}}
exporters:
  clickhouse: &clickhouse
    endpoint: {clickhouse}
    create_schema: false
    flush_interval: 20ms
    retry_on_failure: {{enabled: false}}
  clickhouse/rrweb: {{<<: *clickhouse, logs_table_name: hyperdx_sessions}}
service:
  telemetry: {{metrics: {{level: none}}}}
  pipelines:
    logs: {{receivers: [otlp], exporters: [clickhouse]}}
    logs/rrweb: {{receivers: [otlp], processors: [filter/rrweb], exporters: [clickhouse/rrweb]}}
    traces: {{receivers: [otlp], exporters: [clickhouse]}}
    metrics: {{receivers: [otlp], exporters: [clickhouse]}}
"""
LOG = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [{
    "timeUnixNano": str(NOW), "eventName": "e", "body": {"stringValue": "text"},
    "attributes": [{"key": "rr-web.event", "value": {"stringValue": "1"}}]}]}]}]}).encode()


def span():
    message = ExportTraceServiceRequest()
    one = message.resource_spans.add().scope_spans.add().spans.add(
        trace_id=b"t" * 16, span_id=b"s" * 8, name="op", start_time_unix_nano=NOW)
    one.events.add(name="event", time_unix_nano=NOW)
    return message.SerializeToString()


def gauge():
    message = ExportMetricsServiceRequest()
    metric = message.resource_metrics.add().scope_metrics.add().metrics.add(name="m", unit="s")
    metric.gauge.data_points.add(as_int=7, time_unix_nano=NOW)
    return message.SerializeToString()


@pytest.fixture
def server(start):
    server = start("server")
    schema = subprocess.run([str(BINARY), "schema"], capture_output=True, text=True, check=True).stdout
    for statement in schema.split(";\n"):
        if statement.strip():
            server.query(statement)
    return server


@pytest.fixture
def gateway(server, tmp_path):
    """Starts the pipelines before the server as it is then."""
    running = []

    def begin():
        folder = tmp_path / "gateway"
        folder.mkdir()
        http = free_port()
        run = Run(folder, CONFIG.format(http=http, clickhouse=server.url("clickhouse-http")))
        run.url = f"http://127.0.0.1:{http}"
        running.append(run)
        run.wait_ready()
        wait_for(lambda: sum("ClickHouse is ready" in line for line in list(run.lines)) == 2, "both exporters")
        return run

    yield begin
    for run in running:
        run.stop()


def post(run, signal, body, headers=PROTOBUF):
    return request(f"{run.url}/v1/{signal}", body, headers)[0]


def test_rows_go_into_the_columns_that_exist(server, gateway):
    for table, columns in {"otel_logs": ["EventName", "TraceFlags"], "hyperdx_sessions": ["ScopeVersion"],
                           "otel_traces": ["Events.Attributes", "TraceState"],
                           "otel_metrics_gauge": ["MetricUnit"]}.items():
        for column in columns:
            server.query(f"ALTER TABLE {table} DROP COLUMN `{column}`")
    run = gateway()
    assert post(run, "logs", LOG, JSON) == 200
    assert post(run, "traces", span()) == 200
    assert post(run, "metrics", gauge()) == 200
    assert server.rows("SELECT Body FROM otel_logs") == [{"Body": "text"}]
    assert server.rows("SELECT Body FROM hyperdx_sessions") == [{"Body": "text"}]
    assert server.rows("SELECT SpanName, Events.Name AS e FROM otel_traces") == [{"SpanName": "op", "e": ["event"]}]
    assert server.rows("SELECT MetricName, Value FROM otel_metrics_gauge") == [{"MetricName": "m", "Value": 7}]
    warnings = [line for line in run.lines if "A table lacks columns" in line]
    assert len(warnings) == 4, run.log()
    (logs,) = (line for line in warnings if "otel_logs" in line)
    assert "`TraceFlags`, `EventName`" in logs and "sluice schema" in logs

    # A column that comes back is filled again, one that goes is left out, both without a restart.
    server.query("ALTER TABLE otel_metrics_gauge ADD COLUMN MetricUnit String")
    server.query("ALTER TABLE otel_metrics_gauge DROP COLUMN MetricDescription")
    assert post(run, "metrics", gauge()) == 200
    assert server.rows("SELECT MetricUnit FROM otel_metrics_gauge ORDER BY MetricUnit") == [
        {"MetricUnit": ""}, {"MetricUnit": "s"}]


def test_a_missing_table_is_named_at_the_start_and_the_others_are_served(server, gateway):
    server.query("DROP TABLE otel_metrics_gauge")
    run = gateway()
    wait_for(lambda: any("A table is missing" in line for line in run.lines), "the line")
    (missing,) = (line for line in run.lines if "A table is missing" in line)
    assert "otel_metrics_gauge" in missing and "sluice schema" in missing
    assert post(run, "metrics", gauge()) == 503
    assert post(run, "traces", span()) == 200
