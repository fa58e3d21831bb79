"""Entries of a record as frozen values: taken in by actions, given out by queries, sent as items of a document.

Items are JSON in snake_case: ``conviction`` and ``order`` are facts, ``assessment`` is one. Persons at risk and
triggers have no item: they never leave the node. Fields are only added, never renamed or given another meaning.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any, TypeAlias

from somec.kernel.canonical import Json
from somec.persons.dates import PartialDate
from somec.persons.messages import UNKNOWN_ORIGIN, Origin


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Offence:
    """One offence: ECRIS code (``1001 00``) with its parameters (C, A, M, H, S, R), national words, when and where."""

    code: str
    parameters: tuple[str, ...] = ()
    classification: str = ""
    language: str = ""
    provision: str = ""
    committed_from: PartialDate | None = None
    committed_until: PartialDate | None = None
    place: str = ""
    state: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Sanction:
    """One penalty or measure: ECRIS code (``1001``) with its parameters and its length in months and days."""

    code: str
    parameters: tuple[str, ...] = ()
    months: int | None = None
    days: int | None = None
    note: str = ""
    language: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Conviction:
    """A conviction (FD 2009/315/JHA Art. 11(1)). ``spent`` is said under the law of ``state``."""

    state: str
    decided: date
    court: str = ""
    reference: str = ""
    final: date | None = None
    responsibility: str = "responsible"
    spent: str = "unknown"
    offences: tuple[Offence, ...] = ()
    sanctions: tuple[Sanction, ...] = ()
    origin: Origin = UNKNOWN_ORIGIN
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Condition:
    """One condition: measure of the catalogue (FD 2008/947/JHA Art. 4), its words, and where it binds today."""

    measure: str
    words: str = ""
    language: str = ""
    starts: date | None = None
    ends: date | None = None
    status: str = "in_force"
    status_since: date | None = None
    binds_in: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Order:
    """A decision with conditions, and the authority that supervises."""

    kind: str
    state: str
    decided: date
    starts: date
    supervising_state: str
    ends: date | None = None
    court: str = ""
    reference: str = ""
    supervisor: str = ""
    conviction_id: str = ""
    conditions: tuple[Condition, ...] = ()
    origin: Origin = UNKNOWN_ORIGIN
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Assessment:
    """An assessment made elsewhere: ``level`` is its own wording in ``language``.

    ``neutral`` (1 to 5) needs the source of its mapping; ``individual`` is False for a rating that a whole group got.
    """

    instrument: str
    performed: date
    assessor_role: str
    level: str
    language: str
    state: str
    subject: str = "other"
    individual: bool = True
    instrument_version: str = ""
    valid_until: date | None = None
    assessor_authority: str = ""
    points: str = ""
    neutral: int | None = None
    mapping_source: str = ""
    origin: Origin = UNKNOWN_ORIGIN
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Trigger:
    """An event at which somebody is asked to decide."""

    kind: str
    on: date
    state: str = ""
    words: str = ""
    language: str = ""
    origin: Origin = UNKNOWN_ORIGIN
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MovementSign:
    """A sign of a move or of a link to other states; ``sign`` is an id of the catalogue's movement signs."""

    sign: str
    states: tuple[str, ...] = ()
    on: date | None = None
    words: str = ""
    language: str = ""
    origin: Origin = UNKNOWN_ORIGIN
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PersonAtRisk:
    """A person to be kept safe. Lives in the closed compartment and has no item."""

    relation: str
    name: str = ""
    state: str = ""
    words: str = ""
    language: str = ""
    contact_authority: str = ""
    no_contact: bool = False
    origin: Origin = UNKNOWN_ORIGIN
    id: str = ""


Entry: TypeAlias = Conviction | Order | Assessment | Trigger | MovementSign | PersonAtRisk


def plain(value: Any) -> Any:
    """Return a value of this module as JSON, for the history, without the ids of its parts."""
    if is_dataclass(value) and not isinstance(value, type | PartialDate):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value) if field.name != "id"}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PartialDate):
        return str(value)
    return [plain(item) for item in value] if isinstance(value, tuple | list) else value


def item(entry: Conviction | Order | Assessment, *, owner: str) -> dict[str, Json]:
    """Return the item that goes into a document. Notes in an officer's own words stay at home."""
    kind, category, data, dated = _ITEMS[type(entry)](entry)
    origin = entry.origin
    return {
        "id": entry.id,
        "kind": kind,
        "category": category,
        "data": data,
        "source": origin.source,
        "as_of": (origin.as_of or dated).isoformat(),
        "evaluation": origin.evaluation,
        "owner": owner,
    }


def _filled(**values: Any) -> dict[str, Json]:
    return {name: plain(value) for name, value in values.items() if value not in ("", (), [], None)}


def _conviction(entry: Conviction) -> tuple[str, str, dict[str, Json], date]:
    data = _filled(
        state=entry.state, court=entry.court, reference=entry.reference, decided=entry.decided, final=entry.final,
        responsibility=entry.responsibility, spent=entry.spent,
        offences=[
            _filled(
                code=offence.code, parameters=offence.parameters, classification=offence.classification,
                language=offence.language, provision=offence.provision, committed_from=offence.committed_from,
                committed_until=offence.committed_until, place=offence.place, state=offence.state,
            )
            for offence in entry.offences
        ],
        sanctions=[
            _filled(
                code=sanction.code, parameters=sanction.parameters, months=sanction.months, days=sanction.days,
                note=sanction.note, language=sanction.language,
            )
            for sanction in entry.sanctions
        ],
    )  # fmt: skip
    return "fact", "conviction", data, entry.final or entry.decided


def _order(entry: Order) -> tuple[str, str, dict[str, Json], date]:
    data = _filled(
        kind=entry.kind, state=entry.state, court=entry.court, reference=entry.reference, decided=entry.decided,
        starts=entry.starts, ends=entry.ends, supervisor=entry.supervisor, supervising_state=entry.supervising_state,
        conviction=entry.conviction_id,
        conditions=[
            _filled(
                measure=condition.measure, words=condition.words, language=condition.language, starts=condition.starts,
                ends=condition.ends, status=condition.status, status_since=condition.status_since,
                binds_in=condition.binds_in,
            )
            for condition in entry.conditions
        ],
    )  # fmt: skip
    return "fact", "order", data, entry.decided


def _assessment(entry: Assessment) -> tuple[str, str, dict[str, Json], date]:
    data = _filled(
        subject=entry.subject, instrument=entry.instrument, instrument_version=entry.instrument_version,
        performed=entry.performed, valid_until=entry.valid_until, assessor_role=entry.assessor_role,
        assessor_authority=entry.assessor_authority, state=entry.state, level=entry.level, language=entry.language,
        points=entry.points, neutral_level=entry.neutral, mapping_source=entry.mapping_source,
    )  # fmt: skip
    return "assessment", "assessment", data | {"individual": entry.individual}, entry.performed


_ITEMS: dict[type, Any] = {Conviction: _conviction, Order: _order, Assessment: _assessment}
