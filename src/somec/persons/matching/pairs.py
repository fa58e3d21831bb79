"""Two names alone, without an index.

The rarity of a part is taken from whether it is a known name and how many forms it has; there is nothing to count.
The threshold is the one at which screening staff call two names the same,
set on the labelled pairs of nomenklatura's name bench (development half).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from somec.persons.matching.alignment import JOINED, MOST_PARTS, NameWeights, QueryNames, align, likeness
from somec.persons.matching.arrays import People
from somec.persons.matching.keys import word_keys
from somec.persons.matching.names import Part, is_patronymic, parts_of
from somec.persons.matching.scripts import ABJADS
from somec.persons.matching.search import COST_TABLES
from somec.persons.matching.similarity import INITIAL_LEVEL, LEVELS
from somec.persons.matching.wordtables import vocabulary_of

SAME_NAME: Final = 0.5


@dataclass(frozen=True, slots=True)
class NameComparison:
    """How alike two names are (0 to 1.

    From `SAME_NAME` on they are taken for one name), and the likeness of each part of the first to its partner (0:
    none).
    """

    score: float
    parts: tuple[float, ...]

    @property
    def same(self) -> bool:
        """Whether the two are taken for one name."""
        return self.score >= SAME_NAME


def compare_names(left: str, right: str) -> NameComparison:
    """Compare two names written whole, in any script and order. Symmetric."""
    ours, theirs = parts_of(left), parts_of(right)
    if not ours or not theirs:
        return NameComparison(0.0, ())
    forward, backward = _compared(ours, theirs), _compared(theirs, ours)
    return forward if forward.score >= backward.score else NameComparison(backward.score, forward.parts)


@lru_cache(maxsize=1)
def _weights() -> tuple[float, ...]:
    """Value of each likeness level, from -1 (another name) to 1 (the same): what decides a pair without frequencies."""
    values = [max(-1.0, min(1.0, (level / (LEVELS - 1) - 0.70) / 0.22)) for level in range(LEVELS)]
    values[INITIAL_LEVEL] = 0.1
    return tuple(values)


def _compared(ours: tuple[Part, ...], theirs: tuple[Part, ...]) -> NameComparison:
    words = [part.text for part in (*ours, *theirs)]
    vocabulary = vocabulary_of([word_keys(word) for word in words])
    count, others = len(ours), len(theirs)
    alike = likeness(vocabulary, vocabulary, np.arange(count, count + others, dtype=np.uint32), *COST_TABLES)[:count]
    names = QueryNames(np.array([0, count], np.uint32), np.arange(count, dtype=np.uint32), np.zeros(count, np.uint8))
    empty, none = np.zeros(0, np.uint32), np.zeros(2, np.uint32)
    people = People(
        np.array([0, 1], np.uint32),
        np.array([0, others], np.uint32),
        np.arange(count, count + others, dtype=np.uint32),
        np.zeros(others, np.uint8),
        empty,
        none,
        np.zeros(1, np.uint8),
        np.zeros(0, np.uint32),
        none,
        empty,
        none,
        np.zeros(0, np.uint64),
        none,
    )
    table = np.tile(np.array(_weights(), np.float32), (len(words), 1))
    weights = NameWeights(
        table, np.zeros(4, np.float32), np.zeros(4, np.float32), 0.0, 0.0, np.zeros_like(table), 1.0, -1000.0
    )
    pairs, levels = np.zeros(MOST_PARTS, np.int16), np.zeros(MOST_PARTS, np.int16)
    align(
        vocabulary, names, 0, vocabulary, people, 0, alike[:, :MOST_PARTS].copy(), weights, *COST_TABLES, pairs, levels
    )
    return _judged(ours, theirs, pairs[:count].tolist(), [_shown(int(level)) for level in levels[:count]])


def _shown(level: int) -> float:
    """The likeness a level stands for; that of an initial is a convention."""
    return 0.72 if level == INITIAL_LEVEL else level / (LEVELS - 1)


def _judged(ours: tuple[Part, ...], theirs: tuple[Part, ...], pairs: list[int], alike: list[float]) -> NameComparison:
    """One score: the mean likeness of paired parts by length, lowered by the worst pair and by what is left over."""
    paired = [position for position in range(len(ours)) if pairs[position] >= 0]
    if not paired:
        return NameComparison(0.0, tuple(0.0 for _ in ours))
    lengths = [_weight(part) for part in ours]
    total = sum(lengths[position] for position in paired)
    mean = sum(lengths[position] * alike[position] for position in paired) / total
    worst = min(
        alike[position] + (0.12 if len(paired) > 2 and is_patronymic(ours[position].text) else 0.0)
        for position in paired
    )
    joined = sum(1 for position in paired if pairs[position] >= JOINED)
    over = abs(len(ours) - len(theirs)) - joined
    single = min(len(ours), len(theirs)) == 1 and not joined
    value = 0.55 * mean + 0.45 * worst - 0.03 * max(0, over) - (0.12 if single and over > 0 else 0.0)
    return NameComparison(
        max(0.0, min(1.0, 0.5 + (value - CUT) * 2.5)),
        tuple(alike[position] if position in paired else 0.0 for position in range(len(ours))),
    )


CUT: Final = 0.78
"""The mixed likeness at which two names are taken for one."""


def _weight(part: Part) -> float:
    return float(len(part.text)) * (1.6 if part.script in ABJADS else 1.0)
