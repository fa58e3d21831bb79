"""Made-up people and queries for them, from one seed. Nobody here exists."""

from __future__ import annotations

import argparse
import csv
import random
from itertools import accumulate
from pathlib import Path

from bench.damages import Made, corrupted, romanised
from bench.namelists import CITIES, COUNTRIES, WEIGHTS, pool
from bench.spellings import ARABIC

__all__ = ["Made", "people", "queries", "write_csv"]


def people(count: int, seed: int = 1) -> list[Made]:
    """`count` different people; the same for the same seed."""
    rng = random.Random(seed)
    countries = list(COUNTRIES)
    weights = list(accumulate(WEIGHTS.get(country, 2) for country in countries))
    return [_person(f"p{number}", rng, rng.choices(countries, cum_weights=weights)[0]) for number in range(count)]


def _person(identity: str, rng: random.Random, country: str) -> Made:
    male = rng.random() < 0.6
    spelled = ("", "")
    if country in {"SA", "SY", "PS", "DZ"} and rng.random() < 0.6:
        first, second = rng.choice(ARABIC[:34]), rng.choice(ARABIC)
        father = rng.choice(ARABIC[:34])
        family = second[0].replace("-", " ")
        if rng.random() < 0.4:
            family = pool(country).family_male(rng)
            second = [family, romanised(family, rng)]
        given, spelled = (
            f"{first[0]} {father[0]}",
            (f"{rng.choice(first[1:])} {rng.choice(father[1:])}", rng.choice(second[1:])),
        )
        if rng.random() < 0.5:
            given, family, spelled = *spelled, (given, family)
    else:
        names = pool(country)
        given = (names.male if male else names.female)(rng)
        if rng.random() < 0.12:
            given += rng.choice((" ", "-")) + (names.male if male else names.female)(rng)
        family = (
            names.rare(rng)
            if rng.random() < (0.4 if len(names.family_male.values) > 400 else 0.7)
            else (names.family_male if male else names.family_female)(rng)
        )
        if country in {"ES", "PT"} or rng.random() < 0.03:
            family += rng.choice((" ", " ", "-")) + names.family_male(rng)
        if country in {"RU", "UA", "BG", "LV"} and rng.random() < 0.25 and not spelled[0]:
            spelled = ("", "")
    year = int(min(2006, max(1935, rng.gauss(1980, 14))))
    month, day = (
        (1, 1)
        if rng.random() < (0.08 if country in {"SY", "SA", "IR", "PS"} else 0.01)
        else (rng.randint(1, 12), rng.randint(1, 28))
    )
    dob = "" if rng.random() < 0.04 else str(year) if rng.random() < 0.03 else f"{year}-{month:02}-{day:02}"
    document = "" if rng.random() < 0.6 else f"{country}{rng.randint(10**6, 10**8)}"
    return Made(
        identity,
        given,
        family,
        dob,
        "" if rng.random() < 0.05 else "M" if male else "F",
        country,
        "" if rng.random() < 0.3 else rng.choice(CITIES[country].split()),
        document,
        spelled,
    )


def queries(present: list[Made], count: int, seed: int = 2, absent_share: float = 0.2) -> list[tuple[Made, str, str]]:
    """Queries as (query, id of the person meant or empty, category).

    A share is for people who are not among `present`.
    """
    rng = random.Random(seed)
    strangers = people(int(count * absent_share), seed=seed + 7919)
    asked = [(*corrupted(person, rng, number), "") for number, person in enumerate(strangers)]
    for number in range(len(asked), count):
        person = rng.choice(present)
        query, category = corrupted(person, rng, number)
        asked.append((query, category, person.id))
    rng.shuffle(asked)
    return [(query, truth, category) for query, category, truth in asked]


def write_csv(made: list[Made], file: Path) -> None:
    """The people as a table that `somec match` reads."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "given_name", "family_name", "dob", "sex", "nationality", "birthplace", "document"])
        writer.writerows(
            [one.id, one.given, one.family, one.dob, one.sex, one.nationality, one.birthplace, one.document]
            for one in made
        )


def main() -> None:
    """`python bench/people.py COUNT FILE [--seed N]` writes a table of made-up people."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    write_csv(people(chosen.count, chosen.seed), chosen.file)


if __name__ == "__main__":
    main()
