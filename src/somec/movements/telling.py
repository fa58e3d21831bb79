"""What a state does with a notice once a second person has agreed: send, change, take back, take answers, close."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from somec.access.rules import Actor
from somec.audit.rules import Kind as AuditKind
from somec.exchange import actions as exchange
from somec.exchange import identity
from somec.exchange import queries as documents
from somec.exchange.outbox import NewDocument
from somec.kernel import clock
from somec.kernel.errors import Invalid, NotFound, NotPossibleNow
from somec.kernel.ids import new_id
from somec.movements import composing, gate, messages
from somec.movements.drafting import note
from somec.movements.events import Certainty, EventKind
from somec.movements.models import Disclosure, Event, Notice
from somec.movements.rules import DRAFTING, ENDED, SENDER, State, find, rollup, step
from somec.movements.targets import disclosure_for, notice_for
from somec.movements.travel import Content, feedback_by, from_json, say_arrival_by


def rolled_up(notice: Notice) -> None:
    """Set the notice's state from its destinations, where it has any of its own; the caller saves."""
    states = [State(one) for one in Disclosure.objects.filter(notice_id=notice.id).values_list("state", flat=True)]
    if states:
        notice.state = rollup(states).value


@transaction.atomic
def transmit_notice(*, actor: Actor, id: str, version: int, states: Collection[str] = ()) -> list[str]:  # noqa: A002
    """Send an approved notice (or change) to its states, or only to those named; returns the ids of the documents.

    The contact point does it. Each state gets its own document in its own conversation; all leave in one transaction.
    """
    notice = notice_for(actor, "notice.transmit", id, version=version)
    step(SENDER, "notice.transmit", State(notice.state))
    now = clock.now()
    content = from_json(notice.content)
    if notice.expires is None or notice.expires <= now:
        raise NotPossibleNow("notice.expired", id=id)
    notice.late = notice.late or gate.lead(notice, content, now).late
    chosen = _chosen(notice, content, states)
    ids = exchange.send_many(actor=actor, documents=composing.notice_documents(notice, chosen, now=now))
    for disclosure, document_id in zip(chosen, ids, strict=True):
        _sent(disclosure, content, document_id, actor, now)
    Disclosure.objects.bulk_update(chosen, _SENT_FIELDS)
    Event.objects.bulk_create([event for one in chosen for event in _told(notice, content, one, actor, now)])
    _after_sending(notice, content, now)
    note(
        actor, "notice.transmit", notice, kind=AuditKind.DISCLOSURE, recipient=",".join(one.to_state for one in chosen)
    )
    return ids


_SENT_FIELDS = (
    "state", "sequence", "document_id", "latest_document_id", "sent_at", "sent_by", "arrives_from", "arrives_until",
    "say_arrival_by", "feedback_by", "arrival_said_at",
)  # fmt: skip


def _chosen(notice: Notice, content: Content, states: Collection[str]) -> list[Disclosure]:
    source = notice.amends or notice
    rows = Disclosure.objects.select_for_update().filter(notice=source).order_by("to_state")
    rows = rows.exclude(state__in=[state.value for state in ENDED])
    rows = rows.filter(sent_at__isnull=False) if notice.amends_id else rows.filter(state=State.APPROVED.value)
    told = {one.state for one in content.destinations}
    if notice.amends_id is None and states:
        unknown = set(states) - told
        if unknown:
            raise Invalid("notice.states", fields={"states": ["notice.states.not_told"]}, state=min(unknown))
        told &= set(states)
    chosen = [row for row in rows if row.to_state in told]
    if not chosen:
        raise NotPossibleNow("notice.nobody_left_to_tell", id=notice.id)
    return chosen


def _sent(disclosure: Disclosure, content: Content, document_id: str, actor: Actor, now: datetime) -> None:
    one = content.destination(disclosure.to_state)
    if not disclosure.document_id:
        disclosure.state = step(SENDER, "notice.transmit", State(disclosure.state)).value
        disclosure.document_id, disclosure.sent_at, disclosure.sent_by = document_id, now, actor.id
    else:
        was = State(disclosure.state)
        disclosure.state = step(SENDER, "notice.change", was).value
        if was is State.NOT_ARRIVED:
            disclosure.arrival_said_at = None  # he is expected anew
    disclosure.sequence += 1
    disclosure.latest_document_id = document_id
    disclosure.arrives_from, disclosure.arrives_until = one.arrives_from, one.latest
    disclosure.say_arrival_by = say_arrival_by(content, disclosure.to_state)
    disclosure.feedback_by = feedback_by(disclosure.say_arrival_by) if disclosure.say_arrival_by else None


def _told(notice: Notice, content: Content, disclosure: Disclosure, actor: Actor, now: datetime) -> list[Event]:
    """Return the lines of the movement picture: that the state was told, and when the person is expected there."""
    one = content.destination(disclosure.to_state)
    own = identity.own_state()

    def event(kind: EventKind, certainty: Certainty, at: datetime, place: str = "") -> Event:
        return Event(
            id=new_id("mev"), person_id=notice.person_id, disclosure=disclosure, kind=kind.value,
            certainty=certainty.value,
            state=disclosure.to_state, place=place, at=at, source_state=own, document_id=disclosure.latest_document_id,
            recorded=now, recorded_by=actor.id,
        )  # fmt: skip

    events = [event(EventKind.TOLD, Certainty.CONFIRMED, now)]
    if one.latest is not None:
        where = one.first_night.town or one.arrival_point
        events.append(event(EventKind.EXPECTED, Certainty.EXPECTED, one.arrives_from or one.latest, where))
    return events


def _after_sending(notice: Notice, content: Content, now: datetime) -> None:
    notice.version += 1
    notice.changed = now
    if notice.amends is None:
        rolled_up(notice)
    else:
        notice.state = State.SENT.value
        original = Notice.objects.select_for_update().get(id=notice.amends_id)
        original.content, original.starts, original.expires = notice.content, notice.starts, content.expires
        original.changed, original.version = now, original.version + 1
        original.save()
    notice.save()


@transaction.atomic
def cancel_notice(
    *, actor: Actor, id: str, version: int, reason_code: str, reason: str, data_were_wrong: bool = False,  # noqa: A002
    states: Collection[str] = (),
) -> list[str]:  # fmt: skip
    """Take a notice back from every state that was told, or from those named; each of them has to confirm.

    ``reason_code`` is sent, ``reason`` (in the officer's words) stays here. Returns the ids of the documents.
    """
    notice = notice_for(actor, "notice.cancel", id, version=version)
    if not reason.strip() or not reason_code.strip():
        raise Invalid("notice.reason", fields={"reason": ["missing"]})
    now = clock.now()
    rows = Disclosure.objects.select_for_update().filter(notice=notice).order_by("to_state")
    chosen = [
        row for row in rows
        if find(SENDER, "notice.cancel", State(row.state)) and (not states or row.to_state in states)
    ]  # fmt: skip
    if not chosen:
        raise NotPossibleNow("movement.state", action="notice.cancel", state=notice.state, chart=SENDER.name)
    ids = exchange.send_many(
        actor=actor, documents=[_cancellation(notice, one, reason_code, now, wrong=data_were_wrong) for one in chosen]
    )
    for disclosure, document_id in zip(chosen, ids, strict=True):
        disclosure.state = step(SENDER, "notice.cancel", State(disclosure.state)).value
        disclosure.sequence += 1
        disclosure.latest_document_id, disclosure.ended_at = document_id, now
    Disclosure.objects.bulk_update(chosen, ["state", "sequence", "latest_document_id", "ended_at"])
    notice.amendments.filter(state__in=[one.value for one in DRAFTING]).update(state=State.WITHDRAWN.value)
    rolled_up(notice)
    notice.version, notice.changed, notice.said = notice.version + 1, now, reason.strip()[:500]
    notice.save()
    note(
        actor, "notice.cancel", notice, kind=AuditKind.DISCLOSURE, reason=reason, code=reason_code,
        recipient=",".join(one.to_state for one in chosen),
    )  # fmt: skip
    return ids


def _cancellation(notice: Notice, disclosure: Disclosure, code: str, now: datetime, *, wrong: bool) -> NewDocument:
    sequence = disclosure.sequence + 1
    item = messages.cancellation_item(
        item_id=composing.item_id(disclosure.id, "cancellation", str(sequence)), owner=identity.own_state(),
        sequence=sequence, reason=code, wrong=wrong, now=now,
    )  # fmt: skip
    return composing.sender_document(
        disclosure, notice, type=messages.CANCELLATION, refers_to=disclosure.latest_document_id, items=[item]
    )


@transaction.atomic
def take_answer(*, actor: Actor, disclosure_id: str, document_id: str) -> str:
    """Take an answer of the other state in the name of our authority; returns the acknowledgement's id.

    Whoever may close a notice may take its answers.
    """
    disclosure = disclosure_for(actor, "notice.close", disclosure_id)
    notice = disclosure.notice
    body = documents.document(document_id)
    if body["header"]["conversation"] != disclosure.conversation or body["header"]["type"] != messages.ANSWER:
        raise NotFound("answer.unknown", id=document_id)
    now = clock.now()
    disclosure.sequence += 1
    item = messages.acknowledgement_item(
        item_id=composing.item_id(disclosure.id, "acknowledgement", document_id), owner=identity.own_state(),
        sequence=disclosure.sequence, authority=composing.sender_authority(actor.authority_id), by=actor.name,
        of=messages.ANSWER, now=now,
    )  # fmt: skip
    sent = exchange.send_many(actor=actor, documents=[
        composing.sender_document(
            disclosure, notice, type=messages.ACKNOWLEDGEMENT, refers_to=document_id, items=[item]
        )
    ])[0]  # fmt: skip
    disclosure.save(update_fields=["sequence"])
    note(
        actor,
        "notice.take_answer",
        notice,
        kind=AuditKind.DISCLOSURE,
        recipient=disclosure.to_state,
        document=document_id,
    )
    return sent


@transaction.atomic
def close_disclosure(*, actor: Actor, disclosure_id: str, reason: str) -> None:
    """End our side of one telling; the notice is closed when every state's is."""
    disclosure = disclosure_for(actor, "notice.close", disclosure_id)
    notice = disclosure.notice
    disclosure.state = step(SENDER, "notice.close", State(disclosure.state)).value
    now = clock.now()
    disclosure.ended_at = disclosure.ended_at or now
    disclosure.save(update_fields=["state", "ended_at"])
    rolled_up(notice)
    notice.version, notice.changed = notice.version + 1, now
    notice.save()
    note(actor, "notice.close", notice, reason=reason, destination=disclosure.to_state)
