"""New person files as rows: case numbers, statements, keys, history; many files cost few queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from somec.access.rules import Actor
from somec.audit import actions as audit
from somec.audit.rules import Kind, new_entry
from somec.kernel import ids
from somec.persons import files, indexing, models, rows
from somec.persons.messages import Name, NewPerson, Origin
from somec.persons.rules import ChangeKind
from somec.persons.validation import LISTS, Statement

BATCH = 500  # rows of one INSERT: below SQLite's limit of variables for the widest table


def store(
    actor: Actor, people: Sequence[NewPerson], now: datetime, *, desk: bool = False, adopted_from: str = ""
) -> list[str]:
    """Save new files with their statements, keys, history and log entries, a few queries for any number.

    Returns the ids in order. Access and rules were asked before.
    """
    numbers = _case_numbers(actor.state, now.year, len(people))
    made = [
        _Made.of(actor, person, number, now, desk=desk, adopted_from=adopted_from)
        for person, number in zip(people, numbers, strict=True)
    ]
    models.Person.objects.bulk_create([file.row for file in made], batch_size=BATCH)
    for kind in rows.KINDS.values():
        found = [row for file in made for row in file.statements if isinstance(row, kind.model)]
        models.every(kind.model).bulk_create(found, batch_size=BATCH)
    models.Romanisation.objects.bulk_create([row for file in made for row in file.romanised], batch_size=BATCH)
    models.PersonKey.objects.bulk_create([row for file in made for row in file.keys], batch_size=BATCH)
    models.Change.objects.bulk_create([row for file in made for row in file.changes], batch_size=BATCH)
    indexing.changed(file.row.id for file in made)
    audit.record_many([
        new_entry(
            actor, "person.record", Kind.COLLECTION, file.row.id, case=file.row.id, purpose=actor.purpose,
            detail={"statements": len(file.statements)},
        )
        for file in made
    ])  # fmt: skip
    return [file.row.id for file in made]


@dataclass(frozen=True, slots=True)
class _Made:
    """Every row of a new file, not yet saved."""

    row: models.Person
    statements: list[models.PersonStatement]
    romanised: list[models.Romanisation]
    keys: list[models.PersonKey]
    changes: list[models.Change]

    @classmethod
    def of(
        cls, actor: Actor, person: NewPerson, case_number: str, now: datetime, *, desk: bool, adopted_from: str
    ) -> _Made:
        """Return the rows of a new file."""
        row = models.Person(
            id=ids.new_id("prs"), state=actor.state, case_number=case_number,
            authority_id=person.authority_id or actor.authority_id, owner_id=person.owner_id, desk=desk, sex=person.sex,
            adopted_from=adopted_from, recorded_at=now, recorded_by=actor.id, changed_at=now,
            **certainty_columns(person.certainty, person.certainty_origin),
        )  # fmt: skip
        completed: dict[str, list[Any]] = {
            plural: [rows.completed(item) for item in getattr(person, plural)] for plural in LISTS
        }
        completed["names"] = _with_main(completed["names"])
        files.summarise(row, completed)
        statements, romanised, changes = [], [], []
        for place, item in enumerate(item for plural in LISTS for item in completed[plural]):
            made, latin = statement_rows(actor, row.id, item, now, place)
            statements.append(made)
            romanised += latin
        changes.append(
            files.remember(row.id, by=actor.id, kind=ChangeKind.ADDED, entity=files.KIND, entity_id=row.id, at=now)
        )
        return cls(row, statements, romanised, files.key_rows(row.id, files.keys(completed)), changes)


def _with_main(found: Sequence[Name]) -> list[Name]:
    """Return names of which exactly one is the main one: the first, where none was marked."""
    if any(name.main for name in found):
        return list(found)
    return [replace(found[0], main=True), *found[1:]]


def statement_rows(
    actor: Actor, person_id: str, item: Statement, now: datetime, position: int = 0
) -> tuple[models.PersonStatement, list[models.Romanisation]]:
    """Return the rows of a completed statement, not yet saved."""
    kind = rows.kind_of(item)
    row = kind.model(
        id=ids.new_id(kind.prefix), person_id=person_id, position=position, recorded_at=now, recorded_by=actor.id,
        **rows.columns(item),
    )  # fmt: skip
    return row, rows.romanisation_rows(row.id, getattr(item, "romanisations", ()))


def certainty_columns(certainty: str, origin: Origin) -> dict[str, Any]:
    """Return the columns that say how sure the identity is and on what ground."""
    return {
        "certainty": certainty,
        "certainty_source": origin.source,
        "certainty_note": origin.note,
        "certainty_as_of": origin.as_of,
        "certainty_evaluation": origin.evaluation,
    }


def _case_numbers(state: str, year: int, count: int) -> list[str]:
    models.CaseCounter.objects.get_or_create(year=year)
    counter = models.CaseCounter.objects.select_for_update().get(year=year)
    first = counter.last + 1
    counter.last += count
    counter.save()
    return [f"{state}-{year}-{number:06}" for number in range(first, first + count)]
