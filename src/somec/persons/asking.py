"""From what was typed or sent to a person the engine can compare, and back to the values both sides wrote; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from somec.kernel.errors import Invalid
from somec.persons import evidence, rules
from somec.persons.dates import PartialDate
from somec.persons.messages import Birth, Birthplace, Document, Known, Name, Nationality, NewPerson, PersonView
from somec.persons.rules import BiometricKind, Feature, Sex
from somec.persons.search import Direction, Evidence, PersonSearch, SearchName, Sides

MOST_VALUES: Final = 10
"""Names, dates, documents … of one question; more is no question about one person."""
HIDDEN: Final = "field.withheld"
"""Code of the evidence of a field of :data:`WITHHELD` that was asked about."""
WITHHELD: Final = frozenset({"nationality", "birthplace", "document", "height", "fingerprints"})
"""Fields of a file that are not shown to someone who may find the file but not read it."""


def mistakes(query: PersonSearch) -> dict[str, list[str]]:
    """Return the codes of what is wrong with a question, by field."""
    lists = ("names", "born", "nationalities", "birthplaces", "documents")
    wrong: dict[str, list[str]] = {name: ["too_many"] for name in lists if len(getattr(query, name)) > MOST_VALUES}
    parts = [part for name in query.names for part in (name.full, name.family, name.given, name.patronymic)]
    for field, texts in (
        ("names", parts),
        ("birthplaces", query.birthplaces),
        ("documents", query.documents),
        ("case_number", (query.case_number,)),
    ):
        if any(len(text) > rules.MAX_LINE for text in texts):
            wrong.setdefault(field, []).append("too_long")
    if query.prior is not None and not 0.0 < query.prior < 1.0:
        wrong["prior"] = ["range"]
    if query.sex:
        wrong["sex"] = rules.choice_mistakes(query.sex, Sex)
    wrong["nationalities"] = wrong.get("nationalities", []) + sorted(
        {code for state in query.nationalities for code in rules.state_mistakes(state)}
    )
    wrong["born"] = wrong.get("born", []) + _date_mistakes(query.born)
    return {field: codes for field, codes in wrong.items() if codes}


def _date_mistakes(texts: Iterable[str]) -> list[str]:
    found = set()
    for text in texts:
        try:
            PartialDate.parse(text)
        except Invalid as error:
            found.add(error.code.removeprefix("date."))
    return sorted(found)


def filled(query: PersonSearch) -> list[str]:
    """Return which fields were filled, for the log."""
    fields = PersonSearch.__dataclass_fields__
    return sorted(name for name in fields if name != "prior" and getattr(query, name))


def known(query: PersonSearch) -> NewPerson:
    """Return a checked question as what is known of a person; it may have no name."""
    return NewPerson(
        names=tuple(_name(one) for one in query.names if one.full or one.family or one.given or one.patronymic),
        sex=query.sex or Sex.UNKNOWN.value,
        births=tuple(Birth(date=PartialDate.parse(text)) for text in query.born),
        birthplaces=tuple(Birthplace(locality=_plain(text)) for text in query.birthplaces if text.strip()),
        nationalities=tuple(Nationality(state=state) for state in query.nationalities),
        documents=tuple(
            Document(kind="other", number=_plain(text), state="") for text in query.documents if text.strip()
        ),
    )


def _name(name: SearchName) -> Name:
    return Name(
        full=_plain(name.full), family=_plain(name.family), given=_plain(name.given), patronymic=_plain(name.patronymic)
    )


def _plain(text: str) -> str:
    """Return the text without NUL, which PostgreSQL refuses; the engine takes care of every other character."""
    return text.replace("\x00", "").strip()


def sides(asked: Known, filed: PersonView, *, readable: bool) -> tuple[Sides, ...]:
    """Return what both sides wrote, field by field, in the order in which people read it."""
    left, right = _values(asked), _values(filed)
    latin = tuple(
        dict.fromkeys(
            _written(one.family, one.given, one.patronymic, "") for name in filed.names for one in name.romanisations
        )
    )
    return tuple(
        Sides(
            field=field,
            asked=left[field],
            filed=() if (hidden := field in WITHHELD and not readable) else right[field],
            filed_latin=latin if field == "name" else (),
            withheld=hidden and bool(right[field]),
        )
        for field in left
    )


def limited(pieces: Iterable[Evidence], shown: Iterable[Sides]) -> tuple[Evidence, ...]:
    """Return evidence without what fields say that this reader may not see: neither agreement nor contradiction.

    That a field was not asked about stays; it says nothing of the file.
    """
    asked = {one.field for one in shown if one.field in WITHHELD and one.asked}
    hidden = [Evidence(field=field, direction=Direction.MISSING, bits=0.0, code=HIDDEN) for field in sorted(asked)]
    silent = {one.field for one in shown if one.field in WITHHELD and not one.asked}
    kept = [
        replace(one, direction=Direction.MISSING, bits=0.0, code=f"{one.field}.missing") if one.field in silent else one
        for one in pieces
        if one.field not in asked
    ]
    return (*kept, *hidden)


def _values(person: Known) -> dict[str, tuple[str, ...]]:
    height = [one.value for one in person.descriptions if one.feature == Feature.HEIGHT_CM]
    prints = [one.held_by for one in person.biometrics if one.kind == BiometricKind.FINGERPRINTS]
    places = [place.locality or place.state for place in person.birthplaces]
    found: dict[str, Iterable[str]] = {
        "name": [_written(name.family, name.given, name.patronymic, name.full) for name in person.names],
        "birth_date": sorted(str(birth.date) for birth in person.births),
        "birthplace": places,
        "nationality": sorted(one.state for one in person.nationalities),
        "sex": [person.sex] if person.sex != Sex.UNKNOWN else [],
        "document": [paper.number for paper in person.documents],
        "height": height,
        "fingerprints": prints,
    }
    return {field: tuple(dict.fromkeys(filter(None, values))) for field, values in found.items()}


def _written(family: str, given: str, patronymic: str, full: str) -> str:
    if full and not family:
        return full
    return ", ".join(part for part in (family, " ".join(filter(None, (given, patronymic)))) if part)


def plain_evidence(asked: Known, filed: Known) -> tuple[Evidence, ...]:
    """Return what is shown without weight: height, and whether both sides hold fingerprints to compare."""
    found = {one.field: one for one in evidence.compare(asked, filed)}
    height, prints = found["height_cm"], found["fingerprints"]
    code = {evidence.FOR: "near", evidence.AGAINST: "different", evidence.MISSING: "missing"}[height.verdict]
    compared = "to_be_compared" if prints.code == "to_be_compared" else "missing"
    return (
        Evidence(field="height", direction=Direction(height.verdict), bits=0.0, code=f"height.{code}"),
        Evidence(field="fingerprints", direction=Direction.MISSING, bits=0.0, code=f"fingerprints.{compared}"),
    )
