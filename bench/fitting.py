"""Fit the shipped weights on made-up people: `python -m bench.fitting [--people 100000] [--queries 4000] [--out FILE]`.

Seeded, so that the same release gives the same model. Two fifths of the people and of the queries have their name in
one field, because roles are often not told. The figures of the bench come from other seeds, and from a second
generator that nothing is fitted on (`bench.otherpeople`).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zlib import crc32

from bench import people as made
from bench.damages import Made
from somec.kernel.clock import now
from somec.persons.matching.calibrate import Observation, fit
from somec.persons.matching.features import features
from somec.persons.matching.index import MatchIndex
from somec.persons.matching.model import Model, load_model
from somec.persons.matching.opening import opened
from somec.persons.matching.query import prepare
from somec.persons.matching.records import PersonName, PersonRecord, normalise
from somec.persons.matching.search import search_segments

PEOPLE_SEED, QUERY_SEED = 11, 12
WHOLE_NAMES = 4
"""Of ten people, how many have their name in one field."""
HAND_SET = Path(__file__).parent / "names" / "hand-set-model.json"
"""The weights before anything is fitted, towards which the fitted ones are drawn."""
MODEL = Path(__file__).resolve().parents[1] / "src/somec/persons/matching/default-model.json"


def record(one: Made) -> PersonRecord:
    """A made-up person as the engine takes him, name in one field or in two."""
    whole = crc32(one.id.encode()) % 10 < WHOLE_NAMES
    name = PersonName(one.full_name) if whole else PersonName(given=one.given, family=one.family)
    return PersonRecord(
        one.id,
        (name,),
        (one.dob,) if one.dob else (),
        one.sex,
        (one.nationality,) if one.nationality else (),
        (one.birthplace,) if one.birthplace else (),
        (one.document,) if one.document else (),
    )


def observations(people: int, queries: int, model: Model) -> Iterator[Observation]:
    """What the candidates of each query rest on, and which is right; without queries whose person was not found."""
    crowd = made.people(people, PEOPLE_SEED)
    index = MatchIndex.in_memory(map(record, crowd))
    for asked, truth, _ in made.queries(crowd, queries, QUERY_SEED):
        query = opened(prepare(normalise(record(asked))), index.segments)
        found = search_segments(index.segments, query, model)
        rows = features(found, query, model)
        ids = [one.segment.id_of(one.number) for one in found.scored[: len(rows)]]
        if not truth or truth in ids:
            yield Observation(rows, ids.index(truth) if truth else -1, people)


def main() -> None:
    """Read the command line, fit, write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=4000)
    parser.add_argument("--out", type=Path, default=MODEL)
    chosen = parser.parse_args()
    model = load_model(HAND_SET)
    seen = list(observations(chosen.people, chosen.queries, model))
    how = (
        "weights set by hand from the literature and the reference lists, then fitted together by conditional "
        f"likelihood on made-up people (bench/fitting.py, seeds {PEOPLE_SEED} and {QUERY_SEED}, {chosen.people} "
        f"people, {chosen.queries} queries)"
    )
    fitted = replace(fit(seen, model, 0.8), made=now().date().isoformat(), how=how)
    fitted.save(chosen.out)
    print(f"{len(seen)} queries; model {fitted.digest()[:12]} written to {chosen.out}")


if __name__ == "__main__":
    main()
