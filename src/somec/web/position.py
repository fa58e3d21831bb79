"""Where somebody stands now: who owes what, who knows, where the conditions bind, what is newest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from somec.access import rules as access
from somec.access.rules import Actor, Target
from somec.movements import queries as movements
from somec.movements.views import (
    DisclosureView,
    DutyLine,
    FollowView,
    IncomingFilter,
    IncomingRow,
    Lanes,
    MovementEvent,
    NoticeFilter,
    NoticeView,
)
from somec.offenders.queries import DecisionRow, RecordView
from somec.web import timeline, times, words_people
from somec.web.naming import in_text
from somec.web.words import word

NOTICES = 20  # newest notices whose duties, receipts and messages a page shows; older ones are in the list of notices
NEWS = frozenset({"not_arrived", "sighting", "absconded", "arrived"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One duty that is not met yet, begun or not, with the page where it is met."""

    line: DutyLine
    talk: FollowView
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """All that a person page shows besides identity and record."""

    notices: tuple[NoticeView, ...] = field(repr=False)
    received: tuple[IncomingRow, ...] = field(repr=False)
    talks: tuple[FollowView, ...] = field(repr=False)
    duties: tuple[Duty, ...] = field(repr=False)
    told: tuple[tuple[DisclosureView, NoticeView], ...] = field(repr=False)
    lanes: Lanes = field(repr=False)
    moved: tuple[MovementEvent, ...] = field(repr=False)


def of(actor: Actor, person_id: str) -> Position:
    """Return where a person stands, as far as the reader may see it."""
    rows = movements.notices(actor, NoticeFilter(person_id=person_id)).rows[:NOTICES]
    notices = tuple(movements.notice(actor, row.id) for row in rows if not row.amends_id)
    received = movements.incoming_list(actor, IncomingFilter(person_id=person_id)).rows[:NOTICES]
    told = [(one, notice) for notice in notices for one in notice.disclosures]
    threads = [one.conversation for one, _notice in told]
    threads += [movements.incoming(actor, row.id).conversation for row in received]
    talks = timeline.talks(actor, threads)
    return Position(
        notices=notices, received=tuple(received), talks=tuple(talks), duties=_duties(talks),
        told=tuple(sorted(told, key=_since, reverse=True)), lanes=movements.lanes(actor, person_id),
        moved=tuple(movements.events(actor, person_id)),
    )  # fmt: skip


def _since(pair: tuple[DisclosureView, NoticeView]) -> float:
    queued = pair[0].queued
    return queued.timestamp() if queued else 0.0


def _duties(talks: Sequence[FollowView]) -> tuple[Duty, ...]:
    found = [
        Duty(line=duty, talk=talk, href=reverse("conversation", args=[talk.conversation]))
        for talk in talks
        for duty in talk.duties
        if duty.state == "open"
    ]
    return tuple(sorted(found, key=lambda one: one.line.due))


def news(position: Position) -> dict[str, str] | None:
    """Return the newest thing that the reader must know, with the page to act on, or None."""
    event = next((one for one in position.moved if one.kind in NEWS), None)
    if event is None:
        return None
    title = f"{timeline.movement_title(event)}, {times.instant(event.at, year=False)}"
    expected = [in_text(one) for one in position.lanes.expected_unmet if one != event.state]
    if event.kind in {"sighting", "arrived"} and expected:
        title = f"{title}. {_('Not where the notice says')}"
    parts = [event.place, event.note]
    if expected:
        parts.append(_("Expected in %(state)s, and nobody confirmed it") % {"state": ", ".join(expected)})
    href = ""
    if event.notice_id:
        href = reverse("notice", args=[event.notice_id])
    elif event.incoming_id:
        href = reverse("received", args=[event.incoming_id])
    return {
        "title": title, "text": " ".join(f"{part.rstrip('.')}." for part in parts if part), "href": href,
        "kind": "info" if event.kind in {"sighting", "arrived"} else "warning",
    }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Whether one condition binds in one state: the word, its look, since when."""

    state: str
    word: str
    look: str
    since: date | None = None


def bindings(record: RecordView, own: str, position: Position, today: date) -> list[dict[str, Any]]:
    """Return the orders that run, each with its conditions and where they can be enforced today."""
    states = list(dict.fromkeys([own, *(lane.state for lane in position.lanes.lanes)]))
    return [
        {
            "order": order, "states": states,
            "conditions": [
                {"condition": one, "cells": [_binding(one, state) for state in states]} for one in order.conditions
            ],
        }
        for order in record.orders
        if order.starts <= today and (order.ends is None or order.ends >= today)
    ]  # fmt: skip


def _binding(condition: Any, state: str) -> Binding:
    if state not in condition.binds_in:
        return Binding(state=state, word=_("No"), look="sm-label--none")
    if condition.status == "in_force":
        return Binding(state=state, word=_("Yes"), look="ecl-label--low")
    return Binding(
        state=state, word=word(words_people.CONDITION_STATES, condition.status),
        look="ecl-label--high" if condition.status == "broken" else "sm-label--none", since=condition.status_since,
    )  # fmt: skip


def lane_rows(lanes: Lanes) -> list[dict[str, Any]]:
    """Return the lanes with the heading of each cell beside it, for narrow screens."""
    return [{"lane": lane, "cells": list(zip(lanes.columns, lane.cells, strict=True))} for lane in lanes.lanes]


def acts(actor: Actor, target: Target, decisions: Sequence[DecisionRow]) -> list[tuple[str, str]]:
    """Return what the reader may do with the file, as sentences with their pages."""
    person = target.id
    offered = (
        ("notice.draft", _("Tell a state (movement notice)"), "new_notice"),
        ("criteria.read", _("Hold the record against your criteria"), "criteria"),
        ("decision.propose", _("Decide whether to tell"), "decide"),
        ("record.read", _("See what is missing to recognise the person"), "completeness"),
        ("person.change", _("Add or correct"), "person_record"),
        ("audit.read_case", _("See who has looked"), "case_log"),
        ("record.read", _("See what was changed"), "person_history"),
        ("person.merge", _("Merge with another file of this person"), "merge_with"),
    )
    found = [
        (text, reverse(name, args=[person])) for action, text, name in offered if access.can(actor, action, target)
    ]
    if not access.can(actor, "person.change", target) and access.can(actor, "record.change", target):
        found.insert(-1, (_("Add to the record"), reverse("person_record", args=[person])))
    for row in decisions:
        if row.state == "awaiting_approval" and access.can(actor, "decision.approve", _as_second(row)):
            found.insert(0, (_("Approve or return the decision"), reverse("decision", args=[row.id])))
    return found


def _as_second(row: DecisionRow) -> Target:
    return Target(
        kind="decision", id=row.id, authority_id=row.authority_id, author_id=row.author_id, state=row.state,
        owner_ids=frozenset({row.author_id}), case=row.person_id,
    )  # fmt: skip
