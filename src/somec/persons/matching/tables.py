"""Files of people.

CSV or Parquet with the columns full_name or given_name + family_name, dob, sex, nationality, birthplace, document,
and id.

Several values of one column are separated by `;`. The full list of column names and what is refused stands in
docs/reference/matching-files.md.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, compress
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from somec.persons.matching import csvtables, parquettables
from somec.persons.matching.columns import COLUMNS, Header, RowBlock, known
from somec.persons.matching.errors import BadTable
from somec.persons.matching.parquettables import is_parquet
from somec.persons.matching.records import PersonName, PersonRecord

__all__ = [
    "RowBlock",
    "count_people",
    "header_of",
    "people_of",
    "read_blocks",
    "read_index",
    "read_people",
]

Value = TypeVar("Value")
BATCH: Final = 4096
"""Rows held in memory at once."""


def header_of(file: Path, encoding: str = "utf-8") -> Header:
    """The columns of a file; raises BadTable where it cannot be read or has no names."""
    if not file.is_file():
        raise BadTable("matching.file.missing", file=file.name)
    names = parquettables.header(file) if is_parquet(file) else csvtables.header(file, encoding)
    found = known(names, file)
    return Header(found, tuple(name for name in names if name.strip() and name not in found.values()))


def read_people(file: Path, skip: int = 0, encoding: str = "utf-8") -> Iterator[PersonRecord]:
    """The people of a file, row by row in constant memory, after the first `skip`; raises BadTable.

    A row without id gets its row number, counted from 1.
    """
    for block in read_blocks(file, skip, encoding):
        yield from people_of(block)


def read_blocks(file: Path, skip: int = 0, encoding: str = "utf-8", size: int = BATCH) -> Iterator[RowBlock]:
    """The rows of a file after the first `skip`, at most `size` at a time; raises BadTable.

    `encoding` is that of a CSV file without a byte order mark; a mark says by itself what the file is.
    """
    if not file.is_file():
        raise BadTable("matching.file.missing", file=file.name)
    for block in parquettables.blocks(file, size) if is_parquet(file) else csvtables.blocks(file, encoding, size):
        past = skip - block.first + 1
        if past < len(block):
            yield block.without_first(past) if past > 0 else block


def read_index(file: Path, encoding: str = "utf-8") -> Iterator[RowBlock | PersonRecord]:
    """The people of a file to be searched: rows that share an id are one person who has the values of all of them.

    Raises BadTable. Reads the ids first, and holds only people with several rows in memory.
    """
    repeated = _repeated_ids(file, encoding)
    several: dict[str, list[PersonRecord]] = {}
    for block in read_blocks(file, 0, encoding):
        if not repeated:
            yield block
            continue
        texts = [text.strip() for text in block.columns["id"]]
        again = [bool(text) and hash(text) in repeated for text in texts]
        numbered = [text or str(block.first + row) for row, text in enumerate(texts)]
        columns = {**block.columns, "id": numbered}
        for one in people_of(_where(block.first, columns, again)):
            several.setdefault(one.id, []).append(one)
        alone = _where(block.first, columns, [not other for other in again])
        if len(alone):
            yield alone
    yield from map(_together, several.values())


def _repeated_ids(file: Path, encoding: str) -> frozenset[int]:
    """The hashes of the ids that several rows have (and, once in a while, of one that has the hash of another)."""
    if "id" not in header_of(file, encoding).read:
        return frozenset()
    hashes = array("q")
    for block in read_blocks(file, 0, encoding):
        hashes.extend(hash(text) for text in map(str.strip, block.columns["id"]) if text)
    found, counts = np.unique(np.frombuffer(hashes, dtype=np.int64), return_counts=True)
    return frozenset(found[counts > 1].tolist())


def _where(first: int, columns: Mapping[str, list[str]], chosen: Sequence[bool]) -> RowBlock:
    return RowBlock(first, {name: list(compress(values, chosen)) for name, values in columns.items()})


def _together(rows: Sequence[PersonRecord]) -> PersonRecord:
    """One person of several rows; what they say differently of the sex is not known."""
    sexes = {row.sex for row in rows} - {""}
    return PersonRecord(
        rows[0].id,
        _all(row.names for row in rows),
        _all(row.birth_dates for row in rows),
        sexes.pop() if len(sexes) == 1 else "",
        _all(row.nationalities for row in rows),
        _all(row.birthplaces for row in rows),
        _all(row.documents for row in rows),
    )


def _all(values: Iterable[tuple[Value, ...]]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(values)))


def people_of(block: RowBlock) -> list[PersonRecord]:
    """The people of some rows."""
    count, none = len(block), [()] * len(block)
    columns = {name: [_values(text) for text in texts] for name, texts in block.columns.items() if name != "id"}
    identities = block.columns.get("id", [""] * count)
    full, given, family, patronymic, dob, sex, nationality, birthplace, document = (
        columns.get(name, none) for name in list(COLUMNS)[1:]
    )
    return [
        PersonRecord(
            identities[row].strip() or str(block.first + row),
            _names(full[row], given[row], family[row], patronymic[row]),
            dob[row],
            sex[row][0] if sex[row] else "",
            nationality[row],
            birthplace[row],
            document[row],
        )
        for row in range(count)
    ]


def count_people(file: Path) -> int | None:
    """How many rows a file has, where that can be known cheaply (Parquet), else None."""
    if is_parquet(file):
        try:
            return int(pq.ParquetFile(file).metadata.num_rows)
        except (OSError, pa.ArrowException):
            return None
    return None


def _values(text: str) -> tuple[str, ...]:
    if ";" not in text:
        bare = text.strip()
        return (bare,) if bare else ()
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _names(
    full: tuple[str, ...], given: tuple[str, ...], family: tuple[str, ...], patronymic: tuple[str, ...]
) -> tuple[PersonName, ...]:
    names = tuple(PersonName(name) for name in full)
    if not given and not family:
        return names
    return names + tuple(
        PersonName(given=_at(given, place), family=_at(family, place), patronymic=_at(patronymic, place))
        for place in range(max(len(given), len(family)))
    )


def _at(values: tuple[str, ...], position: int) -> str:
    """The value at a position; a single value goes with every value of the other column."""
    return values[min(position, len(values) - 1)] if values else ""
