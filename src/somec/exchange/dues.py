"""From what a rule says (``DueSpec``) to the instant that both nodes store, with how it was counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from somec.deadlines.counting import count
from somec.deadlines.shapes import Limit, Unit
from somec.exchange.rules import DueSpec
from somec.kernel import canonical
from somec.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class Resolved:
    """A due instant (aware, UTC) and the canonical JSON of how it was counted (``Deadline.from_json`` reads it)."""

    due: datetime
    counting: str = ""


def resolve(spec: DueSpec) -> Resolved:
    """Return when the duty falls due.

    Hours and instants need no calendar; with one, the steps of the count are kept.
    """
    if not spec.state:
        if spec.unit not in {"hours", "instant", "immediately"}:
            raise Invalid("obligation.calendar_missing", unit=spec.unit)
        return Resolved(spec.start + timedelta(hours=spec.value))
    deadline = count(Limit(Unit(spec.unit), spec.value), spec.start, spec.state)
    if deadline.due is None:
        raise Invalid("obligation.no_due", unit=spec.unit)
    return Resolved(deadline.due, canonical.encode(deadline.as_json()).decode())
