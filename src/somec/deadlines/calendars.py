"""Public holidays and time zones of the 27 Member States: ``holidays`` for the days, the catalogue for the zone.

Holidays of the whole state only: not those of one region, and no bank or school holidays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from types import MappingProxyType

import holidays

from somec.catalogue.queries import state as catalogue_state
from somec.deadlines.shapes import Calendar, Deadline

EDITION = f"holidays {version('holidays')}"


@cache
def public_holidays(state: str, year: int) -> Mapping[date, str]:
    """Return the public holidays of a state in a year, named in the state's own language whatever the machine's is."""
    language = holidays.country_holidays(state).default_language
    found = holidays.country_holidays(state, years=year, language=language)
    return MappingProxyType({day: str(name) for day, name in found.items() if day.year == year})


@dataclass(frozen=True, slots=True)
class NationalCalendar:
    """The calendar of a Member State."""

    state: str
    time_zone: str
    edition: str = EDITION

    def holiday(self, day: date) -> str | None:
        """Return the name of the public holiday on ``day``, or None."""
        return public_holidays(self.state, day.year).get(day)


@dataclass(frozen=True, slots=True)
class KeptCalendar:
    """A calendar that says what a stored deadline said up to its last day, and what is known now for the time after."""

    kept: Deadline
    later: Calendar

    @property
    def state(self) -> str:
        """ISO 3166 alpha-2 code."""
        return self.kept.state

    @property
    def time_zone(self) -> str:
        """Zone of the stored deadline."""
        return self.kept.time_zone

    @property
    def edition(self) -> str:
        """Edition of the stored deadline; both where they differ."""
        if self.kept.calendar_edition == self.later.edition:
            return self.later.edition
        return f"{self.kept.calendar_edition}; later {self.later.edition}"

    def holiday(self, day: date) -> str | None:
        """Return the name of the public holiday on ``day``, or None."""
        if self.kept.last_day is not None and day <= self.kept.last_day:
            return next((item.name for item in self.kept.holidays if item.day == day), None)
        return self.later.holiday(day)


@cache
def calendar_of(state: str) -> NationalCalendar:
    """Return the calendar of a Member State by ISO 3166 alpha-2 or the EU's code (EL); raises UnknownEntry."""
    entry = catalogue_state(state)
    return NationalCalendar(entry.id, entry.time_zone)
