"""A configuration that changes while data comes in: nothing that was answered is lost."""

import json
import os
import signal
import socket
import threading
import time

import pytest

from ledger import Load
from run_config import JSON, LOG, Run, free_port, request

CONFIG = """
receivers:
  otlp:
    protocols:
      grpc: {{endpoint: "{host}:{grpc}"}}
      http: {{endpoint: "{host}:{http}"}}
processors:
  attributes: {{actions: [{{key: generation, action: upsert, value: {generation}}}]}}
exporters:
  file: {{path: out.json, flush_interval: 10ms}}
service:
  telemetry: {{metrics: {{level: none}}}}
  pipelines:
    logs: {{receivers: [otlp], processors: [attributes], exporters: [file]}}
"""
TAKEN = "the new configuration has taken over"
REFUSED = "the new configuration is not taken"


class Reloading(Run):
    def __init__(self, folder):
        self.values = {"host": "127.0.0.1", "grpc": free_port(), "http": free_port(), "generation": 1}
        super().__init__(folder, CONFIG.format(**self.values))
        self.wait_ready()

    def change(self, **values):
        """Another configuration, and the signal; waits for the answer."""
        self.values.update(values)
        self.write(CONFIG.format(**self.values))
        self.reload(TAKEN)

    def reload(self, message):
        before = self.count(message)
        os.kill(self.process.pid, signal.SIGHUP)
        end = time.monotonic() + 30
        while self.count(message) == before:
            assert time.monotonic() < end and self.process.poll() is None, self.log()
            time.sleep(0.01)

    def count(self, message):
        return sum(message in line for line in list(self.lines))

    def post(self):
        return request(f"http://127.0.0.1:{self.values['http']}/v1/logs", LOG, JSON)[0]

    def records(self):
        for line in (self.path.parent / "out.json").read_text().splitlines():
            for resource in json.loads(line)["resourceLogs"]:
                for scope in resource["scopeLogs"]:
                    for record in scope["logRecords"]:
                        yield {a["key"]: next(iter(a["value"].values())) for a in record["attributes"]}

    def generations(self):
        return {record["generation"] for record in self.records()}


@pytest.fixture
def run(tmp_path):
    running = Reloading(tmp_path)
    yield running
    assert running.stop() == 0, running.log()


def test_nothing_is_lost_under_load(run):
    load = Load(lambda: f"127.0.0.1:{run.values['grpc']}", senders=4)
    refused = []
    stop = threading.Event()

    def post():  # new connections, one after the other: none may be refused
        while not stop.is_set():
            try:
                assert run.post() == 200
            except Exception as error:
                refused.append(error)

    poster = threading.Thread(target=post)
    poster.start()
    for generation in range(2, 7):
        load.wait_acked(500)
        run.change(generation=generation)
    load.wait_acked(500)
    load.finish()
    stop.set()
    poster.join()
    assert not refused, refused[:3]
    assert run.stop() == 0, run.log()
    stored = {int(record["number"]) for record in run.records() if "number" in record}
    assert not load.acked - stored
    assert run.generations() == {str(g) for g in range(1, 7)}


def test_a_bad_configuration_leaves_the_old_one(run):
    assert run.post() == 200
    run.write("receivers: {otlp: {protocols: {grpc: {endpont: x}}}}")
    run.reload(REFUSED)
    assert 'did you mean "endpoint"?' in run.log()
    assert run.post() == 200
    # What is only found out when it starts leaves it, too.
    with open(run.path.parent / "taken", "w"):
        pass
    run.write(CONFIG.format(**run.values).replace("path: out.json", "path: /nonexistent/out.json"))
    run.reload(REFUSED)
    assert run.post() == 200
    run.change(generation=2)
    assert run.post() == 200
    run.stop()
    assert run.generations() == {"1", "2"}


def test_addresses_may_change(run):
    old = run.values["http"]
    run.change(http=free_port())
    assert run.post() == 200
    with pytest.raises(OSError):
        request(f"http://127.0.0.1:{old}/v1/logs", LOG, JSON)
    # The same ports under another name.
    run.change(host="localhost")
    assert run.post() == 200


def test_a_changed_file_is_noticed(run):
    run.values["generation"] = 7
    run.write(CONFIG.format(**run.values))
    run.wait_line(TAKEN)
    assert run.post() == 200
    run.stop()
    assert "7" in run.generations()


def test_all_ports_in_use_are_named(tmp_path, run):
    (tmp_path / "x").mkdir()
    second = Run(tmp_path / "x", run.path.read_text())
    second.process.wait(30)
    second.stop()
    assert second.process.returncode == 1
    for protocol, line in (("grpc", 5), ("http", 6)):
        assert any(f":{line}:" in said and f"::protocols::{protocol}::endpoint: address 127.0.0.1:{run.values[protocol]} is in use" in said
                   for said in second.lines), second.log()


def test_ports_that_others_have_are_named_with_their_places_and_leave_the_old_ones(run):
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        taken = {"grpc": one.getsockname()[1], "http": other.getsockname()[1]}
        run.write(CONFIG.format(**{**run.values, **taken}))
        run.reload(REFUSED)
        for protocol, line in (("grpc", 5), ("http", 6)):
            assert any(f":{line}:" in said and f"::protocols::{protocol}::endpoint: address 127.0.0.1:{taken[protocol]} is in use" in said
                       for said in run.lines), run.log()
        assert run.post() == 200
    run.change(**taken)
    assert run.post() == 200
