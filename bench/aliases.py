"""Aliases of made-up people across scripts: for evaluation only, nothing is fitted on them.

A person is on file under one name and asked for under another: another script, another national way to spell, fewer
or more parts, a byname, now and then a wholly different name. Arabic, Persian and Turkic names come from a list of
common name parts with the spellings that states and newspapers use (`names/arabic.tsv`), the others from the name
lists of `bench.people`, written into Arabic, Hebrew or Cyrillic letters by the habits of newspapers there, with chance
where those habits leave a choice. `bench.worldnames` adds people of some forty naming traditions, each written twice by
the habits of different states, and Arabic names of any depth and their by-names. None of it uses the engine's own
tables.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bench import worldnames
from bench.people import Made, pool, romanised

NAMES = Path(__file__).parent / "names"
TWO_ARABIC, ARABIC_BYNAME = "arabic chains, two sources", "arabic by-name"
ANOTHER_NAME = "another name entirely"
NOTHING_IN_COMMON = {ARABIC_BYNAME, ANOTHER_NAME}
SLIPS = 0.08
"""Share of the names of two sources with a slip of the pen in the one asked for."""
KINDS = (
    ("arabic to latin", 8),
    ("latin to arabic", 8),
    ("latin to latin, arabic names", 8),
    ("cyrillic to latin, arabic names", 3),
    ("arabic to cyrillic, arabic names", 3),
    ("western name in arabic letters", 8),
    ("western name in hebrew letters", 2),
    ("western name in cyrillic letters", 5),
    ("slavic name in arabic letters", 4),
    ("slavic name in latin letters", 6),
    ("greek name in latin letters", 3),
    ("georgian or armenian name in latin letters", 3),
    ("hebrew name in latin letters", 3),
    ("chinese name, two romanisations", 3),
    ("chinese name in latin letters", 3),
    ("korean name, two romanisations", 2),
    ("korean name in latin letters", 2),
    (ANOTHER_NAME, 3),
    (TWO_ARABIC, 16),
    (ARABIC_BYNAME, 5),
    *((f"{tradition}, two sources", 2) for tradition in worldnames.traditions()),
)
_DIGRAPHS_ARABIC = {
    "sch": "ش", "tsch": "تش", "sh": "ش", "ch": "تش", "kh": "خ", "zh": "ج", "ph": "ف", "th": "ث", "gh": "غ",
    "ts": "تس", "tz": "تس", "ck": "ك", "qu": "كو", "ou": "و", "oo": "و", "ee": "ي", "ie": "ي", "ei": "اي", "ai": "اي",
    "eu": "و", "au": "او", "x": "كس", "ss": "س", "ll": "ل", "nn": "ن", "tt": "ت", "mm": "م", "rr": "ر", "pp": "ب",
    "ff": "ف", "gg": "غ", "bb": "ب", "dd": "د", "cc": "ك", "zz": "تس",
}  # fmt: skip
_LETTERS_ARABIC = {
    "b": "ب", "c": "ك", "d": "د", "f": "ف", "g": "غج", "h": "ه", "j": "جي", "k": "ك", "l": "ل", "m": "م", "n": "ن",
    "p": "ب", "q": "ك", "r": "ر", "s": "س", "t": "ت", "v": "ف", "w": "وف", "y": "ي", "z": "ز", "o": "و", "u": "و",
    "i": "ي",
}  # fmt: skip
_DIGRAPHS_HEBREW = {
    "sch": "ש", "sh": "ש", "ch": "צ׳", "kh": "ח", "ph": "פ", "th": "ת", "ts": "צ", "tz": "צ", "ck": "ק", "ou": "ו",
    "oo": "ו", "ee": "י", "ie": "י", "ei": "יי", "ai": "יי", "x": "קס", "ss": "ס", "ll": "ל", "nn": "נ", "tt": "ט",
}  # fmt: skip
_LETTERS_HEBREW = {
    "b": "ב", "c": "ק", "d": "ד", "f": "פ", "g": "ג", "h": "ה", "j": "ג", "k": "ק", "l": "ל", "m": "מ", "n": "נ",
    "p": "פ", "q": "ק", "r": "ר", "s": "ס", "t": "ט", "v": "ו", "w": "ו", "y": "י", "z": "ז", "o": "ו", "u": "ו",
    "i": "י",
}  # fmt: skip
_VOWELS_ARABIC = {
    "a": (["أ"], ["ا", "ا", "ا", ""], ["ا"]),
    "e": (["إ"], ["ي", "", ""], ["ه", "ي", ""]),
    "i": (["إي"], ["ي"], ["ي"]),
    "o": (["أو"], ["و"], ["و"]),
    "u": (["أو"], ["و"], ["و"]),
}
_VOWELS_HEBREW = {
    "a": (["א"], [""], ["ה"]),
    "e": (["א"], [""], ["ה"]),
    "i": (["אי"], ["י"], ["י"]),
    "o": (["או"], ["ו"], ["ו"]),
    "u": (["או"], ["ו"], ["ו"]),
}
"""What is written for a vowel at the start, inside, and at the end of a word."""
_DIGRAPHS_CYRILLIC = {
    "tsch": "ч", "sch": "ш", "sh": "ш", "ch": "ч", "kh": "х", "zh": "ж", "ph": "ф", "th": "т", "gh": "г", "tz": "ц",
    "ts": "ц", "ck": "к", "qu": "кв", "ou": "у", "oo": "у", "ee": "и", "ie": "и", "ei": "ей", "eu": "ой", "ll": "ль",
    "ya": "я", "yu": "ю", "ja": "я", "ju": "ю", "x": "кс", "au": "ау",
}  # fmt: skip
_LETTERS_CYRILLIC = dict(zip("abcdefghijklmnopqrstuvwyz", "абкдефгхийклмнопкрстувуиз", strict=True))


@lru_cache(maxsize=4)
def _syllables(kind: str) -> tuple[tuple[str, ...], ...]:
    """What is written, then its romanisations: pinyin and Wade-Giles, or the Korean systems."""
    with (NAMES / "east_asian.tsv").open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE) if row["kind"] == kind]
    return tuple((row["written"], *row["latin"].split()) for row in rows)


@dataclass(frozen=True, slots=True)
class Part:
    """One name part with its spellings."""

    arabic: str
    latin: tuple[str, ...]
    cyrillic: tuple[str, ...]


@lru_cache(maxsize=2)
def parts(kind: str) -> tuple[Part, ...]:
    """The listed `given` or `family` names."""
    with (NAMES / "arabic.tsv").open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE) if row["kind"] == kind]
    return tuple(Part(row["arabic"], _split(row["latin"]), _split(row["cyrillic"])) for row in rows)


def _split(field: str) -> tuple[str, ...]:
    return tuple(field.split("|") if "|" in field or _is_one(field) else field.split())


def _is_one(field: str) -> bool:
    """Whether a field without bars is one spelling of several words: its later words are no capitals."""
    return any(word[0].islower() or ("-" in word and word[0].islower()) for word in field.split()[1:])


def transcribed(name: str, digraphs: dict[str, str], letters: dict[str, str], rng: random.Random) -> str:
    """A Latin name written by ear in letters of another script."""
    word, out, at = name.lower(), "", 0
    while at < len(word):
        size = next((size for size in (4, 3, 2, 1) if word[at : at + size] in digraphs), 0)
        if size:
            out += digraphs[word[at : at + size]]
            at += size
            continue
        out += _letter(word, at, letters, rng)
        at += 1
    return out


def _letter(word: str, at: int, letters: dict[str, str], rng: random.Random) -> str:
    letter = word[at]
    if letters is not _LETTERS_CYRILLIC and letter in "aeiou":
        vowels = _VOWELS_ARABIC if letters is _LETTERS_ARABIC else _VOWELS_HEBREW
        place = 0 if at == 0 else 2 if at == len(word) - 1 else 1
        return rng.choice(vowels[letter][place])
    return rng.choice(letters.get(letter, "" if not letter.isspace() else letter) or [""])


def _arabic_person(rng: random.Random) -> list[Part]:
    """Given name, father, perhaps grandfather, family name."""
    given, family = parts("given"), parts("family")
    return [rng.choice(given) for _ in range(rng.choice((2, 2, 3)))] + [rng.choice(family)]


def _some(row: list[Part], rng: random.Random) -> list[Part]:
    """The parts one source writes: first and last, with the father, or all; seldom without the family name."""
    kind = rng.random()
    if kind < 0.5:
        return [row[0], row[-1]]
    if kind < 0.75:
        return [*row[:2], row[-1]]
    return row if kind < 0.9 else row[:2]


def _written(row: list[Part], script: str, rng: random.Random) -> tuple[str, str]:
    def one(part: Part) -> str:
        if script == "arabic":
            return part.arabic
        return rng.choice(part.latin if script == "latin" else part.cyrillic)

    link = {"arabic": "بن", "latin": "bin", "cyrillic": "бин"}[script]
    given = [one(row[0])]
    for part in row[1:-1]:
        given += [link] if rng.random() < 0.15 else []
        given.append(one(part))
    if rng.random() < 0.06:
        given.insert(0, {"arabic": "أبو", "latin": "Abu", "cyrillic": "Абу"}[script] + " " + one(parts("given")[0]))
    return " ".join(given), one(row[-1])


def _from_pools(countries: tuple[str, ...], rng: random.Random) -> tuple[str, str]:
    names = pool(rng.choice(countries))
    if rng.random() < 0.6:
        return names.male(rng), names.family_male(rng)
    return names.female(rng), names.family_female(rng)


def _two_sources(kind: str, sex: str, rng: random.Random) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """A person of `bench.worldnames`; None for the kinds made here."""
    if kind == ARABIC_BYNAME:
        return worldnames.arabic_byname(rng)
    if kind == TWO_ARABIC:
        file, asked = worldnames.arabic_writings(rng)
    elif kind.endswith(", two sources"):
        file, asked = worldnames.two_writings(kind.partition(",")[0], sex, rng)
    else:
        return None
    return file, (asked[0], worldnames.slip(asked[1], rng) if rng.random() < SLIPS else asked[1])


_WESTERN = ("DE", "FR", "ES", "IT", "GB", "IE", "NL", "PL", "SE", "HR", "RO", "PT")
_SLAVIC = ("RU", "UA", "BG")


def _pair(kind: str, rng: random.Random) -> tuple[tuple[str, str], tuple[str, str]]:
    """The name on file and the name asked for."""
    if kind in {"arabic to latin", "latin to arabic"} or "arabic names" in kind:
        whole = _arabic_person(rng)
        file, asked = {
            "arabic to latin": ("arabic", "latin"),
            "latin to arabic": ("latin", "arabic"),
            "latin to latin, arabic names": ("latin", "latin"),
            "cyrillic to latin, arabic names": ("cyrillic", "latin"),
            "arabic to cyrillic, arabic names": ("arabic", "cyrillic"),
        }[kind]
        return _written(_some(whole, rng), file, rng), _written(_some(whole, rng), asked, rng)
    if kind.startswith("western"):
        given, family = _from_pools(_WESTERN, rng)
        plain = [romanised(text, rng) for text in (given, family)]
        tables = (
            (_DIGRAPHS_ARABIC, _LETTERS_ARABIC)
            if "arabic" in kind
            else (_DIGRAPHS_HEBREW, _LETTERS_HEBREW)
            if "hebrew" in kind
            else (_DIGRAPHS_CYRILLIC, _LETTERS_CYRILLIC)
        )
        return (given, family), (transcribed(plain[0], *tables, rng), transcribed(plain[1], *tables, rng))
    if kind.startswith(("chinese", "korean")):
        return _east_asian(kind, rng)
    if kind == ANOTHER_NAME:
        return _from_pools(_WESTERN, rng), _from_pools(_WESTERN, rng)
    countries = {"slavic": _SLAVIC, "greek": ("GR",), "georgi": ("GE", "AM"), "hebrew": ("IL",)}[kind[:6].strip()]
    given, family = _from_pools(countries, rng)
    plain = romanised(given, rng), romanised(family, rng)
    if "arabic" in kind:
        return (given, family), (
            transcribed(plain[0], _DIGRAPHS_ARABIC, _LETTERS_ARABIC, rng),
            transcribed(plain[1], _DIGRAPHS_ARABIC, _LETTERS_ARABIC, rng),
        )
    return (given, family), plain


def _east_asian(kind: str, rng: random.Random) -> tuple[tuple[str, str], tuple[str, str]]:
    people = kind.split(maxsplit=1)[0]
    surnames, syllables = _syllables(f"{people} family"), _syllables(f"{people} syllable")
    family, first, second = rng.choice(surnames), rng.choice(syllables), rng.choice(syllables)

    def spelled(system: int) -> tuple[str, str]:
        one, two = (part[min(system, len(part) - 1)] for part in (first, second))
        joint = rng.choice(("", "-", " "))
        return one + joint + (two.lower() if joint != " " else two), family[min(system, len(family) - 1)]

    asked = spelled(1)
    if rng.random() < 0.5:
        asked = asked[1], asked[0]
    if "two" in kind:
        return asked, spelled(rng.randint(2, 3) if kind.startswith("korean") else 2)
    return (first[0] + second[0], family[0]), asked


@dataclass(frozen=True, slots=True)
class Alias:
    """A person on file and a query for him under another name."""

    kind: str
    on_file: Made
    query: Made


def aliases(count: int, seed: int = 7) -> list[Alias]:
    """`count` people with one other name each; the same for the same seed."""
    rng = random.Random(seed)
    kinds = rng.choices([kind for kind, _ in KINDS], [weight for _, weight in KINDS], k=count)
    out = []
    for number, kind in enumerate(kinds):
        sex = rng.choice("MMMF")
        file, asked = _two_sources(kind, sex, rng) or _pair(kind, rng)
        dob = f"{int(min(2000, max(1930, rng.gauss(1962, 13))))}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        person = Made(f"alias{number}", *file, dob, sex, "", "", "")
        out.append(Alias(kind, person, Made(f"aq{number}", *asked, dob, sex if rng.random() < 0.5 else "", "", "", "")))
    return out
