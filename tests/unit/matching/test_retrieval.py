"""Candidates are gathered and taken alike with and without compiled kernels."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from somec.persons.matching import retrieval
from somec.persons.matching.arrays import WordRecords
from somec.persons.matching.postings import encode
from somec.persons.matching.similarity import LEVELS

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
        used, top = add(postings, retrieval.Lists(starts, ends, bits, groups), scores, touched, 0, dead)
        assert sorted(touched[:used].tolist()) == sorted(expected)
        assert top == max(sums.values(), default=0)
        found, values_found = take(scores, touched[:used], dead, wanted)
        assert found.tolist() == ranked
        assert values_found.tolist() == [sums[record] for record in ranked]
        assert not scores.any()


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6, width=32), max_size=50))
def test_floats_are_sorted_as_whole_numbers_in_their_order(values: list[float]) -> None:
    given_values = np.array(values, np.float32)
    order = retrieval.descending(given_values).tolist()
    assert order == sorted(range(len(values)), key=lambda place: (-float(given_values[place]), place))


def lists_of(entries: list[tuple[list[int], float, int]]) -> tuple[np.ndarray, retrieval.Lists]:
    rows = np.array([row for row, (records, _, _) in enumerate(entries) for _ in records], np.int64)
    values = np.array([record for records, _, _ in entries for record in records], np.uint32)
    postings, at = encode(rows, values, len(entries))
    return postings, retrieval.Lists(
        at[:-1].astype(np.int64),
        at[1:].astype(np.int64),
        np.array([bits for _, bits, _ in entries], np.float32),
        np.array([group for _, _, group in entries], np.uint8),
    )


def part(lists: retrieval.Lists, first: int, last: int) -> retrieval.Lists:
    return retrieval.Lists(*(array[first:last] for array in lists))


NOTHING_TELLS_APART = retrieval.Apart(
    np.zeros(PEOPLE, np.uint8),
    np.zeros(0, np.uint32),
    np.zeros(PEOPLE + 1, np.uint32),
    np.zeros(0, np.uint32),
    np.zeros(PEOPLE + 1, np.uint32),
    0,
    0.0,
    np.zeros(0, np.float32),
    0,
    0.0,
)


def gathered(name_bits: float, *, dead: list[int] | None = None) -> list[int]:
    """Record 5 has the name and the whole date, 7 only the name, 9 only a part of the date."""
    words, of_words = lists_of([([5, 7], name_bits, 1)])
    terms, of_terms = lists_of([([5], 14.0, 2), ([5, 9], 5.0, 2), ([11], 20.0, 3)])
    scores, touched = np.zeros((PEOPLE, 2), np.float32), np.empty(PEOPLE, np.uint32)
    gone = np.zeros(PEOPLE, np.uint8)
    gone[dead or []] = 1
    found = retrieval.gather(
        of_words, words, part(of_terms, 0, 1), part(of_terms, 1, 2), part(of_terms, 2, 3), terms,
        scores, touched, gone, NOTHING_TELLS_APART, 10,
    )  # fmt: skip
    assert not scores.any()
    return found.tolist()


def test_parts_of_a_date_are_not_looked_for_when_somebody_has_the_name_and_the_whole_date() -> None:
    assert gathered(name_bits=15.0) == [5, 11, 7]


def test_parts_of_a_date_are_looked_for_when_the_name_says_little_or_its_bearer_is_gone() -> None:
    assert gathered(name_bits=3.0) == [11, 5, 9, 7]
    assert gathered(name_bits=15.0, dead=[5]) == [11, 7, 9]


def test_a_list_too_long_to_read_ends_the_reading_but_the_strongest_is_always_read() -> None:
    records = WordRecords(
        np.array([9_000, 10, 5], np.uint32), np.array([0, 9_000, 9_010, 9_015], np.uint64), np.zeros(0, np.uint8)
    )
    expanded = retrieval.Expanded(
        np.array([1, 0, 2], np.uint32), np.array([20, 18, 3], np.uint8), np.array([0, 3], np.int64)
    )
    bits = np.zeros((1, LEVELS), np.float32)
    bits[0, 20], bits[0, 18], bits[0, 3] = 8.0, 6.0, 4.0
    assert retrieval.word_lists(expanded, bits, records, 1_000).starts.tolist() == [9_000]
    bits[0, 18], bits[0, 20] = 8.0, 6.0
    assert retrieval.word_lists(expanded, bits, records, 1_000).starts.tolist() == [0]
    bits[0, 18], bits[0, 20] = 0.5, 6.0
    assert retrieval.word_lists(expanded, bits, records, 1_000).starts.tolist() == [9_000, 9_010]


def test_everybody_born_on_the_day_is_compared_unless_one_of_them_is_known_by_name() -> None:
    crowd = list(range(40))
    words, of_words = lists_of([(crowd, 15.0, 1), ([45], 4.0, 1)])
    terms, of_terms = lists_of([([44, 45, 46], 6.0, 2)])
    gone = np.zeros(PEOPLE, np.uint8)
    gone[46] = 1

    def found(of_names: retrieval.Lists) -> list[int]:
        scores, touched = np.zeros((PEOPLE, 2), np.float32), np.empty(PEOPLE, np.uint32)
        return retrieval.gather(
            of_names, words, of_terms, part(of_terms, 0, 0), part(of_terms, 0, 0), terms,
            scores, touched, gone, NOTHING_TELLS_APART, 40,
        ).tolist()  # fmt: skip

    assert {44, 45} <= set(found(of_words))
    assert 46 not in found(of_words)
    known = of_words._replace(bits=np.array([15.0, 10.0], np.float32))
    assert 44 not in found(known)
