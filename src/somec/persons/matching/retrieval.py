"""The candidates of a query: for every record the bits its words and dates bring, the best records kept.

Each list of records belongs to a group (one word of the query, one date). A record counts the strongest list of a
group only; lists of a group therefore come strongest first.
"""

# Kernels mix Python and numpy scalars, which numba unifies and mypy keeps apart.
# mypy: disable-error-code="arg-type, assignment, return-value, no-any-return, type-var, call-overload, operator, index"

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.arrays import WordRecords
from somec.persons.matching.compiled import IS_COMPILED, compiled
from somec.persons.matching.postings import decode, decode_with_numpy

BINS = 512
WEIGHED: Final = 5
"""Times as many records are weighed by sex, nationality and year as are compared in full."""
ALWAYS_SCORED: Final = 30
NEAR_BEST: Final = 0.5
"""Beyond the first `ALWAYS_SCORED`, only records whose words and dates bring at least this share of the best record's
bits are compared in full."""
LEAST_LIST_BITS: Final = 1.0
"""Lists that bring less are not read: the words in them are compared for records found otherwise."""
MOST_READ: Final = 3_000
MOST_READ_SHARE: Final = 0.004
"""Records that one word of the query leads to, strongest likeness first; the strongest list is always read whole."""
CLEAR_BITS: Final = 12.0
SHORT_OF_BEST: Final = 2.0
"""Parts of a date are not looked for when somebody has the whole date and words that bring at least `CLEAR_BITS` and
fall at most `SHORT_OF_BEST` short of the best: nobody found by part of the date alone would come near."""
MOST_SAME_DAY: Final = 300
KNOWN_BY_NAME: Final = 10.0
SURE_BY_NAME: Final = 24.0
"""Everybody born on the day asked for is compared in full, however little his name brings, unless the words of one of
them bring `KNOWN_BY_NAME` bits or those of anybody at all `SURE_BY_NAME`: some go by a name that leads to too many
others or to nobody on file, and the day of birth leaves a few dozen among a million. Where more than `MOST_SAME_DAY`
share a day (1 January in places) they come in by their bits, as everybody does."""


class Lists(NamedTuple):
    """Lists of records: where each stands in the postings, the bits it brings, its group."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    bits: NDArray[np.float32]
    groups: NDArray[np.uint8]


class Expanded(NamedTuple):
    """The words of the index that each word of the query may be: word numbers and likeness levels, row by row."""

    words: NDArray[np.uint32]
    levels: NDArray[np.uint8]
    at: NDArray[np.int64]


class Apart(NamedTuple):
    """What tells records apart at the cost of one look: sex, the one nationality, the one date."""

    sexes: NDArray[np.uint8]
    nations: NDArray[np.uint32]
    nation_at: NDArray[np.uint32]
    dates: NDArray[np.uint32]
    date_at: NDArray[np.uint32]
    sex: int
    """Of the query; 0 when not told."""
    other_sex: float
    """Bits when the other one is on record."""
    nation_bits: NDArray[np.float32]
    date: int
    """Of the query, packed; 0 unless it has just one."""
    other_date: float
    """Bits of a wholly different date."""


@compiled
def word_lists(expanded: Expanded, bits: NDArray[np.float32], records: WordRecords, people: int) -> Lists:
    """The record lists of all query words, strongest first within each word; `bits` by word and likeness level."""
    size = len(expanded.words)
    starts, ends = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64)
    weights, groups = np.empty(size, dtype=np.float32), np.empty(size, dtype=np.uint8)
    most, used = MOST_READ_SHARE * people + MOST_READ, 0
    for number in range(len(expanded.at) - 1):
        read, first = 0, used
        for level in np.argsort(-bits[number], kind="mergesort"):
            if bits[number, level] < LEAST_LIST_BITS or read > most:
                break
            for i in range(expanded.at[number], expanded.at[number + 1]):
                if expanded.levels[i] != level:
                    continue
                word = expanded.words[i]
                read += np.int64(records.counts[word])
                if read > most and used > first:
                    break
                starts[used], ends[used] = np.int64(records.at[word]), np.int64(records.at[word + 1])
                weights[used], groups[used] = bits[number, level], number + 1
                used += 1
    return Lists(starts[:used], ends[:used], weights[:used], groups[:used])


@compiled
def accumulate(
    postings: NDArray[np.uint8],
    lists: Lists,
    scores: NDArray[np.float32],
    touched: NDArray[np.uint32],
    used: int,
    dead: NDArray[np.uint8],
) -> tuple[int, float]:
    """Add the bits of each list to the scores of its records.

    A row of `scores` is a record's score and the group that added to it last; both stand together because a record is
    one access to memory then. Groups number from 1. Returns how many records of `touched` are filled, and the highest
    score that a living record of these lists got.
    """
    top = np.float32(0.0)
    for i in range(len(lists.starts)):
        value, shift, gap = -1, 0, 0
        group, weight = np.float32(lists.groups[i]), lists.bits[i]
        for position in range(lists.starts[i], lists.ends[i]):
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
            score = scores[value, 0] + weight
            scores[value, 0] = score
            if score > top and dead[value] == 0:
                top = score
    return used, top


def accumulate_with_numpy(
    postings: NDArray[np.uint8],
    lists: Lists,
    scores: NDArray[np.float32],
    touched: NDArray[np.uint32],
    used: int,
    dead: NDArray[np.uint8],
) -> tuple[int, float]:
    """The same additions in the same order without a compiled kernel."""
    top = np.float32(0.0)
    for i in range(len(lists.starts)):
        records = decode_with_numpy(postings, int(lists.starts[i]), int(lists.ends[i]))
        fresh = records[scores[records, 1] != lists.groups[i]]
        new = fresh[scores[fresh, 1] == 0]
        touched[used : used + len(new)] = new
        used += len(new)
        scores[fresh, 1] = lists.groups[i]
        scores[fresh, 0] += lists.bits[i]
        top = max(top, scores[fresh[dead[fresh] == 0], 0].max(initial=np.float32(0.0)))
    return used, top


@compiled
def descending(values: NDArray[np.float32]) -> NDArray[np.int64]:
    """The order of values, highest first, ties by place.

    Sorts one whole number for each value, made of its bits and its place.
    """
    keys = np.empty(len(values), dtype=np.uint64)
    raw = (values + np.float32(0.0)).view(np.uint32)  # -0.0 becomes 0.0
    for i in range(len(values)):
        bits = np.uint64(raw[i])
        # Of floats as whole numbers, negative ones come in reverse and after the positive ones.
        bits = bits if bits >> np.uint64(31) else np.uint64(0x7FFFFFFF) - bits
        keys[i] = bits << np.uint64(32) | np.uint64(i)
    keys.sort()
    order = np.empty(len(values), dtype=np.int64)
    for i in range(len(values)):
        order[i] = np.int64(keys[i] & np.uint64(0xFFFFFFFF))
    return order


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
    pairs = np.empty(total, dtype=np.uint64)
    found = 0
    for i in range(len(values)):
        if values[i] > 0.0 and int(values[i] * scale) >= floor:
            pairs[found] = np.uint64(touched[i]) << np.uint64(32) | np.uint64(i)
            found += 1
    pairs = pairs[:found]
    pairs.sort()
    records, sums = np.empty(found, dtype=np.uint32), np.empty(found, dtype=np.float32)
    for i in range(found):
        records[i] = np.uint32(pairs[i] >> np.uint64(32))
        sums[i] = values[np.int64(pairs[i] & np.uint64(0xFFFFFFFF))]
    order = descending(sums)[:wanted]
    return records[order], sums[order]


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


@compiled
def gather(
    words: Lists,
    word_postings: NDArray[np.uint8],
    dates: Lists,
    parts: Lists,
    others: Lists,
    term_postings: NDArray[np.uint8],
    scores: NDArray[np.float32],
    touched: NDArray[np.uint32],
    dead: NDArray[np.uint8],
    apart: Apart,
    wanted: int,
) -> NDArray[np.uint32]:
    """The records to compare in full, at most `wanted`.

    Those born on the very day are beyond that number. `dates` are lists of the query's dates, `parts` of parts of these
    dates, `others` of documents and places. `scores` and `touched` are working memory, `scores` zeroed before and
    after.
    """
    used, named = add_lists(word_postings, words, scores, touched, 0, dead)
    dated = np.float32(0.0)
    for i in range(len(dates.starts)):
        one = Lists(dates.starts[i : i + 1], dates.ends[i : i + 1], dates.bits[i : i + 1], dates.groups[i : i + 1])
        used, top = add_lists(term_postings, one, scores, touched, used, dead)
        dated = max(dated, top - dates.bits[i])
    if dated < CLEAR_BITS or dated < named - SHORT_OF_BEST:
        used, _ = add_lists(term_postings, parts, scores, touched, used, dead)
    used, _ = add_lists(term_postings, others, scores, touched, used, dead)
    records, sums = take_best(scores, touched[:used], dead, wanted * WEIGHED)
    if len(records) <= ALWAYS_SCORED:
        return records
    order = np.argsort(records)
    records = records[order]
    rough = told_apart(records, sums[order], apart)
    best = descending(rough)[:wanted]
    enough = 0
    while enough < len(best) and rough[best[enough]] >= NEAR_BEST * rough[best[0]]:
        enough += 1
    chosen = records[best[: max(ALWAYS_SCORED, enough)]]
    if dated >= KNOWN_BY_NAME or named >= SURE_BY_NAME or len(dates.starts) == 0:
        return chosen
    return np.unique(np.concatenate((chosen, _born_that_day(term_postings, dates, dead))))


@compiled
def _born_that_day(postings: NDArray[np.uint8], dates: Lists, dead: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """The living records of the lists that are short enough."""
    born = np.empty(MOST_SAME_DAY * len(dates.starts), dtype=np.uint32)
    kept = 0
    for i in range(len(dates.starts)):
        if dates.ends[i] - dates.starts[i] > 4 * MOST_SAME_DAY:
            continue
        row = np.empty(4 * MOST_SAME_DAY, dtype=np.uint32)
        found = decode(postings, dates.starts[i], dates.ends[i], row)
        if found > MOST_SAME_DAY:
            continue
        for record in row[:found]:
            if dead[record] == 0:
                born[kept] = record
                kept += 1
    return born[:kept]


@compiled
def told_apart(records: NDArray[np.uint32], sums: NDArray[np.float32], apart: Apart) -> NDArray[np.float32]:
    """`sums` less the bits against each record by sex, its one nationality and its one date.

    Among hundreds who share a family name it decides who is compared in full.
    """
    rough = sums.copy()
    ours = apart.date
    for i in range(len(records)):
        record = np.int64(records[i])
        if 1 <= apart.sex <= 2 and np.int64(apart.sexes[record]) == 3 - apart.sex:
            rough[i] += np.float32(apart.other_sex)
        first = np.int64(apart.nation_at[record])
        if len(apart.nation_bits) > 0 and np.int64(apart.nation_at[record + 1]) == first + 1:
            rough[i] += apart.nation_bits[apart.nations[first]]
        first = np.int64(apart.date_at[record])
        if ours >> 9 == 0 or np.int64(apart.date_at[record + 1]) != first + 1:
            continue
        theirs = np.int64(apart.dates[first])
        if theirs >> 9 > 0 and abs((theirs >> 9) - (ours >> 9)) > 1 and theirs & 511 != ours & 511:
            rough[i] += np.float32(apart.other_date)
    return rough
