"""system.metric_log and system.asynchronous_metric_log: what the ClickHouse page of the HyperDX UI asks them."""

import json
import time

import pytest

from clickhouse_http import Http
from sluice import Sluice, wait_for

BUCKET = "toStartOfInterval(toDateTime(event_time), INTERVAL 1 minute) AS `__hdx_time_bucket`"
IN_RANGE = ("(event_time >= fromUnixTimestamp64Milli({HYPERDX_PARAM_1:Int64}) AND "
            "event_time <= fromUnixTimestamp64Milli({HYPERDX_PARAM_2:Int64}))")


def average(column):
    return f"avg(toFloat64OrDefault(toString({column})))"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    sluice = Sluice("server", "--data", tmp_path_factory.mktemp("metrics") / "data")
    http = Http(sluice.wait_ready().addresses["clickhouse-http"])
    http.value("CREATE TABLE t (a Int32) ENGINE = MergeTree ORDER BY a PARTITION BY a % 2")
    http.value("SYSTEM STOP MERGES t")
    for i in range(6):
        http.value(f"INSERT INTO t VALUES ({2 * i})")
    wait_for(lambda: int(http.value("SELECT count() FROM system.metric_log")) >= 10, "rows", 40)
    yield sluice
    assert sluice.stop() == 0, sluice.log()


@pytest.fixture(scope="module")
def http(server):
    return Http(server.addresses["clickhouse-http"])


def chart(http, select, table, where="1", group=""):
    """The rows of a time chart."""
    now = int(time.time() * 1000)
    reply = http.post(
        f"SELECT {select}, {BUCKET} FROM system.{table} WHERE {IN_RANGE} AND ({where}) GROUP BY {group}{BUCKET} "
        "ORDER BY `__hdx_time_bucket` FORMAT JSON",
        param_HYPERDX_PARAM_1=now - 3_600_000, param_HYPERDX_PARAM_2=now)
    assert reply.status == 200, reply.text
    return json.loads(reply.body)["data"]


def test_cpu_and_memory(http):
    [cpu, *_] = chart(http, 'avg(ProfileEvent_OSCPUVirtualTimeMicroseconds) / 1000000 AS "CPU Cores"', "metric_log")
    assert 0 < cpu["CPU Cores"] < 64
    [memory, *_] = chart(http, 'avg(CurrentMetric_MemoryTracking) AS "Bytes"', "metric_log")
    assert 10_000_000 < memory["Bytes"] < 64e9


def test_disk_and_object_stores(http):
    rows = chart(http, f'{average("ProfileEvent_OSReadChars")} AS "Bytes Read", '
                       f'{average("ProfileEvent_OSWriteChars")} AS "Bytes Written"', "metric_log")
    assert sum(row["Bytes Read"] for row in rows) > 0
    assert sum(row["Bytes Written"] for row in rows) > 0
    columns = ("CurrentMetric_S3Requests", "ProfileEvent_S3GetObject", "ProfileEvent_S3PutObject",
               "ProfileEvent_S3ListObjects", "ProfileEvent_S3UploadPart")
    for row in chart(http, ", ".join(f"{average(c)} AS {c}" for c in columns), "metric_log"):
        assert [row[column] for column in columns] == [0] * len(columns)


def test_network(http):
    rows = chart(http, f"{average('value')} AS v, metric", "asynchronous_metric_log",
                 "metric ILIKE 'NetworkReceiveBytes_%' OR metric ILIKE 'NetworkSendBytes_%'", "metric, ")
    with open("/proc/net/dev") as devices:
        names = [line.split(":")[0].strip() for line in devices if ":" in line]
    assert {row["metric"] for row in rows} <= {f"Network{way}Bytes_{n}" for n in names for way in ("Receive", "Send")}
    assert len(rows) >= min(2, 2 * len(set(names) - {"lo"}))


def test_parts(http):
    rows = chart(http, "maxIf(toFloat64OrDefault(toString(value)), ((metric = 'MaxPartCountForPartition'))) AS m",
                 "asynchronous_metric_log")
    assert max(row["m"] for row in rows) >= 6


def test_rows_come_each_second_and_are_differences(http):
    seconds = [int(s) for s in http.value("SELECT toUnixTimestamp(event_time) FROM system.metric_log "
                                          "ORDER BY event_time").split()]
    assert len(seconds) >= 10
    gaps = [b - a for a, b in zip(seconds, seconds[1:])]
    assert sorted(gaps)[len(gaps) // 2] == 1
    queries = int(http.value("SELECT sum(ProfileEvent_Query) FROM system.metric_log"))
    assert 0 < queries <= int(http.value("SELECT value FROM system.events WHERE event = 'Query'"))


def test_the_columns_are_clickhouses(http):
    described = [line.split("\t")[:2] for line in http.value("DESCRIBE system.metric_log").splitlines()]
    assert described[:4] == [["hostname", "LowCardinality(String)"], ["event_date", "Date"], ["event_time", "DateTime"],
                             ["event_time_microseconds", "DateTime64(6)"]]
    events = http.value("SELECT 'ProfileEvent_' || event FROM system.events SETTINGS system_events_show_zero_values = 1")
    metrics = http.value("SELECT 'CurrentMetric_' || metric FROM system.metrics")
    assert dict(map(tuple, described[4:])) == {
        **dict.fromkeys(events.split(), "UInt64"), **dict.fromkeys(metrics.split(), "Int64")}
    assert http.value("SELECT count() FROM (SELECT * FROM system.metric_log WHERE hostname = hostName())") != "0"
    assert [line.split("\t")[:2] for line in http.value("DESCRIBE system.asynchronous_metric_log").splitlines()] == [
        ["hostname", "LowCardinality(String)"], ["event_date", "Date"], ["event_time", "DateTime"],
        ["metric", "LowCardinality(String)"], ["value", "Float64"]]


def test_the_last_values(http):
    values = dict(line.split("\t") for line in
                  http.value("SELECT metric, value FROM system.asynchronous_metrics").splitlines())
    for name in ("Uptime", "OSUptime", "LoadAverage1", "OSMemoryTotal", "MemoryResident", "OSUserTime", "DiskTotal_default",
                 "DiskUsed_default", "TotalPartsOfMergeTreeTables"):
        assert float(values[name]) >= 0, name
    assert float(values["OSMemoryTotal"]) > float(values["MemoryResident"]) > 10_000_000


def test_rows_outlive_a_restart(start):
    first = start("server")
    http = Http(first.addresses["clickhouse-http"])
    wait_for(lambda: http.value("SELECT count() FROM system.metric_log") != "0", "rows", 40)
    assert first.stop() == 0, first.log()
    http = Http(start("server").addresses["clickhouse-http"])
    assert int(http.value("SELECT max(ProfileEvent_Query) FROM system.metric_log")) >= 1
