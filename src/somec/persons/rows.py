"""Between statements (:mod:`somec.persons.messages`) and their rows: one table for each kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from somec.persons import families, messages, models, names, numbers
from somec.persons.dates import PartialDate
from somec.persons.families import Family
from somec.persons.messages import MergedFile, Origin, PersonView, Romanisation
from somec.persons.validation import Statement


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of statement: its table, its value, the columns that both name alike, and the prefix of its ids."""

    plural: str
    model: type[models.PersonStatement]
    message: type[Any]
    columns: tuple[str, ...]
    prefix: str


KINDS: Mapping[str, Kind] = {
    kind.model.__name__.lower(): kind
    for kind in (
        Kind(
            "names",
            models.Name,
            messages.Name,
            ("kind", "family", "given", "patronymic", "full", "script", "language", "main"),
            "nam",
        ),
        Kind("births", models.Birth, messages.Birth, ("certainty",), "bth"),
        Kind("birthplaces", models.Birthplace, messages.Birthplace, ("locality", "state"), "plc"),
        Kind("nationalities", models.Nationality, messages.Nationality, ("state", "certainty"), "nat"),
        Kind(
            "documents",
            models.Document,
            messages.Document,
            ("kind", "number", "state", "valid_from", "valid_until", "status", "status_since"),
            "doc",
        ),
        Kind(
            "addresses",
            models.Address,
            messages.Address,
            ("kind", "street", "locality", "postal_code", "state", "since", "until"),
            "adr",
        ),
        Kind("descriptions", models.Description, messages.Description, ("feature", "value", "language"), "dsr"),
        Kind(
            "biometrics",
            models.Biometric,
            messages.Biometric,
            ("kind", "held_by", "state", "reference", "taken"),
            "bio",
        ),
    )
}
BATCH = 1_000
_ORIGIN = ("source", "note", "as_of", "evaluation")


def kind_of(statement: Statement) -> Kind:
    """Return the table that a statement belongs to."""
    return KINDS[type(statement).__name__.lower()]


def completed(statement: Statement) -> Statement:
    """Return the statement with what is computed from it: script and romanisations of a name, check of a number."""
    if isinstance(statement, messages.Name):
        script = statement.script or names.script_of(f"{statement.family}{statement.given}{statement.full}")
        known = replace(statement, script=script)
        given = {roman.rule for roman in known.romanisations}
        added = tuple(roman for roman in names.romanisations(known) if roman.rule not in given)
        return replace(known, romanisations=known.romanisations + added)
    if isinstance(statement, messages.Document):
        return replace(statement, check=numbers.check(statement.state, statement.kind, statement.number))
    return statement


def columns(statement: Statement) -> dict[str, Any]:
    """Return the column values of a completed statement, without who and when."""
    values = {column: getattr(statement, column) for column in kind_of(statement).columns}
    values |= {column: getattr(statement.origin, column) for column in _ORIGIN}
    if isinstance(statement, messages.Birth):
        values |= {"year": statement.date.year, "month": statement.date.month, "day": statement.date.day}
    elif isinstance(statement, messages.Birthplace):
        values["other_names"] = list(statement.other_names)
    elif isinstance(statement, messages.Document):
        values["check_result"] = statement.check
    return values


def romanisation_rows(name_id: str, romanisations: Iterable[Romanisation]) -> list[models.Romanisation]:
    """Return the rows of a name's romanisations."""
    return [
        models.Romanisation(
            name_id=name_id, rule=roman.rule, family=roman.family, given=roman.given, patronymic=roman.patronymic
        )
        for roman in romanisations
    ]


def statement(row: models.PersonStatement, romanised: Iterable[models.Romanisation] = (), file: str = "") -> Statement:
    """Return a row as a value. ``file``: the case number of the merged file it stands in, which lends no main name."""
    kind = KINDS[type(row).__name__.lower()]
    values: dict[str, Any] = {column: getattr(row, column) for column in kind.columns}
    values["id"] = row.id
    values["origin"] = Origin(source=row.source, note=row.note, as_of=row.as_of, evaluation=row.evaluation, file=file)
    if isinstance(row, models.Name):
        values["main"] = row.main and not file
        values["romanisations"] = tuple(
            Romanisation(rule=roman.rule, family=roman.family, given=roman.given, patronymic=roman.patronymic)
            for roman in romanised
        )
    elif isinstance(row, models.Birth):
        values["date"] = PartialDate(row.year, row.month, row.day)
    elif isinstance(row, models.Birthplace):
        values["other_names"] = tuple(row.other_names)
    elif isinstance(row, models.Document):
        values["check"] = row.check_result
    made: Statement = kind.message(**values)
    return made


def read(
    person_ids: Collection[str], plurals: Collection[str] = (), known: Mapping[str, Family] | None = None
) -> dict[str, dict[str, tuple[Any, ...]]]:
    """Return the standing statements of several people: one query for each kind, one more for names, one for merges.

    An id that belongs to merged files stands for all of them (``known``: where the caller has asked already).
    """
    found: dict[str, dict[str, tuple[Any, ...]]] = {person_id: {} for person_id in person_ids}
    known = families.families(person_ids) if known is None else known
    every = {one for family in known.values() for one in family.ids}
    merged = {one: number for family in known.values() for one, number in family.merged.items()}
    for kind in KINDS.values():
        if plurals and kind.plural not in plurals:
            continue
        grouped: dict[str, list[Statement]] = defaultdict(list)
        kept = (
            models.every(kind.model)
            .filter(person_id__in=every, withdrawn_at=None)
            .order_by("recorded_at", "position", "id")
        )
        romanised = _romanised(every) if kind.model is models.Name else {}
        for row in kept.order_by("recorded_at", "position", "id"):
            grouped[row.person_id].append(statement(row, romanised.get(row.id, ()), merged.get(row.person_id, "")))
        for person_id, person in found.items():
            person[kind.plural] = tuple(item for one in known[person_id].ids for item in grouped[one])
    return found


def _romanised(person_ids: Collection[str]) -> dict[str, list[models.Romanisation]]:
    by_name: dict[str, list[models.Romanisation]] = defaultdict(list)
    rows = models.Romanisation.objects.filter(name__person_id__in=person_ids, name__withdrawn_at=None).order_by("id")
    for row in rows:
        by_name[row.name_id].append(row)
    return by_name


def views(people: QuerySet[models.Person] | Collection[models.Person]) -> list[PersonView]:
    """Return whole person files, with a number of queries that does not grow with them."""
    rows = list(people)
    known = families.families([row.id for row in rows])
    statements = read([row.id for row in rows], known=known)
    return [_view(row, dict(statements[row.id]), known[row.id].merged) for row in rows]


def every_file(person_ids: Collection[str] | None = None) -> Iterator[PersonView]:
    """Yield every file (or those named) in the order of ids; constant memory. Merged files come with the kept one."""
    if person_ids is not None:
        wanted = sorted(person_ids)
        for start in range(0, len(wanted), BATCH):
            yield from views(_files().filter(pk__in=wanted[start : start + BATCH]).order_by("pk"))
        return
    last = ""
    while found := list(_files().filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = found[-1].id
        yield from views(found)


def _files() -> QuerySet[models.Person]:
    return models.Person.objects.filter(families.NOT_MERGED)


def _view(row: models.Person, statements: dict[str, Any], merged: Mapping[str, str]) -> PersonView:
    origin = Origin(
        source=row.certainty_source,
        note=row.certainty_note,
        as_of=row.certainty_as_of,
        evaluation=row.certainty_evaluation,
    )
    copied = (
        "id", "case_number", "state", "authority_id", "owner_id", "desk", "status", "sex", "certainty", "adopted_from",
        "version", "recorded_at", "recorded_by", "changed_at",
    )  # fmt: skip
    values: dict[str, Any] = {column: getattr(row, column) for column in copied}
    parts = tuple(MergedFile(id=one, case_number=number) for one, number in merged.items())
    return PersonView(certainty_origin=origin, merged=parts, **values, **statements)
