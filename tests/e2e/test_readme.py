"""The examples of README.md, run as they stand there, with the ports of the test's own server."""

import os
import re
import subprocess

from sluice import ROOT

EXAMPLE = re.compile(r"<!-- example: (\w+) -->\n```sh\n(.*?)```", re.S)


def test_examples_of_the_readme_do_what_it_says(start):
    sluice = start("serve")
    examples = dict(EXAMPLE.findall((ROOT / "README.md").read_text()))
    assert set(examples) == {"send", "query"}

    def run(name):
        script = examples[name].replace("localhost:4318", sluice.addresses["otlp-http"])
        script = script.replace("localhost:8123", sluice.addresses["clickhouse-http"])
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert run("send") == '{"partialSuccess":{}}'
    table = run("query")
    assert re.search(r"shop +│ warn +│ u-17 +│ cart abandoned", table), table


def test_tools_run_serves_in_a_relative_directory(start, tmp_path):
    data = os.path.relpath(tmp_path / "data", ROOT)
    sluice = start("serve", "--data", data, program=ROOT / "tools/run")
    assert sluice.query("SELECT count() FROM otel_logs") == "0\n"
    assert (tmp_path / "data" / "server.sock").is_socket()
