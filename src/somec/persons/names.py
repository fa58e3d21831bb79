# ruff: noqa: RUF001 - letters of other scripts are what this module is about
"""Scripts, romanisation by named rules, and the keys by which a file is found.

Romanisation is done by ICU. ``icao_9303`` is the table of ICAO Doc 9303-3, section 6 B, for Cyrillic (what passports
print), given to ICU as rules; ``bgn_pcgn`` and ``ungegn`` are ICU's own; ``icu_any_latin`` is the fallback for every
other script. A romanisation never replaces the original.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

import icu

from somec.persons import phonetics
from somec.persons.messages import Birth, Document, Name, Romanisation

LATIN, CYRILLIC, GREEK, UNDETERMINED = "Latn", "Cyrl", "Grek", "Zyyy"
LONGEST_KEY = 64  # width of the column; a longer token is cut, which only makes it match more
ICAO = "icao_9303"
SHORTEST_STEM = 4
LONGEST_ROMANISED = 400  # width of the column: one letter can become four

_ICAO_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "ie", "ы": "y", "ь": "", "э": "e", "ю": "iu",
    "я": "ia", "ґ": "g", "є": "ie", "і": "i", "ї": "i", "ў": "u", "ђ": "d", "ѓ": "g", "ѕ": "dz", "ј": "j",
    "љ": "lj", "њ": "nj", "ћ": "c", "ќ": "k", "џ": "dz",
}  # fmt: skip
_ICAO_BY_LANGUAGE = {
    "bg": {"щ": "sht", "ъ": "a"},
    "uk": {"г": "h", "и": "y"},
    "be": {"г": "h"},
    "sr": {"ж": "z", "х": "h", "ц": "c", "ч": "c", "ш": "s"},
    "mk": {"ж": "z", "х": "h", "ц": "c", "ч": "c", "ш": "s"},
}
_BGN_BY_LANGUAGE = {
    "ru": "Russian-Latin/BGN", "uk": "Ukrainian-Latin/BGN", "bg": "Bulgarian-Latin/BGN", "be": "Belarusian-Latin/BGN",
    "sr": "Serbian-Latin/BGN", "mk": "Macedonian-Latin/BGN",
}  # fmt: skip
_BY_SCRIPT = {
    GREEK: ("ungegn", "Greek-Latin/UNGEGN"),
    "Arab": ("bgn_pcgn", "Arabic-Latin/BGN; Any-Latin"),
    "Hebr": ("bgn_pcgn", "Hebrew-Latin/BGN; Any-Latin"),
    "Geor": ("bgn_pcgn", "Georgian-Latin/BGN"),
    "Armn": ("bgn_pcgn", "Armenian-Latin/BGN"),
}
_FOLD = "Any-Latin; Latin-ASCII; Lower"


@cache
def _transliterator(rule: str) -> icu.Transliterator:
    return icu.Transliterator.createInstance(rule)


@cache
def _icao(language: str) -> icu.Transliterator:
    table = {**_ICAO_CYRILLIC, **_ICAO_BY_LANGUAGE.get(language, {})}
    lines = []
    for letter, latin in table.items():
        capital = letter.upper()
        lines += [f"{letter} > {latin or ''};", f"{capital} }} [:Lowercase:] > {latin.title()};"]
        lines.append(f"{capital} > {latin.upper()};")
    return icu.Transliterator.createFromRules("icao", ":: NFC;\n" + "\n".join(lines), icu.UTransDirection.FORWARD)


def script_of(text: str) -> str:
    """Return the ISO 15924 code of the script that most letters are in; ``Zyyy`` where there is no letter."""
    counts: dict[str, int] = {}
    for letter in text:
        if unicodedata.category(letter).startswith("L"):
            code = icu.Script.getScript(letter).getShortName()
            counts[code] = counts.get(code, 0) + 1
    return max(counts, key=lambda code: (counts[code], code), default=UNDETERMINED)


def romanisations(name: Name) -> tuple[Romanisation, ...]:
    """Return the name in Latin letters by each rule that applies; nothing for a name already in Latin letters."""
    script = name.script or script_of(f"{name.family}{name.given}{name.full}")
    language = name.language.partition("-")[0]
    if script in {LATIN, UNDETERMINED}:
        return ()
    if script == CYRILLIC:
        rules = [(ICAO, _icao(language if language in _ICAO_BY_LANGUAGE else ""))]
        if language in _BGN_BY_LANGUAGE:
            rules.append(("bgn_pcgn", _transliterator(_BGN_BY_LANGUAGE[language])))
    else:
        label, rule = _BY_SCRIPT.get(script, ("icu_any_latin", "Any-Latin"))
        rules = [(label, _transliterator(rule))]
    return tuple(_romanised(name, label, rule) for label, rule in rules)


def _romanised(name: Name, label: str, rule: icu.Transliterator) -> Romanisation:
    family, given, patronymic = (
        rule.transliterate(part)[:LONGEST_ROMANISED] if part else ""
        for part in (name.family or name.full, name.given, name.patronymic)
    )
    return Romanisation(rule=label, family=family, given=given, patronymic=patronymic)


def fold(text: str) -> str:
    """Return text as lower-case ASCII letters and digits: ``Kovšovs, Valērijs`` gives ``kovsovs valerijs``."""
    plain = _transliterator(_FOLD).transliterate(text).replace("'", "")
    return " ".join("".join(char if char.isascii() and char.isalnum() else " " for char in plain).split())


def number_key(number: str) -> str:
    """Return a document number as it is compared: letters and digits only, lower case."""
    return fold(number).replace(" ", "")[:LONGEST_KEY]


def stems(token: str) -> tuple[str, ...]:
    """Return the token and what is left without an ending that only marks grammar.

    Latvian and Lithuanian add a nominative -s (Kovšovs), Slavic languages an -a to a woman's family name (Ivanova).
    """
    if len(token) <= SHORTEST_STEM:
        return (token,)
    grammar = token.endswith(("ova", "eva", "ina", "ska", "cka")) or (token[-1] == "s" and token[-2] != "s")
    return (token, token[:-1]) if grammar else (token,)


def spellings(name: Name) -> tuple[str, ...]:
    """Return each way the name is written in Latin letters, folded."""
    written = (name.family, name.given, name.patronymic, name.full)
    lines = [fold(" ".join(filter(None, written)))] if name.script in {"", LATIN, UNDETERMINED} else []
    lines += [
        fold(" ".join(filter(None, (roman.family, roman.given, roman.patronymic))))
        for roman in name.romanisations or romanisations(name)
    ]
    return tuple(dict.fromkeys(filter(None, lines)))


def name_keys(names: Iterable[Name]) -> set[tuple[str, str]]:
    """Return the keys of names: each folded token (``name``) and the sound codes of it and its stem (``sound``)."""
    keys: set[tuple[str, str]] = set()
    for name in names:
        for line in spellings(name):
            for token in line.split():
                keys.add(("name", token[:LONGEST_KEY]))
                keys.update(("sound", code) for stem in stems(token) for code in phonetics.codes(stem))
    return keys


def date_keys(births: Iterable[Birth]) -> set[tuple[str, str]]:
    """Return the keys of dates of birth: as far as known, and each coarser part (``1984``, ``1984-03``)."""
    keys: set[tuple[str, str]] = set()
    for birth in births:
        parts = str(birth.date).split("-")
        keys.update(("born", "-".join(parts[:length])) for length in range(1, len(parts) + 1))
    return keys


def document_keys(documents: Iterable[Document]) -> set[tuple[str, str]]:
    """Return the keys of document numbers."""
    return {("number", key) for key in (number_key(document.number) for document in documents) if key}


def next_prefix(prefix: str) -> str:
    """Return the first key after all that begin with ``prefix`` (folded), or an empty text if there is none.

    Keys are ``[0-9a-z]`` only, whose order is the same in every collation, so a prefix search is a plain range on both
    databases and uses the index.
    """
    while prefix:
        last = prefix[-1]
        if last == "9":
            return prefix[:-1] + "a"
        if last != "z":
            return prefix[:-1] + chr(ord(last) + 1)
        prefix = prefix[:-1]
    return ""
