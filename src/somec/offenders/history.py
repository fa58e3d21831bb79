"""What is kept of each change of a record: a row in the file's history and an entry in the log."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from somec.access.rules import Actor
from somec.audit import actions as audit
from somec.audit.rules import Kind
from somec.kernel import clock
from somec.offenders import models
from somec.persons import files
from somec.persons import models as persons
from somec.persons.rules import ChangeKind


def entity(row: models.Entry) -> str:
    """Return the name under which an entry stands in history and log."""
    return type(row).__name__.lower()


def change(
    actor: Actor, row: models.Entry, kind: ChangeKind, *, reason: str = "", before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> persons.Change:  # fmt: skip
    """Return the row of history for one change, not yet saved. The closed compartment keeps no copy of its words."""
    closed = isinstance(row, models.PersonAtRisk)
    return files.remember(
        row.person_id, by=actor.id, kind=kind, entity=entity(row), entity_id=row.pk, reason=reason,
        before=None if closed else before, after=None if closed else after,
    )  # fmt: skip


def keep(
    actor: Actor, person: persons.Person, row: models.Entry, kind: ChangeKind, *, reason: str = "",
    before: Mapping[str, object] | None = None, after: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    """Keep a change in the history and let the file's version grow."""
    change(actor, row, kind, reason=reason, before=before, after=after).save()  # in the file that the entry is in
    person.version += 1
    person.changed_at = clock.now()
    person.save(update_fields=["version", "changed_at"])


def log(
    actor: Actor, action: str, kind: Kind, person: persons.Person, row: models.Entry, *, reason: str = "",
    fields: Collection[str] = (),
) -> None:  # fmt: skip
    """Record the change in the log, by reference."""
    audit.record(
        actor=actor, action=action, kind=kind, subject=row.pk, case=person.id, purpose=actor.purpose, reason=reason,
        detail={"entity": entity(row), "fields": ",".join(sorted(fields))},
    )  # fmt: skip
