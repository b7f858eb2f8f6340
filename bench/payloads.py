#!/usr/bin/env python3
"""Makes the request bodies for bench_gen:   payloads.py DIR [--records 1000,...] [--only logs,...] [--pool RECORDS]

A file DIR/<workload>-<records>.<form> holds several different bodies, each behind its length (4 bytes, little-endian).
The generator goes round them, so that equal records are not so close together that a compressor looks better than it
is. Forms: identity, gzip (level 6), zstd (level 3), json (OTLP/JSON, not compressed). The seed is fixed: the same
bytes every time.

Workloads, with the bytes of a record on the wire:
  spans      118   one integer attribute, one event
  widespans  472   ten attributes
  logs       270   a text line, severity, ids, four attributes
  jsonlogs   367   one JSON object as a string (as pino prints it) and no severity, so that the log transform has work
  metrics    213   gauge and sum points in turn, ten points a metric, five attributes; a record is a point
"""

import argparse
import base64
import gzip
import json
import pathlib
import random
import struct

import zstandard
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

SIGNAL = {"spans": "traces", "widespans": "traces", "logs": "logs", "jsonlogs": "logs", "metrics": "metrics"}
BODIES_MIN = 3
START_NS = 1_790_000_000_000_000_000
NAMES = ("http_request", "database_query", "cache_lookup", "auth_check", "render_view", "queue_publish", "queue_consume",
         "file_read", "rpc_call", "validate_input")
WORDS = ("order payment checkout inventory session profile gateway shipment invoice catalog search retry timeout upstream "
         "customer address cart coupon refund ledger webhook delivery worker scheduler").split()
LEVELS = [(9, "INFO")] * 14 + [(13, "WARN")] * 3 + [(17, "ERROR")] * 2 + [(5, "DEBUG")]
METHODS = ("GET", "GET", "GET", "POST", "PUT", "DELETE")
STATUSES = [200] * 14 + [201, 204, 304, 400, 404, 500]
SERVICES = ("checkout", "frontend", "payments", "catalog")


class Maker:
    """Makes requests; the n-th one is the same in every run."""

    def __init__(self):
        self.random = random.Random(20260101)

    def bytes(self, n):
        return self.random.getrandbits(8 * n).to_bytes(n, "big")

    def path(self):
        return f"/api/v1/{self.random.choice(WORDS)}/{self.random.randrange(10**5, 10**6)}"

    def route(self):
        return f"/api/v1/{self.random.choice(WORDS)}/:id"

    def user(self):
        return f"user-{self.random.randrange(100000):05d}"

    def spans(self, count, index, wide=False):
        request = ExportTraceServiceRequest()
        group = request.resource_spans.add()
        resource(group.resource, index)
        scope = group.scope_spans.add()
        scope.scope.name, scope.scope.version = "otlp_worker", "1.2.3"
        trace_id = parent = b""
        time = START_NS + index * 10**9
        for k in range(count):
            if k % 100 == 0:
                trace_id, parent = self.bytes(16), b""
            span = scope.spans.add(trace_id=trace_id, span_id=self.bytes(8), parent_span_id=parent, trace_state="active",
                                   name=NAMES[k % len(NAMES)], kind=2)
            parent = span.span_id
            time += self.random.randrange(1000, 200000)
            span.start_time_unix_nano = time
            span.end_time_unix_nano = time + self.random.randrange(10**5, 10**8)
            attribute(span.attributes, "index", 1 + k)
            if wide:
                self.widen(span)
            else:
                span.events.add(name="db-connect", time_unix_nano=time + 5000)
        return request

    def widen(self, span):
        status = self.random.choice(STATUSES)
        attribute(span.attributes, "http.request.method", self.random.choice(METHODS))
        attribute(span.attributes, "url.full", f"https://shop.example.com{self.path()}?page={self.random.randrange(100)}")
        attribute(span.attributes, "http.route", self.route())
        attribute(span.attributes, "http.response.status_code", str(status))
        attribute(span.attributes, "client.address", "10." + ".".join(str(self.random.randrange(256)) for _ in range(3)))
        attribute(span.attributes, "user_agent.original",
                  f"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/12{self.random.randrange(10)}")
        attribute(span.attributes, "enduser.id", self.user())
        attribute(span.attributes, "db.statement", f"SELECT * FROM {self.random.choice(WORDS)} WHERE id = ?")
        if status >= 500:
            span.status.code, span.status.message = 2, "upstream failed"

    def widespans(self, count, index):
        return self.spans(count, index, wide=True)

    def logs(self, count, index, as_json=False):
        request = ExportLogsServiceRequest()
        group = request.resource_logs.add()
        resource(group.resource, index)
        scope = group.scope_logs.add()
        scope.scope.name, scope.scope.version = "app.logger", "1.0.0"
        time = START_NS + index * 10**9
        for _ in range(count):
            time += self.random.randrange(1000, 200000)
            record = scope.log_records.add(time_unix_nano=time, observed_time_unix_nano=time + 3000)
            if as_json:
                record.body.string_value = self.json_line(index)
            else:
                self.text_line(record)
        return request

    def text_line(self, record):
        method, status = self.random.choice(METHODS), self.random.choice(STATUSES)
        record.severity_number, record.severity_text = self.random.choice(LEVELS)
        record.body.string_value = (f"{method} {self.path()} finished with {status} after {self.random.randrange(1, 900)} ms, "
                                    f"{self.random.choice(WORDS)} {self.random.choice(WORDS)}")
        record.trace_id, record.span_id, record.flags = self.bytes(16), self.bytes(8), 1
        attribute(record.attributes, "http.request.method", method)
        attribute(record.attributes, "http.response.status_code", status)
        attribute(record.attributes, "http.route", self.route())
        attribute(record.attributes, "enduser.id", self.user())

    def json_line(self, index):
        pick = self.random
        return json.dumps({
            "level": pick.choice(LEVELS)[1].lower(),
            "time": f"2026-11-22T10:{pick.randrange(60):02d}:{pick.randrange(60):02d}.{pick.randrange(1000):03d}Z",
            "pid": pick.randrange(1, 99), "hostname": f"web-{index % 40}", "service": pick.choice(WORDS),
            "requestId": self.bytes(8).hex(),
            "req": {"method": pick.choice(METHODS), "url": self.path(), "remoteAddress": f"10.{pick.randrange(256)}.{pick.randrange(256)}.7"},
            "res": {"statusCode": pick.choice(STATUSES), "bytes": pick.randrange(100, 90000)},
            "responseTime": pick.randrange(1, 900), "userId": self.user(),
            "msg": f"request completed for {pick.choice(WORDS)} {pick.choice(WORDS)}"}, separators=(",", ":"))

    def jsonlogs(self, count, index):
        return self.logs(count, index, as_json=True)

    def metrics(self, count, index):
        request = ExportMetricsServiceRequest()
        group = request.resource_metrics.add()
        resource(group.resource, index)
        scope = group.scope_metrics.add()
        scope.scope.name, scope.scope.version = "app.meter", "1.0.0"
        for k in range(count):
            if k % 10 == 0:
                is_sum = k // 10 % 2 == 1
                metric = scope.metrics.add(name=f"app.{WORDS[k // 10 % len(WORDS)]}.{'count' if is_sum else 'level'}", unit="1")
                if is_sum:
                    metric.sum.aggregation_temporality, metric.sum.is_monotonic = 2, True
                points = (metric.sum if is_sum else metric.gauge).data_points
            point = points.add(start_time_unix_nano=START_NS, time_unix_nano=START_NS + index * 10**9)
            if k % 3:
                point.as_double = self.random.random() * 1000
            else:
                point.as_int = self.random.randrange(10**6)
            attribute(point.attributes, "http.request.method", self.random.choice(METHODS))
            attribute(point.attributes, "http.response.status_code", self.random.choice(STATUSES))
            attribute(point.attributes, "http.route", self.route())
            attribute(point.attributes, "server.address", f"node-{self.random.randrange(40):02d}.cluster.local")
            attribute(point.attributes, "network.protocol.version", "1.1")
        return request


def attribute(attributes, key, value):
    pair = attributes.add(key=key)
    if isinstance(value, int):
        pair.value.int_value = value
    else:
        pair.value.string_value = value


def resource(target, index):
    attribute(target.attributes, "service.name", SERVICES[index % len(SERVICES)])
    attribute(target.attributes, "service.instance.id", 1 + index)
    attribute(target.attributes, "k8s.pod.name", f"pod-{index % 40}")
    attribute(target.attributes, "host.name", f"node-{index % 12:02d}.cluster.local")


def hex_ids(value):
    """OTLP/JSON writes ids in hex where protobuf's own JSON has base64."""
    if isinstance(value, list):
        return [hex_ids(v) for v in value]
    if not isinstance(value, dict):
        return value
    return {k: base64.b64decode(v).hex() if k in ("traceId", "spanId", "parentSpanId") else hex_ids(v) for k, v in value.items()}


def to_json(request):
    fields = json_format.MessageToDict(request, use_integers_for_enums=True)
    return json.dumps(hex_ids(fields), separators=(",", ":")).encode()


def write(path, bodies):
    with open(path, "wb") as f:
        for body in bodies:
            f.write(struct.pack("<I", len(body)) + body)


def sizes(folder, workload, records, form):
    """How long the bodies of a file are."""
    data = pathlib.Path(folder, f"{workload}-{records}.{form}").read_bytes()
    at, found = 0, []
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        found.append(length)
        at += 4 + length
    return found


def make(folder, workload, records, pool):
    """Writes all forms of one workload, unless they are there."""
    base = pathlib.Path(folder) / f"{workload}-{records}"
    if base.with_suffix(".json").exists():
        return
    base.parent.mkdir(parents=True, exist_ok=True)
    maker = Maker()
    requests = [getattr(maker, workload)(records, i) for i in range(max(BODIES_MIN, -(-pool // records)))]
    plain = [r.SerializeToString() for r in requests]
    write(base.with_suffix(".identity"), plain)
    write(base.with_suffix(".gzip"), [gzip.compress(b, 6, mtime=0) for b in plain])
    write(base.with_suffix(".zstd"), [zstandard.ZstdCompressor(level=3).compress(b) for b in plain])
    write(base.with_suffix(".json"), [to_json(r) for r in requests])  # last: the mark that all are there


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir")
    parser.add_argument("--records", default="1000")
    parser.add_argument("--only", default=",".join(SIGNAL))
    parser.add_argument("--pool", type=int, default=16384, help="different records a file, at least")
    args = parser.parse_args()
    for workload in args.only.split(","):
        for records in map(int, args.records.split(",")):
            make(args.dir, workload, records, args.pool)


if __name__ == "__main__":
    main()
