"""How much time is left: running, due soon, overdue, standing still, at once, or no limit at all. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from somec.deadlines.shapes import Deadline, Unit

DUE_SOON = timedelta(hours=24)


class Standing(StrEnum):
    """Where a clock stands at an instant."""

    RUNNING = "running"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    AT_ONCE = "at_once"
    SUSPENDED = "suspended"
    NO_LIMIT = "no_limit"


@dataclass(frozen=True, slots=True)
class Timeliness:
    """``remaining`` until due, or ``passed`` since then; both None where nothing can be said, never both set."""

    standing: Standing
    remaining: timedelta | None = None
    passed: timedelta | None = None


def timeliness(deadline: Deadline, now: datetime, *, soon: timedelta = DUE_SOON) -> Timeliness:
    """Return where a deadline stands at ``now`` (aware); "due soon" begins ``soon`` before it is due.

    The due instant itself is still in time. What is due at once is never "soon": it waits from its first second.
    """
    if deadline.due is None:
        return Timeliness(Standing.NO_LIMIT if deadline.limit.unit is Unit.NO_LIMIT else Standing.SUSPENDED)
    if deadline.limit.unit is Unit.IMMEDIATELY:
        return Timeliness(Standing.AT_ONCE, passed=max(now - deadline.due, timedelta()))
    return until(deadline.due, now, soon=soon)


def until(due: datetime, now: datetime, *, soon: timedelta = DUE_SOON) -> Timeliness:
    """Return where a bare due instant stands at ``now``, for obligations of which only the instant is at hand."""
    if now > due:
        return Timeliness(Standing.OVERDUE, passed=now - due)
    remaining = due - now
    return Timeliness(Standing.DUE_SOON if remaining <= soon else Standing.RUNNING, remaining=remaining)
