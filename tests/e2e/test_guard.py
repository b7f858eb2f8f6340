"""The SQL guard over the network, whether its review still covers the engine that is shipped, and whether both cut SQL alike.

Environment: TOKEN_DUMP is the guard's lexer (default build/release/src/testing/token_dump), SEED the seed of random texts.
"""

import json
import os
import random
import re
import struct
import subprocess

import pytest

from clickhouse_http import Http
from sluice import ROOT

SOURCES = ROOT / "src/server"
TOKEN_DUMP = os.environ.get("TOKEN_DUMP", str(ROOT / "build/release/src/testing/token_dump"))
SEED = int(os.environ.get("SEED", "1"))
TEXTS = 20_000

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


# What the borders of tokens depend on, and what may hide one: quotes of every kind, escapes, comments, heredocs, numbers.
PIECES = [
    b"SELECT", b"x", b"_a1", b"$", b"$a$", b"$$", b"a$", b"1", b"0", b".", b"1.5", b"1e5", b"1e", b"e", b"E-", b"0x", b"0xF",
    b"0b1", b"p", b"1_0", b"_", b"'", b"''", b"\\'", b"\\", b'"', b'""', b"`", b"``", b"\\`", b"x'", b"b'", b"X'0'", b"--", b"-",
    b"->", b"#", b"#!", b"# ", b"/", b"/*", b"*/", b"*", b"//", b";", b"\\G", b"\n", b"\r", b" ", b"\t", b"\v", b"\f", b"\0", b"\x01",
    b"(", b")", b"[", b"]", b"{", b"}", b",", b":", b"::", b"=", b"==", b"!=", b"!", b"<", b"<=", b"<=>", b"<>", b">", b">=", b"|",
    b"||", b"@", b"@@", b"?", b"%", b"^", b"&", b"~", b"+", "\u2018".encode(), "\u2019".encode(), "\u201c".encode(),
    "\u201d".encode(), "\u2212".encode(), "\u00a0".encode(), "\u3000".encode(), "\u200b".encode(), "\ufeff".encode(),
    "é".encode(), "日".encode(), b"\xe2\x80", b"\xff", b"\xc2",
]

CLASSES = {"BareWord": "W", "QuotedIdentifier": "Q", "StringLiteral": "S", "HereDoc": "H", "Number": "N", "Semicolon": "C"}


def random_texts(seed):
    rng = random.Random(seed)
    return [b"".join(rng.choices(PIECES, k=rng.randrange(1, 12))) for _ in range(TEXTS)]


def tokens_of_the_guard(texts):
    asked = b"".join(struct.pack("<I", len(text)) + text for text in texts)
    answer = subprocess.run([TOKEN_DUMP], input=asked, capture_output=True, check=True).stdout
    found = []
    while answer:
        (size,) = struct.unpack_from("<I", answer)
        lines = answer[4:4 + size].decode().splitlines()
        answer = answer[4 + size:]
        found.append([(kind, int(begin), int(end)) for kind, begin, end in (line.split() for line in lines)])
    return found


def tokens_of_the_engine(server, texts):
    def length(number):
        return (bytes([number & 127 | 128]) + length(number >> 7)) if number > 127 else bytes([number])

    rows = b"".join(struct.pack("<I", i) + length(len(text)) + text for i, text in enumerate(texts))
    body = (b'--B\r\nContent-Disposition: form-data; name="t"; filename="t"\r\n\r\n' + rows + b"\r\n--B--\r\n")
    reply = server.request("POST", body=body, headers={"Content-Type": "multipart/form-data; boundary=B"}, t_format="RowBinary",
                           t_structure="i UInt32, s String", output_format_json_quote_64bit_integers=0,
                           query="SELECT arrayMap(t -> (toString(t.3), t.1, t.2), tokenizeQuery(s)) FROM t ORDER BY i "
                                 "FORMAT JSONCompactEachRow")
    assert reply.status == 200, reply.text[:1000]
    found = []
    for line in reply.body.splitlines():
        tokens = []
        for name, begin, end in json.loads(line)[0]:
            if name not in ("Whitespace", "Comment"):
                tokens.append(("E" if name.startswith("Error") else CLASSES.get(name, "P"), begin, end))
            if name.startswith("Error"):
                break
        found.append(tokens)
    return found


def without_ends_of_errors(tokens):
    return [(kind, begin, None if kind == "E" else end) for kind, begin, end in tokens]


def test_the_guard_and_the_engine_cut_texts_alike(server):
    texts = random_texts(SEED)
    ours, theirs = tokens_of_the_guard(texts), tokens_of_the_engine(server, texts)
    assert len(ours) == len(theirs) == TEXTS
    for text, mine, engines in zip(texts, ours, theirs):
        assert without_ends_of_errors(mine) == without_ends_of_errors(engines), (SEED, text)
