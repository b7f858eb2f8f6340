"""Sends the story of story.py with OpenTelemetry's SDK for Python."""

import importlib

import grpc
from opentelemetry._logs import SeverityNumber
from opentelemetry.exporter.otlp.common import http as json_over_http
from opentelemetry.exporter.otlp.proto import http as protobuf_over_http
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import (ExplicitBucketHistogramAggregation, ExponentialBucketHistogramAggregation,
                                            View)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode, set_span_in_context

from story import ORDERS

EXPORTERS = {"logs": ("_log_exporter", "OTLPLogExporter"), "traces": ("trace_exporter", "OTLPSpanExporter"),
             "metrics": ("metric_exporter", "OTLPMetricExporter")}


def exporter(protocol, signal, sluice, compression):
    module, name = EXPORTERS[signal]
    package = {"grpc": "proto.grpc", "proto": "proto.http", "json": "json.http"}[protocol]
    make = getattr(importlib.import_module(f"opentelemetry.exporter.otlp.{package}.{module}"), name)
    if protocol == "grpc":
        kinds = {"none": grpc.Compression.NoCompression, "gzip": grpc.Compression.Gzip}
        return make(endpoint=sluice.addresses["otlp-grpc"], insecure=True, compression=kinds[compression])
    kinds = json_over_http if protocol == "json" else protobuf_over_http
    return make(endpoint=f"{sluice.url('otlp-http')}/v1/{signal}", compression=kinds.Compression(compression))


def send(sluice, service, protocol, compression):
    resource = Resource.create({"service.name": service, "deployment.environment.name": "test"})
    contexts = send_traces(exporter(protocol, "traces", sluice, compression), resource)
    send_logs(exporter(protocol, "logs", sluice, compression), resource, contexts)
    send_metrics(exporter(protocol, "metrics", sluice, compression), resource)


def send_traces(sink, resource):
    """Returns the context of the root span, to which the logs belong."""
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(sink))
    tracer = provider.get_tracer("shop", "1.0")
    root = tracer.start_span("checkout", kind=SpanKind.SERVER, attributes={"cart.items": 3})
    context = set_span_in_context(root)
    for _ in range(ORDERS):
        tracer.start_span("charge", context=context, kind=SpanKind.CLIENT, links=[Link(root.get_span_context())]).end()
    root.add_event("retry", {"attempt": 1})
    root.set_status(Status(StatusCode.ERROR, "card refused"))
    root.end()
    assert provider.force_flush()
    provider.shutdown()
    return context


def send_logs(sink, resource, context):
    provider = LoggerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_log_record_processor(BatchLogRecordProcessor(sink))
    logger = provider.get_logger("shop", "1.0")
    for i in range(ORDERS):
        logger.emit(body=f"order {i} placed", severity_number=SeverityNumber.WARN, severity_text="WARN", context=context,
                    attributes={"order.id": i, "order.total": 12.5, "order.paid": True})
    logger.emit(body='{"level":"error","user":{"name":"Žofie"},"attempt":2}')
    assert provider.force_flush()
    provider.shutdown()


def send_metrics(sink, resource):
    reader = PeriodicExportingMetricReader(sink, export_interval_millis=3_600_000)
    views = [View(instrument_name="latency", aggregation=ExplicitBucketHistogramAggregation([10, 100])),
             View(instrument_name="size", aggregation=ExponentialBucketHistogramAggregation())]
    provider = MeterProvider([reader], resource=resource, views=views, shutdown_on_exit=False)
    meter = provider.get_meter("shop", "1.0")
    meter.create_counter("orders", unit="{order}").add(7, {"region": "eu"})
    meter.create_gauge("temperature").set(21.5, {"room": "kitchen"})
    latency, size = meter.create_histogram("latency", unit="ms"), meter.create_histogram("size")
    for value in (5, 50, 500):
        latency.record(value)
    for value in (1, 8):
        size.record(value)
    provider.shutdown()  # the last collection: each metric is exported once
