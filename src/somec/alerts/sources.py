"""Where needs come from: duties, notices that wait, work without owner, plans, alerts.

Each source costs a fixed number of queries. It lists at most :data:`LIMIT` lines, least time first, and only what the
reader may act on: the permission of the act is part of the query, by the same scope that guards the act itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from somec.access import scope as access_scope
from somec.access.rules import Actor
from somec.alerts.models import Alert
from somec.alerts.needs import Need
from somec.alerts.rules import AlertKind, AlertState, Verb
from somec.exchange.models import Obligation
from somec.exchange.rules import ObligationState
from somec.movements import messages
from somec.movements.models import Disclosure, HeldDocument, Incoming, Notice, Owner, PlanAction
from somec.movements.rules import Match, State
from somec.movements.targets import incoming_scope, notices_scope
from somec.movements.views import PersonLine
from somec.persons import queries as persons

LIMIT: Final = 200

# rule of a duty -> what the debtor must do, and the permission for it
INCOMING_DUTIES: Final[Mapping[str, tuple[Verb, str]]] = {
    f"{messages.NOTICE}.acknowledge": (Verb.TAKE, "incoming.acknowledge"),
    f"{messages.CHANGE}.acknowledge": (Verb.CONFIRM_CHANGE, "incoming.acknowledge"),
    f"{messages.CANCELLATION}.acknowledge": (Verb.CONFIRM_CANCELLATION, "incoming.acknowledge"),
    f"{messages.NOTICE}.say-arrival": (Verb.SAY_ARRIVAL, "incoming.record_arrival"),
    f"{messages.CHANGE}.say-arrival": (Verb.SAY_ARRIVAL, "incoming.record_arrival"),
    f"{messages.NOTICE}.feedback": (Verb.TELL_WHAT_WAS_DONE, "incoming.answer"),
    f"{messages.CHANGE}.feedback": (Verb.TELL_WHAT_WAS_DONE, "incoming.answer"),
    f"{messages.NOTICE}.answer": (Verb.ANSWER, "incoming.answer"),
    f"{messages.CHANGE}.answer": (Verb.ANSWER, "incoming.answer"),
}
ANSWER_TAKEN: Final = f"{messages.ANSWER}.acknowledge"
ASKED: Final = (
    f"{messages.NOTICE}.acknowledge",
    f"{messages.CHANGE}.acknowledge",
    f"{messages.CANCELLATION}.acknowledge",
)


@dataclass
class Found:
    """What the sources of one list have found, with what is needed to name people afterwards in one go."""

    needs: list[Need] = field(default_factory=list)
    more: bool = False

    def add(self, needs: Iterable[Need]) -> None:
        """Add the lines of one source."""
        fresh = list(needs)
        self.more = self.more or len(fresh) >= LIMIT
        self.needs += fresh


def _running(now: datetime) -> Q:
    """Duties that have begun; one with a fixed instant is known of from the day of its document."""
    return Q(state=ObligationState.OPEN.value) & (Q(start__lte=now) | Q(unit="instant"))


def duties(actor: Actor, now: datetime, own: str) -> list[Need]:
    """Return what we owe for notices of other states."""
    by_permission: dict[str, list[str]] = {}
    for rule, (_, permission) in INCOMING_DUTIES.items():
        by_permission.setdefault(permission, []).append(rule)
    condition = Q(pk__in=())
    for permission, rules in by_permission.items():
        reachable = Incoming.objects.filter(incoming_scope(actor, permission)).values("conversation")
        condition |= Q(rule__in=rules, conversation__in=reachable)
    rows = list(Obligation.objects.filter(condition & _running(now), debtor_state=own).order_by("due", "id")[:LIMIT])
    subjects = _incoming({row.conversation for row in rows})
    return [
        Need(
            id=row.id, verb=INCOMING_DUTIES[row.rule][0], due=row.due, since=row.start, subject_kind="incoming",
            subject_id=subject.id, conversation=row.conversation, person=_their_person(subject),
            states=(subject.from_state,),
            mechanism=row.mechanism, article=row.article, statutory=row.statutory, owner_id=_owner(subject),
            owner_authority=subject.authority_id, detail=subject.kind, reference=subject.reference,
        )
        for row in rows
        if (subject := subjects.get(row.conversation)) is not None
    ]  # fmt: skip


def _incoming(conversations: set[str]) -> dict[str, Incoming]:
    rows = Incoming.objects.filter(conversation__in=conversations).prefetch_related("owners")
    return {row.conversation: row for row in rows}


def _owner(row: Incoming) -> str:
    return next((owner.user_id for owner in row.owners.all() if owner.taken_at is not None), "")


def _their_person(row: Incoming) -> PersonLine:
    label = ", ".join(part for part in (row.family_name, row.given_name) if part)
    return PersonLine(id=row.person_id, label=label, born=row.born)


def answers_and_silence(actor: Actor, now: datetime, own: str) -> list[Need]:
    """Return answers of other states that nobody here took, and documents of ours that nobody there took in time."""
    takes = Disclosure.objects.filter(notice__in=Notice.objects.filter(notices_scope(actor, "notice.close")))
    mine = takes.values("conversation")
    rows = list(
        Obligation.objects.filter(
            _running(now)
            & (
                Q(rule=ANSWER_TAKEN, debtor_state=own, conversation__in=mine)
                | Q(rule__in=ASKED, creditor_state=own, due__lt=now, conversation__in=mine)
            )
        ).order_by("due", "id")[:LIMIT]
    )  # fmt: skip
    told = {
        row.conversation: row
        for row in Disclosure.objects.filter(conversation__in={row.conversation for row in rows}).select_related(
            "notice"
        )
    }
    return [_our_side(row, told[row.conversation], own) for row in rows if row.conversation in told]


def _our_side(row: Obligation, told: Disclosure, own: str) -> Need:
    owed = row.debtor_state == own
    return Need(
        id=row.id, verb=Verb.READ_ANSWER if owed else Verb.ASK_WHETHER_TAKEN, due=row.due if owed else None,
        since=row.start if owed else row.due, subject_kind="disclosure", subject_id=told.id,
        conversation=row.conversation,
        person=PersonLine(id=told.notice.person_id, label=""), states=(told.to_state,), mechanism=row.mechanism,
        article=row.article, statutory=row.statutory, owner_id=told.notice.author_id,
        owner_authority=told.notice.authority_id, detail=told.notice.kind, reference=told.notice.reference,
    )  # fmt: skip


def notices(actor: Actor) -> list[Need]:
    """Return our notices that wait for a second person, for their author, or for the contact point."""
    awaiting = Notice.objects.filter(notices_scope(actor, "notice.approve"), state=State.AWAITING_APPROVAL.value)
    returned = Notice.objects.filter(state=State.RETURNED.value, author_id=actor.id)
    approved = Notice.objects.filter(notices_scope(actor, "notice.transmit"), state=State.APPROVED.value)
    found = []
    for verb, rows in ((Verb.APPROVE, awaiting), (Verb.CORRECT_AND_SUBMIT, returned), (Verb.TRANSMIT, approved)):
        for row in rows.order_by("starts", "changed")[:LIMIT]:
            mine = verb is Verb.CORRECT_AND_SUBMIT
            found.append(Need(
                id=f"{row.id}.{verb.value}", verb=verb, due=row.starts, since=row.submitted_at or row.changed,
                subject_kind="notice", subject_id=row.id, person=PersonLine(id=row.person_id, label=""),
                states=tuple(str(one["state"]) for one in row.content["destinations"]),
                mechanism=str(row.content["basis"]["mechanism"]), article=str(row.content["basis"]["article"]),
                owner_id=row.author_id if mine else "", owner_authority=row.authority_id, detail=row.kind,
                reference=row.reference,
            ))  # fmt: skip
    return found


def undecided(actor: Actor) -> list[Need]:
    """Return incoming notices whose person nobody has decided on, and those that nobody was given."""
    live = [State.ACKNOWLEDGED.value, State.ASSIGNED.value, State.ARRIVED.value, State.NOT_ARRIVED.value]
    judged = Incoming.objects.filter(
        incoming_scope(actor, "incoming.judge"), state__in=live, match=Match.UNDECIDED.value
    )
    unassigned = Incoming.objects.filter(
        incoming_scope(actor, "incoming.assign"),
        ~Exists(Owner.objects.filter(incoming_id=OuterRef("id"))),
        state__in=live,
    )
    return [
        *_incoming_needs(judged, Verb.DECIDE_MATCH),
        *_incoming_needs(unassigned, Verb.ASSIGN),
        *_to_take(actor, live),
        *_to_close(actor),
    ]


def _incoming_needs(rows: QuerySet[Incoming], verb: Verb) -> list[Need]:
    return [
        Need(
            id=f"{row.id}.{verb.value}", verb=verb, due=None, since=row.ended_at or row.acknowledged_at or row.received,
            subject_kind="incoming", subject_id=row.id, conversation=row.conversation, person=_their_person(row),
            states=(row.from_state,), owner_id=_owner(row), owner_authority=row.authority_id, detail=row.kind,
            reference=row.reference,
        )
        for row in rows.order_by("received", "id").prefetch_related("owners")[:LIMIT]
    ]  # fmt: skip


def _to_take(actor: Actor, live: list[str]) -> list[Need]:
    """Return what was assigned to an authority of the reader and nobody there has taken."""
    if not access_scope.may_list(actor, "incoming.take"):
        return []
    waiting = Owner.objects.filter(
        incoming_id=OuterRef("id"), taken_at__isnull=True, authority_id__in=sorted(actor.authority_ids)
    ).filter(Q(user_id="") | Q(user_id=actor.id))
    return _incoming_needs(Incoming.objects.filter(Exists(waiting), state__in=live), Verb.TAKE_OWNERSHIP)


def _to_close(actor: Actor) -> list[Need]:
    ended = Incoming.objects.filter(
        incoming_scope(actor, "incoming.close"), state__in=[State.CANCELLED.value, State.EXPIRED.value], unconfirmed=[]
    )
    return _incoming_needs(ended, Verb.CLOSE)


def ended_notices(actor: Actor) -> list[Need]:
    """Return tellings of ours that are over and wait to be closed or told anew."""
    over = {
        State.EXPIRED.value: Verb.RENEW_OR_CLOSE,
        State.ARRIVED.value: Verb.CLOSE,
        State.CANCELLED.value: Verb.CLOSE,
    }
    rows = Disclosure.objects.filter(
        Q(state=State.EXPIRED.value)
        | Q(state=State.CANCELLED.value, end_confirmed_at__isnull=False)
        | Q(state=State.ARRIVED.value, peer_closed_at__isnull=False),
        notice__in=Notice.objects.filter(notices_scope(actor, "notice.close")),
    ).select_related("notice")
    return [
        _told_need(row, over[row.state], row.ended_at or row.peer_closed_at or row.notice.changed)
        for row in rows.order_by("ended_at", "id")[:LIMIT]
    ]


def _told_need(
    row: Disclosure, verb: Verb, since: datetime, *, due: datetime | None = None, alert_id: str = ""
) -> Need:
    notice = row.notice
    return Need(
        id=f"{row.id}.{verb.value}", verb=verb, due=due, since=since, subject_kind="disclosure", subject_id=row.id,
        conversation=row.conversation, person=PersonLine(id=notice.person_id, label=""), states=(row.to_state,),
        owner_id=notice.author_id, owner_authority=notice.authority_id, detail=notice.kind, reference=notice.reference,
        alert_id=alert_id,
    )  # fmt: skip


def plans(actor: Actor) -> list[Need]:
    """Return planned things that are not done: the reader's own, and those of nobody at his authority."""
    reachable = Incoming.objects.filter(incoming_scope(actor, "incoming.plan")).exclude(state=State.CLOSED.value)
    rows = PlanAction.objects.filter(
        Q(owner_id=actor.id) | Q(owner_id=""), done_at__isnull=True, incoming__in=reachable
    )
    return [
        Need(
            id=row.id, verb=Verb.CARRY_OUT, due=row.due, since=row.created, subject_kind="plan",
            subject_id=row.incoming_id,
            conversation=row.incoming.conversation, person=_their_person(row.incoming),
            states=(row.incoming.from_state,),
            owner_id=row.owner_id, owner_authority=row.incoming.authority_id, detail=row.service,
            reference=row.incoming.reference,
        )
        for row in rows.select_related("incoming").order_by("due", "id")[:LIMIT]
    ]  # fmt: skip


def not_arrived(actor: Actor) -> list[Need]:
    """Return alerts that somebody did not arrive, for the state that told: there the debtor acts, here the author."""
    rows = list(
        Alert.objects.filter(kind=AlertKind.NOT_ARRIVED.value, subject_kind="disclosure")
        .exclude(state=AlertState.SETTLED.value)
        .filter(subject_id__in=Disclosure.objects.filter(
            notice__in=Notice.objects.filter(notices_scope(actor, "notice.close"))
        ).values("id"))
        .order_by("due", "id")[:LIMIT]
    )  # fmt: skip
    told = Disclosure.objects.select_related("notice").in_bulk([row.subject_id for row in rows])
    found = []
    for row in rows:
        need = _told_need(told[row.subject_id], Verb.FIND_OUT, row.due, due=row.due, alert_id=row.id)
        found.append(_taken(need, row.taken_by))
    return found


def _taken(need: Need, taken_by: str) -> Need:
    return replace(need, owner_id=taken_by) if taken_by else need


def unclaimed(actor: Actor) -> list[Need]:
    """Return documents that came for a notice that is not here; technical and desk people see them."""
    if not access_scope.may_list(actor, "problem.read"):
        return []
    rows = list(
        Alert.objects.filter(kind=AlertKind.UNCLAIMED_DOCUMENT.value)
        .exclude(state=AlertState.SETTLED.value)
        .order_by("due")[:LIMIT]
    )
    held = HeldDocument.objects.in_bulk([row.subject_id for row in rows])
    return [
        Need(
            id=f"{row.id}.{Verb.CLAIM_DOCUMENT.value}", verb=Verb.CLAIM_DOCUMENT, due=None, since=row.raised,
            subject_kind="document", subject_id=row.subject_id, conversation=held[row.subject_id].conversation,
            states=(row.other_state,), owner_id=row.taken_by, detail=held[row.subject_id].type,
            reference=held[row.subject_id].reference, alert_id=row.id,
        )
        for row in rows
        if row.subject_id in held
    ]  # fmt: skip


def person_labels(needs: Iterable[Need]) -> Mapping[str, persons.PersonLabel]:
    """Return the labels of every person of ours in these lines, in one query."""
    return persons.labels({need.person.id for need in needs if need.person.id})
