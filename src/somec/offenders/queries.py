"""What people may see of records and decisions; the number of queries does not grow with them.

Functions with ``actor`` first are limited by access. The others are for parts above, inside actions that have already
asked access, and say so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from somec.access import queries as access
from somec.access.rules import Actor, Target, can, check
from somec.audit import actions as audit
from somec.audit.rules import Kind
from somec.catalogue.criteria import evaluate
from somec.catalogue.facts import Facts
from somec.catalogue.outcomes import Evaluation
from somec.kernel import clock
from somec.kernel.canonical import Json
from somec.kernel.errors import NotAllowed
from somec.offenders import facts as recorded
from somec.offenders import messages, models, proposals, rules
from somec.offenders.messages import Assessment, Conviction, MovementSign, Order, PersonAtRisk, Trigger
from somec.offenders.proposals import Proposal
from somec.offenders.rows import standing
from somec.persons import families, files
from somec.persons import models as persons

PROTECTED = "protected"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RecordView:
    """A whole record without the closed compartment, of which only the number of items is told. Newest first."""

    person_id: str
    convictions: tuple[Conviction, ...]
    orders: tuple[Order, ...]
    assessments: tuple[Assessment, ...]
    triggers: tuple[Trigger, ...]
    signs: tuple[MovementSign, ...]
    protected: int
    may_open_protected: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DecisionView:
    """A decision with everything a second person weighs. ``open_codes``: warnings that still need an override."""

    id: str
    person_id: str
    state: str
    proposal: Proposal
    evaluation: Evaluation
    criteria_met: bool
    warning_codes: tuple[str, ...]
    overrides: dict[str, str]
    open_codes: tuple[str, ...]
    authority_id: str
    author_id: str
    written_at: datetime
    submitted_at: datetime | None
    decider_id: str
    decided_at: datetime | None
    decider_reason: str
    version: int
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DecisionRow:
    """One line of a list of decisions."""

    id: str
    person_id: str
    outcome: str
    state: str
    destinations: tuple[str, ...]
    author_id: str
    authority_id: str
    submitted_at: datetime | None
    decided_at: datetime | None
    review_on: date | None
    warnings: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TimelineEvent:
    """One event of a life as the record has it: ``kind`` and ``code`` name the sentence, ``entry`` has the rest.

    ``statement`` is fact or assessment; the two never look alike.
    """

    on: date
    kind: str
    code: str
    statement: str
    entry: Conviction | Order | Assessment | Trigger | MovementSign | DecisionRow
    id: str


def record(actor: Actor, person_id: str) -> RecordView:
    """Return the record of a person; raises NotAllowed alike for a closed and for an unknown file."""
    person = files.allowed(actor, "record.read", person_id)
    closed = files.target(person, actor, PROTECTED)
    known = families.families([person_id])
    convictions: list[Conviction] = standing(Conviction, [person_id], known)[person_id]
    orders: list[Order] = standing(Order, [person_id], known)[person_id]
    assessments: list[Assessment] = standing(Assessment, [person_id], known)[person_id]
    triggers: list[Trigger] = standing(Trigger, [person_id], known)[person_id]
    signs: list[MovementSign] = standing(MovementSign, [person_id], known)[person_id]
    return RecordView(
        person_id=person.id,
        convictions=tuple(sorted(convictions, key=lambda entry: entry.decided, reverse=True)),
        orders=tuple(sorted(orders, key=lambda entry: entry.decided, reverse=True)),
        assessments=tuple(sorted(assessments, key=lambda entry: entry.performed, reverse=True)),
        triggers=tuple(sorted(triggers, key=lambda entry: entry.on, reverse=True)),
        signs=tuple(sorted(signs, key=lambda entry: entry.on or date.min, reverse=True)),
        protected=models.PersonAtRisk.objects.filter(person_id__in=known[person_id].ids, withdrawn_at=None).count(),
        may_open_protected=can(actor, "person.read_protected", replace(closed, opened=True)),
    )


def protected_target(actor: Actor, person_id: str) -> Target:
    """Return the closed compartment of a file as access sees it, for ``access.actions.open_with_purpose``."""
    return files.target(files.allowed(actor, "person.read", person_id), actor, PROTECTED)


@transaction.atomic
def persons_at_risk(actor: Actor, person_id: str) -> tuple[PersonAtRisk, ...]:
    """Return the closed compartment, which must be open with a purpose; every reading is logged."""
    person = files.found(person_id)
    person_id = person.id if person else person_id
    target = files.target(person, actor, PROTECTED) if person else Target(kind=PROTECTED, id=person_id)
    check(actor, "person.read_protected", target)
    found: list[PersonAtRisk] = standing(PersonAtRisk, [person_id])[person_id]
    audit.record(
        actor=actor, action="person.read_protected", kind=Kind.CONSULTATION, subject=person_id, case=person_id,
        purpose=_purpose(actor, person_id), detail={"items": len(found)},
    )  # fmt: skip
    return tuple(found)


def _purpose(actor: Actor, person_id: str) -> str:
    opening = access.current_opening(actor, PROTECTED, person_id)
    return opening.purpose if opening else actor.purpose


def facts(person_id: str, today: date | None = None) -> Facts:
    """Return the facts that criteria are held against. For parts that have asked access."""
    return recorded.of_person(person_id, today or clock.now().date())


def criteria(actor: Actor, person_id: str) -> Evaluation:
    """Hold the person's record against the criteria of the actor's state, now; nothing is stored."""
    files.allowed(actor, "record.read", person_id)
    return evaluate(proposals.criteria_of(actor.state), facts(person_id))


def decision(actor: Actor, decision_id: str) -> DecisionView:
    """Return a decision; raises NotAllowed alike for a closed and for an unknown one."""
    row = models.Decision.objects.filter(pk=decision_id).first()
    person = files.found(row.person_id) if row else None
    if row is None or person is None:
        raise NotAllowed("access.relation", action="decision.read", kind=proposals.DECISION, id=decision_id)
    target = proposals.target(row)
    if not can(actor, "decision.read", target):
        check(actor, "decision.read", files.target(person, actor))
    return _view(row, _possible(actor, row, target))


def _possible(actor: Actor, row: models.Decision, target: Target) -> tuple[str, ...]:
    """Return the acts that the actor may do to this decision now, for buttons."""
    names = dict.fromkeys(action for action, _, _ in rules.DECISION_CHART)
    return tuple(
        action
        for action in names
        if rules.next_state(action, row.state)
        and can(actor, action if action in rules.BY_SECOND_PERSON else "decision.propose", target)
    )


def _view(row: models.Decision, actions: tuple[str, ...] = ()) -> DecisionView:
    codes = proposals.warning_codes(row)
    settled = row.state in {state.value for state in rules.SETTLED}
    still = () if settled else tuple(rules.open_overrides(row.outcome, codes, row.overrides))
    return DecisionView(
        id=row.id, person_id=row.person_id, state=row.state, proposal=proposals.of_row(row),
        evaluation=Evaluation.from_json(row.criteria), criteria_met=row.criteria_met, warning_codes=tuple(codes),
        overrides=dict(row.overrides), open_codes=still, authority_id=row.authority_id, author_id=row.author_id,
        written_at=row.written_at, submitted_at=row.submitted_at, decider_id=row.decider_id, decided_at=row.decided_at,
        decider_reason=row.decider_reason, version=row.version, actions=actions,
    )  # fmt: skip


def decisions(actor: Actor, person_id: str) -> list[DecisionRow]:
    """Return the decisions about a person, newest first."""
    files.allowed(actor, "decision.read", person_id)
    about = models.Decision.objects.filter(person_id__in=families.ids(person_id))
    return [_row(row) for row in about.order_by("-written_at", "id")]


def approvable(actor: Actor) -> QuerySet[models.Decision]:
    """Return the condition on decisions that wait for the actor as second person; for lists of work."""
    limited = access.scope(actor, "decision.approve").q(
        authority="authority_id", owner=None, author="author_id", desk=None, state="state"
    )
    return models.Decision.objects.filter(limited, state=rules.DecisionState.AWAITING_APPROVAL.value)


def awaiting_approval(actor: Actor, limit: int = 200) -> list[DecisionRow]:
    """Return the decisions that wait for the actor as second person, the longest wait first; one query."""
    return [_row(row) for row in approvable(actor).order_by("submitted_at", "id")[:limit]]


def due_for_review(actor: Actor, until: date, limit: int = 200) -> list[DecisionRow]:
    """Return approved decisions not to exchange whose review day comes by ``until``, earliest first; one query."""
    limited = access.scope(actor, "decision.read").q(
        authority="authority_id", owner="person__owner_id", author="author_id", desk="person__desk", id="person_id"
    )
    found = models.Decision.objects.filter(
        limited,
        state=rules.DecisionState.APPROVED.value,
        outcome=rules.Outcome.NOT_EXCHANGE.value,
        review_on__lte=until,
    )
    return [_row(row) for row in found.order_by("review_on", "id")[:limit]]


def _row(row: models.Decision) -> DecisionRow:
    return DecisionRow(
        id=row.id, person_id=row.person_id, outcome=row.outcome, state=row.state, destinations=tuple(row.destinations),
        author_id=row.author_id, authority_id=row.authority_id, submitted_at=row.submitted_at,
        decided_at=row.decided_at, review_on=row.review_on, warnings=len(row.warnings),
    )  # fmt: skip


def approved_decision(person_id: str, decision_id: str) -> bool:
    """Tell whether this is an approved decision to exchange about this person. For parts that have asked access."""
    return models.Decision.objects.filter(
        pk=decision_id,
        person_id__in=families.ids(person_id),
        outcome=rules.Outcome.EXCHANGE.value,
        state=rules.DecisionState.APPROVED.value,
    ).exists()


def record_items(person_id: str, selected: Collection[str], owner: str = "") -> list[dict[str, Json]]:
    """Return the chosen convictions, orders and assessments as items of a document, in that order.

    ``selected`` are ids of entries; what was withdrawn meanwhile, and everything that has no item (persons at risk,
    triggers), is left out whatever is chosen. For parts that have asked access.
    """
    state = owner or persons.Person.objects.values_list("state", flat=True).get(pk=person_id)
    known = families.families([person_id])
    kinds: tuple[type[Conviction | Order | Assessment], ...] = (Conviction, Order, Assessment)
    entries: Sequence[Conviction | Order | Assessment] = [
        entry for kind in kinds for entry in standing(kind, [person_id], known)[person_id]
    ]
    return [messages.item(entry, owner=state) for entry in entries if entry.id in selected]


def timeline(actor: Actor, person_id: str) -> list[TimelineEvent]:
    """Return every event of the record, newest first; movements and messages are added by those who have them."""
    view = record(actor, person_id)
    events = [
        *(_event(entry, "conviction", "given", entry.decided) for entry in view.convictions),
        *(_event(entry, "order", "starts", entry.starts) for entry in view.orders),
        *(_event(entry, "assessment", entry.subject, entry.performed) for entry in view.assessments),
        *(_event(entry, "trigger", entry.kind, entry.on) for entry in view.triggers),
        *(_event(entry, "movement", entry.sign, entry.on) for entry in view.signs if entry.on),
        *(
            _event(row, "decision", row.outcome, row.decided_at.date())
            for row in decisions(actor, person_id)
            if row.decided_at
        ),
    ]
    return sorted(events, key=lambda event: (event.on, event.kind, event.id), reverse=True)


def _event(
    entry: Conviction | Order | Assessment | Trigger | MovementSign | DecisionRow, kind: str, code: str, on: date
) -> TimelineEvent:
    statement = "assessment" if kind in {"assessment", "decision"} else "fact"
    return TimelineEvent(on=on, kind=kind, code=code, statement=statement, entry=entry, id=entry.id)
