"""A query made ready.

Its words as a small vocabulary of their own, the joined and split readings of its names, and the weights of every
possible outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.alignment import NameWeights, QueryNames
from somec.persons.matching.arrays import Vocabulary
from somec.persons.matching.keys import WordKeys, word_keys
from somec.persons.matching.model import Model
from somec.persons.matching.records import NormalRecord
from somec.persons.matching.similarity import LEVELS
from somec.persons.matching.wordtables import vocabulary_of

MOST_WORDS: Final = 40
"""Different words of all names of a query that are followed."""
FEW_COUNTED: Final = 11
"""Likeness level below which words are not all looked for, so that the model's `background` stands in for the count."""


class NameBits(NamedTuple):
    """By query word and likeness level: all bits, and those of them that rarity brings."""

    bits: NDArray[np.float32]
    rarity: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PreparedQuery:
    """`words[:named]` stand in the names; the words after them are joined neighbours, looked up but not aligned."""

    record: NormalRecord
    words: tuple[str, ...]
    named: int
    keys: tuple[WordKeys, ...]
    vocabulary: Vocabulary
    names: QueryNames


def prepare(record: NormalRecord) -> PreparedQuery:
    """Number the words of a query and add the joined neighbours ("Anna Maria" may be "Annamaria" in the index)."""
    numbers: dict[str, int] = {}
    rows: list[list[tuple[int, int]]] = []
    for parts in record.names:
        row = [
            (numbers.setdefault(part.text, len(numbers)), int(part.role))
            for part in parts
            if part.text in numbers or len(numbers) < MOST_WORDS
        ]
        if row:
            rows.append(row)
    named = len(numbers)
    for parts in record.names:
        for left, right in pairwise(parts):
            if (
                len(left.text) >= 2
                and len(right.text) >= 2
                and left.script == right.script
                and len(numbers) < MOST_WORDS + 16
            ):
                numbers.setdefault(left.text + right.text, len(numbers))
    words = tuple(numbers)
    keys = tuple(word_keys(word) for word in words)
    names = QueryNames(
        np.cumsum([0, *map(len, rows)]).astype(np.uint32),
        np.array([word for row in rows for word, _ in row], dtype=np.uint32),
        np.array([role for row in rows for _, role in row], dtype=np.uint8),
    )
    return PreparedQuery(record, words, named, keys, vocabulary_of(keys), names)


def word_bits(model: Model, masses: NDArray[np.float64], people: int) -> NameBits:
    """Bits of every likeness level for every query word.

    Quality of the level plus the rarity, in the index, of a part at least so near.

    `masses` holds for each word and level how many records have a word at that level.
    """
    at_least = np.cumsum(masses[:, ::-1], axis=1)[:, ::-1]
    background = np.array(model.background)
    share = (at_least + model.smoothing * model.rare) / (people + model.smoothing)
    floor = np.where(np.arange(LEVELS) < FEW_COUNTED, background, 0.0)
    share = np.minimum(1.0, np.maximum(share, np.maximum(floor, 1e-7)))
    rarity = -np.log2(share)
    return NameBits((np.array(model.name_levels) + rarity).astype(np.float32), rarity.astype(np.float32))


def name_weights(model: Model, found: NameBits) -> NameWeights:
    """The weights of a name comparison as the kernel takes them."""
    return NameWeights(
        found.bits,
        np.array(model.missing, np.float32),
        np.array(model.extra, np.float32),
        model.crossed,
        model.joined,
        found.rarity,
        model.further,
        model.least_name,
    )
