"""Which rows of a file are compared: classes of words, the quick look, and that it loses next to nobody."""

from __future__ import annotations

import numpy as np
import pytest
from matching_sample import crowd  # type: ignore[import-not-found,unused-ignore]

from somec.persons.matching import blocking, folding
from somec.persons.matching.assembly import assembled
from somec.persons.matching.blocking import candidate_pairs
from somec.persons.matching.keys import word_keys
from somec.persons.matching.records import PersonName, PersonRecord
from somec.persons.matching.wordclasses import shared_marks, word_classes
from somec.persons.matching.wordtables import vocabulary_of

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
    tables = assembled([*people, *copies]).tables()
    pairs = candidate_pairs(tables)
    together = set(pairs.tolist())
    missed = [number for number in range(300) if number << 32 | 600 + number not in together]
    assert len(missed) <= 3
    assert len(pairs) < 0.25 * 900 * 899 / 2
    assert np.array_equal(pairs, np.unique(pairs))
    monkeypatch.setattr(blocking, "_CHUNK", 70)
    monkeypatch.setattr(blocking, "_SLICE", 50)
    assert np.array_equal(pairs, candidate_pairs(tables))


def test_nobody_and_one_row_have_no_pairs() -> None:
    assert len(candidate_pairs(assembled([]).tables())) == 0
    assert len(candidate_pairs(assembled(crowd(1)).tables())) == 0
