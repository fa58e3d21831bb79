"""Dates of birth as they are known: whole, year only, swapped, off by one, claimed differently, or placeholder.

Levels of evidence go from the same day to a year far away. Each level has its own weight in the model, and the weight
of an equal date follows how many people in the index have that very
date: 1 January, which registers write for an unknown day, is shared by many and therefore says little.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

EARLIEST_YEAR: Final = 1000
LATEST_YEAR: Final = 2200


def _known(number: int, width: int) -> str:
    """Write a part of a date; an unknown one (0) as EDTF does, by the letter X."""
    return f"{number:0{width}}" if number else "X" * width


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A day, a month of a year, or a year; 0 stands for what is not known."""

    year: int
    month: int = 0
    day: int = 0

    def __str__(self) -> str:
        """Extended Date/Time Format (ISO 8601-2) level 1: 1984-04-XX."""
        if self.year and not self.month and not self.day:
            return f"{self.year:04}"
        return "-".join((_known(self.year, 4), _known(self.month, 2), _known(self.day, 2)))

    @property
    def packed(self) -> int:
        """The date in 21 bits: year, month, day."""
        return self.year << 9 | self.month << 5 | self.day


class DateLevel(IntEnum):
    """How two dates of birth stand to each other, strongest agreement first after `MISSING`."""

    MISSING = 0
    SAME_DAY = 1
    DAY_MONTH_SWAPPED = 2
    DAY_NEAR = 3
    """Year and month agree, the day is one off or has one wrong or exchanged digit."""
    MONTH_NEAR = 4
    """Year and day agree, the month does not."""
    YEAR_NEAR = 5
    """Day and month agree, the year is one or ten off or has one wrong or exchanged digit."""
    YEAR_AND_MONTH = 6
    YEAR_ONLY = 7
    """The year agrees and one of the two knows no more, or has 1 January as placeholder."""
    YEAR_SAME = 8
    """The year agrees, day and month do not."""
    DAY_AND_MONTH = 9
    YEAR_ADJACENT = 10
    """The years are one apart, nothing else agrees or is known."""
    YEARS_CLOSE = 11
    """Two to five years apart."""
    DIFFERENT = 12


_ISO: Final = re.compile(r"^(\d{4}|[XxUu]{4})(?:-(\d{1,2}|[XxUu]{2})(?:-(\d{1,2}|[XxUu]{2}))?)?$")
_COMPACT: Final = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_DAY_FIRST: Final = re.compile(r"^(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})$")
_YEAR_FIRST: Final = re.compile(r"^(\d{4})[./ ](\d{1,2})[./ ](\d{1,2})$")
_DAY_FIRST_LOOSE: Final = re.compile(r"^(\d{1,2}|[Xx]{1,2})[./ -] ?(\d{1,2}|[Xx]{1,2})[./ -] ?(\d{4})$")
_YEAR: Final = re.compile(r"^\d{4}$")
_MONTH_YEAR: Final = re.compile(r"^(\d{1,2}|[Xx]{1,2})[./ -](\d{4})$")
_DAY_MONTH_NAME: Final = re.compile(r"^(?:(\d{1,2})[. -]{1,2})?([A-Za-z]{3,9})[., -]{1,2}(\d{4})$")
_MONTH_NAME_DAY: Final = re.compile(r"^([A-Za-z]{3,9})[. ]{1,2}(\d{1,2}),? (\d{4})$")
_MONTHS: Final = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_YEAR_WORD: Final = re.compile(r"(?<=\d) ?[rgг]\.?$")
"""What Polish, Latvian and Russian papers put behind a year."""
_TIME: Final = re.compile(r"\s+\d{1,2}:\d{2}\b.*$")
_MOMENT: Final = re.compile(r"(?<=\d)T")
_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def parse_date(text: str) -> PartialDate | None:
    """The date a text says, or None if it says none.

    ISO 8601 and EDTF (1984, 1984-04, 1984-04-XX, 1984-00-00), 19840423, and day-first European writing (23.04.1984,
    23/4/1984, 23. 4. 1984, XX.04.1984, 04.1984), English months (23 April 1984, 23-APR-1984, April 23, 1984), each also
    with a time of day behind it, which is passed over. An impossible part is dropped and the
    rest kept: 31 February 1990 is February 1990, month 13 with a day up to 12 is read as swapped.
    """
    bare = text.strip().translate(_DIGITS)
    bare = _TIME.sub("", _MOMENT.split(bare, maxsplit=1)[0]).strip("~?% ")
    if found := _ISO.match(bare) or _COMPACT.match(bare) or _YEAR_FIRST.match(bare):
        year, month, day = (int(part) if part and part.isdigit() else 0 for part in found.groups())
    elif found := _DAY_FIRST.match(bare):
        day, month, year = (int(part) for part in found.groups())
    else:
        return _parse_loosely(_YEAR_WORD.sub("", bare))
    return _possible(year, month, day)


def _parse_loosely(text: str) -> PartialDate | None:
    """What people write by hand: parts crossed out or left out, months by name."""
    if found := _DAY_FIRST.match(text) or _DAY_FIRST_LOOSE.match(text):
        day, month, year = found.groups()
    elif found := _MONTH_YEAR.match(text):
        day, (month, year) = "", found.groups()
    elif found := _DAY_MONTH_NAME.match(text):
        day, name, year = found.groups()
        month = _month(name)
    elif found := _MONTH_NAME_DAY.match(text):
        name, day, year = found.groups()
        month = _month(name)
    else:
        return _possible(int(text), 0, 0) if _YEAR.match(text) else None
    if not month:
        return None
    return _possible(*(int(part) if part and part.isdigit() else 0 for part in (year, month, day)))


def _month(name: str) -> str:
    """The number of an English month by its name or first three letters; empty where there is none."""
    low = name.lower()
    return next((str(number) for full, number in _MONTHS.items() if low in {full, full[:3]}), "")


def _possible(year: int, month: int, day: int) -> PartialDate | None:
    if year and not EARLIEST_YEAR <= year <= LATEST_YEAR:
        year = 0
    if month > 12 >= day > 0:
        month, day = day, month
    if month > 12:
        month = day = 0
    if month == 0 or (day and day > (calendar.monthrange(year or 2000, month)[1])):
        day = 0
    return PartialDate(year, month, day) if year or month else None
