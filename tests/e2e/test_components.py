"""`sluice components`, `sluice schema config`, and that docs/components is what the program writes."""

import json
import re
import subprocess

import pytest

from sluice import BINARY, ROOT

DOCS = ROOT / "docs/components"


def sluice(*words, code=0):
    done = subprocess.run([str(BINARY), *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def test_the_documents_are_up_to_date(tmp_path):
    sluice("components", "--docs", tmp_path)
    written = {page.name: page.read_text() for page in tmp_path.iterdir()}
    kept = {page.name: page.read_text() for page in DOCS.iterdir()}
    stale = sorted(name for name in written.keys() | kept.keys() if written.get(name) != kept.get(name))
    assert not stale, f"{stale} differ: run `sluice components --docs docs/components`, and remove what is gone"


def test_every_option_has_a_sentence():
    for page in DOCS.iterdir():
        for line in page.read_text().splitlines():
            if line.startswith("| `"):
                *_, doc, _ = re.split(r"(?<!\\)\|", line)
                assert len(doc.split()) >= 2, f"{page.name}: {line}"


COMPONENTS = ROOT / "src/components"
# Two that do nothing share a folder.
FOLDERS = {"extensions/pprof": "extensions/inert", "extensions/zpages": "extensions/inert"}
PAGES = sorted(page.stem for page in DOCS.iterdir() if page.stem != "README")


@pytest.mark.parametrize("page", PAGES)
def test_what_belongs_to_a_component_is_there(page):
    kind, name = page.split("-", 1)
    folder = f"{kind}s/{name}"
    readme = (COMPONENTS / FOLDERS.get(folder, folder) / "README.md").read_text()
    assert f"[docs/components/{page}.md](../../../../docs/components/{page}.md)" in readme.partition("All options:")[2]
    tables, _, ignored = (DOCS / f"{page}.md").read_text().partition("## Without effect")
    for table, says_so in [(tables.partition("## Refused")[2], False), (ignored, '"Without effect"' in readme)]:
        for option in re.findall(r"^\| `([^`]+)`", table, re.M):
            assert says_so or re.search(rf"\b{option.split('.')[-1]}\b", readme), f"the README is silent about {option}"


@pytest.mark.parametrize("page", PAGES)
def test_every_component_has_tests_and_a_benchmark_or_says_where_its_work_is_measured(page):
    kind, name = page.split("-", 1)
    folder = COMPONENTS / FOLDERS.get(f"{kind}s/{name}", f"{kind}s/{name}")
    assert list(folder.glob("*_test.cc"))
    readme = (folder / "README.md").read_text()
    elsewhere = re.findall(r"`(src/\S+_bench\.cc)`", readme)
    assert all((ROOT / path).exists() for path in elsewhere), elsewhere
    of_processors = (COMPONENTS / "processors/processors_bench.cc").read_text()
    assert (list(folder.glob("*_bench.cc")) or elsewhere or re.search("no work of (its|their) own for a record", readme)
            or kind == "processor" and f'"{name}"' in of_processors)


def test_the_list_names_what_there_is_and_what_is_not_yet():
    listed, _, planned = sluice("components").partition("Not yet:")
    assert re.search(r"^receiver otlp +Takes OTLP", listed, re.M)
    assert re.search(r"^extension health_check ", listed, re.M)
    assert re.search(r"^receiver prometheus ", planned, re.M)


@pytest.mark.parametrize("text, message", [
    ("receivers: {prometheus: }", "receivers::prometheus: the receiver prometheus is not supported yet"),
    ("receivers: {otlpp: }", 'there is no receiver of type "otlpp"; did you mean "otlp"?'),
])
def test_a_known_component_that_is_missing_is_said_to_be(tmp_path, text, message):
    config = tmp_path / "c.yaml"
    config.write_text(text + "\nexporters: {nop: }\nservice: {pipelines: {logs: {receivers: [nop], exporters: [nop]}}}\n")
    config.write_text(config.read_text().replace("receivers: [nop]", f"receivers: [{text.split('{')[1].split(':')[0]}]"))
    errors = sluice("validate", "--config", config, code=2)
    assert f"{config}:1:13: " in errors or f"{config}:1:" in errors
    assert message in errors


def test_all_errors_are_said_at_once(tmp_path):
    config = tmp_path / "c.yaml"
    config.write_text("""
receivers:
  otlp:
    protocols:
      grpc: {max_recv_msg_size_mib: x}
      http: {auth: {authenticator: nobody}}
exporters: {nop: }
service:
  pipelines:
    logs: {receivers: [otlp], exporters: [nop]}
""")
    errors = sluice("validate", "--config", config, code=2).splitlines()
    assert len(errors) == 2, errors
    assert f"{config}:5:37: receivers::otlp::protocols::grpc::max_recv_msg_size_mib: expected an integer" in errors[0]
    assert "receivers::otlp::protocols::http::auth::authenticator: the extension nobody is not configured" in errors[1]


def test_a_value_that_cannot_be_had_hides_nothing_elsewhere(tmp_path):
    config = tmp_path / "c.yaml"
    config.write_text("""
receivers: {nop: }
processors:
  batch: {send_batch_size: "${file:/nonexistent/size}", timeout: soon}
exporters:
  file: {path: "${nope:x}"}
  otlp_http: {endpoint: "https://localhost:1", tls: {ca_file: /nonexistent/ca.pem}}
service:
  telemetry: {logs: {level: loud}}
  pipelines:
    logs: {receivers: [nop], processors: [batch], exporters: [file, otlp_http]}
""")
    errors = sluice("validate", "--config", config, code=2).splitlines()
    for error, (line, part) in zip(errors, ((4, "send_batch_size: cannot read the file"), (6, 'path: the scheme "nope"'),
                                            (9, "level: expected debug"), (4, "timeout: expected a duration"),
                                            (7, "the CA file cannot be read")), strict=True):
        assert f"{config}:{line}:" in error and part in error, errors


def test_validate_and_run_say_that_a_size_of_batches_has_no_effect(tmp_path):
    config = tmp_path / "c.yaml"
    config.write_text("""
receivers: {nop: }
processors:
  batch: {send_batch_size: 500}
exporters: {clickhouse: {endpoint: "http://127.0.0.1:1"}}
service: {pipelines: {logs: {receivers: [nop], processors: [batch], exporters: [clickhouse]}}}
""")
    for command in (("validate",), ("run", "--print-config")):
        done = subprocess.run([BINARY, *command, "--config", config], capture_output=True, text=True, check=True)
        assert done.stderr.count(f"{config}:4:28: processors::batch::send_batch_size: this option has no effect on the exporter "
                                 "clickhouse") == 1, done.stderr


def test_the_schema_for_editors_fits_configurations():
    schema = json.loads(sluice("schema", "config"))

    def find(pattern, properties):
        return next(value for key, value in properties.items() if re.search(pattern, key))

    receivers = schema["properties"]["receivers"]["patternProperties"]
    assert any(re.match(pattern, "otlp/two") for pattern in receivers)
    otlp = find(r"^\^\(otlp\)", receivers)
    grpc = otlp["properties"]["protocols"]["anyOf"][0]["properties"]["grpc"]["anyOf"][0]["properties"]
    assert grpc["endpoint"]["default"] == "localhost:4317"
    assert "logs" in schema["properties"]["service"]["properties"]["telemetry"]["properties"]
    assert any(re.match(pattern, "traces/x") for pattern in
               schema["properties"]["service"]["properties"]["pipelines"]["patternProperties"])
    # What a part has no use for in one component only is marked there.
    clickhouse = find(r"^\^\(clickhouse\)", schema["properties"]["exporters"]["patternProperties"])["properties"]
    queue = clickhouse["sending_queue"]["anyOf"][0]["properties"]
    assert queue["queue_size"]["deprecated"] is True and "Has no effect: " in queue["queue_size"]["deprecationMessage"]
    assert queue["batch"]["anyOf"][0]["properties"]["partition"]["deprecated"] is True
    assert "deprecated" not in queue["num_consumers"]
