"""The identity item: there and back, what stays at home, and anything another state may send."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_person_completeness import view

from factories import TODAY, new_person
from somec.kernel import canonical, ids
from somec.kernel.errors import Invalid
from somec.persons import items, rows
from somec.persons.messages import CONTEXT, Address, Name

PERSON = view(
    replace(
        new_person(),
        names=tuple(
            rows.completed(name)
            for name in (
                Name(family="KOVŠOVS", given="Valērijs", language="lv", main=True),
                Name(kind="birth", family="КОВШОВ", given="Валерий", patronymic="Андреевич", language="ru"),
            )
        ),
        addresses=(Address(street="Rīgas iela 14-7", locality="Daugavpils", state="LV"),),
    )
)
ITEM: dict[str, Any] = items.identity_item(PERSON, today=TODAY)  # type: ignore[assignment]


def test_the_item_says_what_kind_of_statement_it_is() -> None:
    assert ids.is_id(ITEM["id"], "itm")
    assert {name: ITEM[name] for name in ("kind", "category", "source", "as_of", "evaluation", "owner")} == {
        "kind": "fact",
        "category": "identity",
        "source": "police_file",
        "as_of": "2026-11-21",
        "evaluation": "A1",
        "owner": "LV",
    }
    canonical.encode(ITEM)


def test_the_same_file_gives_the_same_item_and_a_changed_one_another_id() -> None:
    assert items.identity_item(PERSON, today=TODAY) == ITEM
    assert items.identity_item(replace(PERSON, version=2), today=TODAY)["id"] != ITEM["id"]


@pytest.mark.parametrize("kept", ["seen at home", "Rīgas iela", "usr-ilze", "LV-2026-000001"])
def test_notes_addresses_and_internal_references_stay_at_home(kept: str) -> None:
    assert kept not in json.dumps(ITEM, ensure_ascii=False)
    assert ITEM["data"]["residency"] == {"country": "LV", "locality": "Daugavpils"}


def test_another_node_reads_what_was_said() -> None:
    read = items.read_identity(ITEM)
    assert [(name.kind, name.family, name.patronymic, name.script) for name in read.names] == [
        ("true", "KOVŠOVS", "", "Latn"),
        ("birth", "КОВШОВ", "Андреевич", "Cyrl"),
    ]
    assert [roman.family for roman in read.names[1].romanisations] == ["KOVSHOV", "KOVSHOV"]
    assert [str(birth.date) for birth in read.births] == ["1984-03-07"]
    assert (read.sex, read.certainty, read.documents[0].number) == ("male", "confirmed_by_fingerprints", "LV5520193")
    assert {item.kind for item in read.biometrics} == {"fingerprints", "face_image"}
    assert read.certainty_origin.evaluation == "A1"


def test_only_the_data_are_enough() -> None:
    assert items.read_identity(ITEM["data"]).names == items.read_identity(ITEM).names


@pytest.mark.parametrize(
    "broken", [{}, {"data": "x"}, {"data": {"names": []}}, {"names": [{"kind": "true"}]}, {"names": "x"}]
)
def test_without_a_name_there_is_no_person(broken: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="identity"):
        items.read_identity(broken)


def test_what_cannot_be_right_is_left_out_and_never_guessed() -> None:
    data = {
        "names": [{"family_name": "X", "kind": "nonsense"}, {"family_name": "Y\u202eZ"}, 7],
        "births": [{"birth_date": "1984-02-31"}, {"birth_date": "1700"}, {"birth_date": None}, {"birth_date": "1984"}],
        "citizenships": [{"country": "Latvia"}, {"country": "LV"}],
        "identifiers": [{"notation": "1"}, {"notation": "2", "issuing_state": "LV", "kind": "spell"}],
        "descriptions": [{"feature": "height_cm", "value": "tall"}, {"feature": "aura", "value": "red"}],
        "biometrics": [{"kind": "template", "held_by": "x", "state": "LV"}],
        "birth_places": [{"locality": ""}, {"other_names": ["Dvinsk", 3], "birth_country": "LV"}],
        "sex": "M",
    }
    read = items.read_identity(data)
    assert [(name.family, name.kind) for name in read.names] == [("X", "claimed")]
    assert [str(birth.date) for birth in read.births] == ["1984"]
    assert [item.state for item in read.nationalities] == ["LV"]
    assert [(paper.kind, paper.number) for paper in read.documents] == [("other", "2")]
    assert [(part.feature, part.value) for part in read.descriptions] == [("other", "red")]
    assert read.biometrics == ()
    assert read.birthplaces[0].other_names == ("Dvinsk",)
    assert read.sex == "unknown"


SCALAR = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
FIELD = st.sampled_from(
    [*sorted(CONTEXT), "kind", "evaluation", "as_of", "script", "rule", "notation", "held_by", "state"]
)
ANYTHING = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELD, inner, max_size=4), max_leaves=12
)


@given(
    st.dictionaries(
        st.sampled_from(["names", "births", "birth_places", "citizenships", "identifiers", "biometrics", "data"]),
        ANYTHING,
    )
)
def test_anything_at_all_is_read_or_refused(data: dict[str, Any]) -> None:
    try:
        read = items.read_identity(data)
    except Invalid as error:
        refused = error.code
    else:
        refused = "" if read.names else "read without a name"
    assert refused in {"", "identity.no_name", "identity.malformed"}
