"""Evidence field by field: for, against or missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from factories import new_person
from somec.persons.dates import PartialDate
from somec.persons.evidence import compare
from somec.persons.messages import (
    Biometric,
    Birth,
    Birthplace,
    Description,
    Document,
    FieldEvidence,
    Name,
    Nationality,
    NewPerson,
)

NOBODY = NewPerson(names=(Name(full="?"),))


def about(field: str, theirs: NewPerson, ours: NewPerson) -> FieldEvidence:
    found = {item.field: item for item in compare(theirs, ours)}
    return found[field]


@pytest.mark.parametrize(
    ("theirs", "ours", "verdict", "code"),
    [
        ("KOVŠOVS", "KOVŠOVS", "for", "same_spelling"),
        ("Kovsovs", "KOVŠOVS", "for", "same_spelling"),
        ("van den Berg", "Vandenberg", "for", "same_spelling"),
        ("KOWSCHOW", "KOVŠOVS", "for", "same_sound"),
        ("КОВШОВ", "KOVŠOVS", "for", "same_sound"),
        ("GARCÍA", "GARCÍA LÓPEZ", "for", "shared_part"),
        ("BERZINS", "KOVŠOVS", "against", "differs"),
        ("", "KOVŠOVS", "missing", "missing_there"),
    ],
)
def test_family_names(theirs: str, ours: str, verdict: str, code: str) -> None:
    left = NewPerson(names=(Name(family=theirs, given="X"),))
    right = NewPerson(names=(Name(family=ours, given="Y"),))
    found = about("family_name", left, right)
    assert (found.verdict, found.code) == (verdict, code)
    assert (found.theirs, found.ours) == (theirs, ours)


def test_the_best_of_several_names_counts() -> None:
    aliases = replace(new_person(), names=(Name(family="OZOLS", given="Jānis"), Name(kind="alias", family="KOWSCHOW")))
    assert about("family_name", NewPerson(names=(Name(family="Kowschow"),)), aliases).code == "same_spelling"


@pytest.mark.parametrize(
    ("theirs", "ours", "verdict", "code"),
    [
        (["1984-03-07"], ["1984-03-07"], "for", "same_day"),
        (["1984-03"], ["1984-03-07"], "for", "year_and_month"),
        (["1984"], ["1984-03-07"], "for", "same_year"),
        (["1984-07-03"], ["1984-03-07"], "for", "day_and_month_swapped"),
        (["1984-01-01"], ["1984-03-07"], "for", "placeholder_same_year"),
        (["1985-03-07"], ["1984-03-07"], "against", "one_year_apart"),
        (["1984-03-17"], ["1984-03-07"], "against", "day_differs"),
        (["1971-05-05"], ["1984-03-07"], "against", "differs"),
        (["1984-03-17"], ["1984-03-07", "1984-03-17"], "for", "same_day"),
        ([], ["1984"], "missing", "missing_there"),
        (["1984"], [], "missing", "missing_here"),
        ([], [], "missing", "missing_at_both"),
    ],
)
def test_dates_of_birth(theirs: list[str], ours: list[str], verdict: str, code: str) -> None:
    left, right = (
        replace(NOBODY, births=tuple(Birth(date=PartialDate.parse(text)) for text in texts)) for texts in (theirs, ours)
    )
    found = about("birth_date", left, right)
    assert (found.verdict, found.code) == (verdict, code)


@pytest.mark.parametrize(
    ("field", "theirs", "ours", "verdict", "code"),
    [
        (
            "birthplace",
            {"birthplaces": (Birthplace(locality="Dvinsk"),)},
            {"birthplaces": (Birthplace(locality="Daugavpils", other_names=("Dvinsk",)),)},
            "for",
            "same_place",
        ),
        (
            "birthplace",
            {"birthplaces": (Birthplace(locality="Rīga"),)},
            {"birthplaces": (Birthplace(locality="Daugavpils"),)},
            "against",
            "differs",
        ),
        (
            "nationality",
            {"nationalities": (Nationality(state="LV"),)},
            {"nationalities": (Nationality(state="LV"), Nationality(state="RU"))},
            "for",
            "shared",
        ),
        (
            "nationality",
            {"nationalities": (Nationality(state="DE"),)},
            {"nationalities": (Nationality(state="LV"),)},
            "against",
            "differs",
        ),
        ("sex", {"sex": "male"}, {"sex": "male"}, "for", "same"),
        ("sex", {"sex": "female"}, {"sex": "male"}, "against", "differs"),
        ("sex", {"sex": "unknown"}, {"sex": "male"}, "missing", "missing_there"),
        (
            "height_cm",
            {"descriptions": (Description(feature="height_cm", value="179"),)},
            {"descriptions": (Description(feature="height_cm", value="176"),)},
            "for",
            "near",
        ),
        (
            "height_cm",
            {"descriptions": (Description(feature="height_cm", value="181"),)},
            {"descriptions": (Description(feature="height_cm", value="176"),)},
            "against",
            "differs",
        ),
        (
            "document",
            {"documents": (Document(kind="passport", number="LV 5520193", state="LV"),)},
            {"documents": (Document(kind="passport", number="lv5520193", state="LV"),)},
            "for",
            "same_number",
        ),
        (
            "document",
            {"documents": (Document(kind="passport", number="LV1111111", state="LV"),)},
            {"documents": (Document(kind="passport", number="LV5520193", state="LV"),)},
            "against",
            "differs",
        ),
        (
            "document",
            {"documents": (Document(kind="identity_card", number="PA1", state="LV"),)},
            {"documents": (Document(kind="passport", number="LV5520193", state="LV"),)},
            "missing",
            "not_comparable",
        ),
        (
            "fingerprints",
            {"biometrics": (Biometric(kind="fingerprints", held_by="ES", state="ES"),)},
            {"biometrics": (Biometric(kind="fingerprints", held_by="LV", state="LV"),)},
            "missing",
            "to_be_compared",
        ),
    ],
)
def test_other_fields(field: str, theirs: dict[str, object], ours: dict[str, object], verdict: str, code: str) -> None:
    found = about(field, replace(NOBODY, **theirs), replace(NOBODY, **ours))  # type: ignore[arg-type]
    assert (found.verdict, found.code) == (verdict, code)


def test_a_missing_field_is_never_counted_as_agreement() -> None:
    assert {item.verdict for item in compare(NOBODY, new_person()) if item.field != "family_name"} == {"missing"}


def test_evidence_is_symmetric_in_its_verdicts() -> None:
    one, other = new_person(), replace(new_person(), names=(Name(family="Kovshov", given="Valery"),), sex="unknown")
    there = [(item.field, item.verdict) for item in compare(one, other)]
    assert there == [(item.field, item.verdict) for item in compare(other, one)]
