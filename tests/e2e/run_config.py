"""`sluice run` with a configuration of the test's own, on free ports of the loopback."""

import itertools
import json
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

from sluice import BINARY, READY_MESSAGE, START_SECONDS_MAX, STOP_SECONDS_MAX

FIRST_PORT, LAST_PORT = (int(port) for port in os.environ.get("SLUICE_TEST_PORTS", "20000-32000").split("-"))
_ports = itertools.cycle(range(FIRST_PORT, LAST_PORT))


def free_port():
    for port in itertools.islice(_ports, LAST_PORT - FIRST_PORT):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise AssertionError("no free port")


class Run:
    """One `sluice run --config`, started and ready. The text of the configuration may be changed by `write`."""

    def __init__(self, folder, text, env=None, arguments=()):
        self.path = folder / "config.yaml"
        self.lines = []
        self.write(text)
        self._ready = threading.Event()
        self.process = subprocess.Popen(
            [str(BINARY), "run", "--config", str(self.path), *arguments], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
            env={**os.environ, **(env or {})}, cwd=folder)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def write(self, text):
        """Puts another file in its place, as editors and Kubernetes do."""
        following = self.path.with_suffix(".next")
        following.write_text(text)
        following.rename(self.path)

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))
            if READY_MESSAGE in line:
                self._ready.set()

    def wait_ready(self):
        end = time.monotonic() + START_SECONDS_MAX
        while not self._ready.wait(0.02):
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.log()}"
            assert time.monotonic() < end, f"not ready:\n{self.log()}"
        return self

    def wait_line(self, text, seconds=30):
        """Until the log has a line with this text; returns the line."""
        end = time.monotonic() + seconds
        while True:
            for line in list(self.lines):
                if text in line:
                    return line
            assert time.monotonic() < end, f"no line with {text!r}:\n{self.log()}"
            time.sleep(0.02)

    def log(self):
        return "\n".join(self.lines[-200:])

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(STOP_SECONDS_MAX)
        self._reader.join(5)
        return self.process.returncode


def request(url, body=b"", headers=None, method="POST"):
    """Status, headers and body of an answer, whatever the status."""
    asked = urllib.request.Request(url, body if method == "POST" else None, headers or {}, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=30) as reply:
            return reply.status, dict(reply.headers), reply.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


LOG = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": "x"}}]}]}]}).encode()
JSON = {"Content-Type": "application/json"}
