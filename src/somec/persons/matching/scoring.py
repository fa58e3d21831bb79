"""All fields of all candidates, compiled: bits for each field and what they rest on."""

# Kernels mix Python and numpy scalars, which numba unifies and mypy keeps apart.
# mypy: disable-error-code="arg-type, assignment, return-value, no-any-return, type-var, call-overload, operator, index"

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.alignment import MOST_PARTS, NameWeights, QueryNames, align, likeness, part_likeness
from somec.persons.matching.arrays import People, Places, Vocabulary
from somec.persons.matching.compiled import compiled
from somec.persons.matching.dateevidence import date_level
from somec.persons.matching.similarity import LEAST, distance_similarity, word_similarity


class Field(IntEnum):
    """The fields of a comparison, in the order of the score's columns."""

    NAME = 0
    BIRTH_DATE = 1
    SEX = 2
    NATIONALITY = 3
    BIRTHPLACE = 4
    DOCUMENT = 5


class State(IntEnum):
    """What a field other than name and date says."""

    MISSING = 0
    AGREES = 1
    NEAR = 2
    DIFFERS = 3


class QueryFields(NamedTuple):
    """The query's other fields with the bits of each outcome, worked out before the candidates are looked at."""

    dates: NDArray[np.int64]
    date_bits: NDArray[np.float32]
    """For each date of the query and each `DateLevel`."""
    sex: int
    sex_bits: NDArray[np.float32]
    """Agrees, differs."""
    nation_bits: NDArray[np.float32]
    """For each nationality of the segment; positive where the query has it. Empty when the query has none."""
    place_letters: NDArray[np.uint8]
    place_at: NDArray[np.uint32]
    place_bits: NDArray[np.float32]
    """Agrees (before frequency), near, differs."""
    documents: NDArray[np.uint64]
    document_bits: NDArray[np.float32]
    """Agrees, differs."""
    people: float
    """How many people the frequencies are out of, smoothing included."""


class Costs(NamedTuple):
    """Letter costs for alphabets and for consonant scripts (see `similarity`)."""

    alphabet: NDArray[np.float32]
    abjad: NDArray[np.float32]


@compiled
def score(
    records: NDArray[np.uint32],
    query: Vocabulary,
    names: QueryNames,
    weights: NameWeights,
    fields: QueryFields,
    vocabulary: Vocabulary,
    people: People,
    places: Places,
    costs: Costs,
) -> tuple[NDArray[np.float32], NDArray[np.int16]]:
    """Bits by field for each record, and by field what they rest on (name: candidate name and query name; date.

    Level; others: `State`), one row for each record.

    The second array has eight columns: the six fields, then the number of the query name and of the candidate name
    (within the record) that go together best.
    """
    bits = np.zeros((len(records), 6), dtype=np.float32)
    basis = np.zeros((len(records), 8), dtype=np.int16)
    words, columns, column_at = _words_of(records, people)
    alike = likeness(query, vocabulary, words, costs.alphabet, costs.abjad)
    pairs = np.zeros(MOST_PARTS, dtype=np.int16)
    levels = np.zeros(MOST_PARTS, dtype=np.int16)
    for row in range(len(records)):
        record = np.int64(records[row])
        best = np.float32(-1000.0)
        first_word = np.int64(people.word_at[people.name_at[record]])
        for other in range(people.name_at[record], people.name_at[record + 1]):
            low = column_at[row] + np.int64(people.word_at[other]) - first_word
            high = column_at[row] + np.int64(people.word_at[other + 1]) - first_word
            for name in range(len(names.word_at) - 1):
                small = part_likeness(
                    alike, names.words[names.word_at[name] : names.word_at[name + 1]], columns[low:high]
                )
                value = align(
                    query,
                    names,
                    name,
                    vocabulary,
                    people,
                    other,
                    small,
                    weights,
                    costs.alphabet,
                    costs.abjad,
                    pairs,
                    levels,
                )
                if value > best:
                    best = value
                    basis[row, 6], basis[row, 7] = name, other - np.int64(people.name_at[record])
                    basis[row, 0] = 1
        bits[row, 0] = best if basis[row, 0] == 1 else 0.0
        bits[row, 1], basis[row, 1] = _date(record, fields, people)
        bits[row, 2], basis[row, 2] = _sex(record, fields, people)
        bits[row, 3], basis[row, 3] = _nation(record, fields, people)
        bits[row, 4], basis[row, 4] = _place(record, fields, people, places, costs)
        bits[row, 5], basis[row, 5] = _document(record, fields, people)
    return bits, basis


@compiled
def alignments(
    records: NDArray[np.uint32],
    basis: NDArray[np.int16],
    query: Vocabulary,
    names: QueryNames,
    weights: NameWeights,
    vocabulary: Vocabulary,
    people: People,
    costs: Costs,
) -> tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.float32]]:
    """How the best pair of names of each record goes together: partners, levels (see `alignment.align`) and bits."""
    pairs = np.zeros((len(records), MOST_PARTS), dtype=np.int16)
    levels = np.zeros((len(records), MOST_PARTS), dtype=np.int16)
    totals = np.zeros(len(records), dtype=np.float32)
    for row in range(len(records)):
        if basis[row, 0] == 0:
            continue
        name, other = np.int64(basis[row, 6]), np.int64(people.name_at[records[row]]) + np.int64(basis[row, 7])
        rows = names.words[names.word_at[name] : names.word_at[name + 1]]
        columns = people.words[people.word_at[other] : people.word_at[other + 1]]
        small = np.empty((min(MOST_PARTS, len(rows)), min(MOST_PARTS, len(columns))), dtype=np.float32)
        for i in range(small.shape[0]):
            for j in range(small.shape[1]):
                small[i, j] = word_similarity(
                    query, rows[i], vocabulary, columns[j], costs.alphabet, costs.abjad, LEAST
                )
        totals[row] = align(
            query,
            names,
            name,
            vocabulary,
            people,
            other,
            small,
            weights,
            costs.alphabet,
            costs.abjad,
            pairs[row],
            levels[row],
        )
    return pairs, levels, totals


@compiled
def _words_of(
    records: NDArray[np.uint32], people: People
) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64]]:
    """The different words of all names of the records.

    For each use the number of its word among them; where each record's uses start.
    """
    at = np.zeros(len(records) + 1, dtype=np.int64)
    for row in range(len(records)):
        first, last = people.name_at[records[row]], people.name_at[records[row] + 1]
        at[row + 1] = at[row] + np.int64(people.word_at[last]) - np.int64(people.word_at[first])
    uses = np.empty(at[-1], dtype=np.uint32)
    for row in range(len(records)):
        start = np.int64(people.word_at[people.name_at[records[row]]])
        uses[at[row] : at[row + 1]] = people.words[start : start + at[row + 1] - at[row]]
    words = np.unique(uses)
    return words, np.searchsorted(words, uses), at


@compiled
def _date(record: int, fields: QueryFields, people: People) -> tuple[float, int]:
    best, best_level = np.float32(-1000.0), 0
    for position in range(people.date_at[record], people.date_at[record + 1]):
        for i in range(len(fields.dates)):
            level = date_level(fields.dates[i], np.int64(people.dates[position]))
            if level > 0 and fields.date_bits[i, level] > best:
                best, best_level = fields.date_bits[i, level], level
    return (best, best_level) if best_level > 0 else (np.float32(0.0), 0)


@compiled
def _sex(record: int, fields: QueryFields, people: People) -> tuple[float, int]:
    sex = np.int64(people.sexes[record])
    if sex == 0 or fields.sex == 0 or sex == 3 or fields.sex == 3:
        return np.float32(0.0), 0
    return (fields.sex_bits[0], 1) if sex == fields.sex else (fields.sex_bits[1], 3)


@compiled
def _nation(record: int, fields: QueryFields, people: People) -> tuple[float, int]:
    first, last = people.nation_at[record], people.nation_at[record + 1]
    if first == last or len(fields.nation_bits) == 0:
        return np.float32(0.0), 0
    best = np.float32(-1000.0)
    for position in range(first, last):
        best = max(best, fields.nation_bits[people.nations[position]])
    return best, 1 if best > 0.0 else 3


@compiled
def _place(record: int, fields: QueryFields, people: People, places: Places, costs: Costs) -> tuple[float, int]:
    first, last = people.place_at[record], people.place_at[record + 1]
    if first == last or len(fields.place_at) < 2:
        return np.float32(0.0), 0
    best, state = fields.place_bits[2], 3
    for position in range(first, last):
        place = people.places[position]
        letters = places.letters[places.at[place] : places.at[place + 1]]
        for i in range(len(fields.place_at) - 1):
            alike = distance_similarity(
                fields.place_letters[fields.place_at[i] : fields.place_at[i + 1]], letters, costs.alphabet, 0.75
            )
            if alike < 0.8:
                continue
            rarity = -np.log2((np.float64(places.counts[place]) + 2.0) / fields.people)
            value = np.float32(min(rarity, 9.0)) + (fields.place_bits[0] if alike > 0.95 else fields.place_bits[1])
            if value > best:
                best, state = value, 1 if alike > 0.95 else 2
    return best, state


@compiled
def _document(record: int, fields: QueryFields, people: People) -> tuple[float, int]:
    first, last = people.document_at[record], people.document_at[record + 1]
    if first == last or len(fields.documents) == 0:
        return np.float32(0.0), 0
    for position in range(first, last):
        for document in fields.documents:
            if people.documents[position] == document:
                return fields.document_bits[0], 1
    return fields.document_bits[1], 3
