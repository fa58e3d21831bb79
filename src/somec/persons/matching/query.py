"""A query made ready.

Its words as a small vocabulary of their own, the joined and split readings of its names, and the weights of every
possible outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

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


def split_words(query: PreparedQuery, number: int) -> list[tuple[str, str]]:
    """The ways one long word can be two names written together."""
    word = query.words[number]
    return [(word[:cut], word[cut:]) for cut in range(3, len(word) - 2)] if len(word) >= 7 else []


def word_bits(model: Model, masses: NDArray[np.float64], people: int) -> NDArray[np.float32]:
    """Bits of every likeness level for every query word.

    Quality of the level plus the rarity, in the index, of a part at least so near.

    `masses` holds for each word and level how many records have a word at that level.
    """
    at_least = np.cumsum(masses[:, ::-1], axis=1)[:, ::-1]
    background = np.array(model.background)
    share = (at_least + model.smoothing * np.maximum(model.rare, background * 0.0)) / (people + model.smoothing)
    floor = np.where(np.arange(LEVELS) < 11, background, 0.0)
    share = np.minimum(1.0, np.maximum(share, np.maximum(floor, 1e-7)))
    return (np.array(model.name_levels) - np.log2(share)).astype(np.float32)


def name_weights(model: Model, bits: NDArray[np.float32]) -> NameWeights:
    """The weights of a name comparison as the kernel takes them."""
    return NameWeights(
        bits, np.array(model.missing, np.float32), np.array(model.extra, np.float32), model.crossed, model.joined
    )
