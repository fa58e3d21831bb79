"""A few made-up people, in several scripts, that the tests of the engine share."""

from __future__ import annotations

import random
from functools import lru_cache

from somec.persons.matching.index import MatchIndex
from somec.persons.matching.records import PersonName, PersonRecord

GIVEN = [
    "Jānis",
    "Andris",
    "Pēteris",
    "Anna",
    "Līga",
    "Piotr",
    "Katarzyna",
    "Сергей",
    "Олена",
    "Иван",
    "Георги",
    "Γιώργος",
    "Ελένη",
    "محمد",
    "فاطمة",
    "خالد",
    "დავით",
    "Արամ",
    "Hans",
    "Jürgen",
    "José",
    "Carmen",
    "Luca",
    "Giulia",
    "Pierre",
    "Élodie",
    "Søren",
    "Mette",
    "Ștefan",
    "Ioana",
    "Matteo",
    "Zsófia",
    "Zoltán",
    "Ahmet",
    "Ayşe",
]
FAMILY = [
    "Bērziņš",
    "Kalniņa",
    "Ozols",
    "Kowalski",
    "Nowak",
    "Иванов",
    "Петренко",
    "Щербаков",
    "Димитров",
    "Παπαδόπουλος",
    "Γεωργίου",
    "الحسن",
    "حداد",
    "درويش",
    "კაპანაძე",
    "Սարգսյան",
    "Müller",
    "Schröder",
    "García",
    "López",
    "Rossi",
    "Ferrari",
    "Dubois",
    "Lefèvre",
    "Sørensen",
    "Nielsen",
    "Popescu",
    "Ionescu",
    "Nagy",
    "Szabó",
    "Yılmaz",
    "Demir",
    "Çelik",
]


def person(identity: str, name: str, born: str = "", **others: tuple[str, ...] | str) -> PersonRecord:
    """A record with one name written whole."""
    sex, rest = others.pop("sex", ""), {key: value for key, value in others.items() if isinstance(value, tuple)}
    return PersonRecord(identity, (PersonName(name),) if name else (), (born,) if born else (), sex=str(sex), **rest)


def crowd(count: int, seed: int = 1) -> list[PersonRecord]:
    """Made-up people, the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - made-up people, no secret
    people = []
    for number in range(count):
        born = f"{rng.randint(1950, 2004)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        name = PersonName(given=rng.choice(GIVEN), family=rng.choice(FAMILY) + rng.choice(("", "", "s", "a", "ov")))
        people.append(PersonRecord(f"c{number}", (name,), (born,), rng.choice("MF"), (rng.choice(("LV", "PL", "DE")),)))
    return people


@lru_cache(maxsize=1)
def town() -> MatchIndex:
    """An index of 400 people and three that the tests look for. Shared: tests must not change it."""
    known = [
        person(
            "lavrovs",
            "Сергей Викторович Лавров",
            "1950-03-21",
            sex="M",
            nationalities=("RU",),
            birthplaces=("Москва",),
            documents=("AB 123-456",),
        ),
        person("salman", "محمد بن سلمان", "1985-08-31", sex="M"),
        person("berzina", "Anna Marija Bērziņa", "1990-05-17", sex="F", nationalities=("LV",)),
        person("twin-1", "Pēteris Liepa", "1981-11-02", sex="M"),
        person("twin-2", "Pēteris Liepa", "1981-11-02", sex="M"),
    ]
    return MatchIndex.in_memory([*crowd(400), *known])
