"""What other parts ask: by code, by kind, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from somec.catalogue import index, queries
from somec.catalogue.entries import AuthorityKind
from somec.catalogue.errors import UnknownEntry
from somec.catalogue.labels import Label


def test_an_offence_is_found_by_either_form_of_its_code() -> None:
    assert queries.offence("1001 00") is queries.offence("100100")
    assert queries.offence("1001 00").label("lv") == Label("Izvarošana", "lv", translated=True)


@pytest.mark.parametrize("tag", ["lv", "lv-LV", "lv_LV", "LV"])
def test_language_tags_are_understood(tag: str) -> None:
    assert queries.sanction("1001").label(tag) == Label("Ieslodzījums", "lv", translated=True)


def test_a_missing_translation_is_english_and_says_so() -> None:
    assert queries.offence("1001 00").label("fi") == Label("Rape", "en", translated=False)
    assert queries.offence("1001 00").label() == Label("Rape", "en", translated=True)


def test_a_measure_is_found_by_id_and_by_article() -> None:
    assert queries.measure("reporting") is queries.measure("4(1)(e)")
    assert queries.measure("4(2)").id == "other-notified"
    assert queries.measures()[-1].id == "other-notified"


@pytest.mark.parametrize("code", ["A1", "B2", "C3", "X4"])
def test_4x4_codes(code: str) -> None:
    assert queries.evaluation(code).code == code


@pytest.mark.parametrize("code", ["", "A", "4X", "A5", "D1", "A11", "a1"])
def test_what_is_no_4x4_code_is_refused(code: str) -> None:
    with pytest.raises(UnknownEntry):
        queries.evaluation(code)


def test_defaults_are_the_cautious_ones() -> None:
    assert queries.default_evaluation().code == "X4"
    assert queries.default_handling_code().id == "H2"


def test_only_h3_needs_a_text() -> None:
    assert [item.id for item in queries.handling_codes() if item.text_required] == ["H3"]


def test_greece_has_two_codes_and_one_entry() -> None:
    assert queries.state("EL") is queries.state("GR")


def test_names_of_states_and_languages_come_in_the_readers_language() -> None:
    assert queries.state("NL").label("lv") == Label("Nīderlande", "lv", translated=True)
    assert queries.language_name("lv", "nl") == Label("Lets", "nl", translated=True)
    assert queries.territory_name("UA", "es").text == "Ucrania"
    assert queries.territory_name("LV", "xx") == Label("Latvia", "en", translated=False)
    assert queries.language_name("lv", "xx") == Label("Latvian", "en", translated=False)
    assert queries.territory_name("QX") == Label("QX", "en", translated=False)
    assert queries.language_name("qx") == Label("qx", "en", translated=False)


UNKNOWN: list[Callable[[], Any]] = [
    lambda: queries.mechanism("FD000"),
    lambda: queries.time_limit("FD947", "never"),
    lambda: queries.offence("9999 00"),
    lambda: queries.offence(""),
    lambda: queries.sanction("0"),
    lambda: queries.measure("4(1)(z)"),
    lambda: queries.listed_offence("theft"),
    lambda: queries.handling_code("H4"),
    lambda: queries.state("UK"),
    lambda: queries.purpose("curiosity"),
    lambda: queries.data_subject_category("neighbour"),
    lambda: queries.statement_kind("rumour"),
    lambda: queries.permitted_use("any"),
    lambda: queries.channel("pigeon"),
    lambda: queries.movement_sign("nationality"),
    lambda: queries.risk_level(0),
    lambda: queries.risk_level(6),
    lambda: queries.initiative_term("x"),
    lambda: index.entries("colour"),
    lambda: index.find("no such thing"),
]


@pytest.mark.parametrize("ask", UNKNOWN, ids=range(len(UNKNOWN)))
def test_unknown_ids_are_refused_with_one_code(ask: Callable[[], Any]) -> None:
    with pytest.raises(UnknownEntry) as caught:
        ask()
    assert caught.value.code == "catalogue.unknown_entry"


def test_purposes_are_narrowed_by_authority_and_protection() -> None:
    offered = queries.purposes(authority=AuthorityKind.PROBATION_SERVICE, protected=True)
    assert {"protect-injured-party", "danger-to-life"} <= {item.id for item in offered}
    assert all(item.protected and AuthorityKind.PROBATION_SERVICE in item.authorities for item in offered)
    assert "subject-access" not in {item.id for item in queries.purposes(authority=AuthorityKind.COURT)}
    assert len(queries.purposes()) == len(queries.purposes(protected=True)) + len(queries.purposes(protected=False))


def test_protected_parts_open_for_half_an_hour_and_with_a_reason() -> None:
    for item in queries.purposes(protected=True):
        assert (item.minutes, item.needs_reason) == (30, True), item.id
    assert [item.id for item in queries.purposes() if item.review] == ["danger-to-life"]


@pytest.mark.parametrize("kind", list(AuthorityKind))
def test_each_kind_of_authority_has_words_and_at_least_one_part(kind: AuthorityKind) -> None:
    assert queries.authority_kind(kind).label("es").translated
    used = {user.authority for item in queries.mechanisms() for user in item.users}
    assert kind in used | {AuthorityKind.DATA_PROTECTION_OFFICER}


def test_the_index_finds_every_kind_of_an_id_and_narrows() -> None:
    assert {kind for kind, _ in index.find("A")} == {"offence_parameter", "evaluation_code", "sanction_parameter"}
    assert [kind for kind, _ in index.find("evaluation_code:A")] == ["evaluation_code"]
    assert index.find("100100")[0][1] is queries.offence("1001 00")
    assert index.find("fd947")[0][1] is queries.mechanism("FD947")


def test_entries_are_frozen() -> None:
    entry = queries.offence("1001 00")
    with pytest.raises(AttributeError):
        entry.verified = False  # type: ignore[misc]
    with pytest.raises(TypeError):
        entry.labels.texts["en"] = "x"  # type: ignore[index]


def test_the_edition_says_how_old_the_law_is() -> None:
    assert queries.edition().number >= 1
    assert queries.edition().law_as_of.isoformat() == "2026-11-21"
