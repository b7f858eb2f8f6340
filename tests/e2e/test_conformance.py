"""The conformance suite (tests/conformance) against a fresh `sluice serve`: every case, every way in."""

import json
import re
import subprocess
import sys

import pytest

from sluice import ROOT

SUITE = ROOT / "tests/conformance"


# The row cases that go one by one: each part has a Sluice of its own, so that they can go side by side.
PARTS = 4


def cases_of(kind):
    return len(list((SUITE / kind).glob("*.json")))


def row_inputs(part=0, parts=1):
    """How many requests `--json-and-proto` sends for the row cases, and how many have a protobuf form."""
    sent = protobuf = 0
    for case in sorted(SUITE.glob("rows/*/*/"))[part::parts]:
        forms = [(case / name).is_file() for name in ("input.json", "input.pb", "input.bin")]
        sent += sum(forms)
        protobuf += forms[1]
    return sent, protobuf


def run_suite(sluice, *args):
    done = subprocess.run(
        [sys.executable, str(SUITE / "run.py"), "--otlp", sluice.url("otlp-http"), "--clickhouse",
         sluice.url("clickhouse-http"), "--grpc", sluice.addresses["otlp-grpc"], *args],
        capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-5000:] + sluice.log()
    counts = {kind: (int(passed), int(failed)) for kind, passed, failed in
              re.findall(r"^([a-z-]+): (\d+) passed, (\d+) failed", done.stdout, re.M)}
    return counts


@pytest.fixture
def conforming(start):
    return start("serve", "--flush-interval", "50ms")


def test_every_row_case_over_http(conforming):
    counts = run_suite(conforming, "--kind", "rows", "--json-and-proto", "--batched", "40")
    assert counts == {"rows": (row_inputs()[0], 0)}


def test_every_reply_over_http_and_grpc(conforming):
    kinds = ("http", "grpc", "grpc-wire")
    counts = run_suite(conforming, "--kind", ",".join(kinds))
    assert counts == {kind: (cases_of(kind), 0) for kind in kinds}


@pytest.mark.parametrize("part", range(PARTS))
def test_every_row_case_one_after_the_other_over_grpc(conforming, part):
    counts = run_suite(conforming, "--rows-by-grpc", "--kind", "rows", "--part", f"{part}/{PARTS}")
    assert counts == {"rows": (row_inputs(part, PARTS)[1], 0)}


def test_the_suite_is_whole():
    better = json.loads((SUITE / "better.json").read_text())
    assert better and row_inputs()[0] > 900 and cases_of("http") > 100
