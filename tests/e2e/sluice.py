"""Starts the real binary for a test, on free ports of the loopback, and stops it again.

Environment: SLUICE is the binary under test (default build/release/sluice); SLUICE_SERVER_BINARY, if set, is given to
`serve --server-binary`, since a sanitized collector starts a plain build of the server.
"""

import json
import os
import pathlib
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("SLUICE", ROOT / "build/release/sluice"))
SERVER_BINARY = os.environ.get("SLUICE_SERVER_BINARY", "")
READY_MESSAGE = "Everything is ready. Begin running and processing data."
SERVER_MESSAGE = "ClickHouse HTTP"  # `sluice server` says so when it serves
START_SECONDS_MAX = 60  # a sanitizer build on a busy machine; a release build needs about one
STOP_SECONDS_MAX = 30

LISTENERS = {
    "serve": ("otlp-grpc", "otlp-http", "clickhouse-http", "health", "metrics"),
    "gateway": ("otlp-grpc", "otlp-http", "health", "metrics"),
    "server": ("clickhouse-http",),
    "run": (),
}


class Sluice:
    """One running `sluice serve`, `gateway` or `server`. Its log lines are kept in `lines` as they come."""

    def __init__(self, command, *args, env=None, program=None):
        """`program` is a script that runs the command; it gets the arguments alone."""
        self.command = command
        self.addresses = {}
        self.lines = []
        self._ready = threading.Event()
        argv = [str(program)] if program else [str(BINARY), command]
        for what in LISTENERS[command]:
            if f"--{what}" not in args:
                argv += [f"--{what}", "127.0.0.1:0"]
        if command == "serve" and SERVER_BINARY:
            argv += ["--server-binary", SERVER_BINARY]
        argv += [str(a) for a in args]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("CLICKHOUSE_", "HYPERDX_", "OTLP_"))}
        self.process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, errors="replace", env={**environment, **(env or {})})
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if not isinstance(entry, dict):
                continue
            if entry.get("msg") == "listening":
                self.addresses.setdefault(entry.get("what"), entry.get("address"))
            if self.command == "server" and entry.get("msg") == SERVER_MESSAGE:
                self.addresses.setdefault("clickhouse-http", entry.get("address"))
                self._ready.set()
            if entry.get("msg") == READY_MESSAGE:
                self._ready.set()

    def wait_ready(self, seconds=START_SECONDS_MAX):
        end = time.monotonic() + seconds
        while not self._ready.wait(0.02):
            if self.process.poll() is not None:
                self._reader.join(5)
                raise AssertionError(f"ended with {self.process.returncode} before it was ready:\n{self.log()}")
            if time.monotonic() > end:
                raise AssertionError(f"not ready after {seconds} s:\n{self.log()}")
        missing = [w for w in LISTENERS[self.command] if w not in self.addresses]
        assert not missing, f"no line says where {missing} listens:\n{self.log()}"
        return self

    def log(self):
        return "\n".join(self.lines[-200:])

    def url(self, what):
        return "http://" + self.addresses[what]

    def query(self, sql, seconds=30, **params):
        """Text that ClickHouse HTTP answers; raises AssertionError with its message otherwise."""
        return clickhouse(self.url("clickhouse-http"), sql, seconds, **params)

    def rows(self, sql):
        return [json.loads(line) for line in self.query(sql + " FORMAT JSONEachRow").splitlines()]

    def metric(self, name, **labels):
        """Sum of the samples of a Prometheus metric that carry these labels; 0 if there is none."""
        total = 0.0
        for line in get(self.url("metrics") + "/metrics").splitlines():
            key, _, value = line.rpartition(" ")
            if (key.split("{")[0] == name) and all(f'{k}="{v}"' in key for k, v in labels.items()):
                total += float(value)
        return total

    def children(self):
        """Process ids of the direct children: the server of a `serve`."""
        path = f"/proc/{self.process.pid}/task"
        found = []
        for task in os.listdir(path):
            with open(f"{path}/{task}/children") as f:
                found += [int(p) for p in f.read().split()]
        return found

    def kill(self):
        """SIGKILL to the collector alone; its child must notice by itself."""
        self.process.kill()
        self.process.wait(STOP_SECONDS_MAX)

    def stop(self):
        """SIGTERM, and the exit code. Harmless on a process that has ended."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"did not stop on SIGTERM in {STOP_SECONDS_MAX} s:\n{self.log()}") from None
        self._reader.join(5)
        return self.process.returncode


def get(url, seconds=30):
    with urllib.request.urlopen(url, timeout=seconds) as reply:
        return reply.read().decode()


def clickhouse(base, sql, seconds=30, **params):
    url = base + "/?" + urllib.parse.urlencode(params)
    try:
        with urllib.request.urlopen(urllib.request.Request(url, sql.encode(), method="POST"), timeout=seconds) as r:
            return r.read().decode()
    except urllib.error.HTTPError as e:
        raise AssertionError(f"HTTP {e.code}: {e.read().decode(errors='replace')}") from None


def wait_for(condition, what, seconds=30, pause=0.05):
    """Polls until condition() is true and returns its value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} s still not: {what}")
        time.sleep(pause)
