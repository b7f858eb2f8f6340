"""tools/check-layout finds what it is there to find: each rule with a file that breaks it, and one that does not."""

import pathlib
import subprocess
import sys

import pytest

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools/check-layout"


@pytest.fixture
def tree(tmp_path):
    """A repository to put files into; check() gives the exit code and the error lines."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)

    class Tree:
        @staticmethod
        def put(path, text):
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

        @staticmethod
        def check():
            done = subprocess.run([sys.executable, str(TOOL), str(tmp_path)], capture_output=True, text=True)
            return done.returncode, [line for line in done.stdout.splitlines() if line.startswith("error:")]

    return Tree()


HEADER = "#pragma once\n"

BREAKS = {
    "a folder below": ({"src/wire/a.h": HEADER + '#include "http/b.h"\n', "src/http/b.h": HEADER}, "only folders above"),
    "another component": ({"src/components/receivers/x/a.h": HEADER + '#include "components/exporters/y/b.h"\n',
                           "src/components/exporters/y/b.h": HEADER}, "components never include each other"),
    "testing in the product": ({"src/app/a.cc": '#include "testing/b.h"\n', "src/testing/b.h": HEADER}, "only tests include"),
    "no path from the root": ({"src/app/a.cc": '#include "b.h"\n', "src/app/b.h": HEADER}, "from the root of src/"),
    "a library elsewhere": ({"src/wire/a.cc": "#include <simdjson.h>\n"}, "stays in otlp/"),
    "boost elsewhere": ({"src/web/a.cc": "#include <boost/asio.hpp>\n"}, "stays in io, http/"),
    "a test library in the product": ({"src/base/a.cc": "#include <gtest/gtest.h>\n"}, "a test library in a product file"),
    "no pragma once": ({"src/base/a.h": "int a();\n"}, "no #pragma once"),
    "own header not first": ({"src/base/a.h": HEADER, "src/base/a.cc": '#include <string>\n#include "base/a.h"\n'}, "comes first"),
    "a fuzzer without corpus": ({"src/base/a_fuzz.cc": "int f();\n"}, "no corpus a_corpus/"),
    "a long file": ({"src/base/a.cc": "int x;\n" * 601}, "601 lines; at most 600"),
    "unfinished work": ({"src/base/a.cc": "// TO" + "DO: later\n"}, "a word of unfinished work"),
    "a skipped test": ({"src/base/a_test.cc": "GTEST" + "_SKIP();\n"}, "a test that can be skipped"),
    "a registry": ({"tools/x.sh": "curl https://registry.npm" + "js.org/a\n"}, "the address of a package registry"),
    "a machine's path": ({"docs/a.md": "see /ro" + "ot/notes\n"}, "a path of one machine"),
    "a drawer": ({"src/base/utils/a.h": HEADER}, "says nothing"),
}


@pytest.mark.parametrize("files, message", BREAKS.values(), ids=BREAKS.keys())
def test_breaks_a_rule(tree, files, message):
    for path, text in files.items():
        tree.put(path, text)
    code, errors = tree.check()
    assert code == 1
    assert len(errors) == 1 and message in errors[0], errors


def test_keeps_the_rules(tree):
    tree.put("src/base/a.h", HEADER + "#include <string>\n")
    tree.put("src/base/a.cc", '#include "base/a.h"\n\n#include <vector>\n')
    tree.put("src/base/a_test.cc", '#include "base/a.h"\n\n#include <gtest/gtest.h>\n\n#include "testing/b.h"\n')
    tree.put("src/testing/b.h", HEADER + '#include "app/c.h"\n')
    tree.put("src/app/c.h", HEADER + '#include "base/a.h"\n')
    tree.put("src/wire/a_fuzz.cc", '#include "base/a.h"\n')
    tree.put("src/wire/a_corpus/one", "x")
    tree.put("src/http/d.cc", "#include <nghttp2/nghttp2.h>\n")
    assert tree.check() == (0, [])


def test_a_test_may_include_downwards_and_any_library(tree):
    tree.put("src/app/c.h", HEADER)
    tree.put("src/wire/a_test.cc", '#include "app/c.h"\n#include <lz4frame.h>\n#include <simdjson.h>\n')
    assert tree.check() == (0, [])
