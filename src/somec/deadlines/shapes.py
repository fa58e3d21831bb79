"""What a deadline is made of: the limit, the calendar, suspensions, and the result with every step of the count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol, TypeAlias, cast

from somec.deadlines.errors import LimitInvalid
from somec.kernel.canonical import Json
from somec.kernel.clock import iso, parse

MAXIMUM_VALUE = 4000  # longest limit in the catalogue is ten years; days of more than ten years are a mistake


class Unit(StrEnum):
    """How a limit is counted.

    ``INSTANT``: due at the agreed instant itself plus ``value`` hours of grace. ``NO_LIMIT``: the law says how soon but
    gives no number (without delay, as soon as possible), so nothing ever becomes overdue.
    """

    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    IMMEDIATELY = "immediately"
    INSTANT = "instant"
    NO_LIMIT = "no_limit"


UNITS_WITHOUT_VALUE = frozenset({Unit.IMMEDIATELY, Unit.NO_LIMIT})


@dataclass(frozen=True, slots=True)
class Limit:
    """A count of a unit: 8 hours, 60 calendar days. ``value`` is 0 where the unit takes none."""

    unit: Unit
    value: int = 0

    def __post_init__(self) -> None:
        if self.unit in UNITS_WITHOUT_VALUE:
            fits = self.value == 0
        else:
            fits = (0 if self.unit is Unit.INSTANT else 1) <= self.value <= MAXIMUM_VALUE
        if not fits:
            raise LimitInvalid("deadline.value", unit=self.unit.value, value=self.value)


class Calendar(Protocol):
    """Days of the state that must act. Saturdays, Sundays and its public holidays are no working days."""

    @property
    def state(self) -> str:
        """ISO 3166 alpha-2 code."""

    @property
    def time_zone(self) -> str:
        """Zone of the capital in the tz database; the state's days begin and end in it."""

    @property
    def edition(self) -> str:
        """Where the holidays come from, with its version."""

    def holiday(self, day: date) -> str | None:
        """Return the name of the public holiday on ``day`` in the state's own language, or None."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday that lay in the period counted."""

    day: date
    name: str


@dataclass(frozen=True, slots=True)
class FixedCalendar:
    """A calendar whose holidays are given: the frozen one of a stored deadline, or one for a test."""

    state: str
    time_zone: str
    edition: str
    holidays: Mapping[date, str]

    def holiday(self, day: date) -> str | None:
        """Return the name of the holiday on ``day``, or None."""
        return self.holidays.get(day)


@dataclass(frozen=True, slots=True)
class Suspension:
    """The clock stands still from ``start`` until ``end`` (aware instants); ``end`` None while nobody resumed it.

    ``reason`` is a code, such as ``judicial-authorisation`` (Directive (EU) 2023/977, Art. 9).
    """

    start: datetime
    end: datetime | None
    reason: str

    def __post_init__(self) -> None:
        for instant in (self.start, self.end):
            if instant is not None and instant.tzinfo is None:
                raise LimitInvalid("deadline.instant_without_zone")
        if self.end is not None and self.end <= self.start:
            raise LimitInvalid("deadline.suspension_ends_before_start")


StepValue: TypeAlias = str | int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the count, as a code with values, so that a screen can show it in words.

    ``rule``: the article it follows, empty for plain arithmetic. ``verified``: its text was read; the text
    of Regulation (EEC, Euratom) No 1182/71 was not.
    """

    code: str
    parameters: Mapping[str, StepValue]
    rule: str = ""
    verified: bool = True

    def as_json(self) -> dict[str, Json]:
        """Return the step for storage."""
        return {
            "code": self.code,
            "parameters": dict(self.parameters),
            "rule": self.rule,
            "verified": self.verified,
        }


def step(code: str, rule: str = "", *, verified: bool = True, **parameters: StepValue) -> Step:
    """Return a step that nobody can change afterwards."""
    return Step(code, MappingProxyType(dict(sorted(parameters.items()))), rule, verified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """When something is due, and how that was counted.

    ``due`` (UTC) is the last instant in time: past it, the matter is overdue. It is None without a limit, and while the
    clock stands still. ``last_day`` is the day whose expiry is ``due``, in the state's own zone, for limits
    counted in days. ``holidays``: every public holiday of the state between start and end, frozen, so that a later
    calendar changes nothing.
    """

    limit: Limit
    start: datetime
    state: str
    time_zone: str
    calendar_edition: str
    holidays: tuple[Holiday, ...]
    suspensions: tuple[Suspension, ...]
    due: datetime | None
    last_day: date | None
    steps: tuple[Step, ...]

    @property
    def suspended(self) -> bool:
        """Return whether the clock stands still with no end known."""
        return self.due is None and self.limit.unit is not Unit.NO_LIMIT

    @property
    def verified(self) -> bool:
        """Return whether every rule of the count was read at its source."""
        return all(item.verified for item in self.steps)

    def as_json(self) -> dict[str, Json]:
        """Return the deadline as JSON that has a canonical form; instants in UTC, dates in ISO 8601."""
        return {
            "unit": self.limit.unit.value,
            "value": self.limit.value,
            "start": iso_exact(self.start),
            "state": self.state,
            "time_zone": self.time_zone,
            "calendar": self.calendar_edition,
            "holidays": [{"day": item.day.isoformat(), "name": item.name} for item in self.holidays],
            "suspensions": [
                {
                    "start": iso_exact(item.start),
                    "end": None if item.end is None else iso_exact(item.end),
                    "reason": item.reason,
                }
                for item in self.suspensions
            ],
            "due": None if self.due is None else iso_exact(self.due),
            "last_day": None if self.last_day is None else self.last_day.isoformat(),
            "steps": [item.as_json() for item in self.steps],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Deadline:
        """Read back what ``as_json`` wrote."""
        return cls(
            limit=Limit(Unit(str(data["unit"])), cast("int", data["value"])),
            start=parse(str(data["start"])),
            state=str(data["state"]),
            time_zone=str(data["time_zone"]),
            calendar_edition=str(data["calendar"]),
            holidays=tuple(
                Holiday(date.fromisoformat(item["day"]), item["name"])
                for item in cast("list[dict[str, str]]", data["holidays"])
            ),
            suspensions=tuple(
                Suspension(parse(str(item["start"])), parse(item["end"]) if item["end"] else None, str(item["reason"]))
                for item in cast("list[dict[str, str | None]]", data["suspensions"])
            ),
            due=None if data["due"] is None else parse(str(data["due"])),
            last_day=None if data["last_day"] is None else date.fromisoformat(str(data["last_day"])),
            steps=tuple(_step(item) for item in cast("list[Mapping[str, Json]]", data["steps"])),
        )


def _step(data: Mapping[str, Json]) -> Step:
    parameters = cast("Mapping[str, StepValue]", data["parameters"])
    return step(str(data["code"]), str(data["rule"]), verified=bool(data["verified"]), **parameters)


def iso_exact(at: datetime) -> str:
    """Write an instant in UTC with milliseconds, or with microseconds where it has them."""
    if at.microsecond % 1000 == 0:
        return iso(at)
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")
