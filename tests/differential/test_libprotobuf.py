"""Random OTLP messages, decoded by libprotobuf and by Sluice: the records must be equal.

libprotobuf (with the descriptors of PyPI's opentelemetry-proto) makes each message and prints what it holds as
src/testing/record_dump.cc prints Sluice's records. The bytes that both get are written here, in ways that an ordinary
encoder does not use: fields in any order, unknown fields and groups between them, longer varints than needed, number lists
unpacked. So is the JSON form that Sluice gets.

Environment: OTLP_DUMP is the decoder under test (default build/release/src/testing/otlp_dump), SEED the first seed.
"""

import math
import os
import pathlib
import random
import struct
import subprocess

import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DUMP = os.environ.get("OTLP_DUMP", str(ROOT / "build/release/src/testing/otlp_dump"))
SEED = int(os.environ.get("SEED", "1"))
MESSAGES = 200

SIGNALS = {
    "l": ExportLogsServiceRequest,
    "t": ExportTraceServiceRequest,
    "m": ExportMetricsServiceRequest,
}
ID_BYTES = {"trace_id": 16, "span_id": 8, "parent_span_id": 8}
# Fields that Sluice has no use for, as no table has a column for them. They are left out.
DROPPED = {"entity_refs", "string_value_strindex", "key_strindex"}
DEPTH_MAX = 12

VARINT, FIXED64, LENGTH, START_GROUP, END_GROUP, FIXED32 = range(6)
INTEGERS = {  # wire type, bits, signed, zigzag
    FieldDescriptor.TYPE_INT32: (VARINT, 32, True, False),
    FieldDescriptor.TYPE_INT64: (VARINT, 64, True, False),
    FieldDescriptor.TYPE_UINT32: (VARINT, 32, False, False),
    FieldDescriptor.TYPE_UINT64: (VARINT, 64, False, False),
    FieldDescriptor.TYPE_SINT32: (VARINT, 32, True, True),
    FieldDescriptor.TYPE_FIXED32: (FIXED32, 32, False, False),
    FieldDescriptor.TYPE_FIXED64: (FIXED64, 64, False, False),
    FieldDescriptor.TYPE_SFIXED64: (FIXED64, 64, True, False),
}


# --- Random messages -----------------------------------------------------------------------------------------------------


def random_text(rng):
    pieces = ["a", "service.name", "é", "日", "🎉", "\0", "\n", '"', "\\", "\u2028", " ", "{}"]
    return "".join(rng.choice(pieces) for _ in range(rng.randrange(5)))


def random_scalar(rng, field):
    kind = field.type
    if field.name in ID_BYTES:
        return rng.randbytes(rng.choice([0, ID_BYTES[field.name]]))
    if kind == FieldDescriptor.TYPE_STRING:
        return random_text(rng)
    if kind == FieldDescriptor.TYPE_BYTES:
        return rng.randbytes(rng.randrange(6))
    if kind == FieldDescriptor.TYPE_BOOL:
        return rng.random() < 0.5
    if kind == FieldDescriptor.TYPE_DOUBLE:
        edges = [0.0, -0.0, 1.5, 1e21, 5e-324, math.inf, -math.inf, math.nan]
        return rng.choice([*edges, rng.uniform(-1e9, 1e9)])
    if kind == FieldDescriptor.TYPE_ENUM:
        return rng.choice([0, 1, 2, 3, 9, 24, 77, 2**31 - 1, -1])
    _, bits, signed, _ = INTEGERS[kind]
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    return rng.choice([0, low, high, max(low, min(high, rng.getrandbits(rng.randrange(1, bits + 1))))])


def fill(rng, message, depth=0):
    """Sets some of the message's fields."""
    oneofs = set()
    fields = list(message.DESCRIPTOR.fields)
    rng.shuffle(fields)
    for field in fields:
        if field.number == 1000 or (field.containing_oneof and field.containing_oneof.name in oneofs):
            continue  # 1000 is today's libprotobuf's unknown, and ours by old custom
        if rng.random() < 0.25 or (depth > DEPTH_MAX and field.message_type):
            continue
        if field.containing_oneof:
            oneofs.add(field.containing_oneof.name)
        if field.is_repeated:
            for _ in range(rng.randrange(1, 4)):
                if field.message_type:
                    fill(rng, getattr(message, field.name).add(), depth + 1)
                else:
                    getattr(message, field.name).append(random_scalar(rng, field))
        elif field.message_type:
            getattr(message, field.name).SetInParent()
            fill(rng, getattr(message, field.name), depth + 1)
        else:
            setattr(message, field.name, random_scalar(rng, field))


# --- Protobuf, written unusually -----------------------------------------------------------------------------------------


def varint(rng, value, bytes_max=9):
    out = bytearray()
    value &= 2**64 - 1
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    while len(out) < bytes_max and rng.random() < 0.1:  # longer than needed
        out[-1] |= 0x80
        out.append(0)
    return bytes(out)


def short_varint(rng, value):
    """For tags and lengths, which libprotobuf takes in five bytes at most."""
    return varint(rng, value, bytes_max=5)


def tag(rng, number, wire_type):
    return short_varint(rng, number << 3 | wire_type)


def scalar_bytes(rng, field, value):
    """A value's wire type and bytes."""
    if field.type == FieldDescriptor.TYPE_STRING:
        value = value.encode()
    if isinstance(value, bytes):
        return LENGTH, short_varint(rng, len(value)) + value
    if field.type == FieldDescriptor.TYPE_DOUBLE:
        return FIXED64, struct.pack("<d", value)
    if field.type in (FieldDescriptor.TYPE_BOOL, FieldDescriptor.TYPE_ENUM):
        return VARINT, varint(rng, int(value))
    wire_type, bits, _, zigzag = INTEGERS[field.type]
    if zigzag:
        return wire_type, varint(rng, (value << 1) ^ (value >> (bits - 1)))
    if wire_type == VARINT:
        return wire_type, varint(rng, value)
    return wire_type, (value & (2**bits - 1)).to_bytes(bits // 8, "little")


def unknown_field(rng):
    number = rng.choice([40, 99, 777, 5000, 2**29 - 1])
    kind = rng.randrange(5)
    if kind == 0:
        return tag(rng, number, VARINT) + varint(rng, rng.getrandbits(64))
    if kind == 1:
        return tag(rng, number, FIXED64) + rng.randbytes(8)
    if kind == 2:
        return tag(rng, number, FIXED32) + rng.randbytes(4)
    if kind == 3:
        size = rng.randrange(20)
        return tag(rng, number, LENGTH) + short_varint(rng, size) + rng.randbytes(size)
    # The OpenTelemetry Collector, and so Sluice, refuses a message that ends with a group: another field follows.
    return tag(rng, number, START_GROUP) + tag(rng, number, END_GROUP) + tag(rng, 40, VARINT) + varint(rng, 1)


def element_bytes(rng, field, value):
    if field.message_type:
        body = encode(rng, value)
        return tag(rng, field.number, LENGTH) + short_varint(rng, len(body)) + body
    wire_type, body = scalar_bytes(rng, field, value)
    return tag(rng, field.number, wire_type) + body


def encode(rng, message):
    """The message with its fields in any order; the elements of one list keep theirs."""
    queues = []
    for field, value in message.ListFields():
        values = list(value) if field.is_repeated else [value]
        packable = field.is_repeated and not field.message_type and field.type not in (
            FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
        if packable and rng.random() < 0.5:
            body = b"".join(scalar_bytes(rng, field, v)[1] for v in values)
            queues.append([tag(rng, field.number, LENGTH) + short_varint(rng, len(body)) + body])
        else:
            queues.append([element_bytes(rng, field, v) for v in values])
    while rng.random() < 0.2:
        queues.append([unknown_field(rng)])
    out = b""
    while queues:
        queue = rng.choice(queues)
        out += queue.pop(0)
        queues = [q for q in queues if q]
    return out


# --- What libprotobuf holds, as record_dump.cc prints it -----------------------------------------------------------------


class Dump:
    def __init__(self):
        self.lines = []
        self.depth = 0

    def line(self, name, value=""):
        self.lines.append(" " * self.depth + name + (" " + value if value else ""))

    def nested(self, name, write, *args):
        self.line(name)
        self.depth += 1
        write(*args)
        self.depth -= 1

    @staticmethod
    def quoted(value):
        data = value.encode() if isinstance(value, str) else value
        plain = lambda b: 0x20 <= b <= 0x7E and b not in b'"\\'  # noqa: E731
        return '"' + "".join(chr(b) if plain(b) else f"\\x{b:02x}" for b in data) + '"'

    @staticmethod
    def bits(value):
        return "nan" if math.isnan(value) else f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016x}"

    def text(self, name, value):
        if value:
            self.line(name, self.quoted(value))

    def number(self, name, value):
        if value:
            self.line(name, str(int(value)))

    def real(self, name, value):
        if self.bits(value) != self.bits(0.0):
            self.line(name, self.bits(value))

    def id(self, name, value):
        if any(value):
            self.line(name, value.hex())

    def value(self, name, value):
        kind = value.WhichOneof("value")
        if kind == "string_value":
            self.line(name, "string " + self.quoted(value.string_value))
        elif kind == "bytes_value":
            self.line(name, "bytes " + self.quoted(value.bytes_value))
        elif kind == "bool_value":
            self.line(name, "bool " + str(value.bool_value).lower())
        elif kind == "int_value":
            self.line(name, f"int {value.int_value}")
        elif kind == "double_value":
            self.line(name, "double " + self.bits(value.double_value))
        elif kind == "array_value":
            self.nested(name + " array", self.elements, value.array_value.values)
        elif kind == "kvlist_value":
            self.nested(name + " map", self.pairs, "member", value.kvlist_value.values)

    def elements(self, values):
        for value in values:
            self.nested("element", self.value, "value", value)

    def pairs(self, name, pairs):
        for pair in pairs:
            self.nested(name, self.pair, pair)

    def pair(self, pair):
        self.text("key", pair.key)
        self.value("value", pair.value)

    def request(self, groups, scopes, records, record):
        for group in groups:
            self.nested("resource_group", self.resource_group, group, scopes, records, record)
        return "\n".join(self.lines) + ("\n" if self.lines else "")

    def resource_group(self, group, scopes, records, record):
        self.pairs("resource_attribute", group.resource.attributes)
        self.number("resource_dropped", group.resource.dropped_attributes_count)
        self.text("schema_url", group.schema_url)
        for scoped in getattr(group, scopes):
            self.nested("scope_group", self.scope_group, scoped, records, record)

    def scope_group(self, group, records, record):
        self.text("scope_name", group.scope.name)
        self.text("scope_version", group.scope.version)
        self.pairs("scope_attribute", group.scope.attributes)
        self.number("scope_dropped", group.scope.dropped_attributes_count)
        self.text("schema_url", group.schema_url)
        for item in getattr(group, records):
            self.nested("record", record, item)

    def log(self, log):
        self.number("time", log.time_unix_nano)
        self.number("observed_time", log.observed_time_unix_nano)
        self.number("severity_number", log.severity_number)
        self.text("severity_text", log.severity_text)
        self.value("body", log.body)
        self.pairs("attribute", log.attributes)
        self.number("dropped", log.dropped_attributes_count)
        self.number("flags", log.flags)
        self.id("trace_id", log.trace_id)
        self.id("span_id", log.span_id)
        self.text("event_name", log.event_name)

    def span(self, span):
        self.id("trace_id", span.trace_id)
        self.id("span_id", span.span_id)
        self.text("trace_state", span.trace_state)
        self.id("parent_span_id", span.parent_span_id)
        self.number("flags", span.flags)
        self.text("name", span.name)
        self.number("kind", span.kind)
        self.number("start_time", span.start_time_unix_nano)
        self.number("end_time", span.end_time_unix_nano)
        self.pairs("attribute", span.attributes)
        self.number("dropped", span.dropped_attributes_count)
        for event in span.events:
            self.nested("event", self.event, event)
        self.number("dropped_events", span.dropped_events_count)
        for link in span.links:
            self.nested("link", self.link, link)
        self.number("dropped_links", span.dropped_links_count)
        self.text("status_message", span.status.message)
        self.number("status_code", span.status.code)

    def event(self, event):
        self.number("time", event.time_unix_nano)
        self.text("name", event.name)
        self.pairs("attribute", event.attributes)
        self.number("dropped", event.dropped_attributes_count)

    def link(self, link):
        self.id("trace_id", link.trace_id)
        self.id("span_id", link.span_id)
        self.text("trace_state", link.trace_state)
        self.pairs("attribute", link.attributes)
        self.number("dropped", link.dropped_attributes_count)
        self.number("flags", link.flags)

    def metric(self, metric):
        self.text("name", metric.name)
        self.text("description", metric.description)
        self.text("unit", metric.unit)
        self.pairs("metadata", metric.metadata)
        kind = metric.WhichOneof("data")
        if kind is None:
            return
        data = getattr(metric, kind)
        self.line("data", kind)
        self.number("aggregation_temporality", getattr(data, "aggregation_temporality", 0))
        self.number("is_monotonic", getattr(data, "is_monotonic", False))
        for point in data.data_points:
            self.nested("point", self.point, kind, point)

    def point(self, kind, point):
        self.pairs("attribute", point.attributes)
        self.number("start_time", point.start_time_unix_nano)
        self.number("time", point.time_unix_nano)
        self.number("flags", point.flags)
        if kind in ("gauge", "sum"):
            self.measured(point)
        else:
            self.number("count", point.count)
            self.real("sum", point.sum)
        if kind in ("histogram", "exponential_histogram"):
            self.real("min", point.min)
            self.real("max", point.max)
        if kind == "histogram":
            self.counts("bucket_count", point.bucket_counts)
            for bound in point.explicit_bounds:
                self.line("explicit_bound", self.bits(bound))
        if kind == "exponential_histogram":
            self.number("scale", point.scale)
            self.number("zero_count", point.zero_count)
            self.real("zero_threshold", point.zero_threshold)
            for name in ("positive", "negative"):
                self.number(name + "_offset", getattr(point, name).offset)
                self.counts(name + "_bucket_count", getattr(point, name).bucket_counts)
        for quantile in getattr(point, "quantile_values", ()):
            self.nested("quantile_value", self.quantile, quantile)
        for exemplar in getattr(point, "exemplars", ()):
            self.nested("exemplar", self.exemplar, exemplar)

    def counts(self, name, values):
        for value in values:
            self.line(name, str(value))

    def measured(self, point):
        kind = point.WhichOneof("value")
        if kind == "as_int":
            self.line("as_int", str(point.as_int))
        if kind == "as_double":
            self.line("as_double", self.bits(point.as_double))

    def quantile(self, quantile):
        self.real("quantile", quantile.quantile)
        self.real("value", quantile.value)

    def exemplar(self, exemplar):
        self.pairs("filtered_attribute", exemplar.filtered_attributes)
        self.number("time", exemplar.time_unix_nano)
        self.measured(exemplar)
        self.id("span_id", exemplar.span_id)
        self.id("trace_id", exemplar.trace_id)


def dump(signal, message):
    out = Dump()
    if signal == "l":
        return out.request(message.resource_logs, "scope_logs", "log_records", out.log)
    if signal == "t":
        return out.request(message.resource_spans, "scope_spans", "spans", out.span)
    return out.request(message.resource_metrics, "scope_metrics", "metrics", out.metric)


# --- JSON ----------------------------------------------------------------------------------------------------------------


def to_json(message):
    """libprotobuf's JSON, with ids in hex as OTLP has them."""
    tree = json_format.MessageToDict(message, use_integers_for_enums=True)
    return json_format.json.dumps(with_hex_ids(message, tree)).encode()


def with_hex_ids(message, tree):
    for field, value in message.ListFields():
        if field.name in ID_BYTES:
            tree[field.json_name] = value.hex()
        elif field.message_type:
            below = tree[field.json_name]
            for item, item_tree in zip(value, below) if field.is_repeated else [(value, below)]:
                with_hex_ids(item, item_tree)
    return tree


# --- The tests -----------------------------------------------------------------------------------------------------------


class Decoder:
    """Sluice's decoders in a process of their own (src/testing/otlp_dump)."""

    def __init__(self):
        self.process = subprocess.Popen([DUMP], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def decode(self, signal, format_, body):
        self.process.stdin.write(signal.encode() + format_.encode() + struct.pack("<I", len(body)) + body)
        self.process.stdin.flush()
        code, size = struct.unpack("<II", self.process.stdout.read(8))
        text = self.process.stdout.read(size).decode()
        return text if code == 0 else f"error {code}: {text}"

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(timeout=60) == 0


@pytest.fixture(scope="module")
def decoder():
    running = Decoder()
    yield running
    running.close()


def random_message(signal, seed):
    rng = random.Random(f"{signal} {seed}")
    message = SIGNALS[signal]()
    while not message.ListFields():
        fill(rng, message)
    drop(message)
    return rng, message


def drop(message):
    for field, value in list(message.ListFields()):
        if field.name in DROPPED:
            message.ClearField(field.name)
        elif field.message_type:
            for item in value if field.is_repeated else [value]:
                drop(item)


@pytest.mark.parametrize("signal", SIGNALS)
def test_protobuf_written_unusually_is_decoded_as_libprotobuf_does(decoder, signal):
    for seed in range(SEED, SEED + MESSAGES):
        rng, message = random_message(signal, seed)
        body = encode(rng, message)
        parsed = SIGNALS[signal].FromString(body)
        assert decoder.decode(signal, "p", body) == dump(signal, parsed), f"SEED={seed}"


@pytest.mark.parametrize("signal", SIGNALS)
def test_protobuf_as_libprotobuf_writes_it(decoder, signal):
    for seed in range(SEED, SEED + MESSAGES):
        _, message = random_message(signal, seed)
        assert decoder.decode(signal, "p", message.SerializeToString()) == dump(signal, message), f"SEED={seed}"


@pytest.mark.parametrize("signal", SIGNALS)
def test_json_as_libprotobuf_writes_it(decoder, signal):
    for seed in range(SEED, SEED + MESSAGES):
        _, message = random_message(signal, seed)
        assert decoder.decode(signal, "j", to_json(message)) == dump(signal, message), f"SEED={seed}"
