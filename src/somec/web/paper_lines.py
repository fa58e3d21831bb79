"""How the parts of a document are written for reading: labelled lines, days, instants, codes by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from somec.kernel import clock
from somec.web import times
from somec.web.words import Word, word


@dataclass(frozen=True)
class Fact:
    """One labelled line; ``lang`` where it is in a language of its own."""

    name: str
    text: str
    lang: str = ""


def instant(value: object) -> datetime | None:
    """Read an instant of a document; None where there is none."""
    return clock.parse(value) if isinstance(value, str) and value else None


def day(value: object) -> str:
    """Write a day."""
    text = str(value or "")[:10]
    return times.day(date.fromisoformat(text)) if text else ""


def when(value: object) -> str:
    """Write an instant."""
    at = instant(value)
    return times.instant(at) if at else ""


def between(start: object, end: object) -> str:
    """Write from when until when."""
    first, last = when(start), when(end)
    return f"{first} – {last}" if first and last and first != last else first or last


def joined(parts: Iterable[str], by: str = "; ") -> str:
    """Join what is not empty."""
    return by.join(part for part in parts if part)


def named(table: Mapping[str, Word], code: object) -> str:
    """Write what a code is called; empty for none."""
    return word(table, str(code)) if code else ""
