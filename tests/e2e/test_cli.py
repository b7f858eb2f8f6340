"""What a person meets first: help, and errors of one line that say what to do, at once."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time

import pytest
from run_config import JSON, LOG, request
from sluice import BINARY, get, wait_for

# F45 of the fault list: an error of the configuration ends the process in a second. The bound here is for a
# machine that is busy with other tests; what matters is that nothing is waited for.
SECONDS_MAX = 10

USAGE = 2
FAILURE = 1


def run(*args, env=None, stdin=None):
    """(exit code, standard output, lines of standard error) of a command that ends by itself."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("CLICKHOUSE_", "HYPERDX_", "SLUICE_", "OTLP_"))}
    done = subprocess.run([str(BINARY), *map(str, args)], capture_output=True, text=True, timeout=SECONDS_MAX,
                          input=stdin, env={**clean, **(env or {})})
    return done.returncode, done.stdout, done.stderr.splitlines()


def test_alone_it_prints_help():
    code, out, err = run()
    assert (code, err) == (0, [])
    for command in ("serve", "gateway", "server", "query", "schema", "bench", "version"):
        assert f"  {command} " in out


@pytest.mark.parametrize("command", ["serve", "gateway", "server", "query", "schema", "bench"])
def test_every_command_has_help(command):
    code, out, err = run(command, "--help")
    assert (code, err) == (0, [])
    assert out.startswith(f"sluice {command}")
    assert "-fd" not in out, "options between our own processes are not for people"


@pytest.mark.parametrize("args, code, text", [
    (["serv"], USAGE, "there is no command serv; did you mean serve?"),
    (["serve", "--otlp-grcp", "x"], USAGE, "there is no option --otlp-grcp; did you mean --otlp-grpc?"),
    (["serve", "--otlp-grpc"], USAGE, "--otlp-grpc needs a value: --otlp-grpc HOST:PORT"),
    (["serve", "--otlp-grpc", "4317"], USAGE, "it is HOST:PORT"),
    (["serve", "--flush-interval", "soon"], USAGE, "it is a duration such as 200ms"),
    (["serve", "--memory-limit", "much"], USAGE, "it is a size such as"),
    (["serve", "--ack", "wal"], USAGE, "wal is reserved for the write-ahead log"),
    (["serve", "--ack", "never"], USAGE, "it is one of store, memory"),
    (["serve", "--logs-ttl", "a while"], USAGE, "a while"),
    (["serve", "extra"], USAGE, 'what is "extra" for?'),
    (["serve", "--clickhouse-http", "0.0.0.0:0"], USAGE, "it needs a password"),
    (["server", "--clickhouse-http", "[::]:0"], USAGE, "it needs a password"),
    (["gateway"], USAGE, "--clickhouse-endpoint http://HOST:8123"),
    (["gateway", "--clickhouse-endpoint", "ftp://db:9000"], USAGE, "http://host:8123"),
    (["gateway", "--clickhouse-endpoint", "tcp://db:9001"], USAGE, "http_port"),
    (["bench", "profiles"], USAGE, "is not one of logs, traces, metrics"),
    (["bench", "--protocol", "carrier-pigeon"], USAGE, "it is one of grpc, http"),
])
def test_a_mistake_gives_one_line_that_says_what_to_do(args, code, text, tmp_path):
    if args[0] in ("serve", "server"):
        args = [*args, "--data", tmp_path / "data"]
    got, out, err = run(*args)
    assert (got, out, len(err)) == (code, "", 1), err
    assert err[0].startswith("sluice: ")
    assert text in err[0]


@pytest.mark.parametrize("env, text", [
    ({"OIDC_ISSUER_URL": "https://issuer"}, "OIDC_ISSUER_URL is set"),
    ({"HYPERDX_OTEL_EXPORTER_LOGS_TTL": "-1h"}, "environment variable HYPERDX_OTEL_EXPORTER_LOGS_TTL"),
])
def test_an_environment_that_cannot_be_followed_stops_the_start(env, text):
    code, out, err = run("gateway", "--clickhouse-endpoint", "http://127.0.0.1:1", env=env)
    assert (code, out, len(err)) == (USAGE, "", 1), err
    assert text in err[0]


@pytest.mark.parametrize("option", ["--otlp-grpc", "--otlp-http", "--health", "--metrics", "--clickhouse-http"])
def test_a_port_in_use_is_named(option, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        args = ["serve", "--data", tmp_path / "data"]
        for other in ("--otlp-grpc", "--otlp-http", "--health", "--metrics", "--clickhouse-http"):
            args += [other, address if other == option else "127.0.0.1:0"]
        code, out, err = run(*args)
    err = [line for line in err if line.startswith("sluice: ")]  # beside lines of the log
    assert (code, out, len(err)) == (FAILURE, "", 1), err
    assert f"{option}: " in err[0] and f"address {address} is in use" in err[0]


def test_all_ports_in_use_are_named_at_once(tmp_path):
    options = ["--otlp-grpc", "--otlp-http", "--health", "--metrics", "--clickhouse-http"]
    with contextlib.ExitStack() as stack:
        taken = {option: stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for option in options}
        args = [word for option, port in taken.items() for word in (option, f"127.0.0.1:{port}")]
        code, out, err = run("serve", "--data", tmp_path / "data", *args)
    assert (code, out, len(err)) == (FAILURE, "", len(options)), err
    for option, port in taken.items():
        assert any(f"{option}: " in line and f"127.0.0.1:{port} is in use" in line for line in err), err


CLASH = """
extensions:
  health_check: {endpoint: "127.0.0.1:4317"}
receivers:
  otlp: {protocols: {grpc: {endpoint: "0.0.0.0:4317"}, http: {endpoint: "localhost:0"}}}
  otlp/b: {protocols: {http: {endpoint: "localhost:8888"}}}
exporters: {nop: }
service:
  extensions: [health_check]
  pipelines:
    logs: {receivers: [otlp, otlp/b], exporters: [nop]}
"""


@pytest.mark.parametrize("command", ["validate", "run"])
def test_a_port_that_a_configuration_asks_for_twice_is_named_before_anything_starts(command, tmp_path):
    file = tmp_path / "clash.yaml"
    file.write_text(CLASH)
    code, out, err = run(command, "--config", file)
    assert (code, out, len(err)) == (USAGE, "", 2), err
    assert (f"{file}:5:39: receivers::otlp::protocols::grpc::endpoint: the port of 0.0.0.0:4317 is taken by "
            f"{file}:3:28: extensions::health_check::endpoint: 127.0.0.1:4317") in err[0]
    assert (f"service::telemetry::metrics: the port of localhost:8888 is taken by "
            f"{file}:6:41: receivers::otlp/b::protocols::http::endpoint: localhost:8888") in err[1]


def test_one_port_for_two_options_is_named(tmp_path):
    code, _, err = run("serve", "--data", tmp_path / "data", "--otlp-http", "127.0.0.1:0", "--otlp-grpc", "127.0.0.1:0",
                       "--clickhouse-http", "127.0.0.1:0", "--health", "127.0.0.1:18888", "--metrics", "localhost:18888")
    assert (code, len(err)) == (USAGE, 1), err
    assert "the port of localhost:18888 is taken by --health: extensions::health_check::endpoint: 127.0.0.1:18888" in err[0]


def test_bind_is_the_host_of_what_is_not_given():
    gateway = ("gateway", "--clickhouse-endpoint", "http://127.0.0.1:1", "--print-config")
    code, out, err = run(*gateway, "--bind", "0.0.0.0", "--otlp-http", "localhost:4318")
    assert (code, err) == (0, [])
    for text in ("endpoint: 0.0.0.0:4317", "endpoint: localhost:4318", "endpoint: 0.0.0.0:13133", "host: 0.0.0.0"):
        assert text in out
    code, out, err = run(*gateway, "--bind", "::1", "--set", "receivers.otlp/hyperdx.protocols.http.endpoint=localhost:1")
    assert (code, err) == (0, [])
    for text in ('"[::1]:4317"', 'endpoint: localhost:1', '"[::1]:13133"', 'host: "[::1]"'):
        assert text in out
    code, _, err = run("serve", "--bind", "0.0.0.0")
    assert (code, len(err)) == (USAGE, 1)
    assert "--clickhouse-http 0.0.0.0:8123 can be reached from the network, so it needs a password" in err[0]


def test_open_ports_are_named_in_one_line(start):
    gateway = start("gateway", "--clickhouse-endpoint", "tcp://127.0.0.1:9000", "--otlp-grpc", "0.0.0.0:0", "--otlp-http", "0.0.0.0:0",
                    "--health", "0.0.0.0:0", "--metrics", "0.0.0.0:0")
    (line,) = [line for line in gateway.lines if "open to the network without authentication" in line]
    for what in ("otlp-grpc", "otlp-http", "health", "metrics"):
        assert f"{what} {gateway.addresses[what]}" in line
    # What holds for both exporters is said once.
    assert sum("Sluice speaks HTTP to" in line for line in gateway.lines) == 1, gateway.log()


def test_a_token_closes_the_receivers_ports(start):
    gateway = start("gateway", "--clickhouse-endpoint", "http://127.0.0.1:9", "--otlp-grpc", "0.0.0.0:0", "--otlp-http", "0.0.0.0:0",
                    env={"OTLP_AUTH_TOKEN": "geheim"})
    assert "without authentication" not in gateway.log()


def test_a_missing_engine_is_one_line(tmp_path):
    code, _, err = run("serve", "--data", tmp_path / "data", "--libchdb", tmp_path / "libchdb.so",
                       "--otlp-grpc", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0", "--clickhouse-http", "127.0.0.1:0",
                       "--health", "off", "--metrics", "off")
    assert (code, len(err)) == (FAILURE, 1), err
    assert "libchdb.so" in err[0]


def test_a_data_directory_in_use_is_refused(start, tmp_path):
    first = start("serve")
    code, _, err = run("serve", "--data", tmp_path / "data", "--otlp-grpc", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0",
                       "--clickhouse-http", "127.0.0.1:0", "--health", "off", "--metrics", "off")
    assert (code, len(err)) == (FAILURE, 1), err
    assert f"(process {first.process.pid})" in err[0]


def test_print_config_hides_secrets(tmp_path):
    secret = "seeded-secret-4711"
    password_file = tmp_path / "password"
    password_file.write_text(secret + "\n")
    password_file.chmod(0o600)
    for args, env in ((["--password-file", password_file], {}), ([], {"SLUICE_PASSWORD": secret}),
                      (["--password", secret], {})):
        for command in (["gateway", "--clickhouse-endpoint", "http://db:8123"], ["server"]):
            code, out, err = run(*command, "--print-config", *args, env=env)
            assert code == 0, err
            assert secret not in out + "".join(err)
            assert 'password: "[REDACTED]"' in out


def test_print_config_says_what_stands_in_no_configuration():
    given = ["--ack", "memory", "--lanes", 3, "--clickhouse-http", "127.0.0.1:9999", "--queries-max", 5, "--query-timeout", "5s",
             "--engine-memory-limit", "1GiB", "--clickhouse-cors"]
    code, out, err = run("serve", "--print-config", *given)
    assert (code, err) == (0, [])
    assert {"#   ack: memory", '#   lanes: "3"', "#   clickhouse-http: 127.0.0.1:9999", '#   queries-max: "5"',
            "#   query-timeout: 5s", "#   engine-memory-limit: 1GiB", '#   clickhouse-cors: "true"'} <= set(out.splitlines()), out


def test_print_config_hides_passwords_in_urls(tmp_path):
    code, out, err = run("gateway", "--clickhouse-endpoint", "http://db:8123?user=u&password=X4711", "--print-config")
    assert code == 0, err
    assert "http://db:8123?user=u&password=[REDACTED]" in out and "X4711" not in out + "".join(err)
    file = tmp_path / "config.yaml"
    file.write_text("""
receivers: {nop: }
exporters:
  clickhouse: {endpoint: "http://u:X4711@db:8123/d", connection_params: {password: X4711, max_threads: "4"}}
  otlp_http: {endpoint: "https://u:X4711@h", logs_endpoint: "https://u:X4711@h/logs"}
service: {pipelines: {logs: {receivers: [nop], exporters: [clickhouse, otlp_http]}}}
""")
    code, out, err = run("run", "--config", file, "--print-config")
    assert code == 0, err
    assert out.count("u:[REDACTED]@") == 3 and 'max_threads: "4"' in out and "X4711" not in out + "".join(err)


def test_print_config_can_be_run(tmp_path):
    code, out, err = run("gateway", "--clickhouse-endpoint", "http://127.0.0.1:1", "--print-config")
    assert (code, err) == (0, [])
    file = tmp_path / "printed.yaml"
    file.write_text(out)
    assert run("validate", "--config", file)[0] == 0


def without_options(printed):
    return printed.partition("\n# Options of the process:\n")[0]


def printed_by(*command):
    code, out, err = run(*command, "--print-config")
    return code, without_options(out), err


def test_print_config_prints_the_same_when_it_is_read_again(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text('''
receivers: {otlp: {protocols: {grpc: {read_buffer_size: 5}}}}
processors:
  batch: {timeout: 2s, metadata_keys: [a]}
  transform: {log_statements: ['replace_pattern(log.body, "a(b)", "$$1 $${x}")']}
exporters:
  otlp_http: {endpoint: "http://localhost:1", headers: {authorization: secret, x: y}}
service:
  telemetry:
    logs: {level: debug}
    metrics: {readers: [{pull: {exporter: {prometheus: {host: "::1", port: 0, without_type_suffix: false}}}}]}
  pipelines:
    logs: {receivers: [otlp], processors: [batch, transform], exporters: [otlp_http]}
''')
    code, first, err = run("run", "--config", file, "--print-config")
    assert code == 0, err
    assert "level: debug" in first and 'host: "[::1]"' in first and "without_type_suffix: false" in first
    assert "read_buffer_size" not in first and "metadata_keys" not in first
    assert "secret" not in first
    again = tmp_path / "again.yaml"
    again.write_text(first)
    assert run("validate", "--config", again) == (0, "", [])
    assert printed_by("run", "--config", again) == (0, without_options(first), [])
    for options in ([], ["--metrics", "off"]):
        code, preset, err = run("gateway", "--clickhouse-endpoint", "http://127.0.0.1:1", *options, "--print-config")
        assert (code, err) == (0, [])
        again.write_text(preset)
        assert printed_by("run", "--config", again) == (0, without_options(preset), [])


@pytest.mark.parametrize("sources, text", [
    (["{folder}"], "the configuration {folder} is a directory; name a YAML file"),
    (["{folder}/good.yaml", "{folder}/none.yaml"], "cannot read the configuration {folder}/none.yaml: No such file or directory"),
    (["{folder}/good.yaml", "{folder}/bad.yaml"], "{folder}/bad.yaml:2:1: this is no YAML"),
    (["{folder}/good.yaml", "{folder}/wrong.yaml"], "{folder}/wrong.yaml:1:"),
    ([""], "--config"),
])
def test_an_error_names_the_file_of_several(tmp_path, sources, text):
    (tmp_path / "good.yaml").write_text("receivers: {nop: }\nexporters: {nop: }\n"
                                        "service: {pipelines: {logs: {receivers: [nop], exporters: [nop]}}}\n")
    (tmp_path / "bad.yaml").write_text("a: [\n")
    (tmp_path / "wrong.yaml").write_text("exporters: {nop: {x: 1}}\n")
    words = [word for source in sources for word in ("--config", source.format(folder=tmp_path))]
    code, _, err = run("validate", *words)
    assert (code, len(err)) == (USAGE, 1), err
    assert text.format(folder=tmp_path) in err[0]


def test_validate_says_everything_that_is_wrong(tmp_path):
    file = tmp_path / "wrong.yaml"
    file.write_text("""
receivers:
  otlp: {protocols: {grpc: {endpoint: "localhost:99999"}, http: {endpoint: "http://localhost:4318"}}}
processors:
  attributes: {actions: [{key: a, action: upsrt, value: 1}]}
  redaction: {allow_all_keys: true, blocked_values: ['(abc']}
  tail_sampling: {policies: [{name: a, type: latncy}]}
  transform: {log_statements: ['set(log.attributes["a"], ParseJson(log.body))']}
exporters:
  debug:
  clickhouse: {endpoint: "http://db:8123", create_schema: false, json: true, clickstack_schema: {}}
service:
  pipelines:
    logs: {receivers: [otlp], processors: [attributes, redaction, transform], exporters: [debug, clickhouse]}
    traces: {receivers: [otlp], processors: [attributes, tail_sampling], exporters: [debug]}
""")
    code, out, err = run("validate", "--config", file)
    assert (code, out) == (USAGE, "")
    text = "\n".join(err)
    for part in ("grpc::endpoint: address 'localhost:99999' is not HOST:PORT", "address 'http://localhost:4318' is not",
                 'there is no function ParseJson (did you mean "ParseJSON"?)', "ClickStack's schema has no JSON columns"):
        assert part in text
    # What only the makers of components can say comes once the form is right.
    file.write_text(file.read_text().replace("localhost:99999", "localhost:4317").replace("http://localhost:4318", "localhost:4318")
                    .replace("ParseJson", "ParseJSON").replace("json: true", "json: false"))
    code, out, err = run("validate", "--config", file)
    assert (code, out) == (USAGE, "")
    assert len(err) == 3, err
    for line, part in ((5, "upsrt"), (6, "(abc"), (7, "latncy")):
        assert any(f"wrong.yaml:{line}:" in each and part in each for each in err), err


def test_a_variable_that_is_not_set_is_named(tmp_path):
    file = tmp_path / "variable.yaml"
    file.write_text("""
receivers: {otlp: {protocols: {grpc: {endpoint: "${env:NOT_SET_AT_ALL:-localhost}:0"}}}}
exporters: {debug: {verbosity: "${env:NOT_SET_EITHER}"}}
service: {pipelines: {logs: {receivers: [otlp], exporters: [debug]}}}
""")
    _, _, err = run("validate", "--config", file)
    assert any("variable.yaml:3:" in line and "exporters::debug::verbosity" in line and "NOT_SET_EITHER" in line
               for line in err), err
    assert "NOT_SET_AT_ALL" not in "\n".join(err)


def test_secrets_are_in_no_output_and_on_no_command_line(start):
    secret = "seeded-secret-4712"
    sluice = start("serve", env={"SLUICE_PASSWORD": secret})
    for pid in (sluice.process.pid, *sluice.children()):
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            assert secret.encode() not in f.read()
    (child,) = sluice.children()
    with open(f"/proc/{child}/environ", "rb") as f:
        assert f.read() == b"", "the engine lets queries read its environment"
    assert secret not in get(sluice.url("metrics") + "/metrics")
    sluice.stop()
    assert secret not in sluice.log()


def test_query_asks_the_running_server_and_else_the_directory(start, tmp_path):
    data = tmp_path / "data"
    sluice = start("serve")
    code, out, err = run("query", "SELECT 40 + 2", "--data", data)
    assert (code, out, err) == (0, "42\n", [])
    code, out, err = run("query", "--data", data, "--format", "JSONEachRow", stdin="SELECT 1 AS x")
    assert (code, out) == (0, '{"x":1}\n'), err
    code, out, err = run("query", "--url", sluice.url("clickhouse-http"), "SELECT nothing_like_it")
    assert (code, out) == (FAILURE, "")
    assert "nothing_like_it" in err[0]
    assert sluice.stop() == 0, sluice.log()
    code, out, err = run("query", "SELECT count() FROM otel_logs", "--data", data)
    assert (code, out) == (0, "0\n"), err


@pytest.mark.parametrize("name", ["data", "100%25 full! a&b, 'é';#"])
def test_a_data_directory_may_be_relative_and_have_any_name(start, tmp_path, name):
    data = os.path.relpath(tmp_path / name)
    sluice = start("serve", "--data", data)
    sluice.query("CREATE TABLE here (x UInt8) ENGINE = MergeTree ORDER BY x AS SELECT 7 AS x")
    code, out, err = run("query", "SELECT x FROM here", "--data", data)
    assert (code, out, err) == (0, "7\n", [])
    assert request(sluice.url("otlp-http") + "/v1/logs", LOG, JSON)[0] == 200  # stored over the socket


def test_query_without_a_server_says_what_to_start(tmp_path):
    code, out, err = run("query", "SELECT 1", "--data", tmp_path / "missing")
    assert (code, out, len(err)) == (FAILURE, "", 1), err
    assert str(tmp_path / "missing") in err[0]


def test_schema_prints_statements():
    code, out, err = run("schema", "--logs-ttl", "7d", "--traces-ttl", "0")
    assert (code, err) == (0, [])
    assert "CREATE TABLE IF NOT EXISTS `default`.`otel_logs`" in out
    assert "toIntervalDay(7)" in out


def test_health_and_ready(start):
    sluice = start("serve")
    assert '"status":"Server available"' in get(sluice.url("health") + "/")
    assert get(sluice.url("health") + "/ready") == '{"ready":true}'
    assert sluice.metric("sluice_server_up") == 1
    assert sluice.stop() == 0, sluice.log()


def test_a_first_start_has_nothing_to_complain_about(start):
    sluice = start("serve")
    sluice.rows("SELECT count() FROM hyperdx_sessions")
    assert sluice.stop() == 0, sluice.log()
    levels = [json.loads(line)["level"] for line in sluice.lines if line.startswith("{")]
    assert "info" in levels and not {"warn", "error"} & set(levels), sluice.log()


def test_bench_finds_every_record(start):
    sluice = start("serve", "--flush-interval", "50ms")
    for protocol, encoding in (("grpc", "zstd"), ("http", "gzip")):
        code, out, err = run("bench", "logs", "traces", "metrics", "--protocol", protocol, "--encoding", encoding,
                             "--target", sluice.addresses[f"otlp-{protocol}"], "--requests", 12, "--records", 50,
                             "--connections", 2, "--clickhouse-http", sluice.url("clickhouse-http"))
        assert code == 0, (out, err)
        for signal_name in ("logs", "traces", "metrics"):
            assert f"stored {signal_name}: 200 of 200, missing 0, doubled 0" in out


def test_bench_fails_where_it_reaches_nobody():
    code, out, err = run("bench", "logs", "--target", "127.0.0.1:9", "--duration", "1s", "--clickhouse-http", "off")
    assert code == 1 and "no request was accepted: cannot connect to 127.0.0.1:9" in err[-1], (code, out, err)


def test_a_killed_server_is_started_again(start):
    sluice = start("serve")
    (child,) = sluice.children()
    os.kill(child, signal.SIGKILL)
    end = time.monotonic() + 60
    while sluice.metric("sluice_server_restarts_total") < 1 or sluice.metric("sluice_server_up") < 1:
        assert time.monotonic() < end, sluice.log()
        time.sleep(0.05)
    assert sluice.children() != [child]
    assert sluice.stop() == 0, sluice.log()


def test_a_second_signal_ends_at_once(start):
    # A store that takes connections and never answers, and a sender that waits for it: the first signal would wait too.
    with socket.create_server(("127.0.0.1", 0)) as store:
        sluice = start("gateway", "--clickhouse-endpoint", f"http://127.0.0.1:{store.getsockname()[1]}", ready=False)
        wait_for(lambda: "otlp-http" in sluice.addresses, "the receiver listens")
        host, _, port = sluice.addresses["otlp-http"].rpartition(":")
        with socket.create_connection((host, int(port))) as sender:
            sender.sendall(b"POST /v1/logs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                           b"Content-Length: %d\r\n\r\n%s" % (len(LOG), LOG))
            taken = insert_that_comes(store)
            sluice.process.send_signal(signal.SIGTERM)
            wait_for(lambda: any("shutting down" in line for line in sluice.lines), "the first signal is heard")
            assert sluice.process.poll() is None, sluice.log()
            sender.settimeout(0)
            with pytest.raises(BlockingIOError):
                sender.recv(1)
            sluice.process.send_signal(signal.SIGTERM)
            assert sluice.process.wait(SECONDS_MAX) == -signal.SIGTERM
        for connection in taken:
            connection.close()


def insert_that_comes(store):
    """The connections that a listener got, the last of which brought an INSERT."""
    store.settimeout(SECONDS_MAX)
    taken = []
    while True:
        taken.append(store.accept()[0])
        taken[-1].settimeout(SECONDS_MAX)
        if b"INSERT" in taken[-1].recv(65536):
            return taken
