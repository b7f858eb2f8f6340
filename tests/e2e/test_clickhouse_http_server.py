"""`sluice server` as a process: credentials, data directory, start and stop."""

import base64
import os
import pathlib
import re
import signal
import socket
import subprocess

import pytest

from clickhouse_http import Http
from sluice import BINARY, wait_for


def address_of(sluice):
    return Http(sluice.addresses["clickhouse-http"])


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.fixture
def guarded(start):
    return address_of(start("server", env={"SLUICE_PASSWORD": "s3cret"}))


def test_every_way_to_bring_credentials(guarded):
    assert guarded.post("SELECT 1", user="default", password="s3cret").text == "1\n"
    assert guarded.post("SELECT 1", headers=basic("default", "s3cret")).text == "1\n"
    assert guarded.post("SELECT 1", headers={"X-ClickHouse-User": "default", "X-ClickHouse-Key": "s3cret"}).text == "1\n"
    assert guarded.request("GET", "/ping").text == "Ok.\n"


def test_wrong_and_missing_credentials(guarded):
    for reply in (guarded.post("SELECT 1", headers=basic("default", "wrong")),
                  guarded.post("SELECT 1", headers=basic("nobody", "s3cret")),
                  guarded.post("SELECT 1", password="s3cre"),
                  guarded.post("SELECT 1", headers={"X-ClickHouse-Key": "s3cret2"}),
                  guarded.post("SELECT 1", headers={"Authorization": "Basic !!!"}),
                  guarded.post("SELECT 1", user="default", headers=basic("default", "s3cret"))):
        assert (reply.status, reply.code) == (403, 516), reply.text
    missing = guarded.post("SELECT 1")
    assert (missing.status, missing.code) == (401, 194)
    assert missing.headers["www-authenticate"].startswith("Basic")


def resident_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) / 1024


def connect(sluice):
    host, _, port = sluice.addresses["clickhouse-http"].rpartition(":")
    return socket.create_connection((host, int(port)), timeout=60)


def read_all(connection):
    """What comes until the server has said its last."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


CREDENTIALS = "X-ClickHouse-User: default\r\nX-ClickHouse-Key: s3cret\r\n"


@pytest.mark.parametrize("begin", [b"1;", b"0\r\nTrailer: "], ids=["chunk extension", "trailer"])
@pytest.mark.parametrize("path, fields, status", [
    ("/", "", 401), ("/ping", "", 404), ("/?query=INSERT+INTO+t+FORMAT+TSV", CREDENTIALS, 400)])
def test_endless_lines_in_a_chunked_body_cost_no_memory(start, begin, path, fields, status):
    sluice = start("server", env={"SLUICE_PASSWORD": "s3cret"})
    before = resident_mib(sluice.process.pid)
    most = before
    with connect(sluice) as connection:
        head = f"POST {path} HTTP/1.1\r\nHost: a\r\n{fields}Transfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head.encode() + begin)
        try:
            for _ in range(256):
                connection.sendall(b"x" * (1 << 20))
                most = max(most, resident_mib(sluice.process.pid))
        except (ConnectionResetError, BrokenPipeError):
            pass  # it has had enough
    assert most - before < 32
    with connect(sluice) as connection:
        connection.sendall(head.encode() + begin + b"x" * 10_000)
        answer = read_all(connection)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode()), answer
    assert answer.count(b"HTTP/1.1") == 1
    assert address_of(sluice).request("GET", "/ping").text == "Ok.\n"


def test_what_two_readers_could_understand_in_two_ways_is_refused(start):
    sluice = start("server")
    second = "GET /?query=SELECT+'smuggled' HTTP/1.1\r\nHost: a\r\n\r\n"
    for method, fields in (
            ("GET", "Host: a\r\nTransfer-Encoding: xchunked\r\n"),
            ("POST", "Host: a\r\nTransfer-Encoding: chunked, chunked\r\n"),
            ("POST", f"Host: a\r\nContent-Length: {len(second)}\r\nContent-Length: {len(second)}\r\n"),
            ("POST", "Host: a\r\nContent-Length: 8\r\nTransfer-Encoding: chunked\r\n"),
            ("GET", "Host: a\r\nHost: b\r\n")):
        with connect(sluice) as connection:
            connection.sendall(f"{method} /?query=SELECT+1 HTTP/1.1\r\n{fields}\r\n{second}".encode())
            answer = read_all(connection)
        assert answer.startswith(b"HTTP/1.1 400 "), (fields, answer)
        assert answer.count(b"HTTP/1.1") == 1 and b"smuggled" not in answer


def test_http_1_0_needs_no_host(start):
    with connect(start("server")) as connection:
        connection.sendall(b"GET /?query=SELECT+42 HTTP/1.0\r\n\r\n")
        assert read_all(connection).endswith(b"42\n")


def test_a_wrong_user_and_a_wrong_password_are_answered_alike(guarded):
    def refused(user, password):
        reply = guarded.post("SELECT 1", user=user, password=password)
        names = {name for name in reply.headers if name not in ("date", "content-length")}
        return reply.status, reply.code, names, reply.text.replace(user, "USER")

    assert refused("nobody", "s3cret") == refused("default", "wrong") == refused("nobody", "wrong")


def test_a_password_in_the_url_is_nowhere_else(start):
    secret = "seeded-secret-4713"
    sluice = start("server", "--log-level", "debug", env={"SLUICE_PASSWORD": secret})
    http = address_of(sluice)
    by_url = {"user": "default", "password": secret}
    assert http.post("SELECT 1", query_id="right", **by_url).text == "1\n"
    assert http.get("SELECT no_such_column", **by_url).code == 47
    assert http.post("SELECT 1", user="default", password=secret + "4").code == 516
    wait_for(lambda: http.value("SELECT count() FROM system.query_log WHERE query_id = 'right'", **by_url) == "2", "the log")
    rows = http.post("SELECT * FROM system.query_log FORMAT JSONEachRow", **by_url)
    assert "no_such_column" in rows.text
    assert secret not in rows.text
    assert sluice.stop() == 0
    assert secret not in sluice.log()


def test_empty_password_is_taken_as_official_clients_send_it(start):
    http = address_of(start("server"))
    assert http.post("SELECT 1", headers={"Authorization": "Basic ZGVmYXVsdDo="}).text == "1\n"
    assert http.post("SELECT 1", user="default", password="").text == "1\n"
    assert http.post("SELECT 1", headers=basic("default", "x")).code == 516


def test_rows_outlive_a_restart(start, tmp_path):
    first = start("server")
    http = address_of(first)
    http.value("CREATE TABLE kept (a Int32) ENGINE = MergeTree ORDER BY a")
    http.insert("INSERT INTO kept FORMAT CSV", b"1\n2\n")
    assert first.stop() == 0, first.log()
    http = address_of(start("server"))
    assert http.value("SELECT sum(a) FROM kept") == "3"
    assert oct((tmp_path / "data").stat().st_mode & 0o777) == "0o700"


def test_second_server_on_the_directory_is_told_who_has_it(start, tmp_path):
    first = start("server")
    second = subprocess.run([BINARY, "server", "--data", tmp_path / "data", "--clickhouse-http", "127.0.0.1:0"],
                            capture_output=True, text=True, timeout=60)
    assert second.returncode == 1
    assert f"in use by pid {first.process.pid}" in second.stderr


def test_directory_of_a_newer_version_is_refused(start, tmp_path):
    assert start("server").stop() == 0
    (tmp_path / "data" / "format").write_text("999\n")
    again = subprocess.run([BINARY, "server", "--data", tmp_path / "data", "--clickhouse-http", "127.0.0.1:0"],
                           capture_output=True, text=True, timeout=60)
    assert again.returncode == 1
    assert "newer version" in again.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_the_server_cleanly_during_a_query(start, number):
    sluice = start("server")
    http = address_of(sluice)
    raw = http.begin("SELECT sum(sipHash64(number)) FROM system.numbers", query_id="endless")
    wait_for(lambda: http.value("SELECT count() FROM system.processes") == "2", "the query runs")
    sluice.process.send_signal(number)
    assert sluice.process.wait(30) == 0, sluice.log()
    raw.close()


def test_rows_are_there_after_kill_nine(start):
    sluice = start("server")
    http = address_of(sluice)
    http.value("CREATE TABLE kept (a Int32) ENGINE = MergeTree ORDER BY a")
    for i in range(5):
        assert http.insert("INSERT INTO kept FORMAT CSV", b"%d\n" % i).status == 200
    os.kill(sluice.process.pid, signal.SIGKILL)
    sluice.process.wait(30)
    assert address_of(start("server")).value("SELECT count() FROM kept") == "5"


def test_a_part_that_cannot_be_read_any_more_is_reported_at_the_start(start, tmp_path):
    first = start("server", "--data", tmp_path / "data")
    http = address_of(first)
    http.value("CREATE TABLE kept (a Int32) ENGINE = MergeTree ORDER BY a")
    for i in range(2):
        assert http.insert("INSERT INTO kept FORMAT CSV", b"%d\n" % i).status == 200
    part = pathlib.Path(http.value("SELECT path FROM system.parts WHERE table = 'kept' AND name = 'all_1_1_0'"))
    first.stop()
    for file in (part / "data.bin", part / "checksums.txt"):
        os.truncate(file, 3)
    second = start("server", "--data", tmp_path / "data")
    http = address_of(second)
    assert http.value("SELECT count() FROM kept") == "1"
    (line,) = [line for line in second.log().splitlines() if "could not be read and were set aside" in line]
    assert '"table":"default.kept"' in line and '"parts":"1"' in line and "all_1_1_0" in line, line
    http.value("ALTER TABLE kept DROP DETACHED PART 'broken-on-start_all_1_1_0'", allow_drop_detached=1)
    second.stop()
    third = start("server", "--data", tmp_path / "data")
    assert "set aside" not in third.log()
