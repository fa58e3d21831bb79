"""Dates of which only a part is known, written as in ISO 8601: ``1984``, ``1984-03``, ``1984-03-07``.

A part that is not known is absent. The first of January is never filled in: in many registers "01-01" means "unknown",
and a reader must be able to tell a birthday from a gap.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from somec.kernel.errors import Invalid

_WRITTEN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_LEAP_YEAR = 2024  # any leap year: says how many days a month can have at most
MONTHS = 12


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A year, perhaps its month, perhaps the day; impossible combinations raise Invalid (``date.…``)."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        code = mistake(self.year, self.month, self.day)
        if code:
            raise Invalid(code)

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; raises Invalid."""
        found = _WRITTEN.fullmatch(text.strip())
        if not found:
            raise Invalid("date.malformed")
        year, month, day = (int(part) if part else None for part in found.groups())
        return cls(year or 0, month, day)

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """Return a full calendar day as a partial date that knows everything."""
        return cls(day.year, day.month, day.day)

    def __str__(self) -> str:
        parts = [f"{self.year:04}"] + [f"{part:02}" for part in (self.month, self.day) if part]
        return "-".join(parts)

    @property
    def full(self) -> date | None:
        """Return the day where all three parts are known."""
        return date(self.year, self.month, self.day) if self.month and self.day else None

    @property
    def earliest(self) -> date:
        """Return the first day that this may be."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """Return the last day that this may be."""
        month = self.month or MONTHS
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def placeholder(self) -> bool:
        """Tell whether this is the first of January, which many registers write for "not known"."""
        return (self.month, self.day) == (1, 1)

    def agrees(self, other: PartialDate) -> bool:
        """Tell whether both can be the same day: no part that both know differs."""
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(ours is None or theirs is None or ours == theirs for ours, theirs in pairs)


def mistake(year: int | None, month: int | None, day: int | None) -> str:
    """Return the code of what is impossible about these parts, or an empty text."""
    if year is None or not 1 <= year <= date.max.year:
        return "date.year"
    if day is not None and month is None:
        return "date.day_without_month"
    if month is not None and not 1 <= month <= MONTHS:
        return "date.month"
    if month is not None and day is not None and not 1 <= day <= calendar.monthrange(year, month)[1]:
        possible_in_leap_year = 1 <= day <= calendar.monthrange(_LEAP_YEAR, month)[1]
        return "date.not_a_leap_year" if possible_in_leap_year else "date.day"
    return ""


def age(born: PartialDate, at: PartialDate) -> tuple[int, int]:
    """Return the lowest and the highest age in full years that both dates allow."""
    return _years(born.latest, at.earliest), _years(born.earliest, at.latest)


def _years(start: date, end: date) -> int:
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))
