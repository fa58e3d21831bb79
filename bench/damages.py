"""How the data of a made-up person go wrong: one category of damage for each query, and often the date as well.

The romanisations are ICU's and spellings listed in `bench.spellings`, never the engine's own tables.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import lru_cache

import icu

from bench.namelists import CITIES, COUNTRIES, pool
from bench.spellings import NICKNAMES

CATEGORIES = (
    "exact",
    "typo",
    "two_typos",
    "romanised",
    "swapped",
    "joined",
    "dropped",
    "added",
    "initial",
    "maiden",
    "nickname",
    "marks_lost",
    "date_wrong",
    "date_partial",
    "date_missing",
    "alias_script",
    "mixed",
)


@dataclass(frozen=True, slots=True)
class Made:
    """A made-up person, or a query for one."""

    id: str
    given: str
    family: str
    dob: str
    sex: str
    nationality: str
    birthplace: str
    document: str
    spelled: tuple[str, str] = ("", "")
    """Latin spellings of given and family name where the script has no vowels."""

    @property
    def full_name(self) -> str:
        """Given name, then family name."""
        return f"{self.given} {self.family}".strip()


def romanised(text: str, rng: random.Random) -> str:
    """A spelling in Latin letters by one of ICU's systems."""
    point = max(map(ord, text), default=0)
    systems = ["Any-Latin; Latin-ASCII"]
    if 0x400 <= point <= 0x4FF:
        systems += [
            "Russian-Latin/BGN; Latin-ASCII",
            "Ukrainian-Latin/BGN; Latin-ASCII",
            "Bulgarian-Latin/BGN; Latin-ASCII",
            "Serbian-Latin/BGN",
            "Any-Latin",
        ]
    elif 0x370 <= point <= 0x3FF:
        systems += ["Greek-Latin/BGN; Latin-ASCII", "Greek-Latin/UNGEGN; Latin-ASCII"]
    elif 0x530 <= point <= 0x58F:
        systems += ["Armenian-Latin/BGN; Latin-ASCII"]
    elif 0x10A0 <= point <= 0x10FF:
        systems += ["Georgian-Latin/BGN; Latin-ASCII"]
    elif 0x590 <= point <= 0x6FF:
        systems += ["Arabic-Latin/BGN; Latin-ASCII", "Hebrew-Latin/BGN; Latin-ASCII"]
    spelled = (
        str(_transliterator(rng.choice(systems)).transliterate(text))
        .replace("ʹ", "")
        .replace("’", "")
        .replace("ʼ", "")
        .replace("·", "")
    )
    return spelled.title()


@lru_cache(maxsize=32)
def _transliterator(system: str) -> icu.Transliterator:
    return icu.Transliterator.createInstance(system)


def typo(text: str, rng: random.Random) -> str:
    """One letter exchanged, left out, doubled, replaced or swapped with its neighbour."""
    letters = [position for position, character in enumerate(text) if character.isalpha()]
    if len(letters) < 3:
        return text
    at = rng.choice(letters)
    kind = rng.randrange(5)
    if kind == 0 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at] + text[at:]
    near = rng.choice(
        [character for character in text if character.isalpha()] if ord(text[at]) > 0x250 else "abcdefghijklmnoprstuvz"
    )
    return text[:at] + near + text[at + (kind == 3) :]


def wrong_date(dob: str, rng: random.Random) -> str:
    """A whole date with the day one off, day and month swapped, a wrong digit in the year, or another year."""
    if len(dob) != 10:
        return dob
    year, month, day = int(dob[:4]), int(dob[5:7]), int(dob[8:])
    kind = rng.randrange(5)
    if kind == 0:
        day = min(28, max(1, day + rng.choice((-1, 1))))
    elif kind == 1 and day <= 12:
        month, day = day, month
    elif kind == 2:
        year += rng.choice((-1, 1, 10, -10))
    elif kind == 3:
        month = rng.randint(1, 12)
    else:
        return f"{year}-01-01"
    return f"{year}-{month:02}-{day:02}"


def corrupted(person: Made, rng: random.Random, number: int) -> tuple[Made, str]:
    """A query for a person with the damage of one category, and often of the date as well."""
    category = rng.choice(CATEGORIES)
    query = replace(
        person,
        id=f"q{number}",
        document="" if rng.random() < 0.85 else person.document,
        nationality="" if rng.random() < 0.5 else person.nationality,
        birthplace="" if rng.random() < 0.6 else person.birthplace,
        sex="" if rng.random() < 0.3 else person.sex,
    )
    if category == "mixed":
        for one in rng.sample([name for name in CATEGORIES if name not in {"mixed", "exact"}], 2):
            query = damaged(query, one, rng)
    else:
        query = damaged(query, category, rng)
    if not category.startswith("date") and category != "exact" and rng.random() < 0.3:
        query = damaged(
            query,
            rng.choice(
                ("date_wrong", "date_partial")
                if "maiden" in category
                else ("date_wrong", "date_partial", "date_missing")
            ),
            rng,
        )
    return _other_fields(query, rng), category


def _other_fields(query: Made, rng: random.Random) -> Made:
    """Now and then a field that other hands filled: the other sex, another nationality, another town."""
    if query.sex and rng.random() < 0.01:
        query = replace(query, sex={"M": "F", "F": "M"}[query.sex])
    if query.nationality and rng.random() < 0.05:
        query = replace(query, nationality=rng.choice(list(COUNTRIES)))
    if query.birthplace and rng.random() < 0.08:
        query = replace(query, birthplace=rng.choice(CITIES[rng.choice(list(COUNTRIES))].split()))
    return query


def damaged(query: Made, category: str, rng: random.Random) -> Made:  # noqa: C901, PLR0912 - one branch for each damage
    """A query with one kind of damage more."""
    given, family = query.given, query.family
    if category in {"typo", "two_typos"}:
        for _ in range(2 if category == "two_typos" else 1):
            given, family = (typo(given, rng), family) if rng.random() < 0.4 else (given, typo(family, rng))
    elif category in {"romanised", "alias_script"}:
        if query.spelled[1]:
            given, family = query.spelled
        elif not query.full_name.isascii():
            given, family = romanised(given, rng), romanised(family, rng)
    elif category == "swapped":
        given, family = family, given
    elif category == "joined":
        given, family = (
            given.replace(" ", "").replace("-", "")
            + (family.lower() if " " not in given and rng.random() < 0.4 else " " + family),
            "",
        )
    elif category == "dropped":
        words = query.full_name.replace("-", " ").split()
        if len(words) > 2:
            words.pop(rng.randrange(len(words)))
        given, family = " ".join(words[:-1]), words[-1]
    elif category == "added":
        given += " " + rng.choice(("Maria", "Ali", "Anna", "Jan", "Ivanovich", "Petros", "van", "Dr"))
    elif category == "initial":
        given = given[:1] + "."
    elif category == "maiden":
        family = pool(query.nationality or "PL").family_male(rng)
    elif category == "nickname":
        given = NICKNAMES.get(given, given[: max(3, len(given) - 2)])
    elif category == "marks_lost":
        given, family = (
            str(_transliterator("Latin-ASCII").transliterate(given)).upper(),
            str(_transliterator("Latin-ASCII").transliterate(family)).upper(),
        )
    dob = query.dob
    if category == "date_wrong":
        dob = wrong_date(dob, rng)
    elif category == "date_partial":
        dob = dob[:4] if rng.random() < 0.7 else dob[:7]
    elif category == "date_missing":
        dob = ""
    return replace(query, given=given, family=family, dob=dob)
