"""Which rows of a file are worth comparing with each other.

Blocks bring rows together that share a key (see `pairing.blocking_keys`). Blocks with too many rows say nothing; of the
rest, a quick look (`promise`) leaves the pairs that could be one person.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.arrays import People, Tables
from somec.persons.matching.pairing import PAIR_LEVELS, blocking_keys, pairs_of_blocks
from somec.persons.matching.promise import FirstSight, promises
from somec.persons.matching.wordclasses import WordClasses, word_classes

MOST_IN_BLOCK: Final = 120
LARGE: Final = 100_000
MOST_IN_BLOCK_LARGE: Final = 50
"""Records of a block that are compared, for files up to `LARGE` rows and beyond."""
COMMON_WORD: Final = 0.05
"""A word in more than this share of rows is no evidence for blocking."""
PROMISE: Final = 7.0
PROMISE_LARGE: Final = 4.0
"""Bits below log2 of the number of rows that a pair must promise, for files up to `LARGE` rows and beyond."""
COMMON_DAY_SHARE: Final = 0.001
FEW: Final = 50
"""A day that this share of the dated rows have, and more than a few, tells people badly apart."""
SAMPLED_ROWS: Final = 250_000
SAMPLED_PAIRS: Final = 300_000
_CHUNK: Final = 125_000
_PARTS: Final = 16
_SLICE: Final = 400_000

Keys = tuple[NDArray[np.uint64], NDArray[np.uint32]]


class Blocks(NamedTuple):
    """What blocking works with."""

    tables: Tables
    classes: WordClasses
    sight: FirstSight
    most: int
    """Rows of a block that are compared."""
    least: float
    """Bits that a pair must promise."""


def blocks_of(tables: Tables) -> Blocks:
    """Classes, rarities and limits of a file, with dates that promise nothing."""
    count, classes = len(tables.identities.order), word_classes(tables.vocabulary)
    few = count <= LARGE
    return Blocks(
        tables,
        classes,
        first_sight(tables, classes),
        MOST_IN_BLOCK if few else MOST_IN_BLOCK_LARGE,
        math.log2(max(2, count)) - (PROMISE if few else PROMISE_LARGE),
    )


def candidate_pairs(blocks: Blocks, dates: NDArray[np.float64], threads: int = 2) -> NDArray[np.uint64]:
    """The pairs of rows worth comparing, each once: row numbers in the upper and lower half.

    `dates` are the bits of each level between two dates.
    """
    rows = np.arange(len(blocks.tables.identities.order), dtype=np.uint32)
    sight = blocks.sight._replace(dates=dates.astype(np.float32))
    return _promising(blocks._replace(sight=sight), rows, threads)


def sampled_pairs(blocks: Blocks, threads: int = 2) -> NDArray[np.uint64]:
    """Some of the pairs that names, places and documents bring together, whatever their dates.

    In large files the pairs among some of the rows.
    """
    count = len(blocks.tables.identities.order)
    chance = np.random.default_rng(0)
    share = min(1.0, SAMPLED_ROWS / max(1, count))
    rows = np.flatnonzero(chance.random(count) < share).astype(np.uint32)
    most = max(2, round(blocks.most * share))
    pairs = _promising(blocks._replace(most=most), rows, threads, undated=True)
    return pairs[chance.random(len(pairs)) * len(pairs) < SAMPLED_PAIRS]


def _promising(blocks: Blocks, rows: NDArray[np.uint32], threads: int, *, undated: bool = False) -> NDArray[np.uint64]:
    def look(block: Keys) -> NDArray[np.uint64]:
        pairs = pairs_of_blocks(*block, blocks.most)
        return np.unique(pairs[promises(pairs, blocks.tables.people, blocks.sight) >= blocks.least])

    with ThreadPoolExecutor(threads) as pool:
        found = [
            pairs
            for keys, owners in _parts(blocks, rows, pool, undated=undated)
            for pairs in pool.map(look, _slices(keys, owners))
        ]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.uint64)


def first_sight(tables: Tables, classes: WordClasses) -> FirstSight:
    """What the quick look knows of the words, places and days of a file."""
    count = max(1, len(tables.identities.order))
    same_sound = summed(classes.sounds, tables.word_records.counts.astype(np.float64))
    return FirstSight(
        classes,
        np.ascontiguousarray(tables.vocabulary.traits[:, 2]),
        -np.log2(np.minimum(1.0, (same_sound + 1.0) / count)).astype(np.float32),
        np.minimum(9.0, -np.log2(np.minimum(1.0, (tables.places.counts + 2.0) / count))).astype(np.float32),
        np.zeros(PAIR_LEVELS, np.float32),
        common_days(tables.people),
    )


def common_days(people: People) -> NDArray[np.uint8]:
    """By packed date, whether it says little: 1 January, or a day that many have."""
    counts = np.bincount(people.dates, minlength=1)
    whole = (np.arange(len(counts)) & 31) > 0
    first_of_year = (np.arange(len(counts)) & 0x1FF) == (1 << 5 | 1)
    many = counts > max(float(FEW), COMMON_DAY_SHARE * counts[whole].sum())
    common: NDArray[np.uint8] = (whole & (first_of_year | many)).astype(np.uint8)
    return common


def summed(classes: NDArray[np.uint64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each word the sum of the counts of its class."""
    _, numbers = np.unique(classes, return_inverse=True)
    sums: NDArray[np.float64] = np.bincount(numbers, weights=counts)[numbers].astype(np.float64)
    return sums


def _parts(blocks: Blocks, rows: NDArray[np.uint32], pool: ThreadPoolExecutor, *, undated: bool) -> Iterator[Keys]:
    """The keys of all blocks and their rows, in `_PARTS` parts that share no key, each sorted."""
    tables, classes, count = blocks.tables, blocks.classes, len(blocks.tables.identities.order)
    weak = (tables.word_records.counts > max(50.0, COMMON_WORD * count)).astype(np.uint8)
    weak |= (np.diff(tables.vocabulary.plain_at) < 2).astype(np.uint8)

    def chunk(first: int) -> list[Keys]:
        keys, owners = blocking_keys(
            tables.people, classes.sounds, classes.bones, classes.initials, weak, rows[first : first + _CHUNK]
        )
        if undated:
            even = (keys & np.uint64(1)) == 0
            keys, owners = keys[even], owners[even]
        part = (keys >> np.uint64(60)).astype(np.uint8)
        return [(keys[chosen], owners[chosen]) for chosen in (part == number for number in range(_PARTS))]

    chunks = list(pool.map(chunk, range(0, len(rows), _CHUNK)))
    for number in range(_PARTS if chunks else 0):
        keys = np.concatenate([one[number][0] for one in chunks])
        owners = np.concatenate([one[number][1] for one in chunks])
        order = np.argsort(keys, kind="stable")
        yield keys[order], owners[order]
        for one in chunks:
            one[number] = (keys[:0], owners[:0])


def _slices(keys: NDArray[np.uint64], owners: NDArray[np.uint32]) -> Iterator[Keys]:
    """Sorted keys cut between blocks, so that the pairs of one slice fit in little memory."""
    start = 0
    while start < len(keys):
        end = min(len(keys), start + _SLICE)
        if end < len(keys):
            end = int(np.searchsorted(keys, keys[end - 1], side="right"))
        yield keys[start:end], owners[start:end]
        start = end
