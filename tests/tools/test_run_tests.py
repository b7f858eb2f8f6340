"""The tally of tools/run_tests.py: nothing that did not pass may count as passed."""

import importlib.util
import pathlib

import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "tools/run_tests.py"
SPEC = importlib.util.spec_from_file_location("run_tests", SOURCE)
run_tests = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(run_tests)

CASES = {
    "passed": ('<testcase name="a" classname="S" status="run" result="completed"/>', (1, 0)),
    "pytest passed": ('<testcase name="a" classname="S" time="0.1"/>', (1, 0)),
    "failed": ('<testcase name="a" classname="S"><failure message="x"/></testcase>', (0, 1)),
    "error": ('<testcase name="a" classname="S"><error message="x"/></testcase>', (0, 1)),
    "skipped": ('<testcase name="a" classname="S"><skipped message="x"/></testcase>', (0, 1)),
    "gtest skipped": ('<testcase name="a" classname="S" status="run" result="skipped"/>', (0, 1)),
    "disabled": ('<testcase name="a" classname="S" status="notrun" result="suppressed"/>', (0, 1)),
    "two of them": ('<testcase name="a" classname="S"/><testcase name="b" classname="S"><failure/></testcase>', (1, 1)),
}


@pytest.mark.parametrize("xml, expected", CASES.values(), ids=CASES.keys())
def test_counts_a_case(tmp_path, xml, expected):
    report = tmp_path / "report.xml"
    report.write_text(f"<testsuites><testsuite>{xml}</testsuite></testsuites>")
    tally = run_tests.Tally()
    tally.add_junit(report, "here")
    assert (tally.passed, len(tally.failed)) == expected


def test_every_part_is_documented():
    readme = (SOURCE.parent / "README.md").read_text()
    assert all(f"| `{part}` |" in readme for part in run_tests.PARTS)
