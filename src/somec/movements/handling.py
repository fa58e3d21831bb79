"""What a state does with a notice that another state sent: take it, decide who it is, assign, follow, answer, close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from somec.access import queries as access_queries
from somec.access.rules import Actor
from somec.audit import actions as audit
from somec.audit.rules import Kind as AuditKind
from somec.exchange import actions as exchange
from somec.exchange import identity
from somec.kernel import clock
from somec.kernel.canonical import Json
from somec.kernel.errors import Invalid, NotAllowed, NotPossibleNow
from somec.kernel.ids import new_id
from somec.kernel.text import has_controls
from somec.movements import composing, messages
from somec.movements.events import Certainty, EventKind
from somec.movements.models import Event, Incoming, Owner
from somec.movements.rules import RECEIVER, Match, Outcome, Progress, Service, State, step
from somec.movements.targets import incoming_for
from somec.movements.travel import MAX_TEXT, NOWHERE, Place


@dataclass(frozen=True)
class NewOwner:
    """Who shall look after an incoming notice: a service of an authority, and a person of it if already known."""

    service: Service
    authority_id: str
    user_id: str = ""


def note(
    actor: Actor,
    action: str,
    incoming: Incoming,
    *,
    reason: str = "",
    kind: AuditKind = AuditKind.ALTERATION,
    **detail: Json,
) -> None:
    """Write the one log entry of an action on an incoming notice."""
    audit.record(
        actor=actor, action=action, kind=kind, subject=incoming.id, case=incoming.person_id, purpose=actor.purpose,
        reason=reason, recipient=incoming.from_state if kind is AuditKind.DISCLOSURE else "",
        detail={"state": incoming.state, "version": incoming.version, **{key: str(one) for key, one in detail.items()}},
    )  # fmt: skip


def take_step(incoming: Incoming, action: str) -> None:
    """Move the notice along its chart; not yet saved."""
    incoming.state = step(RECEIVER, action, State(incoming.state)).value
    incoming.version += 1


def tell_progress(
    actor: Actor, incoming: Incoming, event: Progress, *, at: datetime | None = None, now: datetime, **details: Json
) -> str:
    """Tell the sender one thing that happened; returns the document."""
    incoming.sequence += 1
    item = messages.progress_item(
        item_id=composing.item_id(incoming.id, "progress", str(incoming.sequence)), owner=identity.own_state(),
        sequence=incoming.sequence, event=event, at=at or now, now=now, **details,
    )  # fmt: skip
    return exchange.send_many(actor=actor, documents=[composing.receiver_document(
        incoming, type=messages.PROGRESS, authority_id=actor.authority_id, items=[item]
    )])[0]  # fmt: skip


@transaction.atomic
def acknowledge(*, actor: Actor, id: str, version: int) -> None:  # noqa: A002 - the incoming notice's id
    """Take the notice in the name of the actor's authority; its sender learns who has it."""
    incoming = incoming_for(actor, "incoming.acknowledge", id, version=version)
    take_step(incoming, "incoming.acknowledge")
    now = clock.now()
    incoming.authority_id, incoming.acknowledged_at, incoming.acknowledged_by = actor.authority_id, now, actor.id
    _confirm(actor, incoming, now)
    incoming.save()
    note(actor, "incoming.acknowledge", incoming, kind=AuditKind.DISCLOSURE)


@transaction.atomic
def confirm_changes(*, actor: Actor, id: str, version: int) -> None:  # noqa: A002 - the incoming notice's id
    """Confirm that changes, or a cancellation, of a notice were taken note of."""
    incoming = incoming_for(actor, "incoming.acknowledge", id, version=version)
    if not incoming.unconfirmed:
        raise NotPossibleNow("incoming.nothing_to_confirm", id=id)
    take_step(incoming, "incoming.confirm_change")
    _confirm(actor, incoming, clock.now())
    incoming.authority_id = incoming.authority_id or actor.authority_id
    incoming.save()
    note(actor, "incoming.confirm_change", incoming, kind=AuditKind.DISCLOSURE)


def _confirm(actor: Actor, incoming: Incoming, now: datetime) -> None:
    authority = composing.sender_authority(actor.authority_id)
    sent = []
    for document_id, document_type in incoming.unconfirmed:
        incoming.sequence += 1
        item = messages.acknowledgement_item(
            item_id=composing.item_id(incoming.id, "acknowledgement", document_id), owner=identity.own_state(),
            sequence=incoming.sequence, authority=authority, by=actor.name, of=document_type, now=now,
        )  # fmt: skip
        sent.append(composing.receiver_document(
            incoming, type=messages.ACKNOWLEDGEMENT, authority_id=actor.authority_id, items=[item],
            refers_to=document_id,
        ))  # fmt: skip
    exchange.send_many(actor=actor, documents=sent)
    incoming.unconfirmed = []


@transaction.atomic
def assign(*, actor: Actor, id: str, version: int, owners: Sequence[NewOwner]) -> None:  # noqa: A002
    """Say which services look after the notice: police, probation, or both. Replaces what was said before."""
    incoming = incoming_for(actor, "incoming.assign", id, version=version)
    services = [owner.service for owner in owners]
    if not owners or len(set(services)) != len(services):
        raise Invalid("incoming.owners", fields={"owners": ["missing" if not owners else "repeated"]})
    _check_people(owners)
    arrived = State(incoming.state) in {State.ARRIVED, State.NOT_ARRIVED}
    take_step(incoming, "incoming.reassign" if arrived else "incoming.assign")
    now = clock.now()
    before = {(row.service, row.authority_id, row.user_id): row.taken_at for row in incoming.owners.all()}
    incoming.owners.all().delete()
    Owner.objects.bulk_create([
        Owner(
            incoming=incoming, service=one.service.value, authority_id=one.authority_id, user_id=one.user_id, since=now,
            taken_at=before.get((one.service.value, one.authority_id, one.user_id)) if one.user_id else None,
        )
        for one in owners
    ])  # fmt: skip
    incoming.assigned_at = now
    tell_progress(actor, incoming, Progress.ASSIGNED, now=now, owners=owners_told(incoming))
    incoming.save()
    note(actor, "incoming.assign", incoming, services=",".join(sorted(services)))


def _check_people(owners: Sequence[NewOwner]) -> None:
    authorities = access_queries.authorities_by_id({one.authority_id for one in owners})
    people = access_queries.people_by_id({one.user_id for one in owners if one.user_id})
    for one in owners:
        if one.authority_id not in authorities:
            raise Invalid("incoming.owners", fields={"owners": ["unknown_authority"]})
        person = people.get(one.user_id)
        if one.user_id and (person is None or not person.active or person.authority_id != one.authority_id):
            raise Invalid("incoming.owners", fields={"owners": ["unknown_person"]})


def owners_told(incoming: Incoming) -> list[Json]:
    """Return the owners as the sender is told of them: service, authority, and the person who has taken the work."""
    rows = list(incoming.owners.order_by("service"))
    authorities = access_queries.authorities_by_id({row.authority_id for row in rows})
    people = access_queries.people_by_id({row.user_id for row in rows if row.user_id})
    return [
        {
            "service": row.service,
            "authority": authorities[row.authority_id].name,
            **({"person": people[row.user_id].name} if row.user_id in people else {}),
        }
        for row in rows
    ]


@transaction.atomic
def take(*, actor: Actor, id: str, version: int, service: Service) -> None:  # noqa: A002 - the incoming notice's id
    """Take the work for a service oneself; it must have been assigned to an authority of the actor."""
    incoming = incoming_for(actor, "incoming.take", id, version=version)
    row = incoming.owners.filter(service=service.value).first()
    if row is None or row.authority_id not in actor.authority_ids:
        raise NotAllowed("access.relation", action="incoming.take", kind="incoming", id=id)
    if row.taken_at is not None and row.user_id != actor.id:
        raise NotPossibleNow("incoming.taken_already", id=id)
    take_step(incoming, "incoming.take")
    now = clock.now()
    row.user_id, row.taken_at = actor.id, now
    row.save(update_fields=["user_id", "taken_at"])
    tell_progress(actor, incoming, Progress.TAKEN, now=now, owners=owners_told(incoming))
    incoming.save()
    note(actor, "incoming.take", incoming, service=service.value)


@transaction.atomic
def record_arrival(
    *, actor: Actor, id: str, version: int, at: datetime, place: Place = NOWHERE,  # noqa: A002
    certainty: Certainty = Certainty.CONFIRMED, remark: str = "",
) -> None:  # fmt: skip
    """Record that the person arrived, when and where; the sender is told. May follow "did not arrive"."""
    incoming = incoming_for(actor, "incoming.record_arrival", id, version=version)
    now = clock.now()
    _not_in_future(at, now)
    take_step(incoming, "incoming.record_arrival")
    incoming.arrived_at, incoming.arrival_said_at = at, now
    _happened(
        actor,
        incoming,
        Progress.ARRIVED,
        EventKind.ARRIVED,
        at=at,
        place=place,
        certainty=certainty,
        remark=remark,
        now=now,
    )
    incoming.save()
    note(actor, "incoming.record_arrival", incoming)


@transaction.atomic
def record_no_arrival(*, actor: Actor, id: str, version: int, remark: str = "") -> None:  # noqa: A002
    """Record that the person did not arrive by the agreed time; the sender is told. Possible once he was expected."""
    incoming = incoming_for(actor, "incoming.record_no_arrival", id, version=version)
    now = clock.now()
    expected = incoming.arrives_until
    if expected is not None and now < expected:
        raise NotPossibleNow("incoming.not_yet_expected", id=id, until=clock.iso(expected))
    take_step(incoming, "incoming.record_no_arrival")
    incoming.arrival_said_at = now
    _happened(
        actor, incoming, Progress.NOT_ARRIVED, EventKind.NOT_ARRIVED, at=now, place=NOWHERE,
        certainty=Certainty.CONFIRMED,
        remark=remark, now=now,
    )  # fmt: skip
    incoming.save()
    note(actor, "incoming.record_no_arrival", incoming)


@transaction.atomic
def record_sighting(
    *, actor: Actor, id: str, version: int, at: datetime, place: Place, certainty: Certainty = Certainty.CONFIRMED,  # noqa: A002
    remark: str = "", left: bool = False,
) -> None:  # fmt: skip
    """Record that the person was seen (or, with ``left``, has left this state); the sender is told."""
    incoming = incoming_for(actor, "incoming.record_arrival", id, version=version)
    now = clock.now()
    _not_in_future(at, now)
    take_step(incoming, "incoming.record_sighting")
    event, kind = (Progress.LEFT, EventKind.LEFT) if left else (Progress.SIGHTING, EventKind.SIGHTING)
    _happened(actor, incoming, event, kind, at=at, place=place, certainty=certainty, remark=remark, now=now)
    incoming.save()
    note(actor, "incoming.record_sighting", incoming, left=left)


def _not_in_future(at: datetime, now: datetime) -> None:
    if at > now:
        raise Invalid("incoming.at", fields={"at": ["future"]})


def _happened(
    actor: Actor, incoming: Incoming, event: Progress, kind: EventKind, *, at: datetime, place: Place,
    certainty: Certainty,
    remark: str, now: datetime,
) -> None:  # fmt: skip
    where: dict[str, Json] = {"lines": place.lines, "town": place.town, "postcode": place.postcode}
    said: dict[str, Json] | None = {"language": actor.language, "text": remark, "translations": {}} if remark else None
    document_id = tell_progress(
        actor, incoming, event, at=at, now=now, place=where if place.known else None, certainty=certainty.value
        if certainty is not Certainty.EXPECTED else None, text=said,
    )  # fmt: skip
    Event.objects.create(
        id=new_id("mev"), person_id=incoming.person_id, incoming=incoming, kind=kind.value, certainty=certainty.value,
        state=identity.own_state(), place=place.town or place.lines[:200], at=at, source_state=identity.own_state(),
        document_id=document_id, note=remark[:500], recorded=now, recorded_by=actor.id,
    )  # fmt: skip


@transaction.atomic
def answer(
    *, actor: Actor, id: str, version: int, outcome: Outcome, text: str = "", language: str = "",  # noqa: A002
    at: datetime | None = None, place: Place = NOWHERE, missing: Sequence[str] = (), left_for: str = "",
) -> str:  # fmt: skip
    """Answer the sender: a coded outcome and words. Returns the document.

    An unusable notice goes back with what is missing, as codes, so that the sender can mend it.
    """
    incoming = incoming_for(actor, "incoming.answer", id, version=version)
    _check_answer(outcome, text, missing, left_for)
    take_step(incoming, "incoming.answer")
    now = clock.now()
    incoming.sequence += 1
    failed = incoming.say_arrival_by is not None and now >= incoming.say_arrival_by and incoming.arrived_at is None
    item = messages.answer_item(
        item_id=composing.item_id(incoming.id, "answer", str(incoming.sequence)), owner=identity.own_state(),
        sequence=incoming.sequence, outcome=outcome, text=text.strip(), language=language or actor.language, now=now,
        at=clock.iso(at) if at else None, missing=list(missing), left_for=left_for or None,
        place={"lines": place.lines, "town": place.town, "postcode": place.postcode} if place.known else None,
        after_failed_arrival=failed or None,
    )  # fmt: skip
    document_id = exchange.send_many(actor=actor, documents=[composing.receiver_document(
        incoming, type=messages.ANSWER, authority_id=actor.authority_id, items=[item],
        language=language or actor.language,
    )])[0]  # fmt: skip
    incoming.answered_at, incoming.outcome = now, outcome.value
    incoming.save()
    note(actor, "incoming.answer", incoming, kind=AuditKind.DISCLOSURE, outcome=outcome.value, document=document_id)
    return document_id


def _check_answer(outcome: Outcome, text: str, missing: Sequence[str], left_for: str) -> None:
    fields: dict[str, list[str]] = {}
    if len(text) > MAX_TEXT:
        fields["text"] = ["too_long"]
    if has_controls(text):
        fields["text"] = ["control_characters"]
    if outcome is Outcome.UNUSABLE and not missing and not text.strip():
        fields["missing"] = ["missing"]
    if outcome is Outcome.LEFT_FOR_ANOTHER_STATE and not left_for:
        fields["left_for"] = ["missing"]
    if outcome is Outcome.REFUSED and not text.strip():
        fields["text"] = ["missing"]
    if fields:
        raise Invalid("incoming.answer", fields=fields)


@transaction.atomic
def close_incoming(*, actor: Actor, id: str, version: int, reason: str) -> None:  # noqa: A002
    """End the work on a notice; the sender is told. Not before what was asked is answered."""
    incoming = incoming_for(actor, "incoming.close", id, version=version)
    asked = incoming.requested != "information_only" and not incoming.answered_at and not incoming.arrival_said_at
    if (
        asked
        and State(incoming.state) not in {State.CANCELLED, State.EXPIRED}
        and incoming.match != Match.NOT_SAME.value
    ):
        raise NotPossibleNow("incoming.answer_first", id=id)
    if incoming.unconfirmed:
        raise NotPossibleNow("incoming.confirm_first", id=id)
    take_step(incoming, "incoming.close")
    now = clock.now()
    incoming.ended_at = incoming.ended_at or now
    tell_progress(actor, incoming, Progress.CLOSED, now=now)
    incoming.save()
    note(actor, "incoming.close", incoming, reason=reason)
