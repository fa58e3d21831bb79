"""The lines of "what needs me now" about notices: made from the rows that :mod:`somec.alerts.work` finds.

A source lists at most :data:`LIMIT` lines, least time first, and costs a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from somec.access.rules import Actor
from somec.alerts import work
from somec.alerts.needs import Need
from somec.alerts.rules import Verb
from somec.exchange.models import Obligation
from somec.movements.models import Disclosure, HeldDocument, Incoming, Owner
from somec.movements.rules import State
from somec.movements.views import PersonLine
from somec.persons import queries as persons

LIMIT: Final = 60  # lines of one source: more than a desk does in a day; ``more`` says that there are further ones


@dataclass
class Found:
    """What the sources of one list have found."""

    needs: list[Need] = field(default_factory=list)
    more: bool = False

    def add(self, needs: Iterable[Need]) -> None:
        """Add the lines of one source."""
        fresh = list(needs)
        self.more = self.more or len(fresh) >= LIMIT
        self.needs += fresh


def duties(actor: Actor, now: datetime, own: str) -> list[Need]:
    """Return what we owe for notices of other states."""
    rows = list(work.duties(actor, now, own).order_by("due", "id")[:LIMIT])
    subjects = {
        row.conversation: row for row in Incoming.objects.filter(conversation__in=[row.conversation for row in rows])
    }
    owners = _owners(subjects.values())
    return [
        Need(
            id=row.id, verb=work.INCOMING_DUTIES[row.rule][0], due=row.due, since=row.start, subject_kind="incoming",
            subject_id=subject.id, conversation=row.conversation, person=_their_person(subject),
            states=(subject.from_state,), mechanism=row.mechanism, article=row.article, statutory=row.statutory,
            owner_id=owners.get(subject.id, ""), owner_authority=subject.authority_id, detail=subject.kind,
            reference=subject.reference,
        )
        for row in rows
        if (subject := subjects.get(row.conversation)) is not None
    ]  # fmt: skip


def _owners(rows: Iterable[Incoming]) -> dict[str, str]:
    """Return who has taken each of these, in one query."""
    taken = Owner.objects.filter(incoming_id__in=[row.id for row in rows], taken_at__isnull=False)
    return dict(taken.order_by("-service").values_list("incoming_id", "user_id"))


def _their_person(row: Incoming) -> PersonLine:
    label = ", ".join(part for part in (row.family_name, row.given_name) if part)
    return PersonLine(id=row.person_id, label=label, born=row.born)


def answers_and_silence(actor: Actor, now: datetime, own: str) -> list[Need]:
    """Return answers of other states that nobody here took, and documents of ours that nobody there took in time."""
    rows = list(work.answers_and_silence(actor, now, own).order_by("due", "id")[:LIMIT])
    told = Disclosure.objects.filter(conversation__in=[row.conversation for row in rows]).select_related("notice")
    by_conversation = {row.conversation: row for row in told}
    return [_our_side(row, by_conversation[row.conversation], own) for row in rows]


def _our_side(row: Obligation, told: Disclosure, own: str) -> Need:
    owed = row.debtor_state == own
    return Need(
        id=row.id, verb=Verb.READ_ANSWER if owed else Verb.ASK_WHETHER_TAKEN, due=row.due if owed else None,
        since=row.start if owed else row.due, subject_kind="disclosure", subject_id=told.id,
        conversation=row.conversation, person=PersonLine(id=told.notice.person_id, label=""), states=(told.to_state,),
        mechanism=row.mechanism, article=row.article, statutory=row.statutory, owner_id=told.notice.author_id,
        owner_authority=told.notice.authority_id, detail=told.notice.kind, reference=told.notice.reference,
    )  # fmt: skip


def notices(actor: Actor) -> list[Need]:
    """Return our notices that wait for a second person, for their author, or for the contact point."""
    return [
        Need(
            id=f"{row.id}.{verb.value}", verb=verb, due=row.starts, since=row.submitted_at or row.changed,
            subject_kind="notice", subject_id=row.id, person=PersonLine(id=row.person_id, label=""),
            states=tuple(str(one["state"]) for one in row.content["destinations"]),
            mechanism=str(row.content["basis"]["mechanism"]), article=str(row.content["basis"]["article"]),
            owner_id=row.author_id if verb is Verb.CORRECT_AND_SUBMIT else "", owner_authority=row.authority_id,
            detail=row.kind, reference=row.reference,
        )
        for verb, rows in work.notices(actor).items()
        for row in rows.order_by("starts", "changed", "id")[:LIMIT]
    ]  # fmt: skip


def incoming(actor: Actor) -> list[Need]:
    """Return incoming notices whose person is undecided, that nobody was given, that nobody took, that are over."""
    found = {verb: list(rows.order_by("received", "id")[:LIMIT]) for verb, rows in work.incoming(actor).items()}
    owners = _owners(row for rows in found.values() for row in rows)
    return [
        Need(
            id=f"{row.id}.{verb.value}", verb=verb, due=None,
            since=row.ended_at or row.acknowledged_at or row.received, subject_kind="incoming", subject_id=row.id,
            conversation=row.conversation, person=_their_person(row), states=(row.from_state,),
            owner_id=owners.get(row.id, ""), owner_authority=row.authority_id, detail=row.kind, reference=row.reference,
        )
        for verb, rows in found.items()
        for row in rows
    ]  # fmt: skip


_OVER: Final[Mapping[str, Verb]] = {
    State.EXPIRED.value: Verb.RENEW_OR_CLOSE,
    State.ARRIVED.value: Verb.CLOSE,
    State.CANCELLED.value: Verb.CLOSE,
}


def ended(actor: Actor) -> list[Need]:
    """Return tellings of ours that are over and wait to be closed or told anew."""
    rows: QuerySet[Disclosure] = work.ended(actor).select_related("notice").order_by("ended_at", "id")[:LIMIT]
    return [_told(row, _OVER[row.state], row.ended_at or row.peer_closed_at or row.notice.changed) for row in rows]


def _told(
    row: Disclosure, verb: Verb, since: datetime, *, due: datetime | None = None, taken: tuple[str, str] = ("", "")
) -> Need:
    """Return a line about one telling; ``taken`` is the id of an alert and who took it."""
    notice = row.notice
    return Need(
        id=f"{row.id}.{verb.value}", verb=verb, due=due, since=since, subject_kind="disclosure", subject_id=row.id,
        conversation=row.conversation, person=PersonLine(id=notice.person_id, label=""), states=(row.to_state,),
        owner_id=taken[1] or notice.author_id, owner_authority=notice.authority_id, detail=notice.kind,
        reference=notice.reference, alert_id=taken[0],
    )  # fmt: skip


def plans(actor: Actor) -> list[Need]:
    """Return planned things that are not done: the reader's own, and those of nobody."""
    return [
        Need(
            id=row.id, verb=Verb.CARRY_OUT, due=row.due, since=row.created, subject_kind="plan",
            subject_id=row.incoming_id, conversation=row.incoming.conversation, person=_their_person(row.incoming),
            states=(row.incoming.from_state,), owner_id=row.owner_id, owner_authority=row.incoming.authority_id,
            detail=row.service, reference=row.incoming.reference,
        )
        for row in work.plans(actor).select_related("incoming").order_by("due", "id")[:LIMIT]
    ]  # fmt: skip


def not_arrived(actor: Actor) -> list[Need]:
    """Return alerts that somebody whom we announced did not arrive: there the other state acts, here the author."""
    rows = list(work.not_arrived(actor).order_by("due", "id")[:LIMIT])
    told = Disclosure.objects.select_related("notice").in_bulk([row.subject_id for row in rows])
    return [
        _told(told[row.subject_id], Verb.FIND_OUT, row.due, due=row.due, taken=(row.id, row.taken_by)) for row in rows
    ]


def unclaimed(actor: Actor) -> list[Need]:
    """Return documents that came for a notice that is not here."""
    rows = list(work.unclaimed(actor).order_by("due", "id")[:LIMIT])
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
