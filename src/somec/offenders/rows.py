"""Between entries of a record (:mod:`somec.offenders.messages`) and their rows: one table for each kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from somec.kernel import ids
from somec.offenders import messages, models
from somec.offenders.messages import Entry
from somec.persons import families
from somec.persons.dates import PartialDate
from somec.persons.families import Family
from somec.persons.messages import Origin
from somec.persons.models import every


@dataclass(frozen=True, slots=True)
class Children:
    """The rows that belong to an entry: its field, table, value, columns, and the column that names the parent."""

    field: str
    model: type[Model]
    message: type[Any]
    columns: tuple[str, ...]
    parent: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry."""

    model: type[models.Entry]
    message: type[Any]
    columns: tuple[str, ...]
    prefix: str
    children: tuple[Children, ...] = ()


_OFFENCES = Children(
    "offences", models.Offence, messages.Offence,
    ("code", "parameters", "classification", "language", "provision", "committed_from", "committed_until", "place",
    "state"), "conviction_id", "ofc",
)  # fmt: skip
_SANCTIONS = Children(
    "sanctions", models.Sanction, messages.Sanction,
    ("code", "parameters", "months", "days", "note", "language"), "conviction_id", "snc",
)  # fmt: skip
_CONDITIONS = Children(
    "conditions", models.Condition, messages.Condition,
    ("measure", "words", "language", "starts", "ends", "status", "status_since", "binds_in"), "order_id", "cnd",
)  # fmt: skip

KINDS: Mapping[type[Any], Kind] = {
    kind.message: kind
    for kind in (
        Kind(
            models.Conviction, messages.Conviction,
            ("state", "decided", "court", "reference", "final", "responsibility", "spent"), "cnv", (_OFFENCES,
            _SANCTIONS),
        ),
        Kind(
            models.Order, messages.Order,
            (
                "kind", "state", "decided", "starts", "supervising_state", "ends", "court", "reference", "supervisor",
                "conviction_id",
            ),
            "ord", (_CONDITIONS,),
        ),
        Kind(
            models.Assessment, messages.Assessment,
            (
                "instrument", "performed", "assessor_role", "level", "language", "state", "subject", "individual",
                "instrument_version", "valid_until", "assessor_authority", "points", "neutral", "mapping_source",
            ),
            "asm",
        ),
        Kind(models.Trigger, messages.Trigger, ("kind", "on", "state", "words", "language"), "trg"),
        Kind(models.MovementSign, messages.MovementSign, ("sign", "states", "on", "words", "language"), "sgn"),
        Kind(
            models.PersonAtRisk, messages.PersonAtRisk,
            ("relation", "name", "state", "words", "language", "contact_authority", "no_contact"), "rsk",
        ),
    )
}  # fmt: skip
_TUPLES = frozenset({"parameters", "binds_in", "states"})
_OWN: Mapping[str, str] = {}
_DATES = frozenset({"committed_from", "committed_until"})


def kind_by_id(entry_id: str) -> Kind | None:
    """Return the kind of entry that an id names."""
    prefix = entry_id.partition("-")[0]
    return next((kind for kind in KINDS.values() if kind.prefix == prefix), None)


def columns(entry: Entry) -> dict[str, Any]:
    """Return the column values of an entry, without its children, who and when."""
    origin = entry.origin
    values = {column: _stored(column, getattr(entry, column)) for column in KINDS[type(entry)].columns}
    return values | {
        "source": origin.source, "note": origin.note, "as_of": origin.as_of, "evaluation": origin.evaluation,
    }  # fmt: skip


def _stored(column: str, value: Any) -> Any:
    if column == "conviction_id":
        return value or None
    if column in _DATES:
        return str(value) if value else ""
    return list(value) if column in _TUPLES else value


def _shown(column: str, value: Any) -> Any:
    if column == "conviction_id":
        return value or ""
    if column in _DATES:
        return PartialDate.parse(value) if value else None
    return tuple(value) if column in _TUPLES else value


def new_row(
    person_id: str, entry: Entry, *, by: str, now: datetime, position: int = 0
) -> tuple[models.Entry, list[Model]]:
    """Return the rows of a new entry and of its children, not yet saved."""
    kind = KINDS[type(entry)]
    row = kind.model(
        id=ids.new_id(kind.prefix),
        person_id=person_id,
        position=position,
        recorded_at=now,
        recorded_by=by,
        **columns(entry),
    )
    return row, child_rows(row.pk, entry)


def child_rows(entry_id: str, entry: Entry) -> list[Model]:
    """Return the rows that belong to an entry, not yet saved."""
    return [
        child.model(
            id=ids.new_id(child.prefix), position=position,
            **{child.parent: entry_id}, **{column: _stored(column, getattr(part, column)) for column in child.columns},
        )
        for child in KINDS[type(entry)].children
        for position, part in enumerate(getattr(entry, child.field))
    ]  # fmt: skip


def read(kind: Kind, found: Iterable[models.Entry], files: Mapping[str, str] = _OWN) -> list[Any]:
    """Return rows of one kind as entries, with one query for each kind of children.

    ``files``: the case numbers of merged files, by id; an entry of one of them says so.
    """
    kept = list(found)
    parts = {child.field: _parts(child, [row.pk for row in kept]) for child in kind.children}
    return [
        kind.message(
            id=row.pk,
            origin=Origin(
                source=row.source, note=row.note, as_of=row.as_of, evaluation=row.evaluation,
                file=files.get(row.person_id, ""),
            ),
            **{column: _shown(column, getattr(row, column)) for column in kind.columns},
            **{field: tuple(of_entry[row.pk]) for field, of_entry in parts.items()},
        )
        for row in kept
    ]  # fmt: skip


def _parts(child: Children, entry_ids: Collection[str]) -> dict[str, list[Any]]:
    grouped: dict[str, list[Any]] = defaultdict(list)
    for row in every(child.model).filter(**{f"{child.parent}__in": entry_ids}).order_by("position"):
        values = {column: _shown(column, getattr(row, column)) for column in child.columns}
        grouped[getattr(row, child.parent)].append(child.message(id=row.pk, **values))
    return grouped


def standing(
    message: type[Any], person_ids: Collection[str], known: Mapping[str, Family] | None = None
) -> dict[str, list[Any]]:
    """Return the entries of a kind that were not withdrawn, by person, in the order in which they were written down.

    An id that belongs to merged files stands for all of them; the kept file's own entries come first.
    ``known``: where the caller has asked already which these are.
    """
    kind = KINDS[message]
    known = families.families(person_ids) if known is None else known
    ids = {one for family in known.values() for one in family.ids}
    merged = {one: number for family in known.values() for one, number in family.merged.items()}
    rows = list(
        every(kind.model).filter(person_id__in=ids, withdrawn_at=None).order_by("recorded_at", "position", "id")
    )
    by_file: dict[str, list[Any]] = defaultdict(list)
    for row, entry in zip(rows, read(kind, rows, merged), strict=True):
        by_file[row.person_id].append(entry)
    return {one: [entry for file in family.ids for entry in by_file[file]] for one, family in known.items()}
