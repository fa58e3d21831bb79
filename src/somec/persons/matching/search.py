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
from somec.persons.matching.retrieval import add_lists, take_best
from somec.persons.matching.scoring import Costs, QueryFields, score
from somec.persons.matching.segment import Expansion, Segment
from somec.persons.matching.similarity import ABJAD_COSTS, COSTS, LEVELS

SCORED: Final = 100
"""Records of a segment that are compared in full."""
WEIGHED: Final = 5
"""Times as many records are weighed by sex, nationality and year before that many are compared in full."""
ALWAYS_SCORED: Final = 30
NEAR_BEST: Final = 0.5
"""Beyond the first `ALWAYS_SCORED`, only records whose words and dates bring at least this share of the best record's
bits are compared in full."""
MOST_RANKED: Final = 60
"""Records of a segment that are handed on."""
LEAST_LIST_BITS: Final = 1.0
"""Lists that bring less are not read: the words in them are compared for records found otherwise."""
MOST_READ: Final = 3_000
MOST_READ_SHARE: Final = 0.004
"""Records that one word of the query leads to, strongest likeness first; the strongest list is always read whole."""
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
        chosen = zip(records[order].tolist(), found[order], basis[order], totals[order].tolist(), strict=True)
        results += [Scored(segment, *one) for one in chosen]
    results.sort(key=lambda one: -one.total)
    return Found(tuple(_ties_by_id(results)), people, weights, by_segment)


def _ties_by_id(results: list[Scored]) -> list[Scored]:
    """Equal totals in the order of their ids."""
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
    scratch = segment.borrow()
    used = 0
    records, terms = segment.tables.word_records, segment.tables.terms
    starts, ends, weights, groups = _word_lists(segment, expansions, bits)
    if len(starts):
        used = add_lists(records.postings, starts, ends, weights, groups, scratch.scores, scratch.touched, used)
    group = len(query.words) + 1
    for row, packed in enumerate(query.record.dates):
        lists = [
            (*segment.term(key)[:2], value) for key, value in _date_lists(packed, fields.date_bits[row]) if value > 0
        ]
        used = _add_terms(terms.postings, lists, group, scratch.scores, scratch.touched, used)
        group += 1
    documents = [(*segment.term(document_key(text))[:2], model.document[0]) for text in query.record.documents]
    places = [(segment.term(place_key(place_sound_cached(place))), place) for place in query.record.places]
    rare = [
        (start, end, min(9.0, -math.log2((count + 2) / fields.people)) * 0.7)
        for (start, end, count), _ in places
        if 0 < count < 200 + 0.004 * segment.count
    ]
    used = _add_terms(terms.postings, documents, group, scratch.scores, scratch.touched, used)
    used = _add_terms(terms.postings, rare, group + 1, scratch.scores, scratch.touched, used)
    touched = scratch.touched[:used]
    found, sums = take_best(scratch.scores, touched, segment.dead, wanted * WEIGHED)
    if len(found) > ALWAYS_SCORED:
        rough = sums + _told_apart(segment, found, fields)
        order = np.argsort(-rough, kind="stable")[:wanted]
        enough = int((rough[order] >= NEAR_BEST * rough[order[0]]).sum())
        found = found[order[: max(ALWAYS_SCORED, enough)]]
    segment.give_back(scratch)
    return found


def _told_apart(segment: Segment, records: NDArray[np.uint32], fields: QueryFields) -> NDArray[np.float32]:
    """Bits against each record by sex, its one nationality and its one date, where these cost nothing to look at.

    Among hundreds who share a family name it decides who is compared in full.
    """
    people = segment.tables.people
    bits = np.zeros(len(records), np.float32)
    if fields.sex in {1, 2}:
        bits += np.where(people.sexes[records] == 3 - fields.sex, fields.sex_bits[1], np.float32(0.0))
    if len(fields.nation_bits) and len(people.nations):
        first, single = _single(people.nation_at, records, len(people.nations))
        bits += np.where(single, fields.nation_bits[people.nations[first]], np.float32(0.0))
    if len(fields.dates) == 1 and len(people.dates):
        first, single = _single(people.date_at, records, len(people.dates))
        theirs, ours = people.dates[first].astype(np.int64), int(fields.dates[0])
        far = single & (np.abs((theirs >> 9) - (ours >> 9)) > 1) & ((theirs & 511) != (ours & 511)) & (theirs >> 9 > 0)
        bits += np.where(far & (ours >> 9 > 0), fields.date_bits[0, DateLevel.DIFFERENT], 0.0).astype(np.float32)
    return bits


def _single(
    at: NDArray[np.uint32], records: NDArray[np.uint32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where the values of each record begin, and whether there is just one."""
    first = at[records].astype(np.int64)
    return np.minimum(first, max(0, count - 1)), at[records.astype(np.int64) + 1].astype(np.int64) - first == 1


def _add_terms(
    postings: NDArray[np.uint8],
    lists: Sequence[tuple[int, int, float]],
    group: int,
    scores: NDArray[np.float32],
    touched: NDArray[np.uint32],
    used: int,
) -> int:
    present = sorted((one for one in lists if one[1] > one[0]), key=lambda one: -one[2])
    if not present:
        return used
    starts, ends = np.array([one[0] for one in present], np.int64), np.array([one[1] for one in present], np.int64)
    bits, groups = np.array([one[2] for one in present], np.float32), np.full(len(present), group, np.uint8)
    return int(add_lists(postings, starts, ends, bits, groups, scores, touched, used))


def _date_lists(packed: int, bits: NDArray[np.float32]) -> list[tuple[int, float]]:
    """The terms to read for one date with the bits they bring.

    Whole date, then each pair of its parts; the year alone only when no more is known.
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


def _word_lists(
    segment: Segment, expansions: Sequence[Expansion], bits: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32], NDArray[np.uint8]]:
    """The record lists of all query words, strongest first within each word."""
    at = segment.tables.word_records.at
    starts: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
    ends, weights, groups = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)], [np.zeros(0, np.uint8)]
    for number, expansion in enumerate(expansions):
        value = bits[number][expansion.levels]
        order = np.argsort(-value, kind="stable")
        order = order[value[order] >= LEAST_LIST_BITS]
        words = expansion.words[order]
        read = np.cumsum(segment.tables.word_records.counts[words])
        words = words[: max(1, int(np.searchsorted(read, MOST_READ_SHARE * segment.count + MOST_READ, side="right")))]
        order = order[: len(words)]
        starts.append(at[words].astype(np.int64))
        ends.append(at[words + 1].astype(np.int64))
        weights.append(value[order])
        groups.append(np.full(len(order), number + 1, np.uint8))
    return np.concatenate(starts), np.concatenate(ends), np.concatenate(weights), np.concatenate(groups)


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
