"""The person file as a thing that is guarded and changed: who may, the lock, its history, and the keys that find it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from somec.access import queries as access
from somec.access.rules import Actor, Target, check
from somec.kernel import clock
from somec.kernel.errors import Conflict, NotAllowed
from somec.persons import families, indexing, models, names, rows
from somec.persons.rules import MAX_NAME, ChangeKind

KIND = "person"


def target(person: models.Person, actor: Actor, kind: str = KIND) -> Target:
    """Return the person file (or its ``protected`` part) as access sees it; one query for an open purpose."""
    return Target(
        kind=kind,
        id=person.id,
        authority_id=person.authority_id,
        author_id=person.recorded_by,
        owner_ids=frozenset({person.owner_id} if person.owner_id else ()),
        state=person.status,
        desk=person.desk,
        opened=access.is_open(actor, kind, person.id),
        case=person.id,
    )


def allowed(actor: Actor, action: str, person_id: str) -> models.Person:
    """Return the file if the actor may do this to it; the same NotAllowed whether it is closed to him or not there.

    The id of a file that was merged into another one leads to that one.
    """
    return _guarded(actor, action, found(person_id), person_id)


def found(person_id: str) -> models.Person | None:
    """Return the file that an id leads to, or None; one query."""
    rows = {row.id: row for row in models.Person.objects.filter(Q(pk=person_id) | Q(pk__in=families.kept(person_id)))}
    return next((row for row in rows.values() if row.id != person_id), rows.get(person_id))


def findable(actor: Actor) -> QuerySet[models.Person]:
    """Return the files that the actor may find; a merged file is found as the one it was merged into."""
    return models.Person.objects.filter(access.scope(actor, "person.find").q(author="recorded_by"), families.NOT_MERGED)


def held(person_id: str) -> models.Person | None:
    """Return the file that an id leads to, locked with every file merged into it, or None.

    All are locked in one order, so that two writers and whoever merges or separates wait for each other and never in a
    circle. Raises Conflict where the files were merged or separated while this waited.
    """
    known = families.family(person_id)
    rows = {row.id: row for row in models.Person.objects.select_for_update().filter(pk__in=known.ids).order_by("pk")}
    if families.family(person_id) != known:
        raise Conflict("person.merged_meanwhile")
    return rows.get(known.head)


def locked(actor: Actor, action: str, person_id: str, version: int | None = None) -> models.Person:
    """Return the file locked for a change; raises Conflict if it is no longer the version that the actor saw."""
    person = _guarded(actor, action, held(person_id), person_id)
    if version is not None and person.version != version:
        raise Conflict("person.changed_meanwhile", seen=version, now=person.version)
    return person


def _guarded(actor: Actor, action: str, person: models.Person | None, person_id: str) -> models.Person:
    if person is None:
        check(actor, action, Target(kind=KIND, id=person_id, case=person_id))
        raise NotAllowed("access.relation", action=action, kind=KIND, id=person_id, case=person_id)
    check(actor, action, target(person, actor))
    return person


def remember(
    person_id: str, *, by: str, kind: ChangeKind, entity: str, entity_id: str, reason: str = "",
    before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None, at: datetime | None = None,
) -> models.Change:  # fmt: skip
    """Return the row of history for one change (not yet saved): what was there before, what after, who, when, why."""
    return models.Change(
        person_id=person_id,
        at=at or clock.now(),
        by=by,
        kind=kind.value,
        entity=entity,
        entity_id=entity_id,
        before=_plain(before or {}),
        after=_plain(after or {}),
        reason=reason,
    )


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return only what changed, before and after."""
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in changed}, {name: after[name] for name in changed}


def keys(statements: Mapping[str, Sequence[Any]]) -> set[tuple[str, str]]:
    """Return every key under which a person with these statements is found."""
    return (
        names.name_keys(statements["names"])
        | names.date_keys(statements["births"])
        | names.document_keys(statements["documents"])
    )


def summarise(person: models.Person, statements: Mapping[str, Sequence[Any]]) -> None:
    """Set what lists show (label, born, sort key) from the statements; not yet saved."""
    main = next((name for name in statements["names"] if name.main), None)
    person.label = main.written[: 2 * MAX_NAME] if main else ""
    person.sort_key = names.fold(person.label)[: 2 * MAX_NAME]
    person.born = " / ".join(sorted({str(birth.date) for birth in statements["births"]}))[:100]


def key_rows(person_id: str, found: Iterable[tuple[str, str]]) -> list[models.PersonKey]:
    """Return keys as rows in a fixed order."""
    return [models.PersonKey(person_id=person_id, kind=kind, key=key) for kind, key in sorted(found)]


def touch(person: models.Person) -> None:
    """Renew summary, keys, version and time of change after statements were changed; saves the file.

    The version of what is merged into it grows too: whoever compares versions by that id sees that something changed.
    """
    statements = rows.read([person.id], ("names", "births", "documents"))[person.id]
    summarise(person, statements)
    person.version += 1
    person.changed_at = clock.now()
    person.save()
    indexing.changed([person.id])
    merged = models.Person.objects.filter(pk__in=families.family(person.id).merged)
    merged.update(version=F("version") + 1, changed_at=person.changed_at)
    wanted = keys(statements)
    kept = {(row.kind, row.key): row.pk for row in person.keys.all()}
    models.PersonKey.objects.filter(pk__in=[pk for key, pk in kept.items() if key not in wanted]).delete()
    models.PersonKey.objects.bulk_create(key_rows(person.id, wanted - kept.keys()))
