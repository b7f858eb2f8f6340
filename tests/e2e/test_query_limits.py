"""What one query may take: time and memory by default, and what it leaves to others."""

import json
import time
import urllib.request

import pytest

from clickhouse_http import Http
from sluice import Sluice, wait_for

HOUR_SECONDS = 3600
ENDLESS = "SELECT sum(sipHash64(number)) FROM system.numbers"


@pytest.fixture(scope="module")
def limited(tmp_path_factory):
    sluice = Sluice("server", "--data", tmp_path_factory.mktemp("limited") / "data", "--query-timeout", "1s",
                    "--query-memory-limit", "100MiB")
    yield Http(sluice.wait_ready().addresses["clickhouse-http"])
    assert sluice.stop() == 0, sluice.log()


@pytest.mark.parametrize("sql, status, code", [
    ("SELECT sum(number) FROM numbers(1000000000000000000)", 408, 159),
    ("SELECT count() FROM numbers(1000000) AS a CROSS JOIN numbers(1000000) AS b WHERE sipHash64(a.number, b.number) = 1",
     408, 159),
    ("SELECT count() FROM numbers(10) AS a CROSS JOIN numbers(1000000000) AS b", 500, 241),
    ("SELECT sleep(3) FROM numbers(1000) SETTINGS max_block_size = 1", 408, 159),
    ("SELECT sleepEachRow(3) FROM numbers(1000)", 500, 160),
    ("SELECT repeat('x', 1000000000)", 500, 241),
    ("SELECT repeat('x', 10000000000)", 500, 131),
    ("SELECT length(groupArray(repeat('x', 1000))) FROM numbers(1000000000)", 500, 241),
    ("SELECT uniqExact(number) FROM numbers(1000000000000)", 500, 241),
], ids=lambda value: value[7:30] if isinstance(value, str) else None)
def test_a_query_without_end_is_ended(limited, sql, status, code):
    reply = limited.post(sql)
    assert (reply.status, reply.code) == (status, code), reply.text


def test_a_result_without_end_is_ended_so_that_its_client_knows(limited):
    reply = limited.post("SELECT number FROM system.numbers")
    assert (reply.status, reply.headers.get("cut")) == (200, "yes")
    assert b"Code: 159. DB::Exception: " in reply.body[-2000:]


LONG = "SELECT sum(sleepEachRow(0.1)) FROM numbers(15) SETTINGS max_block_size = 1"


def test_a_query_may_have_limits_of_its_own(limited):
    assert limited.post(LONG).code == 159
    assert limited.post(LONG + ", max_execution_time = 0").text == "0\n"
    assert limited.post(LONG, max_execution_time=60).text == "0\n"
    assert limited.value("SELECT getSetting('max_memory_usage')") == str(100 << 20)
    assert limited.value("SELECT getSetting('max_memory_usage')", max_memory_usage=7 << 20) == str(7 << 20)


def test_what_writes_has_no_limit_of_time(limited):
    limited.value("CREATE TABLE slow (a UInt64) ENGINE = MergeTree ORDER BY a")
    limited.value("INSERT INTO slow " + LONG)
    assert limited.value("SELECT count() FROM slow") == "1"


def test_a_session_begins_with_the_limits_and_may_change_them(limited):
    session = {"session_id": "limits"}
    assert limited.post(LONG, **session).code == 159
    limited.value("SET max_execution_time = 60", **session)
    assert limited.value(LONG, **session) == "0"


def test_a_session_has_a_servers_settings(limited):
    settings = "SELECT getSetting('async_insert'), getSetting('implicit_select')"
    assert limited.value(settings, session_id="settings") == limited.value(settings) == "false\tfalse"


def test_limits_that_nobody_set(start):
    http = Http(start("server", "--engine-memory-limit", "2GiB").addresses["clickhouse-http"])
    assert http.value("SELECT toUInt64(getSetting('max_execution_time'))") == str(HOUR_SECONDS)
    assert http.value("SELECT getSetting('max_memory_usage')") == str(1 << 30)


def test_endless_queries_do_not_hold_up_what_is_stored(start):
    serve = start("serve", "--flush-interval", "50ms")
    http = Http(serve.addresses["clickhouse-http"])
    queries = [http.begin(ENDLESS, query_id=f"endless{i}") for i in range(4)]
    running = "SELECT count() FROM system.processes WHERE Settings['query_cache_tag'] LIKE 'endless%'"
    wait_for(lambda: http.value(running) == "4", "the queries run")
    for number in range(20):
        assert send_logs(serve, number, records=50) == 200
    assert serve.query("SELECT count(), uniqExact(Body) FROM otel_logs WHERE ServiceName = 'beside'") == "1000\t1000\n"
    assert http.value(running) == "4"
    for raw in queries:
        raw.close()
    wait_for(lambda: http.value(running) == "0", "the queries are gone")


def send_logs(serve, number, records):
    """The status of one request of so many records, which is answered once they are stored."""
    logs = [{"timeUnixNano": time.time_ns(), "body": {"stringValue": f"{number}-{i}"}} for i in range(records)]
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "beside"}}]}
    body = json.dumps({"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": logs}]}]}).encode()
    asked = urllib.request.Request(serve.url("otlp-http") + "/v1/logs", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=60) as reply:
        return reply.status
