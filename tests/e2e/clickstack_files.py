"""Configurations of ClickStack's shape: its base file, its standalone file and a user's own, on free ports of the loopback."""

from sluice import ROOT


def _log_transform():
    """The statements of the built-in configuration, which are ClickStack's."""
    preset = (ROOT / "src/app/presets/clickstack.yaml").read_text()
    return preset[preset.index("  transform:\n"):preset.index("\nextensions:\n")]


BASE = """
extensions:
  health_check:
    endpoint: 127.0.0.1:0
processors:
  resourcedetection:
    detectors: [env, system, docker]
    timeout: 5s
    override: false
""" + _log_transform() + """
  batch:
    send_batch_size: ${env:HYPERDX_OTEL_BATCH_SEND_BATCH_SIZE:-10000}
    send_batch_max_size: ${env:HYPERDX_OTEL_BATCH_SEND_BATCH_MAX_SIZE:-0}
    timeout: ${env:HYPERDX_OTEL_BATCH_TIMEOUT:-5s}
  memory_limiter:
    limit_mib: 1500
    spike_limit_mib: 512
    check_interval: 5s
service:
  extensions: [health_check]
  telemetry:
    metrics:
      readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: 0}}}}]
    logs:
      level: ${env:HYPERDX_LOG_LEVEL:-info}
"""

_EXPORTER = """
    database: ${env:HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE:-default}
    endpoint: ${env:CLICKHOUSE_ENDPOINT}
    username: ${env:CLICKHOUSE_USER:-default}
    password: ${env:CLICKHOUSE_PASSWORD:-}
    ttl: 720h
    timeout: ${env:HYPERDX_OTEL_EXPORTER_TIMEOUT:-5s}
    create_schema: ${env:HYPERDX_OTEL_EXPORTER_CREATE_LEGACY_SCHEMA:-false}
    json: ${env:HYPERDX_OTEL_EXPORTER_CLICKHOUSE_JSON_ENABLE:-false}
    retry_on_failure: {enabled: true, initial_interval: 5s, max_interval: 30s, max_elapsed_time: 300s}
"""

STANDALONE = f"""
receivers:
  otlp/hyperdx:
    protocols:
      grpc:
        endpoint: "127.0.0.1:0"
        include_metadata: true
      http:
        endpoint: "127.0.0.1:0"
        include_metadata: true
        cors: {{allowed_origins: ["*"], allowed_headers: ["*"]}}
connectors:
  routing/logs:
    default_pipelines: [logs/out-default]
    error_mode: ignore
    table:
      - context: log
        statement: route() where IsMatch(attributes["rr-web.event"], ".*")
        pipelines: [logs/out-rrweb]
exporters:
  clickhouse/rrweb:{_EXPORTER}    logs_table_name: hyperdx_sessions
  clickhouse:{_EXPORTER}
service:
  pipelines:
    traces: {{receivers: [otlp/hyperdx], processors: [memory_limiter, batch], exporters: [clickhouse]}}
    metrics: {{receivers: [otlp/hyperdx], processors: [memory_limiter, batch], exporters: [clickhouse]}}
    logs/in: {{receivers: [otlp/hyperdx], exporters: [routing/logs]}}
    logs/out-default: {{receivers: [routing/logs], processors: [memory_limiter, transform, batch], exporters: [clickhouse]}}
    logs/out-rrweb: {{receivers: [routing/logs], processors: [memory_limiter, batch], exporters: [clickhouse/rrweb]}}
"""

# What ClickStack's image puts between when a token is asked for.
AUTH = """
extensions:
  bearertokenauth/hyperdx: {scheme: "", tokens: ["${env:OTLP_AUTH_TOKEN}"]}
receivers:
  otlp/hyperdx:
    protocols:
      grpc: {auth: {authenticator: bearertokenauth/hyperdx}}
      http: {auth: {authenticator: bearertokenauth/hyperdx}}
service:
  extensions: [bearertokenauth/hyperdx, health_check]
"""

# A user's own file: other processors by other names, in pipelines of the same names.
CUSTOM = """
processors:
  batch/lowlatency: {send_batch_size: 100, timeout: 50ms}
  memory_limiter/custom: {limit_mib: 700, check_interval: 1s}
service:
  pipelines:
    traces: {processors: [memory_limiter/custom, batch/lowlatency]}
    metrics: {processors: [memory_limiter/custom, batch/lowlatency]}
    logs/out-default: {processors: [memory_limiter/custom, transform, batch/lowlatency]}
"""


def write(folder, **files):
    """Writes files into a folder; gives the words of a command line for them."""
    words = []
    for name, text in files.items():
        path = folder / f"{name}.yaml"
        path.write_text(text)
        words += ["--config", path]
    return words
