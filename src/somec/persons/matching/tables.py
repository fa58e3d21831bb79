"""Files of people.

CSV or Parquet with the columns full_name or given_name + family_name, dob, sex, nationality, birthplace, document,
and id.

Several values of one column are separated by `;`. The full list of column names and what is refused stands in
docs/reference/matching-files.md.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from somec.persons.matching.errors import BadTable
from somec.persons.matching.records import PersonName, PersonRecord

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
"""Columns and the names by which they are recognised, the documented one first; case does not matter."""
BATCH: Final = 4096
"""Rows held in memory at once."""
MAX_FIELD: Final = 1_000_000
"""Characters in one CSV field; longer ones are refused by the reader rather than filling the memory."""


def read_people(file: Path, skip: int = 0) -> Iterator[PersonRecord]:
    """The people of a file, row by row in constant memory, after the first `skip`; raises BadTable.

    A row without id gets its row number, counted from 1.
    """
    for number, row in enumerate(_rows(file), start=1):
        if number > skip:
            yield _record(row, number)


def count_people(file: Path) -> int | None:
    """How many rows a file has, where that can be known cheaply (Parquet), else None."""
    if _is_parquet(file):
        try:
            return int(pq.ParquetFile(file).metadata.num_rows)
        except (OSError, pa.ArrowException):
            return None
    return None


def _is_parquet(file: Path) -> bool:
    return file.suffix.lower() in {".parquet", ".pq"}


def _rows(file: Path) -> Iterator[dict[str, str]]:
    if not file.is_file():
        raise BadTable("matching.file.missing", file=file.name)
    yield from _parquet_rows(file) if _is_parquet(file) else _csv_rows(file)


def _known(header: Sequence[str], file: Path) -> dict[str, str]:
    """The columns of a file that mean something: ours to theirs; raises BadTable when no name is among them."""
    low = {name.strip().lower().lstrip("\ufeff"): name for name in header}
    if len(low) != len(header):
        raise BadTable("matching.file.columns_twice", file=file.name)
    found = {
        ours: low[spelling]
        for ours, spellings in COLUMNS.items()
        for spelling in reversed(spellings)
        if spelling in low
    }
    if "full_name" not in found and "family_name" not in found and "given_name" not in found:
        raise BadTable("matching.file.no_name_column", file=file.name, expected="full_name or given_name + family_name")
    return found


def _csv_rows(file: Path) -> Iterator[dict[str, str]]:
    csv.field_size_limit(MAX_FIELD)
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            sample = handle.readline()
            handle.seek(0)
            if "\0" in sample:
                raise BadTable("matching.file.not_text", file=file.name)
            delimiter = max(",\t|;", key=sample.count)
            reader = csv.reader(handle, delimiter=delimiter, strict=True)
            header = next(reader, None)
            if header is None:
                raise BadTable("matching.file.empty", file=file.name)
            places = {ours: header.index(theirs) for ours, theirs in _known(header, file).items()}
            for row in reader:
                if not row:
                    continue
                if len(row) != len(header):
                    raise BadTable(
                        "matching.file.row_length",
                        file=file.name,
                        line=reader.line_num,
                        found=len(row),
                        expected=len(header),
                    )
                yield {ours: row[place] for ours, place in places.items()}
    except UnicodeDecodeError as error:
        raise BadTable("matching.file.encoding", file=file.name, position=error.start, expected="UTF-8") from error
    except csv.Error as error:
        raise BadTable("matching.file.malformed", file=file.name, reason=str(error)) from error
    except OSError as error:
        raise BadTable("matching.file.unreadable", file=file.name, reason=error.strerror) from error


def _parquet_rows(file: Path) -> Iterator[dict[str, str]]:
    try:
        parquet = pq.ParquetFile(file)
        known = _known(parquet.schema_arrow.names, file)
        for batch in parquet.iter_batches(batch_size=BATCH, columns=list(known.values())):
            columns = {ours: batch.column(theirs).to_pylist() for ours, theirs in known.items()}
            for number in range(batch.num_rows):
                yield {ours: _text(values[number]) for ours, values in columns.items()}
    except (OSError, pa.ArrowException) as error:
        raise BadTable("matching.file.unreadable", file=file.name, reason=type(error).__name__) from error


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ";".join(_text(item) for item in value)
    return str(value)


def _values(row: dict[str, str], column: str) -> tuple[str, ...]:
    text = row.get(column, "")
    return tuple(part.strip() for part in text.split(";") if part.strip()) if text else ()


def _record(row: dict[str, str], number: int) -> PersonRecord:
    names = [PersonName(full=name) for name in _values(row, "full_name")]
    given, family, patronymic = _values(row, "given_name"), _values(row, "family_name"), _values(row, "patronymic")
    names += [
        PersonName(given=_at(given, place), family=_at(family, place), patronymic=_at(patronymic, place))
        for place in range(max(len(given), len(family)))
    ]
    sexes = _values(row, "sex")
    return PersonRecord(
        id=row.get("id", "").strip() or str(number),
        names=tuple(names),
        birth_dates=_values(row, "dob"),
        sex=sexes[0] if sexes else "",
        nationalities=_values(row, "nationality"),
        birthplaces=_values(row, "birthplace"),
        documents=_values(row, "document"),
    )


def _at(values: tuple[str, ...], position: int) -> str:
    """The value at a position; a single value goes with every value of the other column."""
    return values[min(position, len(values) - 1)] if values else ""
