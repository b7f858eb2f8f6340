"""The pipeline cases (tests/conformance/pipelines) against the real binary: `sluice run` with the collector's YAML."""

import re
import subprocess
import sys

import pytest

from sluice import BINARY, ROOT

SUITE = ROOT / "tests/conformance/pipelines"

AREAS = sorted(p.name for p in SUITE.iterdir() if p.is_dir())


def cases_of(area):
    return len(list(SUITE.glob(f"{area}/**/expected.json")))


@pytest.mark.parametrize("area", AREAS)
def test_every_case_of(area):
    done = subprocess.run(
        [sys.executable, str(SUITE / "run_pipelines.py"), "--cmd", f"{BINARY} run --config {{config}}",
         "--only", f"{area}/*", "--jobs", "2"],
        capture_output=True, text=True, timeout=800)
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-5000:]
    passed, failed = map(int, re.search(r"(\d+) passed, (\d+) failed", done.stdout).groups())
    assert (passed, failed) == (cases_of(area), 0)
