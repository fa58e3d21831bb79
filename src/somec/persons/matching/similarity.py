"""How alike two name parts are, from 0 to 1, and the letters that are near each other.

The distance is an edit distance with linguistic costs (restricted Damerau-Levenshtein): a vowel weighs half a
consonant, because vowels vary between romanisations; letters whose sounds
are neighbours (s z c j, k g h, b p v f, d t, m n, r l) replace each other at half price. Against a script that writes
no vowels, vowels weigh next to nothing.
"""

# Kernels mix Python and numpy scalars, which numba unifies and mypy keeps apart.
# mypy: disable-error-code="arg-type, assignment, return-value, no-any-return, type-var, call-overload, operator, index"

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.arrays import Vocabulary
from somec.persons.matching.compiled import compiled

LEVELS: Final = 21
"""Similarity is cut into steps of 1/20; level 20 is the same spelling."""
SAME_SOUND: Final = 0.97
SAME_STEM: Final = 0.93
SAME_NAME: Final = 0.94
NICKNAME: Final = 0.86
ABJAD_CAP: Final = 0.95
LEAST: Final = 0.35
"""Likeness below which it does not matter how unlike two words are."""
INITIAL: Final = 0.06
"""A fitting initial says little and has a level of its own (`INITIAL_LEVEL`), below everything that is compared letter
by letter; its worth is in the model, not counted."""
INITIAL_LEVEL: Final = 1
VOWEL_WEIGHT: Final = 0.5
ABJAD_VOWEL_WEIGHT: Final = 0.12
ABJAD_ONE_LETTER: Final = 0.12
"""Writing one for the other of two sounds that have one letter."""

_ABJAD_NEIGHBOURS: Final = ("dzt", "tsc", "kgqh", "jgzs", "bpvf", "scjz", "uovw", "iejy")
"""Letters that Latin spellings of Arabic and Hebrew names exchange: ض as d or z, ق as k, q or g, ج as j or g."""
_NEIGHBOURS: Final = ("szcjx", "kgqhx", "bpvfw", "dt", "mn", "rl", "uovw", "iej", "aeo")


def _costs(vowel_weight: float) -> NDArray[np.float32]:
    """Row and column 0 hold the cost of leaving a letter out.

    The rest the cost of writing one for the other. Letters are numbered a=1.
    """
    table = np.ones((27, 27), dtype=np.float32)
    vowels = [ord(letter) - 96 for letter in "aeiou"]
    for vowel in vowels:
        table[vowel, :] = np.minimum(table[vowel, :], 1.0)
        table[0, vowel] = table[vowel, 0] = vowel_weight
    for left in vowels:
        for right in vowels:
            table[left, right] = vowel_weight * 0.8
    table[0, 8] = table[8, 0] = 0.5  # h comes and goes
    for group in _NEIGHBOURS:
        for left_letter in group:
            for right_letter in group:
                left, right = ord(left_letter) - 96, ord(right_letter) - 96
                table[left, right] = min(
                    table[left, right], 0.6 if not {left_letter, right_letter} <= set("aeiou") else vowel_weight * 0.7
                )
    np.fill_diagonal(table, 0.0)
    return table


def _abjad_costs() -> NDArray[np.float32]:
    """Vowels nearly free, h cheap, and the exchanges of `_ABJAD_NEIGHBOURS` at a third of a letter.

    Arabic has one letter for v and f and one for b and p, Hebrew one for b and v and one for p and f.
    """
    table = _costs(ABJAD_VOWEL_WEIGHT)
    table[0, 8] = table[8, 0] = 0.25
    for group in _ABJAD_NEIGHBOURS:
        for left in group:
            for right in group:
                if left != right:
                    place = ord(left) - 96, ord(right) - 96
                    table[place] = min(table[place], 0.35)
    for left, right in ("vf", "pb", "vb", "pf"):
        place = ord(left) - 96, ord(right) - 96
        table[place] = table[place[::-1]] = ABJAD_ONE_LETTER
    return table


COSTS: Final = _costs(VOWEL_WEIGHT)
ABJAD_COSTS: Final = _abjad_costs()


@compiled
def letter(code: int) -> int:
    """The number of a letter in the tables of costs; anything else counts as z."""
    return code - 96 if 97 <= code <= 122 else 26


@compiled
def _weight(word: NDArray[np.uint8], costs: NDArray[np.float32]) -> float:
    weight = np.float32(0.0)
    for code in word:
        weight += costs[0, letter(code)]
    return weight


@compiled
def distance_similarity(a: NDArray[np.uint8], b: NDArray[np.uint8], costs: NDArray[np.float32], least: float) -> float:
    """1 minus the weighted edit distance over the weight of the heavier word.

    Both words as ASCII codes. 0 as soon as it must come out below `least`.
    """
    la, lb = len(a), len(b)
    if la == 0 or lb == 0:
        return 0.0
    heavier = max(_weight(a, costs), _weight(b, costs))
    limit = np.float32((1.0 - least) * heavier)
    rows = np.zeros((3, lb + 1), dtype=np.float32)
    two_back, back, row = rows[0], rows[1], rows[2]
    for j in range(1, lb + 1):
        back[j] = back[j - 1] + costs[0, letter(b[j - 1])]
    for i in range(1, la + 1):
        x = letter(a[i - 1])
        drop = costs[x, 0]
        doubled = i > 1 and a[i - 1] == a[i - 2]
        removal = np.float32(0.2) * drop if doubled else drop
        row[0] = back[0] + drop
        lowest = row[0]
        for j in range(1, lb + 1):
            y = letter(b[j - 1])
            add = costs[0, y]
            if j > 1 and b[j - 1] == b[j - 2]:
                add = np.float32(0.2) * add
            best = min(back[j - 1] + costs[x, y], min(back[j] + removal, row[j - 1] + add))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                best = min(best, two_back[j - 2] + np.float32(0.7))
            row[j] = best
            lowest = min(lowest, best)
        if lowest > limit and i < la:
            return 0.0
        two_back, back, row = back, row, two_back
    return max(0.0, 1.0 - back[lb] / heavier) if heavier > 0.0 else 0.0


@compiled
def too_far(left: Vocabulary, i: int, right: Vocabulary, j: int) -> bool:
    """Whether two words of alphabets have so few sounds in common that comparing letter by letter is in vain."""
    common = np.int64(left.sounds[i]) & np.int64(right.sounds[j])
    shared, most = _bits(common), max(_bits(left.sounds[i]), _bits(right.sounds[j]))
    return shared * 3 < most


@compiled
def _bits(mask: int) -> int:
    count, rest = 0, np.int64(mask)
    while rest > 0:
        rest &= rest - 1
        count += 1
    return count


@compiled
def equal_letters(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> bool:
    """Whether two words are the same letter for letter."""
    if len(a) != len(b):
        return False
    for i in range(len(a)):
        if a[i] != b[i]:
            return False
    return True


@compiled
def _share(a: NDArray[np.uint32], first_a: int, last_a: int, b: NDArray[np.uint32], first_b: int, last_b: int) -> bool:
    for i in range(first_a, last_a):
        for j in range(first_b, last_b):
            if a[i] == b[j]:
                return True
    return False


@compiled
def form_likeness(near: float, same: bool, one_abjad: bool, stem: bool) -> float:  # noqa: FBT001
    """The likeness of two words by two of their sound forms.

    `near` is the `distance_similarity` of the forms; `same`, whether they are equal; `one_abjad`, whether one word is
    written without vowels; `stem`, whether an ending was cut from either.
    """
    if one_abjad:
        return ABJAD_CAP * near
    top = SAME_STEM if stem else SAME_SOUND
    return top if same else min(top - 0.02, near - (1.0 - top))


@compiled
def _form_similarity(
    left: Vocabulary,
    i: int,
    right: Vocabulary,
    j: int,
    costs: NDArray[np.float32],
    abjad_costs: NDArray[np.float32],
    least: float,
) -> float:
    """The best likeness among the sound forms of two words."""
    best = 0.0
    if too_far(left, i, right, j):
        return best
    first_a, last_a = left.form_first[i], left.form_first[i + 1]
    first_b, last_b = right.form_first[j], right.form_first[j + 1]
    one_abjad = left.traits[i, 2] != right.traits[j, 2]
    table = abjad_costs if one_abjad else costs
    for x in range(first_a, last_a):
        a = left.forms[left.form_at[x] : left.form_at[x + 1]]
        for y in range(first_b, last_b):
            b = right.forms[right.form_at[y] : right.form_at[y + 1]]
            stem = x + int(left.traits[i, 1]) >= last_a or y + int(right.traits[j, 1]) >= last_b
            near = distance_similarity(a, b, table, max(least, best))
            best = max(best, form_likeness(near, equal_letters(a, b), one_abjad, stem))
            if best >= SAME_SOUND:
                return best
    return best


@compiled
def spelling_likeness(
    a: NDArray[np.uint8],
    first_a: int,
    last_a: int,
    b: NDArray[np.uint8],
    first_b: int,
    last_b: int,
    same_script: bool,  # noqa: FBT001 - kernels take no keywords
) -> float:
    """The likeness of two words that spelling alone settles, else -1.

    The same spelling, and an initial against a word. Takes places in arrays, not whole vocabularies: handing those
    over costs more than the comparison.
    """
    long_a, long_b = last_a - first_a, last_b - first_b
    if long_a == long_b:
        same = True
        for position in range(long_a):
            if a[first_a + position] != b[first_b + position]:
                same = False
                break
        if same:
            return 1.0 if same_script else 0.98
    if long_a == 1 or long_b == 1:
        return INITIAL if long_a > 0 and long_b > 0 and a[first_a] == b[first_b] else 0.0
    return -1.0


@compiled
def equivalent_likeness(left: Vocabulary, i: int, right: Vocabulary, j: int, best: float) -> float:
    """`best`, or more where two words are known to be the same name or to share a nickname."""
    if best < SAME_NAME and _share(
        left.names, left.names_at[i], left.names_at[i + 1], right.names, right.names_at[j], right.names_at[j + 1]
    ):
        return SAME_NAME
    if best < NICKNAME and _share(
        left.nicks, left.nicks_at[i], left.nicks_at[i + 1], right.nicks, right.nicks_at[j], right.nicks_at[j + 1]
    ):
        return NICKNAME
    return best


@compiled
def word_similarity(
    left: Vocabulary,
    i: int,
    right: Vocabulary,
    j: int,
    costs: NDArray[np.float32],
    abjad_costs: NDArray[np.float32],
    least: float,
) -> float:
    """The likeness of word `i` of one vocabulary and word `j` of another by everything known of them.

    Spelling, sound forms, equivalents, initials. Below `least` it is 0, but for a fitting initial.
    """
    if left.traits[i, 2] == right.traits[j, 2]:
        spelled = spelling_likeness(
            left.plain,
            np.int64(left.plain_at[i]),
            np.int64(left.plain_at[i + 1]),
            right.plain,
            np.int64(right.plain_at[j]),
            np.int64(right.plain_at[j + 1]),
            left.traits[i, 0] == right.traits[j, 0],
        )
        if spelled >= 0.0:
            return spelled
    best = equivalent_likeness(left, i, right, j, _form_similarity(left, i, right, j, costs, abjad_costs, least))
    return best if best > 2 * INITIAL and best >= least else 0.0


@compiled
def level_of(similarity: float) -> int:
    """The step a similarity falls on, 0 to `LEVELS` - 1; only the same spelling reaches the last."""
    return min(LEVELS - 1, int(similarity * (LEVELS - 1) + 1e-6))
