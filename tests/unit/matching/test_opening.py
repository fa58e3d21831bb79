"""Names written as one word, and what an initial, a common second part, and another name entirely are worth."""

from __future__ import annotations

import math

import pytest

from somec.persons.matching.answer import Candidate
from somec.persons.matching.index import MatchIndex
from somec.persons.matching.names import parts_of
from somec.persons.matching.opening import cheapest_cut, opened
from somec.persons.matching.query import prepare
from somec.persons.matching.records import PersonName, PersonRecord, normalise

FILED = [
    ("rita", "Rita", "Rosemann", "1977-09-25"),
    ("filipe", "Filipe", "Nogueira Brito", "1995-03-22"),
    ("gokperi", "Gökperi", "İnönü", "1967-02-03"),
    ("merike", "Merike Valentina", "Hanson", "1940-12-16"),
    ("panfilov", "Екатерина", "Панфилова", "1983-01-06"),
    ("gerd", "Gerd", "Wesack", "1961-02-03"),
    ("maks", "Maksim", "Orlov", "1971-05-19"),
]


@pytest.fixture(scope="module")
def index() -> MatchIndex:
    return MatchIndex.in_memory(
        PersonRecord(identity, (PersonName(given=given, family=family),), (dob,), documents=(f"P{identity}77",))
        for identity, given, family, dob in FILED
    )


def first(index: MatchIndex, record: PersonRecord) -> Candidate:
    return index.search(record, floor=0.0).candidates[0]


@pytest.mark.parametrize(
    ("written", "identity"),
    [
        ("Ritarosemann", "rita"),
        ("Filipenogueirabrito", "filipe"),
        ("Merikevalentinahanson", "merike"),
        ("Gökperiinönü", "gokperi"),
        ("ЕкатеринаПанфилова", "panfilov"),
        ("екатеринапанфилова", "panfilov"),
    ],
)
def test_a_name_written_as_one_word_is_found_without_a_date(index: MatchIndex, written: str, identity: str) -> None:
    found = first(index, PersonRecord("q", (PersonName(written),)))
    assert found.id == identity
    assert found.bits > 10


@pytest.mark.parametrize("written", ["Rosemann", "Nogueirabr", "Hansen Kari Maria", "Ritaxq"])
def test_words_that_are_known_or_mean_nothing_are_not_cut(index: MatchIndex, written: str) -> None:
    query = prepare(normalise(PersonRecord("q", (PersonName(written),))))
    assert opened(query, index.segments) is query


def test_the_cut_is_the_likeliest_and_takes_one_unknown_piece() -> None:
    counts = {(0, 4): 500, (4, 9): 300, (0, 3): 2}
    assert cheapest_cut(9, counts, 100_000) == [(0, 4), (4, 9)]
    assert cheapest_cut(14, counts | {(9, 12): 1}, 100_000) == [(0, 4), (4, 9), (9, 14)]
    assert cheapest_cut(9, {}, 100_000) == []
    assert cheapest_cut(11, {(0, 7): 9, (6, 11): 20}, 100_000) == [(0, 7), (6, 11)]


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("JC Juncker", ["j", "c", "juncker"]),
        ("Anna Ng", ["anna", "ng"]),
        ("Amir Sayyid Abdullah", ["amir", "abdullah"]),
        ("Naseem Ahmad al-Sheikh", ["naseem", "ahmad", "sheikh"]),
        ("نسيم أحمد الشيخ", ["نسيم", "أحمد", "شيخ"]),
        ("Haji Ali", ["haji", "ali"]),
        ("ЕкатеринаЛюбовь", ["екатерина", "любовь"]),
    ],
)
def test_initials_titles_and_capitals(written: str, parts: list[str]) -> None:
    assert [part.text for part in parts_of(written)] == parts


def test_an_initial_is_worth_less_than_a_name_and_never_more_than_a_few_bits(index: MatchIndex) -> None:
    whole = first(index, PersonRecord("q", (PersonName(given="Gerd", family="Wesack"),)))
    short = first(index, PersonRecord("q", (PersonName(given="G.", family="Wesack"),)))
    other = first(index, PersonRecord("q", (PersonName(given="K.", family="Wesack"),)))
    assert whole.bits > short.bits > other.bits
    pieces = {piece.code: piece.bits for piece in short.evidence}
    assert 0 < pieces["name.initial"] < 6


def test_evidence_adds_up_whatever_the_names(index: MatchIndex) -> None:
    for name in ("Gerd Wesack", "Ritarosemann", "G. Wesack", "Konstantin Berkeley-Smythe Aurelio", "Rosemann Rita"):
        for found in index.search(PersonRecord("q", (PersonName(name),), ("1961-02-03",)), floor=0.0).candidates:
            assert math.fsum(piece.bits for piece in found.evidence) == pytest.approx(found.bits, abs=0.02)


def test_another_name_entirely_with_the_right_date_and_document_is_a_candidate(index: MatchIndex) -> None:
    asked = PersonRecord("q", (PersonName("Abu Yusuf al-Gharib"),), ("1961-02-03",), documents=("Pgerd77",))
    found = first(index, asked)
    assert found.id == "gerd"
    assert found.probability > 0.5
    without = first(index, PersonRecord("q", (PersonName("Abu Yusuf al-Gharib"),), ("1961-02-03",)))
    assert without.id == "gerd"
    assert without.probability < found.probability
    assert sum(piece.bits for piece in without.evidence if piece.field == "name") < -3
