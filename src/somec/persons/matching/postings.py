"""Sorted lists of numbers as differences in variable-length bytes.

Seven bits a byte, the last byte marked: the usual form of inverted indexes.
"""

# Kernels mix Python and numpy scalars, which numba unifies and mypy keeps apart.
# mypy: disable-error-code="arg-type, assignment, return-value, no-any-return, type-var, call-overload, operator, index"

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.arrays import Buckets, Terms, WordRecords
from somec.persons.matching.compiled import compiled


@compiled
def encode(
    rows: NDArray[np.int64], values: NDArray[np.uint32], count: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    """Rows sorted by (row, value) as one byte string and the start of each of `count` rows in it.

    Values that repeat within a row are written once.
    """
    out = np.empty(len(values) * 5, dtype=np.uint8)
    at = np.zeros(count + 1, dtype=np.uint64)
    used, row, last = 0, -1, 0
    for i in range(len(values)):
        if rows[i] != row:
            for skipped in range(row + 1, rows[i] + 1):
                at[skipped] = used
            row, last = rows[i], -1
        value = np.int64(values[i])
        if value == last:
            continue
        gap = value - last - 1
        last = value
        while gap >= 128:
            out[used] = gap & 127
            gap >>= 7
            used += 1
        out[used] = gap | 128
        used += 1
    for skipped in range(row + 1, count + 1):
        at[skipped] = used
    return out[:used].copy(), at


@compiled
def decode(postings: NDArray[np.uint8], start: int, end: int, out: NDArray[np.uint32]) -> int:
    """Write the numbers of one row to `out`; returns how many."""
    found, value, shift, gap = 0, -1, 0, 0
    for position in range(start, end):
        byte = np.int64(postings[position])
        gap |= (byte & 127) << shift
        if byte >= 128:
            value += gap + 1
            out[found] = value
            found += 1
            gap = shift = 0
        else:
            shift += 7
    return found


def decode_with_numpy(postings: NDArray[np.uint8], start: int, end: int) -> NDArray[np.int64]:
    """The same without a compiled kernel."""
    part = postings[start:end]
    ends = np.flatnonzero(part >= 128)
    if len(ends) == 0:
        return np.zeros(0, dtype=np.int64)
    starts = np.concatenate(([0], ends[:-1] + 1))
    place = np.arange(len(part)) - np.repeat(starts, ends - starts + 1)
    gaps = np.add.reduceat((part & 127).astype(np.int64) << (7 * place), starts)
    return np.cumsum(gaps + 1) - 1


def bucketed(keys: NDArray[np.uint64], words: NDArray[np.uint32]) -> Buckets:
    """Key-word pairs as hash buckets, about one key a bucket."""
    bits = max(4, int(max(1, len(keys) // 2)).bit_length())
    rows, values = _sorted_pairs(keys & np.uint64((1 << bits) - 1), words)
    postings, at = encode(rows, values, 1 << bits)
    return Buckets(at.astype(np.uint32), postings)


def termed(keys: NDArray[np.uint64], records: NDArray[np.uint32]) -> Terms:
    """Key-record pairs as sorted exact terms; `records` do not decrease."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    first = np.flatnonzero(np.concatenate((np.ones(min(1, len(keys)), bool), ordered[1:] != ordered[:-1])))
    counts = np.diff(np.append(first, len(keys)))
    rows = np.repeat(np.arange(len(first), dtype=np.int64), counts)
    postings, at = encode(rows, records[order], len(first))
    return Terms(ordered[first], counts.astype(np.uint32), at, postings)


def word_postings(words: NDArray[np.uint32], records: NDArray[np.uint32], count: int) -> WordRecords:
    """Word-record pairs as rows of records, and the number of different records of each word."""
    rows, values = _sorted_pairs(words.astype(np.uint64), records)
    again = np.zeros(len(rows), dtype=bool)
    again[1:] = (rows[1:] == rows[:-1]) & (values[1:] == values[:-1])
    postings, at = encode(rows, values, count)
    return WordRecords(np.bincount(rows[~again], minlength=count).astype(np.uint32), at, postings)


def _sorted_pairs(upper: NDArray[np.uint64], lower: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Pairs of numbers below 2^32 in order; sorting them as one number is the fastest way numpy has."""
    pairs = upper << np.uint64(32) | lower
    pairs.sort()
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.uint32)
