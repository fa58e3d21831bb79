"""On which line of a TOML file a field stands, so that a mistake can be shown where a person will look for it.

``tomllib`` keeps no positions. This scan knows what a criteria file uses: comments, ``[table]``, ``[[array of
tables]]`` and ``key = value``. It only ever locates; what the file means is decided by ``tomllib``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_.\-]+)\s*=")


def lines_of(text: str) -> Mapping[Place, int]:
    """Return the line (from 1) of each table and field, by its path; arrays of tables are counted from 0."""
    found: dict[Place, int] = {(): 1}
    counts: dict[str, int] = {}
    table: Place = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            table = _table(header.group(2), counts, starts=header.group(1) == "[[")
            found.setdefault(table[:1], number)
            found.setdefault(table, number)
            continue
        key = _KEY.match(line)
        if key:
            path = (*table, *key.group(1).split("."))
            for length in range(len(table) + 1, len(path) + 1):
                found.setdefault(path[:length], number)
    return found


def _table(name: str, counts: dict[str, int], *, starts: bool) -> Place:
    first, *rest = name.split(".")
    if starts and not rest:
        counts[first] = counts.get(first, -1) + 1
    return (first, counts[first], *rest) if first in counts else (first, *rest)


def line_of(lines: Mapping[Place, int], path: Place) -> int:
    """Return the line of a field, or of the nearest table around it."""
    for length in range(len(path), -1, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1
