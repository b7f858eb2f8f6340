"""OpenTelemetry's SDKs for Python and Node.js, and ClickStack's own, against the real binary."""

import os
import subprocess

import pytest

import sdk_python
import story
from sluice import ROOT, wait_for

NODE = ROOT / "tests/e2e/node"


def run_node(*args, **environment):
    done = subprocess.run(["node", *args], cwd=NODE, env={**os.environ, **environment}, capture_output=True, text=True,
                          timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("compression", ["none", "gzip"])
@pytest.mark.parametrize("protocol", ["grpc", "proto", "json"])
def test_python_sdk(shared_serve, protocol, compression):
    service = f"python-{protocol}-{compression}"
    sdk_python.send(shared_serve, service, protocol, compression)
    story.check(shared_serve, service)


@pytest.mark.parametrize("compression", ["none", "gzip"])
@pytest.mark.parametrize("protocol", ["grpc", "proto", "json"])
def test_node_sdk(shared_serve, protocol, compression):
    service = f"node-{protocol}-{compression}"
    listener = "otlp-grpc" if protocol == "grpc" else "otlp-http"
    output = run_node("story.js", protocol, shared_serve.addresses[listener], service, compression)
    assert output == ""  # the SDK's diagnostics stay quiet
    story.check(shared_serve, service)


@pytest.mark.parametrize("protocol", ["http/protobuf", "grpc"])
def test_hyperdx_node_sdk(shared_serve, protocol):
    service = "hyperdx-" + protocol.replace("/", "-")
    endpoint = shared_serve.url("otlp-grpc" if protocol == "grpc" else "otlp-http")
    run_node("-r", "@hyperdx/node-opentelemetry/build/src/tracing", "hyperdx.js", OTEL_SERVICE_NAME=service,
             OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, OTEL_EXPORTER_OTLP_PROTOCOL=protocol, OTEL_BLRP_SCHEDULE_DELAY="100",
             HDX_NODE_BETA_MODE="1", HDX_NODE_EXPERIMENTAL_EXCEPTION_CAPTURE="1", HDX_STARTUP_LOGS="false",
             HYPERDX_API_KEY="any-key")
    where = f"WHERE ServiceName = '{service}'"

    def bodies():
        found = shared_serve.rows(f"SELECT Body, SeverityText, TraceId FROM otel_logs {where}")
        by_body = {r["Body"]: r for r in found}
        return by_body if {"order 1 placed", "card refused for order 2"} <= set(by_body) else None

    logs = wait_for(bodies, f"console lines of {service} in otel_logs")
    assert logs["card refused for order 2"]["SeverityText"] == "error"
    spans = {r["SpanName"]: r for r in wait_for(
        lambda: shared_serve.rows(f"SELECT * FROM otel_traces {where} AND SpanName IN "
                                  "('checkout', 'TypeError: total is not a number')"), "spans")}
    assert spans["checkout"]["SpanAttributes"]["userId"] == "user-7"
    assert spans["checkout"]["TraceId"] == logs["order 1 placed"]["TraceId"]
    assert spans["checkout"]["ResourceAttributes"]["telemetry.distro.name"] == "hyperdx"
    wait_for(lambda: shared_serve.rows(f"SELECT Value FROM otel_metrics_sum {where} AND MetricName = 'orders'"), "a sum")
