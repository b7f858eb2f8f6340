"""The health_check extension."""

import json

import pytest

from run_config import Run, free_port, request

CONFIG = """
extensions:
  health_check: {{endpoint: "127.0.0.1:{port}", {options}}}
  pprof: {{endpoint: ":1888"}}
  zpages:
receivers: {{nop: }}
exporters: {{nop: }}
service:
  extensions: [health_check, pprof, zpages]
  pipelines:
    logs: {{receivers: [nop], exporters: [nop]}}
"""


@pytest.fixture
def start(tmp_path):
    running = []

    def begin(options=""):
        port = free_port()
        run = Run(tmp_path, CONFIG.format(port=port, options=options)).wait_ready()
        running.append(run)
        return run, f"http://127.0.0.1:{port}"

    yield begin
    for run in running:
        assert run.stop() == 0, run.log()


def test_every_path_says_that_the_server_is_available(start):
    _, url = start()
    for path in ("/", "/health/status"):
        status, headers, body = request(url + path, method="GET")
        assert (status, headers["Content-Type"]) == (200, "application/json")
        answer = json.loads(body)
        assert answer["status"] == "Server available"
        assert set(answer) == {"status", "upSince", "uptime"}


def test_a_path_and_bodies_of_ones_own(start):
    _, url = start("path: /live, response_body: {healthy: fine}, response_headers: {X-A: b}")
    status, headers, body = request(url + "/live", method="GET")
    assert (status, body, headers["X-A"]) == (200, b"fine", "b")
    assert request(url + "/", method="GET")[0] == 404


def test_what_does_nothing_says_so(start):
    run, _ = start()
    for name in ("pprof", "zpages"):
        assert "does nothing" in run.wait_line(f"the {name} extension")
