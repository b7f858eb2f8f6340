"""ClickHouse's HTTP interface of `sluice server`, over the real engine."""

import bz2
import gzip
import http.client as client
import json
import lzma
import socket
import struct
import threading
import time
import zlib

import cramjam
import lz4.block
import lz4.frame
import pytest
from backports import zstd
from clickhouse_cityhash.cityhash import CityHash128

from clickhouse_http import Http
from sluice import Sluice, wait_for

# A second of work for every row, and rows without end: runs until it is cancelled.
ENDLESS = "SELECT sum(sipHash64(number)) FROM system.numbers WHERE NOT ignore(sipHash128(number))"
ALLOW_ENDLESS = {"max_execution_time": 120}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    sluice = Sluice("server", "--data", tmp_path_factory.mktemp("server") / "data")
    sluice.wait_ready()
    yield sluice
    assert sluice.stop() == 0, sluice.log()


@pytest.fixture(scope="module")
def http(server):
    return Http(server.addresses["clickhouse-http"])


@pytest.fixture
def table(http, request):
    """A table of the test's own, with columns of every default kind."""
    name = request.node.name.split("[")[0] + format(abs(hash(request.node.name)), "x")[:8]
    http.value(
        f"CREATE TABLE {name} (a Int32, s String DEFAULT concat('d', toString(a)), "
        "m String MATERIALIZED upper(s), al Int64 ALIAS a + 1) ENGINE = MergeTree ORDER BY a")
    yield name
    http.value(f"DROP TABLE {name}")


def running(http, query_id):
    return http.value(f"SELECT count() FROM system.processes WHERE Settings['query_cache_tag'] = '{query_id}'")


# Endpoints


@pytest.mark.parametrize("path", ["/", "/ping", "/replicas_status"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health_paths_answer_ok(http, path, method):
    reply = http.request(method, path)
    assert reply.status == 200
    assert reply.text == ("Ok.\n" if method == "GET" else "")


def test_unknown_path_is_404_and_says_what_there_is(http):
    reply = http.request("GET", "/nothing")
    assert reply.status == 404
    assert "/ping" in reply.text


def test_other_methods_are_refused(http):
    assert http.request("DELETE", "/").status == 405


def test_url_beyond_one_mebibyte_is_414(http):
    assert http.get("SELECT 1 -- " + "x" * (1 << 20)).status == 414
    assert http.get("SELECT 1 -- " + "x" * (1 << 18)).text == "1\n"


# Where the query stands


def test_query_in_url_body_or_both(http):
    assert http.get("SELECT 1").text == "1\n"
    assert http.post("SELECT 2").text == "2\n"
    assert http.request("POST", body="FROM numbers(3)", query="SELECT sum(number)").text == "3\n"


def test_post_with_everything_in_the_url_needs_a_length(http):
    assert http.request("POST", body=b"", query="SELECT 1").text == "1\n"
    connection = client.HTTPConnection(http.host, http.port, timeout=30)
    connection.putrequest("POST", "/?query=SELECT+1")
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 411
    assert response.getheader("X-ClickHouse-Exception-Code") == "381"


def test_chunked_body(http):
    pieces = [b"SELECT ", b"41", b" + 1"]
    assert http.request("POST", body=iter(pieces), chunked=True,
                        headers={"Transfer-Encoding": "chunked"}).text == "42\n"


BOUNDARY = "----clickhouse-js-3f6a"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def form(fields=None, files=None):
    """A multipart body: fields by name, then files by name."""
    part = b'--%s\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    parts = [(name, b"", value) for name, value in (fields or {}).items()]
    parts += [(name, b'; filename="rows"', value) for name, value in (files or {}).items()]
    body = b"".join(part % (BOUNDARY.encode(), name.encode(), kind, value if isinstance(value, bytes) else value.encode())
                    for name, kind, value in parts)
    return body + f"--{BOUNDARY}--\r\n".encode()


def test_multipart_body(http):
    body = form({"query": "SELECT {x:Int32} + {y:Int32}", "param_x": "40", "param_y": "2"})
    assert http.post(body, headers=FORM).text == "42\n"


# External tables


def test_external_table_with_a_structure(http):
    rows = b'1,"a,b"\r\n2,c\r\n'
    reply = http.post(form({"query": "SELECT * FROM ext ORDER BY id DESC"}, {"ext": rows}), headers=FORM,
                      ext_structure="id UInt32, name LowCardinality(String)", ext_format="CSV")
    assert reply.text == "2\tc\n1\ta,b\n"


def test_external_table_with_types_and_the_default_format(http):
    reply = http.post(form({"query": "SELECT sum(_1), max(_2), toTypeName(any(_2)) FROM t"}, {"t": "1\t1.5\n2\t2.5\n"}),
                      headers=FORM, t_types="UInt8, Decimal(10, 2)")
    assert reply.text == "3\t2.5\tDecimal(10, 2)\n"


def test_external_tables_with_fields_joins_ctes_and_other_tables(http, table):
    http.value(f"INSERT INTO {table} (a) SELECT number FROM numbers(10)")
    sql = (f"WITH picked AS (SELECT id FROM ids WHERE id IN (SELECT id FROM more)) "
           f"SELECT a, s, name FROM {table} INNER JOIN names ON names.id = a WHERE a IN picked ORDER BY a FORMAT CSV")
    body = form({"query": sql, "ids_types": "unused", "ids_structure": "id Int32", "names_format": "JSONEachRow",
                 "names_structure": "id Int32, name String, more Array(UInt8)", "more_structure": "id Int32"},
                {"ids": "1\n2\n3\n", "names": '{"id": 2, "name": "two"}\n{"id": 3, "name": "three"}\n', "more": "2\n3\n4\n"})
    assert http.post(body, headers=FORM).text == '2,"d2","two"\n3,"d3","three"\n'


@pytest.mark.parametrize("name", ["Native", "Parquet", "RowBinary", "TSVWithNamesAndTypes", "Values"])
def test_external_tables_in_other_formats(http, name):
    rows = http.post(f"SELECT number AS a, toString(number) AS b FROM numbers(3) FORMAT {name}").body
    reply = http.post(form({"query": "SELECT count(), sum(a), max(b) FROM t"}, {"t": rows}), headers=FORM,
                      t_structure="a UInt64, b String", t_format=name)
    assert reply.text == "3\t3\t2\n"


def test_external_table_that_is_large_and_compressed(http):
    rows = b"".join(b"%d\n" % i for i in range(3_000_000))
    body = zstd.compress(form({"query": "SELECT count(), sum(n) FROM t"}, {"t": rows}))
    reply = http.post(body, headers=FORM | {"Content-Encoding": "zstd"}, t_structure="n UInt64")
    assert reply.text == "3000000\t4499998500000\n"


def test_external_table_as_the_source_of_an_insert(http, table):
    body = form({"query": f"INSERT INTO {table} (a) SELECT n FROM t"}, {"t": "7\n8\n"})
    assert http.post(body, headers=FORM, t_structure="n Int32").status == 200
    assert http.value(f"SELECT groupArray(a) FROM {table}") == "[7,8]"


def test_external_tables_go_with_their_request(http):
    ask = {"headers": FORM, "t_structure": "n Int32", "session_id": "external"}
    for _ in range(2):
        assert http.post(form({"query": "SELECT * FROM t"}, {"t": "1\n"}), **ask).text == "1\n"
    assert http.post("SELECT * FROM t", session_id="external").code == 60
    http.value("CREATE TEMPORARY TABLE t (own Int32)", session_id="external")
    assert http.post(form({"query": "SELECT * FROM t"}, {"t": "1\n"}), **ask).code == 57
    assert http.value("SELECT count() FROM t", session_id="external") == "0"


def test_external_tables_in_a_request_that_only_reads(http):
    body = form({"query": "SELECT * FROM t"}, {"t": "1\n"})
    assert http.post(body, headers=FORM, t_structure="n Int32", readonly=2).text == "1\n"
    assert http.request("GET", body=form({}, {"t": "1\n"}), headers=FORM, t_structure="n Int32",
                        query="SELECT * FROM t").text == "1\n"


@pytest.mark.parametrize("params, rows, status, code", [
    ({}, "1\n", 400, 36),
    ({"t_structure": "n Nothing4"}, "1\n", 404, 50),
    ({"t_structure": "n Int32", "t_format": "Nonesuch"}, "1\n", 404, 73),
    ({"t_structure": "n Int32"}, "one\n", 400, 27),
    ({"t_structure": "n Int32) ENGINE = Memory; DROP TABLE x --"}, "1\n", 400, 62),
    ({"t_structure": "n String DEFAULT file('/etc/hostname')"}, "1\n", 403, 497),
    ({"t_structure": "n String", "t_format": "Values"}, "(file('/etc/hostname'))", 403, 497),
])
def test_errors_of_external_tables(http, params, rows, status, code):
    reply = http.post(form({"query": "SELECT * FROM t"}, {"t": rows}), headers=FORM, **params)
    assert (reply.status, reply.code) == (status, code), reply.text
    assert reply.text.startswith(f"Code: {code}. DB::Exception: ")


def test_one_statement_only(http):
    reply = http.post("SELECT 1; SELECT 2")
    assert (reply.status, reply.code) == (400, 62)


def test_keep_alive_serves_many_requests_on_one_connection(http):
    connection = client.HTTPConnection(http.host, http.port, timeout=30)
    for i in range(20):
        connection.request("POST", "/", body=f"SELECT {i}")
        assert connection.getresponse().read() == f"{i}\n".encode()


# Formats and headers


def test_formats_of_the_user_interface(http):
    sql = "SELECT toUInt64(number) AS n, toString(number) AS s FROM numbers(2)"
    quoted = {"output_format_json_quote_64bit_integers": 1}
    document = json.loads(http.post(sql + " FORMAT JSON", **quoted).body)
    assert document["data"] == [{"n": "0", "s": "0"}, {"n": "1", "s": "1"}]
    assert document["meta"] == [{"name": "n", "type": "UInt64"}, {"name": "s", "type": "String"}]
    assert document["rows"] == 2
    assert set(document["statistics"]) == {"elapsed", "rows_read", "bytes_read"}
    assert document["statistics"]["rows_read"] == 2
    compact = http.post(sql + " FORMAT JSONCompactEachRowWithNamesAndTypes", **quoted).text
    assert compact.splitlines() == ['["n", "s"]', '["UInt64", "String"]', '["0", "0"]', '["1", "1"]']
    assert http.post(sql + " FORMAT JSONEachRow").text == '{"n":0,"s":"0"}\n{"n":1,"s":"1"}\n'
    assert http.post(sql + " FORMAT CSV").text == '0,"0"\n1,"1"\n'
    assert http.post(sql + " FORMAT TabSeparatedRaw").text == "0\t0\n1\t1\n"


@pytest.mark.parametrize("how", ["parameter", "header"])
def test_default_format(http, how):
    args = {"default_format": "JSONEachRow"} if how == "parameter" else {
        "headers": {"X-ClickHouse-Format": "JSONEachRow"}}
    reply = http.post("SELECT 1 AS x", **args)
    assert reply.text == '{"x":1}\n'
    assert reply.headers["x-clickhouse-format"] == "JSONEachRow"
    assert http.post("SELECT 1 AS x FORMAT CSV", **args).text == "1\n"


@pytest.mark.parametrize("sql, first", [
    ("SHOW DATABASES", "INFORMATION_SCHEMA"), ("DESCRIBE TABLE system.one", "dummy\tUInt8"),
    ("EXISTS TABLE system.one", "1"), ("EXPLAIN SELECT 1", "Expression"),
    ("SHOW TABLES FROM system LIKE 'one'", "one"), ("SHOW CREATE TABLE system.one", "CREATE TABLE")])
def test_other_statements_with_a_result(http, sql, first):
    reply = http.post(sql, default_format="TabSeparatedRaw")
    assert reply.status == 200, reply.text
    assert reply.text.startswith(first)


def test_headers_of_an_answer(http):
    reply = http.post("SELECT number FROM numbers(10)", query_id="my-id")
    assert reply.headers["x-clickhouse-query-id"] == "my-id"
    assert reply.headers["x-clickhouse-format"] == "TabSeparated"
    assert reply.headers["x-clickhouse-timezone"]
    assert reply.headers["x-clickhouse-server-display-name"]
    assert reply.headers["content-type"] == "text/tab-separated-values; charset=UTF-8"
    summary = json.loads(reply.headers["x-clickhouse-summary"])
    assert summary["result_rows"] == "10" and summary["read_rows"] == "10"
    assert int(summary["elapsed_ns"]) > 0
    assert http.post("SELECT 1").headers["x-clickhouse-query-id"] != http.post("SELECT 1").headers["x-clickhouse-query-id"]


# Settings and parameters


def test_url_parameters_are_settings(http):
    assert http.value("SELECT getSetting('max_block_size')", max_block_size=1234) == "1234"
    assert http.value("SELECT getSetting('max_block_size')") != "1234"  # nothing stays behind


def test_settings_of_the_user_interface(http):
    reply = http.post(
        "SELECT toDateTime('2026-11-22 06:20:00', 'UTC') AS t, {HYPERDX_PARAM_1:Int32} AS p FORMAT JSON",
        allow_experimental_analyzer=1, date_time_output_format="iso", wait_end_of_query=0,
        cancel_http_readonly_queries_on_client_close=1, output_format_json_quote_64bit_integers=1, max_execution_time=60,
        query_plan_optimize_lazy_materialization=1, query_plan_max_limit_for_lazy_materialization=100000,
        use_skip_indexes_for_top_k=1, query_plan_max_limit_for_top_k_optimization=100000, use_skip_indexes_on_data_read=1,
        use_skip_indexes_for_disjunctions=1, max_rows_to_read=3000000, read_overflow_mode="break",
        timeout_overflow_mode="break", max_rows_to_group_by=100, group_by_overflow_mode="any", readonly=2,
        max_result_rows=100, result_overflow_mode="break", join_algorithm="auto", add_http_cors_header=1,
        query_id="ui", param_HYPERDX_PARAM_1=5)
    assert reply.status == 200, reply.text
    assert json.loads(reply.body)["data"] == [{"t": "2026-11-22T06:20:00Z", "p": 5}]


def test_unknown_setting_is_the_engines_404(http):
    for reply in (http.post("SELECT 1", no_such_setting=1), http.post("SELECT 1 SETTINGS no_such_setting = 1")):
        assert (reply.status, reply.code) == (404, 115)
        assert reply.text.startswith("Code: 115. DB::Exception: ")
        assert "(UNKNOWN_SETTING) (version 26." in reply.text


def test_bad_value_of_a_setting(http):
    assert http.post("SELECT 1", max_threads="many").status == 400


def test_query_parameters_of_every_type(http, table):
    sql = ("SELECT {i:Int64}, {f:Float64}, {s:String}, {a:Array(String)}, {d:DateTime('UTC')}, {n:Nullable(String)}, "
           "{b:Bool}, (SELECT count() FROM {db:Identifier}.{t:Identifier}) FORMAT JSONCompact")
    reply = http.post(sql, param_i="-5", param_f="2.5", param_s="a\\tb\\'c\\\\", param_a="['x','y']",
                      param_d="1700000000", param_n="\\N", param_b="1", param_db="default", param_t=table)
    assert reply.status == 200, reply.text
    assert json.loads(reply.body)["data"] == [
        [-5, 2.5, "a\tb'c\\", ["x", "y"], "2023-11-14 22:13:20", None, True, 0]]


def test_missing_and_wrong_parameters(http):
    missing = http.post("SELECT {x:Int32}")
    assert (missing.status, missing.code) == (400, 456)
    wrong = http.post("SELECT {x:Int32}", param_x="five")
    assert (wrong.status, wrong.code) == (400, 457)


@pytest.mark.parametrize("how", ["parameter", "header"])
def test_database(http, how):
    args = {"database": "system"} if how == "parameter" else {"headers": {"X-ClickHouse-Database": "system"}}
    assert http.post("SELECT currentDatabase(), count() FROM one", **args).text == "system\t1\n"
    unknown = http.post("SELECT 1", database="no_such_database")
    assert (unknown.status, unknown.code) == (404, 81)


# Errors


@pytest.mark.parametrize("sql, status, code", [
    ("SELECT * FROM no_such_table", 404, 60), ("SELECT no_such_column", 404, 47), ("SELECT noSuchFunction()", 404, 46),
    ("SELECT 1 FORMAT NoSuchFormat", 404, 73), ("SELECT CAST(1, 'NoSuchType')", 404, 50), ("SELEC 1", 400, 62),
    ("SELECT toInt32('x')", 400, 6), ("SELECT 1 + 'a'", 400, 43), ("SELECT throwIf(1)", 500, 395),
    ("USE no_such_database", 404, 81)])
def test_statuses_of_errors(http, sql, status, code):
    reply = http.post(sql)
    assert (reply.status, reply.code) == (status, code), reply.text
    assert reply.text.startswith(f"Code: {code}. DB::Exception: ")
    assert reply.text.endswith("(version 26.5.1.1)\n")
    assert reply.text.count("DB::Exception") == 1


def in_list(size):
    return "SELECT count() FROM numbers(10) WHERE number IN (" + ",".join(map(str, range(size))) + ")"


UNIONS = " UNION ALL ".join(["SELECT 1"] * 10_000)


@pytest.mark.parametrize("sql, settings, status, code", [
    ("SELECT " + "(" * 100_000 + "1" + ")" * 100_000, {}, 400, 306),
    (UNIONS, {}, 500, 572),
    (in_list(1_000_000), {}, 400, 62),
    ("SELECT length('" + "x" * (1 << 20) + "')", {}, 400, 62),
    (in_list(100_000), {"max_query_size": 16 << 20}, 200, None),
    ("SELECT length('" + "x" * (1 << 20) + "')", {"max_query_size": 16 << 20}, 200, None),
    ("SELECT '" + "x" * (64 << 20) + "'", {"max_query_size": 1 << 30}, 413, 229),
], ids=["brackets", "unions", "list", "literal", "list-allowed", "literal-allowed", "over-all-limits"])
def test_statements_that_are_large(http, sql, settings, status, code):
    reply = http.post(sql, **settings)
    assert (reply.status, reply.code) == (status, code), reply.text[:1000]


# A block's head; from version 54454 on each column has a byte behind its type.
BLOCK_HEAD = b"\x01\x00\x02\xff\xff\xff\xff\x00"
COLUMNS = (
    "toUInt8(number)", "toString(number)", "CAST(number AS Nullable(Int64))", "toLowCardinality(toString(number % 2))",
    "CAST(toString(number) AS LowCardinality(Nullable(String)))", "[[number], []]", "map('a', toString(number))", "(number, 'x')",
    "CAST((1, 'x') AS Tuple(a UInt8, `b c` String))", "toDateTime64(number, 9, 'UTC')", "toFixedString('abc', 3)",
    "CAST('a, (' AS Enum8('a, (' = 1))", "toDecimal128(number, 3)", "toUUID('5b8efff7-9803-8103-d269-b633813fc60c')", "toIPv6('::1')", "NULL", "tuple()",
    "toIntervalDay(number)", "CAST((1, 2) AS Point)", "CAST('{\"a\":1}' AS JSON)", "toFloat64(number)", "true", "today()")


def native_column(http, sql):
    """Name and type of the only column, and its data, as a client without a version reads them."""
    reply = http.post(f"{sql} FORMAT Native", output_format_native_write_json_as_string=1)
    assert reply.status == 200, reply.text
    at = 2
    for _ in range(2):  # name and type
        size, at = reply.body[at], at + 1
        at += size
    return reply.body[2:at], reply.body[at:]


def test_native_blocks_for_a_client_that_names_its_protocol_version(http):
    columns = [native_column(http, f"SELECT {sql} AS c FROM numbers(2)") for sql in COLUMNS]
    for version, head, flag in ((51902, b"", b""), (54405, BLOCK_HEAD, b""), (54460, BLOCK_HEAD, b"\0")):
        for column, (about, data) in zip(COLUMNS, columns, strict=True):
            reply = http.post(f"SELECT {column} AS c FROM numbers(2) FORMAT Native", client_protocol_version=version,
                              **({} if head else {"output_format_native_write_json_as_string": 1}))
            assert reply.status == 200, reply.text
            assert reply.body == head + b"\x01\x02" + about + flag + data, (version, column)


def test_native_blocks_with_heads_in_a_stream(http):
    sql = "SELECT number, toString(number) AS s FROM numbers(200000) FORMAT Native"
    plain = http.post(sql, max_block_size=30000).body
    dressed = http.post(sql, max_block_size=30000, client_protocol_version=54460, compress=0).body
    blocks = dressed.split(BLOCK_HEAD + b"\x02")
    assert blocks[0] == b"" and len(blocks) > 5
    undressed = b"".join(b"\x02" + block.replace(b"\x06UInt64\0", b"\x06UInt64", 1).replace(b"\x06String\0", b"\x06String", 1)
                         for block in blocks[1:])
    assert undressed == plain


def test_a_type_without_a_form_for_the_version_is_named(http):
    reply = http.post("SELECT uniqState(1) FORMAT Native", client_protocol_version=54460)
    assert reply.code == 48 and "AggregateFunction(uniq, UInt8)" in reply.text


def test_get_is_readonly(http, table):
    for sql in (f"INSERT INTO {table} (a) VALUES (1)", f"TRUNCATE TABLE {table}", f"INSERT INTO {table} (a) SELECT 1",
                "CREATE TABLE other (a Int32) ENGINE = Memory"):
        reply = http.get(sql)
        assert (reply.status, reply.code) == (500, 164), sql
    assert http.get("SELECT getSetting('max_threads')", max_threads=3).text == "3\n"


def test_timeout_is_408(http):
    reply = http.post(ENDLESS, max_execution_time=1)
    assert (reply.status, reply.code) == (408, 159)


def test_error_in_the_middle_of_a_stream(http):
    reply = http.post("SELECT throwIf(number = 3000000) FROM numbers(4000000) SETTINGS max_block_size = 10000")
    assert reply.status == 200
    assert "cut" in reply.headers  # nobody can take it for a whole answer
    tag = reply.headers["x-clickhouse-exception-tag"]
    head, marker, rest = reply.body.rpartition(f"\r\n__exception__\r\n{tag}\r\n".encode())
    assert marker and head.startswith(b"0\n0\n")
    message, size = rest.removesuffix(f" {tag}\r\n__exception__\r\n".encode()).rsplit(b"\n", 1)
    assert message.startswith(b"Code: 395. DB::Exception: ")
    assert int(size) == len(message) + 1


def test_wait_end_of_query_gives_a_late_error_its_status(http):
    sql = "SELECT throwIf(number = 3000000) FROM numbers(4000000) SETTINGS max_block_size = 10000"
    reply = http.post(sql, wait_end_of_query=1)
    assert (reply.status, reply.code) == (500, 395)
    whole = http.post("SELECT number FROM numbers(1000000)", wait_end_of_query=1)
    assert int(whole.headers["content-length"]) == len(whole.body) == 6888890
    assert json.loads(whole.headers["x-clickhouse-summary"])["result_rows"] == "1000000"


# Inserts


INSERTS = {
    "JSONEachRow": b'{"a":1,"s":"x"}\n{"a":2}\n',
    "CSV": b'1,"x"\n2,\n',
    "TabSeparated": b"1\tx\n2\td2\n",
    "JSONCompactEachRow": b'[1,"x"]\n[2,"d2"]\n',
    "Values": b"(1,'x'),(2,DEFAULT)",
}


@pytest.mark.parametrize("place", ["url", "body", "chunked"])
@pytest.mark.parametrize("name", INSERTS)
def test_insert_in_every_format_and_place(http, table, name, place):
    sql, data = f"INSERT INTO {table} (a, s) FORMAT {name}", INSERTS[name]
    if place == "url":
        reply = http.insert(sql, data)
    elif place == "body":
        reply = http.post(sql.encode() + b"\n" + data)
    else:
        reply = http.request("POST", body=iter([sql.encode() + b"\n", data[:5], data[5:]]), chunked=True,
                             headers={"Transfer-Encoding": "chunked"})
    assert reply.status == 200, reply.text
    assert json.loads(reply.headers["x-clickhouse-summary"])["written_rows"] == "2"
    assert http.value(f"SELECT a, s, m, al FROM {table} ORDER BY a") == "1\tx\tX\t2\n2\td2\tD2\t3"


def test_insert_values_inline(http, table):
    assert http.post(f"INSERT INTO {table} (a, s) VALUES (1, 'x;y'), (1 + 1, upper('z'))").status == 200
    assert http.post(f"INSERT INTO {table} VALUES (3, 'w');").status == 200
    assert http.value(f"SELECT a, s FROM {table} ORDER BY a") == "1\tx;y\n2\tZ\n3\tw"


def test_insert_select_settings_and_parameters(http, table):
    assert http.post(f"INSERT INTO {table} (a) SELECT number FROM numbers(5)").status == 200
    reply = http.insert("INSERT INTO {t:Identifier} (a, s) SETTINGS max_insert_block_size = 1000 FORMAT CSV",
                        b"9,nine\n", param_t=table)
    assert reply.status == 200, reply.text
    assert http.value(f"SELECT count(), max(a) FROM {table}") == "6\t9"


@pytest.mark.parametrize("place", ["url", "body", "gzip", "blocks"])
@pytest.mark.parametrize("name", INSERTS)
def test_insert_select_from_input(http, table, name, place):
    data = INSERTS[name].replace(b"DEFAULT", b"'d2'").replace(b'{"a":2}', b'{"a":2,"s":"d2"}').replace(b"2,\n", b"2,d2\n")
    sql = (f"INSERT INTO {table} (a, s) SELECT a * 10, upper(s) FROM input('a Int32, s String') WHERE a < 3 "
           f"SETTINGS max_threads = 1 FORMAT {name}")
    if place == "url":
        reply = http.insert(sql, data)
    elif place == "body":
        reply = http.post(sql.encode() + b"\n" + data)
    elif place == "gzip":
        reply = http.insert(sql, gzip.compress(data), headers={"Content-Encoding": "gzip"})
    else:
        reply = http.insert(sql, native_block(data), decompress=1)
    assert reply.status == 200, reply.text
    assert json.loads(reply.headers["x-clickhouse-summary"])["written_rows"] == "2"
    assert http.value(f"SELECT a, s FROM {table} ORDER BY a") == "10\tX\n20\tD2"


def test_input_joins_counts_and_has_the_columns_of_the_table(http, table):
    for rows in (3, 2):  # by the same file descriptor
        assert http.insert(f"INSERT INTO {table} (a) SELECT count() FROM input('x String') FORMAT TSV",
                           b"row\n" * rows).status == 200
    assert http.value(f"SELECT a FROM {table} ORDER BY a") == "2\n3"
    reply = http.insert(f"INSERT INTO {table} (a, s) SELECT i.x, toString(t.a) FROM (SELECT * FROM input('x Int32')) AS i "
                        f"JOIN {table} AS t ON t.a = i.x FORMAT JSONEachRow", b'{"x":3}{"x":4}')
    assert reply.status == 200, reply.text
    assert http.value(f"SELECT s FROM {table} WHERE a = 3 AND s = '3'") == "3"
    reply = http.insert(f"INSERT INTO {table} (a, s) SELECT * FROM input() FORMAT CSV", b'7,"seven"\n')
    assert reply.status == 200, reply.text
    assert http.value(f"SELECT a, s FROM {table} WHERE a = 7") == "7\tseven"


def test_large_input(http, table):
    data = b"".join(b"%d\n" % i for i in range(1_000_000))
    reply = http.insert(f"INSERT INTO {table} (a) SELECT max(n) FROM input('n Int32') GROUP BY n % 1000 FORMAT TSV", data)
    assert reply.status == 200, reply.text
    assert http.value(f"SELECT count(), min(a), max(a) FROM {table}") == "1000\t999000\t999999"


def test_errors_of_input(http, table):
    for sql, data, status, code in (
            ("SELECT x FROM input('x Int32') FORMAT JSONEachRow", b'{"x":"y"}', 400, 27),
            ("SELECT x FROM input('x Int32')", b"", 400, 62),
            ("SELECT x FROM input('x Int32') FORMAT NoSuchFormat", b"1\n", 404, 73),
            ("SELECT x FROM input('x String DEFAULT file($$y$$)') FORMAT CSV", b"1\n", 403, 497),
            ("SELECT x FROM input('x Int32') FORMAT Values", b"(length(file('/etc/passwd')))", 403, 497)):
        reply = http.insert(f"INSERT INTO {table} (a) {sql}", data)
        assert (reply.status, reply.code) == (status, code), reply.text
    assert http.get(f"INSERT INTO {table} (a) SELECT 1 FROM input('x Int32') FORMAT CSV 1").code == 164
    assert http.value(f"SELECT count() FROM {table}") == "0"


def test_native_round_trip(http, table):
    http.value(f"INSERT INTO {table} (a, s) SELECT number, toString(number) FROM numbers(100000)")
    native = http.post(f"SELECT a + 100000 AS a, s FROM {table} FORMAT Native").body
    assert http.insert(f"INSERT INTO {table} (a, s) FORMAT Native", native).status == 200
    assert http.value(f"SELECT count(), max(a) FROM {table}") == "200000\t199999"


@pytest.mark.parametrize("data, status, code", [
    (b'{"a":"x"}\n', 400, 27), (b'{"a":1}\n{"a":', 500, 32), (b"1,2", 400, 27)], ids=["type", "cut", "other"])
def test_bad_data_leaves_nothing(http, table, data, status, code):
    reply = http.insert(f"INSERT INTO {table} FORMAT JSONEachRow", data)
    assert (reply.status, reply.code) == (status, code), reply.text
    assert http.value(f"SELECT count() FROM {table}") == "0"


def test_a_body_that_is_cut_inserts_nothing(http, table):
    raw = socket.create_connection((http.host, http.port))
    raw.sendall(f"POST /?query=INSERT+INTO+{table}+(a)+FORMAT+CSV HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
                "1\n2\n".encode())
    raw.close()
    time.sleep(0.3)
    assert http.value(f"SELECT count() FROM {table}") == "0"


def test_errors_of_inserts(http, table):
    unknown = http.insert("INSERT INTO no_such_table FORMAT CSV", b"1\n")
    assert (unknown.status, unknown.code) == (404, 60)
    column = http.insert(f"INSERT INTO {table} (nope) FORMAT CSV", b"1\n")
    assert (column.status, column.code) == (400, 16)


def test_large_insert_and_streamed_result_without_growth_of_memory(server, http, table):
    rows = 3_000_000
    data = b"".join(b"%d,some text to fill the row\n" % i for i in range(rows))
    assert http.insert(f"INSERT INTO {table} (a, s) FORMAT CSV", data).status == 200
    assert http.value(f"SELECT count() FROM {table}") == str(rows)
    before = peak_of_others(server)
    reply = http.post(f"SELECT a, s, m, repeat('x', 100) FROM {table} FORMAT JSONEachRow", seconds=300)
    assert reply.body.count(b"\n") == rows
    assert len(reply.body) > 400 << 20
    assert peak_of_others(server) - before < 200 << 20


def peak_of_others(server):
    """Anonymous memory of the process, in bytes."""
    for line in open(f"/proc/{server.process.pid}/status"):
        if line.startswith("RssAnon"):
            return int(line.split()[1]) << 10
    raise AssertionError("no RssAnon")


# Compression


def hadoop_snappy(data):
    """Blocks of one chunk each, as ClickHouse reads them."""
    out = b""
    for at in range(0, len(data), 65536):
        plain = data[at:at + 65536]
        chunk = bytes(cramjam.snappy.compress_raw(plain))
        out += struct.pack(">II", len(plain), len(chunk)) + chunk
    return out


def read_hadoop_snappy(data):
    out = b""
    while data:
        plain, size = struct.unpack(">II", data[:8])
        out += bytes(cramjam.snappy.decompress_raw(data[8:8 + size]))
        assert len(out) % 2**18 == plain % 2**18  # our own blocks are this long, but for the last
        data = data[8 + size:]
    return out


CODECS = {
    "gzip": (gzip.compress, lambda b: gzip.decompress(b)),
    "deflate": (zlib.compress, lambda b: zlib.decompress(b)),
    "zstd": (zstd.compress, lambda b: zstd.decompress(b)),
    "lz4": (lz4.frame.compress, lambda b: lz4.frame.decompress(b)),
    "br": (lambda b: bytes(cramjam.brotli.compress(b)), lambda b: bytes(cramjam.brotli.decompress(b))),
    "snappy": (hadoop_snappy, read_hadoop_snappy),
    "xz": (lzma.compress, lzma.decompress),
    "bz2": (bz2.compress, bz2.decompress),
}


@pytest.mark.parametrize("name", CODECS)
def test_compressed_requests_and_answers(http, table, name):
    compress, decompress = CODECS[name]
    data = b"".join(b"%d,row\n" % i for i in range(50_000))
    reply = http.insert(f"INSERT INTO {table} (a, s) FORMAT CSV", compress(data), headers={"Content-Encoding": name})
    assert reply.status == 200, reply.text
    reply = http.post(f"SELECT a, s FROM {table} ORDER BY a FORMAT CSV", enable_http_compression=1,
                      headers={"Accept-Encoding": name})
    assert reply.headers["content-encoding"] == name
    assert decompress(reply.body) == data.replace(b",row", b',"row"')


def test_compression_only_when_asked_for_twice(http):
    assert "content-encoding" not in http.post("SELECT 1", headers={"Accept-Encoding": "gzip"}).headers
    assert "content-encoding" not in http.post("SELECT 1", enable_http_compression=1).headers
    several = http.post("SELECT 1", enable_http_compression=1, headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
    assert zstd.decompress(several.body) == b"1\n"


@pytest.mark.parametrize("name", CODECS)
def test_damaged_bodies_insert_nothing(http, table, name):
    sql = f"INSERT INTO {table} (a) FORMAT CSV"
    whole = CODECS[name][0](b"1\n2\n")
    for damaged in (whole[:-4], whole + b"more", b"no " + whole):
        reply = http.insert(sql, damaged, headers={"Content-Encoding": name})
        assert (reply.status, reply.code) in ((400, 271), (500, 241)), reply.text
        assert reply.text.startswith(f"Code: {reply.code}. DB::Exception: "), reply.text
    assert http.value(f"SELECT count() FROM {table}") == "0"


def test_unknown_encodings_are_501(http, table):
    reply = http.insert(f"INSERT INTO {table} (a) FORMAT CSV", b"1\n", headers={"Content-Encoding": "rot13"})
    assert (reply.status, reply.code) == (501, 48)


@pytest.mark.parametrize("name", CODECS)
def test_any_level_of_compression_is_taken(http, name):
    for level in (-7, 0, 9, 1000):
        reply = http.post("SELECT 1", enable_http_compression=1, http_zlib_compression_level=level,
                          headers={"Accept-Encoding": name})
        assert CODECS[name][1](reply.body) == b"1\n", (level, reply.text)


def native_block(data):
    compressed = lz4.block.compress(data, store_size=False)
    body = struct.pack("<BII", 0x82, len(compressed) + 9, len(data)) + compressed
    checksum = CityHash128(body)
    return struct.pack("<QQ", checksum >> 64, checksum & (2**64 - 1)) + body


def read_native_blocks(data):
    out = b""
    while data:
        method, size, plain = struct.unpack("<BII", data[16:25])
        assert method == 0x82
        checksum = CityHash128(data[16:16 + size])
        assert data[:16] == struct.pack("<QQ", checksum >> 64, checksum & (2**64 - 1))
        out += lz4.block.decompress(data[25:16 + size], uncompressed_size=plain)
        data = data[16 + size:]
    return out


def test_native_compression(http, table):
    data = b"".join(b"%d\tx\n" % i for i in range(100_000))
    blocks = b"".join(native_block(data[i:i + 65536]) for i in range(0, len(data), 65536))
    assert http.insert(f"INSERT INTO {table} (a, s) FORMAT TSV", blocks, decompress=1).status == 200
    reply = http.post(f"SELECT a, s FROM {table} ORDER BY a", compress=1)
    assert read_native_blocks(reply.body) == data


BLOCK = native_block(b"1\tx\n")


@pytest.mark.parametrize("data, status, code", [
    (b"\x00" + BLOCK[1:], 400, 40),
    (b"1\tx\n2\ty\n" * 10, 400, 40),
    (bytes(range(256)), 400, 40),
    (b"\0" * 100, 400, 40),
    (BLOCK[:-1], 400, 271),
    (BLOCK + b"1", 400, 271),
    (BLOCK[:21] + b"\xff\xff\xff\x7f" + BLOCK[25:], 500, 241),
], ids=["checksum", "text", "bytes", "zeros", "cut", "more", "two-gibibytes"])
def test_native_blocks_that_are_damaged(http, table, data, status, code):
    reply = http.insert(f"INSERT INTO {table} (a, s) FORMAT TSV", data, decompress=1)
    assert (reply.status, reply.code) == (status, code), reply.text
    assert http.value(f"SELECT count() FROM {table}") == "0"


def bombs():
    plain = b"1\tx\n" * (8 << 20)  # 32 MiB
    return {"blocks": (native_block(plain) * 16, {"decompress": 1}, {}),
            "gzip": (gzip.compress(plain) * 16, {}, {"Content-Encoding": "gzip"}),
            "zstd": (zstd.compress(plain) * 16, {}, {"Content-Encoding": "zstd"})}


@pytest.mark.parametrize("name", ["blocks", "gzip", "zstd"])
def test_a_bomb_is_refused_within_the_memory_for_bodies(tmp_path, name):
    sluice = Sluice("server", "--data", tmp_path / "data", "--engine-memory-limit", "1GiB")
    try:
        http = Http(sluice.wait_ready().addresses["clickhouse-http"])
        http.value("CREATE TABLE t (a Int32, s String) ENGINE = Null")
        data, params, headers = bombs()[name]
        before = peak_of_others(sluice)
        reply = http.insert("INSERT INTO t FORMAT TSV", data, headers, **params)
        assert (reply.status, reply.code) == (500, 241), reply.text
        assert peak_of_others(sluice) - before < 300 << 20
        assert http.insert("INSERT INTO t FORMAT TSV", b"1\tx\n").status == 200
    finally:
        assert sluice.stop() == 0, sluice.log()


# Sessions


def test_sessions_keep_temporary_tables_and_settings(http):
    session = {"session_id": "s1"}
    http.value("CREATE TEMPORARY TABLE tt (a Int32)", **session)
    assert http.insert("INSERT INTO tt FORMAT CSV", b"1\n2\n", **session).status == 200
    assert http.get("SELECT sum(a) FROM tt", **session).text == "3\n"
    http.value("INSERT INTO tt VALUES (4)", **session)  # the GET before did not make the session readonly
    http.value("SET max_threads = 3", **session)
    assert http.value("SELECT getSetting('max_threads')", max_threads=2, **session) == "2"
    assert http.value("SELECT getSetting('max_threads')", **session) == "3"
    assert http.value("SELECT currentDatabase()", database="system", **session) == "system"
    assert http.value("SELECT currentDatabase()", **session) == "default"
    assert http.post("SELECT sum(a) FROM tt", session_id="s2").code == 60
    assert http.post("SELECT sum(a) FROM tt").code == 60


def test_session_errors(http):
    missing = http.post("SELECT 1", session_id="never-made", session_check=1)
    assert (missing.status, missing.code) == (404, 372)
    assert http.post("SELECT 1", session_id="x", session_timeout=100000).code == 374
    slow = http.begin(ENDLESS, session_id="busy", query_id="busy-one", **ALLOW_ENDLESS)
    wait_for(lambda: running(http, "busy-one") == "1", "the query runs")
    assert http.post("SELECT 1", session_id="busy").code == 373
    slow.close()


def test_session_times_out(http):
    http.value("CREATE TEMPORARY TABLE tt (a Int32)", session_id="short", session_timeout=0)
    assert http.post("SELECT * FROM tt", session_id="short").code == 60


# Many at once


def test_sixteen_queries_at_once_beside_a_slow_one(http):
    slow = [http.begin(ENDLESS, query_id=f"slow{i}", max_threads=1, **ALLOW_ENDLESS) for i in range(4)]
    wait_for(lambda: all(running(http, f"slow{i}") == "1" for i in range(4)), "slow ones run")
    answers = {}

    def ask(i):
        answers[i] = http.value(f"SELECT {i} FROM numbers(100000) LIMIT 1")

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == {i: str(i) for i in range(16)}
    assert all(running(http, f"slow{i}") == "1" for i in range(4))  # none waited for them
    for raw in slow:
        raw.close()
    wait_for(lambda: all(running(http, f"slow{i}") == "0" for i in range(4)), "slow ones end")


@pytest.mark.parametrize("sql", [ENDLESS, "SELECT number FROM system.numbers"], ids=["silent", "streaming"])
def test_a_client_that_leaves_cancels_its_query(http, sql):
    query_id = "leaver" + format(abs(hash(sql)), "x")
    raw = http.begin(sql, query_id=query_id, **ALLOW_ENDLESS)
    wait_for(lambda: running(http, query_id) == "1", "the query runs")
    raw.close()
    wait_for(lambda: running(http, query_id) == "0", "the query is gone", seconds=10)


def test_a_client_that_leaves_gives_back_its_querys_memory(http):
    held = ("SELECT sum(sipHash64(a.number)) FROM system.numbers AS a INNER JOIN "
            "(SELECT number, toString(number) AS text FROM numbers(3000000)) AS b ON a.number % 3000000 = b.number "
            "WHERE NOT ignore(text)")
    raw = http.begin(held, query_id="holder", **ALLOW_ENDLESS)
    usage = "SELECT sum(memory_usage) FROM system.processes WHERE Settings['query_cache_tag'] = 'holder'"
    wait_for(lambda: int(http.value(usage)) > 100 << 20, "the query holds memory")
    tracked = "SELECT value FROM system.metrics WHERE metric = 'MemoryTracking'"
    before = int(http.value(tracked))
    raw.close()
    wait_for(lambda: running(http, "holder") == "0", "the query is gone", seconds=10)
    wait_for(lambda: int(http.value(tracked)) < before - (100 << 20), "its memory is free")


def test_sixteen_cancels_at_once(http):
    raws = [http.begin(ENDLESS, query_id=f"c{i}", max_threads=1, **ALLOW_ENDLESS) for i in range(16)]
    count = "SELECT count() FROM system.processes WHERE match(Settings['query_cache_tag'], '^c[0-9]+$')"
    wait_for(lambda: http.value(count) == "16", "all run")
    for raw in raws:
        raw.close()
    wait_for(lambda: http.value(count) == "0", "all are gone")


def test_same_query_id_twice(http):
    raw = http.begin(ENDLESS, query_id="twin", **ALLOW_ENDLESS)
    wait_for(lambda: running(http, "twin") == "1", "the query runs")
    reply = http.post("SELECT 1", query_id="twin")
    assert (reply.status, reply.code) == (500, 216)
    raw.close()


def test_parallel_inserts(http, table):
    def insert(i):
        data = b"".join(b"%d,x\n" % (i * 1000 + j) for j in range(1000))
        assert http.insert(f"INSERT INTO {table} (a, s) FORMAT CSV", data).status == 200

    threads = [threading.Thread(target=insert, args=(i,)) for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert http.value(f"SELECT count(), uniqExact(a) FROM {table}") == "12000\t12000"


# CORS


def test_cors_only_when_asked_for(http):
    assert "access-control-allow-origin" not in http.post("SELECT 1", headers={"Origin": "http://x"}).headers
    for reply in (http.post("SELECT 1", add_http_cors_header=1), http.post("SELEC 1", add_http_cors_header=1)):
        assert reply.headers["access-control-allow-origin"] == "*"
        assert "X-ClickHouse-Exception-Code" in reply.headers["access-control-expose-headers"]
    preflight = http.request("OPTIONS", "/", add_http_cors_header=1)
    assert preflight.status == 204
    assert "authorization" in preflight.headers["access-control-allow-headers"]
    assert "access-control-allow-origin" not in http.request("OPTIONS", "/").headers


# Progress and figures


SLOW = "SELECT sum(sleepEachRow(0.01)) FROM numbers(100) SETTINGS max_block_size = 1"
WITH_PROGRESS = {"send_progress_in_http_headers": 1, "http_headers_progress_interval_ms": 50}


def test_progress_in_headers(http):
    reply = http.post(SLOW + " FORMAT CSV", **WITH_PROGRESS)
    assert reply.text == "0\n"
    rows = [int(p.get("read_rows", 0)) for p in reply.progress]
    assert len(rows) >= 5 and rows == sorted(rows) and 0 < rows[-1] <= 100, reply.progress
    assert all(p["total_rows_to_read"] == "100" and int(p["elapsed_ns"]) > 0 for p in reply.progress[1:]), reply.progress
    assert json.loads(reply.headers["x-clickhouse-summary"])["read_rows"] == "100"


def test_progress_of_an_insert(http, table):
    reply = http.post(f"INSERT INTO {table} (a) SELECT number + sleepEachRow(0.01) FROM numbers(100) "
                      "SETTINGS max_block_size = 1", **WITH_PROGRESS)
    assert len(reply.progress) >= 5 and int(reply.progress[-1]["read_rows"]) > 0, reply.progress
    assert json.loads(reply.headers["x-clickhouse-summary"])["written_rows"] == "100"


def test_no_progress_unless_asked_for_or_after_the_end(http):
    assert http.post(SLOW).progress == []
    assert http.post("SELECT 1", **WITH_PROGRESS).progress == []
    assert http.post(SLOW, **WITH_PROGRESS | {"http_headers_progress_interval_ms": 60_000}).progress == []


def test_an_error_after_progress(http):
    reply = http.post("SELECT throwIf(number = 50), sleepEachRow(0.01) FROM numbers(100) SETTINGS max_block_size = 1",
                      **WITH_PROGRESS)
    assert (reply.status, reply.code) == (200, 395)
    assert reply.progress and reply.text.startswith("Code: 395. DB::Exception: ")


def test_summary_of_a_streamed_result(http):
    # Many blocks: of a few, the engine is done with the last before the first has been taken.
    reply = http.post("SELECT number, repeat('x', 1000) FROM numbers(50000) SETTINGS max_block_size = 1000")
    assert reply.headers["transfer-encoding"] == "chunked" and len(reply.body) > 50_000_000
    summary = {name: int(value) for name, value in json.loads(reply.headers["x-clickhouse-summary"]).items()}
    assert 0 < summary["read_rows"] <= 50000 and summary["elapsed_ns"] > 0, summary


# Headers that a query sets


HEADERS = "{'Content-Type':'image/png','X-Cache':'it\\'s a hit'}"


@pytest.mark.parametrize("how", ["url", "setting", "map", "insert"])
def test_headers_that_a_query_sets(http, table, how):
    if how == "url":
        reply = http.post("SELECT 1", http_response_headers=HEADERS)
    elif how == "setting":
        reply = http.post(f"SELECT 1 SETTINGS max_threads = 1, http_response_headers = $${HEADERS}$$ FORMAT CSV")
    elif how == "map":
        reply = http.post(f"SELECT 1 SETTINGS http_response_headers = {HEADERS}", http_response_headers="{'X-Other':'1'}")
    else:
        reply = http.insert(f"INSERT INTO {table} (a) FORMAT CSV", b"1\n", http_response_headers=HEADERS)
    assert reply.status == 200, reply.text
    assert reply.headers["content-type"] == "image/png" and reply.headers["x-cache"] == "it's a hit"
    assert "x-other" not in reply.headers and "x-clickhouse-query-id" in reply.headers


def test_headers_that_a_session_sets(http):
    in_session = {"session_id": "headers"}
    assert http.post(f"SET http_response_headers = $${HEADERS}$$", **in_session).status == 200
    assert http.post("SELECT 1", **in_session).headers["x-cache"] == "it's a hit"
    one = http.post("SELECT 1", http_response_headers="{'X-Cache':'miss'}", **in_session)
    assert (one.headers["x-cache"], one.headers["content-type"]) == ("miss", "text/tab-separated-values; charset=UTF-8")
    assert http.post("SELECT 1", **in_session).headers["x-cache"] == "it's a hit"
    assert "x-cache" not in http.post("SELECT 1").headers


def test_headers_of_queries_that_fail_are_not_set(http):
    reply = http.post("SELECT no_such_column", http_response_headers="{'X-Cache':'hit'}")
    assert reply.status == 404 and "x-cache" not in reply.headers


@pytest.mark.parametrize("headers", [
    "{'X-A':'a\\r\\nSet-Cookie: b'}", "{'X-A\\n':'a'}", "{'X A':'a'}", "{'':'a'}", "{'Content-Length':'1'}",
    "{'X-A':'1','x-a':'2'}"])
def test_headers_that_would_break_an_answer_are_refused(http, headers):
    for reply in (http.post("SELECT 1", http_response_headers=headers),
                  http.post(f"SELECT 1 SETTINGS http_response_headers = $${headers}$$")):
        assert (reply.status, reply.code) == (400, 36), reply.text
        assert "set-cookie" not in reply.headers and "x-a" not in reply.headers


@pytest.mark.parametrize("headers", ["x", "{'a'", "{'a':'b'} c"])
def test_headers_that_are_no_map_are_refused(http, headers):
    reply = http.post("SELECT 1", http_response_headers=headers)
    assert reply.status == 400, reply.text


# The log of queries


def test_query_log(http):
    http.post("SELECT 'seen in the log'", query_id="logged", log_comment="by a test")
    http.post("SELECT no_such_column", query_id="failed")
    http.post("SELECT 1; SELECT 2", query_id="malformed")
    http.post("SELECT * FROM file('x')", query_id="denied")
    http.post("SELECT 1", query_id="misconfigured", no_such_setting=1)
    seen = ("SELECT type, query_kind, log_comment, exception_code, startsWith(query, 'SELECT') FROM system.query_log "
            "WHERE query_id = '{}' ORDER BY type, event_time_microseconds")
    for query_id, rows in {
            "logged": ["QueryStart\tSelect\tby a test\t0\t1", "QueryFinish\tSelect\tby a test\t0\t1"],
            "failed": ["QueryStart\tSelect\t\t0\t1", "ExceptionWhileProcessing\tSelect\t\t47\t1"],
            "malformed": ["ExceptionBeforeStart\tNone\t\t62\t1"],
            "denied": ["ExceptionBeforeStart\tSelect\t\t497\t1"],
            "misconfigured": ["ExceptionBeforeStart\tSelect\t\t115\t1"]}.items():
        wait_for(lambda: http.value(seen.format(query_id)).split("\n") == rows, f"{query_id} is in the log")
