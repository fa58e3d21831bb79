"""Aliases across scripts among made-up people: is the person found under the other name?

    python -m bench.crossscript [--size 300000] [--aliases 1500]

Three tables for each kind of alias (see `bench.aliases`): with the whole date of birth, with the year, by name alone.
Nothing of the engine was fitted on these.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import replace

from bench import people as made
from bench.aliases import Alias, aliases
from bench.damages import Made
from somec.persons.matching.index import MatchIndex
from somec.persons.matching.records import PersonName, PersonRecord

PEOPLE_SEED, ALIAS_SEED = 101, 7


def record(one: Made) -> PersonRecord:
    """A made-up person with name, date and sex: what lists of wanted people have."""
    return PersonRecord(
        one.id, (PersonName(given=one.given, family=one.family),), (one.dob,) if one.dob else (), one.sex
    )


def rank(index: MatchIndex, alias: Alias, characters: int) -> int:
    """At what place the person is found with so many characters of the date told; 99 when not among 20."""
    asked = record(replace(alias.query, dob=alias.query.dob[:characters]))
    found = [one.id for one in index.search(asked, top=20, floor=0.0, explain=False).candidates]
    return found.index(alias.on_file.id) if alias.on_file.id in found else 99


def run(size: int, count: int) -> None:
    """Print the table."""
    asked = aliases(count, ALIAS_SEED)
    everybody = [*made.people(size, PEOPLE_SEED), *(alias.on_file for alias in asked)]
    index = MatchIndex.in_memory(map(record, everybody))
    ranks: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for alias in asked:
        whole, year, none = (rank(index, alias, characters) for characters in (10, 4, 0))
        ranks[alias.kind].append((whole, year, none))
        ranks["all"].append((whole, year, none))
    print(f"\n| alias, among {size:,} others | queries | date R@1 / R@10 | year R@1 / R@10 | name alone R@1 / R@10 |")
    print("|---|---|---|---|---|")
    for kind, rows in ranks.items():
        cells = [f"{_share(rows, way, 1)} / {_share(rows, way, 10)}" for way in range(3)]
        print(f"| {kind} | {len(rows)} | {' | '.join(cells)} |", flush=True)


def _share(rows: list[tuple[int, int, int]], way: int, places: int) -> str:
    return f"{sum(row[way] < places for row in rows) / len(rows):.3f}"


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", help="ignored: the name under which `python -m bench` runs this")
    parser.add_argument("--size", type=int, default=300_000)
    parser.add_argument("--aliases", type=int, default=1500)
    chosen = parser.parse_args()
    run(chosen.size, chosen.aliases)


if __name__ == "__main__":
    main()
