#!/usr/bin/env python3
"""Writes src/ottl/functions/user_agent_data.inc: what browsers and systems call themselves.

The source is regexes.yaml of uap-core (https://github.com/ua-parser/uap-core, Apache-2.0), by default that of Debian's
package uap-core. Needs PyYAML.   tools/generate/user_agents.py [REGEXES.YAML]
"""
import pathlib
import sys

import yaml

SOURCE = "/usr/share/uap-core/regexes.yaml"
TARGET = pathlib.Path(__file__).resolve().parents[2] / "src/ottl/functions/user_agent_data.inc"
LISTS = (
    ("kAgents", "user_agent_parsers", ("family_replacement", "v1_replacement", "v2_replacement", "v3_replacement")),
    ("kSystems", "os_parsers",
     ("os_replacement", "os_v1_replacement", "os_v2_replacement", "os_v3_replacement", "os_v4_replacement")),
)


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def raw(text):
    assert ')~"' not in text, text
    return f'R"~({text})~"'


def row(entry, replacements):
    regex = ("(?i)" if entry.get("regex_flag") == "i" else "") + entry["regex"]
    # A group stands where nothing else is said: the first for the name, the next ones for the version.
    parts = [str(entry.get(name) or f"${number}") for number, name in enumerate(replacements, 1)]
    while parts and parts[-1] == f"${len(parts)}":
        parts.pop()
    return "    {" + ", ".join([raw(regex), *map(quoted, parts)]) + "},"


def main():
    with open(sys.argv[1] if len(sys.argv) > 1 else SOURCE, encoding="utf-8") as file:
        lists = yaml.safe_load(file)
    lines = ["// Written by tools/generate/user_agents.py from regexes.yaml of uap-core,",
             "// Copyright 2009 Google Inc., Apache License 2.0."]
    for name, key, replacements in LISTS:
        lines += ["", f"constexpr Rule {name}[] = {{"]
        lines += [row(entry, replacements) for entry in lists[key]]
        lines += ["};"]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
