"""Aliases across scripts among made-up people: is the person found under the other name?

    python -m bench.crossscript [--size 300000] [--aliases 1500]

For each kind of alias (see `bench.aliases`): with the whole date of birth, with the year, by name alone, with day and
month swapped, and with two dates claimed of which one is a year alone and right. Nothing of the engine was fitted on
these.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import replace

from bench import people as made
from bench.aliases import NOTHING_IN_COMMON, Alias, aliases
from bench.damages import Made
from somec.persons.matching.index import MatchIndex
from somec.persons.matching.records import PersonName, PersonRecord

PEOPLE_SEED, ALIAS_SEED, OTHERS_SEED = 101, 7, 77


def record(one: Made) -> PersonRecord:
    """A made-up person with name, date and sex: what lists of wanted people have."""
    name = PersonName(given=one.given, family=one.family) if one.given else PersonName(one.family)
    return PersonRecord(one.id, (name,), tuple(filter(None, one.dob.split(";"))), one.sex)


def dates(known: str) -> tuple[str, ...]:
    """What a source says of a date of birth: all, year, nothing, day and month swapped, two of which one is wrong."""
    year, month, day = known.split("-")
    swapped = f"{year}-{day}-{month}" if int(day) <= 12 else f"{year}-01-01"
    return known, year, "", swapped, f"{int(year) - 7}-03-09;{year}"


def rank(index: MatchIndex, alias: Alias, dob: str) -> int:
    """At what place the person is found with this date told; 99 when not among 20."""
    asked = record(replace(alias.query, dob=dob))
    found = [one.id for one in index.search(asked, top=20, floor=0.0, explain=False).candidates]
    return found.index(alias.on_file.id) if alias.on_file.id in found else 99


def group(kind: str) -> str:
    """The line under which a kind is added up as well."""
    if kind in NOTHING_IN_COMMON:
        return "no part in common, or hardly"
    return "two sources, all" if kind.endswith("two sources") else "other script or state, all"


def run(size: int, count: int) -> None:
    """Print the table."""
    asked = aliases(count, ALIAS_SEED)
    others = [replace(alias.on_file, id="other" + alias.on_file.id) for alias in aliases(count * 3, OTHERS_SEED)]
    everybody = [*made.people(size, PEOPLE_SEED), *others, *(alias.on_file for alias in asked)]
    index = MatchIndex.in_memory(map(record, everybody))
    ranks: defaultdict[str, list[list[int]]] = defaultdict(list)
    for alias in asked:
        found = [rank(index, alias, dob) for dob in dates(alias.query.dob)]
        for line in (alias.kind, group(alias.kind), "all"):
            ranks[line].append(found)
    ways = ("date", "year", "name alone", "swapped", "two dates")
    print(f"\n| R@1 / R@10, among {size:,} others | queries | {' | '.join(ways)} |\n|{'---|' * (len(ways) + 2)}")
    for line, rows in sorted(ranks.items()):
        cells = [f"{_share(rows, way, 1)} / {_share(rows, way, 10)}" for way in range(len(ways))]
        print(f"| {line} | {len(rows)} | {' | '.join(cells)} |", flush=True)


def _share(rows: list[list[int]], way: int, places: int) -> str:
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
