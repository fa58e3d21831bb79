"""A second generator of people and damages, for evaluation only: no weight of the model was fitted on it.

It differs from `bench.people` in everything that can be different: 36 nationalities in Latin, Greek and Cyrillic
script, names drawn evenly from whole lists and never grown, patronymics, other romanisation tables (written out here,
not ICU's), typing errors by keyboard neighbours and scanning errors, several damages at once, and dates damaged
independently of names in a third of the queries.
"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import lru_cache

from bench.namelists import COUNTRIES, listed_names
from bench.people import Made

NATIONS = tuple(
    country for country in COUNTRIES if country not in {"SA", "SY", "PS", "DZ", "IL", "IR", "GE", "AM", "IN"}
)
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SCANNED = (("m", "rn"), ("l", "1"), ("o", "0"), ("cl", "d"), ("i", "l"), ("u", "v"), ("h", "b"), ("e", "c"))
_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ"
_SYSTEMS = tuple(
    dict(zip(_CYRILLIC, row.split(","), strict=True))
    for row in (
        "a,b,v,g,d,e,e,zh,z,i,i,k,l,m,n,o,p,r,s,t,u,f,kh,ts,ch,sh,shch,ie,y,,e,iu,ia,i,i,ie,g",
        "a,b,v,g,d,e,yo,zh,z,i,y,k,l,m,n,o,p,r,s,t,u,f,kh,ts,ch,sh,shch,,y,,e,yu,ya,i,yi,ye,g",
        "a,b,v,g,d,e,ë,ž,z,i,j,k,l,m,n,o,p,r,s,t,u,f,h,c,č,š,šč,,y,,è,ju,ja,i,ji,je,g",
        "a,b,w,g,d,je,jo,sch,s,i,j,k,l,m,n,o,p,r,s,t,u,f,ch,z,tsch,sch,schtsch,,y,,e,ju,ja,i,ji,je,g",
        "a,b,v,g,d,e,yo,zh,z,i,y,k,l,m,n,o,p,r,s,t,u,f,h,ts,ch,sh,sht,a,y,y,e,yu,ya,i,yi,ye,g",
    )
)
_GREEK = "αβγδεζηθικλμνξοπρσςτυφχψω"
_GREEK_SYSTEMS = tuple(
    dict(zip(_GREEK, row.split(","), strict=True))
    for row in (
        "a,v,g,d,e,z,i,th,i,k,l,m,n,x,o,p,r,s,s,t,y,f,ch,ps,o",
        "a,b,g,d,e,z,e,th,i,k,l,m,n,x,o,p,r,s,s,t,u,ph,ch,ps,o",
        "a,v,gh,dh,e,z,i,th,i,k,l,m,n,ks,o,p,r,s,s,t,i,f,kh,ps,o",
    )
)
_GREEK_ACCENTS = str.maketrans("άέήίόύώϊϋΐΰ", "αεηιουωιυιυ")
_GREEK_PAIRS = (("ου", "ou"), ("μπ", "b"), ("ντ", "nt"), ("γκ", "gk"), ("αυ", "av"), ("ευ", "ev"))
FATHERS = {
    "RU": (("ович", "овна"), "Иван Пётр Сергей Михаил Александр Андрей Виктор Борис Павел Степан"),
    "UA": (("ович", "івна"), "Іван Петр Степан Михайл Олександр Тарас Віктор Богдан Павл Роман"),
    "BG": (("ов", "ова"), "Иван Петър Стоян Димитър Георги Тодор Васил Борис Павел Христо"),
}


@lru_cache(maxsize=64)
def _lists(country: str) -> tuple[list[str], list[str], list[str], list[str]]:
    return listed_names(country)


def people(count: int, seed: int = 1) -> list[Made]:
    """`count` different people; the same for the same seed."""
    rng = random.Random(seed)
    return [_person(f"o{number}", rng) for number in range(count)]


def _person(identity: str, rng: random.Random) -> Made:
    country, male = rng.choice(NATIONS), rng.random() < 0.5
    men, women, families, families_female = _lists(country)
    given, family = rng.choice(men if male else women), rng.choice(families if male else families_female)
    if country in FATHERS and rng.random() < 0.5:
        endings, fathers = FATHERS[country]
        given += " " + rng.choice(fathers.split()).removesuffix("й") + endings[not male]
    if country in {"ES", "PT"}:
        family += " " + rng.choice(families)
    elif rng.random() < 0.06:
        given += " " + rng.choice(men if male else women)
    elif rng.random() < 0.04:
        family += "-" + rng.choice(families)
    dob = f"{rng.randint(1938, 2005)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    return Made(identity, given, family, dob, "M" if male else "F", country, "", "")


def spelled(text: str, rng: random.Random) -> str:
    """Cyrillic or Greek text by one of the tables above; other text without its marks half of the time."""
    low = text.lower().translate(_GREEK_ACCENTS)
    if any(letter in _CYRILLIC for letter in low):
        table = rng.choice(_SYSTEMS)
        return "".join(table.get(letter, letter) for letter in low).title()
    if any(letter in _GREEK for letter in low):
        table = rng.choice(_GREEK_SYSTEMS)
        for pair, latin in _GREEK_PAIRS:
            low = low.replace(pair, latin)
        return "".join(table.get(letter, letter) for letter in low).title()
    return text


def mistyped(word: str, rng: random.Random) -> str:
    """One keyboard neighbour, one letter left out, two exchanged, or one read wrongly by a scanner."""
    if len(word) < 3:
        return word
    at, kind = rng.randrange(len(word)), rng.randrange(4)
    if kind == 0:
        row = next((row for row in _KEYBOARD if word[at].lower() in row), "")
        place = row.find(word[at].lower())
        near = row[max(0, place - 1) : place] + row[place + 1 : place + 2] if row else word[at]
        return word[:at] + rng.choice(near) + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2 and at + 1 < len(word):
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    for read, seen in rng.sample(_SCANNED, len(_SCANNED)):
        if read in word[1:]:
            return word[0] + word[1:].replace(read, seen, 1)
    return word


def damaged(one: Made, rng: random.Random) -> tuple[Made, str]:
    """A query with one or two damages of the name, and its kind."""
    kinds = rng.sample(("exact", "typo", "romanised", "swapped", "joined", "dropped", "added", "maiden"), 2)
    kinds = kinds if rng.random() < 0.25 and "exact" not in kinds else kinds[:1]
    given, family = one.given, one.family
    if "romanised" in kinds or (ord(given[0]) > 0x24F and rng.random() < 0.5):
        given, family = spelled(given, rng), spelled(family, rng)
    if "maiden" in kinds:
        _, _, families, families_female = _lists(one.nationality)
        family = rng.choice(families if one.sex == "M" else families_female)
    if "typo" in kinds:
        for _ in range(rng.choice((1, 1, 2))):
            given, family = (mistyped(given, rng), family) if rng.random() < 0.5 else (given, mistyped(family, rng))
    words = f"{given} {family}".split()
    if "dropped" in kinds and len(words) > 2:
        words.pop(rng.randrange(len(words)))
        given, family = " ".join(words[:-1]), words[-1]
    if "added" in kinds:
        given += " " + rng.choice(_lists(one.nationality)[0 if one.sex == "M" else 1])
    if "joined" in kinds:
        given, family = "", (given + family).replace(" ", "")
        family = family if rng.random() < 0.5 else family.title()
    if "swapped" in kinds:
        given, family = family, given
    return replace(one, given=given, family=family), "+".join(sorted(kinds))


def _date(dob: str, rng: random.Random) -> str:
    year, month, day = dob.split("-")
    kind = rng.randrange(9)
    if kind < 3:
        return ""
    if kind < 5:
        return year
    if kind == 5:
        return f"{year}-{day}-{month}" if int(day) <= 12 else f"{year}-01-01"
    if kind == 6:
        return f"{year}-{month}-{int(day) % 28 + 1:02}"
    if kind == 7:
        return f"{int(year) + rng.choice((-1, 1))}-{month}-{day}"
    return f"{year[0]}{year[1]}{year[3]}{year[2]}-{month}-{day}"


def queries(present: list[Made], count: int, seed: int = 2, absent_share: float = 0.2) -> list[tuple[Made, str, str]]:
    """Queries as (query, id of the person meant or empty, kind), a share of them for people not among `present`."""
    rng = random.Random(seed)
    strangers = people(int(count * absent_share), seed=seed + 104729)
    out = []
    for number in range(count):
        absent = number < len(strangers)
        person = strangers[number] if absent else rng.choice(present)
        query, kind = damaged(person, rng)
        if rng.random() < 1 / 3:
            query = replace(query, dob=_date(query.dob, rng))
        query = replace(
            query,
            id=f"oq{number}",
            sex=query.sex if rng.random() < 0.7 else "",
            nationality=query.nationality if rng.random() < 0.5 else "",
        )
        out.append((query, "" if absent else person.id, kind))
    rng.shuffle(out)
    return out
