"""A quick look at pairs before they are compared in full: what they share at first sight, in bits.

Blocks bring ten pairs for each that is worth the letter-by-letter comparison. The quick look takes classes of words,
marks of letters, dates, places and documents, which costs a hundredth.
"""

# Kernels mix Python and numpy scalars, which numba unifies and mypy keeps apart.
# mypy: disable-error-code="arg-type, assignment, return-value, no-any-return, type-var, call-overload, operator, index"

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.arrays import People
from somec.persons.matching.compiled import compiled
from somec.persons.matching.pairing import pair_level
from somec.persons.matching.wordclasses import WordClasses, shared_marks

OTHER_SEX: Final = -3.0
SAME_DOCUMENT: Final = 24.0
BONES_SHARE: Final = 0.7
"""A shared skeleton promises this share of the word's rarity."""
MARKS_LEAST: Final = 0.45
"""Words with fewer marks in common promise nothing."""
MOST_WORDS: Final = 12


class FirstSight(NamedTuple):
    """What the quick look knows of words and places."""

    words: WordClasses
    abjad: NDArray[np.uint8]
    rarity: NDArray[np.float32]
    """Bits of each word's sound class."""
    places: NDArray[np.float32]
    """Bits of each birthplace."""
    dates: NDArray[np.float32]
    """Bits of each `pairing.pair_level`."""
    common: NDArray[np.uint8]
    """By packed date, whether many records have it."""


@compiled
def promises(pairs: NDArray[np.uint64], people: People, sight: FirstSight) -> NDArray[np.float32]:
    """Bits that each pair seems to share."""
    found = np.zeros(len(pairs), dtype=np.float32)
    for row in range(len(pairs)):
        a, b = np.int64(pairs[row] >> np.uint64(32)), np.int64(pairs[row] & np.uint64(0xFFFFFFFF))
        total = _names(a, b, people, sight) + _date(a, b, people, sight)
        if people.sexes[a] + people.sexes[b] == 3:
            total += np.float32(OTHER_SEX)
        for i in range(people.place_at[a], people.place_at[a + 1]):
            for j in range(people.place_at[b], people.place_at[b + 1]):
                if people.places[i] == people.places[j]:
                    total += sight.places[people.places[i]]
        found[row] = total + _documents(a, b, people)
    return found


@compiled
def _date(a: int, b: int, people: People, sight: FirstSight) -> float:
    best, known = np.float32(-100.0), False
    for i in range(people.date_at[a], people.date_at[a + 1]):
        for j in range(people.date_at[b], people.date_at[b + 1]):
            level = pair_level(np.int64(people.dates[i]), np.int64(people.dates[j]), sight.common)
            best = max(best, sight.dates[level])
            known = True
    return best if known else np.float32(0.0)


@compiled
def _documents(a: int, b: int, people: People) -> float:
    for i in range(people.document_at[a], people.document_at[a + 1]):
        for j in range(people.document_at[b], people.document_at[b + 1]):
            if people.documents[i] == people.documents[j]:
                return np.float32(SAME_DOCUMENT)
    return np.float32(0.0)


@compiled
def _names(a: int, b: int, people: People, sight: FirstSight) -> float:
    first, last = (
        np.int64(people.word_at[people.name_at[a]]),
        np.int64(people.word_at[people.name_at[a + 1]]),
    )
    start, end = (
        np.int64(people.word_at[people.name_at[b]]),
        np.int64(people.word_at[people.name_at[b + 1]]),
    )
    last, end = min(last, first + MOST_WORDS), min(end, start + MOST_WORDS)
    total, highest = np.float32(0.0), np.float32(0.0)
    for i in range(first, last):
        one, best = people.words[i], np.float32(0.0)
        for j in range(start, end):
            best = max(best, _words(one, people.words[j], sight))
        if best > highest:
            total += highest
            highest = best
        elif total < highest:
            total = max(total, best)
    return highest + min(total, highest)


@compiled
def _words(one: int, other: int, sight: FirstSight) -> float:
    words, rarity = sight.words, sight.rarity[one]
    if words.sounds[one] == words.sounds[other]:
        return rarity
    if words.bones[one] == words.bones[other]:
        return np.float32(BONES_SHARE) * rarity
    alike = (
        shared_marks(words.marks[one], words.marks[other])
        if sight.abjad[one] == sight.abjad[other]
        else shared_marks(words.bone_marks[one], words.bone_marks[other])
    )
    return np.float32(alike) * np.float32(0.6) * rarity if alike >= MARKS_LEAST else np.float32(0.0)
