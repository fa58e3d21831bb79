"""Why a candidate is one.

Evidence for each part of the name and each field, as codes with parameters, and sentences in English and Latvian for
the command line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.alignment import JOINED, MOST_PARTS, discounts
from somec.persons.matching.answer import Direction, Evidence, Parameter
from somec.persons.matching.dateevidence import date_level
from somec.persons.matching.dates import DateLevel, PartialDate
from somec.persons.matching.model import Model
from somec.persons.matching.query import PreparedQuery
from somec.persons.matching.scoring import Field, alignments
from somec.persons.matching.search import COST_TABLES, Found, Scored
from somec.persons.matching.similarity import INITIAL_LEVEL, LEVELS

CODES: Final[dict[str, tuple[str, str]]] = {
    "name.same": (
        "“{ours}” is spelled the same; 1 person in {one_in} has such a name",
        "“{ours}” rakstīts vienādi; šāds vārds ir 1 personai no {one_in}",
    ),
    "name.sound": (
        "“{ours}” and “{theirs}” are spellings of one sound; 1 person in {one_in} has such a name",
        "“{ours}” un “{theirs}” ir viena vārda rakstības; šāds vārds ir 1 personai no {one_in}",
    ),
    "name.equivalent": (
        "“{ours}” and “{theirs}” are known as forms of one name; 1 person in {one_in} has one",
        "“{ours}” un “{theirs}” ir viena vārda formas; tāds ir 1 personai no {one_in}",
    ),
    "name.near": (
        "“{ours}” is near “{theirs}”; 1 person in {one_in} has a name so near",
        "“{ours}” ir līdzīgs “{theirs}”; tik līdzīgs vārds ir 1 personai no {one_in}",
    ),
    "name.initial": ("initial “{ours}” fits “{theirs}”", "iniciālis “{ours}” atbilst “{theirs}”"),
    "name.joined": (
        "“{ours}” is “{theirs}” written together or apart",
        "“{ours}” ir “{theirs}”, rakstīts kopā vai šķirti",
    ),
    "name.different": ("“{ours}” is not “{theirs}”", "“{ours}” nav “{theirs}”"),
    "name.absent": (
        "nothing in the candidate's name answers to “{ours}”",
        "kandidāta vārdā nav nekā, kas atbilstu “{ours}”",
    ),
    "name.extra": ("the candidate also has “{theirs}”", "kandidātam ir arī “{theirs}”"),
    "name.missing": ("no name to compare", "nav vārda, ko salīdzināt"),
    "date.same_day": ("born on the same day, {theirs}", "dzimis tajā pašā dienā, {theirs}"),
    "date.day_month_swapped": (
        "{ours} and {theirs}: day and month exchanged",
        "{ours} un {theirs}: diena un mēnesis samainīti",
    ),
    "date.day_near": (
        "{ours} and {theirs}: the day is one off or mistyped",
        "{ours} un {theirs}: diena atšķiras par vienu vai kļūdaina",
    ),
    "date.month_near": (
        "{ours} and {theirs}: year and day agree, the month does not",
        "{ours} un {theirs}: gads un diena sakrīt, mēnesis ne",
    ),
    "date.year_near": (
        "{ours} and {theirs}: day and month agree, the year looks mistyped",
        "{ours} un {theirs}: diena un mēnesis sakrīt, gads šķiet kļūdains",
    ),
    "date.year_and_month": ("{ours} and {theirs}: year and month agree", "{ours} un {theirs}: gads un mēnesis sakrīt"),
    "date.year_only": (
        "{ours} and {theirs}: the year agrees, more is not known",
        "{ours} un {theirs}: gads sakrīt, vairāk nav zināms",
    ),
    "date.year_same": ("{ours} and {theirs}: only the year agrees", "{ours} un {theirs}: sakrīt tikai gads"),
    "date.day_and_month": (
        "{ours} and {theirs}: only day and month agree",
        "{ours} un {theirs}: sakrīt tikai diena un mēnesis",
    ),
    "date.year_adjacent": ("{ours} and {theirs} are one year apart", "starp {ours} un {theirs} ir viens gads"),
    "date.years_close": ("{ours} and {theirs} are a few years apart", "starp {ours} un {theirs} ir daži gadi"),
    "date.different": ("{ours} is not {theirs}", "{ours} nav {theirs}"),
    "date.missing": ("no date of birth to compare", "nav dzimšanas datuma, ko salīdzināt"),
    "sex.same": ("same sex", "tas pats dzimums"),
    "sex.different": ("different sex", "cits dzimums"),
    "sex.missing": ("sex is not known on both sides", "dzimums nav zināms abām pusēm"),
    "nationality.same": ("a nationality is shared", "kopīga valstspiederība"),
    "nationality.different": ("no nationality is shared", "nav kopīgas valstspiederības"),
    "nationality.missing": ("nationality is not known on both sides", "valstspiederība nav zināma abām pusēm"),
    "birthplace.same": ("same birthplace", "tā pati dzimšanas vieta"),
    "birthplace.near": ("birthplaces are spelled alike", "dzimšanas vietas rakstītas līdzīgi"),
    "birthplace.different": ("different birthplace", "cita dzimšanas vieta"),
    "birthplace.missing": ("birthplace is not known on both sides", "dzimšanas vieta nav zināma abām pusēm"),
    "document.same": ("a document number is the same", "dokumenta numurs ir tas pats"),
    "document.different": ("no document number is the same", "neviens dokumenta numurs nesakrīt"),
    "document.missing": ("no document number on both sides", "dokumenta numura nav abām pusēm"),
}
"""Every code of evidence with its English and Latvian sentence."""

OTHER_FIELDS: Final = (
    (Field.SEX, "sex"),
    (Field.NATIONALITY, "nationality"),
    (Field.BIRTHPLACE, "birthplace"),
    (Field.DOCUMENT, "document"),
)
STATES: Final = ("missing", "same", "near", "different")
LANGUAGES: Final = {"en": 0, "lv": 1}


def sentence(evidence: Evidence, language: str = "en") -> str:
    """One piece of evidence as a sentence; English where the language is not offered."""
    return CODES[evidence.code][LANGUAGES.get(language, 0)].format(**evidence.parameters)


def explanation(evidence: tuple[Evidence, ...], language: str = "en") -> str:
    """All evidence in one line: signed bits and sentence, missing fields in brackets."""
    shown = [
        f"{one.bits:+.1f} {sentence(one, language)}"
        if one.direction is not Direction.MISSING
        else f"[{sentence(one, language)}]"
        for one in evidence
    ]
    return "; ".join(shown)


def evidence_of(kept: Sequence[Scored], found: Found, query: PreparedQuery, model: Model) -> list[tuple[Evidence, ...]]:
    """The evidence of scored records, name parts first; the bits of each add up to its weight."""
    aligned = _alignments(kept, found, query)
    return [
        (*_name_evidence(one, *aligned[position], found, query, model), *_field_evidence(one, query, model))
        for position, one in enumerate(kept)
    ]


def _alignments(
    kept: Sequence[Scored], found: Found, query: PreparedQuery
) -> dict[int, tuple[NDArray[np.int16], NDArray[np.int16], float]]:
    """Partners, levels and bits of the best names of each record: one call of the kernel for each segment."""
    rows: dict[int, list[int]] = {}
    for position, one in enumerate(kept):
        rows.setdefault(id(one.segment), []).append(position)
    aligned = {}
    for positions in rows.values():
        chosen = [kept[position] for position in positions]
        tables = chosen[0].segment.tables
        numbers = np.array([one.number for one in chosen], np.uint32)
        basis = np.stack([one.basis for one in chosen])
        pairs, levels, totals = alignments(
            numbers, basis, query.vocabulary, query.names, found.weights, tables.vocabulary, tables.people, COST_TABLES
        )
        for row, position in enumerate(positions):
            aligned[position] = (pairs[row], levels[row], float(totals[row]))
    return aligned


def _field_evidence(scored: Scored, query: PreparedQuery, model: Model) -> list[Evidence]:
    pieces = [_date_evidence(scored, query, model)]
    for which, stem in OTHER_FIELDS:
        state, bits = int(scored.basis[which]), float(scored.bits[which]) * model.scale[which]
        pieces.append(Evidence(stem, _direction(state, bits), bits, f"{stem}.{STATES[state]}"))
    return pieces


def _direction(state: int, bits: float) -> Direction:
    if state == 0:
        return Direction.MISSING
    return Direction.FOR if bits > 0 else Direction.AGAINST


def _date_evidence(scored: Scored, query: PreparedQuery, model: Model) -> Evidence:
    level, bits = (
        DateLevel(int(scored.basis[Field.BIRTH_DATE])),
        float(scored.bits[Field.BIRTH_DATE]) * model.scale[Field.BIRTH_DATE],
    )
    if level is DateLevel.MISSING:
        return Evidence("birth_date", Direction.MISSING, 0.0, "date.missing")
    people = scored.segment.tables.people
    theirs = [int(packed) for packed in people.dates[people.date_at[scored.number] : people.date_at[scored.number + 1]]]
    ours, match = next(
        ((mine, other) for mine in query.record.dates for other in theirs if date_level(mine, other) == level), (0, 0)
    )
    return Evidence(
        "birth_date",
        _direction(1, bits),
        bits,
        f"date.{level.name.lower()}",
        {"ours": str(_unpacked(ours)), "theirs": str(_unpacked(match))},
    )


def _unpacked(packed: int) -> PartialDate:
    return PartialDate(packed >> 9, packed >> 5 & 15, packed & 31)


def _name_evidence(
    scored: Scored,
    pairs: NDArray[np.int16],
    levels: NDArray[np.int16],
    total: float,
    found: Found,
    query: PreparedQuery,
    model: Model,
) -> list[Evidence]:
    if not scored.basis[Field.NAME]:
        return [Evidence("name", Direction.MISSING, 0.0, "name.missing")]
    tables, name = scored.segment.tables, int(scored.basis[6])
    people = tables.people
    other = int(people.name_at[scored.number]) + int(scored.basis[7])
    used = people.words[people.word_at[other] : people.word_at[other + 1]][:MOST_PARTS]
    theirs = [
        tables.vocabulary.plain[tables.vocabulary.plain_at[word] : tables.vocabulary.plain_at[word + 1]]
        .tobytes()
        .decode("ascii")
        for word in used
    ]
    first = int(query.names.word_at[name])
    count = min(MOST_PARTS, int(query.names.word_at[name + 1]) - first)
    scale, pieces, taken = model.scale[Field.NAME], [], set()
    lost = discounts(query.names.words[first : first + count], pairs, levels, found.weights).tolist()
    for position in range(count):
        word, pair, level = int(query.names.words[first + position]), int(pairs[position]), int(levels[position])
        bits = (
            float(
                found.weights.missing[query.names.roles[first + position]]
                if pair < 0
                else found.weights.bits[word, level] - lost[position]
            )
            * scale
        )
        parts = _partners(pair, theirs, level)
        taken.update(parts)
        pieces.append(
            _part(
                query, word, [theirs[part] for part in parts], level, bits, pair, found.weights.bits[word, level], model
            )
        )
    pieces += [
        Evidence(
            "name",
            Direction.MISSING,
            float(found.weights.extra[people.roles[int(people.word_at[other]) + position]]) * scale,
            "name.extra",
            {"theirs": text},
        )
        for position, text in enumerate(theirs)
        if position not in taken
    ]
    return _summing_to(pieces, total * scale)


def _summing_to(pieces: list[Evidence], total: float) -> list[Evidence]:
    """`pieces` with what speaks against made smaller where the names as a whole count less (`NameWeights.least`).

    What remains between their sum and the total (joined parts) goes to the first.
    """
    against = math.fsum(piece.bits for piece in pieces if piece.bits < 0)
    rest = total - math.fsum(piece.bits for piece in pieces)
    if rest > 0.005 and against < -rest:
        share = 1.0 + rest / against
        return [replace(piece, bits=piece.bits * share) if piece.bits < 0 else piece for piece in pieces]
    if pieces and abs(rest) > 0.005:
        pieces[0] = replace(pieces[0], bits=pieces[0].bits + rest)
    return pieces


def _partners(pair: int, theirs: list[str], level: int) -> list[int]:
    if pair < 0:
        return []
    if pair < JOINED:
        return [pair]
    first = pair - JOINED
    return [first, first + 1] if first + 1 < len(theirs) and level else [first]


def _part(
    query: PreparedQuery, word: int, theirs: list[str], level: int, bits: float, pair: int, weight: float, model: Model
) -> Evidence:
    ours: dict[str, Parameter] = {"ours": query.words[word]}
    if pair < 0:
        return Evidence("name", Direction.MISSING, bits, "name.absent", ours)
    ours["theirs"] = " ".join(theirs)
    ours["one_in"] = max(1, round(2.0 ** (float(weight) - model.name_levels[level])))
    initial = level == INITIAL_LEVEL
    if weight <= 0 and not initial:
        return Evidence("name", Direction.AGAINST, bits, "name.different", ours)
    direction = Direction.FOR if bits > 0 else Direction.AGAINST
    if pair >= JOINED:
        return Evidence("name", direction, bits, "name.joined", ours)
    named: tuple[tuple[Callable[[], bool], str], ...] = (
        (lambda: initial, "initial"),
        (lambda: level == LEVELS - 1, "same"),
        (lambda: level == LEVELS - 2, "sound"),
        (lambda: level == LEVELS - 3, "equivalent"),
    )
    return Evidence("name", direction, bits, "name." + next((code for holds, code in named if holds()), "near"), ours)
