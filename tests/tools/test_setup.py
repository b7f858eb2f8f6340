"""tools/setup on a machine that has everything: quick, quiet, and strict about what it downloads."""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_does_nothing_twice():
    done = subprocess.run([ROOT / "tools/setup"], capture_output=True, text=True, check=True)
    assert done.stdout == "" and done.stderr == ""


def test_refuses_an_unknown_argument():
    done = subprocess.run([ROOT / "tools/setup", "--fast"], capture_output=True, text=True)
    assert done.returncode == 1 and "usage: tools/setup [--minimal]" in done.stderr


def test_refuses_an_engine_that_is_not_the_pinned_one(tmp_path):
    """On a copy with nothing installed, a tarball in the cache with other bytes, and an npm that brings no better one."""
    copy = tmp_path / "copy"
    (copy / "tools").mkdir(parents=True)
    for name in ("setup", "engine.txt", "packages.txt"):
        (copy / "tools" / name).write_bytes((ROOT / "tools" / name).read_bytes())
    (copy / "tools/setup").chmod(0o755)
    tarball = copy / ".deps/cache/chdb-lib-linux-x64-gnu-26.5.3.tgz"
    tarball.parent.mkdir(parents=True)
    tarball.write_bytes(b"something else")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "npm").write_text("#!/bin/sh\nexit 0\n")
    (programs / "npm").chmod(0o755)
    done = subprocess.run([copy / "tools/setup", "--minimal"], capture_output=True, text=True,
                          env={"PATH": f"{programs}:/usr/bin:/bin:/usr/sbin:/sbin"})
    assert done.returncode == 1 and "is not what tools/engine.txt pins" in done.stderr
    assert not (copy / ".deps/chdb").exists()


def test_every_version_is_pinned():
    packages = [line for line in (ROOT / "tests/requirements.txt").read_text().splitlines() if line and line[0] != "#"]
    assert packages and all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in packages)
    lock = (ROOT / "tests/e2e/node/package-lock.json").read_text()
    assert '"integrity"' in lock and '"resolved"' not in lock
