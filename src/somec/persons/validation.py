"""What is wrong with a statement before it is written down: codes by field, for each kind of statement; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeAlias

from somec.kernel.errors import Invalid
from somec.kernel.ids import MAX_LENGTH
from somec.persons import numbers, rules
from somec.persons.messages import (
    Address,
    Biometric,
    Birth,
    Birthplace,
    Description,
    Document,
    Name,
    Nationality,
    NewPerson,
    Origin,
)

Mistakes: TypeAlias = dict[str, list[str]]
Statement: TypeAlias = Name | Birth | Birthplace | Nationality | Document | Address | Description | Biometric

LISTS = ("names", "births", "birthplaces", "nationalities", "documents", "addresses", "descriptions", "biometrics")


def check(statement: Statement, today: date) -> None:
    """Raise Invalid with every mistake of a statement."""
    found = mistakes(statement, today)
    if found:
        raise Invalid(f"{type(statement).__name__.lower()}.invalid", fields=found)


def check_person(person: NewPerson, today: date) -> None:
    """Raise Invalid with every mistake of a new person; fields are named ``names.0.family`` and so on."""
    found: Mistakes = {} if person.names else {"names": ["missing"]}
    found |= _kept({"sex": rules.choice_mistakes(person.sex, rules.Sex)})
    found |= _kept({"certainty": rules.choice_mistakes(person.certainty, rules.IdentityCertainty)})
    found |= _kept({"owner_id": rules.text_mistakes(person.owner_id, limit=MAX_LENGTH)})
    origin = _kept(origin_mistakes(person.certainty_origin, today))
    found |= {f"certainty_origin.{field}": codes for field, codes in origin.items()}
    if sum(name.main for name in person.names) > 1:
        found["names"] = ["several_main"]
    states = [item.state for item in person.nationalities]
    if len(set(states)) != len(states):
        found["nationalities"] = ["twice"]
    for plural in LISTS:
        for place, statement in enumerate(getattr(person, plural)):
            found |= {f"{plural}.{place}.{field}": codes for field, codes in mistakes(statement, today).items()}
    if found:
        raise Invalid("person.invalid", fields=found)


def mistakes(statement: Statement, today: date) -> Mistakes:
    """Return the codes of what is wrong, by field."""
    found = _CHECKS[type(statement)](statement, today)
    return _kept(found | origin_mistakes(statement.origin, today))


def _kept(found: Mistakes) -> Mistakes:
    return {field: codes for field, codes in found.items() if codes}


def _lines(statement: object, fields: Iterable[str], limit: int = rules.MAX_LINE) -> Mistakes:
    return {field: rules.text_mistakes(getattr(statement, field), limit=limit) for field in fields}


def origin_mistakes(origin: Origin, today: date) -> Mistakes:
    """Return what is wrong with where a statement is said to come from."""
    return {
        "source": rules.choice_mistakes(origin.source, rules.Source),
        "note": rules.text_mistakes(origin.note, limit=rules.MAX_NOTE),
        "evaluation": [] if rules.EVALUATION.fullmatch(origin.evaluation) else ["choice"],
        "as_of": _not_future(origin.as_of, today),
    }


def _not_future(day: date | None, today: date) -> list[str]:
    return ["in_the_future"] if day and day > today else []


def _name(name: Name, today: date) -> Mistakes:
    del today
    found = _lines(name, ("family", "given", "patronymic"), rules.MAX_NAME) | _lines(
        name, ("full",), 2 * rules.MAX_NAME
    )
    found["kind"] = rules.choice_mistakes(name.kind, rules.NameKind)
    found["script"] = [] if not name.script or rules.SCRIPT.fullmatch(name.script) else ["choice"]
    found["language"] = rules.text_mistakes(name.language, limit=rules.MAX_LANGUAGE)
    if len({roman.rule for roman in name.romanisations}) != len(name.romanisations):
        found["romanisations"] = ["twice"]
    if not any(any(map(str.isalpha, part)) for part in (name.family, name.given, name.full)):
        found["family"] = [*found["family"], "missing"]
    for place, roman in enumerate(name.romanisations):
        found |= {
            f"romanisations.{place}.{field}": codes
            for field, codes in (
                _lines(roman, ("family", "given", "patronymic"), 2 * rules.MAX_NAME)
                | {"rule": rules.text_mistakes(roman.rule, limit=rules.MAX_RULE, required=True)}
            ).items()
        }
    return found


def _birth(birth: Birth, today: date) -> Mistakes:
    codes = []
    if birth.date.year < rules.OLDEST_YEAR:
        codes.append("too_old")
    if birth.date.earliest > today:
        codes.append("in_the_future")
    return {"date": codes, "certainty": rules.choice_mistakes(birth.certainty, rules.Certainty)}


def _birthplace(place: Birthplace, today: date) -> Mistakes:
    del today
    found = _lines(place, ("locality",)) | {"state": rules.state_mistakes(place.state)}
    found["other_names"] = [code for name in place.other_names for code in rules.text_mistakes(name, required=True)]
    if not place.locality.strip() and not place.state:
        found["locality"] = ["missing"]
    return found


def _nationality(item: Nationality, today: date) -> Mistakes:
    del today
    return {
        "state": rules.nationality_mistakes(item.state),
        "certainty": rules.choice_mistakes(item.certainty, rules.Certainty),
    }


def _document(paper: Document, today: date) -> Mistakes:
    return {
        "kind": rules.choice_mistakes(paper.kind, rules.DocumentKind),
        "number": numbers.mistakes(paper.number),
        "state": rules.state_mistakes(paper.state, required=True),
        "valid_until": rules.period_mistakes(paper.valid_from, paper.valid_until),
        "status": rules.choice_mistakes(paper.status, rules.DocumentStatus),
        "status_since": _not_future(paper.status_since, today),
    }


def _address(place: Address, today: date) -> Mistakes:
    del today
    found = _lines(place, ("street", "locality")) | _lines(place, ("postal_code",), 20)
    found |= {
        "kind": rules.choice_mistakes(place.kind, rules.AddressKind),
        "state": rules.state_mistakes(place.state),
        "until": rules.period_mistakes(place.since, place.until),
    }
    if not (place.street.strip() or place.locality.strip() or place.state):
        found["street"] = ["missing"]
    return found


def _description(part: Description, today: date) -> Mistakes:
    del today
    return {
        "feature": rules.choice_mistakes(part.feature, rules.Feature),
        "value": rules.feature_mistakes(part.feature, part.value),
        "language": rules.text_mistakes(part.language, limit=rules.MAX_LANGUAGE),
    }


def _biometric(item: Biometric, today: date) -> Mistakes:
    return {
        "kind": rules.choice_mistakes(item.kind, rules.BiometricKind),
        "held_by": rules.text_mistakes(item.held_by, required=True),
        "state": rules.state_mistakes(item.state, required=True),
        "reference": rules.text_mistakes(item.reference, limit=100),
        "taken": _not_future(item.taken, today),
    }


_CHECKS: dict[type, Callable[..., Mistakes]] = {
    Name: _name,
    Birth: _birth,
    Birthplace: _birthplace,
    Nationality: _nationality,
    Document: _document,
    Address: _address,
    Description: _description,
    Biometric: _biometric,
}
