"""What people do to a record and to a decision: one function = one transaction = one audit entry.

A correction keeps the old entry in the file's history with who, when and why. A decision moves along
:data:`somec.offenders.rules.DECISION_CHART`; what the criteria said is frozen when it is submitted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.db.models import Model

from somec.access.rules import Actor, Target, check
from somec.audit import actions as audit
from somec.audit.rules import Kind, new_entry
from somec.kernel import clock, ids
from somec.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, NotPossibleNow
from somec.offenders import facts, history, models, proposals, rows, rules, validation
from somec.offenders.messages import (
    Assessment,
    Condition,
    Conviction,
    Entry,
    MovementSign,
    Order,
    PersonAtRisk,
    Trigger,
    plain,
)  # fmt: skip
from somec.offenders.proposals import Proposal
from somec.persons import families, files
from somec.persons import models as persons
from somec.persons.models import every
from somec.persons.rules import MAX_NOTE, ChangeKind, text_mistakes

BATCH = 500
PROTECTED = "protected"  # the closed compartment is opened on its own, with its own purpose

# Who may write down which entry; what is protected is opened first.
_ACTION: Mapping[type[Entry], str] = {
    Conviction: "record.change", Order: "record.change", Trigger: "record.change", MovementSign: "record.change",
    Assessment: "assessment.record", PersonAtRisk: "person.change_protected",
}  # fmt: skip


def _locked(actor: Actor, entry: type[Entry], person_id: str, version: int | None = None) -> persons.Person:
    """Return the locked file that the id leads to, if the actor may write this kind of entry into it."""
    person = files.held(person_id)
    if person is None:
        raise NotAllowed("access.relation", action=_ACTION[entry], kind=files.KIND, id=person_id, case=person_id)
    part = PROTECTED if entry is PersonAtRisk else files.KIND
    check(actor, _ACTION[entry], files.target(person, actor, part))
    if version is not None and person.version != version:
        raise Conflict("person.changed_meanwhile", seen=version, now=person.version)
    return person


@transaction.atomic
def record_entry(*, actor: Actor, person_id: str, entry: Entry) -> str:
    """Write a conviction, order, assessment, trigger, sign or person at risk into a record; returns its id."""
    person = _locked(actor, type(entry), person_id)
    now = clock.now()
    validation.check(entry, now.date(), facts.births([person_id])[person_id])
    if isinstance(entry, Order):
        _check_conviction(person_id, entry)
    row, children = rows.new_row(person_id, entry, by=actor.id, now=now)
    row.save(force_insert=True)
    _create(children)
    history.keep(actor, person, row, ChangeKind.ADDED)
    history.log(actor, "record.add", Kind.COLLECTION, person, row)
    return row.pk


def _check_conviction(person_id: str, order: Order) -> None:
    if not order.conviction_id:
        return
    known = models.Conviction.objects.filter(person_id__in=families.ids(person_id), withdrawn_at=None)
    if not known.filter(pk=order.conviction_id).exists():
        raise Invalid("order.invalid", fields={"conviction_id": ["unknown"]})


def record_conviction(*, actor: Actor, person_id: str, conviction: Conviction) -> str:
    """Write down a conviction; returns its id."""
    return record_entry(actor=actor, person_id=person_id, entry=conviction)


def record_order(*, actor: Actor, person_id: str, order: Order) -> str:
    """Write down an order with its conditions; returns its id."""
    return record_entry(actor=actor, person_id=person_id, entry=order)


def record_assessment(*, actor: Actor, person_id: str, assessment: Assessment) -> str:
    """Write down an assessment that was made elsewhere; returns its id."""
    return record_entry(actor=actor, person_id=person_id, entry=assessment)


def record_trigger(*, actor: Actor, person_id: str, trigger: Trigger) -> str:
    """Write down an event at which somebody is to decide; returns its id."""
    return record_entry(actor=actor, person_id=person_id, entry=trigger)


def record_movement_sign(*, actor: Actor, person_id: str, sign: MovementSign) -> str:
    """Write down a sign of a move to another state; returns its id."""
    return record_entry(actor=actor, person_id=person_id, entry=sign)


def record_person_at_risk(*, actor: Actor, person_id: str, person_at_risk: PersonAtRisk) -> str:
    """Write down a person to be kept safe, in the closed compartment, which must be open; returns its id."""
    return record_entry(actor=actor, person_id=person_id, entry=person_at_risk)


@transaction.atomic
def record_entries(*, actor: Actor, entries: Sequence[tuple[str, Entry]]) -> list[str]:
    """Write many entries at once (an import): pairs of file id and entry, all or none. Returns the ids in order.

    An order may name its conviction by ``#n``, the n-th pair of this call, since the id is not known before.
    """
    now = clock.now()
    found = {
        person.id: person
        for person in persons.Person.objects.select_for_update().filter(pk__in={person_id for person_id, _ in entries})
    }
    births = facts.births(list(found))
    made: list[tuple[models.Entry, list[Model]]] = []
    for position, (person_id, entry) in enumerate(entries):
        _check_import(actor, found.get(person_id), entry, person_id)
        known = _resolved(entry, made)
        validation.check(known, now.date(), births.get(person_id, ()))
        made.append(rows.new_row(person_id, known, by=actor.id, now=now, position=position))
    for kind in rows.KINDS.values():
        batch = [row for row, _ in made if isinstance(row, kind.model)]
        every(kind.model).bulk_create(batch, batch_size=BATCH)
    _create([child for _, children in made for child in children])
    kept = [history.change(actor, row, ChangeKind.ADDED) for row, _ in made]
    persons.Change.objects.bulk_create(kept, batch_size=BATCH)
    audit.record_many([
        new_entry(
            actor, "record.add", Kind.COLLECTION, row.pk, case=row.person_id, purpose=actor.purpose,
            detail={"entity": history.entity(row)},
        )
        for row, _ in made
    ])  # fmt: skip
    return [row.pk for row, _ in made]


def _check_import(actor: Actor, person: persons.Person | None, entry: Entry, person_id: str) -> None:
    """Check the file of an imported entry without a query for each: an open purpose does not count for imports."""
    target = Target(kind=files.KIND, id=person_id)
    if person is not None:
        owners = frozenset({person.owner_id} if person.owner_id else ())
        target = replace(
            target, authority_id=person.authority_id, author_id=person.recorded_by, owner_ids=owners, desk=person.desk
        )
    check(actor, _ACTION[type(entry)], target)


def _resolved(entry: Entry, made: Sequence[tuple[models.Entry, list[Model]]]) -> Entry:
    if isinstance(entry, Order) and entry.conviction_id.startswith("#"):
        return replace(entry, conviction_id=made[int(entry.conviction_id[1:])][0].pk)
    return entry


def _create(children: Sequence[Model]) -> None:
    for model in {type(child) for child in children}:
        batch = [child for child in children if type(child) is model]
        every(model).bulk_create(batch, batch_size=BATCH)


@transaction.atomic
def correct_entry(
    *, actor: Actor, entry_id: str, entry: Entry, reason: str, version: int | None = None
) -> None:  # fmt: skip
    """Replace what an entry says; the old one stays in the file's history with who, when and why.

    ``version``: of the file, as the actor saw it; Conflict where somebody changed the file meanwhile.
    """
    row = _standing(entry_id)
    person = _locked(actor, type(entry), row.person_id, version)
    kind = rows.KINDS[type(entry)]
    if not isinstance(row, kind.model):
        raise Invalid("entry.other_kind")
    _need_reason(reason)
    validation.check(entry, clock.now().date(), facts.births([row.person_id])[row.person_id])
    if isinstance(entry, Order):
        _check_conviction(row.person_id, entry)
    was = plain(rows.read(kind, [row])[0])
    for column, value in rows.columns(entry).items():
        setattr(row, column, value)
    row.save()
    for child in kind.children:
        every(child.model).filter(**{child.parent: row.pk}).delete()
    _create(rows.child_rows(row.pk, entry))
    before, after = files.differing(was, plain(rows.read(kind, [row])[0]))
    history.keep(actor, person, row, ChangeKind.CORRECTED, reason=reason, before=before, after=after)
    history.log(actor, "record.correct", Kind.ALTERATION, person, row, reason=reason, fields=before)


@transaction.atomic
def withdraw_entry(*, actor: Actor, entry_id: str, reason: str) -> None:
    """Withdraw an entry that is wrong or must not be kept; it leaves every view and item, the history keeps it."""
    row = _standing(entry_id)
    message = next(message for message, kind in rows.KINDS.items() if isinstance(row, kind.model))
    person = _locked(actor, message, row.person_id)
    _need_reason(reason)
    was = plain(rows.read(rows.KINDS[message], [row])[0])
    row.withdrawn_at, row.withdrawn_by = clock.now(), actor.id
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    history.keep(actor, person, row, ChangeKind.WITHDRAWN, reason=reason, before=was)
    history.log(actor, "record.withdraw", Kind.ALTERATION, person, row, reason=reason)


def _standing(entry_id: str) -> models.Entry:
    kind = rows.kind_by_id(entry_id)
    row = every(kind.model).select_for_update().filter(pk=entry_id, withdrawn_at=None).first() if kind else None
    if row is None:
        raise NotFound("entry", id=entry_id)
    return row


@transaction.atomic
def change_condition(*, actor: Actor, condition_id: str, status: str, since: date, reason: str) -> None:
    """Say that a condition was broken, suspended, lifted or is in force again, since a day and why."""
    row = models.Condition.objects.select_for_update().select_related("order").filter(pk=condition_id).first()
    if row is None:
        raise NotFound("condition", id=condition_id)
    order = row.order
    person = _locked(actor, Order, order.person_id)
    _need_reason(reason)
    wrong = validation.condition_mistakes(Condition(measure=row.measure, words=row.words, status=status))["status"]
    if since > clock.now().date():
        raise Invalid("condition.invalid", fields={"since": ["in_the_future"]})
    if wrong:
        raise Invalid("condition.invalid", fields={"status": wrong})
    before, after = files.differing(
        {"status": row.status, "status_since": row.status_since}, {"status": status, "status_since": since}
    )
    row.status, row.status_since = status, since
    row.save(update_fields=["status", "status_since"])
    after["condition"] = row.pk
    history.keep(actor, person, order, ChangeKind.CORRECTED, reason=reason, before=before, after=after)
    history.log(actor, "record.condition", Kind.ALTERATION, person, order, reason=reason, fields=after)


def _need_reason(reason: str) -> None:
    wrong = text_mistakes(reason, limit=MAX_NOTE, required=True)
    if wrong:
        raise Invalid("reason.invalid", fields={"reason": wrong})


@transaction.atomic
def propose_decision(*, actor: Actor, person_id: str, proposal: Proposal) -> str:
    """Begin a decision as a draft, held against the criteria at once; returns its id (``dcs-…``)."""
    person = files.locked(actor, "decision.propose", person_id)
    proposals.check_codes(proposal)
    row = models.Decision(
        id=ids.new_id("dcs"),
        person_id=person_id,
        authority_id=person.authority_id,
        author_id=actor.id,
        written_at=clock.now(),
    )
    proposals.write(row, proposal, proposals.evaluated(actor, row.person_id, proposal))
    row.save(force_insert=True)
    proposals.log(actor, row, "decision.propose")
    return row.id


@transaction.atomic
def change_decision(*, actor: Actor, decision_id: str, proposal: Proposal, version: int | None = None) -> None:
    """Write a draft or returned decision anew; the criteria are held against the facts of now."""
    row = _decision(actor, "decision.change", decision_id, version)
    proposals.check_codes(proposal)
    proposals.write(row, proposal, proposals.evaluated(actor, row.person_id, proposal))
    _moved(actor, row, "decision.change")


@transaction.atomic
def submit_decision(*, actor: Actor, decision_id: str, version: int | None = None) -> None:
    """Give the decision to a second person; the criteria's result is frozen now. Invalid names what is missing."""
    row = _decision(actor, "decision.submit", decision_id, version)
    proposal = proposals.of_row(row)
    wrong = proposals.missing(proposal, clock.now().date())
    if wrong:
        raise Invalid("decision.incomplete", fields=wrong)
    proposals.write(row, proposal, proposals.evaluated(actor, row.person_id, proposal))
    row.submitted_at = clock.now()
    row.decider_id, row.decided_at, row.decider_reason = "", None, ""
    _moved(actor, row, "decision.submit")


@transaction.atomic
def approve_decision(
    *, actor: Actor, decision_id: str, overrides: Mapping[str, str] | None = None, reason: str = "",
    version: int | None = None,
) -> None:  # fmt: skip
    """Approve as the second person.

    To exchange although a warning stands, or although the criteria are not met, needs a written override for each
    (``overrides``: code to reason); without it the answer is Invalid with the open codes as fields.
    """
    row = _decision(actor, "decision.approve", decision_id, version)
    given = {code: text.strip() for code, text in (overrides or {}).items()}
    open_codes = rules.open_overrides(row.outcome, proposals.warning_codes(row), given)
    if open_codes:
        raise Invalid("decision.override_missing", fields={code: ["override_missing"] for code in open_codes})
    row.overrides = {code: given[code] for code in proposals.warning_codes(row) if given.get(code)}
    _settle(actor, row, "decision.approve", reason)


@transaction.atomic
def return_decision(*, actor: Actor, decision_id: str, reason: str, version: int | None = None) -> None:
    """Give the decision back to its author with what is to be changed."""
    _need_reason(reason)
    _settle(actor, _decision(actor, "decision.return", decision_id, version), "decision.return", reason)


@transaction.atomic
def refuse_decision(*, actor: Actor, decision_id: str, reason: str, version: int | None = None) -> None:
    """Refuse as the second person; the refusal stays on record with its reason."""
    _need_reason(reason)
    _settle(actor, _decision(actor, "decision.refuse", decision_id, version), "decision.refuse", reason)


@transaction.atomic
def withdraw_decision(*, actor: Actor, decision_id: str, reason: str, version: int | None = None) -> None:
    """Take a decision back before it is settled."""
    _need_reason(reason)
    row = _decision(actor, "decision.withdraw", decision_id, version)
    _moved(actor, row, "decision.withdraw", reason)


def _decision(actor: Actor, action: str, decision_id: str, version: int | None) -> models.Decision:
    """Return the locked decision if the actor may do this now."""
    row = models.Decision.objects.select_for_update().filter(pk=decision_id).first()
    if row is None:
        raise NotFound("decision", id=decision_id)
    permission = action if action in rules.BY_SECOND_PERSON else "decision.propose"
    check(actor, permission, proposals.target(row))
    if version is not None and row.version != version:
        raise Conflict("decision.changed_meanwhile", seen=version, now=row.version)
    if rules.next_state(action, row.state) is None:
        raise NotPossibleNow("decision.state", action=action, state=row.state)
    return row


def _settle(actor: Actor, row: models.Decision, action: str, reason: str) -> None:
    row.decider_id, row.decided_at, row.decider_reason = actor.id, clock.now(), reason.strip()
    _moved(actor, row, action, reason)


def _moved(actor: Actor, row: models.Decision, action: str, reason: str = "") -> None:
    state = rules.next_state(action, row.state)
    if state is None:
        raise NotPossibleNow("decision.state", action=action, state=row.state)
    row.state = state.value
    row.version += 1
    row.save()
    proposals.log(actor, row, action, reason)
