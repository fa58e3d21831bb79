"""Every entry of every kind by its id, for people who look something up without knowing its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import TypeAlias, cast

from somec.catalogue import loading, mechanism_loading
from somec.catalogue.entries import Sourced
from somec.catalogue.errors import UnknownEntry
from somec.catalogue.labels import Labels
from somec.kernel.canonical import Json

Lookup: TypeAlias = Callable[[], Mapping[str, Sourced]]

KINDS: Mapping[str, Lookup] = {
    "mechanism": mechanism_loading.mechanisms,
    "offence": loading.offences,
    "offence_parameter": loading.offence_parameters,
    "sanction": loading.sanctions,
    "sanction_parameter": loading.sanction_parameters,
    "measure": loading.measures,
    "listed_offence": loading.listed_offences,
    "handling_code": loading.handling_codes,
    "evaluation_code": loading.evaluation_codes,
    "state": loading.states,
    "purpose": loading.purposes,
    "data_subject_category": lambda: loading.article_entries("data_subject_category"),
    "statement_kind": lambda: loading.article_entries("statement_kind"),
    "permitted_use": lambda: loading.article_entries("permitted_use"),
    "channel": lambda: loading.plain_entries("channel"),
    "authority_kind": lambda: loading.plain_entries("authority_kind"),
    "movement_sign": lambda: loading.plain_entries("movement_sign"),
    "risk_level": lambda: loading.plain_entries("risk_level"),
    "initiative_term": lambda: loading.plain_entries("initiative_term"),
}


def entries(kind: str) -> Mapping[str, Sourced]:
    """Return the entries of a kind by id; raises UnknownEntry for a kind that there is not."""
    table = KINDS.get(kind)
    if table is None:
        raise UnknownEntry("kind", kind)
    return table()


def find(text: str) -> tuple[tuple[str, Sourced], ...]:
    """Return every entry with this id and its kind, in any case of letters, with or without spaces.

    ``kind:id`` narrows to one kind. Raises UnknownEntry where there is none.
    """
    kind, _, wanted = text.rpartition(":")
    if kind not in KINDS:
        kind, wanted = "", text
    tables = {kind: entries(kind)} if kind else {name: table() for name, table in KINDS.items()}
    found = tuple(
        (name, entry) for name, table in tables.items() for key, entry in table.items() if _plain(key) == _plain(wanted)
    )
    if not found:
        raise UnknownEntry(kind or "entry", wanted)
    return found


def _plain(text: str) -> str:
    return text.replace(" ", "").casefold()


def as_json(value: object) -> Json:
    """Return an entry, or a part of one, as JSON: field names as in the code, sets sorted, labels by language."""
    if isinstance(value, Labels):
        result: Json = dict(value.texts)
    elif is_dataclass(value) and not isinstance(value, type):
        result = {item.name: as_json(getattr(value, item.name)) for item in fields(value)}
    elif isinstance(value, Enum):
        result = cast("str", value.value)
    elif isinstance(value, frozenset):
        result = cast("list[Json]", sorted(str(as_json(item)) for item in value))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        result = [as_json(item) for item in value]
    elif isinstance(value, date):
        result = value.isoformat()
    else:
        result = cast("str | int | bool | None", value)
    return result
