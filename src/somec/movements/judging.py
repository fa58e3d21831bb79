"""Who the person of another state's notice is: a person's answer, with its reason, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from somec.access.rules import Actor
from somec.audit.rules import Kind as AuditKind
from somec.kernel import clock
from somec.kernel.errors import Invalid, NotFound
from somec.movements import links, messages
from somec.movements.handling import note, take_step, tell_progress
from somec.movements.models import Event, Incoming
from somec.movements.rules import Match, Progress
from somec.movements.targets import incoming_for, incoming_row
from somec.persons import actions as persons
from somec.persons import finding
from somec.persons import queries as people
from somec.persons.actions import Weighed
from somec.persons.finding import Weight

_TOLD = {Match.SAME: Progress.MATCHED, Match.NOT_SAME: Progress.NOT_SAME, Match.CANNOT_TELL: Progress.CANNOT_TELL}


def judge(
    *, actor: Actor, id: str, version: int, verdict: Match, person_id: str = "", reason: str,  # noqa: A002
    grounds: Sequence[str] = (),
) -> None:  # fmt: skip
    """Decide whether a candidate is the person of the notice, with the reason; the sender is told the result.

    ``SAME`` ties the notice to the file ``person_id``. ``NOT_SAME`` with a person turns down that candidate only, for
    this and every later notice about the same person of that state; without one it says that nobody of ours is meant,
    and the sender is told. A later judgement replaces it; all are kept. How likely a link was is weighed before the
    transaction begins, so that no writer waits for the search.
    """
    row = incoming_row(actor, "incoming.judge", id)
    identity = messages.identity(links.newest_content(row).body)
    weighed = Weighed(
        subject_person=links.subject_person(row, identity),
        weight=finding.weigh_link(identity, person_id) if person_id and verdict is Match.SAME else None,
    )
    _judge(
        actor=actor, id=id, version=version, verdict=verdict, person_id=person_id, reason=reason, grounds=grounds,
        weighed=weighed,
    )  # fmt: skip


@transaction.atomic
def _judge(
    *, actor: Actor, id: str, version: int, verdict: Match, person_id: str, reason: str,  # noqa: A002
    grounds: Sequence[str], weighed: Weighed,
) -> None:  # fmt: skip
    incoming = incoming_for(actor, "incoming.judge", id, version=version)
    if verdict is Match.UNDECIDED:
        raise Invalid("incoming.verdict", fields={"verdict": ["choose"]})
    if verdict is Match.SAME and not person_id:
        raise Invalid("incoming.verdict", fields={"person_id": ["missing"]})
    take_step(incoming, "incoming.judge")
    persons.judge(
        actor=actor, subject=incoming.id, person_id=person_id or None, verdict=verdict.value, reason=reason,
        grounds=grounds, weighed=weighed,
    )  # fmt: skip
    settled = verdict is not Match.NOT_SAME or not person_id or person_id == incoming.person_id
    if settled:
        _settle_match(actor, incoming, verdict, person_id, weighed.weight)
    incoming.save()
    note(actor, "incoming.judge", incoming, kind=AuditKind.COMBINATION, verdict=verdict.value, settled=settled)


def _settle_match(
    actor: Actor, incoming: Incoming, verdict: Match, person_id: str, weight: Weight | None = None
) -> None:
    incoming.match = verdict.value
    incoming.person_id = person_id if verdict is Match.SAME else ""
    Event.objects.filter(incoming=incoming).update(person_id=incoming.person_id)
    if verdict is Match.SAME:
        links.confirmed(incoming, weight)
    else:
        links.undone(incoming)
    tell_progress(actor, incoming, _TOLD[verdict], now=clock.now())


@transaction.atomic
def withdraw_judgement(*, actor: Actor, id: str, version: int, judgement_id: str, reason: str) -> None:  # noqa: A002
    """Take a judgement on the notice back; both stay on record.

    Where it had settled who the person is, the notice is undecided again, and the other state, which was told, learns
    that we cannot tell.
    """
    incoming = incoming_for(actor, "incoming.judge", id, version=version)
    found = next((one for one in people.judgements(incoming.id) if one.id == judgement_id), None)
    if found is None:
        raise NotFound("judgement", id=judgement_id)
    take_step(incoming, "incoming.judge")
    persons.withdraw_judgement(actor=actor, judgement_id=judgement_id, reason=reason)
    settled = found.verdict == incoming.match and (found.person_id or "") == incoming.person_id
    if settled and incoming.match in {Match.SAME.value, Match.NOT_SAME.value}:
        _settle_match(actor, incoming, Match.CANNOT_TELL, "")
    if settled:
        incoming.match = Match.UNDECIDED.value
    incoming.save()
    note(actor, "incoming.withdraw_judgement", incoming, kind=AuditKind.COMBINATION, settled=settled)


@transaction.atomic
def adopt(*, actor: Actor, id: str, version: int, reason: str) -> str:  # noqa: A002 - the incoming notice's id
    """Open a file of our own for the person of the notice, because none of ours is the same; returns its id."""
    incoming = incoming_for(actor, "incoming.judge", id, version=version)
    take_step(incoming, "incoming.judge")
    item = messages.identity(links.newest_content(incoming).body)
    weighed = Weighed(subject_person=links.subject_person(incoming, item))
    person_id = persons.adopt(actor=actor, identity=item, subject=incoming.id, weighed=weighed)
    _settle_match(actor, incoming, Match.SAME, person_id)
    incoming.save()
    note(actor, "incoming.adopt", incoming, kind=AuditKind.COLLECTION, reason=reason)
    return person_id
