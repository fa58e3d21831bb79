"""One conversation as both ends see it: where it stands, who owes what, every document with its two receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from somec.access import queries as access_queries
from somec.access import rules as access
from somec.access.rules import Actor
from somec.exchange import identity
from somec.exchange import queries as exchange
from somec.exchange.queries import DocumentView, ObligationView
from somec.exchange.rules import ObligationState
from somec.kernel import clock
from somec.kernel.errors import NotFound
from somec.movements import agreement, messages
from somec.movements.models import Disclosure, Incoming
from somec.movements.rules import State, effective
from somec.movements.targets import best_target, incoming_targets, notice_target
from somec.movements.views import DocumentLine, DutyLine, FollowView, PersonLine, StepLine
from somec.persons import queries as persons


@dataclass(frozen=True)
class _Subject:
    side: str
    id: str
    other: str
    reference: str
    person: PersonLine
    state: State
    conversation: str
    sender: str
    arrived: datetime | None
    arrival_said: datetime | None
    ended: datetime | None


def conversation(actor: Actor, id: str) -> FollowView:  # noqa: A002 - the conversation's id
    """Return the conversation of a notice of ours or of an incoming one; raises NotAllowed, NotFound."""
    subject = _subject(actor, id)
    held = exchange.documents([id])
    duties = exchange.obligations(conversations=[id])
    now = clock.now()
    lines = _documents(held)
    return FollowView(
        conversation=id, own_state=identity.own_state(), other_state=subject.other, side=subject.side,
        subject_id=subject.id,
        reference=subject.reference, person=subject.person, state=subject.state, steps=_steps(subject, held, duties),
        duties=tuple(_duty(one, now) for one in duties), documents=tuple(reversed(lines)),
        agreement=_agreement(held, duties), silent_since=_silent_since(lines),
    )  # fmt: skip


def _subject(actor: Actor, conversation_id: str) -> _Subject:
    told = Disclosure.objects.select_related("notice").filter(conversation=conversation_id).first()
    if told is not None:
        return _sender(actor, told)
    received = Incoming.objects.prefetch_related("owners").filter(conversation=conversation_id).first()
    if received is None:
        raise NotFound("conversation.unknown", id=conversation_id)
    return _receiver(actor, received)


def _sender(actor: Actor, told: Disclosure) -> _Subject:
    notice = told.notice
    access.check(actor, "notice.read", notice_target(notice, opened=access_queries.is_open(actor, "notice", notice.id)))
    label = persons.labels([notice.person_id]).get(notice.person_id)
    delivery = exchange.deliveries([told.document_id]).get(told.document_id)
    return _Subject(
        side="sender", id=notice.id, other=told.to_state, reference=notice.reference,
        person=PersonLine(id=notice.person_id, label=label.label, born=label.born) if label
        else PersonLine(id="", label=""),
        state=effective(State(told.state), receipted=delivery is not None and delivery.receipted is not None),
        conversation=told.conversation, sender=identity.own_state(), arrived=told.arrived_at,
        arrival_said=told.arrival_said_at, ended=told.ended_at,
    )  # fmt: skip


def _receiver(actor: Actor, received: Incoming) -> _Subject:
    opened = access_queries.is_open(actor, "incoming", received.id)
    targets = incoming_targets(received, received.owners.all(), opened=opened)
    access.check(actor, "incoming.read", best_target(actor, "incoming.read", targets))
    label = persons.labels([received.person_id]).get(received.person_id) if received.person_id else None
    name = ", ".join(part for part in (received.family_name, received.given_name) if part)
    return _Subject(
        side="receiver", id=received.id, other=received.from_state, reference=received.reference,
        person=PersonLine(id=label.id, label=label.label, born=label.born) if label
        else PersonLine(id="", label=name, born=received.born),
        state=State(received.state), conversation=received.conversation, sender=received.from_state,
        arrived=received.arrived_at, arrival_said=received.arrival_said_at, ended=received.ended_at,
    )  # fmt: skip


def _documents(held: Sequence[DocumentView]) -> list[DocumentLine]:
    taken: dict[str, tuple[datetime, str]] = {}
    answered: dict[str, list[str]] = {}
    for one in held:
        data = _said(one)
        if one.type == messages.ACKNOWLEDGEMENT:
            taken.setdefault(one.refers_to, (one.created, str(data.get("by", ""))))
        elif one.type == messages.ANSWER:
            answered.setdefault(one.refers_to, []).append(one.id)
    own = identity.own_state()
    return [
        DocumentLine(
            id=one.id, number=number, type=one.type, what=_what(one), from_state=one.from_state,
            to_state=one.peer_state if one.from_state == own else own, created=one.created,
            sent=one.delivery.first_sent if one.delivery else one.created, stored=one.receipted,
            needs_taking=bool(messages.OBLIGATIONS.get(one.type)), taken=taken.get(one.id, (None, ""))[0],
            taken_by=taken.get(one.id, (None, ""))[1], answered_by=tuple(answered.get(one.id, ())),
        )
        for number, one in enumerate(held, start=1)
    ]  # fmt: skip


def _said(one: DocumentView) -> Mapping[str, object]:
    return messages.said(one.body) if one.type in messages.CATEGORY else {}


def _what(one: DocumentView) -> str:
    data = _said(one)
    return str(
        data.get("event") or data.get("outcome") or data.get("notice") or data.get("reason") or data.get("of") or ""
    )


def _duty(one: ObligationView, now: datetime) -> DutyLine:
    return DutyLine(
        id=one.id, rule=one.rule, debtor=one.debtor_state, creditor=one.creditor_state, mechanism=one.basis.mechanism,
        article=one.basis.article, statutory=one.basis.statutory, start=one.start, due=one.due, state=one.state.value,
        settled=one.settled_at, settled_by=one.settled_by,
        running=one.state is ObligationState.OPEN and one.start <= now,
        overdue=one.overdue(now),
    )  # fmt: skip


def _steps(subject: _Subject, held: Sequence[DocumentView], duties: Sequence[ObligationView]) -> tuple[StepLine, ...]:
    """Return "where it stands, for both": notice, the two receipts, match, owner, arrival, answer, end."""
    receiver = subject.other if subject.side == "sender" else identity.own_state()
    notice = next((one for one in held if one.type == messages.NOTICE), None)
    due = {one.rule.rpartition(".")[2]: one.due for one in duties if one.state is ObligationState.OPEN}
    return (
        StepLine(code="notice_sent", by=subject.sender, at=notice.created if notice else None),
        StepLine(code="node_stored", by=receiver, at=notice.receipted if notice else None),
        StepLine(
            code="authority_took", by=receiver, at=_first(held, messages.ACKNOWLEDGEMENT), due=due.get("acknowledge")
        ),
        StepLine(code="matched", by=receiver, at=_first(held, messages.PROGRESS, "matched", "not_same")),
        StepLine(code="assigned", by=receiver, at=_first(held, messages.PROGRESS, "assigned")),
        StepLine(code="arrived", by=receiver, at=subject.arrived, due=due.get("say-arrival"))
        if subject.arrived or not subject.arrival_said
        else StepLine(code="not_arrived", by=receiver, at=subject.arrival_said),
        StepLine(
            code="answered", by=receiver, at=_first(held, messages.ANSWER), due=due.get("answer") or due.get("feedback")
        ),
        StepLine(code="ended", by=subject.sender, at=subject.ended),
    )


def _first(held: Sequence[DocumentView], document_type: str, *events: str) -> datetime | None:
    return next(
        (
            one.created
            for one in held
            if one.type == document_type and (not events or _said(one).get("event") in events)
        ),
        None,
    )


def _agreement(held: Sequence[DocumentView], duties: Sequence[ObligationView]) -> agreement.Agreement:
    own = identity.own_state()
    theirs = [one for one in held if one.from_state != own and _said(one).get("holds")]
    last = max(theirs, key=lambda one: (one.created, one.id), default=None)
    rows = [agreement.Duty(one.id, one.document, one.debtor_state, one.due, one.rule) for one in duties]
    said = _said(last).get("holds") if last else None
    return agreement.compare(
        [one.id for one in held],
        rows,
        said=said if isinstance(said, Mapping) else None,
        at=last.created if last else None,
    )


def _silent_since(lines: Sequence[DocumentLine]) -> datetime | None:
    """Return since when the other node has stored something of ours that no authority there has taken."""
    own = identity.own_state()
    waiting = [line.stored for line in lines if line.from_state == own and line.needs_taking and line.taken is None]
    return min((at for at in waiting if at is not None), default=None)
