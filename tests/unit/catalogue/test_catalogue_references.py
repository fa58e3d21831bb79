"""What entries say about each other, and the rarer turns of the catalogue."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from somec.catalogue import loading, queries
from somec.catalogue.criteria_file import read
from somec.catalogue.criterion_kinds import QualifyingConviction
from somec.catalogue.entries import AuthorityKind
from somec.catalogue.errors import CatalogueError, CriteriaInvalid
from somec.catalogue.facts import ConvictionFact, Facts
from somec.catalogue.initiative import Excluded, OwnInitiativeAdvice, advise
from somec.catalogue.labels import Labels
from somec.catalogue.lines import line_of, lines_of
from somec.catalogue.mechanisms import Participation
from somec.catalogue.outcomes import Outcome, Reason
from somec.catalogue.reading import packaged


def _changed(file: str, change: Callable[[dict[str, Any]], object]) -> bytes:
    document = json.loads(packaged(file))
    change(document["entries"][0])
    return json.dumps(document).encode()


BROKEN: dict[str, tuple[str, str, Callable[[Any], Any], Callable[[dict[str, Any]], object], str]] = {
    "measure with an unknown sanction": (
        "measures.json",
        "measure",
        loading._measure,
        lambda row: row.update(sanctions=["99"]),
        "catalogue.reference",
    ),
    "state in no time zone": (
        "states.json",
        "state",
        loading._state,
        lambda row: row.update(time_zone="Europe/Atlantis"),
        "catalogue.time_zone",
    ),
    "state without language": (
        "states.json",
        "state",
        loading._state,
        lambda row: row.update(languages=[]),
        "catalogue.labels_languages",
    ),
    "state with a language that is none": (
        "states.json",
        "state",
        loading._state,
        lambda row: row.update(languages=["xx"]),
        "catalogue.labels_languages",
    ),
    "state verified from memory": (
        "states.json",
        "state",
        loading._state,
        lambda row: row.update(verified=True),
        "catalogue.verified_without_reading",
    ),
    "purpose for nobody known": (
        "purposes.json",
        "purpose",
        loading._purpose,
        lambda row: row.update(authorities=["neighbours"]),
        "catalogue.not_a_choice",
    ),
    "purpose without end": (
        "purposes.json",
        "purpose",
        loading._purpose,
        lambda row: row.update(minutes=0),
        "catalogue.not_a_number",
    ),
    "purpose authorities no list": (
        "purposes.json",
        "purpose",
        loading._purpose,
        lambda row: row.update(authorities="police"),
        "catalogue.not_a_list",
    ),
}


@pytest.mark.parametrize(("file", "kind", "build", "change", "code"), BROKEN.values(), ids=BROKEN)
def test_broken_references_are_refused(
    file: str,
    kind: str,
    build: Callable[[Any], Any],
    change: Callable[[dict[str, Any]], object],
    code: str,
) -> None:
    with pytest.raises(CatalogueError) as caught:
        loading.table(file, kind, build, _changed(file, change))
    assert caught.value.code == code


def test_an_offence_of_no_category_is_refused() -> None:
    content = _changed("offences.json", lambda row: row.update(category="9900 00"))
    table = loading.table("offences.json", "offence", loading._offence, content)
    with pytest.raises(CatalogueError) as caught:
        loading._in_category(table, "offences.json", lambda item: item.category)
    assert (caught.value.code, caught.value.parameters["found"]) == ("catalogue.reference", "9900 00")


@pytest.mark.parametrize("field", ["citation", "locator", "basis"])
def test_a_source_that_says_too_little_is_refused(field: str) -> None:
    with pytest.raises(CatalogueError):
        loading.read_sources("sources.json", _changed("sources.json", lambda row: row.update({field: ""})))


def _advice_where(state: str, *, takes_part: bool) -> OwnInitiativeAdvice:
    telling = queries.mechanism("DIR977_OWN_INITIATIVE")
    stays_out = Participation(state, takes_part, telling.source, verified=False)
    return advise(
        [replace(telling, participation=(stays_out,))],
        authority=AuthorityKind.POLICE,
        states=frozenset({"LV", "DK"}),
        running=frozenset(),
    )


def test_a_state_that_takes_no_part_closes_a_mechanism_for_both() -> None:
    shut = _advice_where("DK", takes_part=False)
    assert shut.possible == ()
    assert {item.code for item in shut.excluded} == {Excluded.STATE_NOT_BOUND.value}
    assert not any(item.verified for item in shut.excluded)
    assert len(_advice_where("DK", takes_part=True).possible) == 2
    assert len(_advice_where("IE", takes_part=False).possible) == 2


def test_participation_is_on_record_where_it_was_found() -> None:
    found = {(item.id, part.state): part for item in queries.mechanisms() for part in item.participation}
    assert found["PRUM2_EPRIS", "DK"].verified
    assert not found["PRUM2_EPRIS", "DK"].takes_part
    assert found["REG606", "IE"].takes_part
    assert not found["EPO", "IE"].verified


def test_without_limits_a_conviction_needs_only_the_offence_and_to_be_final_and_unspent() -> None:
    criterion = next(item for item in queries.criteria_for("LV").criteria if isinstance(item, QualifyingConviction))
    open_one = replace(
        criterion, minimum_months=None, minimum_age_at_offence=None, maximum_years_since_final=None, count_spent=True
    )
    as_of = queries.criteria_for("LV").in_force_since
    bare = ConvictionFact(
        reference="cnv-1", convicting_state="LV", offence_codes=frozenset({"1001 00"}), final_on=as_of, spent=True
    )
    assert open_one.judge(Facts(as_of=as_of, convictions=(bare,))).outcome is Outcome.MET
    assert criterion.judge(Facts(as_of=as_of, convictions=(bare,))).outcome is Outcome.NOT_MET


def test_refusal_grounds_have_words() -> None:
    grounds = {ground.code: ground for ground in queries.mechanism("DIR977_REQUEST").refusal_grounds}
    assert grounds["6.1.c"].label("lv").text == "atteikta tiesas atļauja"
    assert grounds["6.1.a"].label("lv").translated is True
    assert grounds["6.1.a"].label("et").translated is False, "shown in English, and marked so"
    fd947 = queries.mechanism("FD947").refusal_grounds
    assert "".join(ground.code[-1] for ground in fd947) == "abcdefghijk"
    assert {ground.code[-1] for ground in fd947 if ground.consult_first} == set("abchijk")  # Art. 11(3)


def test_equal_labels_and_reasons_are_one_in_a_set() -> None:
    assert len({Labels.of({"en": "a", "lv": "b"}), Labels.of({"lv": "b", "en": "a"})}) == 1
    assert len({Reason.of("x", a=1, b=("c",)), Reason.of("x", b=("c",), a=1), Reason.of("x", a=2)}) == 2


def test_parameters_lists_and_single_codes_are_found() -> None:
    assert [item.id for item in queries.sanction_parameters()][:3] == ["Ø", "m", "a"]
    assert {item.group for item in queries.offence_parameters()} == {
        "level_of_completion",
        "level_of_participation",
        "exemption_from_criminal_responsibility",
        "recidivism",
    }
    assert [item.number for item in queries.listed_offences()] == list(range(1, 33))
    assert queries.listed_offence("rape").relevant
    assert queries.data_subject_category("other-party").article == "6(d)"
    assert [item.id for item in queries.data_subject_categories()] == ["suspect", "convicted", "victim", "other-party"]
    assert [item.id for item in queries.statement_kinds()] == ["fact", "assessment", "intelligence"]
    assert queries.statement_kind("assessment").article == "7(1)"
    assert queries.purpose("supervise").minutes == 240
    assert len(queries.permitted_uses()) == 6
    assert len(queries.channels()) == 8
    assert queries.movement_sign("travel-booked") in queries.movement_signs()
    assert [str(item.label("lv")) for item in queries.risk_levels()] == [
        "ļoti zems",
        "zems",
        "vidējs",
        "augsts",
        "ļoti augsts",
    ]
    assert queries.risk_level(4).label("es").text == "alto"
    assert queries.handling_code("H2").id == "H2"


def test_criteria_of_a_state_outside_the_union_are_refused() -> None:
    text = packaged("criteria/LV.toml").replace(b'state = "LV"', b'state = "US"')
    with pytest.raises(CriteriaInvalid, match="not a Member State"):
        read("US.toml", text)


def test_lines_are_found_for_fields_tables_and_what_is_in_none() -> None:
    text = '# note\na = 1\n[[b]]\nc = 2\n[b.d]\ne.f = "x = y"\n[[b]]\nc = [\n  "z = 1",\n]\n[g]\nh = 1\n'
    lines = lines_of(text)
    assert [line_of(lines, path) for path in [("a",), ("b", 0, "c"), ("b", 0, "d", "e", "f"), ("b", 1, "c", 0)]] == [
        2,
        4,
        6,
        8,
    ]
    assert line_of(lines, ("b", 1, "missing")) == 7
    assert line_of(lines, ("g", "h")) == 12
    assert line_of(lines, ("nowhere",)) == 1
    assert "z" not in {step for path in lines for step in path}
