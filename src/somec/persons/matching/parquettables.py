"""Parquet tables of people: columns of text, numbers, dates, moments, dictionaries and lists of these."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from somec.persons.matching.columns import RowBlock, known
from somec.persons.matching.errors import BadTable


def is_parquet(file: Path) -> bool:
    """Whether the name of a file says Parquet."""
    return file.suffix.lower() in {".parquet", ".pq"}


def header(file: Path) -> list[str]:
    """The names of all columns; raises BadTable."""
    try:
        return list(pq.ParquetFile(file).schema_arrow.names)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise BadTable("matching.file.unreadable", file=file.name, reason=type(error).__name__) from error


def blocks(file: Path, size: int) -> Iterator[RowBlock]:
    """The rows of a file, at most `size` at a time; raises BadTable."""
    try:
        parquet = pq.ParquetFile(file)
        schema = parquet.schema_arrow
        found, first = known(schema.names, file), 1
        for theirs in found.values():
            kind = schema.field(theirs).type
            if _is_nested(kind):
                raise BadTable("matching.file.column_type", file=file.name, column=theirs[:40], found=str(kind)[:40])
        for batch in parquet.iter_batches(batch_size=size, columns=list(found.values())):
            if batch.num_rows:
                yield RowBlock(
                    first,
                    {ours: _texts(batch.column(theirs)) for ours, theirs in found.items()},
                )
                first += batch.num_rows
    except (OSError, ValueError, OverflowError, pa.ArrowException) as error:
        raise BadTable("matching.file.unreadable", file=file.name, reason=type(error).__name__) from error


def _is_nested(kind: pa.DataType) -> bool:
    """Whether a type holds structures, by itself or in its lists."""
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return _is_nested(kind.value_type)
    return bool(pa.types.is_nested(kind))


def _texts(column: pa.Array) -> list[str]:
    if pa.types.is_timestamp(column.type):  # of a birth only the day counts; a zone would move it
        column = column.cast(pa.timestamp("us")).cast(pa.date32(), safe=False)
    if pa.types.is_date(column.type):
        column = column.cast(pa.string())  # years that Python has no date for are read, and told as not understood
    return [_text(value) for value in column.to_pylist()]


def _text(value: object) -> str:
    """A value of any type as a person would have written it: 7.0 is 7, not-a-number is nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ";".join(_text(item) for item in value)
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.0f}" if value.is_integer() else str(value)
    if isinstance(value, date):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
