"""The ``identity`` item of a document: a person's statements as JSON and back; pure.

Notes in an officer's own words and internal references stay at home. What another state sent is read tolerantly: what
is unknown or cannot be right is left out of the file, never guessed; the document itself keeps everything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final, TypeVar

from somec.kernel import ids
from somec.kernel.canonical import Json
from somec.kernel.errors import Invalid
from somec.persons import rules
from somec.persons.dates import PartialDate
from somec.persons.messages import (
    Biometric,
    Birth,
    Birthplace,
    Description,
    Document,
    Name,
    Nationality,
    NewPerson,
    Origin,
    PersonView,
    Romanisation,
)  # fmt: skip

Statement = TypeVar("Statement")
CATEGORY: Final = "identity"
MAX_ENTRIES: Final = 50  # of one kind, from a document: nobody has fifty birthplaces


def identity_item(person: PersonView, *, today: date) -> dict[str, Json]:
    """Return the item that goes into a document: fact, category ``identity``, with source, as-of date and 4x4 code."""
    origin = person.certainty_origin
    return {
        "id": ids.derived_id("itm", person.id, CATEGORY, str(person.version)),
        "kind": "fact",
        "category": CATEGORY,
        "data": identity_data(person),
        "source": origin.source,
        "as_of": (origin.as_of or today).isoformat(),
        "evaluation": origin.evaluation,
        "owner": person.state,
    }


def identity_data(person: PersonView) -> dict[str, Json]:
    """Return what another state needs to recognise the person, and no more."""
    home = next((place for place in person.addresses if place.kind == "home" and place.until is None), None)
    data: dict[str, Json] = {
        "person": person.id,
        "certainty": person.certainty,
        "sex": person.sex,
        "names": [_name(name) for name in person.names],
        "births": [
            {**_origin(birth.origin), "birth_date": str(birth.date), "certainty": birth.certainty}
            for birth in person.births
        ],
        "birth_places": [
            _filled(locality=place.locality, other_names=list(place.other_names), birth_country=place.state)
            | _origin(place.origin)
            for place in person.birthplaces
        ],
        "citizenships": [
            {**_origin(item.origin), "country": item.state, "certainty": item.certainty}
            for item in person.nationalities
        ],
        "identifiers": [_document(paper) for paper in person.documents],
        "descriptions": [
            _filled(feature=part.feature, value=part.value, language=part.language) | _origin(part.origin)
            for part in person.descriptions
        ],
        "biometrics": [
            _filled(
                kind=item.kind, held_by=item.held_by, state=item.state, reference=item.reference, taken=_day(item.taken)
            )
            for item in person.biometrics
        ],
    }
    if home and home.state:
        data["residency"] = _filled(country=home.state, locality=home.locality)
    return data


def _name(name: Name) -> dict[str, Json]:
    romanised: list[Json] = [
        _filled(rule=roman.rule, family_name=roman.family, given_name=roman.given, patronymic_name=roman.patronymic)
        for roman in name.romanisations
    ]
    return (
        _filled(
            kind=name.kind, full_name=name.full or name.written, family_name=name.family, given_name=name.given,
            patronymic_name=name.patronymic, script=name.script, language=name.language, romanisations=romanised,
        )
        | ({"main": True} if name.main else {})
        | _origin(name.origin)
    )  # fmt: skip


def _document(paper: Document) -> dict[str, Json]:
    return _filled(
        kind=paper.kind, notation=paper.number, issuing_state=paper.state, valid_until=_day(paper.valid_until),
        status=paper.status, status_since=_day(paper.status_since), check=paper.check,
    ) | _origin(paper.origin)  # fmt: skip


def _origin(origin: Origin) -> dict[str, Json]:
    return _filled(source=origin.source, as_of=_day(origin.as_of), evaluation=origin.evaluation)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _filled(**values: Json) -> dict[str, Json]:
    return {name: value for name, value in values.items() if value not in ("", [], None)}


def read_identity(item: Mapping[str, Any]) -> NewPerson:
    """Return what an identity item (or only its ``data``) says; raises Invalid without a name."""
    data = item.get("data", item)
    if not isinstance(data, Mapping):
        raise Invalid("identity.malformed")
    names = _read_all(data, "names", _read_name)
    if not names:
        raise Invalid("identity.no_name")
    return NewPerson(
        names=names,
        sex=_choice(data.get("sex"), rules.Sex, "unknown"),
        births=_read_all(data, "births", _read_birth),
        birthplaces=_read_all(data, "birth_places", _read_place),
        nationalities=_read_all(data, "citizenships", _read_nationality),
        documents=_read_all(data, "identifiers", _read_document),
        addresses=(),
        descriptions=_read_all(data, "descriptions", _read_description),
        biometrics=_read_all(data, "biometrics", _read_biometric),
        certainty=_choice(data.get("certainty"), rules.IdentityCertainty, "not_settled"),
        certainty_origin=_read_origin(item if "data" in item else {}),
    )


def _read_all(
    data: Mapping[str, Any], field: str, read: Callable[[Mapping[str, Any]], Statement | None]
) -> tuple[Statement, ...]:
    given = data.get(field)
    entries: list[Any] = given if isinstance(given, list) else []
    found = (read(entry) for entry in entries[:MAX_ENTRIES] if isinstance(entry, Mapping))
    return tuple(statement for statement in found if statement is not None)


def _line(entry: Mapping[str, Any], field: str, limit: int = rules.MAX_LINE) -> str:
    value = entry.get(field, "")
    return value.strip() if isinstance(value, str) and not rules.text_mistakes(value, limit=limit) else ""


def _choice(value: object, choices: type[StrEnum], default: str) -> str:
    return value if isinstance(value, str) and not rules.choice_mistakes(value, choices) else default


def _read_day(value: object) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _read_origin(entry: Mapping[str, Any]) -> Origin:
    evaluation = entry.get("evaluation")
    assessed = isinstance(evaluation, str) and rules.EVALUATION.fullmatch(evaluation)
    return Origin(
        source=_choice(entry.get("source"), rules.Source, rules.Source.OTHER_STATE.value),
        as_of=_read_day(entry.get("as_of")),
        evaluation=str(evaluation) if assessed else rules.UNASSESSED,
    )


def _read_name(entry: Mapping[str, Any]) -> Name | None:
    family, given = _line(entry, "family_name"), _line(entry, "given_name")
    full = "" if family else _line(entry, "full_name")
    if not (family or given or full):
        return None
    by_rule = {roman.rule: roman for roman in _read_all(entry, "romanisations", _read_romanisation)}
    script = _line(entry, "script", 4)
    return Name(
        kind=_choice(entry.get("kind"), rules.NameKind, rules.NameKind.CLAIMED.value), family=family, given=given,
        patronymic=_line(entry, "patronymic_name"), full=full, script=script if rules.SCRIPT.fullmatch(script) else "",
        language=_line(entry, "language", 12), main=entry.get("main") is True, romanisations=tuple(by_rule.values()),
        origin=_read_origin(entry),
    )  # fmt: skip


def _read_romanisation(entry: Mapping[str, Any]) -> Romanisation | None:
    rule = _line(entry, "rule", 40)
    parts = {part: _line(entry, f"{part}_name") for part in ("family", "given", "patronymic")}
    return Romanisation(rule=rule, **parts) if rule and any(parts.values()) else None


def _read_birth(entry: Mapping[str, Any]) -> Birth | None:
    try:
        day = PartialDate.parse(str(entry.get("birth_date", "")))
    except Invalid:
        return None
    if day.year < rules.OLDEST_YEAR:
        return None
    return Birth(
        date=day, certainty=_choice(entry.get("certainty"), rules.Certainty, "said"), origin=_read_origin(entry)
    )


def _read_place(entry: Mapping[str, Any]) -> Birthplace | None:
    locality, state = _line(entry, "locality"), _state(entry, "birth_country")
    others = entry.get("other_names")
    names = (
        tuple(name for name in others if isinstance(name, str) and not rules.text_mistakes(name))
        if isinstance(others, list)
        else ()
    )
    return (
        Birthplace(locality=locality, other_names=names, state=state, origin=_read_origin(entry))
        if locality or state
        else None
    )


def _state(entry: Mapping[str, Any], field: str) -> str:
    code = _line(entry, field, 2)
    return "" if rules.state_mistakes(code) else code


def _read_nationality(entry: Mapping[str, Any]) -> Nationality | None:
    state = _state(entry, "country")
    certainty = _choice(entry.get("certainty"), rules.Certainty, "said")
    return Nationality(state=state, certainty=certainty, origin=_read_origin(entry)) if state else None


def _read_document(entry: Mapping[str, Any]) -> Document | None:
    number, state = _line(entry, "notation", 40), _state(entry, "issuing_state")
    if not number or not state:
        return None
    return Document(
        kind=_choice(entry.get("kind"), rules.DocumentKind, "other"), number=number, state=state,
        valid_until=_read_day(entry.get("valid_until")), status_since=_read_day(entry.get("status_since")),
        status=_choice(entry.get("status"), rules.DocumentStatus, "in_order"), origin=_read_origin(entry),
    )  # fmt: skip


def _read_description(entry: Mapping[str, Any]) -> Description | None:
    feature = _choice(entry.get("feature"), rules.Feature, "other")
    value = _line(entry, "value")
    if not value or rules.feature_mistakes(feature, value):
        return None
    return Description(feature=feature, value=value, language=_line(entry, "language", 12), origin=_read_origin(entry))


def _read_biometric(entry: Mapping[str, Any]) -> Biometric | None:
    kind, holder, state = str(entry.get("kind", "")), _line(entry, "held_by"), _state(entry, "state")
    if rules.choice_mistakes(kind, rules.BiometricKind) or not holder or not state:
        return None
    return Biometric(
        kind=kind, held_by=holder, state=state, reference=_line(entry, "reference", 100),
        taken=_read_day(entry.get("taken")), origin=_read_origin(entry),
    )  # fmt: skip
