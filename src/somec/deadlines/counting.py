"""Deadlines in the calendar of a Member State: the way in for the other parts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from somec.catalogue.mechanisms import COUNTED_UNITS, LimitUnit, TimeLimit
from somec.catalogue.queries import time_limit
from somec.deadlines import rules
from somec.deadlines.calendars import KeptCalendar, calendar_of
from somec.deadlines.shapes import Deadline, Limit, Suspension, Unit


def count(limit: Limit, start: datetime, state: str, suspensions: Sequence[Suspension] = ()) -> Deadline:
    """Return when ``limit`` is due if it began at ``start`` and ``state`` must act."""
    return rules.deadline(limit, start, calendar_of(state), suspensions)


def count_statutory(
    mechanism_id: str, limit_id: str, start: datetime, state: str, suspensions: Sequence[Suspension] = ()
) -> Deadline:
    """Return when a limit of a mechanism is due, for example ``FD947`` ``decision``; raises UnknownEntry."""
    return count(limit_of(time_limit(mechanism_id, limit_id)), start, state, suspensions)


def recount(deadline: Deadline, suspensions: Sequence[Suspension]) -> Deadline:
    """Return a stored deadline with other suspensions, counted with the holidays that were frozen in it."""
    calendar = KeptCalendar(deadline, calendar_of(deadline.state))
    return rules.deadline(deadline.limit, deadline.start, calendar, suspensions)


def limit_of(entry: TimeLimit) -> Limit:
    """Return what is to be counted for a limit of the catalogue; "without delay" and the like give no number."""
    if entry.unit in COUNTED_UNITS:
        return Limit(Unit(entry.unit.value), entry.value or 0)
    return Limit(Unit.IMMEDIATELY if entry.unit is LimitUnit.IMMEDIATELY else Unit.NO_LIMIT)
