"""Which tables a piece of work reads from end to end: what would make a node slower the more it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

_READS = ("SELECT", "UPDATE", "DELETE")
_WHOLE = re.compile(r"SCAN (\w+)$")
_BY_INDEX = re.compile(r"SCAN (\w+) USING (?:COVERING )?INDEX (\w+)$")


@contextmanager
def reads_whole() -> Iterator[set[str]]:
    """Give the tables that SQLite reads whole within the block, as ``table`` or ``table by index``; filled at its end.

    An index that holds only a part of its table (what is still queued, say) is named too: the test says which may be
    read so. SQLite plans without statistics, so a table of two rows is read as one of a million would be.
    """
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads small tables whole, whatever indexes there are")
    found: set[str] = set()
    with CaptureQueriesContext(connection) as captured:
        yield found
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            if query["sql"].startswith(_READS):
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                found.update(_scans(row[3] for row in cursor.fetchall()))


def _scans(steps: Iterator[str]) -> Iterator[str]:
    for step in steps:
        whole, by_index = _WHOLE.match(step), _BY_INDEX.match(step)
        if whole:
            yield whole[1]
        elif by_index:
            yield f"{by_index[1]} by {by_index[2]}"
