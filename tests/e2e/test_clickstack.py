"""Configurations of ClickStack's shape, and its environment, against a ClickHouse of our own."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request

import clickstack_files
import pytest
from sluice import ROOT, clickhouse, wait_for

BASE = """
processors:
  transform:
    log_statements:
      - context: log
        error_mode: ignore
        statements:
          - set(log.cache, ExtractPatterns(log.body, "(?P<0>(\\\\{.*\\\\}))")) where IsString(log.body)
          - merge_maps(log.attributes, ParseJSON(log.cache["0"]), "upsert") where IsMap(log.cache)
          - flatten(log.attributes) where IsMap(log.cache)
      - context: log
        error_mode: ignore
        conditions:
          - severity_number == 0 and severity_text == ""
        statements:
          - set(log.severity_text, "unknown")
  batch:
  memory_limiter:
    limit_mib: 1500
    spike_limit_mib: 512
    check_interval: 5s
service:
  telemetry:
    metrics:
      readers:
        - pull:
            exporter:
              prometheus:
                host: 127.0.0.1
                port: 0
    logs:
      level: ${HYPERDX_LOG_LEVEL}
"""

STANDALONE = """
receivers:
  otlp/hyperdx:
    protocols:
      http:
        endpoint: "127.0.0.1:0"
        include_metadata: true
        cors:
          allowed_origins: ["*"]
          allowed_headers: ["*"]
connectors:
  routing/logs:
    default_pipelines: [logs/out-default]
    error_mode: ignore
    table:
      - context: log
        statement: route() where IsMatch(attributes["rr-web.event"], ".*")
        pipelines: [logs/out-rrweb]
exporters:
  clickhouse/rrweb:
    database: ${env:HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE}
    endpoint: ${env:CLICKHOUSE_ENDPOINT}
    ttl: 720h
    logs_table_name: hyperdx_sessions
    timeout: 5s
    create_schema: ${env:HYPERDX_OTEL_EXPORTER_CREATE_LEGACY_SCHEMA:-true}
    json: ${env:HYPERDX_OTEL_EXPORTER_CLICKHOUSE_JSON_ENABLE:-false}
  clickhouse:
    database: ${env:HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE}
    endpoint: ${env:CLICKHOUSE_ENDPOINT}
    ttl: 720h
    timeout: 5s
    create_schema: ${env:HYPERDX_OTEL_EXPORTER_CREATE_LEGACY_SCHEMA:-true}
    json: ${env:HYPERDX_OTEL_EXPORTER_CLICKHOUSE_JSON_ENABLE:-false}
    retry_on_failure:
      enabled: true
      initial_interval: 5s
      max_interval: 30s
      max_elapsed_time: 300s
service:
  pipelines:
    logs/in:
      receivers: [otlp/hyperdx]
      exporters: [routing/logs]
    logs/out-default:
      receivers: [routing/logs]
      processors: [memory_limiter, transform, batch]
      exporters: [clickhouse]
    logs/out-rrweb:
      receivers: [routing/logs]
      processors: [memory_limiter, batch]
      exporters: [clickhouse/rrweb]
"""


def post(url, records, token=None):
    body = {"resourceLogs": [{"scopeLogs": [{"logRecords": [
        {"timeUnixNano": str(time.time_ns()), "body": {"stringValue": text},
         "attributes": [{"key": k, "value": {"stringValue": v}} for k, v in attributes.items()]}
        for text, attributes in records]}]}]}
    headers = {"Content-Type": "application/json", **({"Authorization": token} if token else {})}
    request = urllib.request.Request(url + "/v1/logs", json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status
    except urllib.error.HTTPError as e:
        return e.code


@pytest.fixture
def store(start):
    return start("server")


def test_the_files_of_clickstack_run_as_they_are(start, store, tmp_path):
    for name, text in (("config.yaml", BASE), ("config.standalone.yaml", STANDALONE)):
        (tmp_path / name).write_text(text)
    collector = start("run", "--config", tmp_path / "config.yaml", "--config", tmp_path / "config.standalone.yaml",
                      env={"CLICKHOUSE_ENDPOINT": store.url("clickhouse-http"),
                           "HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE": "otel"})
    records = [('{"a":{"b":1},"c":"x"}', {"own": "1"}), ("replay", {"rr-web.event": "2"})]
    assert wait_for(lambda: post("http://" + collector.addresses["otlp-http"], records) == 200, "the data is taken")
    base = store.url("clickhouse-http")
    assert clickhouse(base, "SELECT LogAttributes['a.b'], LogAttributes['own'], SeverityText FROM otel.otel_logs LIMIT 1"
                      ) == "1\t1\tunknown\n"
    assert clickhouse(base, "SELECT DISTINCT Body FROM otel.hyperdx_sessions") == "replay\n"


def test_the_gateway_follows_clickstacks_environment(start, store, tmp_path):
    custom = tmp_path / "custom.yaml"
    custom.write_text("processors:\n  batch:\n    timeout: 100ms\n")
    gateway = start("gateway", env={
        "CLICKHOUSE_ENDPOINT": store.url("clickhouse-http"), "HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE": "otel",
        "HYPERDX_OTEL_EXPORTER_TABLES_TTL": "10d", "OTLP_AUTH_TOKEN": "geheim", "CUSTOM_OTELCOL_CONFIG_FILE": str(custom)})
    url = gateway.url("otlp-http")
    assert post(url, [("x", {})]) == 401
    assert post(url, [("x", {})], "wrong") == 401
    for token in ("geheim", "Bearer geheim"):
        assert wait_for(lambda: post(url, [("error: " + token, {})], token) == 200, "the data is taken")  # noqa: B023
    base = store.url("clickhouse-http")
    assert clickhouse(base, "SELECT DISTINCT Body, SeverityText FROM otel.otel_logs ORDER BY 1"
                      ) == "error: Bearer geheim\terror\nerror: geheim\terror\n"
    assert "toIntervalDay(10)" in clickhouse(base, "SHOW CREATE TABLE otel.otel_logs")
    gateway.stop()
    again = start("gateway", env={
        "CLICKHOUSE_ENDPOINT": store.url("clickhouse-http"), "HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE": "otel",
        "HYPERDX_OTEL_EXPORTER_TABLES_TTL": "20d", "HYPERDX_OTEL_EXPORTER_RECONCILE_TABLE_TTL": "true"})
    wait_for(lambda: "toIntervalDay(20)" in clickhouse(base, "SHOW CREATE TABLE otel.otel_logs"),
             "the retention is changed")
    assert again.stop() == 0, again.log()


def environment(store, **more):
    return {"CLICKHOUSE_ENDPOINT": store.url("clickhouse-http"), "HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE": "otel", **more}


FILES = {"base": clickstack_files.BASE, "standalone": clickstack_files.STANDALONE}


def test_run_makes_clickstacks_tables_and_reconciles_their_retention(start, store, tmp_path):
    files = clickstack_files.write(tmp_path, **FILES)
    first = start("run", *files, env=environment(store, HYPERDX_OTEL_EXPORTER_TABLES_TTL="10d",
                                                 HYPERDX_OTEL_EXPORTER_LOGS_TTL="48h"))
    records = [('{"a":{"b":1}}', {}), ("replay", {"rr-web.event": "2"})]
    assert wait_for(lambda: post(first.url("otlp-http"), records) == 200, "the data is taken")
    base = store.url("clickhouse-http")
    assert clickhouse(base, "SELECT DISTINCT LogAttributes['a.b'], SeverityText FROM otel.otel_logs") == "1\tinfo\n"
    assert clickhouse(base, "SELECT DISTINCT Body FROM otel.hyperdx_sessions") == "replay\n"
    made = {"otel_traces", "otel_metrics_sum", "otel_logs_kv_rollup_15m"}  # logs are taken as soon as their own tables are there
    wait_for(lambda: made <= set(clickhouse(base, "SHOW TABLES FROM otel").split()), "the tables are made")
    for table, days in (("otel_logs", 2), ("otel_traces", 10)):
        assert f"toIntervalDay({days})" in clickhouse(base, f"SHOW CREATE TABLE otel.{table}")
    assert first.stop() == 0, first.log()
    again = start("run", *files, env=environment(store, HYPERDX_OTEL_EXPORTER_TABLES_TTL="20d",
                                                 HYPERDX_OTEL_EXPORTER_RECONCILE_TABLE_TTL="true"))
    wait_for(lambda: "toIntervalDay(20)" in clickhouse(base, "SHOW CREATE TABLE otel.otel_traces"),
             "the retention is changed")
    assert again.stop() == 0, again.log()


@pytest.mark.parametrize("files", [FILES, {**FILES, "auth": clickstack_files.AUTH}, {**FILES, "custom": clickstack_files.CUSTOM}],
                         ids=["standalone", "auth", "custom"])
def test_run_asks_for_the_token(start, store, tmp_path, files):
    collector = start("run", *clickstack_files.write(tmp_path, **files), env=environment(store, OTLP_AUTH_TOKEN="geheim"))
    url = collector.url("otlp-http")
    assert post(url, [("x", {})]) == 401
    assert post(url, [("x", {})], "wrong") == 401
    assert wait_for(lambda: post(url, [("error: x", {})], "geheim") == 200, "the data is taken")
    assert clickhouse(store.url("clickhouse-http"), "SELECT DISTINCT SeverityText FROM otel.otel_logs") == "error\n"


# Answers from memory make no difference to rows, and the suite a tenth as long.
@pytest.mark.parametrize("files, args", [
    (FILES, []),
    ({**FILES, "custom": clickstack_files.CUSTOM}, ["--rows-by-grpc", "--only", "logs/j*", "--only", "metrics/g*", "--only", "traces/*"]),
], ids=["standalone-http", "custom-grpc"])
def test_the_rows_of_clickstacks_files_are_the_originals(start, store, tmp_path, files, args):
    collector = start("run", "--ack", "memory", *clickstack_files.write(tmp_path, **files),
                      env=environment(store, HYPERDX_OTEL_BATCH_TIMEOUT="50ms"))
    base = store.url("clickhouse-http")
    # The schema's version is recorded when all of it is there.
    wait_for(lambda: clickhouse(base, "SELECT total_rows FROM system.tables WHERE database = 'otel' AND name = 'sluice_schema'"
                                ).strip() not in ("", "0"), "the tables are made")
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests/conformance/run.py"), "--otlp", collector.url("otlp-http"), "--clickhouse", base,
         "--database", "otel", "--grpc", collector.addresses["otlp-grpc"], "--kind", "rows", "--batched", "40", *args],
        capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-5000:] + collector.log()
    assert " 0 failed" in done.stdout
