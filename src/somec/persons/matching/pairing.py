"""Pairs of records of one segment: which are worth comparing, and their bits.

Blocking joins what two true records nearly always share: two name parts by sound, or one part by skeleton with two of
the three parts of the birth date, or a part with the place, or a whole
date with the place, or a document. Blocks with too many records say nothing and are skipped; what they would have
found shares a rarer block too.
"""

# Kernels mix Python and numpy scalars, which numba unifies and mypy keeps apart.
# mypy: disable-error-code="arg-type, assignment, return-value, no-any-return, type-var, call-overload, operator, index"

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.alignment import MOST_PARTS, NameWeights, QueryNames, align
from somec.persons.matching.arrays import People, Places, Vocabulary
from somec.persons.matching.compiled import compiled
from somec.persons.matching.dateevidence import date_level
from somec.persons.matching.scoring import Costs
from somec.persons.matching.similarity import LEAST, distance_similarity, word_similarity

MOST_KEYS: Final = 128
PARTS_USED: Final = 6
COMMON_DAY: Final = 13
"""The level of one and the same day that many records have: 1 January, or what a register writes for unknown days."""
PAIR_LEVELS: Final = COMMON_DAY + 1


class PairFields(NamedTuple):
    """Bits of the other fields, without the index's frequencies of single values except for places."""

    sex: NDArray[np.float32]
    nation: NDArray[np.float32]
    place: NDArray[np.float32]
    document: NDArray[np.float32]
    people: float


@compiled
def _mix(a: int, b: int, kind: int) -> np.uint64:
    value = np.uint64(a) * np.uint64(0x9E3779B97F4A7C15) ^ (
        np.uint64(b) + np.uint64(kind) * np.uint64(0xC2B2AE3D27D4EB4F)
    )
    value ^= value >> np.uint64(31)
    value *= np.uint64(0xD6E8FEB86659FD93)
    return value ^ (value >> np.uint64(29))


@compiled
def _dated(a: int, b: int, kind: int) -> np.uint64:
    """An odd key."""
    return _mix(a, b, kind) | np.uint64(1)


@compiled
def _undated(a: int, b: int, kind: int) -> np.uint64:
    """An even key."""
    return _mix(a, b, kind) & ~np.uint64(1)


@compiled
def blocking_keys(
    people: People,
    sounds: NDArray[np.uint64],
    bones: NDArray[np.uint64],
    initials: NDArray[np.uint8],
    weak: NDArray[np.uint8],
    records: NDArray[np.uint32],
) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """The blocks of `records`: keys and record numbers, a key for each block.

    Keys are even where neither date nor any part of it is in them (see `dated`).

    `sounds`, `bones` and `initials` are hashed sound form, hashed skeleton and first letter of each word; `weak`
    words are no evidence.
    """
    keys = np.empty(len(records) * MOST_KEYS, dtype=np.uint64)
    owners = np.empty(len(records) * MOST_KEYS, dtype=np.uint32)
    used = 0
    for row in range(len(records)):
        record = np.int64(records[row])
        start, limit = used, used + MOST_KEYS - 16
        low, high = (
            np.int64(people.word_at[people.name_at[record]]),
            np.int64(people.word_at[people.name_at[record + 1]]),
        )
        high = min(high, low + 2 * PARTS_USED)
        for position in range(people.document_at[record], people.document_at[record + 1]):
            if used < limit:
                keys[used] = _undated(people.documents[position], 0, 1)
                used += 1
        for i in range(low, high):
            one = people.words[i]
            if weak[one] == 1:
                continue
            for j in range(i + 1, high):
                other = people.words[j]
                if used < limit and weak[other] == 0 and one != other:
                    keys[used] = _undated(min(sounds[one], sounds[other]), max(sounds[one], sounds[other]), 2)
                    keys[used + 1] = _undated(min(bones[one], bones[other]), max(bones[one], bones[other]), 3)
                    keys[used + 2] = _undated(bones[one], initials[other], 11)
                    keys[used + 3] = _undated(bones[other], initials[one], 11)
                    used += 4
            if used < limit:
                keys[used] = _undated(sounds[one], 0, 12)
                used += 1
            for position in range(people.place_at[record], people.place_at[record + 1]):
                if used < limit:
                    keys[used] = _undated(bones[one], people.places[position], 4)
                    used += 1
            used = _date_keys(people, record, bones[one], sounds[one], initials[one], keys, used, limit)
        used = _keys_without_names(people, record, keys, used, limit)
        owners[start:used] = record
    return keys[:used].copy(), owners[:used].copy()


@compiled
def _keys_without_names(people: People, record: int, keys: NDArray[np.uint64], used: int, limit: int) -> int:
    for position in range(people.date_at[record], people.date_at[record + 1]):
        for place in range(people.place_at[record], people.place_at[record + 1]):
            if used < limit + 4:
                keys[used] = _dated(people.dates[position], people.places[place], 9)
                keys[used + 1] = _dated(np.int64(people.dates[position]) >> 9, people.places[place], 13)
                used += 2
        if used < limit + 6 and people.dates[position] & 31 > 0:
            keys[used] = _dated(people.dates[position], 0, 10)
            used += 1
    return used


@compiled
def _date_keys(
    people: People,
    record: int,
    bones: int,
    sound: int,
    initial: int,
    keys: NDArray[np.uint64],
    used: int,
    limit: int,
) -> int:
    for position in range(people.date_at[record], people.date_at[record + 1]):
        if used + 5 >= limit:
            return used
        packed = np.int64(people.dates[position])
        year, month, day = packed >> 9, (packed >> 5) & 15, packed & 31
        keys[used] = _dated(sound, year, 5)
        used += 1
        if day > 0:
            low, high = min(month, day), max(month, day)
            keys[used] = _dated(bones, year * 32 + day, 6)
            keys[used + 1] = _dated(bones, year * 32 + month, 7)
            keys[used + 2] = _dated(bones, low * 32 + high, 8)
            keys[used + 3] = _dated(packed, initial, 14)
            used += 4
    return used


@compiled
def pairs_of_blocks(keys: NDArray[np.uint64], owners: NDArray[np.uint32], most: int) -> NDArray[np.uint64]:
    """Pairs (smaller record number in the upper half) of records that share a block of at most `most` records.

    `keys` sorted. A pair may come several times.
    """
    total, start = 0, 0
    for position in range(1, len(keys) + 1):
        if position == len(keys) or keys[position] != keys[start]:
            size = position - start
            if 1 < size <= most:
                total += size * (size - 1) // 2
            start = position
    pairs = np.empty(total, dtype=np.uint64)
    used = start = 0
    for position in range(1, len(keys) + 1):
        if position == len(keys) or keys[position] != keys[start]:
            if 1 < position - start <= most:
                for i in range(start, position):
                    for j in range(i + 1, position):
                        a, b = np.uint64(min(owners[i], owners[j])), np.uint64(max(owners[i], owners[j]))
                        if a != b:
                            pairs[used] = a << np.uint64(32) | b
                            used += 1
            start = position
    return pairs[:used]


@compiled
def score_pairs(
    pairs: NDArray[np.uint64],
    vocabulary: Vocabulary,
    people: People,
    places: Places,
    weights: NameWeights,
    fields: PairFields,
    costs: Costs,
    bits: NDArray[np.float32],
) -> None:
    """Bits by field (as in `scoring.Field`) for each pair, into `bits`; the date is left to `date_levels`."""
    names = QueryNames(people.word_at, people.words, people.roles)
    chosen, levels = np.zeros(MOST_PARTS, dtype=np.int16), np.zeros(MOST_PARTS, dtype=np.int16)
    for row in range(len(pairs)):
        a, b = np.int64(pairs[row] >> np.uint64(32)), np.int64(pairs[row] & np.uint64(0xFFFFFFFF))
        best = np.float32(-1000.0)
        for name in range(people.name_at[a], people.name_at[a + 1]):
            for other in range(people.name_at[b], people.name_at[b + 1]):
                alike = _alike(vocabulary, people, name, other, costs)
                best = max(
                    best,
                    align(
                        vocabulary,
                        names,
                        name,
                        vocabulary,
                        people,
                        other,
                        alike,
                        weights,
                        costs.alphabet,
                        costs.abjad,
                        chosen,
                        levels,
                    ),
                )
        bits[row, 0] = best if best > -999.0 else 0.0
        if people.sexes[a] > 0 and people.sexes[b] > 0:
            bits[row, 2] = fields.sex[0] if people.sexes[a] == people.sexes[b] else fields.sex[1]
        bits[row, 3] = _shared(people.nations, people.nation_at, a, b, fields.nation)
        bits[row, 4] = _pair_place(people, places, a, b, fields, costs)
        bits[row, 5] = _shared(people.documents, people.document_at, a, b, fields.document)


@compiled
def _alike(vocabulary: Vocabulary, people: People, name: int, other: int, costs: Costs) -> NDArray[np.float32]:
    first, second = np.int64(people.word_at[name]), np.int64(people.word_at[other])
    rows = min(MOST_PARTS, np.int64(people.word_at[name + 1]) - first)
    columns = min(MOST_PARTS, np.int64(people.word_at[other + 1]) - second)
    alike = np.empty((rows, columns), dtype=np.float32)
    for i in range(rows):
        for j in range(columns):
            one, two = people.words[first + i], people.words[second + j]
            alike[i, j] = (
                1.0
                if one == two
                else word_similarity(vocabulary, one, vocabulary, two, costs.alphabet, costs.abjad, LEAST)
            )
    return alike


@compiled
def pair_level(a: int, b: int, common: NDArray[np.uint8]) -> int:
    """The `DateLevel` of two packed dates, or `COMMON_DAY` for one day that many have (`common` by packed date)."""
    level = date_level(a, b)
    return COMMON_DAY if level == 1 and common[a] == 1 else level


@compiled
def date_levels(pairs: NDArray[np.uint64], people: People, common: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The best `pair_level` between any dates of each pair; a common day comes right after the same day."""
    levels = np.zeros(len(pairs), dtype=np.uint8)
    for row in range(len(pairs)):
        a, b = np.int64(pairs[row] >> np.uint64(32)), np.int64(pairs[row] & np.uint64(0xFFFFFFFF))
        best, lowest = 0, 1000
        for i in range(people.date_at[a], people.date_at[a + 1]):
            for j in range(people.date_at[b], people.date_at[b + 1]):
                level = pair_level(np.int64(people.dates[i]), np.int64(people.dates[j]), common)
                order = 3 if level == COMMON_DAY else 2 * level
                if level > 0 and order < lowest:
                    best, lowest = level, order
        levels[row] = best
    return levels


@compiled
def _shared(values: NDArray[np.uint64], at: NDArray[np.uint32], a: int, b: int, bits: NDArray[np.float32]) -> float:
    if at[a] == at[a + 1] or at[b] == at[b + 1]:
        return np.float32(0.0)
    for i in range(at[a], at[a + 1]):
        for j in range(at[b], at[b + 1]):
            if values[i] == values[j]:
                return bits[0]
    return bits[1]


@compiled
def _pair_place(people: People, places: Places, a: int, b: int, fields: PairFields, costs: Costs) -> float:
    if people.place_at[a] == people.place_at[a + 1] or people.place_at[b] == people.place_at[b + 1]:
        return np.float32(0.0)
    best = fields.place[2]
    for i in range(people.place_at[a], people.place_at[a + 1]):
        for j in range(people.place_at[b], people.place_at[b + 1]):
            one, two = people.places[i], people.places[j]
            alike = 1.0
            if one != two:
                alike = distance_similarity(
                    places.letters[places.at[one] : places.at[one + 1]],
                    places.letters[places.at[two] : places.at[two + 1]],
                    costs.alphabet,
                    0.75,
                )
            if alike >= 0.8:
                rarity = np.float32(min(9.0, -np.log2((np.float64(places.counts[two]) + 2.0) / fields.people)))
                best = max(best, rarity + (fields.place[0] if alike > 0.95 else fields.place[1]))
    return best
