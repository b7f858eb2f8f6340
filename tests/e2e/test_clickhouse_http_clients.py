"""The official clients against `sluice server`: clickhouse-connect for Python, @clickhouse/client for Node."""

import json
import pathlib
import subprocess

import clickhouse_connect
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from sluice import Sluice, wait_for

NODE = pathlib.Path(__file__).parent / "node"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    sluice = Sluice("server", "--data", tmp_path_factory.mktemp("clients") / "data")
    sluice.wait_ready()
    yield sluice
    assert sluice.stop() == 0, sluice.log()


@pytest.fixture(params=[False, "lz4", "zstd", "gzip"], ids=str)
def client(server, request):
    host, _, port = server.addresses["clickhouse-http"].rpartition(":")
    client = clickhouse_connect.get_client(host=host, port=int(port), compress=request.param)
    yield client
    client.close()


def test_python_select_with_types(client):
    result = client.query(
        "SELECT toUInt64(1) AS u, -2 AS i, 'x' AS s, [1, 2] AS a, map('k', 'v') AS m, NULL AS n, "
        "toLowCardinality('lc') AS lc, toDateTime64('2026-11-22 06:20:00.123456', 6, 'UTC') AS t, tuple(1, 'b') AS tu")
    row = result.first_row
    assert row[:7] == (1, -2, "x", [1, 2], {"k": "v"}, None, "lc")
    assert row[7].microsecond == 123456
    assert row[8] == (1, "b")
    assert result.column_names[0] == "u"
    assert client.server_version == "26.5.1.1"


def test_python_parameters_and_settings(client):
    assert client.query("SELECT {a:Int32} + {b:Int32}", parameters={"a": 40, "b": 2}).first_row == (42,)
    assert client.query("SELECT {s:String}", parameters={"s": "it's\ta \\ tab"}).first_row == ("it's\ta \\ tab",)
    assert client.query("SELECT getSetting('max_block_size')", settings={"max_block_size": 777}).first_row == (777,)
    assert client.command("SELECT 5") == 5


def test_python_insert_and_read_back(client):
    client.command("DROP TABLE IF EXISTS py_client")
    client.command("CREATE TABLE py_client (a UInt32, s LowCardinality(String), m Map(String, String), "
                   "d String DEFAULT 'dflt') ENGINE = MergeTree ORDER BY a")
    rows = [[i, f"s{i % 10}", {"k": str(i)}] for i in range(10_000)]
    summary = client.insert("py_client", rows, column_names=["a", "s", "m"])
    assert summary.written_rows == 10_000
    result = client.query("SELECT a, s, m, d FROM py_client ORDER BY a")
    assert result.row_count == 10_000
    assert result.result_rows[9_999] == (9_999, "s9", {"k": "9999"}, "dflt")


def test_python_streaming(client):
    total = 0
    with client.query_row_block_stream("SELECT number FROM numbers(1000000)") as stream:
        for block in stream:
            total += len(block)
    assert total == 1_000_000


def test_python_errors(client):
    with pytest.raises(DatabaseError, match="UNKNOWN_TABLE"):
        client.query("SELECT * FROM no_such_table")
    with pytest.raises(DatabaseError, match="UNKNOWN_SETTING"):
        client.query("SELECT 1 SETTINGS no_such_setting = 1")


def test_python_error_in_the_middle_of_a_stream(client):
    with pytest.raises(Exception, match="throwIf|ended|Incomplete|broken|FUNCTION_THROW"):
        client.query("SELECT throwIf(number = 3000000) FROM numbers(4000000)", settings={"max_block_size": 10000})


def test_python_session(client):
    client.command("CREATE TEMPORARY TABLE mine (a Int32)")
    client.insert("mine", [[1], [2]], column_names=["a"])
    assert client.query("SELECT sum(a) FROM mine").first_row == (3,)
    client.command("DROP TABLE mine")


def test_node_client(server):
    run = subprocess.run(["node", NODE / "clickhouse.js", server.url("clickhouse-http")], capture_output=True,
                         text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    seen = json.loads(run.stdout)
    assert seen["ping"] is True
    assert seen["select"] == [{"x": 1}]
    assert seen["params"] == [{"a": ["it's", "tab\t"], "n": 5, "d": None}]
    assert seen["long"] == 10000 or seen["long"] == "10000"
    assert str(seen["settings"][0]["x"]) == "4321"
    assert seen["written"] == "2"
    assert [str(v) for v in seen["compressed"][0].values()] == ["6", "1000"]
    assert seen["streamed"] == 500000
    assert (seen["unknownTable"]["code"], seen["unknownTable"]["type"]) == ("60", "UNKNOWN_TABLE")
    assert (seen["midStream"]["code"], seen["midStream"]["type"]) == ("395", "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO")
    assert seen["cancelled"] is True


def test_query_log_of_the_clients(client):
    client.query("SELECT 'logged by python'")
    sql = "SELECT count() > 0 FROM system.query_log WHERE query LIKE '%logged by python%' AND http_user_agent != ''"
    wait_for(lambda: client.query(sql).first_row == (1,), "the query is in the log")
