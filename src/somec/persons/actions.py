"""What people do to a person file: one function = one transaction = one audit entry.

Every change keeps what was there before (:class:`somec.persons.models.Change`) and makes the file's version grow, so
that an officer who looked at an older version is told and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction

from somec.access import queries as access
from somec.access.rules import Actor, Target, check
from somec.access.scope import may_list
from somec.audit import actions as audit
from somec.audit.rules import Kind
from somec.kernel import clock, ids
from somec.kernel.errors import Invalid, NotAllowed, NotFound, NotPossibleNow
from somec.persons import families, files, indexing, items, models, recording, rows, rules, validation
from somec.persons.finding import Weight
from somec.persons.messages import Nationality, NewPerson, Origin
from somec.persons.rules import ChangeKind, Ground, IdentityCertainty, Sex, Status, Verdict
from somec.persons.validation import LISTS, Statement

_SHORTEST_REASON = 3


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a judgement rests on besides its reason: whom the other state means, and how likely the search held it.

    ``subject_person``: the other state and its own id of the person, by which the answer carries over to its next
    notice. ``weight``: of this pair, None where nobody asked.
    """

    subject_person: str = ""
    weight: Weight | None = None


UNWEIGHED = Weighed()


@transaction.atomic
def record_person(*, actor: Actor, person: NewPerson) -> str:
    """Open a person file with all that is known; returns its id (``prs-…``). Raises Invalid with every mistake."""
    return record_people(actor=actor, people=[person])[0]


@transaction.atomic
def record_people(*, actor: Actor, people: Sequence[NewPerson]) -> list[str]:
    """Open many files at once (an import), each with its own audit entry; all or none. Returns the ids in order."""
    check(actor, "person.record", Target(kind=files.KIND, id="", authority_id=actor.authority_id))
    now = clock.now()
    for person in people:
        validation.check_person(person, now.date())
        if person.authority_id and person.authority_id not in actor.authority_ids:
            raise NotAllowed("access.relation", action="person.record", kind=files.KIND)
    return recording.store(actor, people, now)


@transaction.atomic
def add_statement(*, actor: Actor, person_id: str, statement: Statement, version: int | None = None) -> str:
    """Add a name, date of birth, document, address … to a file; returns the statement's id."""
    person = files.locked(actor, "person.change", person_id, version)
    now = clock.now()
    validation.check(statement, now.date())
    item = rows.completed(statement)
    if isinstance(statement, Nationality):
        _refuse_double_nationality(person, statement.state)
    entered = person_id  # a merged file keeps what is written down through it, but the name all go by is the whole's
    if getattr(item, "main", False):
        entered = person.id
        person.name_set.filter(main=True, withdrawn_at=None).update(main=False)
    row, latin = recording.statement_rows(actor, entered, item, now)
    row.save(force_insert=True)
    models.Romanisation.objects.bulk_create(latin)
    entity = type(row).__name__.lower()
    files.remember(
        entered, by=actor.id, kind=ChangeKind.ADDED, entity=entity, entity_id=row.id, after=rows.columns(item)
    ).save()
    files.touch(person)
    _log(actor, "person.add", Kind.COLLECTION, person, detail={"entity": entity, "id": row.id})
    return row.id


def _refuse_double_nationality(person: models.Person, state: str, *, but: str = "") -> None:
    standing = models.Nationality.objects.filter(person_id__in=families.ids(person.id), withdrawn_at=None)
    if standing.filter(state=state).exclude(pk=but).exists():
        raise Invalid("nationality.invalid", fields={"state": ["twice"]})


@transaction.atomic
def correct_statement(
    *, actor: Actor, person_id: str, statement_id: str, statement: Statement, reason: str, version: int | None = None
) -> str:
    """Replace what a statement says; the old value stays in the history with who, when and why. Returns its id."""
    person = files.locked(actor, "person.change", person_id, version)
    _need_reason(reason)
    validation.check(statement, clock.now().date())
    item = rows.completed(statement)
    row = _standing(person, statement_id)
    if rows.kind_of(item).model is not type(row):
        raise Invalid("statement.other_kind")
    if isinstance(item, Nationality):
        _refuse_double_nationality(person, item.state, but=row.id)
    values = rows.columns(item)
    if isinstance(row, models.Name):
        _keep_one_main(person, row, values)
    before, after = files.differing({name: getattr(row, name) for name in values}, values)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    if isinstance(row, models.Name):
        row.romanisations.all().delete()
        models.Romanisation.objects.bulk_create(rows.romanisation_rows(row.id, getattr(item, "romanisations", ())))
    _changed(actor, person, row, kind=ChangeKind.CORRECTED, reason=reason, before=before, after=after)
    return row.id


def _keep_one_main(person: models.Person, row: models.Name, values: dict[str, Any]) -> None:
    if row.person_id != person.id:
        if values["main"]:
            raise NotPossibleNow("person.main_of_merged")
        values["main"] = row.main
    elif values["main"] and not row.main:
        person.name_set.filter(main=True, withdrawn_at=None).update(main=False)
    elif row.main:
        values["main"] = True  # a main name stops being it only when another one becomes it


@transaction.atomic
def withdraw_statement(
    *, actor: Actor, person_id: str, statement_id: str, reason: str, version: int | None = None
) -> None:
    """Withdraw a statement that is wrong or no longer needed. It leaves every view but stays in the history."""
    person = files.locked(actor, "person.change", person_id, version)
    _need_reason(reason)
    row = _standing(person, statement_id)
    if isinstance(row, models.Name) and row.main:
        raise NotPossibleNow("person.main_name" if row.person_id == person.id else "person.main_of_merged")
    row.withdrawn_at, row.withdrawn_by = clock.now(), actor.id
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    was = {name: getattr(row, name) for name in rows.KINDS[type(row).__name__.lower()].columns}
    _changed(actor, person, row, kind=ChangeKind.WITHDRAWN, reason=reason, before=was, after={})


def _standing(person: models.Person, statement_id: str) -> models.PersonStatement:
    for kind in rows.KINDS.values():
        if statement_id.startswith(f"{kind.prefix}-"):
            standing = models.every(kind.model).filter(pk=statement_id, withdrawn_at=None)
            found = standing.filter(person_id__in=families.ids(person.id)).first()
            if found is not None:
                return found
    raise NotFound("statement", id=statement_id)


def _changed(
    actor: Actor, person: models.Person, row: models.PersonStatement, *, kind: ChangeKind, reason: str,
    before: Mapping[str, Any], after: Mapping[str, Any],
) -> None:  # fmt: skip
    entity = type(row).__name__.lower()
    files.remember(
        row.person_id,
        by=actor.id,
        kind=kind,
        entity=entity,
        entity_id=row.id,
        reason=reason,
        before=before,
        after=after,
    ).save()
    files.touch(person)
    action = "person.correct" if kind is ChangeKind.CORRECTED else "person.withdraw"
    detail = {"entity": entity, "id": row.id, "fields": ",".join(sorted(before))}
    _log(actor, action, Kind.ALTERATION, person, detail=detail, reason=reason)


def _need_reason(reason: str, field: str = "reason") -> None:
    found = rules.text_mistakes(reason, limit=rules.MAX_NOTE, required=True)
    if not found and len(reason.strip()) < _SHORTEST_REASON:
        found = ["too_short"]
    if found:
        raise Invalid("reason.invalid", fields={field: found})


def _log(
    actor: Actor, action: str, kind: Kind, person: models.Person, *,
    detail: Mapping[str, str | int | bool | None], reason: str = "",
) -> None:  # fmt: skip
    audit.record(
        actor=actor, action=action, kind=kind, subject=person.id, case=person.id, purpose=actor.purpose, reason=reason,
        detail=detail,
    )  # fmt: skip


@transaction.atomic
def change_file(
    *, actor: Actor, person_id: str, reason: str, sex: str | None = None, certainty: str | None = None,
    certainty_origin: Origin | None = None, status: str | None = None, version: int | None = None,
) -> None:  # fmt: skip
    """Correct what the file itself says: sex, how sure the identity is and why, its status. None leaves as it is."""
    person = files.locked(actor, "person.change", person_id, version)
    _need_reason(reason)
    wanted: dict[str, Any] = {
        name: value for name, value in (("sex", sex), ("status", status), ("certainty", certainty)) if value is not None
    }
    choices = {"sex": Sex, "status": Status, "certainty": IdentityCertainty}
    wrong = {name: rules.choice_mistakes(value, choices[name]) for name, value in wanted.items()}
    if certainty_origin is not None:
        wrong |= validation.origin_mistakes(certainty_origin, clock.now().date())
        wanted |= recording.certainty_columns(wanted.get("certainty", person.certainty), certainty_origin)
    if any(wrong.values()):
        raise Invalid("person.invalid", fields={name: codes for name, codes in wrong.items() if codes})
    _change_columns(actor, person, wanted, reason, "person.correct")


@transaction.atomic
def assign(
    *, actor: Actor, person_id: str, owner_id: str, authority_id: str = "", reason: str, version: int | None = None
) -> None:
    """Hand the file to another owner, and to another authority if one is named; raises NotFound for unknown ones."""
    person = files.locked(actor, "person.change", person_id, version)
    _need_reason(reason)
    access.person(owner_id)
    if authority_id:
        access.authority(authority_id)
    wanted = {"owner_id": owner_id} | ({"authority_id": authority_id} if authority_id else {})
    _change_columns(actor, person, wanted, reason, "person.assign")
    for part in models.Person.objects.filter(pk__in=families.family(person.id).merged):
        _change_columns(actor, part, wanted, reason, "person.assign")  # what is read as one lies in one hand


def _change_columns(actor: Actor, person: models.Person, wanted: dict[str, Any], reason: str, action: str) -> None:
    before, after = files.differing({name: getattr(person, name) for name in wanted}, wanted)
    if not after:
        return
    for name, value in after.items():
        setattr(person, name, value)
    person.version += 1
    person.changed_at = clock.now()
    person.save()
    indexing.changed([person.id])
    files.remember(
        person.id, by=actor.id, kind=ChangeKind.CORRECTED, entity=files.KIND, entity_id=person.id, reason=reason,
        before=before, after=after,
    ).save()  # fmt: skip
    _log(actor, action, Kind.ALTERATION, person, detail={"fields": ",".join(sorted(after))}, reason=reason)


@transaction.atomic
def open_file(*, actor: Actor, person_id: str, purpose: str = "") -> None:
    """Log that the actor reads this file and for what purpose (LED Art. 25); a screen calls it before it shows one.

    ``purpose`` is a code of the catalogue; without one the purpose of the actor's session counts. None is refused.
    """
    person = files.allowed(actor, "person.read", person_id)
    why = purpose or actor.purpose
    if not why:
        raise NotAllowed("person.no_purpose", action="person.read", kind=files.KIND, id=person_id)
    audit.record(
        actor=actor, action="person.read", kind=Kind.CONSULTATION, subject=person.id, case=person.id, purpose=why
    )


@transaction.atomic
def log_search(*, actor: Actor, fields: Sequence[str], found: int, purpose: str = "", relation: str = "all") -> None:
    """Log that the actor searched the files: which fields he filled and how many were found, never what he typed.

    Beyond the files that he may open anyway (``relation`` as in :class:`somec.persons.queries.PersonQuery`) a search
    takes a purpose, the given one or that of his session: NotAllowed without.
    """
    if not may_list(actor, "person.find"):
        raise NotAllowed("access.role", action="person.find", kind=files.KIND)
    why = purpose or actor.purpose
    if relation == "all" and not why:
        raise NotAllowed("person.no_purpose", action="person.find", kind=files.KIND)
    audit.record(
        actor=actor, action="person.find", kind=Kind.CONSULTATION, subject=files.KIND, purpose=why,
        detail={"fields": ",".join(sorted(fields)), "found": found},
    )  # fmt: skip


@transaction.atomic
def judge(
    *, actor: Actor, subject: str, person_id: str | None, verdict: str, reason: str, grounds: Sequence[str] = (),
    target: Target | None = None, weighed: Weighed = UNWEIGHED,
) -> str:  # fmt: skip
    """Keep a human answer to "is the person of ``subject`` this one?"; returns the judgement's id.

    ``subject`` is the id of an incoming notice or an enquiry, ``target`` how access sees it. ``person_id`` None means
    the whole index ("nobody here"). An earlier answer on the same pair is taken back and stays on record; so is an
    earlier "same" on another person.
    """
    check(actor, "incoming.judge", target or Target(kind="incoming", id=subject, desk=True))
    _check_judgement(person_id, verdict, reason, grounds)
    if person_id is not None and files.held(person_id) is None:  # nobody erases or merges him while this is written
        raise NotFound("person")
    now = clock.now()
    standing = models.Judgement.objects.filter(subject=subject, withdrawn_at=None)
    replaced = standing.filter(person_id=person_id)
    if verdict == Verdict.SAME.value:
        replaced = replaced | standing.filter(verdict=Verdict.SAME.value)
    replaced.update(withdrawn_at=now, withdrawn_by=actor.id, withdrawn_because=reason)
    judgement = models.Judgement(
        id=ids.new_id("jdg"), subject=subject, person_id=person_id, verdict=verdict, grounds=list(grounds),
        reason=reason, at=now, by=actor.id, subject_person=weighed.subject_person,
        probability=weighed.weight.probability if weighed.weight else None,
        model=weighed.weight.model if weighed.weight else "",
    )  # fmt: skip
    judgement.save(force_insert=True)
    audit.record(
        actor=actor, action="person.judge", kind=Kind.COMBINATION, subject=subject, case=person_id or "",
        purpose=actor.purpose, reason=reason, detail={"verdict": verdict, "grounds": ",".join(grounds)},
    )  # fmt: skip
    return judgement.id


def _check_judgement(person_id: str | None, verdict: str, reason: str, grounds: Sequence[str]) -> None:
    _need_reason(reason)
    wrong = {
        "verdict": rules.choice_mistakes(verdict, Verdict),
        "grounds": sorted({code for ground in grounds for code in rules.choice_mistakes(ground, Ground)}),
    }
    if person_id is None and verdict == Verdict.SAME.value:
        wrong["verdict"] = ["whom"]
    if any(wrong.values()):
        raise Invalid("judgement.invalid", fields={field: codes for field, codes in wrong.items() if codes})


@transaction.atomic
def withdraw_judgement(*, actor: Actor, judgement_id: str, reason: str, target: Target | None = None) -> None:
    """Take a judgement back; both stay on record."""
    judgement = models.Judgement.objects.select_for_update().filter(pk=judgement_id, withdrawn_at=None).first()
    if judgement is None:
        raise NotFound("judgement", id=judgement_id)
    check(actor, "incoming.judge", target or Target(kind="incoming", id=judgement.subject, desk=True))
    _need_reason(reason)
    judgement.withdrawn_at, judgement.withdrawn_by, judgement.withdrawn_because = clock.now(), actor.id, reason
    judgement.save()
    audit.record(
        actor=actor, action="person.judgement_withdrawn", kind=Kind.COMBINATION, subject=judgement.subject,
        case=judgement.person_id or "", purpose=actor.purpose, reason=reason, detail={"judgement": judgement.id},
    )  # fmt: skip


@transaction.atomic
def adopt(
    *, actor: Actor, identity: Mapping[str, Any], subject: str, authority_id: str = "", owner_id: str = "",
    target: Target | None = None, weighed: Weighed = UNWEIGHED,
) -> str:  # fmt: skip
    """Open a file for the person of an incoming notice whom nobody here knew; returns its id.

    Every statement stands as the other state's own. The file lies on the contact point's desk, and the judgement that
    it is the person of ``subject`` is kept with it. Called again for the same subject it returns the same file.
    """
    check(actor, "incoming.judge", target or Target(kind="incoming", id=subject, desk=True))
    existing = models.Person.objects.filter(adopted_from=subject).first()
    if existing is not None:
        return existing.id
    check(actor, "person.record", Target(kind=files.KIND, id="", authority_id=actor.authority_id))
    now = clock.now()
    known = replace(items.read_identity(identity), authority_id=authority_id, owner_id=owner_id)
    person_id = recording.store(actor, [_within_rules(known, now.date())], now, desk=True, adopted_from=subject)[0]
    judge(
        actor=actor, subject=subject, person_id=person_id, verdict=Verdict.SAME.value, reason="adopted from the notice",
        grounds=(Ground.OTHER.value,), target=target, weighed=weighed,
    )  # fmt: skip
    return person_id


def _within_rules(person: NewPerson, today: date) -> NewPerson:
    """Return the person without statements that our own rules refuse; the document itself keeps them."""
    kept: dict[str, Any] = {
        plural: tuple(item for item in getattr(person, plural) if not validation.mistakes(item, today))
        for plural in LISTS
    }
    kept["nationalities"] = tuple({item.state: item for item in reversed(kept["nationalities"])}.values())[::-1]
    known = replace(person, **kept)
    if not known.names:
        raise Invalid("identity.no_name")
    mains = [name for name in known.names if name.main]
    if len(mains) > 1:
        known = replace(known, names=tuple(replace(name, main=name is mains[0]) for name in known.names))
    return known
