"""Many words compared at once come out as one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from somec.persons.matching import wordbatch
from somec.persons.matching.keys import word_keys
from somec.persons.matching.similarity import ABJAD_COSTS, COSTS, INITIAL, word_similarity
from somec.persons.matching.wordbatch import similarities
from somec.persons.matching.wordtables import vocabulary_of

WORDS = [
    "ivanov",
    "ivanova",
    "iwanow",
    "иванов",
    "иванова",
    "ivan",
    "i",
    "и",
    "mohammed",
    "muhammad",
    "محمد",
    "مُحمد",
    "mohammad",
    "gaddafi",
    "qaddafi",
    "kadhafi",
    "القذافي",
    "aleksandr",
    "alexander",
    "alexandr",
    "александр",
    "sasha",
    "bill",
    "william",
    "billy",
    "liam",
    "li",
    "lee",
    "yi",
    "schmidt",
    "schmitt",
    "smith",
    "szczepan",
    "ščepan",
    "dzhokhar",
    "джохар",
    "papadopoulos",
    "παπαδόπουλοσ",
    "giorgos",
    "γιώργοσ",
    "giorgios",
    "annamaria",
    "anna",
    "maria",
    "marai",
    "aaliyah",
    "كوهن",
    "כהן",
    "cohen",
    "kogan",
    "ab",
    "ba",
    "abdulrahman",
    "عبدالرحمن",
    "zz7",
    "o",
    "x",
    "李",
    "小平",
    "xiaoping",
]
LETTERS = st.text(alphabet="abdeghijklmnorstuvzяиванмدحم", min_size=1, max_size=12)


@pytest.mark.parametrize("least", [0.0, 0.35, 0.55])
def test_the_same_values_as_one_by_one(least: float) -> None:
    check_one_by_one(WORDS, least)


@settings(deadline=None)  # the first example waits for the compiler
@given(st.lists(LETTERS, min_size=2, max_size=12))
def test_the_same_values_for_any_words(words: list[str]) -> None:
    check_one_by_one(words, 0.35)


def check_one_by_one(words: list[str], least: float) -> None:
    vocabulary = vocabulary_of([word_keys(word) for word in words])
    numbers = np.arange(len(words), dtype=np.uint32)[::-1].copy()
    for one in range(len(words)):
        found = similarities(vocabulary, one, vocabulary, numbers, COSTS, ABJAD_COSTS, least)
        expected = [
            np.float32(word_similarity(vocabulary, one, vocabulary, int(other), COSTS, ABJAD_COSTS, least))
            for other in numbers
        ]
        assert found.tolist() == expected
        assert all(value == 0.0 or value >= least or value == np.float32(INITIAL) for value in found)


def test_cells_without_a_compiled_kernel_are_the_same() -> None:
    rng = np.random.default_rng(3)
    codes = rng.integers(97, 101, (6, 40)).astype(np.uint8)
    adds, replaced = COSTS[0][codes - 96], rng.random(256).astype(np.float32)
    back, two_back = (rng.random((7, 40)).astype(np.float32) for _ in range(2))
    one, other = np.zeros((7, 40), np.float32), np.zeros((7, 40), np.float32)
    for j in range(6):
        wordbatch._fill(codes, adds, 40 - j, j, replaced, np.float32(0.5), back, one)
        wordbatch._fill_with_numpy(codes, adds, 40 - j, j, replaced, np.float32(0.5), back, other)
        if j:
            wordbatch._swap(codes, 40 - j, j, 97, 98, two_back, one)
            wordbatch._swap_with_numpy(codes, 40 - j, j, 97, 98, two_back, other)
    assert one.any()
    assert one.tolist() == other.tolist()


def test_words_far_into_a_large_vocabulary_are_the_same_without_a_compiled_kernel() -> None:
    words = [f"{start}{end}" for start in WORDS[:45] for end in ("ova", "enko", "idis", "son", "", "a")]
    vocabulary = vocabulary_of([word_keys(word) for word in words])
    assert len(vocabulary.form_at) > 260
    last = np.arange(len(words) - 20, len(words), dtype=np.uint32)
    plain = getattr(word_similarity, "py_func", word_similarity)
    for one in (0, len(words) - 1):
        found = similarities(vocabulary, one, vocabulary, last, COSTS, ABJAD_COSTS, 0.35)
        assert found.tolist() == [
            np.float32(plain(vocabulary, one, vocabulary, other, COSTS, ABJAD_COSTS, 0.35)) for other in last.tolist()
        ]
