"""Which rows of a file are compared: classes of words, the quick look, and that it loses next to nobody."""

from __future__ import annotations

import numpy as np
import pytest
from matching_sample import crowd  # type: ignore[import-not-found,unused-ignore]

from somec.persons.matching import blocking, folding
from somec.persons.matching.assembly import assembled
from somec.persons.matching.blocking import blocks_of, candidate_pairs, common_days, sampled_pairs
from somec.persons.matching.keys import word_keys
from somec.persons.matching.pairing import COMMON_DAY, date_levels
from somec.persons.matching.records import PersonName, PersonRecord
from somec.persons.matching.wordclasses import shared_marks, word_classes
from somec.persons.matching.wordtables import vocabulary_of

DATES = np.array([0.0, 13.0, 10.0, 7.0, 6.0, 7.0, 6.0, 5.0, -2.0, -1.0, -3.0, -4.0, -6.0, 9.0])
WORDS = ["muhamed", "mohammed", "محمد", "ivanov", "иванов", "ivanova", "petersen", "anna", "שרה", "وليد", "a", "ю"]


def classes_by_hand(word: str) -> tuple[str, str]:
    keys = word_keys(word)
    form = (keys.forms[-1 if keys.stems else 0] if keys.forms else keys.plain).decode()
    abjad = keys.script.name in {"ARABIC", "HEBREW"}
    bones = folding.abjad_skeletons(keys.plain.decode())[0] if abjad else folding.skeleton(form)
    return form, bones if len(bones) > 1 else "form " + form


def test_words_share_a_class_where_their_sound_or_skeleton_is_the_same() -> None:
    found = word_classes(vocabulary_of([word_keys(word) for word in WORDS]))
    by_hand = [classes_by_hand(word) for word in WORDS]
    for one in range(len(WORDS)):
        for other in range(len(WORDS)):
            assert (found.sounds[one] == found.sounds[other]) == (by_hand[one][0] == by_hand[other][0])
            assert (found.bones[one] == found.bones[other]) == (by_hand[one][1] == by_hand[other][1])


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [("petersen", "petersen", 1.0), ("petersen", "petersenn", 1.0), ("petersen", "oak", 0.0)],
)
def test_marks_tell_roughly_how_alike_words_are(left: str, right: str, alike: float) -> None:
    marks = word_classes(vocabulary_of([word_keys(left), word_keys(right)])).marks
    assert shared_marks(marks[0], marks[1]) == pytest.approx(alike, abs=0.25)


def damaged(one: PersonRecord, number: int) -> PersonRecord:
    """The same person written another way: a letter lost, parts swapped, or the year alone."""
    name, born = one.names[0].written, one.birth_dates[0]
    written = (name[1:], " ".join(reversed(name.split())), name)[number % 3]
    return PersonRecord(f"{one.id}-again", (PersonName(written),), (born[:4] if number % 3 == 2 else born,), one.sex)


def test_pairs_of_one_person_are_found_and_few_others(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [PersonRecord(one.id, one.names, one.birth_dates, one.sex) for one in crowd(600)]
    copies = [damaged(one, number) for number, one in enumerate(people[:300])]
    blocks = blocks_of(assembled([*people, *copies]).tables())
    pairs = candidate_pairs(blocks, DATES)
    together = set(pairs.tolist())
    missed = [number for number in range(300) if number << 32 | 600 + number not in together]
    assert len(missed) <= 3
    assert len(pairs) < 0.25 * 900 * 899 / 2
    assert np.array_equal(pairs, np.unique(pairs))
    monkeypatch.setattr(blocking, "_CHUNK", 70)
    monkeypatch.setattr(blocking, "_SLICE", 50)
    assert np.array_equal(pairs, candidate_pairs(blocks, DATES))


def test_a_sample_does_not_look_at_dates() -> None:
    """With other dates the same pairs are drawn: else agreement of dates would tell nothing of the names."""
    people = [PersonRecord(one.id, one.names, one.birth_dates, one.sex) for one in crowd(400)]
    others = [PersonRecord(one.id, one.names, (f"19{at % 90 + 10}-03-04",), one.sex) for at, one in enumerate(people)]
    pairs = sampled_pairs(blocks_of(assembled(people).tables()))
    assert len(pairs) > 100
    assert np.array_equal(pairs, sampled_pairs(blocks_of(assembled(others).tables())))
    assert not np.array_equal(pairs, candidate_pairs(blocks_of(assembled(people).tables()), DATES))


def test_a_large_file_is_sampled_by_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = blocks_of(assembled([PersonRecord(str(at), one.names) for at, one in enumerate(crowd(400))]).tables())
    whole = sampled_pairs(blocks)
    monkeypatch.setattr(blocking, "SAMPLED_ROWS", 200)
    some = sampled_pairs(blocks)
    assert 0 < len(some) < len(whole)
    monkeypatch.setattr(blocking, "SAMPLED_ROWS", 400)
    monkeypatch.setattr(blocking, "SAMPLED_PAIRS", 100)
    assert 50 < len(sampled_pairs(blocks)) < 150


def test_a_day_that_many_have_is_a_level_of_its_own() -> None:
    born = [
        "1980-01-01",
        "1980-01-01",
        *["1999-09-09"] * 60,
        *[f"19{at % 50 + 20}-05-{at % 28 + 1:02}" for at in range(900)],
    ]
    people = [
        PersonRecord(str(at), (PersonName("Anna Berga"),), (day,)) for at, day in enumerate([*born, "1960-07-30"])
    ]
    tables = assembled([*people, PersonRecord("twice", (PersonName("Anna Berga"),), ("1960-07-30",))]).tables()
    pairs = np.array([0 << 32 | 1, 2 << 32 | 3, 962 << 32 | 963, 0 << 32 | 2], np.uint64)
    levels = date_levels(pairs, tables.people, common_days(tables.people)).tolist()
    assert levels == [COMMON_DAY, COMMON_DAY, 1, 12]


def test_nobody_and_one_row_have_no_pairs() -> None:
    for people in ([], crowd(1)):
        blocks = blocks_of(assembled(people).tables())
        assert len(candidate_pairs(blocks, DATES)) == len(sampled_pairs(blocks)) == 0
