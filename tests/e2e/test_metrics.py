"""The metrics page, by the original collector's names: what came over HTTP and gRPC, what went out, on which address."""

import json
import re
import socket

import grpc
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

import ledger
import sluice
from run_config import JSON, LOG, Run, free_port, request

CONFIG = """
receivers:
  otlp/edge:
    protocols:
      grpc: {{endpoint: "127.0.0.1:{grpc}"}}
      http: {{endpoint: "127.0.0.1:{http}"}}
processors:
  memory_limiter: {{check_interval: 1s, limit_mib: 300, spike_limit_mib: 60}}
  filter/some: {{logs: {{log_record: ['body == "drop"']}}}}
  batch/lowlatency: {{timeout: 10ms}}
exporters:
  file: {{path: out.json, flush_interval: 10ms}}
service:
  telemetry:
    metrics:
      readers: [{{pull: {{exporter: {{prometheus: {{host: 127.0.0.1, port: {metrics}, without_type_suffix: {bare}}}}}}}}}]
  pipelines:
    logs: {{receivers: [otlp/edge], processors: [memory_limiter, filter/some, batch/lowlatency], exporters: [file]}}
    traces: {{receivers: [otlp/edge], exporters: [file]}}
    metrics: {{receivers: [otlp/edge], exporters: [file]}}
"""
LOGS = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [
    {"body": {"stringValue": "drop"}}, {"body": {"stringValue": "keep"}}, {"body": {"stringValue": "keep"}}]}]}]}).encode()


def samples(port):
    page = sluice.get(f"http://127.0.0.1:{port}/metrics")
    return {key: float(value) for key, _, value in (line.rpartition(" ") for line in page.splitlines())
            if not key.startswith("#")}


def call(port, service, message):
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        channel.unary_unary(f"/opentelemetry.proto.collector.{service}/Export")(message.SerializeToString(), timeout=30)


def spans(count):
    message = ExportTraceServiceRequest()
    scope = message.resource_spans.add().scope_spans.add()
    for _ in range(count):
        scope.spans.add(trace_id=b"t" * 16, span_id=b"s" * 8, name="a")
    return message


def points(count):
    message = ExportMetricsServiceRequest()
    metric = message.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
    for _ in range(count):
        metric.gauge.data_points.add(as_int=1, time_unix_nano=1_700_000_000 * 10**9)
    return message


def test_every_record_counts_once_by_its_receiver_processor_and_exporter(tmp_path):
    ports = {"grpc": free_port(), "http": free_port(), "metrics": free_port(), "bare": "true"}
    run = Run(tmp_path, CONFIG.format(**ports)).wait_ready()
    try:
        assert request(f"http://127.0.0.1:{ports['http']}/v1/logs", LOGS, JSON)[0] == 200
        call(ports["grpc"], "trace.v1.TraceService", spans(4))
        call(ports["grpc"], "metrics.v1.MetricsService", points(5))
        got = samples(ports["metrics"])
        for name, value in {
            'receiver_accepted_log_records{receiver="otlp/edge",transport="http"}': 3,
            'receiver_accepted_spans{receiver="otlp/edge",transport="grpc"}': 4,
            'receiver_accepted_metric_points{receiver="otlp/edge",transport="grpc"}': 5,
            'receiver_accepted_log_records{receiver="otlp/edge",transport="grpc"}': 0,
            'receiver_refused_log_records{receiver="otlp/edge",transport="http"}': 0,
            'processor_incoming_items{otel_signal="logs",processor="filter/some"}': 3,
            'processor_outgoing_items{otel_signal="logs",processor="filter/some"}': 2,
            'processor_memory_limiter_accepted_log_records{processor="memory_limiter"}': 3,
            'processor_memory_limiter_refused_log_records{processor="memory_limiter"}': 0,
            'processor_incoming_items{otel_signal="logs",processor="batch/lowlatency"}': 2,
            'processor_outgoing_items{otel_signal="logs",processor="batch/lowlatency"}': 2,
            'processor_batch_batch_send_size_sum{processor="batch/lowlatency"}': 2,
            'processor_batch_metadata_cardinality{processor="batch/lowlatency"}': 1,
            'exporter_sent_log_records{exporter="file"}': 2,
            'exporter_sent_spans{exporter="file"}': 4,
            'exporter_sent_metric_points{exporter="file"}': 5,
            'exporter_send_failed_spans{exporter="file"}': 0,
        }.items():
            assert got["otelcol_" + name] == value, name
        limiter = next(line for line in run.log().splitlines() if "Memory limiter configured" in line)
        assert json.loads(limiter)["limit_mib"] == "300" and json.loads(limiter)["spike_limit_mib"] == "60"
        assert any(name.startswith("target_info{service_instance_id=") for name in got)
        assert got["otelcol_process_memory_rss"] > 1e6
        assert got["otelcol_process_uptime"] > 0
    finally:
        assert run.stop() == 0, run.log()


def test_a_reload_moves_the_page_and_names_counters_otherwise(tmp_path):
    ports = {"grpc": free_port(), "http": free_port(), "metrics": free_port(), "bare": "true"}
    run = Run(tmp_path, CONFIG.format(**ports)).wait_ready()
    try:
        assert request(f"http://127.0.0.1:{ports['http']}/v1/logs", LOG, JSON)[0] == 200
        name = 'otelcol_receiver_accepted_log_records%s{receiver="otlp/edge",transport="http"}'
        assert samples(ports["metrics"])[name % ""] == 1
        moved = {**ports, "metrics": free_port(), "bare": "false"}
        run.write(CONFIG.format(**moved))
        run.wait_line("the metrics page is here")
        assert samples(moved["metrics"])[name % "_total"] == 1
        # A port that is taken leaves the page where it is.
        with socket.create_server(("127.0.0.1", 0)) as taken:
            run.write(CONFIG.format(**{**moved, "metrics": taken.getsockname()[1]}))
            run.wait_line("the metrics page stays where it is")
        assert samples(moved["metrics"])[name % "_total"] == 1
    finally:
        assert run.stop() == 0, run.log()


def test_what_clickhouse_stores_is_sent_and_what_it_never_got_is_not(start):
    serve = start("serve", "--flush-interval", "50ms")
    assert request(serve.url("otlp-http") + "/v1/logs", LOGS, JSON)[0] == 200
    call(serve.addresses["otlp-grpc"].rpartition(":")[2], "metrics.v1.MetricsService", points(5))
    assert serve.metric("otelcol_receiver_accepted_log_records", transport="http") == 3
    assert serve.metric("otelcol_exporter_sent_log_records", exporter="clickhouse") == 3
    assert serve.metric("otelcol_exporter_sent_metric_points", exporter="clickhouse") == 5
    assert serve.metric("otelcol_exporter_send_failed_log_records") == 0
    assert serve.metric("otelcol_exporter_queue_size", exporter="clickhouse") == 0
    assert serve.metric("otelcol_exporter_in_flight_requests", exporter="clickhouse") == 0
    assert serve.metric("otelcol_exporter_queue_batch_send_size_sum", data_type="logs", exporter="clickhouse") == 3
    assert serve.metric("otelcol_exporter_queue_capacity", data_type="logs", exporter="clickhouse") > 1e6


def test_parts_of_the_engine_are_told(start):
    serve = start("serve", "--flush-interval", "50ms")
    assert serve.metric("sluice_engine_parts", table="otel_logs") == 0
    ledger.export(serve.addresses["otlp-grpc"], ledger.request("parts", [1]))
    sluice.wait_for(lambda: serve.metric("sluice_engine_parts", table="otel_logs") >= 1, "the part is counted")
    assert serve.metric("sluice_exporter_insert_gap_milliseconds") == 0


def test_every_metric_is_documented(start):
    serve = start("serve")
    documented = (sluice.ROOT / "docs/metrics.md").read_text()
    page = sluice.get(serve.url("metrics") + "/metrics")
    for name in re.findall(r"^# TYPE (\S+)", page, re.M):
        pattern = re.sub("(log_records|spans|metric_points)$", "*", name) if name.startswith("otelcol_") else name
        assert f"`{pattern}`" in documented, name
