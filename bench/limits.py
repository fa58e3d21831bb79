"""How many queries nobody could answer: somebody else in the index agrees with them at least as well in every field.

Whatever a rule gives for each kind of agreement, the person meant cannot come first there but by chance. What is left
is what a better engine could still find.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from somec.persons.matching.index import MatchIndex
from somec.persons.matching.opening import opened
from somec.persons.matching.query import prepare
from somec.persons.matching.records import PersonRecord, normalise
from somec.persons.matching.search import search_segments

ROUNDING = 1e-4


def best_possible(index: MatchIndex, cases: Sequence[tuple[PersonRecord, str]]) -> tuple[float, float]:
    """The highest R@1 and R@10 that any rule could have, as far as the engine's own candidates show.

    `cases` are queries with the id of the person meant. A candidate who agrees better in every field stands before
    that person; among those who agree alike, half do.
    """
    first = ten = 0.0
    for asked, truth in cases:
        better, alike = _not_worse(index, asked, truth)
        first += 0.0 if better else 1.0 / (1 + alike)
        ten += 1.0 if better + alike < 10 else max(0.0, (10 - better) / (1 + alike))
    return first / len(cases), ten / len(cases)


def _not_worse(index: MatchIndex, asked: PersonRecord, truth: str) -> tuple[int, int]:
    """How many agree better than the person meant in some field and worse in none, and how many alike in all."""
    query = opened(prepare(normalise(asked)), index.segments)
    alone = search_segments(index.segments, query, index.model, among=[truth]).scored
    if not alone:
        return 0, 0
    others = search_segments(index.segments, query, index.model).scored
    bits = np.array([one.bits for one in others if one.segment.id_of(one.number) != truth]).reshape(-1, 6)
    gain = bits - alone[0].bits
    not_worse = (gain >= -ROUNDING).all(axis=1)
    better = int((not_worse & (gain > ROUNDING).any(axis=1)).sum())
    return better, int(not_worse.sum()) - better
