"""How alike one word and many others are: `similarity.word_similarity` of all of them at once.

The forms of the other words stand in the columns of a matrix, longest first. Each cell of the table of edit distances
is then worked out for all of them in one loop that the compiler turns into vector instructions, without a branch to
guess wrong: an order of magnitude faster than one word after the other, with the same values (a test proves it).
"""

# Kernels mix Python and numpy scalars, which numba unifies and mypy keeps apart.
# mypy: disable-error-code="arg-type, assignment, return-value, no-any-return, type-var, call-overload, operator, index"

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.arrays import Vocabulary
from somec.persons.matching.compiled import IS_COMPILED, compiled
from somec.persons.matching.similarity import (
    INITIAL,
    equal_letters,
    equivalent_likeness,
    form_likeness,
    letter,
    spelling_likeness,
    too_far,
)

LONGEST: Final = 64
"""Letters of a sound form that are compared; the keys cut forms before."""


class Columns(NamedTuple):
    """Sound forms as columns, longest first."""

    owners: NDArray[np.int64]
    """For each column: which of the words it belongs to."""
    forms: NDArray[np.int64]
    """For each column: its form in the vocabulary."""
    codes: NDArray[np.uint8]
    """Letters by position and column."""
    adds: NDArray[np.float32]
    """The cost of adding the letter."""
    weights: NDArray[np.float32]
    longer: NDArray[np.int64]
    """For each position: how many columns have a letter there."""


@compiled
def similarities(  # noqa: C901 - calls that hand over a vocabulary cost more than what they do here
    query: Vocabulary,
    word: int,
    vocabulary: Vocabulary,
    words: NDArray[np.uint32],
    costs: NDArray[np.float32],
    abjad_costs: NDArray[np.float32],
    least: float,
) -> NDArray[np.float32]:
    """How alike word `word` of `query` and each of `words` are; less than `least` is 0, but for a fitting initial."""
    best = np.zeros(len(words), dtype=np.float64)
    kind = np.zeros(len(words), dtype=np.uint8)
    first, last = np.int64(query.plain_at[word]), np.int64(query.plain_at[word + 1])
    script, abjad = query.traits[word, 0], query.traits[word, 2]
    for position in range(len(words)):
        other = words[position]
        value = -1.0
        if abjad == vocabulary.traits[other, 2]:
            value = spelling_likeness(
                query.plain,
                first,
                last,
                vocabulary.plain,
                np.int64(vocabulary.plain_at[other]),
                np.int64(vocabulary.plain_at[other + 1]),
                script == vocabulary.traits[other, 0],
            )
        if value >= 0.0:
            best[position] = value
            kind[position] = 3
        elif not too_far(query, word, vocabulary, other):
            kind[position] = 1 if abjad == vocabulary.traits[other, 2] else 2
    for one_abjad in (False, True):
        columns = _columns(vocabulary, words, kind, 2 if one_abjad else 1, abjad_costs if one_abjad else costs)
        if len(columns.owners) > 0:
            _compare(query, word, vocabulary, words, columns, one_abjad, abjad_costs if one_abjad else costs, best)
    alike = np.zeros(len(words), dtype=np.float32)
    names = _marked(query.names, query.names_at[word], query.names_at[word + 1])
    nicks = _marked(query.nicks, query.nicks_at[word], query.nicks_at[word + 1])
    for position in range(len(words)):
        value, other = best[position], words[position]
        if kind[position] != 3:
            if _any_marked(
                names, vocabulary.names, vocabulary.names_at[other], vocabulary.names_at[other + 1]
            ) or _any_marked(nicks, vocabulary.nicks, vocabulary.nicks_at[other], vocabulary.nicks_at[other + 1]):
                value = equivalent_likeness(query, word, vocabulary, other, value)
            if value <= 2 * INITIAL or value < least:
                value = 0.0
        alike[position] = value
    return alike


@compiled
def _marked(symbols: NDArray[np.uint32], first: int, last: int) -> NDArray[np.uint8]:
    """The last bytes of some symbols, so that most others are seen to be none of them by one look."""
    marks = np.zeros(256, dtype=np.uint8)
    for position in range(first, last):
        marks[symbols[position] & 255] = 1
    return marks


@compiled
def _any_marked(marks: NDArray[np.uint8], symbols: NDArray[np.uint32], first: int, last: int) -> bool:
    for position in range(first, last):  # noqa: SIM110 - numba knows no generators
        if marks[symbols[position] & 255] == 1:
            return True
    return False


@compiled
def _columns(  # noqa: C901 - as above
    vocabulary: Vocabulary, words: NDArray[np.uint32], kind: NDArray[np.uint8], wanted: int, costs: NDArray[np.float32]
) -> Columns:
    """The sound forms of the words of one kind."""
    of_length = np.zeros(LONGEST + 2, dtype=np.int64)
    for position in range(len(words)):
        if kind[position] == wanted:
            for form in range(vocabulary.form_first[words[position]], vocabulary.form_first[words[position] + 1]):
                of_length[
                    min(LONGEST, np.int64(vocabulary.form_at[form + 1]) - np.int64(vocabulary.form_at[form]))
                ] += 1
    longest, count = 0, 0
    for length in range(1, LONGEST + 1):
        count += of_length[length]
        if of_length[length] > 0:
            longest = length
    place = np.zeros(LONGEST + 2, dtype=np.int64)
    for length in range(LONGEST - 1, -1, -1):
        place[length] = place[length + 1] + of_length[length + 1]
    longer = np.zeros(longest + 1, dtype=np.int64)
    for length in range(longest):
        longer[length] = place[length]
    owners, forms = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    codes = np.zeros((longest, count), dtype=np.uint8)
    adds = np.zeros((longest, count), dtype=np.float32)
    weights = np.zeros(count, dtype=np.float32)
    for position in range(len(words)):
        if kind[position] != wanted:
            continue
        for form in range(vocabulary.form_first[words[position]], vocabulary.form_first[words[position] + 1]):
            start = np.int64(vocabulary.form_at[form])
            length = min(LONGEST, np.int64(vocabulary.form_at[form + 1]) - start)
            if length == 0:
                continue
            column = place[length]
            place[length] += 1
            owners[column], forms[column] = position, form
            before, weight = np.uint8(0), np.float32(0.0)
            for i in range(length):
                code = vocabulary.forms[start + i]
                cost = costs[0, letter(code)]
                weight += cost
                codes[i, column] = code
                adds[i, column] = np.float32(0.2) * cost if code == before else cost
                before = code
            weights[column] = weight
    return Columns(owners, forms, codes, adds, weights, longer)


@compiled
def _compare(
    query: Vocabulary,
    word: int,
    vocabulary: Vocabulary,
    words: NDArray[np.uint32],
    columns: Columns,
    one_abjad: bool,  # noqa: FBT001 - kernels take no keywords
    costs: NDArray[np.float32],
    best: NDArray[np.float64],
) -> None:
    """Raise `best` to the likeness of the best forms."""
    first, last = np.int64(query.form_first[word]), np.int64(query.form_first[word + 1])
    longest, count = columns.codes.shape
    rows = (
        np.empty((longest + 1, count), dtype=np.float32),
        np.empty((longest + 1, count), dtype=np.float32),
        np.empty((longest + 1, count), dtype=np.float32),
    )
    for form in range(first, last):
        start = np.int64(query.form_at[form])
        length = min(LONGEST, np.int64(query.form_at[form + 1]) - start)
        if length == 0:
            continue
        codes = query.forms[start : start + length]
        weight = np.float32(0.0)
        for code in codes:
            weight += costs[0, letter(code)]
        table = _distances(codes, columns, costs, rows[0], rows[1], rows[2])
        stem = form + int(query.traits[word, 1]) >= last
        for column in range(count):
            owner = columns.owners[column]
            other, theirs = words[owner], columns.forms[column]
            low, high = np.int64(vocabulary.form_at[theirs]), np.int64(vocabulary.form_at[theirs + 1])
            heavier = max(weight, columns.weights[column])
            distance = table[min(LONGEST, high - low), column]
            if heavier <= 0.0:
                continue
            near = max(0.0, 1.0 - distance / heavier)
            same = distance == 0.0 and equal_letters(codes, vocabulary.forms[low:high])
            their_stem = theirs + int(vocabulary.traits[other, 1]) >= vocabulary.form_first[other + 1]
            best[owner] = max(best[owner], form_likeness(near, same, one_abjad, stem or their_stem))


@compiled
def _distances(
    codes: NDArray[np.uint8],
    columns: Columns,
    costs: NDArray[np.float32],
    back: NDArray[np.float32],
    row: NDArray[np.float32],
    two_back: NDArray[np.float32],
) -> NDArray[np.float32]:
    """The last row of the edit distances to each column (see `similarity.distance_similarity`).

    `back`, `row` and `two_back` are working memory, one of which is returned.
    """
    longest = columns.codes.shape[0]
    back[0] = np.float32(0.0)
    for j in range(longest):
        _first_row(columns, costs, back, j)
    replaced = np.empty(256, dtype=np.float32)
    for i in range(len(codes)):
        x = letter(codes[i])
        for code in range(256):
            replaced[code] = costs[x, letter(code)]
        drop = costs[x, 0]
        before = codes[i - 1] if i > 0 else np.uint8(0)
        removal = np.float32(0.2) * drop if before == codes[i] else drop
        row[0] = back[0] + drop
        for j in range(longest):
            fill_cells(columns.codes, columns.adds, columns.longer[j], j, replaced, removal, back, row)
            if i > 0 and j > 0:
                swap_cells(columns.codes, columns.longer[j], j, codes[i], before, two_back, row)
        two_back, back, row = back, row, two_back
    return back


@compiled
def _first_row(columns: Columns, costs: NDArray[np.float32], back: NDArray[np.float32], j: int) -> None:
    for k in range(columns.longer[j]):
        back[j + 1, k] = back[j, k] + costs[0, letter(columns.codes[j, k])]


@compiled
def _fill(
    codes: NDArray[np.uint8],
    adds: NDArray[np.float32],
    count: int,
    j: int,
    replaced: NDArray[np.float32],
    removal: float,
    back: NDArray[np.float32],
    row: NDArray[np.float32],
) -> None:
    """Replacing, removing or adding a letter, whichever is cheapest."""
    for k in range(count):
        value = back[j, k] + replaced[codes[j, k]]
        other = back[j + 1, k] + removal
        value = other if other < value else value  # noqa: FURB136 - min() would become a branch
        other = row[j, k] + adds[j, k]
        row[j + 1, k] = other if other < value else value  # noqa: FURB136


def _fill_with_numpy(
    codes: NDArray[np.uint8],
    adds: NDArray[np.float32],
    count: int,
    j: int,
    replaced: NDArray[np.float32],
    removal: float,
    back: NDArray[np.float32],
    row: NDArray[np.float32],
) -> None:
    """The same without a compiled kernel."""
    value = np.minimum(back[j, :count] + replaced[codes[j, :count]], back[j + 1, :count] + removal)
    row[j + 1, :count] = np.minimum(value, row[j, :count] + adds[j, :count])


@compiled
def _swap(
    codes: NDArray[np.uint8],
    count: int,
    j: int,
    code: int,
    before: int,
    two_back: NDArray[np.float32],
    row: NDArray[np.float32],
) -> None:
    """Two neighbours that changed places."""
    for k in range(count):
        if codes[j - 1, k] == code and codes[j, k] == before:
            row[j + 1, k] = min(row[j + 1, k], two_back[j - 1, k] + np.float32(0.7))


def _swap_with_numpy(
    codes: NDArray[np.uint8],
    count: int,
    j: int,
    code: int,
    before: int,
    two_back: NDArray[np.float32],
    row: NDArray[np.float32],
) -> None:
    """The same without a compiled kernel."""
    swapped = np.flatnonzero((codes[j - 1, :count] == code) & (codes[j, :count] == before))
    row[j + 1, swapped] = np.minimum(row[j + 1, swapped], two_back[j - 1, swapped] + np.float32(0.7))


fill_cells = _fill if IS_COMPILED else _fill_with_numpy
swap_cells = _swap if IS_COMPILED else _swap_with_numpy
