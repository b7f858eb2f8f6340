"""Requests over OTLP/HTTP that are large or strange where a decoder may stumble: the answer, and the rows that come of it."""

import gzip
import json
import time

import pytest
from backports import zstd
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

import ledger
import run_config
from run_config import JSON

PROTOBUF = {"Content-Type": "application/x-protobuf"}
MEBIBYTE = 1 << 20
BODY_BYTES_MAX = 20 * MEBIBYTE


def send(sluice, body, headers, signal="logs"):
    return run_config.request(f"{sluice.url('otlp-http')}/v1/{signal}", body, headers)


def log_message(service):
    """A request with one log record, and the record."""
    message = ExportLogsServiceRequest()
    group = message.resource_logs.add()
    ledger.attribute(group.resource.attributes, "service.name", service)
    return message, group.scope_logs.add().log_records.add(time_unix_nano=time.time_ns(), severity_number=9)


def row_of(sluice, service, columns, table="otel_logs"):
    (row,) = sluice.rows(f"SELECT {columns} FROM {table} WHERE ServiceName = '{service}'")
    return row


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def unknown_field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


@pytest.mark.parametrize("unknown", [
    unknown_field(999, b"x" * MEBIBYTE), unknown_field(999, b"") * (MEBIBYTE // 3), varint(998 << 3) + b"\1" * MEBIBYTE,
], ids=["one", "many", "varint-without-end"])
def test_a_mebibyte_of_unknown_fields(shared_serve, request, unknown):
    service = request.node.name
    message, record = log_message(service)
    record.body.string_value = "beside it"
    whole = unknown_field(1, b"")  # so that the fields stand between known ones
    status, _, answer = send(shared_serve, whole + unknown + message.SerializeToString(), PROTOBUF)
    if "varint" in service:
        assert status == 400, answer
        return
    assert (status, answer) == (200, b"\x0a\0")
    assert row_of(shared_serve, service, "Body") == {"Body": "beside it"}


def test_ten_thousand_attributes(shared_serve):
    message, record = log_message("many-attributes")
    for i in range(10_000):
        ledger.attribute(record.attributes, f"key {i}", f"value {i}")
    assert send(shared_serve, message.SerializeToString(), PROTOBUF)[0] == 200
    assert row_of(shared_serve, "many-attributes", "toUInt32(length(LogAttributes)) AS n, LogAttributes['key 9999'] AS last"
                  ) == {"n": 10_000, "last": "value 9999"}


def test_a_key_of_a_mebibyte(shared_serve):
    message, record = log_message("long-key")
    ledger.attribute(record.attributes, "k" * MEBIBYTE, "v")
    assert send(shared_serve, message.SerializeToString(), PROTOBUF)[0] == 200
    assert row_of(shared_serve, "long-key", "toUInt32(length(mapKeys(LogAttributes)[1])) AS n") == {"n": MEBIBYTE}


@pytest.mark.parametrize("kind", ["protobuf", "json", "gzip"])
@pytest.mark.parametrize("size, status", [(BODY_BYTES_MAX - 1000, 200), (BODY_BYTES_MAX, 413)])
def test_a_value_as_large_as_a_body_may_be(shared_serve, kind, size, status):
    service = f"long-value-{kind}"
    message, record = log_message(service)
    ledger.attribute(record.attributes, "k", "v" * size)
    body, headers = message.SerializeToString(), PROTOBUF
    if kind == "json":
        body, headers = json_log(service, {"timeUnixNano": time.time_ns(), "attributes": [{"key": "k", "value": {"stringValue": "v" * size}}]}), JSON
    elif kind == "gzip":
        body, headers = gzip.compress(body), PROTOBUF | {"Content-Encoding": "gzip"}
    assert send(shared_serve, body, headers)[0] == status
    if status == 200:
        assert row_of(shared_serve, service, "toUInt32(length(LogAttributes['k'])) AS n") == {"n": size}


def json_log(service, record):
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
    return json.dumps({"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": [record]}]}]},
                      separators=(",", ":")).encode()


def metric_message(service):
    message = ExportMetricsServiceRequest()
    group = message.resource_metrics.add()
    ledger.attribute(group.resource.attributes, "service.name", service)
    return message, group.scope_metrics.add().metrics.add(name="m")


def test_a_histogram_of_a_million_buckets(shared_serve):
    message, metric = metric_message("buckets")
    count = 1_000_000
    metric.histogram.data_points.add(bucket_counts=[1] * count, explicit_bounds=[float(i) for i in range(count - 1)],
                                     count=count, time_unix_nano=time.time_ns())
    assert send(shared_serve, message.SerializeToString(), PROTOBUF, "metrics")[0] == 200
    columns = "toUInt32(length(BucketCounts)) AS counts, toUInt32(length(ExplicitBounds)) AS bounds, ExplicitBounds[-1] AS last"
    assert row_of(shared_serve, "buckets", columns, "otel_metrics_histogram") == {
        "counts": count, "bounds": count - 1, "last": count - 2}


# A point whose buckets lie beyond what can be counted is stored as it came, like every mismatch of counts and bounds.
@pytest.mark.parametrize("scale", [-2**31, 2**31 - 1])
@pytest.mark.parametrize("offset", [-2**31, 2**31 - 1])
def test_exponential_buckets_beyond_all_numbers(shared_serve, scale, offset):
    service = f"exponential {scale} {offset}"
    message, metric = metric_message(service)
    point = metric.exponential_histogram.data_points.add(scale=scale, count=6, time_unix_nano=time.time_ns())
    for buckets in (point.positive, point.negative):
        buckets.offset = offset
        buckets.bucket_counts.extend([1, 1, 1])
    assert send(shared_serve, message.SerializeToString(), PROTOBUF, "metrics")[0] == 200
    assert row_of(shared_serve, service, "Scale, PositiveOffset, NegativeOffset, toUInt32(PositiveBucketCounts[3]) AS third",
                  "otel_metrics_exponential_histogram") == {
        "Scale": scale, "PositiveOffset": offset, "NegativeOffset": offset, "third": 1}


EMPTY_SKIPPABLE = b"\x50\x2a\x4d\x18" + b"\0\0\0\0"


@pytest.mark.parametrize("skippable, status", [
    (EMPTY_SKIPPABLE, 200),
    (EMPTY_SKIPPABLE * (16 * MEBIBYTE // 8), 200),
    (b"\x5f\x2a\x4d\x18" + (16 * MEBIBYTE).to_bytes(4, "little") + b"s" * (16 * MEBIBYTE), 200),
    (EMPTY_SKIPPABLE * (BODY_BYTES_MAX // 8), 413),
    (b"\x50\x2a\x4d\x18\xff\xff\xff\xff", 400),
], ids=["one", "two-million", "a-large-one", "over-the-limit", "longer-than-the-body"])
def test_zstd_frames_to_be_skipped(shared_serve, request, skippable, status):
    service = request.node.name
    message, _ = log_message(service)
    body = skippable + zstd.compress(message.SerializeToString())
    assert send(shared_serve, body, PROTOBUF | {"Content-Encoding": "zstd"})[0] == status
    stored = shared_serve.query(f"SELECT count() FROM otel_logs WHERE ServiceName = '{service}'")
    assert stored == ("1\n" if status == 200 else "0\n")


DIGITS = "1" * 19_000_000


@pytest.mark.parametrize("record, status", [
    ('{"body":{"doubleValue":%s}}', 400),
    ('{"body":{"doubleValue":"%s"}}', 400),
    ('{"body":{"doubleValue":0.%s}}', 200),
    ('{"body":{"doubleValue":1e%s}}', 400),
    ('{"body":{"intValue":%s}}', 400),
    ('{"body":{"intValue":"%s"}}', 400),
    ('{"timeUnixNano":%s}', 400),
    ('{"severityNumber":%s}', 400),
    ('{"unknown":%s}', 200),
    (r'{"body":{"stringValue":"{\"a\":%s}"}}', 200),
], ids=["double", "double-text", "fraction", "exponent", "integer", "integer-text", "time", "enum", "unknown", "json-body"])
def test_a_number_of_nineteen_million_digits(shared_serve, request, record, status):
    service = request.node.name
    now = "" if "time" in service else f'"observedTimeUnixNano":{time.time_ns()},'
    text = "{" + now + (record % DIGITS)[1:]
    body = json_log(service, {"RECORD": 1}).replace(b'{"RECORD":1}', text.encode())
    assert send(shared_serve, body, JSON)[0] == status
    stored = shared_serve.query(f"SELECT count(), any(Body) LIKE '0.1%' FROM otel_logs WHERE ServiceName = '{service}'")
    assert stored == ("1\t%d\n" % ("fraction" in service) if status == 200 else "0\t0\n")
