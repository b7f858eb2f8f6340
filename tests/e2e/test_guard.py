"""The SQL guard over the network, and whether its review still covers the engine that is shipped."""

import pathlib
import re

import pytest

from clickhouse_http import Http

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "src/server"

ENTRY = re.compile(r'^SLUICE_(ALLOW|DENY)_(\w+)\("[^"\n]*",\s*((?:"[^"]*"\s*)+)\)', re.MULTILINE)

# What the engine offers, by the part of the review that must name it. Settings are many; those that carry text can
# carry SQL, a path or an address, so these are the ones that must be named.
ENGINE_NAMES = {
    "FUNCTIONS": "SELECT name FROM system.functions",
    "TABLE_FUNCTIONS": "SELECT name FROM system.table_functions",
    "ENGINES": "SELECT name FROM system.table_engines",
    "DATABASE_ENGINES": "SELECT name FROM system.database_engines",
    "SYSTEM_TABLES": "SELECT name FROM system.tables WHERE database = 'system' AND name NOT LIKE '%\\_log'",
    "SETTINGS": "SELECT name FROM system.settings WHERE type IN ('String', 'Map')",
}

# Reviewed names that this list of the engine's does not show: settings of tables, and settings that are not text.
HIDDEN_NAMES_ALLOWED = {"SETTINGS"}


def reviewed(part):
    """name -> whether it is allowed"""
    names = {}
    for file in ("function_list.inc", "name_lists.inc"):
        for verdict, space, text in ENTRY.findall((SOURCES / file).read_text()):
            if space.removeprefix("TEXT_") == part:
                for name in "".join(re.findall(r'"([^"]*)"', text)).split():
                    assert name not in names, f"{name} is reviewed twice"
                    names[name] = verdict == "ALLOW"
    return names


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    from sluice import Sluice
    sluice = Sluice("server", "--data", tmp_path_factory.mktemp("guard") / "data")
    yield Http(sluice.wait_ready().addresses["clickhouse-http"])
    sluice.stop()


@pytest.mark.parametrize("part", ENGINE_NAMES)
def test_the_review_names_what_the_engine_has(server, part):
    offered = set(server.value(ENGINE_NAMES[part]).splitlines())
    names = set(reviewed(part))
    assert offered, "the engine answers nothing"
    assert offered - names == set(), "not reviewed: see the head of src/server/function_list.inc"
    if part not in HIDDEN_NAMES_ALLOWED:
        assert names - offered == set(), "reviewed, but the engine no longer has them"


def test_settings_that_are_not_text_but_denied_exist(server):
    known = set(server.value("SELECT name FROM system.settings").splitlines())
    known |= set(server.value("SELECT name FROM system.merge_tree_settings").splitlines())
    denied = {name for name, allowed in reviewed("SETTINGS").items() if not allowed}
    assert denied - known == {"profile"}  # a word of SET's own


@pytest.mark.parametrize("sql", [
    "SELECT file('/etc/passwd')",
    "SELECT * FROM url('http://127.0.0.1/')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT 1 INTO OUTFILE '/tmp/x'",
    "KILL QUERY WHERE 1",
    "CREATE USER u",
    "SELECT 1 SETTINGS dialect = 'prql'",
])
def test_refusals_look_like_the_engines_own(server, sql):
    reply = server.post(sql)
    assert reply.status == 403, reply.text
    assert reply.code == 497
    assert re.match(r"Code: 497\. DB::Exception: .* \(ACCESS_DENIED\) \(version ", reply.text), reply.text


def test_two_statements_are_a_syntax_error(server):
    reply = server.post("SELECT 1; SELECT 2")
    assert (reply.status, reply.code) == (400, 62)
    assert "Multi-statements are not allowed" in reply.text


def test_a_setting_in_the_query_string_is_checked(server):
    assert server.post("SELECT 1", dialect="prql").code == 497
    assert server.post("SELECT 1", max_execution_time="60").status == 200


@pytest.mark.parametrize("form", ["VALUES", "FORMAT Values", "FORMAT values"])
def test_expressions_in_values_are_checked(server, form):
    server.value("CREATE TABLE IF NOT EXISTS guarded (a String) ENGINE = Memory")
    assert server.insert(f"INSERT INTO guarded {form}", "(file('/etc/passwd'))").code == 497
    assert server.insert(f"INSERT INTO guarded {form}", "(lower('A'))").status == 200


@pytest.mark.parametrize("value", ["/etc/passwd", "../x"])
def test_an_identifier_parameter_cannot_name_a_file(server, value):
    assert server.post("SELECT * FROM {t:Identifier}", param_t=value).code == 497
    assert server.post("SELECT * FROM system.{t:Identifier}", param_t="one").status == 200
    assert server.value("SELECT {t:String}", param_t=value) == value
