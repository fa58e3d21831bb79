"""What is missing for another state to recognise a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from factories import TODAY, new_person
from somec.persons import completeness
from somec.persons.dates import PartialDate
from somec.persons.messages import Birth, Name, NewPerson, Origin, PersonView
from somec.persons.names import romanisations
from somec.persons.validation import LISTS

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def view(person: NewPerson) -> PersonView:
    shared = (
        "names",
        "births",
        "birthplaces",
        "nationalities",
        "documents",
        "addresses",
        "descriptions",
        "biometrics",
        "sex",
        "certainty",
        "certainty_origin",
        "authority_id",
        "owner_id",
    )
    return PersonView(
        id="prs-1",
        case_number="LV-2026-000001",
        state="LV",
        desk=False,
        status="active",
        adopted_from="",
        version=1,
        recorded_at=NOW,
        recorded_by="usr",
        changed_at=NOW,
        **{name: getattr(person, name) for name in shared},
    )


def codes(**other: Any) -> dict[str, str]:
    latin = Name(family="KOVŠOVS", given="Valērijs", script="Latn")
    person = replace(new_person(names=(latin,)), **other)
    return {item.code: item.needed for item in completeness.missing(view(person), TODAY)}


def test_nothing_is_missing_when_everything_is_known() -> None:
    assert codes() == {}


def test_just_a_name_misses_nearly_everything() -> None:
    only = view(NewPerson(names=(Name(family="SMITS", given="J", script="Latn"),)))
    found = completeness.missing(only, TODAY)
    assert [item.code for item in found if item.needed == "required"] == ["birth_year", "sex", "nationality"]
    assert len(found) == completeness.checked() - 4


@pytest.mark.parametrize(
    ("other", "missing"),
    [
        ({"names": (Name(family="KOVŠOVS", script="Latn"),)}, {"family_name": "required"}),
        ({"names": (Name(full="Valera", script="Latn"),)}, {}),
        ({"births": ()}, {"birth_year": "required", "full_birth_date": "recommended"}),
        ({"births": (Birth(date=PartialDate(1984, 3)),)}, {"full_birth_date": "recommended"}),
        ({"sex": "unknown"}, {"sex": "required"}),
        ({"nationalities": ()}, {"nationality": "required"}),
        ({"birthplaces": ()}, {"birthplace": "recommended"}),
        ({"documents": ()}, {"document": "recommended", "travel_document": "recommended"}),
        ({"descriptions": ()}, {"height": "recommended"}),
        ({"certainty_origin": Origin()}, {"evaluated_source": "recommended"}),
        ({"names": (Name(family="КОВШОВ", given="Валерий", script="Cyrl"),)}, {"latin_spelling": "required"}),
    ],
)
def test_each_gap_has_its_own_code(other: dict[str, Any], missing: dict[str, str]) -> None:
    assert codes(**other) == missing


@pytest.mark.parametrize("status", ["restricted", "closed"])
def test_nothing_is_sent_from_a_file_that_is_not_in_use(status: str) -> None:
    kept = replace(view(new_person(names=(Name(family="A", given="B", script="Latn"),))), status=status)
    assert [(item.code, item.needed) for item in completeness.missing(kept, TODAY)] == [("file_active", "required")]


def test_the_reference_names_every_code() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "record.md").read_text(encoding="utf-8")
    nothing = replace(new_person(names=(Name(kind="alias", given="Х", script="Cyrl"),)), **dict.fromkeys(LISTS[1:], ()))
    known = view(replace(nothing, sex="unknown", certainty_origin=Origin()))
    found = completeness.missing(replace(known, status="closed"), TODAY)
    assert len(found) == completeness.checked()
    assert [item.code for item in found if f"`{item.code}`" not in page] == []


def test_a_romanised_name_can_be_read() -> None:
    name = Name(family="КОВШОВ", given="Валерий", script="Cyrl", language="ru")
    assert codes(names=(replace(name, romanisations=romanisations(name)),)) == {}


@pytest.mark.parametrize(("age_days", "recent"), [(730, True), (731, False)])
def test_a_photograph_ages(age_days: int, recent: bool) -> None:
    taken = TODAY - timedelta(days=age_days)
    photographs = tuple(replace(item, taken=taken) for item in new_person().biometrics)
    assert ("recent_photograph" not in codes(biometrics=photographs)) is recent


def test_a_lost_paper_helps_to_recognise_but_not_to_travel() -> None:
    lost = tuple(replace(paper, status="lost") for paper in new_person().documents)
    assert codes(documents=lost) == {"travel_document": "recommended"}


def test_who_uses_aliases_needs_a_biometric_reference() -> None:
    """Scenario S5: under a false name only fingerprints find him."""
    names = (Name(family="KOVŠOVS", given="Valērijs", script="Latn"), Name(kind="claimed", full="Silva", script="Latn"))
    assert codes(names=names) == {}
    assert codes(names=names, biometrics=())["biometric_for_alias_user"] == "required"
