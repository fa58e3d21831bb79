"""What is wrong with a statement, by field; and that codes, not sentences or data, come out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from factories import TODAY, new_person
from somec.kernel.errors import Invalid
from somec.persons import messages, validation
from somec.persons.dates import PartialDate
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
    Romanisation,
)

TOMORROW = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("statement", "mistakes"),
    [
        (Name(family="KOVŠOVS", given="Valērijs"), {}),
        (Name(full="Valera"), {}),
        (Name(given="-"), {"family": ["missing"]}),
        (Name(family="X" * 201), {"family": ["too_long"]}),
        (Name(family="KOV\u202eSVO"), {"family": ["control_characters"]}),
        (Name(family="A\nB"), {"family": ["control_characters"]}),
        (Name(family="A", kind="nickname"), {"kind": ["choice"]}),
        (
            Name(family="A", romanisations=(Romanisation(rule="x", given="B\x00"),)),
            {"romanisations.0.given": ["control_characters"]},
        ),
        (Name(family="A", script="Latin"), {"script": ["choice"]}),
        (Name(family="A", language="x" * 13), {"language": ["too_long"]}),
        (
            Name(family="A", romanisations=(Romanisation(rule="x"), Romanisation(rule="x"))),
            {"romanisations": ["twice"]},
        ),
        (Name(family="A", romanisations=(Romanisation(rule=""),)), {"romanisations.0.rule": ["missing"]}),
        (Birth(date=PartialDate(1984)), {}),
        (Birth(date=PartialDate(1879, 1, 1)), {"date": ["too_old"]}),
        (Birth(date=PartialDate(2027)), {"date": ["in_the_future"]}),
        (Birth(date=PartialDate(1984), certainty="sure"), {"certainty": ["choice"]}),
        (Birthplace(state="LV"), {}),
        (Birthplace(), {"locality": ["missing"]}),
        (Birthplace(locality="A", state="Latvia"), {"state": ["state_code"]}),
        (Birthplace(locality="A", other_names=("",)), {"other_names": ["missing"]}),
        (Nationality(state="XA"), {}),
        (Nationality(state="XX"), {}),
        (Nationality(state="XK"), {}),
        (Nationality(state="SU"), {}),
        (Nationality(state=""), {"state": ["missing"]}),
        (Nationality(state="ZZ"), {"state": ["state_code"]}),
        (Nationality(state="EU"), {"state": ["state_code"]}),
        (Nationality(state="QX"), {"state": ["state_code"]}),
        (Birthplace(locality="A", state="XX"), {"state": ["state_code"]}),
        (Document(kind="passport", number="LV5520193", state="LV"), {}),
        (Document(kind="passport", number="LV;5520193", state="LV"), {"number": ["malformed"]}),
        (Document(kind="visa", number="1", state="LV"), {"kind": ["choice"]}),
        (
            Document(kind="passport", number="1", state="LV", valid_from=TOMORROW, valid_until=TODAY),
            {"valid_until": ["end_before_start"]},
        ),
        (
            Document(kind="passport", number="1", state="LV", status="lost", status_since=TOMORROW),
            {"status_since": ["in_the_future"]},
        ),
        (Address(locality="Daugavpils"), {}),
        (Address(), {"street": ["missing"]}),
        (Address(locality="A", since=TOMORROW, until=TODAY), {"until": ["end_before_start"]}),
        (Address(locality="A", postal_code="1" * 21), {"postal_code": ["too_long"]}),
        (Description(feature="height_cm", value="176"), {}),
        (Description(feature="height_cm", value="1.76"), {"value": ["out_of_range"]}),
        (Description(feature="height_cm", value="39"), {"value": ["out_of_range"]}),
        (Description(feature="weight_kg", value="636"), {"value": ["out_of_range"]}),
        (Description(feature="mark", value=""), {"value": ["missing"]}),
        (Biometric(kind="fingerprints", held_by="Police", state="LV"), {}),
        (Biometric(kind="template", held_by="", state="LV"), {"kind": ["choice"], "held_by": ["missing"]}),
        (Biometric(kind="dna_profile", held_by="P", state="LV", taken=TOMORROW), {"taken": ["in_the_future"]}),
        (Name(family="A", origin=Origin(source="gossip")), {"source": ["choice"]}),
        (Name(family="A", origin=Origin(evaluation="A5")), {"evaluation": ["choice"]}),
        (Name(family="A", origin=Origin(as_of=TOMORROW)), {"as_of": ["in_the_future"]}),
        (Name(family="A", origin=Origin(note="x" * 501)), {"note": ["too_long"]}),
    ],
)
def test_each_mistake_is_named_at_its_field(statement: validation.Statement, mistakes: dict[str, list[str]]) -> None:
    assert validation.mistakes(statement, TODAY) == mistakes


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"names": ()}, "names"),
        ({"sex": "m"}, "sex"),
        ({"owner_id": "x" * 41}, "owner_id"),
        ({"certainty": "high"}, "certainty"),
        ({"names": (Name(family="A", main=True), Name(family="B", main=True))}, "names"),
        ({"nationalities": (Nationality(state="LV"), Nationality(state="LV"))}, "nationalities"),
        ({"documents": (Document(kind="passport", number="", state="LV"),)}, "documents.0.number"),
        ({"certainty_origin": Origin(evaluation="1A")}, "certainty_origin.evaluation"),
    ],
)
def test_all_mistakes_of_a_new_person_come_at_once(other: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as error:
        validation.check_person(replace(new_person(), **other), TODAY)
    assert field in error.value.fields


def test_a_right_person_passes() -> None:
    validation.check_person(new_person(), TODAY)


def test_an_error_shows_no_personal_data() -> None:
    with pytest.raises(Invalid) as error:
        validation.check(Document(kind="passport", number="SECRET;1", state="LV"), TODAY)
    assert "SECRET" not in f"{error.value} {error.value.fields} {error.value.parameters}"


@pytest.mark.parametrize(
    "kind", [Name, Birth, Document, Address, NewPerson, messages.PersonView, messages.FieldEvidence]
)
def test_no_value_prints_what_it_holds(kind: type) -> None:
    assert "__repr__" not in vars(kind)
