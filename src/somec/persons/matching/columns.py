"""What a table of people holds: its columns, by the names that are recognised, and blocks of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from somec.persons.matching.errors import BadTable

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
_OURS: Final = frozenset(name for spellings in COLUMNS.values() for name in spellings)


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


@dataclass(frozen=True, slots=True)
class Header:
    """Which columns of a file are read, ours to theirs, and which mean nothing to us."""

    read: Mapping[str, str]
    ignored: tuple[str, ...]


def known(header: Sequence[str], file: Path) -> dict[str, str]:
    """The columns of a file that mean something: ours to theirs; raises BadTable when no name is among them."""
    low: dict[str, str] = {}
    for name in header:
        plain = "_".join(name.strip().lower().lstrip("\ufeff").replace("-", " ").replace("_", " ").split())
        if plain in low and plain in _OURS:
            raise BadTable("matching.file.columns_twice", file=file.name, column=plain[:40])
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
