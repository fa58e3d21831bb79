"""The packaged data: complete, sourced, honest about what was read, and refused when damaged."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import icu
import pytest
from babel.languages import get_official_languages

from somec.catalogue import index, loading, mechanism_loading, queries
from somec.catalogue.entries import SourceBasis
from somec.catalogue.errors import CatalogueError
from somec.catalogue.mechanisms import COUNTED_UNITS
from somec.catalogue.reading import LANGUAGES, packaged

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"
ALL = [(kind, entry) for kind, table in index.KINDS.items() for entry in table().values()]

COUNTS = {
    "mechanism": 17,
    "offence": 188,
    "offence_parameter": 6,
    "sanction": 70,
    "sanction_parameter": 21,
    "measure": 12,
    "listed_offence": 32,
    "handling_code": 4,
    "evaluation_code": 8,
    "state": 27,
    "data_subject_category": 4,
    "risk_level": 5,
}


@pytest.mark.parametrize(("kind", "count"), COUNTS.items(), ids=COUNTS)
def test_each_kind_is_complete(kind: str, count: int) -> None:
    assert len(index.entries(kind)) == count


def test_open_categories_and_subcategories_are_those_of_the_decision() -> None:
    assert sum(item.open_category for item in queries.offences()) == 27
    assert sum(item.open_category for item in queries.sanctions()) == 12
    assert [item.id for item in queries.sanction_kinds()] == [f"{number}000" for number in range(1, 13)]


@pytest.mark.parametrize(("kind", "entry"), ALL, ids=[f"{kind}:{entry.id}" for kind, entry in ALL])
def test_every_entry_names_its_source_and_does_not_claim_what_nobody_read(kind: str, entry: Any) -> None:
    assert len(entry.source.citation) > 10, kind
    assert len(entry.source.locator) > 5
    if entry.verified:
        assert entry.source.basis in {SourceBasis.READ, SourceBasis.SECONDARY}


def test_every_part_of_a_mechanism_names_its_source() -> None:
    for item in queries.mechanisms():
        parts: list[Any] = [*item.time_limits, *item.refusal_grounds, *item.users, *item.participation]
        for part in [*parts, *item.own_initiative]:
            assert part.source.citation, item.id
            assert not (part.verified and part.source.basis is SourceBasis.RECALLED), item.id


def test_each_data_file_is_read_by_a_kind() -> None:
    folder = resources.files("somec.catalogue").joinpath("data")
    files = {file.name for file in folder.iterdir() if file.name.endswith(".json")}
    kinds = {str(json.loads(packaged(file)).get("kind")) for file in files - {"edition.json", "criteria.schema.json"}}
    assert kinds == {*index.KINDS, "source"}


def _damaged(change: Callable[[dict[str, Any]], object]) -> bytes:
    document = json.loads(packaged("offences.json"))
    document["entries"] = document["entries"][:3]
    change(document["entries"][1])
    return json.dumps(document).encode()


DAMAGE: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no source": (lambda row: row.pop("source"), "catalogue.field_missing"),
    "empty source": (lambda row: row.update(source=""), "catalogue.not_a_text"),
    "unknown source": (lambda row: row.update(source="hearsay"), "catalogue.source_unknown"),
    "verified from memory": (lambda row: row.update(source="dir-2011-93"), "catalogue.verified_without_reading"),
    "verified by ourselves": (lambda row: row.update(source="somec"), "catalogue.verified_without_reading"),
    "no mark": (lambda row: row.pop("verified"), "catalogue.field_missing"),
    "mark is a word": (lambda row: row.update(verified="yes"), "catalogue.not_a_flag"),
    "misspelt field": (lambda row: row.update(lables={}), "catalogue.field_unknown"),
    "id twice": (lambda row: row.update(id="0100 00"), "catalogue.id_twice"),
    "no English": (lambda row: row.update(labels={"lv": "Genocīds"}), "catalogue.labels_languages"),
    "language outside the EU": (lambda row: row["labels"].update(no="Folkemord"), "catalogue.labels_languages"),
    "unknown tag": (lambda row: row.update(tags=["dangerous"]), "catalogue.not_a_choice"),
    "spaces around": (lambda row: row.update(category=" 0100 00"), "catalogue.not_a_text"),
    "list of numbers": (lambda row: row.update(notes=[1]), "catalogue.not_a_text"),
    "no list": (lambda row: row.update(notes="a"), "catalogue.not_a_list"),
    "labels no object": (lambda row: row.update(labels=["en"]), "catalogue.not_an_object"),
}


@pytest.mark.parametrize(("change", "code"), DAMAGE.values(), ids=DAMAGE)
def test_damaged_data_are_refused(change: Callable[[dict[str, Any]], object], code: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        loading.table("offences.json", "offence", loading._offence, _damaged(change))
    assert caught.value.code == code
    assert "entries[1]" in str(caught.value.parameters["place"])


def test_undamaged_data_are_taken() -> None:
    assert len(loading.table("offences.json", "offence", loading._offence, _damaged(lambda _: None))) == 3


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "catalogue.malformed"),
        (b"[]", "catalogue.not_an_object"),
        (b'{"kind": "sanction", "entries": []}', "catalogue.wrong_kind"),
        (b'{"kind": "offence", "entries": []}', "catalogue.no_entries"),
    ],
)
def test_a_file_that_is_no_table_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        loading.table("offences.json", "offence", loading._offence, content)
    assert caught.value.code == code


def _mechanism(change: Callable[[dict[str, Any]], object]) -> bytes:
    document = json.loads(packaged("mechanisms.json"))
    document["entries"] = [row for row in document["entries"] if row["id"] == "FD947"]
    change(document["entries"][0])
    return json.dumps(document).encode()


MECHANISM_DAMAGE: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "limit without number": (lambda row: row["time_limits"][0].update(value=None), "catalogue.limit_without_number"),
    "number without limit": (lambda row: row["time_limits"][2].update(value=3), "catalogue.limit_without_number"),
    "unknown unit": (lambda row: row["time_limits"][0].update(unit="fortnights"), "catalogue.not_a_choice"),
    "zero days": (lambda row: row["time_limits"][0].update(value=0), "catalogue.not_a_number"),
    "ground without source": (lambda row: row["refusal_grounds"][0].pop("source"), "catalogue.field_missing"),
    "unknown channel": (lambda row: row.update(channel="pigeon"), "catalogue.reference"),
    "unknown use": (lambda row: row["own_initiative"][0].update(permitted_uses=["any"]), "catalogue.reference"),
    "unknown handling code": (lambda row: row["own_initiative"][0].update(handling_code="H9"), "catalogue.reference"),
    "telling neither allowed nor excluded": (
        lambda row: row.update(own_initiative=[]),
        "catalogue.own_initiative_unclear",
    ),
    "telling both allowed and excluded": (
        lambda row: row.update(no_own_initiative={"code": "x", "article": ""}),
        "catalogue.own_initiative_unclear",
    ),
    "unknown state": (
        lambda row: row.update(
            participation=[{"state": "XX", "takes_part": True, "source": "fd-2008-947", "verified": True}]
        ),
        "catalogue.reference",
    ),
}


@pytest.mark.parametrize(("change", "code"), MECHANISM_DAMAGE.values(), ids=MECHANISM_DAMAGE)
def test_damaged_mechanisms_are_refused(change: Callable[[dict[str, Any]], object], code: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        loading.table("mechanisms.json", "mechanism", mechanism_loading.read_mechanism, _mechanism(change))
    assert caught.value.code == code


LIMITS = [  # law.md section 2
    ("FD947", "decision", 60, "calendar_days", "Art. 12(1)"),
    ("FD947", "withdraw-certificate", 10, "calendar_days", "Art. 9(4)"),
    ("FD909", "final-decision", 90, "calendar_days", "Art. 12(2)"),
    ("FD909", "transfer", 30, "calendar_days", "Art. 15(1)"),
    ("FD909", "unscheduled-landing-info", 72, "hours", "Art. 16(5)"),
    ("FD829_ESO", "recognition", 20, "working_days", "Art. 12(1)"),
    ("REG606", "max-effect", 12, "months", "Art. 4(4)"),
    ("ECRIS", "reply", 10, "working_days", "Art. 8(1)"),
    ("ECRIS", "reply-own-record", 20, "working_days", "Art. 8(2)"),
    ("SIS36", "sirene-reply", 12, "hours", "Art. 8(3)"),
    ("SIS36", "purpose-achieved-reply", 15, "calendar_days", "Art. 53(9)"),
    ("DIR977_REQUEST", "urgent-direct", 8, "hours", "Art. 5(1)(a)"),
    ("DIR977_REQUEST", "urgent-indirect", 3, "calendar_days", "Art. 5(1)(b)"),
    ("DIR977_REQUEST", "normal", 7, "calendar_days", "Art. 5(1)(c)"),
    ("PRUM2_CORE", "core-data", 48, "hours", "Art. 47(1)"),
]


@pytest.mark.parametrize(("mechanism", "limit", "value", "unit", "article"), LIMITS)
def test_limits_are_those_of_the_law(mechanism: str, limit: str, value: int, unit: str, article: str) -> None:
    found = queries.time_limit(mechanism, limit)
    assert (found.value, found.unit.value, found.article, found.verified) == (value, unit, article, True)


def test_limits_of_the_arrest_warrant_say_that_nobody_read_them() -> None:
    limits = [item for item in queries.mechanism("SIS26_EAW").time_limits if item.id != "validity"]
    assert len(limits) == 4
    assert not any(item.verified for item in limits)
    assert {item.source.id for item in limits} == {"fd-2002-584"}


def test_a_limit_has_a_number_if_and_only_if_its_unit_counts() -> None:
    for mechanism in queries.mechanisms():
        for limit in mechanism.time_limits:
            assert (limit.value is not None) == (limit.unit in COUNTED_UNITS), (mechanism.id, limit.id)


def test_exceptions_to_telling_are_grounds_of_refusal_of_the_directive() -> None:
    grounds = {ground.code for ground in queries.mechanism("DIR977_REQUEST").refusal_grounds}
    for basis in queries.mechanism("DIR977_OWN_INITIATIVE").own_initiative:
        assert basis.exceptions
        assert set(basis.exceptions) <= grounds


TRANSLATED = ["lv", "nl", "es"]
SHOWN_TO_OFFICERS = [(kind, entry) for kind, entry in ALL if kind not in {"listed_offence", "state"}]
SAME_WORD_IN_DUTCH = {"0101 00", "1608 00"}  # genocide, sabotage


@pytest.mark.parametrize(
    ("kind", "entry"), SHOWN_TO_OFFICERS, ids=[f"{kind}:{entry.id}" for kind, entry in SHOWN_TO_OFFICERS]
)
def test_what_officers_see_is_in_their_language(kind: str, entry: Any) -> None:
    for lang in TRANSLATED:
        label = entry.label(lang)
        assert label.translated, (kind, entry.id, lang)
        assert label.lang == lang
        if kind in {"offence", "sanction"} and not (lang == "nl" and entry.id in SAME_WORD_IN_DUTCH):
            assert label.text != entry.label("en").text


def test_serious_offences_are_tagged_with_care() -> None:
    tagged = {item.id: {tag.value for tag in item.tags} for item in queries.offences() if item.tags}
    assert {"violent"} == tagged["0801 00"] == tagged["0809 00"] == tagged["1703 00"]
    assert {"sexual"} == tagged["1001 00"] == tagged["1011 00"]
    assert not {"0803 00", "1007 00", "0811 00", "1701 00"} & tagged.keys()


@pytest.mark.parametrize("state", queries.states(), ids=lambda state: state.id)
def test_states_agree_with_cldr_and_icu(state: Any) -> None:
    """The assignment of languages came from memory: CLDR, which somebody else keeps, says the same."""
    assert icu.Locale("", state.id).getISO3Country() == state.iso3
    assert set(get_official_languages(state.id, de_facto=True)) & LANGUAGES == set(state.languages)


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference data beside the repository are not here")
@pytest.mark.parametrize(
    ("file", "kind", "key"),
    [
        ("ecris_offence_codes", "offence", "code"),
        ("ecris_sanction_codes", "sanction", "code"),
        ("handling_codes", "handling_code", "code"),
        ("eu_member_states", "state", "iso2"),
        ("mechanisms", "mechanism", "id"),
    ],
)
def test_codes_and_english_words_are_those_of_the_reference(file: str, kind: str, key: str) -> None:
    items = json.loads((REFERENCE / f"{file}.json").read_text(encoding="utf-8"))["items"]
    entries: dict[str, Any] = dict(index.entries(kind))
    assert [item[key] for item in items] == list(entries)
    for item in items:
        assert entries[item[key]].label("en").text == item.get("label", item.get("name"))


def test_catalogue_and_deadlines_load_no_django() -> None:
    code = (
        "import sys, somec.catalogue.queries, somec.deadlines.counting;"
        "assert not [name for name in sys.modules if name.split('.')[0] in {'django', 'sqlite3'}]"
    )
    source = str(Path(__file__).parents[3] / "src")
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": source}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
