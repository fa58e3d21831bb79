"""What people may see of person files. Lists ask the database a constant number of times.

Functions with ``actor`` first are for screens and the JSON interface and are limited by access. The others are for
parts above, inside actions that have already asked access, and say so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When

from somec.access import queries as access
from somec.access.rules import Actor, Target
from somec.kernel import clock
from somec.kernel.canonical import Json
from somec.kernel.errors import NotFound
from somec.persons import completeness as gate
from somec.persons import families, files, indexing, items, models, names, rows
from somec.persons.finding import match_candidates, search_people
from somec.persons.messages import Missing, PersonView

__all__ = [
    "ChangeView", "JudgementView", "Page", "PersonLabel", "PersonQuery", "PersonRow",
    "changed_since", "completeness", "count", "file_ids", "find", "head", "history", "identity_item", "index_trouble",
    "judgements", "labels", "match_candidates", "match_records", "person", "search_people", "target", "view",
]  # fmt: skip
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PersonQuery:
    """What a list is asked for. Empty fields do not limit.

    ``text``: beginnings of names, a case number or a document number. ``born``: ``1984``, ``1984-03`` or a day.
    ``relation``: ``mine``, ``readable`` or ``all`` (all that the actor may find).
    """

    text: str = ""
    born: str = ""
    relation: str = "all"
    status: str = ""
    order: str = "name"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PersonRow:
    """One line of a list; ``readable`` says whether the actor may open the file without a new purpose."""

    id: str
    label: str
    born: str
    case_number: str
    authority_id: str
    owner_id: str
    status: str
    desk: bool
    changed_at: datetime
    readable: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and how many there are in all."""

    rows: tuple[PersonRow, ...] = field(repr=False)
    total: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ChangeView:
    """One change of a file: what stood there before and after, who, when, why."""

    at: datetime
    by: str
    kind: str
    entity: str
    entity_id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class JudgementView:
    """A human answer with its reason; withdrawn ones are shown too."""

    id: str
    subject: str
    person_id: str | None
    verdict: str
    grounds: tuple[str, ...]
    reason: str
    at: datetime
    by: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_because: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PersonLabel:
    """What a list of other things (notices, duties) shows of a person."""

    id: str
    label: str
    born: str
    case_number: str
    authority_id: str
    owner_id: str


def person(actor: Actor, person_id: str) -> PersonView:
    """Return the whole file; raises NotAllowed alike for a closed and for an unknown one."""
    return rows.views([files.allowed(actor, "person.read", person_id)])[0]


def head(person_id: str) -> str:
    """Return the file that an id leads to: itself, or the one into which it was merged."""
    return families.head(person_id)


def file_ids(person_id: str) -> tuple[str, ...]:
    """Return the id of every file that is read as one with this one, the kept one first; for parts above."""
    return families.ids(person_id)


def target(actor: Actor, person_id: str) -> Target:
    """Return the file as access sees it, for parts that guard things hanging on a person; raises NotFound."""
    found = files.found(person_id)
    if found is None:
        raise NotFound("person")
    return files.target(found, actor)


def _readable(actor: Actor) -> Q:
    return access.scope(actor, "person.read").q(author="recorded_by")


def find(actor: Actor, query: PersonQuery, page: int = 1, size: int = PAGE_SIZE) -> Page:
    """Return one page of the people that match; two queries whatever their number."""
    found = files.findable(actor)
    if query.relation == "mine":
        found = found.filter(owner_id=actor.id)
    elif query.relation == "readable":
        found = found.filter(_readable(actor))
    if query.status:
        found = found.filter(status=query.status)
    for condition in _conditions(query):
        found = found.filter(condition)
    total = found.count()
    pages = max(1, -(-total // size))
    number = min(max(page, 1), pages)
    order = ("-changed_at", "id") if query.order == "changed" else ("sort_key", "id")
    readable = Case(
        When(_readable(actor), then=Value(value=True)), default=Value(value=False), output_field=BooleanField()
    )
    shown = found.annotate(readable=readable).order_by(*order)[(number - 1) * size : number * size]
    return Page(tuple(_row(row) for row in shown), total, number, pages)


def _row(row: models.Person) -> PersonRow:
    return PersonRow(
        id=row.id, label=row.label, born=row.born, case_number=row.case_number, authority_id=row.authority_id,
        owner_id=row.owner_id, status=row.status, desk=row.desk, changed_at=row.changed_at,
        readable=bool(getattr(row, "readable", False)),
    )  # fmt: skip


def _conditions(query: PersonQuery) -> list[Q]:
    text, born = (value.replace("\x00", "").strip() for value in (query.text, query.born))  # PostgreSQL takes no NUL
    conditions = []
    if text:
        by_names = Q()
        for token in names.fold(text).split():
            by_names &= Q(Exists(_with_key(Q(kind="name") & _prefixed(token))))
        number = families.with_case_number(text) | Q(Exists(_with_key(Q(kind="number", key=names.number_key(text)))))
        conditions.append((by_names | number) if by_names else number)
    if born:
        conditions.append(Q(Exists(_with_key(Q(kind="born", key=born)))))
    return conditions


def _with_key(condition: Q) -> QuerySet[models.PersonKey]:
    return models.PersonKey.objects.filter(condition, person=OuterRef("pk"))


def _prefixed(token: str) -> Q:
    start = token[: names.LONGEST_KEY]
    end = names.next_prefix(start)
    return Q(key__gte=start, key__lt=end) if end else Q(key__gte=start)


def history(actor: Actor, person_id: str, limit: int = 200) -> list[ChangeView]:
    """Return the changes of a file, newest first."""
    files.allowed(actor, "person.read", person_id)
    found = models.Change.objects.filter(person_id__in=families.ids(person_id)).order_by("-id")[:limit]
    return [
        ChangeView(
            at=row.at, by=row.by, kind=row.kind, entity=row.entity, entity_id=row.entity_id, before=row.before,
            after=row.after, reason=row.reason,
        )
        for row in found
    ]  # fmt: skip


def judgements(subject: str) -> list[JudgementView]:
    """Return every answer given about a subject, newest first, taken back or not. For parts that guard the subject."""
    return [
        JudgementView(
            id=row.id, subject=row.subject, person_id=row.person_id, verdict=row.verdict, grounds=tuple(row.grounds),
            reason=row.reason, at=row.at, by=row.by, withdrawn_at=row.withdrawn_at, withdrawn_by=row.withdrawn_by,
            withdrawn_because=row.withdrawn_because,
        )
        for row in models.Judgement.objects.filter(subject=subject).order_by("-at", "-id")
    ]  # fmt: skip


def view(person_id: str) -> PersonView:
    """Return the whole file to a part that has already asked access; raises NotFound."""
    found = rows.views(models.Person.objects.filter(pk=families.head(person_id)))
    if not found:
        raise NotFound("person")
    return found[0]


def completeness(person_id: str, today: date | None = None) -> list[Missing]:
    """Return what is missing for another state to recognise the person (:mod:`somec.persons.completeness`)."""
    return gate.missing(view(person_id), today or clock.now().date())


def identity_item(person_id: str, today: date | None = None) -> dict[str, Json]:
    """Return the identity item of a document about this person (:mod:`somec.persons.items`)."""
    return items.identity_item(view(person_id), today=today or clock.now().date())


def labels(person_ids: Collection[str]) -> Mapping[str, PersonLabel]:
    """Return what lists of other things show of these people, with one query; unknown ids are left out.

    The id of a merged file has the label, and the id, of the file into which it was merged.
    """
    people = models.Person.objects.filter(pk__in=set(person_ids)).select_related(families.LEADING)
    return {row.id: _label(families.leading(row)) for row in people}


def _label(row: models.Person) -> PersonLabel:
    return PersonLabel(
        id=row.id, label=row.label, born=row.born, case_number=row.case_number, authority_id=row.authority_id,
        owner_id=row.owner_id,
    )  # fmt: skip


def changed_since(person_id: str, at: datetime) -> list[ChangeView]:
    """Return what was corrected or withdrawn after an instant, for those who were told before (LED Art. 7(3))."""
    about = models.Change.objects.filter(person_id__in=families.ids(person_id), at__gt=at)
    found = about.exclude(kind="added").order_by("at", "id")
    return [
        ChangeView(
            at=row.at, by=row.by, kind=row.kind, entity=row.entity, entity_id=row.entity_id, before=row.before,
            after=row.after, reason=row.reason,
        )
        for row in found
    ]  # fmt: skip


def index_trouble() -> str:
    """Return the code of what keeps searches from finding everybody at present; empty where nothing does."""
    return indexing.trouble()


def count() -> int:
    """Return how many files this node has."""
    return models.Person.objects.filter(families.NOT_MERGED).count()


def match_records(person_ids: Sequence[str] | None = None) -> Iterator[PersonView]:
    """Return every file (or those named) in the order of ids, for the index of the matching engine; constant memory."""
    return rows.every_file(person_ids)
