"""Reads packaged JSON strictly: every field is asked for by name and type, and what nobody asked for is an error."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from importlib import resources
from typing import TypeVar

from somec.catalogue.entries import Source
from somec.catalogue.errors import CatalogueError
from somec.catalogue.labels import ENGLISH, Labels
from somec.kernel.canonical import decode
from somec.kernel.errors import Invalid

Choice = TypeVar("Choice", bound=StrEnum)

# The 24 official languages of the EU (Regulation No 1), ISO 639-1.
LANGUAGES = frozenset("bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split())  # noqa: SIM905


def packaged(file: str) -> bytes:
    """Return the bytes of a file of ``somec/catalogue/data``."""
    return resources.files("somec.catalogue").joinpath("data", file).read_bytes()


class Row:
    """One JSON object that is being read. ``finish()`` refuses fields that nobody asked for."""

    def __init__(self, data: object, file: str, place: str) -> None:
        self.file = file
        self.place = place
        if not isinstance(data, dict):
            raise CatalogueError("catalogue.not_an_object", file=file, place=place)
        self._data: dict[str, object] = data
        self._asked: set[str] = set()

    def _wrong(self, code: str, field: str) -> CatalogueError:
        return CatalogueError(
            code, file=self.file, place=f"{self.place}.{field}", found=repr(self._data.get(field))[:60]
        )

    def _get(self, field: str) -> object:
        self._asked.add(field)
        if field not in self._data:
            raise self._wrong("catalogue.field_missing", field)
        return self._data[field]

    def text(self, field: str, *, empty: bool = False) -> str:
        """Return a text; an empty one only where ``empty`` allows it."""
        value = self._get(field)
        if not isinstance(value, str) or value != value.strip() or (not value and not empty):
            raise self._wrong("catalogue.not_a_text", field)
        return value

    def text_or_none(self, field: str) -> str | None:
        """Return a text, or None where there is none."""
        return None if self._get(field) is None else self.text(field)

    def flag(self, field: str) -> bool:
        """Return true or false."""
        value = self._get(field)
        if not isinstance(value, bool):
            raise self._wrong("catalogue.not_a_flag", field)
        return value

    def number(self, field: str) -> int:
        """Return a whole number above zero."""
        value = self._get(field)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self._wrong("catalogue.not_a_number", field)
        return value

    def number_or_none(self, field: str) -> int | None:
        """Return a whole number above zero, or None where the law gives none."""
        return None if self._get(field) is None else self.number(field)

    def texts(self, field: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._get(field)
        if not isinstance(value, list):
            raise self._wrong("catalogue.not_a_list", field)
        for item in value:
            if not isinstance(item, str) or not item.strip():
                raise self._wrong("catalogue.not_a_text", field)
        return tuple(str(item) for item in value)

    def choice(self, field: str, choices: type[Choice]) -> Choice:
        """Return one of the values of an enumeration."""
        return self._one_of(field, self.text(field), choices)

    def choices(self, field: str, choices: type[Choice]) -> frozenset[Choice]:
        """Return a set of values of an enumeration."""
        return frozenset(self._one_of(field, value, choices) for value in self.texts(field))

    def _one_of(self, field: str, value: str, choices: type[Choice]) -> Choice:
        try:
            return choices(value)
        except ValueError as error:
            raise self._wrong("catalogue.not_a_choice", field) from error

    def rows(self, field: str) -> tuple[Row, ...]:
        """Return a list of objects."""
        value = self._get(field)
        if not isinstance(value, list):
            raise self._wrong("catalogue.not_a_list", field)
        return tuple(Row(item, self.file, f"{self.place}.{field}[{index}]") for index, item in enumerate(value))

    def row_or_none(self, field: str) -> Row | None:
        """Return one object, or None."""
        value = self._get(field)
        return None if value is None else Row(value, self.file, f"{self.place}.{field}")

    def labels(self, field: str = "labels") -> Labels:
        """Return texts by language; English must be there, languages are those of the EU."""
        row = Row(self._get(field), self.file, f"{self.place}.{field}")
        texts = {lang: row.text(lang) for lang in row._data}
        if ENGLISH not in texts or not texts.keys() <= LANGUAGES:
            raise self._wrong("catalogue.labels_languages", field)
        return Labels.of(texts)

    def source(self, sources: Mapping[str, Source]) -> Source:
        """Return the source named in the field ``source``; an entry without a known source is refused."""
        found = sources.get(self.text("source"))
        if found is None:
            raise self._wrong("catalogue.source_unknown", "source")
        return found

    def finish(self) -> None:
        """Refuse fields that no reader asked for: a misspelt field must not pass in silence."""
        unknown = sorted(self._data.keys() - self._asked)
        if unknown:
            raise CatalogueError("catalogue.field_unknown", file=self.file, place=self.place, found=", ".join(unknown))


def read_object(file: str, content: bytes) -> Row:
    """Return the object of a JSON file."""
    try:
        data = decode(content)
    except Invalid as error:
        raise CatalogueError(
            "catalogue.malformed", file=file, place=f"byte {error.parameters.get('position')}"
        ) from error
    return Row(data, file, "")


def read_entries(file: str, content: bytes, kind: str) -> tuple[Row, ...]:
    """Return the entries of a file after checking that it holds ``kind`` and that no id stands twice."""
    document = read_object(file, content)
    if document.text("kind") != kind:
        raise CatalogueError("catalogue.wrong_kind", file=file, place="kind", found=document.text("kind"))
    rows = document.rows("entries")
    seen: set[str] = set()
    for row in rows:
        entry_id = row.text("id")
        if entry_id in seen:
            raise CatalogueError("catalogue.id_twice", file=file, place=row.place, found=entry_id)
        seen.add(entry_id)
    if not rows:
        raise CatalogueError("catalogue.no_entries", file=file, place="entries")
    return rows
