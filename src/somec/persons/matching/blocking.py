"""Which rows of a file are worth comparing with each other.

Blocks bring rows together that share a key (see `pairing.blocking_keys`). Blocks with too many rows say nothing; of the
rest, a quick look (`promise`) leaves the pairs that could be one person.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.arrays import Tables
from somec.persons.matching.pairing import blocking_keys, pairs_of_blocks
from somec.persons.matching.promise import DATE_BITS, FirstSight, promises
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
_CHUNK: Final = 125_000
_PARTS: Final = 16
_SLICE: Final = 400_000


def candidate_pairs(tables: Tables, threads: int = 2) -> NDArray[np.uint64]:
    """The pairs of rows worth comparing, each once: row numbers in the upper and lower half."""
    count = len(tables.identities.order)
    classes = word_classes(tables.vocabulary)
    sight = first_sight(tables, classes)
    most = MOST_IN_BLOCK if count <= LARGE else MOST_IN_BLOCK_LARGE
    least = math.log2(max(2, count)) - (PROMISE if count <= LARGE else PROMISE_LARGE)

    def look(block: tuple[NDArray[np.uint64], NDArray[np.uint32]]) -> NDArray[np.uint64]:
        pairs = pairs_of_blocks(*block, most)
        return np.unique(pairs[promises(pairs, tables.people, sight) >= least])

    with ThreadPoolExecutor(threads) as pool:
        found = [
            pairs for keys, owners in _parts(tables, classes, pool) for pairs in pool.map(look, _slices(keys, owners))
        ]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.uint64)


def first_sight(tables: Tables, classes: WordClasses) -> FirstSight:
    """What the quick look knows of the words and places of a file."""
    count = max(1, len(tables.identities.order))
    same_sound = summed(classes.sounds, tables.word_records.counts.astype(np.float64))
    return FirstSight(
        classes,
        np.ascontiguousarray(tables.vocabulary.traits[:, 2]),
        -np.log2(np.minimum(1.0, (same_sound + 1.0) / count)).astype(np.float32),
        np.minimum(9.0, -np.log2(np.minimum(1.0, (tables.places.counts + 2.0) / count))).astype(np.float32),
        np.array(DATE_BITS, np.float32),
    )


def summed(classes: NDArray[np.uint64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each word the sum of the counts of its class."""
    _, numbers = np.unique(classes, return_inverse=True)
    sums: NDArray[np.float64] = np.bincount(numbers, weights=counts)[numbers].astype(np.float64)
    return sums


Keys = tuple[NDArray[np.uint64], NDArray[np.uint32]]


def _parts(tables: Tables, classes: WordClasses, pool: ThreadPoolExecutor) -> Iterator[Keys]:
    """The keys of all blocks and their rows, in `_PARTS` parts that share no key, each sorted."""
    count = len(tables.identities.order)
    weak = (tables.word_records.counts > max(50.0, COMMON_WORD * count)).astype(np.uint8)
    weak |= (np.diff(tables.vocabulary.plain_at) < 2).astype(np.uint8)

    def chunk(first: int) -> list[Keys]:
        keys, owners = blocking_keys(
            tables.people,
            classes.sounds,
            classes.bones,
            classes.initials,
            weak,
            first,
            min(count, first + _CHUNK),
        )
        part = (keys >> np.uint64(60)).astype(np.uint8)
        return [(keys[chosen], owners[chosen]) for chosen in (part == number for number in range(_PARTS))]

    chunks = list(pool.map(chunk, range(0, count, _CHUNK)))
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
