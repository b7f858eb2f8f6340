"""`sluice run` in a chain: A takes a load and sends it to B, B sends it on to C, over every kind of connection.

B is killed again and again under load. What A has answered must be in C's file: an answer means that the end of the
chain has the data.
"""

import json
import pathlib
import signal
import socket
import subprocess
import threading
import time

import grpc
import pytest

import ledger
from sluice import BINARY, READY_MESSAGE, wait_for

BEFORE = 1000  # records that must be answered before a blow, and after it
RETRY = "retry_on_failure: {initial_interval: 50ms, max_interval: 200ms, max_elapsed_time: 20s}"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Run:
    """One `sluice run` with its configuration as text. start() may be called again after kill()."""

    def __init__(self, folder, name, config):
        self.file = folder / f"{name}.yaml"
        self.file.write_text(config)
        self.log = folder / f"{name}.log"
        self.process = None

    def start(self):
        already = self.log.read_text().count(READY_MESSAGE) if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([str(BINARY), "run", "--config", str(self.file)], stderr=log,
                                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        wait_for(lambda: self.process.poll() is not None or self.log.read_text().count(READY_MESSAGE) > already,
                 "ready", 60)
        assert self.process.poll() is None, self.log.read_text()[-4000:]
        return self

    def kill(self):
        self.process.kill()
        self.process.wait(30)

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"did not stop:\n{self.log.read_text()[-4000:]}") from None


@pytest.fixture
def run(tmp_path):
    running = []

    def begin(name, config):
        running.append(Run(tmp_path, name, config))
        return running[-1].start()

    yield begin
    for one in running:
        one.stop()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """ca.pem, and server.pem, client.pem with their keys, which it signed."""
    folder = tmp_path_factory.mktemp("certificates")

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=ca")
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1")
    for name in ("server", "client"):
        openssl("req", *new_key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", "2", "-extfile", "names", "-out", f"{name}.pem")
    return folder


def chain(transport, port, certificates, security):
    """(receiver, exporter) as YAML flow maps: how B listens and how A reaches it."""
    server = client = "insecure: true"
    scheme = "http"
    if security != "plain":
        scheme = "https"
        server = f"cert_file: {certificates}/server.pem, key_file: {certificates}/server.key"
        client = f"ca_file: {certificates}/ca.pem"
    if security == "mutual":
        server += f", client_ca_file: {certificates}/ca.pem"
        client += f", cert_file: {certificates}/client.pem, key_file: {certificates}/client.key"
    tls = "" if security == "plain" else f", tls: {{{server}}}"
    receiver = f'{{{transport}: {{endpoint: "127.0.0.1:{port}"{tls}}}}}'
    if transport == "grpc":
        return receiver, ("otlp", f'{{endpoint: "localhost:{port}", tls: {{{client}}}, {RETRY}}}')
    return receiver, ("otlp_http", f'{{endpoint: "{scheme}://localhost:{port}", tls: {{{client}}}, {RETRY}}}')


def config(receiver, exporter):
    name, options = exporter
    return f"""
receivers: {{otlp: {{protocols: {receiver}}}}}
exporters: {{{name}: {options}}}
service:
  telemetry: {{metrics: {{level: none}}}}
  pipelines: {{logs: {{receivers: [otlp], exporters: [{name}]}}}}
"""


def numbers_in(path):
    """The numbers of the ledger in the file exporter's lines."""
    found = set()
    for line in pathlib.Path(path).read_text().splitlines():
        for resource in json.loads(line)["resourceLogs"]:
            for scope in resource["scopeLogs"]:
                for record in scope["logRecords"]:
                    found |= {int(a["value"]["stringValue"]) for a in record["attributes"] if a["key"] == "number"}
    return found


@pytest.mark.parametrize("transport", ["grpc", "http"])
@pytest.mark.parametrize("security", ["plain", "tls", "mutual"])
def test_what_is_answered_arrives_although_the_middle_is_killed(run, tmp_path, certificates, transport, security):
    a_port, b_port, c_port = free_port(), free_port(), free_port()
    out = tmp_path / "out.json"
    c_receiver, to_c = chain("grpc", c_port, certificates, "plain")
    b_receiver, to_b = chain(transport, b_port, certificates, security)
    c = run("c", config(c_receiver, ("file", f"{{path: {out}, flush_interval: 50ms}}")))
    b = run("b", config(b_receiver, to_c))
    run("a", config(f'{{grpc: {{endpoint: "127.0.0.1:{a_port}"}}}}', to_b))
    load = ledger.Load(lambda: f"127.0.0.1:{a_port}")
    for _ in range(2):
        load.wait_acked(BEFORE)
        b.kill()
        time.sleep(0.2)
        b.start()
    load.wait_acked(BEFORE)
    load.finish()
    c.stop()
    lost = load.acked - numbers_in(out)
    assert not lost, f"{len(lost)} of {len(load.acked)} answered records are lost"


def test_a_stranger_gets_no_data(run, tmp_path, certificates):
    """B's certificate is not one that A trusts: nothing is answered, nothing arrives."""
    a_port, b_port = free_port(), free_port()
    out = tmp_path / "out.json"
    receiver, _ = chain("grpc", b_port, certificates, "tls")
    run("b", config(receiver, ("file", f"{{path: {out}, flush_interval: 50ms}}")))
    stranger = f'{{endpoint: "localhost:{b_port}", retry_on_failure: {{enabled: false}}}}'
    a = run("a", config(f'{{grpc: {{endpoint: "127.0.0.1:{a_port}"}}}}', ("otlp", stranger)))
    with pytest.raises(grpc.RpcError) as refused:
        ledger.export(f"127.0.0.1:{a_port}", ledger.request("stranger", [1]))
    assert refused.value.code() == grpc.StatusCode.UNAVAILABLE
    assert "certificate" in refused.value.details()
    assert "certificate" in a.log.read_text()
    assert numbers_in(out) == set()


def test_senders_to_a_remote_end_that_is_gone_are_told_to_come_later(run):
    a_port = free_port()
    options = (f'{{endpoint: "127.0.0.1:{free_port()}", tls: {{insecure: true}}, sending_queue: {{queue_size: 2}}, '
               "retry_on_failure: {initial_interval: 10ms, max_interval: 50ms, max_elapsed_time: 1s}}")
    run("a", config(f'{{grpc: {{endpoint: "127.0.0.1:{a_port}"}}}}', ("otlp", options)))
    answers = []

    def send():
        try:
            ledger.export(f"127.0.0.1:{a_port}", ledger.request("nobody", [1]))
            answers.append("taken")
        except grpc.RpcError as error:
            answers.append(error.code())

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [grpc.StatusCode.UNAVAILABLE] * 6


def test_a_stop_does_not_wait_for_a_remote_end_that_is_gone(run):
    a_port = free_port()
    options = f'{{endpoint: "127.0.0.1:{free_port()}", tls: {{insecure: true}}}}'  # five seconds between tries
    a = run("a", config(f'{{grpc: {{endpoint: "127.0.0.1:{a_port}"}}}}', ("otlp", options)))
    answers = []

    def send():
        try:
            ledger.export(f"127.0.0.1:{a_port}", ledger.request("nobody", [1]))
        except grpc.RpcError as error:
            answers.append(error.code())

    sender = threading.Thread(target=send)
    sender.start()
    wait_for(lambda: "sent again" in a.log.read_text(), "the first try has failed")
    begin = time.monotonic()
    a.stop()
    sender.join(30)
    assert a.process.returncode == 0
    assert time.monotonic() - begin < 4
    assert answers == [grpc.StatusCode.UNAVAILABLE]


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_the_receiver_speaks_both_versions_of_http_over_tls(run, tmp_path, certificates, version):
    port = free_port()
    receiver, _ = chain("http", port, certificates, "mutual")
    run("b", config(receiver, ("nop", "{}")))

    def post(*words):
        return subprocess.run(["curl", "-s", version, "-o", "/dev/null", "-w", "%{http_version} %{http_code}",
                               "--cacert", str(certificates / "ca.pem"), "-H", "Content-Type: application/json",
                               "-d", '{"resourceLogs":[]}', *words, f"https://localhost:{port}/v1/logs"],
                              capture_output=True, text=True, timeout=30)

    assert post().returncode != 0, "a client without a certificate was let in"
    known = post("--cert", str(certificates / "client.pem"), "--key", str(certificates / "client.key"))
    assert known.stdout == ("2 200" if version == "--http2" else "1.1 200"), known.stderr
