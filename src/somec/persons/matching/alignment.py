"""One name against another, part by part.

Parts are paired best first: given with given, swapped, or two parts of one name with one joined part of the other.
What remains on one side only is *missing*; what remains on both sides
speaks *against*. The bits of a pair come from the model and from how common so near a part is in the index (see
`expansion`).
"""

# Kernels mix Python and numpy scalars, which numba unifies and mypy keeps apart.
# mypy: disable-error-code="arg-type, assignment, return-value, no-any-return, type-var, call-overload, operator, index"

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.arrays import People, Vocabulary
from somec.persons.matching.compiled import compiled
from somec.persons.matching.similarity import (
    ABJAD_CAP,
    INITIAL_LEVEL,
    LEAST,
    distance_similarity,
    level_of,
)
from somec.persons.matching.wordbatch import similarities

JOINED: Final = 200
"""Added to the position in `pairs` when the part pairs with two parts of the other name written as one."""
MOST_PARTS: Final = 16
BELOW_LEAST: Final = 0.1
"""What a bit below `NameWeights.least` counts, so that the order of wholly different names is kept."""


class QueryNames(NamedTuple):
    """The names of the query as rows of word numbers (of the query's own vocabulary) with roles."""

    word_at: NDArray[np.uint32]
    words: NDArray[np.uint32]
    roles: NDArray[np.uint8]


class NameWeights(NamedTuple):
    """Bits by query word and likeness level, and the bits of what finds no partner."""

    bits: NDArray[np.float32]
    missing: NDArray[np.float32]
    """For each role: bits when the candidate's name lacks a part of the query."""
    extra: NDArray[np.float32]
    """For each role: bits when the candidate's name has a part more."""
    crossed: float
    """Bits when a given name pairs with a family name."""
    joined: float
    """Bits for a pair of one part with two."""
    rarity: NDArray[np.float32]
    """By query word and likeness level: the share of `bits` that comes from how rare so near a part is."""
    further: float
    """How much of the rarity of the second and later parts counts: names go together by language and family, so a rare
    family name makes the given names that go with it less of a surprise."""
    least: float
    """Bits below which names hardly speak against any more: people do go by names that share nothing with the other."""


@compiled
def likeness(
    query: Vocabulary,
    people: Vocabulary,
    words: NDArray[np.uint32],
    costs: NDArray[np.float32],
    abjad_costs: NDArray[np.float32],
) -> NDArray[np.float32]:
    """How alike every query word and every one of `words` are."""
    count = len(query.plain_at) - 1
    alike = np.empty((count, len(words)), dtype=np.float32)
    for i in range(count):
        alike[i] = similarities(query, i, people, words, costs, abjad_costs, LEAST)
    return alike


@compiled
def part_likeness(
    alike: NDArray[np.float32], rows: NDArray[np.uint32], columns: NDArray[np.int64]
) -> NDArray[np.float32]:
    """The cells of a likeness table that two names need."""
    small = np.empty((min(MOST_PARTS, len(rows)), min(MOST_PARTS, len(columns))), dtype=np.float32)
    for i in range(small.shape[0]):
        for j in range(small.shape[1]):
            small[i, j] = alike[rows[i], columns[j]]
    return small


@compiled
def _first_form(vocabulary: Vocabulary, word: int) -> NDArray[np.uint8]:
    first = vocabulary.form_first[word]
    if first == vocabulary.form_first[word + 1]:
        return vocabulary.plain[:0]
    return vocabulary.forms[vocabulary.form_at[first] : vocabulary.form_at[first + 1]]


@compiled
def joined_likeness(
    left: Vocabulary,
    one: int,
    right: Vocabulary,
    first: int,
    second: int,
    costs: NDArray[np.float32],
    abjad_costs: NDArray[np.float32],
) -> float:
    """How alike word `one` is to words `first` and `second` written together; 0 unless lengths allow it."""
    a, b, c = _first_form(left, one), _first_form(right, first), _first_form(right, second)
    if len(a) < 5 or len(b) < 2 or len(c) < 2 or abs(len(a) - len(b) - len(c)) > 2:
        return 0.0
    together = np.empty(len(b) + len(c), dtype=np.uint8)
    together[: len(b)] = b
    together[len(b) :] = c
    if left.traits[one, 2] != right.traits[first, 2]:
        return ABJAD_CAP * distance_similarity(a, together, abjad_costs, 0.7)
    return min(0.96, distance_similarity(a, together, costs, 0.7))


@compiled
def _role_bits(a: int, b: int, crossed: float) -> float:
    return crossed if (a == 1 and b == 2) or (a == 2 and b == 1) else 0.0


@compiled
def align(
    query: Vocabulary,
    names: QueryNames,
    name: int,
    vocabulary: Vocabulary,
    people: People,
    other: int,
    alike: NDArray[np.float32],
    weights: NameWeights,
    costs: NDArray[np.float32],
    abjad_costs: NDArray[np.float32],
    pairs: NDArray[np.int16],
    levels: NDArray[np.int16],
) -> float:
    """Bits of query name `name` against candidate name `other`.

    `alike` holds how alike each part of the query name (rows) and each part of the candidate name (columns) are.
    `pairs` and `levels` receive, for each query part, the partner's position
    (plus `JOINED` for two parts, -1 for none) and the level.
    """
    start, end = names.word_at[name], names.word_at[name + 1]
    count, others = min(MOST_PARTS, np.int64(end) - np.int64(start)), alike.shape[1]
    first = np.int64(people.word_at[other])
    bits = np.empty((count, others), dtype=np.float32)
    for i in range(count):
        word = names.words[start + i]
        for j in range(others):
            level = level_of(alike[i, j])
            bits[i, j] = weights.bits[word, level] + _role_bits(
                names.roles[start + i], people.roles[first + j], weights.crossed
            )
    for i in range(count):
        pairs[i], levels[i] = -1, 0
    free = np.ones(others, dtype=np.uint8)
    total = _pair_singles(count, others, bits, pairs, free, np.float32(0.0))
    if _some_alone(pairs[:count]):
        total += _pair_joined(
            query,
            names,
            start,
            count,
            vocabulary,
            people,
            first,
            others,
            weights,
            costs,
            abjad_costs,
            pairs,
            levels,
            free,
        )
    total += _pair_singles(count, others, bits, pairs, free, np.float32(-100.0))
    for i in range(count):
        if 0 <= pairs[i] < JOINED:
            levels[i] = level_of(alike[i, pairs[i]])
    total -= (1.0 - weights.further) * _further_rarity(names.words[start : start + count], pairs, levels, weights)
    total += _alone(count, others, names.roles[start:end], people.roles[first : first + others], pairs, free, weights)
    return total if total >= weights.least else weights.least + BELOW_LEAST * (total - weights.least)


@compiled
def _some_alone(pairs: NDArray[np.int16]) -> bool:
    for i in range(len(pairs)):
        if pairs[i] < 0:
            return True
    return False


@compiled
def part_rarity(
    words: NDArray[np.uint32], i: int, pairs: NDArray[np.int16], levels: NDArray[np.int16], weights: NameWeights
) -> float:
    """The rarity that pair `i` brings; two parts that pair with one joined part bring theirs once, with the first."""
    if pairs[i] < 0 or levels[i] <= INITIAL_LEVEL:
        return 0.0
    if pairs[i] < JOINED:
        return max(np.float32(0.0), weights.rarity[words[i], levels[i]])
    if i > 0 and pairs[i - 1] == pairs[i]:
        return 0.0
    if i + 1 < len(words) and pairs[i + 1] == pairs[i]:
        return max(weights.rarity[words[i], levels[i]], weights.rarity[words[i + 1], levels[i]])
    return weights.rarity[words[i], levels[i]]


@compiled
def _further_rarity(
    words: NDArray[np.uint32], pairs: NDArray[np.int16], levels: NDArray[np.int16], weights: NameWeights
) -> float:
    """The rarity of all paired parts but the rarest."""
    total, most = np.float32(0.0), np.float32(0.0)
    for i in range(len(words)):
        rarity = part_rarity(words, i, pairs, levels, weights)
        total += rarity
        most = max(most, rarity)
    return total - most


@compiled
def discounts(
    words: NDArray[np.uint32], pairs: NDArray[np.int16], levels: NDArray[np.int16], weights: NameWeights
) -> NDArray[np.float32]:
    """What each part of a name loses because a rarer part has already said much of it (`NameWeights.further`)."""
    lost = np.empty(len(words), dtype=np.float32)
    rarest = 0
    for i in range(len(words)):
        lost[i] = (1.0 - weights.further) * part_rarity(words, i, pairs, levels, weights)
        if lost[i] > lost[rarest]:
            rarest = i
    if len(words) > 0:
        lost[rarest] = 0.0
    return lost


@compiled
def _alone(
    count: int,
    others: int,
    roles: NDArray[np.uint8],
    other_roles: NDArray[np.uint8],
    pairs: NDArray[np.int16],
    free: NDArray[np.uint8],
    weights: NameWeights,
) -> float:
    """Bits of the parts on either side that found no partner."""
    total = np.float32(0.0)
    for i in range(count):
        if pairs[i] < 0:
            total += weights.missing[roles[i]]
    for j in range(others):
        if free[j] == 1:
            total += weights.extra[other_roles[j]]
    return total


@compiled
def _pair_singles(
    count: int,
    others: int,
    bits: NDArray[np.float32],
    pairs: NDArray[np.int16],
    free: NDArray[np.uint8],
    least: np.float32,
) -> float:
    """Pair free parts, best first, while a pair brings more than `least` bits.

    Pairs against stay recorded as pairs: they are what contradicts.
    """
    total = 0.0
    while True:
        best, best_i, best_j = least, -1, -1
        for i in range(count):
            if pairs[i] >= 0:
                continue
            for j in range(others):
                if free[j] == 1 and bits[i, j] > best:
                    best, best_i, best_j = bits[i, j], i, j
        if best_i < 0:
            return total
        pairs[best_i] = best_j
        free[best_j] = 0
        total += best


@compiled
def _pair_joined(
    query: Vocabulary,
    names: QueryNames,
    start: int,
    count: int,
    vocabulary: Vocabulary,
    people: People,
    first: int,
    others: int,
    weights: NameWeights,
    costs: NDArray[np.float32],
    abjad_costs: NDArray[np.float32],
    pairs: NDArray[np.int16],
    levels: NDArray[np.int16],
    free: NDArray[np.uint8],
) -> float:
    """Pair one part with two neighbours of the other name written as one; returns the bits it adds.

    "Annamaria" and "Anna Maria", in both directions.
    """
    total = 0.0
    for i in range(count):
        if pairs[i] >= 0:
            continue
        word = names.words[start + i]
        for j in range(others - 1):
            if free[j] == 0 or free[j + 1] == 0:
                continue
            value = joined_likeness(
                query, word, vocabulary, people.words[first + j], people.words[first + j + 1], costs, abjad_costs
            )
            gain = weights.bits[word, level_of(value)] + weights.joined
            if value >= 0.75 and gain > 0.0:
                pairs[i], levels[i] = j + JOINED, level_of(value)
                free[j] = free[j + 1] = 0
                total += gain
                break
    for i in range(count - 1):
        if pairs[i] >= 0 or pairs[i + 1] >= 0:
            continue
        a, b = names.words[start + i], names.words[start + i + 1]
        for j in range(others):
            if free[j] == 0:
                continue
            value = joined_likeness(vocabulary, people.words[first + j], query, a, b, costs, abjad_costs)
            level = level_of(value)
            gain = max(weights.bits[a, level], weights.bits[b, level]) + 4.0 + weights.joined
            if value >= 0.75 and gain > 0.0:
                pairs[i] = pairs[i + 1] = j + JOINED
                levels[i] = levels[i + 1] = level
                free[j] = 0
                total += gain
                break
    return total
