"""Measures what a program that takes OTLP and writes to ClickHouse costs: CPU, memory, rows in and out.

Used by tools/bench. CPU seconds are user + system of the program and its children, from the first counted request until
the sink holds every row. On a shared machine the same work may cost 40 % more a minute later: `calibration_s` is the
CPU time of a fixed piece of work on the same core around the run; compare figures where it is alike.
"""

import contextlib
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import threading
import time
import urllib.request

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
RSS_EVERY_S = 0.25
STOP_SECONDS_MAX = 30


class Machine:
    """Which core runs the program under test, and which the load."""

    def __init__(self, binaries, payloads):
        self.binaries = pathlib.Path(binaries)
        self.payloads = pathlib.Path(payloads)
        cores = sorted(os.sched_getaffinity(0))
        self.program_core, self.load_core = str(cores[-1]), str(cores[0])

    def calibrate(self):
        out = subprocess.run(["taskset", "-c", self.program_core, self.binaries / "bench_gen", "--calibrate"],
                             capture_output=True, text=True, check=True)
        return json.loads(out.stdout)["calibration_s"]

    def generate(self, address, load, requests, rate=0):
        """Runs the generator to its end and returns what it counted."""
        argv = ["taskset", "-c", self.load_core, self.binaries / "bench_gen", "--target", address, "--proto", load.proto,
                "--signal", load.signal, "--bodies", self.payloads / f"{load.workload}-{load.records}.{load.form}",
                "--records", load.records, "--requests", requests, "--conns", load.conns, "--inflight", load.inflight]
        if load.form == "json":
            argv += ["--content-type", "application/json"]
        elif load.form != "identity":
            argv += ["--encoding", load.form]
        if rate:
            argv += ["--rate", rate]
        done = subprocess.run([str(a) for a in argv], capture_output=True, text=True)
        if not done.stdout.strip():
            raise RuntimeError(f"the generator could not send: {done.stderr}")
        return json.loads(done.stdout)

    @contextlib.contextmanager
    def echo(self):
        """The process of the servers with nothing behind them, on the core of the program under test, and its addresses."""
        process = subprocess.Popen(["taskset", "-c", self.program_core, self.binaries / "bench_echo"], stdout=subprocess.PIPE, text=True)
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            stop(process)
            process.stdout.close()

    @contextlib.contextmanager
    def sink(self, rows="header"):
        """A discarding ClickHouse on a free port."""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            address = f"127.0.0.1:{probe.getsockname()[1]}"
        process = subprocess.Popen(["taskset", "-c", self.load_core, self.binaries / "bench_sink", "--listen", address,
                                    "--rows", rows])
        try:
            wait_for_port(address)
            yield Sink(address)
        finally:
            stop(process)


class Sink:
    def __init__(self, address):
        self.address = address

    def ask(self, path):
        with urllib.request.urlopen(f"http://{self.address}{path}", timeout=30) as reply:
            return reply.read()

    def stats(self):
        return json.loads(self.ask("/__stats"))

    def wait_rows(self, wanted, quiet_s=15):
        """Waits for that many rows; gives up when none came for `quiet_s`."""
        last, since = -1, time.monotonic()
        while True:
            stats = self.stats()
            if stats["rows"] >= wanted or time.monotonic() - since > quiet_s:
                return stats
            if stats["rows"] != last:
                last, since = stats["rows"], time.monotonic()
            time.sleep(0.02)


class Usage(threading.Thread):
    """CPU, context switches and memory of a process and its children, from start() to finish()."""

    def __init__(self, root, children=True):
        super().__init__(daemon=True)
        self.root, self.children = root, children
        self.rss_kib, self._go = [], True
        self.cpu_0, self.switches_0, self.time_0 = self.cpu(), self.switches(), time.monotonic()
        for pid in self.pids():
            with contextlib.suppress(OSError):
                pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")  # the high-water mark starts again
        self.start()

    def pids(self):
        return descendants(self.root) if self.children else [self.root]

    def run(self):
        while self._go:
            self.rss_kib.append(sum(status_field(p, "VmRSS") for p in self.pids()))
            time.sleep(RSS_EVERY_S)

    def cpu(self):
        ticks = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS_PER_SECOND

    def switches(self):
        return sum(status_field(f"{pid}/task/{task}", key) for pid in self.pids() for task in tasks(pid)
                   for key in ("voluntary_ctxt_switches", "nonvoluntary_ctxt_switches"))

    def finish(self):
        cpu, wall = self.cpu() - self.cpu_0, time.monotonic() - self.time_0
        peak = sum(status_field(p, "VmHWM") for p in self.pids())
        self._go = False
        self.join()
        steady = self.rss_kib[len(self.rss_kib) // 4:] or [0]
        return {"cpu_s": round(cpu, 2), "wall_s": round(wall, 2), "busy": round(cpu / wall, 3),
                "rss_peak_mib": round(peak / 1024, 1), "rss_median_mib": round(statistics.median(steady) / 1024, 1),
                "switches": self.switches() - self.switches_0}


def tasks(pid):
    try:
        return os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []


def descendants(root):
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        for task in tasks(pid):
            with contextlib.suppress(OSError):
                todo += map(int, pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text().split())
    return found


def status_field(pid, key):
    """A number of /proc/PID/status (memory in KiB); 0 when the process is gone."""
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1])
    return 0


def wait_for_port(address, seconds=30):
    host, port = address.rsplit(":", 1)
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError):
            socket.create_connection((host, int(port)), 0.3).close()
            return
        if time.monotonic() > end:
            raise RuntimeError(f"nothing listens on {address}")
        time.sleep(0.005)


def stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
