"""Candidates are gathered and taken alike with and without compiled kernels."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from somec.persons.matching import retrieval
from somec.persons.matching.postings import encode

PEOPLE = 60
LISTS = st.lists(
    st.tuples(st.sets(st.integers(0, PEOPLE - 1), min_size=1), st.integers(1, 40), st.integers(1, 5)), max_size=8
)


@settings(deadline=None)  # the first example waits for the compiler
@given(LISTS, st.sets(st.integers(0, PEOPLE - 1)), st.integers(1, 20))
def test_both_ways_take_the_same_records_and_leave_nothing_behind(
    lists: list[tuple[set[int], int, int]], gone: set[int], wanted: int
) -> None:
    lists = sorted(lists, key=lambda one: (one[2], -one[1]))
    rows = np.array([row for row, (records, _, _) in enumerate(lists) for _ in records], np.int64)
    values = np.array([record for records, _, _ in lists for record in sorted(records)], np.uint32)
    postings, at = encode(rows, values, len(lists))
    starts, ends = at[:-1].astype(np.int64), at[1:].astype(np.int64)
    bits = np.array([bits for _, bits, _ in lists], np.float32)
    groups = np.array([group for _, _, group in lists], np.uint8)
    dead = np.zeros(PEOPLE, np.uint8)
    dead[list(gone)] = 1
    expected: dict[int, dict[int, int]] = {}
    for records, weight, group in lists:
        for record in records:
            expected.setdefault(record, {}).setdefault(group, weight)
    sums = {record: sum(by_group.values()) for record, by_group in expected.items() if record not in gone}
    ranked = sorted(sums, key=lambda record: (-sums[record], record))[:wanted]
    for add, take in (
        (retrieval.accumulate, retrieval.take),
        (retrieval.accumulate_with_numpy, retrieval.take_with_numpy),
    ):
        scores, touched = np.zeros((PEOPLE, 2), np.float32), np.empty(PEOPLE, np.uint32)
        used = add(postings, starts, ends, bits, groups, scores, touched, 0)
        assert sorted(touched[:used].tolist()) == sorted(expected)
        found, values_found = take(scores, touched[:used], dead, wanted)
        assert found.tolist() == ranked
        assert values_found.tolist() == [sums[record] for record in ranked]
        assert not scores.any()
