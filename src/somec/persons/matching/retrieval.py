"""The candidates of a query: for every record the bits its words and dates bring, the best records kept.

Each list of records belongs to a group (one word of the query, one date). A record counts the strongest list of a
group only; lists of a group therefore come strongest first.
"""

# Kernels mix Python and numpy scalars, which numba unifies and mypy keeps apart.
# mypy: disable-error-code="arg-type, assignment, return-value, no-any-return, type-var, call-overload, operator, index"

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.compiled import IS_COMPILED, compiled
from somec.persons.matching.postings import decode_with_numpy

BINS = 512


@compiled
def accumulate(
    postings: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    bits: NDArray[np.float32],
    groups: NDArray[np.uint8],
    scores: NDArray[np.float32],
    stamps: NDArray[np.uint8],
    touched: NDArray[np.uint32],
    used: int,
) -> int:
    """Add the bits of each list to the scores of its records.

    Returns how many records of `touched` are filled. `groups` number from 1.
    """
    for i in range(len(starts)):
        value, shift, gap = -1, 0, 0
        group, weight = groups[i], bits[i]
        for position in range(starts[i], ends[i]):
            byte = np.int64(postings[position])
            gap |= (byte & 127) << shift
            if byte < 128:
                shift += 7
                continue
            value += gap + 1
            gap = shift = 0
            stamp = stamps[value]
            if stamp == group:
                continue
            if stamp == 0:
                touched[used] = value
                used += 1
            stamps[value] = group
            scores[value] += weight
    return used


def accumulate_with_numpy(
    postings: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    bits: NDArray[np.float32],
    groups: NDArray[np.uint8],
    scores: NDArray[np.float32],
    stamps: NDArray[np.uint8],
    touched: NDArray[np.uint32],
    used: int,
) -> int:
    """The same additions in the same order without a compiled kernel."""
    for i in range(len(starts)):
        records = decode_with_numpy(postings, int(starts[i]), int(ends[i]))
        fresh = records[stamps[records] != groups[i]]
        new = fresh[stamps[fresh] == 0]
        touched[used : used + len(new)] = new
        used += len(new)
        stamps[fresh] = groups[i]
        scores[fresh] += bits[i]
    return used


@compiled
def best(
    scores: NDArray[np.float32], touched: NDArray[np.uint32], dead: NDArray[np.uint8], wanted: int
) -> NDArray[np.uint32]:
    """The records with the highest scores, ties by record number, at most `wanted`."""
    top = np.float32(0.0)
    for record in touched:
        if dead[record] == 0 and scores[record] > top:
            top = scores[record]
    if top <= 0.0:
        return np.empty(0, dtype=np.uint32)
    scale = np.float32((BINS - 1) / top)
    histogram = np.zeros(BINS, dtype=np.int64)
    for record in touched:
        if dead[record] == 0 and scores[record] > 0.0:
            histogram[int(scores[record] * scale)] += 1
    floor, total = BINS - 1, histogram[BINS - 1]
    while floor > 0 and total < wanted:
        floor -= 1
        total += histogram[floor]
    chosen = np.empty(total, dtype=np.uint32)
    found = 0
    for record in touched:
        if dead[record] == 0 and scores[record] > 0.0 and int(scores[record] * scale) >= floor:
            chosen[found] = record
            found += 1
    chosen = chosen[:found]
    chosen.sort()
    order = np.argsort(-scores[chosen], kind="mergesort")
    return chosen[order[:wanted]]


def best_with_numpy(
    scores: NDArray[np.float32], touched: NDArray[np.uint32], dead: NDArray[np.uint8], wanted: int
) -> NDArray[np.uint32]:
    """The same records without a compiled kernel."""
    living = touched[(dead[touched] == 0) & (scores[touched] > 0.0)]
    living = np.sort(living)
    order = np.argsort(-scores[living], kind="stable")
    chosen: NDArray[np.uint32] = living[order[:wanted]]
    return chosen


@compiled
def clear(scores: NDArray[np.float32], stamps: NDArray[np.uint8], touched: NDArray[np.uint32]) -> None:
    """Zero what a query has written, and only that."""
    for record in touched:
        scores[record] = 0.0
        stamps[record] = 0


def clear_with_numpy(scores: NDArray[np.float32], stamps: NDArray[np.uint8], touched: NDArray[np.uint32]) -> None:
    """The same without a compiled kernel."""
    scores[touched] = 0.0
    stamps[touched] = 0


add_lists = accumulate if IS_COMPILED else accumulate_with_numpy
best_records = best if IS_COMPILED else best_with_numpy
clear_scores = clear if IS_COMPILED else clear_with_numpy
