#!/usr/bin/env python3
"""Builds and runs the parts of the test suite and adds up what they report (see tools/README.md).

Every part leaves JUnit XML under build/test-reports/, so that counting does not depend on anyone's wording. A case
that was skipped counts as failed: on a machine that tools/setup has prepared there is no reason to skip.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[1]
REPORTS = ROOT / "build/test-reports"
PYTHON = sys.executable

# Programs whose code runs on several threads: all that is not plain computation on one.
THREADED = ("base", "clickhouse", "components", "delivery", "http", "io", "pipeline", "server", "web", "app")


class Tally:
    """Counts of one part, and the names of what failed."""

    def __init__(self):
        self.passed = 0
        self.failed = []

    def add(self, name, ok):
        if ok:
            self.passed += 1
        else:
            self.failed.append(name)

    def add_junit(self, path, prefix):
        """Adds every case of a JUnit file of GoogleTest, ctest or pytest."""
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            name = f"{prefix}: {case.get('classname', '')}.{case.get('name')}"
            bad = [kind for kind in ("failure", "error", "skipped") if case.find(kind) is not None]
            not_run = case.get("status") in ("notrun", "disabled", "fail") or case.get("result") in ("skipped", "suppressed")
            self.add(name + (f" ({bad[0]})" if bad else ""), not bad and not not_run)


def run(argv, **environment):
    print("+", " ".join(str(a) for a in argv), flush=True)
    return subprocess.run([str(a) for a in argv], cwd=ROOT, stdin=subprocess.DEVNULL,
                          env={**os.environ, **environment}).returncode == 0


def fresh(name):
    folder = REPORTS / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def build(tally, preset, *targets):
    ok = run(["tools/build", "--preset", preset, *targets])
    if not ok:
        tally.add(f"build {preset}", False)
    return ok


def run_ctest(tally, preset, pattern=None):
    """One ctest run. GoogleTest programs count by their cases, the others (benchmarks, corpora) as one each."""
    folder = fresh(f"ctest-{preset}")
    argv = ["ctest", "--test-dir", f"build/{preset}", "--output-on-failure", "--no-tests=error", "--timeout", "900",
            "-j", str(os.cpu_count()), "--output-junit", folder / "ctest.xml"]
    if pattern:
        argv += ["-R", pattern]
    cases = folder / "cases"
    ok = run(argv, GTEST_OUTPUT=f"xml:{cases}/")
    if not (folder / "ctest.xml").is_file():
        tally.add(f"ctest {preset}", ok)
        return
    detailed = {p.stem for p in cases.glob("*.xml")} if cases.is_dir() else set()
    for program in ElementTree.parse(folder / "ctest.xml").getroot().iter("testcase"):
        name, passed = program.get("name"), program.get("status") == "run"
        if name in detailed:
            before = len(tally.failed)
            tally.add_junit(cases / f"{name}.xml", preset)
            if passed or len(tally.failed) > before:
                continue
            passed = False  # every case passed and yet the program failed: a crash or a leak at its end
        tally.add(f"{preset}: {name}", passed)


def run_pytest(tally, name, *paths, **environment):
    folder = fresh(f"pytest-{name}")
    report = folder / "report.xml"
    ok = run([PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout", "900", f"--junitxml={report}",
              "--numprocesses", os.cpu_count(), "--dist", "worksteal", *paths], **environment)
    if not report.is_file():
        tally.add(f"pytest {name}", ok)
        return
    before = len(tally.failed)
    tally.add_junit(report, name)
    if not ok and len(tally.failed) == before:
        tally.add(f"pytest {name}", False)  # it could not collect, or found nothing to run


def checks(tally):
    for check in ("check-layout", "check-format"):
        tally.add(check, run([ROOT / "tools" / check]))
    run_pytest(tally, "tools", "tests/tools")


def unit(tally):
    if build(tally, "release"):
        run_ctest(tally, "release")
        run_pytest(tally, "differential", "tests/differential")


def sanitize(tally):
    if build(tally, "dev"):
        run_ctest(tally, "dev")
        if build(tally, "release", "sluice"):
            run_pytest(tally, "sanitized-e2e", "tests/e2e/test_conformance.py", SLUICE=str(ROOT / "build/dev/sluice"),
                       SLUICE_SERVER_BINARY=str(ROOT / "build/release/sluice"))
    programs = [f"{folder}_test" for folder in THREADED if has_tests(folder)]
    if build(tally, "tsan", *programs):
        run_ctest(tally, "tsan", "^(" + "|".join(programs) + ")$")


def has_tests(folder):
    return any((ROOT / "src" / folder).rglob("*_test.cc"))


def conformance(tally):
    if build(tally, "release", "sluice"):
        run_pytest(tally, "conformance", "tests/e2e/test_conformance.py", "tests/e2e/test_pipelines.py")


def e2e(tally):
    if build(tally, "release", "sluice", "token_dump"):
        run_pytest(tally, "e2e", "tests/e2e", "--ignore=tests/e2e/test_conformance.py",
                   "--ignore=tests/e2e/test_pipelines.py")


def bench(tally):
    if build(tally, "release", "sluice", "bench_gen", "bench_sink", "bench_echo"):
        tally.add("bench --tiny", run([PYTHON, "tools/bench", "--tiny"]))


PARTS = {"checks": checks, "unit": unit, "conformance": conformance, "e2e": e2e, "bench": bench, "sanitize": sanitize}


def main():
    parser = argparse.ArgumentParser(prog="tools/test", description="Builds and runs the tests.")
    parser.add_argument("parts", nargs="*", metavar="PART", help="of " + ", ".join(PARTS) + " (default: all)")
    parts = parser.parse_args().parts or list(PARTS)
    unknown = [p for p in parts if p not in PARTS]
    if unknown:
        parser.error(f"no part {unknown[0]}; there are: {', '.join(PARTS)}")
    passed, failed = 0, []
    for part in parts:
        start, tally = time.monotonic(), Tally()
        PARTS[part](tally)
        print(f"== {part}: {tally.passed} passed, {len(tally.failed)} failed ({time.monotonic() - start:.0f} s)", flush=True)
        passed += tally.passed
        failed += tally.failed
    for name in failed:
        print("FAILED", name)
    print(f"{passed} passed, {len(failed)} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
