"""Duplicates in a file: how many are found, how many of those joined are one person, and how long it takes.

    python -m bench.duplicates [--sizes 10000,50000] [--generators people,otherpeople,historical] [--validate]

The same program and the same model for every file and size. `--validate` chooses the one number of the grouping on one
half of the people of each file and reports the other half, both ways.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple
from zlib import crc32

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bench import otherpeople
from bench import people as made
from bench.damages import Made
from somec.persons.matching.assembly import assembled
from somec.persons.matching.cluster import THRESHOLD, duplicates, grouped, pair_probabilities
from somec.persons.matching.model import load_model
from somec.persons.matching.records import PersonName, PersonRecord

HISTORICAL = Path(__file__).resolve().parents[2] / "shared/data/matching/historical_figures_with_errors_50k.parquet"
PEOPLE_SEED, QUERY_SEED = 101, 202
COPIES = 0.2
"""Share of made-up rows that are damaged copies of others."""
THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
GENERATORS: dict[str, ModuleType] = {"people": made, "otherpeople": otherpeople}


class Rows(NamedTuple):
    """A file of people, and for each row who it is."""

    records: list[PersonRecord]
    labels: list[str]


def person_record(one: Made) -> PersonRecord:
    """A made-up person as the engine takes him."""
    return PersonRecord(
        one.id,
        (PersonName(given=one.given, family=one.family),),
        (one.dob,) if one.dob else (),
        one.sex,
        (one.nationality,) if one.nationality else (),
        (one.birthplace,) if one.birthplace else (),
        (one.document,) if one.document else (),
    )


def made_rows(generator: ModuleType, size: int, seed: int = 0) -> Rows:
    """`size` rows of made-up people, a fifth of them again with damages."""
    crowd = generator.people(round(size * (1 - COPIES)), PEOPLE_SEED + seed)
    copies = generator.queries(crowd, size - len(crowd), QUERY_SEED + seed, absent_share=0.0)
    return Rows(
        [person_record(one) for one in crowd] + [person_record(copy) for copy, _, _ in copies],
        [one.id for one in crowd] + [truth for _, truth, _ in copies],
    )


def historical_rows() -> Rows:
    """The historical people of splink's data sets, each about ten times."""
    rows = pq.read_table(HISTORICAL).to_pylist()
    records = [
        PersonRecord(
            row["unique_id"],
            (PersonName(row["full_name"]),) if row["full_name"] else (),
            (row["dob"],) if row["dob"] else (),
            row["gender"] or "",
            (),
            (row["birth_place"],) if row["birth_place"] else (),
        )
        for row in rows
    ]
    return Rows(records, [row["cluster"] for row in rows])


def measure(title: str, rows: Rows) -> None:
    """Print time, pairs, blocking recall, and precision, recall and F1 of the groups by pair and by row (B-cubed)."""
    truth = np.unique(rows.labels, return_inverse=True)[1]
    start, spent = time.perf_counter(), time.process_time()
    found = duplicates(rows.records, load_model())
    start, spent = time.perf_counter() - start, time.process_time() - spent
    left, right = (
        (found.pairs >> np.uint64(32)).astype(np.int64),
        (found.pairs & np.uint64(0xFFFFFFFF)).astype(np.int64),
    )
    blocked = float((truth[left] == truth[right]).sum()) / pairs_of(truth)
    precision, recall, mean = judged(truth, found.clusters)
    print(
        f"| {title}, {len(truth):,} rows | {start:.0f} s ({spent:.0f} s of this process) | {len(found.pairs):,} "
        f"| {blocked:.3f} | {precision:.3f} | {recall:.3f} | {mean:.3f} | {of_rows(truth, found.clusters):.3f} "
        f"| {of_rows(found.clusters, truth):.3f} |",
        flush=True,
    )


def pairs_of(*labels: NDArray[np.int64]) -> int:
    """How many pairs of rows have all their labels in common."""
    sizes = np.unique(np.stack(labels), axis=1, return_counts=True)[1].astype(np.int64)
    return int((sizes * (sizes - 1) // 2).sum())


def judged(truth: NDArray[np.int64], found: NDArray[np.int64]) -> tuple[float, float, float]:
    """Precision, recall and F1 over pairs of rows."""
    together = pairs_of(truth, found)
    precision, recall = together / max(1, pairs_of(found)), together / max(1, pairs_of(truth))
    return precision, recall, 2 * together / max(1, pairs_of(found) + pairs_of(truth))


def of_rows(truth: NDArray[np.int64], found: NDArray[np.int64]) -> float:
    """B-cubed precision: over all rows, the mean share of the row's group that is the row's person."""
    both, inverse, sizes = np.unique(np.stack((truth, found)), axis=1, return_inverse=True, return_counts=True)
    return float((sizes[inverse] / np.bincount(found)[both[1][inverse]]).mean())


def validate(title: str, rows: Rows) -> None:
    """Choose the threshold on one half of the people, report the other half; both ways."""
    curves = [_curve(_half(rows, half)) for half in (0, 1)]
    for chosen_on, reported in ((0, 1), (1, 0)):
        best = int(np.argmax(curves[chosen_on]))
        print(
            f"| {title} | {'first' if chosen_on == 0 else 'second'} half | {THRESHOLDS[best]} "
            f"| {curves[chosen_on][best]:.3f} | {curves[reported][best]:.3f} "
            f"| {curves[reported][THRESHOLDS.index(THRESHOLD)]:.3f} | {max(curves[reported]):.3f} |",
            flush=True,
        )


def _half(rows: Rows, half: int) -> Rows:
    chosen = [at for at, label in enumerate(rows.labels) if crc32(label.encode()) % 2 == half]
    return Rows([rows.records[at] for at in chosen], [rows.labels[at] for at in chosen])


def _curve(rows: Rows) -> list[float]:
    truth = np.unique(rows.labels, return_inverse=True)[1]
    pairs, shares = pair_probabilities(assembled(rows.records).tables(), load_model())
    return [judged(truth, grouped(len(truth), pairs, shares, threshold)[0])[2] for threshold in THRESHOLDS]


def files(generators: Sequence[str], sizes: Sequence[int], seed: int = 0) -> Iterator[tuple[str, Rows]]:
    """Title and rows of every file asked for; the historical people once, where their file is."""
    for name in generators:
        if name in GENERATORS:
            for size in sizes:
                yield f"bench.{name}", made_rows(GENERATORS[name], size, seed)
        elif HISTORICAL.is_file():
            yield "historical people", historical_rows()


def run(sizes: Sequence[int], generators: Sequence[str] = ("people", "otherpeople", "historical")) -> None:
    """The table of all files (bounds at 1,000,000: 180 s, blocking recall .95; historical F1 .80)."""
    print(
        "\n| duplicates | time | pairs | blocking recall | P | R | F1 | by row P | R |\n"
        "|---|---|---|---|---|---|---|---|---|"
    )
    for title, rows in files(generators, sizes):
        measure(title, rows)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,50000")
    parser.add_argument("--generators", default="people,otherpeople,historical")
    parser.add_argument("--seed", type=int, default=0, help="added to the seeds of made-up people with --validate")
    parser.add_argument("--validate", action="store_true")
    chosen = parser.parse_args()
    sizes, generators = [int(size) for size in chosen.sizes.split(",")], chosen.generators.split(",")
    if not chosen.validate:
        run(sizes, generators)
        return
    print(
        "\n| people | chosen on | threshold | F1 there | F1 on the other half | with the shipped one | best there |\n"
        "|---|---|---|---|---|---|---|"
    )
    for title, rows in files(generators, sizes, chosen.seed):
        validate(title, rows)


if __name__ == "__main__":
    main()
