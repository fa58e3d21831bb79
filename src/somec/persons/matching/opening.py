"""Names written as one word, opened where the index knows the pieces.

"Ritarosemann" and "Filipenogueirabrito" come from forms without a field for each part. A long word that nobody in the
index has is cut into two to four words that people do have, the likeliest cut by how many people have them; the name
so opened is asked for beside the one written. A word that anybody has is never cut.
"""

# Kernels mix Python and numpy scalars, which numba unifies and mypy keeps apart.
# mypy: disable-error-code="arg-type, assignment, return-value, no-any-return, type-var, call-overload, operator, index"

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.arrays import Buckets, Vocabulary
from somec.persons.matching.compiled import compiled
from somec.persons.matching.keys import bucket_key, word_keys
from somec.persons.matching.names import Part
from somec.persons.matching.query import PreparedQuery, prepare
from somec.persons.matching.scripts import ABJADS, Script
from somec.persons.matching.segment import Segment

LEAST_LETTERS: Final = 7
"""Shorter words are not cut."""
LEAST_PIECE: Final = 3
MOST_PIECES: Final = 4
MOST_PARTS: Final = 2
"""A name of more parts was not written as one."""
UNKNOWN_PIECE: Final = 6.0
"""Bits, beside those of its letters, of one piece that nobody has: a name with a typing error among known ones."""
LEAST_UNKNOWN: Final = 4
SHARED_LETTER: Final = 2.0
"""Bits of two pieces sharing the letter between them: sound forms write it once (Gökperi İnönü, gokperinonu)."""
BITS_A_LETTER: Final = 3.5
"""A word without meaning costs about so much; a cut must be likelier than that."""


def opened(query: PreparedQuery, segments: Sequence[Segment]) -> PreparedQuery:
    """`query` with the opened readings of names that are written as one word; itself when there are none."""
    more = []
    for parts in query.record.names:
        if len(parts) > MOST_PARTS:
            continue
        row: list[Part] = []
        for part in parts:
            row += _pieces(part, segments) if len(part.text) >= LEAST_LETTERS else [part]
        if len(row) > len(parts):
            more.append(tuple(row))
    return prepare(replace(query.record, names=(*query.record.names, *more))) if more else query


def _pieces(part: Part, segments: Sequence[Segment]) -> list[Part]:
    keys = word_keys(part.text)
    if part.script in ABJADS or not keys.forms or keys.names:
        return [part]
    form = keys.forms[0].decode("ascii")
    spans = [
        (start, end)
        for start in range(len(form))
        for end in range(start + LEAST_PIECE, len(form) + 1)
        if start == 0 or start >= LEAST_PIECE
    ]
    counts = _counts(form, spans, segments)
    people = sum(segment.living for segment in segments)
    if counts.get((0, len(form))) or not people:
        return [part]
    cut = cheapest_cut(len(form), counts, people)
    return [Part(form[start:end], Script.LATIN) for start, end in cut] if len(cut) > 1 else [part]


def _counts(form: str, spans: list[tuple[int, int]], segments: Sequence[Segment]) -> dict[tuple[int, int], int]:
    """How many records have each piece of a sound form as a part."""
    keys = np.array([bucket_key("f" + form[start:end]) for start, end in spans], np.uint64)
    letters = np.frombuffer(form.encode("ascii"), np.uint8)
    edges = np.array(spans, np.int64).reshape(-1, 2)
    total = np.zeros(len(spans), np.int64)
    for segment in segments:
        tables = segment.tables
        total += people_with(letters, edges, keys, tables.vocabulary, tables.sure, tables.word_records.counts)
    return {span: int(count) for span, count in zip(spans, total, strict=True) if count}


def cheapest_cut(length: int, counts: dict[tuple[int, int], int], people: int) -> list[tuple[int, int]]:
    """The cut of a word of `length` letters that costs least bits, one unknown piece allowed.

    Empty when no cut is likely. `counts` tells for each piece (start, end) how many of `people` have it.
    """
    best: dict[tuple[int, int, bool], tuple[float, list[tuple[int, int]]]] = {(0, 0, False): (0.0, [])}
    for start in range(length):
        for used in range(MOST_PIECES):
            for strange in (False, True):
                here = best.get((start, used, strange))
                if here is None:
                    continue
                for end in range(start + LEAST_PIECE, length + 1):
                    count = counts.get((start, end), 0)
                    if not count and (strange or end - start < LEAST_UNKNOWN):
                        continue
                    cost = here[0] + (
                        math.log2(people / count) if count else UNKNOWN_PIECE + BITS_A_LETTER * (end - start)
                    )
                    cut = [*here[1], (start, end)]
                    for next_start, paid in ((end, cost), (end - 1, cost + SHARED_LETTER)):
                        key = (next_start, used + 1, strange or not count)
                        if (next_start == end or end < length) and (key not in best or paid < best[key][0]):
                            best[key] = (paid, cut)
    whole = [(cost, cut) for (end, _, _), (cost, cut) in best.items() if end == length and len(cut) > 1]
    cost, cut = min(whole, default=(math.inf, []))
    return cut if cost < BITS_A_LETTER * length else []


@compiled
def people_with(
    letters: NDArray[np.uint8],
    edges: NDArray[np.int64],
    keys: NDArray[np.uint64],
    vocabulary: Vocabulary,
    sure: Buckets,
    counts: NDArray[np.uint32],
) -> NDArray[np.int64]:
    """For each piece of `letters` between two edges: how many records have a word of that sound form."""
    found = np.zeros(len(keys), dtype=np.int64)
    mask = np.uint64(len(sure.at) - 2)
    for piece in range(len(keys)):
        row = np.int64(keys[piece] & mask)
        start, length = edges[piece, 0], edges[piece, 1] - edges[piece, 0]
        value, shift, gap = -1, 0, 0
        for position in range(np.int64(sure.at[row]), np.int64(sure.at[row + 1])):
            byte = np.int64(sure.postings[position])
            gap |= (byte & 127) << shift
            if byte < 128:
                shift += 7
                continue
            value += gap + 1
            gap = shift = 0
            first = np.int64(vocabulary.form_first[value])
            if first == np.int64(vocabulary.form_first[value + 1]):
                continue
            at = np.int64(vocabulary.form_at[first])
            if np.int64(vocabulary.form_at[first + 1]) - at != length:
                continue
            same = True
            for i in range(length):
                if vocabulary.forms[at + i] != letters[start + i]:
                    same = False
                    break
            if same:
                found[piece] += np.int64(counts[value])
    return found
