"""Duplicates in a file: the groups of rows that are one person.

Groups grow from the surest pair down. Two groups become one only while the mean probability of all pairs between them
is high enough, so that one wrong pair does not chain two people together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from somec.persons.matching.arrays import Identities, Tables
from somec.persons.matching.assembly import assembled
from somec.persons.matching.blocking import blocks_of, candidate_pairs, sampled_pairs
from somec.persons.matching.errors import IndexStorage
from somec.persons.matching.mixture import estimate, random_levels
from somec.persons.matching.model import Model
from somec.persons.matching.outputs import ROWS_AT_ONCE, as_csv, finish
from somec.persons.matching.pairbits import pair_bits, weighing
from somec.persons.matching.pairing import date_levels
from somec.persons.matching.records import PersonRecord
from somec.persons.matching.tables import RowBlock, read_blocks

THRESHOLD: Final = 0.35
"""Least probability of a pair, and least mean probability of the pairs between two groups. Where files are judged by
the harmonic mean of precision and recall, the best is half of the mean that is reached (Lipton et al. 2014)."""
TYPES: Final = {"id": pa.string(), "cluster_id": pa.string(), "probability": pa.float64()}
"""The columns of an output."""
WORTH: Final = 0.01
"""Pairs less probable count as nothing."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Cluster number of each row, and the surest link of each row to another of its cluster (0 for a row alone)."""

    ids: list[str]
    clusters: NDArray[np.int64]
    probability: NDArray[np.float64]
    pairs: NDArray[np.uint64]
    """What was compared: row numbers in the upper and lower half."""


def duplicates(
    records: Iterable[PersonRecord] | Iterable[RowBlock],
    model: Model,
    threshold: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> Duplicates:
    """The groups of `records` that are one person each, at a probability of `threshold`."""
    tables = assembled(records, progress).tables()
    ids = _ids(tables.identities)
    pairs, shares = pair_probabilities(tables, model)
    clusters, surest = grouped(len(ids), pairs, shares, THRESHOLD if threshold is None else threshold)
    return Duplicates(ids, clusters, surest, pairs)


def _ids(identities: Identities) -> list[str]:
    text, ends = identities.text.tobytes(), identities.at.tolist()
    return [text[low:high].decode("utf-8", "surrogatepass") for low, high in pairwise(ends)]


def pair_probabilities(tables: Tables, model: Model) -> tuple[NDArray[np.uint64], NDArray[np.float64]]:
    """The pairs of rows worth comparing, and the probability of each to be one person.

    What the fields count in this file is learned from pairs that names brought together whatever their dates
    (`mixture`); it then says which pairs are worth comparing.
    """
    blocks = blocks_of(tables)
    common, weights = blocks.sight.common, weighing(blocks, model)
    sample = sampled_pairs(blocks)
    learned = estimate(
        pair_bits(tables, sample, weights),
        date_levels(sample, tables.people, common),
        random_levels(blocks, model),
        model,
        len(tables.identities.order),
    )
    pairs = candidate_pairs(blocks, learned.dates)
    shares = learned.probabilities(pair_bits(tables, pairs, weights), date_levels(pairs, tables.people, common))
    return pairs, np.minimum(model.cap, shares)


def grouped(
    count: int, pairs: NDArray[np.uint64], shares: NDArray[np.float64], threshold: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The group of each of `count` rows, numbered from 0, and its surest link inside."""
    worth = np.flatnonzero(shares >= min(WORTH, threshold))
    worth = worth[np.argsort(-shares[worth], kind="stable")]
    left, right = (
        (pairs[worth] >> np.uint64(32)).astype(np.int64),
        (pairs[worth] & np.uint64(0xFFFFFFFF)).astype(np.int64),
    )
    groups = _Groups(count)
    links = list(zip(left.tolist(), right.tolist(), shares[worth].tolist(), strict=True))
    for a, b, share in links:
        groups.link(a, b, share)
    for a, b, share in links:
        if share < threshold:
            break
        groups.join(a, b, threshold)
    clusters = np.unique([groups.root(row) for row in range(count)], return_inverse=True)[1].astype(np.int64)
    surest, together = np.zeros(count), clusters[left] == clusters[right]
    for side in (left, right):
        np.maximum.at(surest, side[together], shares[worth][together])
    return clusters, surest


class _Groups:
    """Disjoint groups of rows that know the sum of probabilities between them."""

    def __init__(self, count: int) -> None:
        self.parent = list(range(count))
        self.sizes = [1] * count
        self.between: dict[int, dict[int, float]] = {}

    def link(self, a: int, b: int, share: float) -> None:
        self.between.setdefault(a, {})[b] = share
        self.between.setdefault(b, {})[a] = share

    def root(self, row: int) -> int:
        while self.parent[row] != row:
            self.parent[row] = self.parent[self.parent[row]]
            row = self.parent[row]
        return row

    def join(self, a: int, b: int, threshold: float) -> None:
        """Make the groups of two rows one, if the mean of the pairs between them is `threshold` or more."""
        one, two = self.root(a), self.root(b)
        if one == two or self.between[one].get(two, 0.0) < threshold * self.sizes[one] * self.sizes[two]:
            return
        if len(self.between[one]) > len(self.between[two]):
            one, two = two, one
        self.parent[one] = two
        self.sizes[two] += self.sizes[one]
        theirs = self.between[two]
        for other, sum_of_shares in self.between.pop(one).items():
            del self.between[other][one]
            if other != two:
                theirs[other] = self.between[other][two] = theirs.get(other, 0.0) + sum_of_shares


def dedupe_file(
    file: Path,
    out: Path,
    model: Model,
    threshold: float | None = None,
    progress: Callable[[int], None] | None = None,
    encoding: str = "utf-8",
) -> tuple[int, int]:
    """Write id, cluster_id and probability of every row of `file` to `out` (CSV, or Parquet by its ending).

    Returns how many rows and how many people. A cluster is named after the id of its first row; where another cluster
    is named so already, because rows share ids, a number goes with it.
    """
    found = duplicates(read_blocks(file, encoding=encoding), model, threshold, progress)
    numbers, shares = found.clusters.tolist(), found.probability.tolist()
    names = _cluster_names(found.ids, numbers)
    rows = ((one, names[number], f"{share:.6g}") for one, number, share in zip(found.ids, numbers, shares, strict=True))
    growing = out.with_name(out.name + ".part")
    try:
        with growing.open("wb") as handle:
            handle.write(as_csv([tuple(TYPES)]))
            while some := list(islice(rows, ROWS_AT_ONCE)):
                handle.write(as_csv(some))
        finish(growing, out, TYPES)
    except OSError as error:
        growing.unlink(missing_ok=True)
        raise IndexStorage("matching.output.not_written", reason=error.strerror or type(error).__name__) from error
    return len(found.ids), len(names)


def _cluster_names(ids: Sequence[str], clusters: Sequence[int]) -> dict[int, str]:
    """A name of its own for each cluster: never that of another, nor the id of any row but its first."""
    known, named = set(ids), dict[str, int]()
    names: dict[int, str] = {}
    for identity, cluster in zip(ids, clusters, strict=True):
        if cluster in names:
            continue
        number = named.get(identity, 0) + 1
        while number > 1 and f"{identity} ({number})" in known:
            number += 1
        named[identity] = number
        names[cluster] = identity if number == 1 else f"{identity} ({number})"
    return names
