"""Duplicates in a file: pairs, their bits, and the groups of rows that are one person.

Groups grow from the surest pair down. Two groups become one only while enough of the pairs between them agree, so
that one wrong pair does not chain two people together.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from somec.persons.matching.arrays import Identities, Tables
from somec.persons.matching.assembly import assembled
from somec.persons.matching.blocking import candidate_pairs, summed
from somec.persons.matching.dates import DateLevel
from somec.persons.matching.errors import IndexStorage
from somec.persons.matching.model import Model
from somec.persons.matching.pairing import PairFields, date_levels, score_pairs
from somec.persons.matching.query import name_weights, word_bits
from somec.persons.matching.records import PersonRecord
from somec.persons.matching.scoring import Field
from somec.persons.matching.search import COST_TABLES
from somec.persons.matching.similarity import LEVELS
from somec.persons.matching.tables import RowBlock, read_blocks
from somec.persons.matching.wordclasses import word_classes

THRESHOLD: Final = 0.5
AGREEING: Final = 0.2
"""Share of the pairs between two groups that must agree before the groups become one."""
DUPLICATE_PRIOR: Final = 3.0
"""How many true duplicates a row is thought to have in a file that is searched for them."""
ROUNDS: Final = 10
RANDOM_PAIRS: Final = 500_000
RAREST: Final = 1e-5
"""Least share of a date level that is told from none."""
SURE_LEVEL: Final = 18
"""From this likeness on, words are of one class."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Cluster number of each row, and the surest link of each row to another of its cluster (0 for a row alone)."""

    ids: list[str]
    clusters: NDArray[np.int64]
    probability: NDArray[np.float64]
    pairs_compared: int


def duplicates(
    records: Iterable[PersonRecord] | Iterable[RowBlock],
    model: Model,
    threshold: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> Duplicates:
    """The groups of `records` that are one person each, at a pair probability of `threshold`."""
    everybody = assembled(records, progress)
    tables = everybody.tables()
    ids = _ids(tables.identities)
    if not ids:
        return Duplicates([], np.zeros(0, np.int64), np.zeros(0), 0)
    pairs = candidate_pairs(tables)
    shares = pair_probabilities(tables, pairs, model)
    return _grouped(ids, pairs, shares, THRESHOLD if threshold is None else threshold)


def _ids(identities: Identities) -> list[str]:
    text, ends = identities.text.tobytes(), identities.at.tolist()
    return [text[low:high].decode("utf-8", "surrogatepass") for low, high in pairwise(ends)]


def pair_probabilities(tables: Tables, pairs: NDArray[np.uint64], model: Model) -> NDArray[np.float64]:
    """The probability of each pair to be one person.

    How often the dates of one person disagree differs much between files, so their weights are estimated from this
    file, and so is the share of true pairs: expectation maximisation with the other weights held (Fellegi and Sunter
    1969; Winkler 1988).
    """
    bits, levels = pair_bits(tables, pairs, model), date_levels(pairs, tables.people)
    count, scale = len(tables.identities.order), np.array(model.pair_scale)
    other = (bits @ scale.astype(np.float32)).astype(np.float64) + model.pair_offset
    random = _random_levels(tables)
    true, expected, shares = np.array(model.date_m), DUPLICATE_PRIOR * count / 2.0, np.zeros(len(pairs))
    for _ in range(ROUNDS):
        dates = np.log2((true + RAREST) / random) * np.where(true > random, scale[Field.BIRTH_DATE], 1.0)
        dates[DateLevel.MISSING] = 0.0
        prior = math.log2(max(1.0, expected) * 2.0 / (count * max(1.0, count - 1.0)))
        shares = 1.0 / (1.0 + np.exp2(-(other + dates[levels] + prior)))
        expected = float(shares.sum())
        true = _shares_of_levels(levels, shares)
    result: NDArray[np.float64] = np.minimum(model.cap, shares)
    return result


def _random_levels(tables: Tables) -> NDArray[np.float64]:
    """How often rows that are taken at random stand to each other by date at each level."""
    count = len(tables.identities.order)
    drawn = np.random.default_rng(0).integers(0, count, (2, RANDOM_PAIRS)).astype(np.uint64)
    drawn = drawn[:, drawn[0] != drawn[1]]
    shares: NDArray[np.float64] = np.maximum(
        RAREST, _shares_of_levels(date_levels(drawn[0] << np.uint64(32) | drawn[1], tables.people))
    )
    return shares


def _shares_of_levels(levels: NDArray[np.uint8], weights: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    counts = np.bincount(levels, weights=weights, minlength=len(DateLevel)).astype(np.float64)
    counts[DateLevel.MISSING] = 0.0
    shares: NDArray[np.float64] = counts / max(RAREST, float(counts.sum()))
    return shares


def pair_bits(tables: Tables, pairs: NDArray[np.uint64], model: Model) -> NDArray[np.float32]:
    """Bits by field of each pair but for the date, on two threads."""
    model = model.for_pairs()
    count = len(tables.identities.order)
    weights = name_weights(model, word_bits(model, class_masses(tables, model), count))
    nation = math.log2(model.nationality[0] / 0.1)
    fields = PairFields(
        np.array([math.log2(model.sex[0] / 0.5), model.sex[1]], np.float32),
        np.array([nation, model.nationality[1]], np.float32),
        np.array(model.birthplace, np.float32),
        np.array(model.document, np.float32),
        float(count + model.smoothing),
    )
    bits = np.zeros((len(pairs), 6), dtype=np.float32)
    edges = np.linspace(0, len(pairs), 9).astype(int)

    def work(part: int) -> None:
        low, high = edges[part], edges[part + 1]
        score_pairs(
            pairs[low:high],
            tables.vocabulary,
            tables.people,
            tables.places,
            weights,
            fields,
            COST_TABLES,
            bits[low:high],
        )

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(8)))
    return bits


def class_masses(tables: Tables, model: Model) -> NDArray[np.float64]:
    """For each word and level how many rows have a word so near, by classes.

    The same word, the same sound, the same skeleton.
    """
    counts = tables.word_records.counts.astype(np.float64)
    masses = np.zeros((len(counts), LEVELS))
    classes = word_classes(tables.vocabulary)
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


def _grouped(ids: list[str], pairs: NDArray[np.uint64], shares: NDArray[np.float64], threshold: float) -> Duplicates:
    chosen = np.flatnonzero(shares >= threshold)
    chosen = chosen[np.argsort(-shares[chosen], kind="stable")]
    left, right = (
        (pairs[chosen] >> np.uint64(32)).astype(np.int64),
        (pairs[chosen] & np.uint64(0xFFFFFFFF)).astype(np.int64),
    )
    groups = _Groups(len(ids))
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        groups.links[a].append(b)
        groups.links[b].append(a)
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        groups.join(a, b)
    surest = np.zeros(len(ids))
    clusters = np.array([groups.root(row) for row in range(len(ids))], dtype=np.int64)
    together = clusters[left] == clusters[right]
    np.maximum.at(surest, left[together], shares[chosen][together])
    np.maximum.at(surest, right[together], shares[chosen][together])
    _, numbers = np.unique(clusters, return_inverse=True)
    return Duplicates(ids, numbers.astype(np.int64), surest, len(pairs))


class _Groups:
    """Disjoint groups of rows that remember their members and the agreeing pairs."""

    def __init__(self, count: int) -> None:
        self.parent = list(range(count))
        self.members: dict[int, list[int]] = {}
        self.links: defaultdict[int, list[int]] = defaultdict(list)

    def root(self, row: int) -> int:
        while self.parent[row] != row:
            self.parent[row] = self.parent[self.parent[row]]
            row = self.parent[row]
        return row

    def join(self, a: int, b: int) -> None:
        """Make the groups of two rows one, if enough pairs between them agree."""
        one, two = self.root(a), self.root(b)
        if one == two:
            return
        ours, theirs = self.members.get(one, [one]), self.members.get(two, [two])
        if len(ours) > len(theirs):
            one, two, ours, theirs = two, one, theirs, ours
        inside = set(theirs)
        agreeing = sum(1 for row in ours for other in self.links[row] if other in inside)
        if agreeing < AGREEING * len(ours) * len(theirs):
            return
        self.parent[one] = two
        self.members[two] = theirs + ours
        self.members.pop(one, None)


def dedupe_file(
    file: Path,
    out: Path,
    model: Model,
    threshold: float | None = None,
    progress: Callable[[int], None] | None = None,
    encoding: str = "utf-8",
) -> tuple[int, int]:
    """Write id, cluster_id and probability of every row of `file` to `out` (CSV, or Parquet by its ending).

    Returns how many rows and how many people.

    A cluster is named after the id of its first row.
    """
    found = duplicates(read_blocks(file, encoding=encoding), model, threshold, progress)
    names: dict[int, str] = {}
    for identity, number in zip(found.ids, found.clusters.tolist(), strict=True):
        names.setdefault(number, identity)
    labels = [names[number] for number in found.clusters.tolist()]
    beside = out.with_name(out.name + ".new")
    try:
        if out.suffix.lower() in {".parquet", ".pq"}:
            pq.write_table(pa.table({"id": found.ids, "cluster_id": labels, "probability": found.probability}), beside)
        else:
            with beside.open("w", encoding="utf-8", newline="") as handle:
                writer = csv.writer(handle, lineterminator="\n")
                writer.writerow(("id", "cluster_id", "probability"))
                writer.writerows(
                    (identity, label, f"{share:.6g}")
                    for identity, label, share in zip(found.ids, labels, found.probability.tolist(), strict=True)
                )
        beside.replace(out)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise IndexStorage("matching.output.not_written", reason=error.strerror or type(error).__name__) from error
    return len(found.ids), len(names)
