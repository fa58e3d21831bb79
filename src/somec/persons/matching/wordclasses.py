"""What blocking and quick looks need of each word of a file, compiled: classes by sound and by skeleton, marks.

A class is a hash: words of one class sound alike, or have consonants of the same kinds in the same order. Marks are 64
bits of which each pair of neighbouring letters sets one, so that common bits tell roughly how alike two words are.
"""

# Kernels mix Python and numpy scalars, which numba unifies and mypy keeps apart.
# mypy: disable-error-code="arg-type, assignment, return-value, no-any-return, type-var, call-overload, operator, index"

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching import folding
from somec.persons.matching.arrays import Vocabulary
from somec.persons.matching.compiled import compiled

EDGE: Final = 0


class WordClasses(NamedTuple):
    """One row for each word."""

    sounds: NDArray[np.uint64]
    bones: NDArray[np.uint64]
    initials: NDArray[np.uint8]
    marks: NDArray[np.uint64]
    """Of the sound form."""
    bone_marks: NDArray[np.uint64]
    """Of the skeleton: what can be compared with a script that writes no vowels."""


def _kinds(skeleton: dict[str, str]) -> NDArray[np.uint8]:
    """For each letter the letter its kind is written by, 0 where it falls."""
    table = np.zeros(256, dtype=np.uint8)
    for letter, kind in skeleton.items():
        table[ord(letter)] = ord(kind) if kind else 0
    return table


_PRINTABLE: Final = [chr(code) for code in range(33, 127)]
KINDS: Final = _kinds({letter: folding.skeleton(letter) for letter in _PRINTABLE})
"""Of alphabets."""
ABJAD_KINDS: Final = _kinds({letter: folding.abjad_skeletons("a" + letter)[0] for letter in _PRINTABLE})
"""Of abjads, in the likeliest reading."""
ABJAD_FIRST_KINDS: Final = _kinds({letter: folding.abjad_skeletons(letter)[0] for letter in _PRINTABLE})
"""The same for the first letter of a word."""


def word_classes(words: Vocabulary) -> WordClasses:
    """The classes of all words."""
    return WordClasses(*_classes(words, KINDS, ABJAD_KINDS, ABJAD_FIRST_KINDS))


@compiled
def _classes(
    words: Vocabulary, kinds: NDArray[np.uint8], abjad_kinds: NDArray[np.uint8], abjad_first: NDArray[np.uint8]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint8], NDArray[np.uint64], NDArray[np.uint64]]:
    count = len(words.traits)
    sounds, bones = np.empty(count, dtype=np.uint64), np.empty(count, dtype=np.uint64)
    initials = np.empty(count, dtype=np.uint8)
    marks, bone_marks = np.empty(count, dtype=np.uint64), np.empty(count, dtype=np.uint64)
    skeleton = np.empty(256, dtype=np.uint8)
    for word in range(count):
        plain = words.plain[words.plain_at[word] : words.plain_at[word + 1]]
        first, last = words.form_first[word], words.form_first[word + 1]
        form, whole = plain, plain
        if first < last:
            whole = words.forms[words.form_at[first] : words.form_at[first + 1]]
            form = words.forms[words.form_at[last - 1] : words.form_at[last]] if words.traits[word, 1] > 0 else whole
        used = 0
        spelled = plain if words.traits[word, 2] == 1 else form
        for position in range(min(len(spelled), 256)):
            if words.traits[word, 2] == 0:
                kind = kinds[spelled[position]]
            else:
                kind = abjad_first[spelled[position]] if position == 0 else abjad_kinds[spelled[position]]
            if kind > 0 and (used == 0 or skeleton[used - 1] != kind):
                skeleton[used] = kind
                used += 1
        sounds[word] = _hashed(form, 1)
        bones[word] = _hashed(skeleton[:used], 2) if used > 1 else _hashed(form, 2)
        initials[word] = whole[0] if len(whole) > 0 else 63
        marks[word] = _marks(form)
        bone_marks[word] = _marks(skeleton[:used])
    return sounds, bones, initials, marks, bone_marks


@compiled
def _hashed(letters: NDArray[np.uint8], kind: int) -> np.uint64:
    """FNV-1a, 64 bits."""
    value = np.uint64(0xCBF29CE484222325) ^ np.uint64(kind)
    for letter in letters:
        value = (value ^ np.uint64(letter)) * np.uint64(0x100000001B3)
    return value ^ (value >> np.uint64(32))


@compiled
def _marks(letters: NDArray[np.uint8]) -> np.uint64:
    marks, before = np.uint64(0), np.uint64(EDGE)
    for letter in letters:
        now = np.uint64(letter)
        marks |= np.uint64(1) << ((before * np.uint64(31) + now * np.uint64(7)) & np.uint64(63))
        before = now
    return marks | np.uint64(1) << ((before * np.uint64(31)) & np.uint64(63))


@compiled
def shared_marks(a: np.uint64, b: np.uint64) -> float:
    """Share of the marks of the word with fewer that the other has too."""
    least = min(_count(a), _count(b))
    return _count(a & b) / least if least > 0 else 0.0


@compiled
def _count(bits: np.uint64) -> int:
    """How many bits are set (Warren, Hacker's Delight, section 5-1)."""
    x = bits - ((bits >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56))
