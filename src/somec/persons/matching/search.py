"""Search over segments: expand words, gather candidates, score every field, turn bits into probabilities."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.alignment import NameWeights
from somec.persons.matching.building import date_key, document_key, place_key, place_sound_cached
from somec.persons.matching.dates import DateLevel
from somec.persons.matching.model import Model
from somec.persons.matching.query import PreparedQuery, name_weights, word_bits
from somec.persons.matching.retrieval import Apart, Expanded, Lists, gather, word_lists
from somec.persons.matching.scoring import Costs, QueryFields, score
from somec.persons.matching.segment import Expansion, Segment
from somec.persons.matching.similarity import ABJAD_COSTS, COSTS, LEVELS

SCORED: Final = 100
"""Records of a segment that are compared in full."""
MOST_RANKED: Final = 60
"""Records of a segment that are handed on."""
FAR_BEHIND: Final = 40.0
"""Bits behind the best of its segment from which a record is not handed on: its odds would be a million millionth."""
COST_TABLES: Final = Costs(COSTS, ABJAD_COSTS)


class Scored(NamedTuple):
    """One record of one segment with its bits by field and what they rest on."""

    segment: Segment
    number: int
    bits: NDArray[np.float32]
    basis: NDArray[np.int16]
    total: float


@dataclass(frozen=True, slots=True)
class Found:
    """The scored records of a search, best first, and the weights they were scored with."""

    scored: tuple[Scored, ...]
    people: int
    weights: NameWeights
    fields_by_segment: dict[int, QueryFields]


def search_segments(
    segments: Sequence[Segment],
    query: PreparedQuery,
    model: Model,
    *,
    scored: int = SCORED,
    whole: Segment | None = None,
    among: Collection[str] | None = None,
) -> Found:
    """Everything the segments know of the query, best first.

    Equal totals by record id so that order never depends on chance.

    The records of the segment `whole` are all scored, whether or not anything leads to them; with `among` only the
    records with these ids are, and all of them.
    """
    people = sum(segment.living for segment in segments)
    expansions = [_expansions(segment, query) for segment in segments]
    masses = np.zeros((len(query.words), LEVELS))
    for row in expansions:
        for number, expansion in enumerate(row):
            masses[number] += expansion.mass
    counted = word_bits(model, masses, people)
    weights, bits = name_weights(model, counted), counted.bits
    scale = np.array(model.scale, dtype=np.float32)
    results: list[Scored] = []
    by_segment: dict[int, QueryFields] = {}
    for segment, row in zip(segments, expansions, strict=True):
        if not segment.living:
            continue
        fields = query_fields(segment, segments, query, model, people)
        by_segment[id(segment)] = fields
        if segment is whole:
            records = np.arange(segment.count, dtype=np.uint32)
        elif among is not None:
            records = np.array(sorted({one for record_id in among for one in segment.find(record_id)}), dtype=np.uint32)
        else:
            records = _gather(segment, query, row, bits, fields, model, scored)
        if not len(records):
            continue
        tables = segment.tables
        found, basis = score(
            records,
            query.vocabulary,
            query.names,
            weights,
            fields,
            tables.vocabulary,
            tables.people,
            tables.places,
            COST_TABLES,
        )
        totals = (found * scale).sum(axis=1)
        order = np.argsort(-totals, kind="stable")[:MOST_RANKED]
        order = order[totals[order] >= totals[order[0]] - FAR_BEHIND]
        chosen = zip(records[order].tolist(), found[order], basis[order], totals[order].tolist(), strict=True)
        results += [Scored(segment, *one) for one in chosen]
    results.sort(key=lambda one: -one.total)
    return Found(tuple(_ties_by_id(results)), people, weights, by_segment)


def _ties_by_id(results: list[Scored]) -> list[Scored]:
    """Equal totals in the order of their ids."""
    if len({one.total for one in results}) == len(results):
        return results
    ordered: list[Scored] = []
    for _, equal in groupby(results, key=attrgetter("total")):
        same = list(equal)
        if len(same) > 1:
            same.sort(key=lambda one: one.segment.raw_id(one.number))
        ordered += same
    return ordered


def _expansions(segment: Segment, query: PreparedQuery) -> list[Expansion]:
    return [
        segment.like(word, query.keys[number], query.vocabulary, number, exact=number >= query.named)
        for number, word in enumerate(query.words)
    ]


def query_fields(
    segment: Segment, segments: Sequence[Segment], query: PreparedQuery, model: Model, people: int
) -> QueryFields:
    """The bits of every outcome of the other fields.

    From the model, and from how frequent the query's values are in the index.
    """
    record = query.record
    total = people + model.smoothing
    nations = np.zeros(0, np.float32)
    if record.nationalities:
        nations = np.full(max(1, len(segment.nations)), model.nationality[1], np.float32)
        for nation in record.nationalities:
            if nation in segment.nations:
                share = (sum(other.nation_count(nation) for other in segments) + model.smoothing * 0.02) / total
                share = max(share, model.nationality[2])
                nations[segment.nations.index(nation)] = max(0.05, math.log2(model.nationality[0] / share))
    places = [place_sound_cached(place).encode("ascii", "replace") for place in record.places]
    return QueryFields(
        dates=np.array(record.dates, np.int64),
        date_bits=np.array(
            [_date_bits(segments, packed, model, people) for packed in record.dates], np.float32
        ).reshape(-1, len(DateLevel)),
        sex=record.sex,
        sex_bits=np.array([math.log2(model.sex[0] / model.sex[2]), model.sex[1]], np.float32),
        nation_bits=nations,
        place_letters=np.frombuffer(b"".join(places), np.uint8).copy(),
        place_at=np.cumsum([0, *map(len, places)]).astype(np.uint32) if places else np.zeros(1, np.uint32),
        place_bits=np.array(model.birthplace, np.float32),
        documents=np.array([document_key(text) for text in record.documents], np.uint64),
        document_bits=np.array(model.document, np.float32),
        people=float(total),
    )


def _date_bits(segments: Sequence[Segment], packed: int, model: Model, people: int) -> list[float]:
    """Bits of each date level for one date.

    How common this very date and its parts are in the index, at least as common as the model says.
    """
    shares = list(model.date_u)
    year, month, day = packed >> 9, packed >> 5 & 15, packed & 31
    low, high = min(month, day), max(month, day)
    counted = {
        DateLevel.SAME_DAY: date_key(1, year, low, high),
        DateLevel.YEAR_ONLY: date_key(5, year),
        DateLevel.YEAR_AND_MONTH: date_key(2, year, month),
        DateLevel.DAY_AND_MONTH: date_key(4, 0, low, high),
    }
    for level, key in counted.items():
        share = sum(segment.term(key)[2] for segment in segments) / (people + model.smoothing)
        shares[level] = max(shares[level], share)
    if not day and month:
        shares[DateLevel.YEAR_AND_MONTH] = max(shares[DateLevel.YEAR_AND_MONTH], 1 / 900)
    return [0.0 if level == 0 else math.log2(model.date_m[level] / shares[level]) for level in range(len(shares))]


def _gather(
    segment: Segment,
    query: PreparedQuery,
    expansions: Sequence[Expansion],
    bits: NDArray[np.float32],
    fields: QueryFields,
    model: Model,
    wanted: int,
) -> NDArray[np.uint32]:
    tables, scratch = segment.tables, segment.borrow()
    expanded = Expanded(
        np.concatenate([one.words for one in expansions]) if expansions else np.zeros(0, np.uint32),
        np.concatenate([one.levels for one in expansions]) if expansions else np.zeros(0, np.uint8),
        np.cumsum([0, *(len(one.words) for one in expansions)]),
    )
    group = len(query.words) + 1
    dates: list[_List] = []
    parts: list[_List] = []
    for row, packed in enumerate(query.record.dates):
        whole, *others = _date_lists(packed, fields.date_bits[row])
        dates += _lists(segment, [whole], group + row)
        parts += _lists(segment, others, group + row)
    found = gather(
        word_lists(expanded, bits, tables.word_records, segment.count),
        tables.word_records.postings,
        _as_arrays(dates),
        _as_arrays(parts),
        _as_arrays(_other_lists(segment, query, fields, model, group + len(query.record.dates))),
        tables.terms.postings,
        scratch.scores,
        scratch.touched,
        segment.dead,
        _apart(segment, fields),
        wanted,
    )
    segment.give_back(scratch)
    return found


class _List(NamedTuple):
    """One list of records: where it stands, its bits, its group."""

    start: int
    end: int
    bits: float
    group: int


def _lists(segment: Segment, terms: Sequence[tuple[int, float]], group: int) -> list[_List]:
    """The lists of some terms that bring bits, strongest first."""
    chosen = sorted((one for one in terms if one[1] > 0.0), key=lambda one: -one[1])
    found = [(segment.term(key), bits) for key, bits in chosen]
    return [_List(start, end, bits, group) for (start, end, _), bits in found if end > start]


def _as_arrays(lists: Sequence[_List]) -> Lists:
    return Lists(
        np.array([one.start for one in lists], np.int64),
        np.array([one.end for one in lists], np.int64),
        np.array([one.bits for one in lists], np.float32),
        np.array([one.group for one in lists], np.uint8),
    )


def _other_lists(segment: Segment, query: PreparedQuery, fields: QueryFields, model: Model, group: int) -> list[_List]:
    """The lists of documents and of rare birthplaces."""
    documents = [(document_key(text), model.document[0]) for text in query.record.documents]
    rare = []
    for place in query.record.places:
        start, end, count = segment.term(place_key(place_sound_cached(place)))
        if 0 < count < 200 + 0.004 * segment.count:
            rare.append(_List(start, end, min(9.0, -math.log2((count + 2) / fields.people)) * 0.7, group + 1))
    return [*_lists(segment, documents, group), *sorted(rare, key=lambda one: -one.bits)]


def _apart(segment: Segment, fields: QueryFields) -> Apart:
    people = segment.tables.people
    single = len(fields.dates) == 1
    return Apart(
        people.sexes,
        people.nations,
        people.nation_at,
        people.dates,
        people.date_at,
        fields.sex,
        float(fields.sex_bits[1]),
        fields.nation_bits,
        int(fields.dates[0]) if single else 0,
        float(fields.date_bits[0, DateLevel.DIFFERENT]) if single else 0.0,
    )


def _date_lists(packed: int, bits: NDArray[np.float32]) -> list[tuple[int, float]]:
    """The terms to read for one date with the bits they bring.

    The date as far as it is known, then each pair of parts of a whole one.
    """
    year, month, day = packed >> 9, packed >> 5 & 15, packed & 31
    low, high = min(month, day), max(month, day)
    if not month:
        return [(date_key(5, year), float(bits[DateLevel.YEAR_ONLY]))]
    if not day:
        return [(date_key(2, year, month), float(bits[DateLevel.YEAR_AND_MONTH]))]
    lists = [(date_key(1, year, low, high), float(bits[DateLevel.SAME_DAY]))]
    if (month, day) != (1, 1):
        lists += [
            (date_key(2, year, month), float(bits[DateLevel.YEAR_AND_MONTH])),
            (date_key(3, year, day), float(bits[DateLevel.MONTH_NEAR])),
            (date_key(4, 0, low, high), float(bits[DateLevel.DAY_AND_MONTH])),
        ]
    return lists


def probabilities(totals: Sequence[float], people: int, model: Model) -> list[float]:
    """The chance of each candidate to be the person.

    Given that the person is in the index with the stated prior, and that anybody in it is equally likely beforehand.
    Candidates share what there is: two that look the same have at most half each. What is not in the candidates stays
    with "nobody in the index"; no probability exceeds `model.cap`.
    """
    if not totals:
        return []
    start = math.log2(model.prior / max(1, people))
    exponents = [start + model.slope * total + model.offset for total in totals]
    nobody = math.log2(1.0 - model.prior)
    top = max(nobody, *exponents)
    rest = math.exp2(nobody - top)
    odds = [math.exp2(exponent - top) for exponent in exponents]
    whole = rest + math.fsum(odds)
    return [min(model.cap, one / whole) for one in odds]
