"""The tarball of tools/dist, unpacked where nothing of the source tree is."""

import os
import pathlib
import shutil
import subprocess
import tarfile

import ledger
import sluice
from sluice import ROOT

# What the machine must bring along.
GLIBC = {"ld-linux-x86-64", "libc", "libm", "libresolv", "libpthread", "libdl", "librt"}


def libraries(process):
    """The paths of the shared libraries that a process has loaded."""
    with open(f"/proc/{process.process.pid}/maps") as maps:
        return {pathlib.Path(line.split(maxsplit=5)[5].strip()) for line in maps if ".so" in line}


def test_the_tarball_serves_from_wherever_it_is_unpacked(start, tmp_path, monkeypatch):
    made = subprocess.run([ROOT / "tools/dist", tmp_path / "made"], capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
    tarball = made.stdout.splitlines()[-1]
    with tarfile.open(tarball) as packed:
        (name,) = {member.name.split("/")[0] for member in packed.getmembers()}
        packed.extractall(tmp_path)
    shutil.rmtree(tmp_path / "made")
    unpacked = tmp_path / name
    names = {str(file.relative_to(unpacked)) for file in unpacked.rglob("*")}
    assert {"bin/sluice", "lib/libchdb.so", "licences"} <= names
    monkeypatch.setattr(sluice, "BINARY", unpacked / "bin/sluice")
    # Nothing is found by the environment: no PATH, no library path, no home.
    for variable in set(os.environ) - {"PYTEST_CURRENT_TEST"}:
        monkeypatch.delenv(variable)
    serve = start("serve", "--flush-interval", "50ms")
    assert {path.name.split(".")[0] for path in libraries(serve) if unpacked not in path.parents} <= GLIBC
    ledger.export(serve.addresses["otlp-grpc"], ledger.request("tarball", [1]))
    assert serve.query("SELECT count() FROM otel_logs WHERE ServiceName = 'tarball'") == "1\n"
    assert serve.stop() == 0, serve.log()
    shutil.rmtree(unpacked)
