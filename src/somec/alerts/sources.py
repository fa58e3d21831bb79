"""The lines of "what needs me now", made from the rows that :mod:`somec.alerts.gathering` has read (no query here)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from somec.alerts import work
from somec.alerts.gathering import Rows
from somec.alerts.needs import Need
from somec.alerts.rules import Verb
from somec.alerts.work import Line
from somec.exchange.models import Obligation
from somec.movements.models import Disclosure, Incoming
from somec.movements.rules import State
from somec.movements.views import PersonLine


def needs(rows: Rows, own: str) -> list[Need]:
    """Return every line about something that is kept as a row."""
    return [
        *_duties(rows), *_answers_and_silence(rows, own), *_notices(rows), *_incoming(rows), *_ended(rows),
        *_plans(rows), *_not_arrived(rows), *_unclaimed(rows), *_problems(rows), *_proposals(rows), *_decisions(rows),
        *_merges(rows),
    ]  # fmt: skip


def _duties(rows: Rows) -> list[Need]:
    """Return what we owe for notices of other states."""
    owed = [rows.duties[one] for one in rows.found[Line.DUTY]]
    owners = {**rows.assigned, **rows.owners}  # who was named and has not taken it yet is still the one to ask
    return [
        Need(
            id=row.id, verb=work.INCOMING_DUTIES[row.rule][0], due=row.due, since=row.start, subject_kind="incoming",
            subject_id=subject.id, conversation=row.conversation, person=_their_person(subject),
            states=(subject.from_state,), mechanism=row.mechanism, article=row.article, statutory=row.statutory,
            owner_id=owners.get(subject.id, ""), owner_authority=subject.authority_id, detail=subject.kind,
            reference=subject.reference,
        )
        for row in owed
        if (subject := rows.by_conversation.get(row.conversation)) is not None
    ]  # fmt: skip


def _their_person(row: Incoming) -> PersonLine:
    label = ", ".join(part for part in (row.family_name, row.given_name) if part)
    return PersonLine(id=row.person_id, label=label, born=row.born)


def _answers_and_silence(rows: Rows, own: str) -> list[Need]:
    """Return answers of other states that nobody here took, and documents of ours that nobody there took in time."""
    waiting = [rows.duties[one] for one in rows.found[Line.SILENCE]]
    return [_our_side(row, rows.told_by_conversation[row.conversation], own) for row in waiting]


def _our_side(row: Obligation, told: Disclosure, own: str) -> Need:
    owed = row.debtor_state == own
    return Need(
        id=row.id, verb=Verb.READ_ANSWER if owed else Verb.ASK_WHETHER_TAKEN, due=row.due if owed else None,
        since=row.start if owed else row.due, subject_kind="disclosure", subject_id=told.id,
        conversation=row.conversation, person=PersonLine(id=told.notice.person_id, label=""), states=(told.to_state,),
        mechanism=row.mechanism, article=row.article, statutory=row.statutory, owner_id=told.notice.author_id,
        owner_authority=told.notice.authority_id, detail=told.notice.kind, reference=told.notice.reference,
    )  # fmt: skip


def _notices(rows: Rows) -> list[Need]:
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
        for verb, line in work.NOTICES.items()
        for row in (rows.notices[one] for one in rows.found[line])
    ]  # fmt: skip


def _incoming(rows: Rows) -> list[Need]:
    """Return incoming notices whose person is undecided, that nobody was given, that nobody took, that are over."""
    return [
        Need(
            id=f"{row.id}.{verb.value}", verb=verb, due=None,
            since=row.ended_at or row.acknowledged_at or row.received, subject_kind="incoming", subject_id=row.id,
            conversation=row.conversation, person=_their_person(row), states=(row.from_state,),
            owner_id=rows.owners.get(row.id, ""), owner_authority=row.authority_id, detail=row.kind,
            reference=row.reference,
        )
        for verb, line in work.INCOMING.items()
        for row in (rows.incoming[one] for one in rows.found[line])
    ]  # fmt: skip


_OVER: Final[Mapping[str, Verb]] = {
    State.EXPIRED.value: Verb.RENEW_OR_CLOSE,
    State.ARRIVED.value: Verb.CLOSE,
    State.CANCELLED.value: Verb.CLOSE,
}


def _ended(rows: Rows) -> list[Need]:
    """Return tellings of ours that are over and wait to be closed or told anew."""
    over = [rows.told[one] for one in rows.found[Line.ENDED]]
    return [_told(row, _OVER[row.state], row.ended_at or row.peer_closed_at or row.notice.changed) for row in over]


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


def _plans(rows: Rows) -> list[Need]:
    """Return planned things that are not done: the reader's own, and those of nobody."""
    planned = [(row, rows.incoming[row.incoming_id]) for row in (rows.plans[one] for one in rows.found[Line.PLAN])]
    return [
        Need(
            id=row.id, verb=Verb.CARRY_OUT, due=row.due, since=row.created, subject_kind="plan",
            subject_id=row.incoming_id, conversation=about.conversation, person=_their_person(about),
            states=(about.from_state,), owner_id=row.owner_id, owner_authority=about.authority_id,
            detail=row.service, reference=about.reference,
        )
        for row, about in planned
    ]  # fmt: skip


def _not_arrived(rows: Rows) -> list[Need]:
    """Return alerts that somebody whom we announced did not arrive: there the other state acts, here the author."""
    raised = [rows.alerts[one] for one in rows.found[Line.NOT_ARRIVED]]
    return [
        _told(rows.told[row.subject_id], Verb.FIND_OUT, row.due, due=row.due, taken=(row.id, row.taken_by))
        for row in raised
    ]


def _unclaimed(rows: Rows) -> list[Need]:
    """Return documents that came for a notice that is not here."""
    raised = [rows.alerts[one] for one in rows.found[Line.UNCLAIMED]]
    return [
        Need(
            id=f"{row.id}.{Verb.CLAIM_DOCUMENT.value}", verb=Verb.CLAIM_DOCUMENT, due=None, since=row.raised,
            subject_kind="document", subject_id=row.subject_id, conversation=held.conversation,
            states=(row.other_state,), owner_id=row.taken_by, detail=held.type, reference=held.reference,
            alert_id=row.id,
        )
        for row in raised
        if (held := rows.held.get(row.subject_id)) is not None
    ]  # fmt: skip


def _problems(rows: Rows) -> list[Need]:
    """Return what was refused on the wire and nobody has settled."""
    return [
        Need(
            id=row.id, verb=Verb.SETTLE_PROBLEM, due=None, since=row.first_at, subject_kind="problem",
            subject_id=row.id, states=(row.peer_state,) if row.peer_state else (), detail=row.code,
        )
        for row in (rows.problems[one] for one in rows.found[Line.PROBLEM])
    ]  # fmt: skip


def _proposals(rows: Rows) -> list[Need]:
    """Return peers that wait for a second person's trust."""
    return [
        Need(
            id=row.id, verb=Verb.APPROVE_PEER, due=None, since=row.proposed_at, subject_kind="peer", subject_id=row.id,
            states=(row.state,),
        )
        for row in (rows.proposals[one] for one in rows.found[Line.PROPOSAL])
    ]  # fmt: skip


def _decisions(rows: Rows) -> list[Need]:
    """Return decisions to exchange that wait for the reader as second person."""
    return [
        Need(
            id=row.id, verb=Verb.APPROVE_DECISION, due=None, since=row.submitted_at, subject_kind="decision",
            subject_id=row.id, person=PersonLine(id=row.person_id, label=""), states=tuple(row.destinations),
            owner_authority=row.authority_id, detail=row.outcome,
        )
        for row in (rows.decisions[one] for one in rows.found[Line.DECISION])
        if row.submitted_at is not None
    ]  # fmt: skip


def _merges(rows: Rows) -> list[Need]:
    """Return proposals that two files are one person, or are two after all, that wait for the reader as second."""
    return [
        Need(
            id=row.id, verb=Verb.APPROVE_MERGE, due=None, since=row.separation_at or row.proposed_at,
            subject_kind="merge", subject_id=row.id, person=PersonLine(id=row.kept_id, label=""),
        )
        for row in (rows.merges[one] for one in rows.found[Line.MERGE])
    ]  # fmt: skip
