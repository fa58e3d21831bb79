"""What a search answers, and that it says why."""

from __future__ import annotations

import math

import pytest
from matching_sample import crowd, person, town  # type: ignore[import-not-found,unused-ignore]

from somec.persons.matching import search
from somec.persons.matching.answer import Direction, Outcome
from somec.persons.matching.errors import BadModel
from somec.persons.matching.explain import CODES, LANGUAGES, explanation, sentence
from somec.persons.matching.index import MatchIndex
from somec.persons.matching.query import prepare
from somec.persons.matching.records import PersonName, PersonRecord, normalise

FOUND = [
    ("the same", "Сергей Викторович Лавров", "1950-03-21", "lavrovs"),
    ("Latvian spelling, year only", "Sergejs Lavrovs", "1950", "lavrovs"),
    ("German spelling", "Sergej Lawrow", "1950-03-21", "lavrovs"),
    ("swapped, typo", "Lavorv Sergey", "1950-03-21", "lavrovs"),
    ("initial", "S. Lavrov", "1950-03-21", "lavrovs"),
    ("day and month exchanged", "Sergey Lavrov", "1950-21-03", "lavrovs"),
    ("Arabic in Latin", "Mohamad ben Selman", "1985-08-31", "salman"),
    ("Arabic in Cyrillic", "Мухаммед бин Салман", "1985-08-31", "salman"),
    ("joined", "Annamarija Berzina", "1990-05-17", "berzina"),
    ("all in one", "ANNAMARIJABERZINA", "1990-05-17", "berzina"),
    ("maiden name", "Anna Marija Kviesīte", "1990-05-17", "berzina"),
    ("no date", "Anna Marija Bērziņa", "", "berzina"),
]


@pytest.mark.parametrize(("name", "born", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_the_person_comes_first(name: str, born: str, expected: str) -> None:
    answer = town().search(person("q", name, born))
    assert answer.candidates[0].id == expected


def test_hit_candidate_and_nobody_are_different_answers() -> None:
    assert town().search(person("q", "Sergey Viktorovich Lavrov", "1950-03-21")).outcome is Outcome.HIT
    weak = town().search(person("q", "Ivan Kowalski", "1949"))
    assert weak.outcome is Outcome.CANDIDATE
    assert town().search(person("q", "Xochitl Quetzalcoatl", "1931-02-03")).outcome is Outcome.NO_CANDIDATE


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (person("q", ""), "matching.no_name"),
        (person("q", "A."), "matching.name_too_short"),
        (person("q", "", "1980"), "matching.no_name"),
        (person("q", "!!!"), "matching.no_name"),
    ],
)
def test_a_query_that_tells_nobody_apart_is_too_thin(query: PersonRecord, reason: str) -> None:
    answer = town().search(query)
    assert (answer.outcome, answer.reasons, answer.candidates) == (Outcome.QUERY_TOO_THIN, (reason,), ())


def test_an_incomplete_index_says_so_in_every_answer() -> None:
    index = MatchIndex.in_memory(crowd(20))
    index.mark_incomplete("register.import_running")
    answer = index.search(crowd(20)[3])
    assert (answer.outcome, answer.reasons[0]) == (Outcome.INDEX_INCOMPLETE, "register.import_running")
    assert answer.candidates[0].id == "c3"


def test_an_empty_index_has_no_candidate_and_says_that_it_is_empty() -> None:
    answer = MatchIndex.in_memory([]).search(person("q", "Anna Bērziņa", "1990-05-17"))
    assert (answer.outcome, answer.reasons) == (Outcome.NO_CANDIDATE, ("matching.index_empty",))


def test_twins_share_the_probability_and_are_shown_as_tied() -> None:
    answer = town().search(person("q", "Pēteris Liepa", "1981-11-02"))
    assert [one.id for one in answer.candidates[:2]] == ["twin-1", "twin-2"]
    assert all(one.tied and one.probability <= 0.5 for one in answer.candidates[:2])
    assert "matching.tied" in answer.reasons


def test_nothing_is_ever_certain_and_shares_add_up() -> None:
    answer = town().search(person("q", "Сергей Викторович Лавров", "1950-03-21", documents=("AB123456",)), floor=0.0)
    assert answer.candidates[0].probability < 1.0
    assert answer.nobody > 0.0
    assert sum(one.probability for one in answer.candidates) + answer.nobody == pytest.approx(1.0, abs=0.001)


def test_missing_data_lower_the_weight() -> None:
    whole = town().search(person("q", "Sergey Lavrov", "1950-03-21")).candidates[0]
    bare = town().search(person("q", "Sergey Lavrov")).candidates[0]
    assert whole.id == bare.id
    assert bare.bits < whole.bits - 5


def test_a_lower_prior_lowers_the_probability() -> None:
    query = person("q", "Iwan Kowalsky", "1960")
    high, low = (town().search(query, prior=prior, floor=0.0).candidates[0].probability for prior in (0.9, 0.01))
    assert low < high
    with pytest.raises(BadModel):
        town().search(query, prior=1.0)


def test_a_document_alone_finds() -> None:
    answer = town().search(person("q", "", documents=("ab-123456",)))
    assert answer.candidates[0].id == "lavrovs"


def test_evidence_is_for_against_and_missing_and_adds_up() -> None:
    query = person("q", "Sergejs Lavrovs", "1951-07-09", sex="F", nationalities=("RU",))
    best = next(one for one in town().search(query, floor=0.0, top=60).candidates if one.id == "lavrovs")
    said = {(one.field, one.direction) for one in best.evidence}
    assert {
        ("name", Direction.FOR),
        ("birth_date", Direction.AGAINST),
        ("sex", Direction.AGAINST),
        ("nationality", Direction.FOR),
        ("document", Direction.MISSING),
    } <= said
    assert math.fsum(one.bits for one in best.evidence) == pytest.approx(best.bits, abs=0.02)


def test_every_code_has_a_sentence_in_each_language() -> None:
    for code, sentences in CODES.items():
        assert len(sentences) == len(LANGUAGES)
        assert all(sentences), code
    best = town().search(person("q", "S. Lawrow", "1950-03-20")).candidates[0]
    english, latvian = explanation(best.evidence, "en"), explanation(best.evidence, "lv")
    assert "initial “s” fits" in english
    assert "iniciālis “s” atbilst" in latvian
    assert sentence(best.evidence[0], "xx") == sentence(best.evidence[0], "en")


def test_personal_data_stay_out_of_repr() -> None:
    best = town().search(person("q", "Sergey Lavrov", "1950-03-20")).candidates[0]
    assert "lavrov " not in repr(best.evidence).lower()
    assert "Lavrov" not in repr(person("q", "Sergey Lavrov"))


def test_several_names_and_dates_all_count() -> None:
    query = PersonRecord(
        "q", (PersonName("Unknown Nobody"), PersonName(given="Sergey", family="Lavrov")), ("1911-01-01", "1950-03-21")
    )
    assert town().search(query).candidates[0].id == "lavrovs"


def test_comparing_two_people_uses_the_frequencies_of_the_index() -> None:
    other = person("x", "Sergey Lavrov", "1950-03-21")
    alike = town().compare(person("q", "Сергей Лавров", "1950-03-21"), other)
    unlike = town().compare(person("q", "Anna Nowak", "1977-01-05"), other)
    assert alike is not None
    assert unlike is not None
    assert alike.bits > 15 > unlike.bits
    assert alike.probability < 1.0


def test_a_common_name_weighs_less_than_a_rare_one() -> None:
    crowded = MatchIndex.in_memory(
        [person(f"n{number}", "Jan Nowak", f"19{number % 90 + 10}-01-02") for number in range(2000)]
        + [person("r", "Jan Przybyszewski", "1970-01-02")]
    )
    common = crowded.search(person("q", "Jan Nowak")).candidates
    rare = crowded.search(person("q", "Jan Przybyszewski")).candidates[0]
    assert rare.bits > (common[0].bits if common else 0.0) + 4


def test_rows_that_share_an_id_are_one_candidate_who_does_not_compete_with_himself() -> None:
    rows = [
        PersonRecord("7", (PersonName("Ivan Petrov"),), ("1990",)),
        PersonRecord("7", (PersonName("Иван Петров"),), ("1990-01-02",)),
        PersonRecord("8", (PersonName("Anna Kalniņa"),), ("1971-05-06",)),
    ]
    asked = PersonRecord("q", (PersonName("Ivan Petrov"),), ("1990-01-02",))
    alone = MatchIndex.in_memory(rows[1:]).search(asked)
    for top in (1, 10):
        found = MatchIndex.in_memory(rows).search(asked, top=top)
        assert [one.id for one in found.candidates] == ["7"]
        assert not found.candidates[0].tied
        assert found.candidates[0].probability == pytest.approx(alone.candidates[0].probability, rel=0.01)


def test_everybody_born_that_day_is_compared_however_many_go_by_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    namesakes = [person(f"n{number}", "Omar Haddad", f"1980-05-{number % 16 + 1:02}") for number in range(140)]
    him = person("him", "Grzegorz Brzeski", "1980-05-17")
    index = MatchIndex.in_memory([*crowd(4000), *namesakes, him])
    monkeypatch.setattr(search, "MOST_RANKED", 1000)
    asked = prepare(normalise(person("", "Omar Haddad", "1980-05-17")))
    scored = search.search_segments(index.segments, asked, index.model).scored
    assert "him" in {one.segment.id_of(one.number) for one in scored}
    assert len(scored) < 140
