"""Every variable of ClickStack's image: `run` does what it says, or answers it with one line."""

import pytest

import clickstack_files
from test_cli import USAGE, run

SET = {"CLICKHOUSE_ENDPOINT": "http://127.0.0.1:1", "HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE": "otel"}

# A certificate and its key go together.
WITH = {"CLICKHOUSE_TLS_CERT_FILE": {"CLICKHOUSE_TLS_KEY_FILE": "{folder}/key.pem"},
        "CLICKHOUSE_TLS_KEY_FILE": {"CLICKHOUSE_TLS_CERT_FILE": "{folder}/cert.pem"}}

WORKS = [
    ("CLICKHOUSE_ENDPOINT", "http://db.example:8123", 'endpoint: http://db.example:8123', 2),
    ("CLICKHOUSE_USER", "otel", "username: otel", 2),
    ("CLICKHOUSE_PASSWORD", "geheim", 'password: "[REDACTED]"', 2),
    ("HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE", "telemetry", "database: telemetry", 2),
    ("CLICKHOUSE_TLS_CA_FILE", "{folder}/ca.pem", "ca_file: {folder}/ca.pem", 2),
    ("CLICKHOUSE_TLS_CERT_FILE", "{folder}/cert.pem", "cert_file: {folder}/cert.pem", 2),
    ("CLICKHOUSE_TLS_KEY_FILE", "{folder}/key.pem", "key_file: {folder}/key.pem", 2),
    ("CLICKHOUSE_TLS_SERVER_NAME_OVERRIDE", "db.example", "server_name_override: db.example", 2),
    ("CLICKHOUSE_TLS_INSECURE_SKIP_VERIFY", "true", "insecure_skip_verify: true", 2),
    ("HYPERDX_OTEL_EXPORTER_TABLES_TTL", "48h", "tables_ttl: 48h", 1),
    ("HYPERDX_OTEL_EXPORTER_LOGS_TTL", "48h", "logs_ttl: 48h", 1),
    ("HYPERDX_OTEL_EXPORTER_TRACES_TTL", "2d", "traces_ttl: 48h", 1),
    ("HYPERDX_OTEL_EXPORTER_METRICS_TTL", "48h", "metrics_ttl: 48h", 1),
    ("HYPERDX_OTEL_EXPORTER_SESSIONS_TTL", "48h", "sessions_ttl: 48h", 1),
    ("HYPERDX_OTEL_EXPORTER_RECONCILE_TABLE_TTL", "true", "reconcile_table_ttl: true", 1),
    ("HYPERDX_OTEL_EXPORTER_CREATE_LEGACY_SCHEMA", "true", "create_schema: true", 2),
    ("HYPERDX_OTEL_EXPORTER_CREATE_LEGACY_SCHEMA", "true", "clickstack_schema", 0),
    ("HYPERDX_OTEL_EXPORTER_CLICKHOUSE_JSON_ENABLE", "true", "json: true", 2),
    ("HYPERDX_OTEL_EXPORTER_CLICKHOUSE_JSON_ENABLE", "true", "create_schema: true", 2),
    ("OTEL_AGENT_FEATURE_GATE_ARG", "--feature-gates=a,clickhouse.json", "json: true", 2),
    ("OTEL_AGENT_FEATURE_GATE_ARG", "--feature-gates=a,clickhouse.json", "create_schema: true", 2),
    ("HYPERDX_OTEL_EXPORTER_TIMEOUT", "11s", "timeout: 11s", 2),
    ("HYPERDX_OTEL_BATCH_SEND_BATCH_SIZE", "123", "send_batch_size: 123", 1),
    ("HYPERDX_OTEL_BATCH_SEND_BATCH_MAX_SIZE", "12345", "send_batch_max_size: 12345", 1),
    ("HYPERDX_OTEL_BATCH_TIMEOUT", "7s", "timeout: 7s", 1),
    ("HYPERDX_LOG_LEVEL", "warn", "level: warn", 1),
    ("OTLP_AUTH_TOKEN", "geheim", "authenticator: bearertokenauth/hyperdx", 2),
    ("CUSTOM_OTELCOL_CONFIG_FILE", "{folder}/custom.yaml", "limit_mib: 700", 1),
]

ANSWERED = [
    ("OIDC_AUDIENCE", "sluice"),
    ("OPAMP_SERVER_URL", "http://app:4320"),
    ("OTEL_SUPERVISOR_LOGS", "true"),
    ("CLICKHOUSE_PROMETHEUS_METRICS_ENDPOINT", "db:9363"),
    ("ENABLE_PROMQL", "true"),
    ("ENABLE_DATADOG_RECEIVER", "true"),
    ("INGESTION_API_KEY", "key"),
    ("OPAMP_PORT", "4320"),
]


@pytest.fixture
def files(tmp_path):
    (tmp_path / "custom.yaml").write_text(clickstack_files.CUSTOM)
    for name in ("ca", "cert", "key"):
        (tmp_path / f"{name}.pem").write_text("")
    return clickstack_files.write(tmp_path, base=clickstack_files.BASE, standalone=clickstack_files.STANDALONE)


@pytest.mark.parametrize("name, value, text, times", WORKS)
def test_it_works(files, tmp_path, name, value, text, times):
    env = {**SET, **WITH.get(name, {}), name: value}
    env = {name: value.format(folder=tmp_path) for name, value in env.items()}
    code, out, err = run("run", *files, "--print-config", env=env)
    assert code == 0, err
    assert out.count(text.format(folder=tmp_path)) == times, out
    assert not any(f"{name} is set" in line for line in err), err


@pytest.mark.parametrize("name, value", ANSWERED)
def test_it_is_answered_by_one_line(files, name, value):
    for command in ("run", "validate"):
        code, _, err = run(command, *files, *(["--print-config"] if command == "run" else []), env={**SET, name: value})
        assert code == 0, err
        assert sum(f"{name} is set, but" in line for line in err) == 1, err


@pytest.mark.parametrize("command", ["run", "validate"])
def test_a_protection_that_would_be_dropped_is_refused(files, command):
    code, _, err = run(command, *files, env={**SET, "OIDC_ISSUER_URL": "https://issuer.example"})
    assert code == USAGE
    assert any("OIDC_ISSUER_URL is set, but" in line for line in err), err


def test_what_the_configuration_does_not_use_is_said(tmp_path):
    nothing = clickstack_files.write(tmp_path, nothing="receivers: {nop: }\nexporters: {nop: }\n"
                                     "service: {telemetry: {metrics: {level: none}}, "
                                     "pipelines: {logs: {receivers: [nop], exporters: [nop]}}}\n")
    for name, value, *_ in WORKS:
        if name in ("CUSTOM_OTELCOL_CONFIG_FILE", "OTEL_AGENT_FEATURE_GATE_ARG"):
            continue
        code, out, err = run("validate", *nothing, env={name: value.format(folder=tmp_path)})
        assert (code, out, len(err)) == (0, "", 1), err
        assert f"{name} is set, but" in err[0]
