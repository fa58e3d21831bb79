"""Where a person is and was, one lane for each state: confirmed, reported or only expected; told or not told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from somec.access import rules as access
from somec.access.rules import Actor
from somec.exchange import identity
from somec.kernel import clock
from somec.movements.events import Certainty, EventKind
from somec.movements.models import Disclosure, Event, Incoming
from somec.movements.rules import AWAITING_ARRIVAL
from somec.movements.views import Cell, Lane, Lanes, MovementEvent
from somec.persons import queries as persons

COLUMNS = 6  # instants side by side; older ones are in the list of events
_PRESENT = frozenset({EventKind.HERE.value, EventKind.ARRIVED.value, EventKind.SIGHTING.value})
_GONE = frozenset({EventKind.LEFT.value, EventKind.ABSCONDED.value, EventKind.NOT_ARRIVED.value})


def events(actor: Actor, person_id: str) -> list[MovementEvent]:
    """Return every statement about a person's movements that this node holds, the newest first."""
    access.check(actor, "person.read", persons.target(actor, person_id))
    rows = (
        Event.objects.filter(person_id__in=persons.file_ids(person_id))
        .select_related("disclosure")
        .order_by("-at", "-id")
    )
    return [
        MovementEvent(
            id=row.id, kind=row.kind, certainty=row.certainty, state=row.state, place=row.place, at=row.at,
            source_state=row.source_state, document_id=row.document_id,
            notice_id=row.disclosure.notice_id if row.disclosure else "", incoming_id=row.incoming_id or "",
            note=row.note,
            recorded=row.recorded,
        )
        for row in rows
    ]  # fmt: skip


def lanes(actor: Actor, person_id: str) -> Lanes:
    """Return the picture of a person's movements: the states concerned, and what is known at each instant that matters.

    An expected arrival that nobody confirmed by its time reads ``not_arrived`` with certainty ``expected``: the
    instant has passed and no word came, which is not the same as somebody having said so.
    """
    access.check(actor, "person.read", persons.target(actor, person_id))
    now = clock.now()
    files = persons.file_ids(person_id)
    rows = list(Event.objects.filter(person_id__in=files).order_by("at", "id"))
    shown = [row for row in rows if row.kind != EventKind.TOLD.value]
    unmet = _unmet(files, now)
    instants = sorted({row.at for row in shown} | {at for _, at in unmet})[-COLUMNS:]
    told: dict[str, datetime] = {}
    for row in rows:
        if row.kind == EventKind.TOLD.value:
            told.setdefault(row.state, row.at)
    states = list(dict.fromkeys([identity.own_state(), *(row.state for row in sorted(rows, key=lambda row: row.at))]))
    return Lanes(
        columns=tuple(instants),
        lanes=tuple(_lane(state, shown, instants, told.get(state), unmet) for state in states),
        expected_unmet=tuple(state for state, _ in unmet),
    )


def _unmet(person_ids: Collection[str], now: datetime) -> list[tuple[str, datetime]]:
    awaiting = [state.value for state in AWAITING_ARRIVAL]
    due = {"say_arrival_by__lte": now, "arrival_said_at__isnull": True, "state__in": awaiting}
    told = Disclosure.objects.filter(notice__person_id__in=person_ids, **due).values_list("to_state", "say_arrival_by")
    own = identity.own_state()
    received = Incoming.objects.filter(person_id__in=person_ids, **due).values_list("say_arrival_by", flat=True)
    found = [*told, *((own, at) for at in received)]
    return [(state, at) for state, at in found if at is not None]


def _lane(
    state: str, rows: list[Event], instants: list[datetime], told: datetime | None, unmet: list[tuple[str, datetime]]
) -> Lane:
    own = identity.own_state()
    cells: list[Cell | None] = []
    for instant in instants:
        here = next((row for row in reversed(rows) if row.at == instant and row.state == state), None)
        if here is not None:
            cells.append(_cell(here))
        elif (state, instant) in unmet:
            cells.append(Cell(kind=EventKind.NOT_ARRIVED.value, certainty=Certainty.EXPECTED.value, at=instant))
        elif state != own and (told is None or told > instant):
            cells.append(Cell(kind="not_told", certainty=""))
        else:
            cells.append(_since(state, rows, instant))
    return Lane(state=state, told=told, cells=tuple(cells))


def _since(state: str, rows: list[Event], instant: datetime) -> Cell:
    """Return what an earlier statement still says at this instant: here until something later says otherwise."""
    before = [row for row in rows if row.at < instant]
    last = next((row for row in reversed(before) if row.kind in _PRESENT | _GONE), None)
    if last is not None and last.state == state and last.kind in {EventKind.HERE.value, EventKind.ARRIVED.value}:
        return _cell(last)
    return Cell(kind="not_seen", certainty="")


def _cell(row: Event) -> Cell:
    return Cell(
        kind=row.kind,
        certainty=row.certainty,
        place=row.place,
        at=row.at,
        source_state=row.source_state,
        event_id=row.id,
    )
