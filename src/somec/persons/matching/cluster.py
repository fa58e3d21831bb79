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

from somec.persons.matching import folding
from somec.persons.matching.arrays import Identities, Tables, Vocabulary
from somec.persons.matching.assembly import assembled
from somec.persons.matching.errors import IndexStorage
from somec.persons.matching.keys import key_hash
from somec.persons.matching.model import Model
from somec.persons.matching.pairing import PairFields, blocking_keys, pairs_of_blocks, score_pairs
from somec.persons.matching.query import name_weights, word_bits
from somec.persons.matching.records import PersonRecord
from somec.persons.matching.search import COST_TABLES
from somec.persons.matching.similarity import LEVELS
from somec.persons.matching.tables import RowBlock, read_blocks

MOST_IN_BLOCK: Final = 120
LARGE: Final = 200_000
MOST_IN_BLOCK_LARGE: Final = 40
"""Records of a block that are compared, for files up to `LARGE` rows and beyond."""
THRESHOLD: Final = 0.5
AGREEING: Final = 0.34
"""Share of the pairs between two groups that must agree before the groups become one."""
DUPLICATE_PRIOR: Final = 3.0
"""How many true duplicates a row is thought to have in a file that is searched for them."""
ROUNDS: Final = 6
COMMON_WORD: Final = 0.05
"""A word in more than this share of rows is no evidence for blocking."""


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


def candidate_pairs(tables: Tables) -> NDArray[np.uint64]:
    """The pairs of rows worth comparing, each once: row numbers in the upper and lower half."""
    people, count, words = tables.people, len(tables.identities.order), tables.vocabulary
    sounds, bones = word_classes(words)
    weak = (tables.word_records.counts > max(50.0, COMMON_WORD * count)).astype(np.uint8)
    weak |= (np.diff(words.plain_at) < 2).astype(np.uint8)
    initials = _initials(words)
    step = 250_000
    chunks = [
        blocking_keys(people, sounds, bones, initials, weak, first, min(count, first + step))
        for first in range(0, count, step)
    ]
    block_keys = np.concatenate([chunk[0] for chunk in chunks])
    owners = np.concatenate([chunk[1] for chunk in chunks])
    order = np.argsort(block_keys, kind="stable")
    most = MOST_IN_BLOCK if count <= LARGE else MOST_IN_BLOCK_LARGE
    found: NDArray[np.uint64] = np.unique(pairs_of_blocks(block_keys[order], owners[order], most))
    return found


def word_classes(words: Vocabulary) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """For each word its class by sound, and by skeleton, hashed. The sound is taken without grammatical ending."""
    forms, form_at = words.forms.tobytes().decode(), words.form_at.tolist()
    plain, plain_at = words.plain.tobytes().decode(), words.plain_at.tolist()
    first, stems, abjad = words.form_first.tolist(), words.traits[:, 1].tolist(), words.traits[:, 2].tolist()
    sounds, bones = [], []
    for word in range(len(abjad)):
        spelled = plain[plain_at[word] : plain_at[word + 1]]
        form = spelled
        if first[word] < first[word + 1]:
            chosen = first[word + 1] - 1 if stems[word] else first[word]
            form = forms[form_at[chosen] : form_at[chosen + 1]]
        skeleton = folding.abjad_skeletons(spelled)[0] if abjad[word] else folding.skeleton(form)
        sounds.append(key_hash("s" + form))
        bones.append(key_hash("b" + (skeleton if len(skeleton) > 1 else form)))
    return np.array(sounds, dtype=np.uint64), np.array(bones, dtype=np.uint64)


def _initials(words: Vocabulary) -> NDArray[np.uint8]:
    """The first letter of each word's sound form, else of its spelling, else a question mark."""
    count = len(words.traits)
    initials = np.full(count, ord("?"), dtype=np.uint8)
    spelled = np.flatnonzero(np.diff(words.plain_at))
    initials[spelled] = words.plain[words.plain_at[spelled]]
    sounded = np.flatnonzero(np.diff(words.form_first))
    initials[sounded] = words.forms[words.form_at[words.form_first[sounded]]]
    return initials


def pair_probabilities(tables: Tables, pairs: NDArray[np.uint64], model: Model) -> NDArray[np.float64]:
    """The probability of each pair to be one person."""
    bits = pair_bits(tables, pairs, model)
    count = len(tables.identities.order)
    evidence = (bits @ np.array(model.pair_scale, dtype=np.float32)).astype(np.float64) + model.pair_offset
    shares, expected = np.zeros(len(pairs)), DUPLICATE_PRIOR * count / 2.0
    for _ in range(ROUNDS):
        # The share of true pairs among all is estimated from the answers themselves (expectation maximisation with
        # the weights held).
        shares = 1.0 / (
            1.0 + np.exp2(-(evidence + math.log2(max(1.0, expected) * 2.0 / (count * max(1.0, count - 1.0)))))
        )
        expected = float(shares.sum())
    result: NDArray[np.float64] = np.minimum(model.cap, shares)
    return result


def pair_bits(tables: Tables, pairs: NDArray[np.uint64], model: Model) -> NDArray[np.float32]:
    """Bits by field of each pair, on two threads."""
    count = len(tables.identities.order)
    weights = name_weights(model, word_bits(model, class_masses(tables), count))
    dates = [0.0] + [math.log2(m / u) for m, u in zip(model.date_m[1:], model.date_u[1:], strict=True)]
    nation = math.log2(model.nationality[0] / 0.1)
    fields = PairFields(
        np.array(dates, np.float32),
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


def class_masses(tables: Tables) -> NDArray[np.float64]:
    """For each word and level how many rows have a word so near, by classes.

    The same word, the same sound, the same skeleton.
    """
    counts = tables.word_records.counts.astype(np.float64)
    masses = np.zeros((len(counts), LEVELS))
    sounds, bones = word_classes(tables.vocabulary)
    masses[:, LEVELS - 1] = counts
    same_sound = _summed(sounds, counts)
    masses[:, LEVELS - 2] = same_sound - counts
    masses[:, LEVELS - 5] = np.maximum(0.0, (_summed(bones, counts) - same_sound) * 0.5)
    return masses


def _summed(classes: NDArray[np.uint64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    _, numbers = np.unique(classes, return_inverse=True)
    sums: NDArray[np.float64] = np.bincount(numbers, weights=counts)[numbers].astype(np.float64)
    return sums


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
    file: Path, out: Path, model: Model, threshold: float | None = None, progress: Callable[[int], None] | None = None
) -> tuple[int, int]:
    """Write id, cluster_id and probability of every row of `file` to `out` (CSV, or Parquet by its ending).

    Returns how many rows and how many people.

    A cluster is named after the id of its first row.
    """
    found = duplicates(read_blocks(file), model, threshold, progress)
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
