"""How well and how fast people are found: ours and the peers on the same people, the same queries, in the same run.

    make bench ONLY=matching
    python -m bench.matching [--size 100000] [--queries 2000] [--only online,curve,names,dedupe,errors]

Queries come from another seed than the one the model was calibrated with. R@P99 is the share of present people whose
first candidate is right at the score threshold that gives 99 % precision.
"""

from __future__ import annotations

import argparse
import csv
import resource
import time
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from bench import duplicates, peers
from bench import people as made
from bench.duplicates import person_record
from bench.limits import best_possible
from bench.people import Made
from somec.persons.matching.calibrate import expected_calibration_error
from somec.persons.matching.index import MatchIndex
from somec.persons.matching.model import Model, load_model
from somec.persons.matching.pairs import compare_names
from somec.persons.matching.scripts import script_of
from somec.persons.matching.transparency import GroupError, record

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "matching"
PEOPLE_SEED, QUERY_SEED = 101, 202
Case = tuple[Made, str, str]


def figures(
    cases: Sequence[Case], answers: Sequence[tuple[float, peers.Found]]
) -> tuple[float, float, float, float, float]:
    """p50 and p99 in milliseconds, R@1, R@10, R@P99."""
    spent = np.array([seconds for seconds, _ in answers]) * 1e3
    present = sum(1 for _, truth, _ in cases if truth)
    first = sum(
        1 for (_, truth, _), (_, found) in zip(cases, answers, strict=True) if truth and found and found[0][0] == truth
    )
    ten = sum(
        1
        for (_, truth, _), (_, found) in zip(cases, answers, strict=True)
        if truth and truth in [one for one, _ in found[:10]]
    )
    ranked = sorted(
        (
            (found[0][1], found[0][0] == truth)
            for (_, truth, _), (_, found) in zip(cases, answers, strict=True)
            if found
        ),
        key=lambda one: -one[0],
    )
    right = at_precision = 0
    for position, (_, correct) in enumerate(ranked, start=1):
        right += correct
        if right >= 0.99 * position:
            at_precision = right
    return (
        float(np.percentile(spent, 50)),
        float(np.percentile(spent, 99)),
        first / present,
        ten / present,
        at_precision / present,
    )


def online(size: int, count: int) -> None:
    """The table of the online look-up, with build time and memory."""
    crowd = made.people(size, PEOPLE_SEED)
    before = _memory()
    start = time.perf_counter()
    index = MatchIndex.in_memory(map(person_record, crowd))
    built = time.perf_counter() - start
    stored = sum(array.nbytes for segment in index.segments for group in segment.tables for array in group)
    print(
        f"\nindex of {size:,} people: built in {built:.1f} s, arrays {stored / 1e6:.0f} MB, "
        f"process grew by {_memory() - before:.0f} MB"
    )
    cases = made.queries(crowd, count, QUERY_SEED)
    print(
        "\nat 1,000,000, bound and aim: p50 / p99 3 / 6 and 1.5 / 4 ms; "
        "R@1 .97 and .985, R@10 .99 and .995, R@P99 .90 and .97"
    )
    print(f"\n| {size:,} people | p50 / p99 ms | R@1 | R@10 | R@P99 | queries |\n|---|---|---|---|---|---|")

    def ask(query: Made) -> peers.Found:
        return [(one.id, one.probability) for one in index.search(person_record(query), floor=1e-9).candidates]

    ask(cases[0][0])
    answers = [peers.timed(ask, query) for query, _, _ in cases]
    _row("**somec**, with evidence", cases, answers)
    plain = [
        peers.timed(
            lambda query: [
                (one.id, one.probability)
                for one in index.search(person_record(query), floor=1e-9, explain=False).candidates
            ],
            query,
        )
        for query, _, _ in cases
    ]
    _row("**somec**, without evidence", cases, plain)
    trigrams = peers.tantivy_trigrams(crowd)
    others = [trigrams, peers.brute_force(crowd)]
    if trigrams is not None:
        others += [peers.nomenklatura(crowd, trigrams, name) for name in ("logic-v1", "logic-v2")]
    for peer in others:
        if peer is not None:
            chosen = cases[: peer.queries]
            _row(peer.name, chosen, [peers.timed(peer.ask, query) for query, _, _ in chosen])
    chosen = cases[:100]
    splink = peers.splink_answers(crowd, [query for query, _, _ in chosen])
    if splink is not None:
        _row("splink 4 find_matches_to_new_records, 8 rules", chosen, splink)
    stated = [found[0][1] if found else 0.0 for _, found in answers]
    right = [bool(found) and found[0][0] == truth for (_, truth, _), (_, found) in zip(cases, answers, strict=True)]
    print(
        f"\ncalibration of the first candidate: expected error {expected_calibration_error(stated, right):.4f} "
        "(bound .03, aim .01)"
    )
    first, ten = best_possible(index, [(person_record(query), truth) for query, truth, _ in cases if truth][:1000])
    print(
        f"\nsomebody else agrees as well or better in every field: no rule could reach more than R@1 {first:.3f} and "
        f"R@10 {ten:.3f} here (1,000 queries)"
    )
    _error_report(cases, answers, load_model())


def _row(name: str, cases: Sequence[Case], answers: Sequence[tuple[float, peers.Found]]) -> None:
    p50, p99, first, ten, sure = figures(cases, answers)
    print(f"| {name} | {p50:.2f} / {p99:.2f} | {first:.3f} | {ten:.3f} | {sure:.3f} | {len(cases)} |", flush=True)


def _error_report(cases: Sequence[Case], answers: Sequence[tuple[float, peers.Found]], model: Model) -> None:
    """Recall and false candidates (probability of at least one half) by script, origin, sex and kind of damage."""
    groups: defaultdict[str, list[tuple[str, peers.Found]]] = defaultdict(list)
    for (query, truth, category), (_, found) in zip(cases, answers, strict=True):
        for group in (
            f"script {script_of(query.full_name).name.lower()}",
            f"origin {query.nationality or 'not told'}",
            f"sex {query.sex or 'not told'}",
            f"damage {category}",
        ):
            groups[group].append((truth, found))
    errors = []
    for group, rows in sorted(groups.items()):
        present, absent = [row for row in rows if row[0]], [row for row in rows if not row[0]]
        if len(present) < 20:
            continue
        first = sum(bool(found) and found[0][0] == truth for truth, found in present) / len(present)
        ten = sum(truth in [one for one, _ in found[:10]] for truth, found in present) / len(present)
        false = sum(sum(share >= 0.5 for _, share in found) for _, found in absent) / max(1, len(absent))
        errors.append(GroupError(group, len(rows), first, ten, false))
    print("\n" + record(model, errors).split("## Errors by group")[1].split("## Who")[0])


def _asked(index: MatchIndex, query: Made) -> peers.Found:
    answer = index.search(person_record(query), floor=1e-9)
    return [(one.id, one.probability) for one in answer.candidates]


def curve(sizes: Sequence[int], count: int) -> None:
    """Median time as the index grows."""
    print("\n| people | build s | arrays MB | p50 / p99 ms | R@10 |\n|---|---|---|---|---|")
    for size in sizes:
        crowd = made.people(size, PEOPLE_SEED)
        start = time.perf_counter()
        index = MatchIndex.in_memory(map(person_record, crowd))
        built = time.perf_counter() - start
        cases = made.queries(crowd, count, QUERY_SEED)
        index.search(person_record(cases[0][0]))
        answers = [peers.timed(partial(_asked, index), query) for query, _, _ in cases]
        p50, p99, _, ten, _ = figures(cases, answers)
        stored = sum(array.nbytes for segment in index.segments for group in segment.tables for array in group)
        print(f"| {size:,} | {built:.1f} | {stored / 1e6:.0f} | {p50:.2f} / {p99:.2f} | {ten:.3f} |", flush=True)


def names() -> None:
    """F1 on labelled name pairs."""
    file = SHARED / "name_pairs_dev.csv"
    if not file.is_file():
        print("\nname pairs: reference data not here")
        return
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for kind, chosen in (("people", [row for row in rows if row["schema"] == "Person"]), ("all", rows)):
        said = [(compare_names(row["name1"], row["name2"]).same, row["is_match"] == "true") for row in chosen]
        print(
            f"\nname pairs ({kind}, {len(said)}): F1 {_f1(said):.3f} "
            "(bound .78, aim .85; nomenklatura logic-v2 on people: .747)"
        )


def _f1(said: Sequence[tuple[bool, bool]]) -> float:
    right, wrong, missed = (
        sum(a and b for a, b in said),
        sum(a and not b for a, b in said),
        sum(b and not a for a, b in said),
    )
    return 2 * right / max(1, 2 * right + wrong + missed)


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def run(size: int = 100_000, queries: int = 2000, only: Sequence[str] = ("online", "names", "dedupe")) -> None:
    """Print every table asked for; `size` people online and rows to deduplicate."""
    if "online" in only:
        online(size, queries)
    if "curve" in only:
        curve(
            [step for step in (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000) if step <= size], min(500, queries)
        )
    if "names" in only:
        names()
    if "dedupe" in only:
        duplicates.run([size])


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", help="ignored: the name under which `python -m bench` runs this")
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--only", default="online,names,dedupe")
    chosen = parser.parse_args()
    run(chosen.size, chosen.queries, chosen.only.split(","))


if __name__ == "__main__":
    main()
