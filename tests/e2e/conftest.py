"""Fixtures for tests with the real binary. A test that cannot run fails: nothing here skips."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from sluice import BINARY, Sluice  # noqa: E402  (the path comes first)


def pytest_sessionstart(session):
    if not BINARY.is_file():
        pytest.exit(f"{BINARY} is not there; build it with `make build` or set SLUICE", returncode=2)


@pytest.fixture
def start(tmp_path):
    """start("serve", "--flush-interval", "50ms"): a started and ready Sluice, stopped after the test.

    `serve` and `server` keep their data under the test's own folder unless --data is among the arguments.
    """
    running = []

    def begin(command, *args, ready=True, env=None, program=None):
        if command in ("serve", "server") and "--data" not in args:
            args = (*args, "--data", tmp_path / "data")
        sluice = Sluice(command, *args, env=env, program=program)
        running.append(sluice)
        return sluice.wait_ready() if ready else sluice

    yield begin
    for sluice in reversed(running):
        sluice.stop()


@pytest.fixture(scope="session")
def shared_serve(tmp_path_factory):
    """One `sluice serve` for all tests that only add rows of their own service name."""
    sluice = Sluice("serve", "--data", tmp_path_factory.mktemp("serve") / "data", "--flush-interval", "50ms")
    sluice.wait_ready()
    yield sluice
    assert sluice.stop() == 0, sluice.log()
