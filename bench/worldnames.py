"""People of the world under two names, as lists of several states write one person. Nobody here exists.

`names/world.tsv` lists name parts of some forty naming traditions with the spellings that passports, registers and
newspapers of different states use for each, and the short forms people go by; it was written from knowledge of those
systems, without the engine's own tables. A person is put together from these parts at random; each source then writes
him by its own choice of script, spelling, order and parts. Arabic names take their parts from `names/arabic.tsv` and
grow by the rules of Arabic names: chains of fathers of different depth, by-names after a son or an origin, the
article apart, assimilated, joined or left out.
"""

from __future__ import annotations

import csv
import random
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parent / "names" / "world.tsv"
ARABIC_FILE = Path(__file__).parent / "names" / "arabic.tsv"
FAMILY_FIRST = {"chinese", "korean", "vietnamese", "hungarian", "burmese"}
TWO_FAMILIES = {"spanish": 0.75, "portuguese": 0.6}
ONLY_GIVEN = {"indonesian": 0.3, "burmese": 0.5, "indian": 0.15, "african": 0.1}
"""Share of sources that write no family name where many people have none."""
Written = tuple[str, str]
"""Given name and family name; the whole name in the second where a source does not say which is which."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One name part: its spellings by script, and the short forms of it."""

    spellings: dict[str, tuple[str, ...]]
    short: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Person:
    """The parts of one made-up person's name."""

    given: Listed
    second: Listed | None
    """Another given name, or the father's name where the tradition has one."""
    families: tuple[Listed, ...]


def script(text: str) -> str:
    """The script of the first letter, as Unicode names it: LATIN, CYRILLIC, ARABIC..."""
    return next((unicodedata.name(letter).split()[0] for letter in text if letter.isalpha()), "LATIN")


@lru_cache(maxsize=1)
def listed() -> dict[str, dict[str, tuple[Listed, ...]]]:
    """By tradition and role (`m`, `f` given names; `P` patronymics; `F` family names, `Ff` those of women)."""
    found: dict[str, dict[str, list[Listed]]] = {}
    with FILE.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE):
            part = Listed(_by_script(row["spellings"]), _by_script(row["short"] or ""))
            found.setdefault(row["people"], {}).setdefault(row["role"], []).append(part)
    return {people: {role: tuple(parts) for role, parts in roles.items()} for people, roles in found.items()}


def _by_script(field: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for spelling in filter(None, field.split("|")):
        found.setdefault(script(spelling), []).append(spelling)
    return {one: tuple(spellings) for one, spellings in found.items()}


def traditions() -> tuple[str, ...]:
    """All naming traditions of the list."""
    return tuple(listed())


def person(tradition: str, sex: str, rng: random.Random) -> Person:
    """A person of a tradition, sex M or F."""
    names = listed()[tradition]
    given = names["f" if sex == "F" and "f" in names else "m"]
    families = names["Ff" if sex == "F" and "Ff" in names else "F"]
    second: Listed | None = None
    if "P" in names and sex == "M":
        second = rng.choice(names["P"]) if rng.random() < 0.8 else None
    elif rng.random() < 0.25:
        second = rng.choice(given)
    first = rng.choice(given)
    if second is first:
        second = None
    count = 2 if rng.random() < TWO_FAMILIES.get(tradition, 0.0) else 1
    return Person(first, second, tuple(rng.sample(families, count)))


def two_writings(tradition: str, sex: str, rng: random.Random) -> tuple[Written, Written]:
    """One person as two sources write him: on file, and asked for."""
    one = person(tradition, sex, rng)
    parts = [one.given, *one.families, *([one.second] if one.second else [])]
    scripts = sorted(set.intersection(*(set(part.spellings) for part in parts)))
    written = _writing(tradition, one, _one_script(scripts, rng), rng)
    for _ in range(20):
        other = _writing(tradition, one, _one_script(scripts, rng), rng)
        if other != written:
            break
    return written, other


def _one_script(scripts: list[str], rng: random.Random) -> str:
    return "LATIN" if "LATIN" in scripts and rng.random() < 0.65 else rng.choice(scripts)


def _writing(tradition: str, one: Person, chosen: str, rng: random.Random) -> Written:
    given = _given(one.given, chosen, rng)
    if one.second and rng.random() < 0.5:
        second = rng.choice(one.second.spellings[chosen])
        given = f"{given} {second if rng.random() < 0.85 else second[0] + '.'}"
    families = [rng.choice(part.spellings[chosen]) for part in one.families]
    if len(families) == 2:
        kind = rng.random()
        joint = " " if kind < 0.5 else "-" if kind < 0.65 else ""
        families = [joint.join(families)] if joint else families[:1] if kind < 0.95 else families[1:]
    if rng.random() < ONLY_GIVEN.get(tradition, 0.0):
        return "", rng.choice(one.given.spellings[chosen])
    family = families[0]
    if rng.random() < 0.5:
        return given, family
    family_first = rng.random() < (0.6 if tradition in FAMILY_FIRST else 0.2)
    return "", f"{family} {given}" if family_first else f"{given} {family}"


def _given(part: Listed, chosen: str, rng: random.Random) -> str:
    """The given name as written, now and then its short form or its initial."""
    kind = rng.random()
    if kind < 0.1 and chosen in part.short:
        return rng.choice(part.short[chosen])
    name = rng.choice(part.spellings[chosen])
    return name[0] + "." if 0.1 <= kind < 0.14 and chosen not in {"ARABIC", "HAN", "CJK", "HANGUL"} else name


@lru_cache(maxsize=1)
def _arabic() -> dict[str, tuple[dict[str, tuple[str, ...]], ...]]:
    """Given and family names of the Arabic list: spellings by script."""
    found: dict[str, list[dict[str, tuple[str, ...]]]] = {"given": [], "family": []}
    with ARABIC_FILE.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE):
            latin, cyrillic = (
                tuple(field.split("|") if "|" in field else field.split()) for field in (row["latin"], row["cyrillic"])
            )
            found[row["kind"]].append({"ARABIC": (row["arabic"],), "LATIN": latin, "CYRILLIC": cyrillic})
    return {kind: tuple(parts) for kind, parts in found.items()}


_SON = {"LATIN": ("bin", "ibn", "ben", "b.", "ould"), "ARABIC": ("بن", "ابن"), "CYRILLIC": ("бин", "ибн", "бен")}
_FATHER = {"LATIN": ("Abu", "Abou", "Abo", "Ebu", "Abi"), "ARABIC": ("أبو", "ابو"), "CYRILLIC": ("Абу",)}
_TITLES = {
    "LATIN": ("Sheikh", "Haji", "Dr.", "Mullah", "Sayyid", "Hajj"),
    "ARABIC": ("الشيخ", "الحاج"),
    "CYRILLIC": ("Шейх",),
}
_BYNAMES = (
    {"LATIN": ("al-Masri", "el-Masry", "Almasri"), "ARABIC": ("المصري",), "CYRILLIC": ("аль-Масри",)},
    {"LATIN": ("al-Muhajir", "el-Mouhadjer", "Almuhajer"), "ARABIC": ("المهاجر",), "CYRILLIC": ("аль-Мухаджир",)},
    {"LATIN": ("al-Iraqi", "el-Iraki", "Aliraqi"), "ARABIC": ("العراقي",), "CYRILLIC": ("аль-Ираки",)},
    {"LATIN": ("ash-Shami", "al-Shami", "Alchami"), "ARABIC": ("الشامي",), "CYRILLIC": ("аш-Шами",)},
    {"LATIN": ("at-Tunisi", "al-Tunisi", "Ettounsi"), "ARABIC": ("التونسي",), "CYRILLIC": ("ат-Туниси",)},
    {"LATIN": ("al-Qurashi", "el-Kourachi", "Alqurashi"), "ARABIC": ("القرشي",), "CYRILLIC": ("аль-Курейши",)},
)  # fmt: skip
_LETTERS_THAT_TAKE_THE_ARTICLE = ("sh", "th", "dh", "s", "t", "d", "n", "r", "z")


def arabic_writings(rng: random.Random) -> tuple[Written, Written]:
    """A person with father, grandfather and family as two sources write him, parts in common."""
    names = _arabic()
    chain = [rng.choice(names["given"]) for _ in range(rng.choice((2, 3, 4)))]
    family = rng.choice(names["family"])
    return _arabic_writing(chain, family, rng), _arabic_writing(chain, family, rng)


def arabic_byname(rng: random.Random) -> tuple[Written, Written]:
    """A person with family name, and a by-name that shares at most where he comes from or one part."""
    names = _arabic()
    chain, chosen = [rng.choice(names["given"]) for _ in range(3)], rng.choice(("LATIN", "LATIN", "ARABIC"))
    byname = f"{rng.choice(_FATHER[chosen])} {rng.choice(rng.choice(names['given'])[chosen])}"
    kind = rng.random()
    if kind < 0.6:
        byname += " " + rng.choice(rng.choice(_BYNAMES)[chosen])
    elif kind < 0.8:
        byname += " " + rng.choice(chain[0][chosen])
    return _arabic_writing(chain, rng.choice(names["family"]), rng), ("", byname)


def _arabic_writing(
    chain: list[dict[str, tuple[str, ...]]], family: dict[str, tuple[str, ...]], rng: random.Random
) -> Written:
    chosen = rng.choices(("LATIN", "ARABIC", "CYRILLIC"), (6, 3, 1))[0]
    depth, kind = rng.randint(1, len(chain)), rng.random()
    fathers = chain[1:depth] if kind < 0.8 else chain[-1:]  # some sources name the grandfather alone
    words = [rng.choice(chain[0][chosen])]
    linked = rng.random() < 0.3
    for father in fathers:
        words += [rng.choice(_SON[chosen])] if linked or rng.random() < 0.1 else []
        words.append(rng.choice(father[chosen]))
    words = [_compound(word, rng) if chosen == "LATIN" else word for word in words]
    if rng.random() < 0.08:
        words.insert(0, rng.choice(_TITLES[chosen]))
    last = rng.choice(family[chosen])
    last = _article(last, rng) if chosen == "LATIN" else last
    if len(words) > 1 and rng.random() < 0.12:
        return "", " ".join(words)
    return (" ".join(words), last) if rng.random() < 0.4 else ("", " ".join([*words, last]))


def _compound(word: str, rng: random.Random) -> str:
    """Abd al-Rahman and Saif al-Din, cut or joined anywhere."""
    found = re.fullmatch(r"(?i)(abd)(?:[aeou]+[lr]?|)[ -]?(?:al|el|ul|ur|ar)?[ -]?(.+)", word)
    if found and len(found[2]) > 3 and rng.random() < 0.6:
        rest = found[2]
        forms = (
            f"Abd {rest}",
            f"Abd-{rest}",
            f"Abdul-{rest}",
            f"Abdel {rest}",
            f"Abd Al{rest.lower()}",
            f"Abd El {rest}",
        )
        return rng.choice((*forms, f"Abdal{rest.lower()}", f"Abdou{rest.lower()}"))
    if " al-Din" in word and rng.random() < 0.6:
        first = word.split(maxsplit=1)[0]
        return rng.choice(
            (
                f"{first}uddin",
                f"{first} ud Deen",
                f"{first} Aldeen",
                f"{first}-ed-Din",
                f"{first}addin",
                f"{first} Eddine",
            )
        )
    return word


def _article(word: str, rng: random.Random) -> str:
    """A family name with its article left out, joined, turned to the letter after it, or in French."""
    bare = re.sub(r"(?i)^(?:al|el|a[dnrstz]|a?sh?)[- ]", "", word)
    if bare == word or rng.random() < 0.4:
        return word
    turned = next((two for two in _LETTERS_THAT_TAKE_THE_ARTICLE if bare.lower().startswith(two)), "")
    forms = [bare, f"Al {bare}", f"El {bare}", f"Al{bare.lower()}", f"El{bare.lower()}"]
    if turned:
        forms += [f"a{turned}-{bare}", f"e{turned}-{bare}", f"E{turned[0]}{bare.lower()}"]
    return rng.choice(forms)


def slip(text: str, rng: random.Random) -> str:
    """One letter left out, doubled or swapped with its neighbour, never the first of a word."""
    places = [at for at in range(1, len(text) - 1) if text[at].isalpha() and text[at - 1].isalpha()]
    if len(text) < 6 or not places:
        return text
    at, kind = rng.choice(places), rng.random()
    if kind < 0.4:
        return text[:at] + text[at + 1 :]
    return text[:at] + text[at] + text[at:] if kind < 0.7 else text[:at] + text[at + 1] + text[at] + text[at + 2 :]
