"""The sandbox of `sluice server`, with the SQL guard switched off: what a query that slipped past the guard can reach.

On a kernel without Landlock these tests fail; they are not skipped, since such a machine lacks a wall.
"""

import os
import pathlib
import socket

import pytest

from clickhouse_http import Http


@pytest.fixture
def unguarded(start):
    return Http(start("server", "--no-sql-guard").addresses["clickhouse-http"])


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.csv"
    path.write_text("the canary sings\n")
    return path


def test_the_engine_works_behind_the_walls(unguarded):
    unguarded.value("CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a")
    unguarded.value("INSERT INTO t SELECT number FROM numbers(100000)")
    assert unguarded.insert("INSERT INTO t FORMAT CSV", "1\n2\n").status == 200
    unguarded.value("OPTIMIZE TABLE t FINAL")
    assert unguarded.value("SELECT count() FROM t") == "100002"
    assert unguarded.value("SELECT toString(toDateTime(0, 'Asia/Tokyo'))") == "1970-01-01 09:00:00"


@pytest.mark.parametrize("query", [
    "SELECT file('{path}')",
    "SELECT * FROM file('{path}', LineAsString)",
    "SELECT * FROM '{path}'",
    "SELECT * FROM `{path}`",
    "SELECT * FROM `../secret.csv`",
    "SELECT arrayMap(file, ['{path}'])",
    "SELECT * FROM loop('default', '{path}') LIMIT 1",
    "SELECT * FROM sqlite('{path}', 't')",
    "SELECT b FROM values('a String, b String ALIAS file(''{path}'')', ('x'))",
])
def test_files_outside_of_the_data_directory_cannot_be_read(unguarded, secret, query):
    reply = unguarded.post(query.format(path=secret))
    assert reply.status != 200, reply.text
    assert "canary" not in reply.text


def test_directories_outside_of_the_data_directory_cannot_be_listed(unguarded, secret):
    for pattern in (f"{secret.parent}/*", "../*", "/etc/host*"):
        reply = unguarded.post(f"SELECT * FROM file('{pattern}', LineAsString, 'line String')")
        assert reply.body == b"" or reply.status != 200, reply.text


@pytest.mark.parametrize("path", [
    "/etc/passwd", "/etc/hostname", "/proc/self/environ", "/proc/1/cmdline", "/proc/self/root/etc/passwd",
])
@pytest.mark.parametrize("query", ["SELECT file('{}')", "SELECT * FROM file('{}', LineAsString)"])
def test_files_of_the_system_cannot_be_read(unguarded, path, query):
    reply = unguarded.post(query.format(path))
    assert reply.status != 200
    assert "Permission denied" in reply.text, reply.text


@pytest.mark.parametrize("query", [
    "SELECT 1 INTO OUTFILE '{path}'",
    "SELECT 1 INTO OUTFILE '{path}' TRUNCATE",
    "SELECT 1 INTO OUTFILE '{path}' APPEND",
    "INSERT INTO FUNCTION file('{path}', CSV, 'a UInt8') SELECT 1",
])
def test_files_outside_of_the_data_directory_cannot_be_written(unguarded, tmp_path, secret, query):
    new = tmp_path / "new.csv"
    for path in (new, secret):
        assert unguarded.post(query.format(path=path)).status != 200
    assert not new.exists()
    assert secret.read_text() == "the canary sings\n"


@pytest.mark.parametrize("query", [
    "SELECT * FROM url('http://127.0.0.1:{port}/', CSV, 'a String') SETTINGS http_max_tries = 1",
    "SELECT * FROM remote('127.0.0.1:{port}', system.one)",
    "SELECT * FROM s3('http://127.0.0.1:{port}/b/x.csv', NOSIGN, CSV, 'a String') SETTINGS s3_retry_attempts = 0",
    "SELECT * FROM mysql('127.0.0.1:{port}', 'd', 't', 'u', 'p')",
    "SELECT hasColumnInTable('127.0.0.1:{port}', 'default', '', 'system', 'one', 'dummy')",
])
def test_no_connection_leaves_the_process(unguarded, query):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        reply = unguarded.post(query.format(port=listener.getsockname()[1]))
        assert reply.status != 200, reply.text
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_no_program_is_started(start, tmp_path):
    marker = tmp_path / "started"
    scripts = tmp_path / "data" / "user_scripts"
    scripts.mkdir(parents=True)
    script = scripts / "x.sh"
    script.write_text(f"#!/bin/sh\ntouch {marker}\necho 1\n")
    script.chmod(0o755)
    http = Http(start("server", "--no-sql-guard").addresses["clickhouse-http"])
    reply = http.post("SELECT * FROM executable('x.sh', TSV, 'a UInt8')")
    assert reply.status != 200, reply.text
    assert not marker.exists()


def test_every_thread_is_locked_in(start):
    sluice = start("server", "--no-sql-guard")
    tasks = pathlib.Path(f"/proc/{sluice.process.pid}/task")
    for task in os.listdir(tasks):
        status = (tasks / task / "status").read_text()
        assert "\nNoNewPrivs:\t1\n" in status
        assert "\nSeccomp:\t2\n" in status
