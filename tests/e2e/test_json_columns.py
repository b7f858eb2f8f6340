"""Tables with JSON columns: what is sent is read back by paths, with its types."""

import json
import subprocess
import time

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from run_config import request
from sluice import BINARY, wait_for

NOW = time.time_ns()  # older rows are past their retention
PROTOBUF = {"Content-Type": "application/x-protobuf"}
TAKEN = (200, "\n\0")  # an empty partial success
JSON_COLUMNS = {"HYPERDX_OTEL_EXPORTER_CLICKHOUSE_JSON_ENABLE": "true"}


def any_value(value):
    if isinstance(value, dict):
        out = AnyValue()
        out.kvlist_value.values.extend(attributes(value))
        return out
    if isinstance(value, list):
        out = AnyValue()
        out.array_value.values.extend(any_value(v) for v in value)
        return out
    kinds = {bool: "bool_value", int: "int_value", float: "double_value", str: "string_value", bytes: "bytes_value"}
    return AnyValue() if value is None else AnyValue(**{kinds[type(value)]: value})


def attributes(pairs):
    """Key-values of a dictionary, or of a list of pairs where keys repeat."""
    pairs = pairs.items() if isinstance(pairs, dict) else pairs
    return [KeyValue(key=k, value=any_value(v)) for k, v in pairs]


def logs(*records, resource=None):
    message = ExportLogsServiceRequest()
    group = message.resource_logs.add()
    group.resource.attributes.extend(attributes(resource or {}))
    scope = group.scope_logs.add()
    scope.scope.attributes.extend(attributes({"lib": {"v": 2}}))
    for body, pairs in records:
        scope.log_records.add(time_unix_nano=NOW, body=any_value(body), attributes=attributes(pairs), event_name="e")
    return message.SerializeToString()


def span(pairs):
    message = ExportTraceServiceRequest()
    group = message.resource_spans.add()
    group.resource.attributes.extend(attributes({"service.name": "shop", "host": {"cpus": 8}}))
    one = group.scope_spans.add().spans.add(trace_id=b"t" * 16, span_id=b"s" * 8, name="op", start_time_unix_nano=NOW,
                                            end_time_unix_nano=NOW + 5, attributes=attributes(pairs))
    for n in (1, 2):
        one.events.add(name="event", time_unix_nano=NOW, attributes=attributes({"n": n, "at": {"line": 1.0}}))
    one.links.add(trace_id=b"u" * 16, span_id=b"v" * 8, attributes=attributes({"ok": True}))
    return message.SerializeToString()


def gauge():
    message = ExportMetricsServiceRequest()
    metric = message.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
    metric.gauge.data_points.add(as_int=7, time_unix_nano=NOW, attributes=attributes({"n": 1}))
    return message.SerializeToString()


def post(collector, signal, body):
    status, _, answer = request(f"{collector.url('otlp-http')}/v1/{signal}", body, PROTOBUF)
    return status, answer.decode(errors="replace")


def gateway(start, server, *args, env=JSON_COLUMNS, endpoint=""):
    """One whose two exporters have looked at their tables."""
    run = start("gateway", "--clickhouse-endpoint", server.url("clickhouse-http") + endpoint, "--flush-interval", "20ms",
                *args, env=env)
    wait_for(lambda: sum("ClickHouse is ready" in line for line in list(run.lines)) == 2, "both exporters")
    return run


def types(server, table):
    return {row["name"]: row["type"] for row in server.rows(f"DESCRIBE TABLE {table}")}


@pytest.fixture
def server(start):
    return start("server")


def test_attributes_are_read_back_by_paths_with_their_types(start, server):
    run = gateway(start, server)
    record = ("text", {"user": {"id": "user-123", "tags": ["a", "b"]}, "method": "GET", "status": 200, "ok": False,
                       "ratio": 1.0, "raw": b"hi", "nothing": None})
    session = ("{}", {"rr-web.event": 2.0, "nested": {"n": 1}})
    assert post(run, "logs", logs(record, session, resource={"service.name": "shop"})) == TAKEN
    assert post(run, "traces", span({"http": {"route": "/a"}, "big": 2**63 - 1, "f": 1e20}))[0] == 200
    assert post(run, "metrics", gauge())[0] == 200

    for table, names in {"otel_logs": ("Resource", "Scope", "Log"), "hyperdx_sessions": ("Resource", "Scope", "Log"),
                         "otel_traces": ("Resource", "Span")}.items():
        columns = types(server, table)
        assert {columns[f"{name}Attributes"] for name in names} == {"JSON"}
        assert {columns[f"{name}AttributesKeys"] for name in names} == {"Array(LowCardinality(String))"}
    assert types(server, "otel_traces")["Events.Attributes"] == "Array(JSON)"
    assert types(server, "otel_metrics_gauge")["Attributes"] == "Map(LowCardinality(String), String)"

    # The log transform flattens the attributes of logs.
    (log,) = server.rows("SELECT concat(LogAttributes.user.id, ',', LogAttributes.method) AS who, LogAttributes.status AS s, "
                         "LogAttributes.ok AS ok, dynamicType(LogAttributes.status) AS st, EventName, ServiceName, Body, "
                         "dynamicType(LogAttributes.ok) AS bt, dynamicType(LogAttributes.ratio) AS ft, "
                         "LogAttributes.raw AS raw, LogAttributesKeys AS k, ScopeAttributes.lib.v AS v, "
                         "ResourceAttributes.service.name AS r, ScopeAttributesKeys AS sk FROM otel_logs")
    assert (log["who"], log["s"], log["ok"], log["raw"], log["v"]) == ("user-123,GET", 200, False, "aGk=", 2)
    assert (log["st"], log["bt"], log["ft"]) == ("Int64", "Bool", "Float64")
    assert log["k"] == ["method", "nothing", "ok", "ratio", "raw", "status", "user.id", "user.tags.0", "user.tags.1"]
    assert (log["EventName"], log["ServiceName"], log["Body"], log["r"], log["sk"]) == ("e", "shop", "text", "shop", ["lib.v"])
    assert server.rows("SELECT LogAttributes.nested.n AS n, LogAttributes.`rr-web`.event AS e, LogAttributesKeys AS k, "
                       "TimestampTime = toDateTime(Timestamp) AS t FROM hyperdx_sessions") == [
        {"n": 1, "e": 2, "k": ["nested.n", "rr-web.event"], "t": 1}]
    assert server.rows("SELECT SpanAttributes.http.route AS r, SpanAttributes.big AS b, SpanAttributes.f AS f, "
                       "dynamicType(SpanAttributes.f) AS t, ResourceAttributes.host.cpus AS c, SpanAttributesKeys AS k, "
                       "ResourceAttributesKeys AS rk, arrayMap(e -> toString(e.n), Events.Attributes) AS n, "
                       "arrayMap(e -> dynamicType(e.at.line), Events.Attributes) AS at, Links.Attributes AS l, Duration "
                       "FROM otel_traces") == [
        {"r": "/a", "b": 2**63 - 1, "f": 1e20, "t": "Float64", "c": 8, "k": ["big", "f", "http.route"], "Duration": 5,
         "rk": ["host.cpus", "service.name"], "n": ["1", "2"], "at": ["Float64", "Float64"], "l": [{"ok": True}]}]
    assert server.rows("SELECT Attributes FROM otel_metrics_gauge") == [{"Attributes": {"n": "1"}}]


def test_what_the_original_loses_or_refuses_is_kept(start, server):
    run = gateway(start, server)
    pairs = [("day", "2024-01-01"), ("time", "2024-01-01T00:00:00Z"), ("nan", float("nan")), ("inf", [-float("inf")]),
             ("twice", 1), ("twice", "last"), ("a.b", 1), ("a", {"b": 2}), ("huge", 1e20), ("zero", -0.0), ("", "empty"),
             ("bad\n", "\u2028\x01"), ("deep", {"x": [{"y": None}, {}]})]
    assert post(run, "traces", span(pairs)) == TAKEN
    (row,) = server.rows("SELECT toJSONString(SpanAttributes) AS a, JSONAllPathsWithTypes(SpanAttributes) AS t FROM otel_traces")
    assert json.loads(row["a"]) == {"day": "2024-01-01", "time": "2024-01-01T00:00:00Z", "nan": "NaN", "inf": ["-Infinity"],
                                    "twice": "last", "a": {"b": 2}, "huge": 1e20, "zero": 0.0, "": "empty",
                                    "bad\n": "\u2028\x01", "deep": {"x": [{}, {}]}}
    assert {row["t"][path] for path in ("day", "time", "nan", "twice")} == {"String"}
    assert {row["t"][path] for path in ("huge", "zero")} == {"Float64"}


def test_bytes_that_are_no_text_and_values_in_values_are_stored(start, server):
    run = gateway(start, server)
    assert post(run, "traces", span({"text": "bad: XYZ"}).replace(b"XYZ", b"\xff\xc3(")) == TAKEN
    assert server.rows("SELECT SpanAttributes.text AS t FROM otel_traces") == [{"t": "bad: \ufffd\ufffd("}]
    depth = 200
    nested = '{"kvlistValue":{"values":[{"key":"n","value":' * depth + '{"intValue":"1"}' + "}]}}" * depth
    body = ('{"resourceLogs":[{"scopeLogs":[{"scope":{"attributes":[{"key":"deep","value":' + nested + "}]},"
            '"logRecords":[{"timeUnixNano":"%d"}]}]}]}' % NOW)
    assert request(f"{run.url('otlp-http')}/v1/logs", body.encode(), {"Content-Type": "application/json"})[0] == 200
    assert server.rows("SELECT ScopeAttributesKeys AS k FROM otel_logs") == [{"k": ["deep" + ".n" * depth]}]


def test_a_setting_of_the_endpoint_wins(start, server):
    run = gateway(start, server, endpoint="/?input_format_try_infer_dates=1")
    assert post(run, "traces", span({"day": "2024-01-01"}))[0] == 200
    assert server.rows("SELECT dynamicType(SpanAttributes.day) AS t FROM otel_traces") == [{"t": "Date"}]


def test_serve_takes_the_gate_that_the_original_once_had(start):
    run = start("serve", env={"OTEL_AGENT_FEATURE_GATE_ARG": "--feature-gates=clickhouse.json"})
    assert post(run, "logs", logs(("text", {"status": 200})))[0] == 200
    assert run.rows("SELECT LogAttributes.status AS s FROM otel_logs") == [{"s": 200}]


def test_tables_of_the_original_without_keys_are_filled(start, server):
    server.query("CREATE TABLE otel_logs (Timestamp DateTime64(9), Body String, ServiceName LowCardinality(String), "
                 "LogAttributes JSON(max_dynamic_paths = 8, status UInt16)) ENGINE = MergeTree ORDER BY Timestamp")
    run = gateway(start, server)
    assert post(run, "logs", logs(("text", {"status": 200, "k": "v"})))[0] == 200
    assert server.rows("SELECT LogAttributes.status AS s, LogAttributes.k AS k FROM otel_logs") == [{"s": 200, "k": "v"}]
    (warning,) = (line for line in run.lines if "A table lacks columns" in line)
    assert "`LogAttributesKeys`" in warning and "sluice schema --json-columns true" in warning


def test_json_into_maps_is_refused_and_said(start, server):
    schema(server)
    run = gateway(start, server)
    assert sum("attributes are maps" in line for line in run.lines) == 3
    assert "rename the table" in next(line for line in run.lines if "attributes are maps" in line)
    status, answer = post(run, "logs", logs(("text", {"status": 200})))
    assert status == 503 and "Map" in answer
    # What is said helps.
    server.query("RENAME TABLE otel_logs TO otel_logs_of_maps")
    wait_for(lambda: post(run, "logs", logs(("text", {"status": 200})))[0] == 200, "the new table", 60)
    assert server.rows("SELECT LogAttributes.status AS s FROM otel_logs") == [{"s": 200}]


def test_maps_into_json_are_stored_as_strings_and_said(start, server):
    schema(server, "--json-columns", "true")
    run = gateway(start, server, "--create-schema", "false", env=None)
    assert sum("attributes are JSON" in line for line in run.lines) == 3
    assert "json: true" in next(line for line in run.lines if "attributes are JSON" in line)
    assert post(run, "logs", logs(("text", {"status": 200})))[0] == 200
    assert post(run, "traces", span({"status": 200}))[0] == 200
    assert server.rows("SELECT dynamicType(LogAttributes.status) AS t, LogAttributes.status AS s FROM otel_logs") == [
        {"t": "String", "s": "200"}]


def test_the_printed_tables_are_those_that_are_made(start, server):
    schema(server, "--json-columns", "true", "--clickhouse-database", "printed", "--tables-ttl", "48h")
    gateway(start, server, "--clickhouse-database", "made", "--tables-ttl", "48h")
    printed, made = ({row["name"]: row["create_table_query"].replace(f"{database}.", "")
                      for row in server.rows("SELECT name, create_table_query FROM system.tables "
                                             f"WHERE database = '{database}'")}
                     for database in ("printed", "made"))
    assert len(made) == 8 and made == printed
    assert "toIntervalDay(2)" in made["otel_traces"]


def schema(server, *args):
    out = subprocess.run([str(BINARY), "schema", *args], capture_output=True, text=True, check=True).stdout
    for statement in out.split(";\n"):
        if statement.strip():
            server.query(statement)
