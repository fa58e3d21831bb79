"""Builds typed entries from the packaged files, once for each process, and checks what they say about each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import TypedDict, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from somec.catalogue import entries as shapes
from somec.catalogue.errors import CatalogueError
from somec.catalogue.labels import Labels
from somec.catalogue.reading import LANGUAGES, Row, packaged, read_entries, read_object

Item = TypeVar("Item", bound=shapes.Sourced)
Table = Mapping[str, Item]


class _Common(TypedDict):
    id: str
    labels: Labels
    source: shapes.Source
    verified: bool


@cache
def sources() -> Mapping[str, shapes.Source]:
    """Return every source by id."""
    return read_sources("sources.json", packaged("sources.json"))


def read_sources(file: str, content: bytes) -> Mapping[str, shapes.Source]:
    """Return the sources that ``content`` lists."""
    found: dict[str, shapes.Source] = {}
    for row in read_entries(file, content, "source"):
        found[row.text("id")] = shapes.Source(
            id=row.text("id"),
            citation=row.text("citation"),
            locator=row.text("locator"),
            celex=row.text_or_none("celex") or "",
            basis=row.choice("basis", shapes.SourceBasis),
        )
        row.finish()
    return MappingProxyType(found)


@cache
def edition() -> shapes.Edition:
    """Return which edition of the catalogue this release carries."""
    row = read_object("edition.json", packaged("edition.json"))
    try:
        law_as_of = date.fromisoformat(row.text("law_as_of"))
    except ValueError as error:
        raise CatalogueError("catalogue.not_a_date", file="edition.json", place="law_as_of") from error
    found = shapes.Edition(number=row.number("number"), law_as_of=law_as_of, note=row.text("note"))
    row.finish()
    return found


def common(row: Row) -> _Common:
    """Read what every entry has, and refuse one that claims to be verified from memory or from the project alone."""
    source = row.source(sources())
    verified = row.flag("verified")
    check_verified(row, source, verified=verified)
    return {"id": row.text("id"), "labels": row.labels(), "source": source, "verified": verified}


def default_of(file: str) -> str:
    """Return the id that a packaged file names as its default."""
    return read_object(file, packaged(file)).text("default")


def check_verified(row: Row, source: shapes.Source, *, verified: bool) -> None:
    """Only a text that somebody read can be verified."""
    if verified and source.basis in {shapes.SourceBasis.RECALLED, shapes.SourceBasis.PROJECT}:
        raise CatalogueError("catalogue.verified_without_reading", file=row.file, place=row.place, found=source.id)


def table(file: str, kind: str, build: Callable[[Row], Item], content: bytes | None = None) -> Table[Item]:
    """Return the entries of a packaged file by id, in the order of the file."""
    found: dict[str, Item] = {}
    for row in read_entries(file, packaged(file) if content is None else content, kind):
        item = build(row)
        row.finish()
        found[item.id] = item
    return MappingProxyType(found)


def _offence(row: Row) -> shapes.Offence:
    return shapes.Offence(
        **common(row),
        category=row.text("category"),
        open_category=row.flag("open"),
        tags=row.choices("tags", shapes.OffenceTag),
        notes=row.texts("notes"),
    )


def _offence_parameter(row: Row) -> shapes.OffenceParameter:
    return shapes.OffenceParameter(**common(row), group=row.text("group"))


def _sanction(row: Row) -> shapes.Sanction:
    return shapes.Sanction(
        **common(row), category=row.text("category"), open_category=row.flag("open"), notes=row.texts("notes")
    )


def _sanction_parameter(row: Row) -> shapes.SanctionParameter:
    return shapes.SanctionParameter(**common(row), notes=row.texts("notes"))


def _measure(row: Row) -> shapes.Measure:
    measure = shapes.Measure(**common(row), article=row.text("article"), sanctions=row.texts("sanctions"))
    for code in measure.sanctions:
        if code not in sanctions():
            raise CatalogueError("catalogue.reference", file=row.file, place=f"{row.place}.sanctions", found=code)
    return measure


def _listed_offence(row: Row) -> shapes.ListedOffence:
    return shapes.ListedOffence(**common(row), number=row.number("number"), relevant=row.flag("relevant"))


def _handling_code(row: Row) -> shapes.HandlingCode:
    return shapes.HandlingCode(**common(row), text_required=row.flag("text_required"))


def _evaluation_code(row: Row) -> shapes.EvaluationCode:
    return shapes.EvaluationCode(**common(row), scale=row.choice("scale", shapes.EvaluationScale))


def _article_entry(row: Row) -> shapes.ArticleEntry:
    return shapes.ArticleEntry(**common(row), article=row.text("article", empty=True))


def _plain(row: Row) -> shapes.Entry:
    return shapes.Entry(**common(row))


def _state(row: Row) -> shapes.State:
    source, verified = row.source(sources()), row.flag("verified")
    check_verified(row, source, verified=verified)
    state = shapes.State(
        id=row.text("id"),
        source=source,
        verified=verified,
        iso3=row.text("iso3"),
        eu_code=row.text("eu_code"),
        languages=row.texts("languages"),
        time_zone=row.text("time_zone"),
        participation_note=row.text("participation_note", empty=True),
    )
    if not set(state.languages) <= LANGUAGES or not state.languages:
        raise CatalogueError("catalogue.labels_languages", file=row.file, place=f"{row.place}.languages")
    try:
        ZoneInfo(state.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CatalogueError("catalogue.time_zone", file=row.file, place=row.place, found=state.time_zone) from error
    return state


def _purpose(row: Row) -> shapes.Purpose:
    return shapes.Purpose(
        **common(row),
        article=row.text("article", empty=True),
        minutes=row.number("minutes"),
        protected=row.flag("protected"),
        authorities=row.choices("authorities", shapes.AuthorityKind),
        needs_reason=row.flag("needs_reason"),
        review=row.flag("review"),
    )


def _in_category(found: Table[Item], file: str, category: Callable[[Item], str]) -> Table[Item]:
    for item in found.values():
        if category(item) not in found:
            raise CatalogueError("catalogue.reference", file=file, place=item.id, found=category(item))
    return found


@cache
def offences() -> Table[shapes.Offence]:
    """Return the ECRIS offence categories by code."""
    return _in_category(table("offences.json", "offence", _offence), "offences.json", lambda item: item.category)


@cache
def offence_parameters() -> Table[shapes.OffenceParameter]:
    """Return the ECRIS offence parameters by letter."""
    return table("offence_parameters.json", "offence_parameter", _offence_parameter)


@cache
def sanctions() -> Table[shapes.Sanction]:
    """Return the ECRIS sanctions by code."""
    return _in_category(table("sanctions.json", "sanction", _sanction), "sanctions.json", lambda item: item.category)


@cache
def sanction_parameters() -> Table[shapes.SanctionParameter]:
    """Return the ECRIS sanction parameters by letter."""
    return table("sanction_parameters.json", "sanction_parameter", _sanction_parameter)


@cache
def measures() -> Table[shapes.Measure]:
    """Return the measures of FD 2008/947/JHA, Art. 4 by id."""
    return table("measures.json", "measure", _measure)


@cache
def listed_offences() -> Table[shapes.ListedOffence]:
    """Return the 32 headings of FD 2008/947/JHA, Art. 10(1) by id."""
    return table("listed_offences.json", "listed_offence", _listed_offence)


@cache
def handling_codes() -> Table[shapes.HandlingCode]:
    """Return the handling codes by id."""
    return table("handling_codes.json", "handling_code", _handling_code)


@cache
def evaluation_codes() -> Table[shapes.EvaluationCode]:
    """Return letters and digits of the 4x4 scheme."""
    return table("evaluation_codes.json", "evaluation_code", _evaluation_code)


@cache
def states() -> Table[shapes.State]:
    """Return the 27 Member States by ISO 3166 alpha-2 code."""
    return table("states.json", "state", _state)


@cache
def purposes() -> Table[shapes.Purpose]:
    """Return the purposes of access by id."""
    return table("purposes.json", "purpose", _purpose)


@cache
def article_entries(kind: str) -> Table[shapes.ArticleEntry]:
    """Return the entries of a kind that rests on one article each."""
    files = {
        "data_subject_category": "data_subject_categories.json",
        "statement_kind": "statement_kinds.json",
        "permitted_use": "permitted_uses.json",
    }
    return table(files[kind], kind, _article_entry)


@cache
def plain_entries(kind: str) -> Table[shapes.Entry]:
    """Return the entries of a kind that has labels only."""
    files = {
        "risk_level": "risk_levels.json",
        "channel": "channels.json",
        "authority_kind": "authority_kinds.json",
        "movement_sign": "movement_signs.json",
        "initiative_term": "initiative_terms.json",
    }
    return table(files[kind], kind, _plain)
