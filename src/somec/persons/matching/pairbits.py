"""Bits by field of pairs of rows of one file, dates left out: what their names, sex, places and documents say."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.alignment import NameWeights
from somec.persons.matching.arrays import Tables
from somec.persons.matching.blocking import Blocks, summed
from somec.persons.matching.model import Model
from somec.persons.matching.pairing import PairFields, score_pairs
from somec.persons.matching.query import name_weights, word_bits
from somec.persons.matching.search import COST_TABLES
from somec.persons.matching.similarity import LEVELS
from somec.persons.matching.wordclasses import WordClasses

SURE_LEVEL: Final = 18
"""From this likeness on, words are of one class."""


class Weighing(NamedTuple):
    """What pairs of one file are weighed with, worked out once for the file."""

    names: NameWeights
    fields: PairFields


def weighing(blocks: Blocks, model: Model) -> Weighing:
    """The weights of names, with how common each is in the file, and of the other fields."""
    tables, model = blocks.tables, model.for_pairs()
    count = len(tables.identities.order)
    nation = math.log2(model.nationality[0] / 0.1)
    fields = PairFields(
        np.array([math.log2(model.sex[0] / 0.5), model.sex[1]], np.float32),
        np.array([nation, model.nationality[1]], np.float32),
        np.array(model.birthplace, np.float32),
        np.array(model.document, np.float32),
        float(count + model.smoothing),
    )
    return Weighing(name_weights(model, word_bits(model, class_masses(tables, blocks.classes, model), count)), fields)


def pair_bits(tables: Tables, pairs: NDArray[np.uint64], weights: Weighing) -> NDArray[np.float32]:
    """Bits by field of each pair but for the date, on two threads."""
    bits = np.zeros((len(pairs), 6), dtype=np.float32)
    edges = np.linspace(0, len(pairs), 9).astype(int)

    def work(part: int) -> None:
        low, high = edges[part], edges[part + 1]
        score_pairs(
            pairs[low:high],
            tables.vocabulary,
            tables.people,
            tables.places,
            weights.names,
            weights.fields,
            COST_TABLES,
            bits[low:high],
        )

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(8)))
    return bits


def class_masses(tables: Tables, classes: WordClasses, model: Model) -> NDArray[np.float64]:
    """For each word and level how many rows have a word so near, by classes.

    The same word, the same sound, the same skeleton.
    """
    counts = tables.word_records.counts.astype(np.float64)
    masses = np.zeros((len(counts), LEVELS))
    masses[:, LEVELS - 1] = counts
    same_sound = summed(classes.sounds, counts)
    masses[:, LEVELS - 2] = same_sound - counts
    masses[:, LEVELS - 5] = np.maximum(0.0, (summed(classes.bones, counts) - same_sound) * 0.5)
    # Words that are merely similar are of no class. As many are taken to be as near as the model's background has.
    at_least = np.cumsum(masses[:, ::-1], axis=1)[:, ::-1]
    background = np.array(model.background) * len(tables.identities.order)
    background[SURE_LEVEL:] = 0.0
    np.maximum(at_least, background, out=at_least)
    at_least[:, :-1] -= at_least[:, 1:].copy()
    return at_least
