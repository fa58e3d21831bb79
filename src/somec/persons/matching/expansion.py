"""Which words of the index a word of the query may be.

Words that share a sure key (sound form, skeleton, equivalent) and words that share enough trigrams are compared with
the query word; those alike enough are its expansion. The number of
records that hold them tells how much such a likeness is worth *in this index*: it is the u-probability of Fellegi and
Sunter, measured for each query and not assumed.
"""

# Kernels mix Python and numpy scalars, which numba unifies and mypy keeps apart.
# mypy: disable-error-code="arg-type, assignment, return-value, no-any-return, type-var, call-overload, operator, index"

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.arrays import Buckets, Vocabulary
from somec.persons.matching.compiled import compiled
from somec.persons.matching.wordbatch import similarities

LEAST_LIKENESS: Final = 0.55
"""Words less alike are not followed; a candidate found by other parts or fields is still compared with them."""
MOST_COMPARED: Final = 200
"""Words compared for one query word."""
SURE_KEY: Final = 64
LOOSE_KEY: Final = 3
"""What a shared key counts, in trigrams."""
COMMON_SHARE: Final = 0.01
"""A trigram in more than this share of the vocabulary is skipped when rarer ones remain."""


@compiled
def expand(
    query: Vocabulary,
    word: int,
    sure_keys: NDArray[np.uint64],
    loose_keys: NDArray[np.uint64],
    gram_keys: NDArray[np.uint64],
    vocabulary: Vocabulary,
    sure: Buckets,
    grams: Buckets,
    counts: NDArray[np.uint8],
    costs: NDArray[np.float32],
    abjad_costs: NDArray[np.float32],
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The words of `vocabulary` that are like word number `word` of `query`, and how alike.

    `counts` is one zeroed byte for each word and is left zeroed.
    """
    size = len(counts)
    touched = np.empty(4096, dtype=np.uint32)
    used = 0
    mask = np.uint64(len(sure.at) - 2)
    for key in sure_keys:
        row = np.int64(key & mask)
        touched, used = _count(
            sure.postings, np.int64(sure.at[row]), np.int64(sure.at[row + 1]), SURE_KEY, counts, touched, used
        )
    for key in loose_keys:
        row = np.int64(key & mask)
        touched, used = _count(
            sure.postings, np.int64(sure.at[row]), np.int64(sure.at[row + 1]), LOOSE_KEY, counts, touched, used
        )
    wanted = LOOSE_KEY - 1
    if len(gram_keys) > 0:
        rows = np.empty(len(gram_keys), dtype=np.int64)
        lengths = np.empty(len(gram_keys), dtype=np.int64)
        gram_mask = np.uint64(len(grams.at) - 2)
        for i in range(len(gram_keys)):
            rows[i] = np.int64(gram_keys[i] & gram_mask)
            lengths[i] = np.int64(grams.at[rows[i] + 1]) - np.int64(grams.at[rows[i]])
        order = np.argsort(lengths)
        read = 0
        for position in range(len(order)):
            i = order[position]
            if read >= 5 and lengths[i] > 2000 + COMMON_SHARE * size:
                break
            touched, used = _count(
                grams.postings, np.int64(grams.at[rows[i]]), np.int64(grams.at[rows[i] + 1]), 1, counts, touched, used
            )
            read += 1
        wanted = max(2, (read * 3 + 9) // 10)
    chosen = _chosen(touched[:used], counts, wanted)
    return _compared(query, word, chosen, vocabulary, costs, abjad_costs)


@compiled
def _count(
    postings: NDArray[np.uint8],
    start: int,
    end: int,
    weight: int,
    counts: NDArray[np.uint8],
    touched: NDArray[np.uint32],
    used: int,
) -> tuple[NDArray[np.uint32], int]:
    value, shift, gap = -1, 0, 0
    for position in range(start, end):
        byte = np.int64(postings[position])
        gap |= (byte & 127) << shift
        if byte < 128:
            shift += 7
            continue
        value += gap + 1
        gap = shift = 0
        before = counts[value]
        if before == 0:
            if used == len(touched):
                larger = np.empty(used * 2, dtype=np.uint32)
                larger[:used] = touched
                touched = larger
            touched[used] = value
            used += 1
        if before < 128:
            counts[value] = before + weight
    return touched, used


@compiled
def _chosen(touched: NDArray[np.uint32], counts: NDArray[np.uint8], wanted: int) -> NDArray[np.uint32]:
    """The words to compare: those with most in common, at most `MOST_COMPARED`; clears `counts`.

    Of the words that have just enough in common for the last places, those found by the rarest keys.
    """
    histogram = np.zeros(256, dtype=np.int64)
    for word in touched:
        histogram[counts[word]] += 1
    floor, total = 255, 0
    while floor > wanted and total + histogram[floor] <= MOST_COMPARED:
        total += histogram[floor]
        floor -= 1
    last = min(MOST_COMPARED - total, histogram[floor])
    chosen = np.empty(total + last, dtype=np.uint32)
    found = 0
    for word in touched:
        count = counts[word]
        counts[word] = 0
        if count > floor or (count == floor and last > 0):
            last -= count == floor
            chosen[found] = word
            found += 1
    return chosen


@compiled
def _compared(
    query: Vocabulary,
    word: int,
    chosen: NDArray[np.uint32],
    vocabulary: Vocabulary,
    costs: NDArray[np.float32],
    abjad_costs: NDArray[np.float32],
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    alike = similarities(query, word, vocabulary, chosen, costs, abjad_costs, LEAST_LIKENESS)
    near = alike >= LEAST_LIKENESS
    return chosen[near], alike[near]
