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
    touched: NDArray[np.uint32],
    used: int,
) -> int:
    """Add the bits of each list to the scores of its records.

    A row of `scores` is a record's score and the group that added to it last; both stand together because a record is
    one access to memory then. Returns how many records of `touched` are filled. `groups` number from 1.
    """
    for i in range(len(starts)):
        value, shift, gap = -1, 0, 0
        group, weight = np.float32(groups[i]), bits[i]
        for position in range(starts[i], ends[i]):
            byte = np.int64(postings[position])
            gap |= (byte & 127) << shift
            if byte < 128:
                shift += 7
                continue
            value += gap + 1
            gap = shift = 0
            stamp = scores[value, 1]
            if stamp == group:
                continue
            if stamp == 0:
                touched[used] = value
                used += 1
            scores[value, 1] = group
            scores[value, 0] += weight
    return used


def accumulate_with_numpy(
    postings: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    bits: NDArray[np.float32],
    groups: NDArray[np.uint8],
    scores: NDArray[np.float32],
    touched: NDArray[np.uint32],
    used: int,
) -> int:
    """The same additions in the same order without a compiled kernel."""
    for i in range(len(starts)):
        records = decode_with_numpy(postings, int(starts[i]), int(ends[i]))
        fresh = records[scores[records, 1] != groups[i]]
        new = fresh[scores[fresh, 1] == 0]
        touched[used : used + len(new)] = new
        used += len(new)
        scores[fresh, 1] = groups[i]
        scores[fresh, 0] += bits[i]
    return used


@compiled
def take(
    scores: NDArray[np.float32], touched: NDArray[np.uint32], dead: NDArray[np.uint8], wanted: int
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The records with the highest scores and these, ties by record number, at most `wanted`.

    Zeroes what the query has written, and only that.
    """
    values = np.empty(len(touched), dtype=np.float32)
    top = np.float32(0.0)
    for i in range(len(touched)):
        record = touched[i]
        value = scores[record, 0] if dead[record] == 0 else np.float32(0.0)
        scores[record, 0] = scores[record, 1] = np.float32(0.0)
        values[i] = value
        top = max(top, value)
    if top <= 0.0:
        return np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.float32)
    scale = np.float32((BINS - 1) / top)
    histogram = np.zeros(BINS, dtype=np.int64)
    for value in values:
        if value > 0.0:
            histogram[int(value * scale)] += 1
    floor, total = BINS - 1, histogram[BINS - 1]
    while floor > 0 and total < wanted:
        floor -= 1
        total += histogram[floor]
    chosen = np.empty(total, dtype=np.int64)
    found = 0
    for i in range(len(values)):
        if values[i] > 0.0 and int(values[i] * scale) >= floor:
            chosen[found] = i
            found += 1
    chosen = chosen[:found]
    chosen = chosen[np.argsort(touched[chosen])]
    chosen = chosen[np.argsort(-values[chosen], kind="mergesort")[:wanted]]
    return touched[chosen], values[chosen]


def take_with_numpy(
    scores: NDArray[np.float32], touched: NDArray[np.uint32], dead: NDArray[np.uint8], wanted: int
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The same records without a compiled kernel."""
    living = np.sort(touched[(dead[touched] == 0) & (scores[touched, 0] > 0.0)])
    values = scores[living, 0]
    scores[touched] = 0.0
    order = np.argsort(-values, kind="stable")[:wanted]
    return living[order], values[order]


add_lists = accumulate if IS_COMPILED else accumulate_with_numpy
take_best = take if IS_COMPILED else take_with_numpy
