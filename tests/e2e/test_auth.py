"""Who may send: bearertokenauth and basicauth over gRPC and HTTP, with the SDK's exporters and plain requests."""

import base64
import json
import time

import grpc
import pytest
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor

import ledger
from run_config import JSON, LOG, Run, free_port, request

CONFIG = """
extensions:
{extensions}
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 127.0.0.1:{grpc}
        auth: {{authenticator: {authenticator}}}
      http:
        endpoint: 127.0.0.1:{http}
        auth: {{authenticator: {authenticator}}}
        cors: {{allowed_origins: ["https://*.example.com"], allowed_headers: [X-One], max_age: 60}}
        response_headers: {{X-Served-By: sluice}}
        compression_algorithms: ["", gzip]
processors: {processors}
exporters:
  file: {{path: out.json, flush_interval: 10ms}}
service:
  extensions: [{authenticator}]
  pipelines:
    logs: {{receivers: [otlp], processors: [{names}], exporters: [file]}}
"""

BEARER = """
  bearertokenauth:
    scheme: ""
    tokens: ["${env:TOKEN}", "Bearer ${env:TOKEN}"]
"""

BASIC = """
  basicauth:
    htpasswd:
      inline: |
        plain:open sesame
        bcrypt:$$2y$$04$$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW
"""


@pytest.fixture
def start(tmp_path):
    running = []

    def begin(extensions, authenticator, env=None, processors=None):
        ports = {"grpc": free_port(), "http": free_port()}
        text = CONFIG.format(extensions=extensions, authenticator=authenticator, processors=json.dumps(processors),
                             names=", ".join(processors or ()), **ports)
        run = Run(tmp_path, text, env)
        running.append(run)
        run.wait_ready()
        run.grpc = f"127.0.0.1:{ports['grpc']}"
        run.http = f"http://127.0.0.1:{ports['http']}"
        return run

    yield begin
    for run in running:
        assert run.stop() == 0, run.log()


def post(run, authorization=None, **headers):
    given = {} if authorization is None else {"Authorization": authorization}
    return request(run.http + "/v1/logs", LOG, {**JSON, **given, **headers})


def export(run, metadata=()):
    with grpc.insecure_channel(run.grpc, options=[("grpc.enable_http_proxy", 0)]) as channel:
        call = channel.unary_unary(ledger.METHOD, request_serializer=bytes, response_deserializer=bytes)
        return call(ledger.request("auth", [1]), timeout=30, metadata=metadata)


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_a_token_is_needed_over_http(start):
    run = start(BEARER, "bearertokenauth", {"TOKEN": "s3cret"})
    for good in ("s3cret", "Bearer s3cret"):
        assert post(run, good)[0] == 200
    for bad in (None, "", "s3cre", "s3crets", "bearer s3cret", "Basic s3cret", " s3crett"):
        status, headers, body = post(run, bad)
        assert status == 401, bad
        assert json.loads(body)["code"] == 16
        assert b"s3c" not in body
        assert headers["X-Served-By"] == "sluice"
    for query in ("token=s3cret", "authorization=s3cret", "Authorization=Bearer%20s3cret"):
        assert request(run.http + "/v1/logs?" + query, LOG, JSON)[0] == 401, "a token in an address ends up in logs"


def test_no_secret_stands_in_the_log(start):
    run = start(BEARER, "bearertokenauth", {"TOKEN": "s3cret"})
    post(run, "wr0ng-token")
    time.sleep(0.2)
    assert "s3cret" not in run.log() and "wr0ng" not in run.log()


def test_who_may_not_send_is_told_so_before_anything_else(start):
    run = start(BEARER, "bearertokenauth", {"TOKEN": "s3cret"})
    # Neither path, method, type nor encoding are looked at.
    assert request(run.http + "/nowhere", b"x", {})[0] == 401
    assert request(run.http + "/v1/logs", method="GET")[0] == 401
    assert post(run, **{"Content-Encoding": "br"})[0] == 401
    # A large body is answered while it is on its way.
    assert request(run.http + "/v1/logs", bytes(30_000_000), JSON)[0] == 401


def test_a_token_is_needed_over_grpc(start):
    run = start(BEARER, "bearertokenauth", {"TOKEN": "s3cret"})
    export(run, [("authorization", "Bearer s3cret")])
    for bad in ([], [("authorization", "nope")]):
        with pytest.raises(grpc.RpcError) as error:
            export(run, bad)
        assert error.value.code() == grpc.StatusCode.UNAUTHENTICATED
        assert "nope" not in error.value.details()


@pytest.mark.parametrize("kind", ["grpc", "http"])
def test_the_sdk_sends_its_headers(start, kind):
    run = start(BEARER, "bearertokenauth", {"TOKEN": "s3cret"})
    headers = {"authorization": "Bearer s3cret"}
    exporter = (GrpcExporter(endpoint=run.grpc, insecure=True, headers=headers) if kind == "grpc"
                else HttpExporter(endpoint=run.http + "/v1/logs", headers=headers))
    provider = LoggerProvider()
    provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
    provider.get_logger("test").emit(body="from the SDK")
    provider.shutdown()
    end = time.monotonic() + 10
    while "from the SDK" not in (run.path.parent / "out.json").read_text():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_users_and_passwords(start):
    run = start(BASIC, "basicauth")
    assert post(run, basic("plain", "open sesame"))[0] == 200
    assert post(run, basic("bcrypt", "secret"))[0] == 200
    for bad in (basic("plain", "x"), basic("bcrypt", "x"), basic("nobody", "secret"), "Bearer x", None):
        assert post(run, bad)[0] == 401, bad
    export(run, [("authorization", basic("bcrypt", "secret"))])


def test_pipelines_know_who_has_sent(start, tmp_path):
    run = start(BASIC, "basicauth", processors={
        "attributes": {"actions": [{"key": "user", "action": "insert", "from_context": "auth.username"},
                                   {"key": "none", "action": "insert", "from_context": "auth.password"}]},
        "resource": {"attributes": [{"key": "raw", "action": "insert", "from_context": "auth.raw"}]},
        "transform": {"log_statements": [
            'set(log.attributes["same"], otelcol.client.auth.attributes["username"])',
            'set(log.attributes["names"], Sort(Keys(otelcol.client.auth.attributes)))']}})
    credentials = basic("plain", "open sesame")
    assert post(run, credentials)[0] == 200
    export(run, [("authorization", credentials)])

    assert run.stop() == 0, run.log()
    lines = (tmp_path / "out.json").read_text().splitlines()
    assert len(lines) == 2, "one over HTTP, one over gRPC"
    for line in lines:
        (sent,) = json.loads(line)["resourceLogs"]
        raw = {"key": "raw", "value": {"stringValue": credentials.removeprefix("Basic ")}}
        assert raw in sent["resource"]["attributes"]
        found = {a["key"]: a["value"] for a in sent["scopeLogs"][0]["logRecords"][0]["attributes"]}
        assert found["user"] == found["same"] == {"stringValue": "plain"}
        assert found["names"] == {"arrayValue": {"values": [{"stringValue": "raw"}, {"stringValue": "username"}]}}
        assert "none" not in found


def test_a_token_file_is_read_again(start, tmp_path):
    tokens = tmp_path / "tokens"
    tokens.write_text("one\n\ntwo\n")
    run = start(f"  bearertokenauth: {{filename: {tokens}}}", "bearertokenauth")
    assert [post(run, f"Bearer {t}")[0] for t in ("one", "two", "", "three")] == [200, 200, 401, 401]
    tokens.write_text("three\n")
    end = time.monotonic() + 10
    while post(run, "Bearer three")[0] != 200:
        assert time.monotonic() < end
        time.sleep(0.1)
    assert post(run, "Bearer one")[0] == 401


def test_browsers_ask_before_they_have_a_token(start):
    run = start(BEARER, "bearertokenauth", {"TOKEN": "s3cret"})

    def preflight(origin, headers="x-one"):
        return request(run.http + "/v1/logs", method="OPTIONS", headers={
            "Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": headers})

    status, headers, _ = preflight("https://a.example.com")
    assert status == 204
    assert headers["Access-Control-Allow-Origin"] == "https://a.example.com"
    assert headers["Access-Control-Max-Age"] == "60"
    assert "Access-Control-Allow-Origin" not in preflight("https://example.org")[1]
    assert "Access-Control-Allow-Origin" not in preflight("https://a.example.com", "x-two")[1]
    # The script must be able to read that it was not let in.
    assert post(run, Origin="https://a.example.com")[1]["Access-Control-Allow-Origin"] == "https://a.example.com"


def test_only_the_named_encodings_are_taken(start):
    run = start(BEARER, "bearertokenauth", {"TOKEN": "s3cret"})
    status, _, body = post(run, "s3cret", **{"Content-Encoding": "zstd"})
    assert status == 400
    assert "send none, gzip" in json.loads(body)["message"]
