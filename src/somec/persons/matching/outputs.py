"""Tables of answers: CSV that every reader takes apart in the same way, and Parquet made of it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from somec.persons.matching.parquettables import is_parquet

ROWS_AT_ONCE: Final = 50_000
"""Rows of one group of a Parquet file: what is held in memory."""
_LONGEST: Final = 2**31 - 1
_QUOTED: Final = re.compile(r'[",\r\n]|^\s|\s$')


def as_csv(rows: Iterable[tuple[str, ...]]) -> bytes:
    """Rows as UTF-8 with a line feed behind each.

    Fields with a comma, a quote or any line end are quoted; Python's own writer leaves a lone carriage return bare,
    which other readers take for the end of the row.
    """
    lines = [",".join(map(_field, row)) + "\n" for row in rows]
    return "".join(lines).encode("utf-8", "replace")


def _field(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def finish(growing: Path, out: Path, types: Mapping[str, pa.DataType]) -> None:
    """Put a complete CSV file in its place: renamed, or as Parquet where the name of `out` says so.

    `types` are those of the columns in their order; an empty field of a column of numbers is null. Raises OSError.
    """
    if not is_parquet(out):
        growing.replace(out)
        return
    beside = out.with_name(out.name + ".new")
    try:
        _convert(growing, beside, pa.schema(list(types.items())))
        beside.replace(out)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    growing.unlink()


def _convert(source: Path, out: Path, schema: pa.Schema) -> None:
    before = csv.field_size_limit(_LONGEST)  # what we wrote is read, however long an id is
    try:
        with source.open(encoding="utf-8", newline="") as handle, pq.ParquetWriter(out, schema) as writer:
            rows = csv.reader(handle)
            next(rows)
            while some := list(islice(rows, ROWS_AT_ONCE)):
                columns = [
                    _column(list(texts), field.type)
                    for texts, field in zip(zip(*some, strict=True), schema, strict=True)
                ]
                writer.write_table(pa.table(columns, schema=schema))
    finally:
        csv.field_size_limit(before)


def _column(texts: list[str], kind: pa.DataType) -> pa.Array:
    if pa.types.is_string(kind):
        return pa.array(texts, kind)
    return pa.array([text or None for text in texts], pa.string()).cast(kind)
