"""Files of people.

CSV or Parquet with the columns full_name or given_name + family_name, dob, sex, nationality, birthplace, document,
and id.

Several values of one column are separated by `;`. The full list of column names and what is refused stands in
docs/reference/matching-files.md.
"""

from __future__ import annotations

import codecs
import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from somec.persons.matching.errors import BadTable
from somec.persons.matching.records import PersonName, PersonRecord

if TYPE_CHECKING:
    from _csv import Reader

COLUMNS: Final = {
    "id": ("id", "unique_id", "record_id", "person_id", "query_id"),
    "full_name": ("full_name", "name", "fullname"),
    "given_name": ("given_name", "given", "first_name", "forename"),
    "family_name": ("family_name", "family", "surname", "last_name"),
    "patronymic": ("patronymic", "middle_name"),
    "dob": ("dob", "birth_date", "date_of_birth", "birthdate"),
    "sex": ("sex", "gender"),
    "nationality": ("nationality", "nationalities", "country", "citizenship"),
    "birthplace": ("birthplace", "birth_place", "place_of_birth"),
    "document": ("document", "documents", "document_number", "id_number"),
}
"""Columns and the names by which they are recognised, the documented one first; case, spaces and hyphens do not
matter."""
BATCH: Final = 4096
"""Rows held in memory at once."""
MAX_FIELD: Final = 1_000_000
"""Characters in one CSV field; longer ones are refused by the reader rather than filling the memory."""
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
"""Byte order marks of encodings that are not the one expected."""


@dataclass(frozen=True, slots=True, repr=False)
class RowBlock:
    """Rows of a file that stand together: the number of the first (from 1) and the texts of each of our columns."""

    first: int
    columns: Mapping[str, list[str]]

    def __len__(self) -> int:
        """Rows in it."""
        return len(next(iter(self.columns.values())))

    def without_first(self, rows: int) -> RowBlock:
        """The rows after the first `rows`."""
        return RowBlock(self.first + rows, {name: values[rows:] for name, values in self.columns.items()})


def read_people(file: Path, skip: int = 0, encoding: str = "utf-8") -> Iterator[PersonRecord]:
    """The people of a file, row by row in constant memory, after the first `skip`; raises BadTable.

    A row without id gets its row number, counted from 1.
    """
    for block in read_blocks(file, skip, encoding):
        yield from people_of(block)


def read_blocks(file: Path, skip: int = 0, encoding: str = "utf-8", size: int = BATCH) -> Iterator[RowBlock]:
    """The rows of a file after the first `skip`, at most `size` at a time; raises BadTable.

    `encoding` is that of a CSV file; a byte order mark of UTF-8 is passed over.
    """
    if not file.is_file():
        raise BadTable("matching.file.missing", file=file.name)
    for block in _parquet_blocks(file, size) if is_parquet(file) else _csv_blocks(file, encoding, size):
        past = skip - block.first + 1
        if past < len(block):
            yield block.without_first(past) if past > 0 else block


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


def is_parquet(file: Path) -> bool:
    """Whether the name of a file says Parquet."""
    return file.suffix.lower() in {".parquet", ".pq"}


def _known(header: Sequence[str], file: Path) -> dict[str, str]:
    """The columns of a file that mean something: ours to theirs; raises BadTable when no name is among them."""
    low: dict[str, str] = {}
    for name in header:
        plain = "_".join(name.strip().lower().lstrip("\ufeff").replace("-", " ").replace("_", " ").split())
        if plain in low:
            raise BadTable("matching.file.columns_twice", file=file.name, column=plain[:40])
        if plain:
            low[plain] = name
    found = {
        ours: low[spelling]
        for ours, spellings in COLUMNS.items()
        for spelling in reversed(spellings)
        if spelling in low
    }
    if not found.keys() & {"full_name", "family_name", "given_name"}:
        raise BadTable("matching.file.no_name_column", file=file.name, expected="full_name or given_name + family_name")
    return found


def _csv_blocks(file: Path, encoding: str, size: int) -> Iterator[RowBlock]:
    csv.field_size_limit(MAX_FIELD)
    line, codec = 0, _codec(encoding)
    try:
        _refuse_other_marks(file, codec)
        with file.open(encoding=codec, newline="") as handle:
            sample = handle.readline(MAX_FIELD)
            handle.seek(0)
            reader = csv.reader(_text_lines(handle, file), delimiter=max(",\t|;", key=sample.count), strict=True)
            header = next(reader, None)
            if not header:
                raise BadTable("matching.file.empty", file=file.name)
            places = {ours: header.index(theirs) for ours, theirs in _known(header, file).items()}
            first, rows = 1, _even_rows(reader, len(header), file)
            while some := list(islice(rows, size)):
                line = reader.line_num
                yield RowBlock(first, {ours: [row[place] for row in some] for ours, place in places.items()})
                first += len(some)
    except UnicodeError as error:
        raise BadTable(
            "matching.file.encoding", file=file.name, line=_line_of_bad_bytes(file, codec), expected=encoding.upper()
        ) from error
    except csv.Error as error:
        raise BadTable("matching.file.malformed", file=file.name, after_line=line, reason=str(error)) from error
    except OSError as error:
        raise BadTable("matching.file.unreadable", file=file.name, reason=error.strerror) from error


def _codec(encoding: str) -> str:
    try:
        return "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
    except LookupError as error:
        raise BadTable("matching.file.unknown_encoding", encoding=encoding[:40]) from error


def _refuse_other_marks(file: Path, codec: str) -> None:
    """Say by name which encoding a file announces, and that zero bytes are no text, before a reader stumbles."""
    with file.open("rb") as handle:
        start = handle.read(4096)
    if codec != "utf-8-sig":
        return
    for mark, name in _MARKS:
        if start.startswith(mark):
            raise BadTable("matching.file.encoding", file=file.name, found=name, expected="UTF-8")
    if b"\0" in start:
        raise BadTable("matching.file.not_text", file=file.name)


def _text_lines(handle: TextIO, file: Path) -> Iterator[str]:
    for number, text in enumerate(handle, start=1):
        if "\0" in text:
            raise BadTable("matching.file.not_text", file=file.name, line=number)
        yield text


def _even_rows(reader: Reader, width: int, file: Path) -> Iterator[list[str]]:
    """Rows with as many fields as the header; empty ones too many, as spreadsheets write them, are cut off."""
    for row in reader:
        if len(row) == width:
            yield row
        elif row and len(row) > width and not any(row[width:]):
            yield row[:width]
        elif row:
            raise BadTable(
                "matching.file.row_length", file=file.name, line=reader.line_num, found=len(row), expected=width
            )


def _line_of_bad_bytes(file: Path, codec: str) -> int | None:
    """The line in which the bytes stop being text of an encoding; None where lines cannot be told."""
    try:
        with file.open("rb") as handle:
            for number, raw in enumerate(handle, start=1):
                try:
                    raw.decode(codec)
                except UnicodeError:
                    return number
    except OSError:
        return None
    return None


def _parquet_blocks(file: Path, size: int) -> Iterator[RowBlock]:
    try:
        parquet = pq.ParquetFile(file)
        schema = parquet.schema_arrow
        known, first = _known(schema.names, file), 1
        for theirs in known.values():
            kind = schema.field(theirs).type
            if pa.types.is_struct(kind) or pa.types.is_map(kind):
                raise BadTable("matching.file.column_type", file=file.name, column=theirs[:40], found=str(kind)[:40])
        for batch in parquet.iter_batches(batch_size=size, columns=list(known.values())):
            if batch.num_rows:
                yield RowBlock(
                    first,
                    {ours: _texts(batch.column(theirs)) for ours, theirs in known.items()},
                )
                first += batch.num_rows
    except (OSError, ValueError, OverflowError, pa.ArrowException) as error:
        raise BadTable("matching.file.unreadable", file=file.name, reason=type(error).__name__) from error


def _texts(column: pa.Array) -> list[str]:
    if pa.types.is_timestamp(column.type):  # of a birth only the day counts; a zone would move it
        column = column.cast(pa.timestamp("us")).cast(pa.date32(), safe=False)
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
