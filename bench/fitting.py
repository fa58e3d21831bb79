"""Fit the shipped weights on made-up people: `python -m bench.fitting [--people 100000] [--queries 4000] [--out FILE]`.

Seeded, so that the same release gives the same model. Two fifths of the people and of the queries have their name in
one field, because roles are often not told. A tenth of the queries ask for somebody under the name that another state
or script gives him (`bench.aliases`); without them the weights are those of typing errors alone. The figures of the
bench come from other seeds, and from a second generator that nothing is fitted on (`bench.otherpeople`).
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zlib import crc32

from bench import people as made
from bench.aliases import aliases
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

PEOPLE_SEED, QUERY_SEED, ALIAS_SEED = 11, 12, 13
OTHER_NAMES = 0.1
"""Share of the queries under another state's or script's name."""
NAMESAKES = 4
"""For each of them, how many more people of the same naming traditions are on file."""
ABSENT = 5
"""Of so many of them, one is not on file."""
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
    others = int(queries * OTHER_NAMES)
    crowd = made.people(people, PEOPLE_SEED)
    cases = [(asked, truth) for asked, truth, _ in made.queries(crowd, queries - others, QUERY_SEED)]
    more, asked_otherwise = _under_other_names(others)
    index = MatchIndex.in_memory(map(record, [*crowd, *more]))
    for asked, truth in [*cases, *asked_otherwise]:
        query = opened(prepare(normalise(record(asked))), index.segments)
        found = search_segments(index.segments, query, model)
        rows = features(found, query, model)
        ids = [one.segment.id_of(one.number) for one in found.scored[: len(rows)]]
        if not truth or truth in ids:
            yield Observation(rows, ids.index(truth) if truth else -1, len(index))


def _under_other_names(count: int) -> tuple[list[Made], list[tuple[Made, str]]]:
    """People on file, and `count` queries with the id of the person meant (empty when he is not on file).

    The whole date of birth is told in half of the queries, the year in a quarter.
    """
    rng = random.Random(ALIAS_SEED)
    on_file, cases = [], []
    for number, alias in enumerate(aliases(count * (1 + NAMESAKES), ALIAS_SEED)):
        person = replace(alias.on_file, id=f"other-{alias.on_file.id}")
        absent = number < count and number % ABSENT == 0
        if not absent:
            on_file.append(person)
        if number < count:
            dob = rng.choice((alias.query.dob, alias.query.dob, alias.query.dob[:4], ""))
            cases.append((replace(alias.query, dob=dob), "" if absent else person.id))
    return on_file, cases


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
        f"likelihood on made-up people (bench/fitting.py, seeds {PEOPLE_SEED}, {QUERY_SEED} and {ALIAS_SEED}, "
        f"{chosen.people} people, {chosen.queries} queries, a tenth of them under another state's or script's name)"
    )
    fitted = replace(fit(seen, model, 0.8), made=now().date().isoformat(), how=how)
    fitted.save(chosen.out)
    print(f"{len(seen)} queries; model {fitted.digest()[:12]} written to {chosen.out}")


if __name__ == "__main__":
    main()
