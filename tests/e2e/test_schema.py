"""The tables that a fresh `sluice serve` makes are ClickStack's, to the last codec and index (conformance/schema.json)."""

import json

import pytest
from sluice import ROOT

EXPECTED = json.loads((ROOT / "tests/conformance/schema.json").read_text())
EXPECTED.pop("metrics_ts")  # only with ENABLE_PROMQL

TABLE_FACTS = ("engine", "partition_key", "sorting_key", "primary_key")
COLUMN_FACTS = ("name", "type", "default_kind", "default_expression", "compression_codec")


def without_empty(row):
    return {k: v for k, v in row.items() if v}


@pytest.mark.parametrize("table", EXPECTED)
def test_table_is_clickstacks(shared_serve, table):
    expected = EXPECTED[table]
    where = f"database = 'default' AND {{}} = '{table}'"

    facts = shared_serve.rows(f"SELECT {', '.join(TABLE_FACTS)} FROM system.tables WHERE {where.format('name')}")
    assert facts == [{k: expected[k] for k in TABLE_FACTS}]

    columns = shared_serve.rows(
        f"SELECT {', '.join(COLUMN_FACTS)} FROM system.columns WHERE {where.format('table')} ORDER BY position")
    assert [without_empty(c) for c in columns] == expected["columns"]

    indices = shared_serve.rows(
        "SELECT name, type_full, expr, toUInt32(granularity) AS granularity FROM system.data_skipping_indices "
        f"WHERE {where.format('table')} ORDER BY name")
    assert indices == expected["skip_indices"]


def test_no_other_tables_but_the_version(shared_serve):
    names = {row["name"] for row in shared_serve.rows("SELECT name FROM system.tables WHERE database = 'default'")}
    assert names == set(EXPECTED) | {"sluice_schema"}
    assert shared_serve.rows("SELECT version FROM sluice_schema") == [{"version": 1}]


def test_the_table_for_promql(start):
    sluice = start("serve", env={"ENABLE_PROMQL": "true"})
    assert sluice.rows("SELECT engine FROM system.tables WHERE database = 'default' AND name = 'metrics_ts'") == [
        {"engine": "TimeSeries"}]
    assert sum("ENABLE_PROMQL is set, but nothing fills the table metrics_ts yet" in line for line in sluice.lines) == 1
    allowed = {"allow_experimental_time_series_table": 1}
    assert sluice.query("SELECT metric_name, tags FROM timeSeriesTags('default', 'metrics_ts')", **allowed) == ""
    # The guard lets these by; the embedded engine has no parser for PromQL.
    for sql in ("SELECT * FROM prometheusQueryRange('default', 'metrics_ts', 'up', now() - 60, now(), 15)",
                "SELECT * FROM prometheusQuery('default', 'metrics_ts', 'up', now())"):
        with pytest.raises(AssertionError, match="Code: 344"):
            sluice.query(sql, **allowed)


def test_retention_follows_clickstacks_variables(start):
    sluice = start("serve", env={"HYPERDX_OTEL_EXPORTER_TABLES_TTL": "48h", "HYPERDX_OTEL_EXPORTER_LOGS_TTL": "90m",
                                 "HYPERDX_OTEL_EXPORTER_METRICS_TTL": "0"})
    ttl = {row["name"]: row["create_table_query"].partition(" TTL ")[2].partition(" SETTINGS ")[0]
           for row in sluice.rows("SELECT name, create_table_query FROM system.tables "
                                  "WHERE database = 'default' AND engine LIKE '%MergeTree'")}
    assert ttl["otel_logs"] == "toDateTime(Timestamp) + toIntervalMinute(90)"
    assert ttl["otel_logs_kv_rollup_15m"] == "Timestamp + toIntervalMinute(90)"
    assert ttl["otel_traces"] == "toDate(Timestamp) + toIntervalDay(2)"
    assert ttl["hyperdx_sessions"] == "TimestampTime + toIntervalDay(2)"
    assert ttl["otel_metrics_gauge"] == ""
