#!/usr/bin/env python3
"""Writes src/ottl/functions/time_names_data.inc: what months, days and the halves of a day are called in which language.

The source is Unicode's CLDR as the Python package Babel has it (pip install babel).   tools/generate/time_names.py
"""
import pathlib

import babel.core
import babel.localedata

TARGET = pathlib.Path(__file__).resolve().parents[2] / "src/ottl/functions/time_names_data.inc"
WIDTH = 112
NARROW_SPACE = "\u202f"


def names(table, keys):
    """In this order; nothing where CLDR has only its numbered stand-ins, or not all."""
    found = [table.get(key, "") for key in keys]
    return [] if not all(found) or found[0] == "M01" else found


def halves(locale):
    for width in ("abbreviated", "narrow"):
        found = names(locale.day_periods["format"].get(width, {}), ("am", "pm"))
        if found:
            return [name.replace(NARROW_SPACE, "") for name in found]
    return []


def lists(tag):
    locale = babel.core.Locale.parse(tag)
    months, days = locale.months["format"], locale.days["format"]
    sunday_first = (6, 0, 1, 2, 3, 4, 5)
    return (names(months["wide"], range(1, 13)), names(months["abbreviated"], range(1, 13)),
            names(days["wide"], sunday_first), names(days["abbreviated"], sunday_first), halves(locale))


def folded(found):
    return tuple("|".join(each).casefold() for each in found)


def rows():
    """Tags by what they have in common; those that have what the tag before their last part has are left out."""
    known = {}
    out = {}
    for tag in sorted(babel.localedata.locale_identifiers()):
        found = lists(tag)
        if not found[0]:
            continue
        known[tag] = folded(found)
        shorter = tag.rpartition("_")[0]
        while shorter and shorter not in known:
            shorter = shorter.rpartition("_")[0]
        if shorter and known[shorter] == known[tag]:
            continue
        out.setdefault(known[tag], ([], found))[0].append(tag.replace("_", "-").lower())
    return out.values()


def literal(text):
    """A string in lines of a length that can be read."""
    parts = [text[at:at + WIDTH] for at in range(0, len(text), WIDTH)] or [""]
    return "\n".join('     "' + part.replace('"', '\\"') + '"' for part in parts)


def main():
    lines = [f"// Written by tools/generate/time_names.py from CLDR {babel.core.get_cldr_version()},",
             "// Copyright 1991-2026 Unicode, Inc., Unicode License v3.", "", "constexpr Language kLanguages[] = {"]
    for tags, found in rows():
        texts = [" ".join(tags), *("|".join(each) for each in found)]
        lines.append("    {" + ",\n".join(map(literal, texts)).lstrip() + "},")
    lines.append("};")
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
