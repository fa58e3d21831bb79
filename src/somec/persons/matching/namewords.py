"""Words that stand in names and are none, or not always: particles, titles, and pairs of consonants."""

from __future__ import annotations

from typing import Final

PARTICLES: Final = frozenset((
    "al", "el", "ul", "ur", "ad", "ed", "ash", "as", "an", "ar", "at", "az", "es", "il", "la", "le", "les", "lo",
    "los", "las", "de", "del", "della", "dello", "dei", "degli", "di", "da", "das", "do", "dos", "du", "des",
    "van", "von", "vom", "zu", "zum", "zur", "der", "den", "dem", "ter", "ten", "te", "tot", "op", "bin", "ibn",
    "ben", "bint", "binti", "bte", "ould", "oglu", "ogly", "ogli", "kyzy", "kizi", "qizi", "gizi", "uly", "uulu",
    "zade", "y", "e", "i", "und", "et", "and", "af", "av", "na", "ap", "ال", "آل", "بن", "ابن", "بنت", "اوغلو",
    "בן", "בת", "אבן", "אל", "бин", "бен", "ибн", "аль", "эль", "де", "ди", "да", "дос", "фон", "ван", "дер",
    "ден", "оглы", "оглу", "кызы", "دي", "دو", "دا", "فان", "فون", "دير",
))  # fmt: skip
"""Words inside names that are written, joined or left out at will.

They never decide alone; a name with nothing else keeps them.
"""

NEVER_NAMES: Final = frozenset((
    "mr", "mrs", "ms", "dr", "prof", "phd", "ing", "dipl", "llc", "jr", "sr", "herr", "frau", "monsieur", "madame",
    "née", "nee", "geb", "الدكتور", "دكتور",
))  # fmt: skip
"""Titles that are never a name."""
HONORIFICS: Final = frozenset((
    "haj", "haji", "hajji", "hajj", "hadji", "mullah", "mulla", "maulvi", "mawlawi", "maulavi", "molvi", "shaikh",
    "sheikh", "sheik", "shaykh", "cheikh", "sayyid", "sayed", "seyed", "syed", "qari", "ustad", "ayatollah",
    "alhaji", "alhadji", "elhadj", "elhadji", "mollah", "maulana", "mawlana", "molana", "hojatoleslam",
    "hojjatoleslam", "الشيخ", "شيخ", "السيد", "سيد", "الحاج", "حاج", "шейх", "хаджи", "мулла",
))  # fmt: skip
"""Titles that stand inside a name as well (Amir Sayyid Abdullah) and are left out there at will."""
TITLES: Final = NEVER_NAMES | HONORIFICS | frozenset((
    "miss", "mister", "sir", "dame", "lord", "lady", "doctor", "professor", "mag", "med", "mba", "junior",
    "senior", "ii", "iii", "iv", "hr", "fr", "mme", "mlle", "dott", "dssa", "sig", "sra", "don", "dona",
    "präsident", "president", "minister", "general", "gen", "col", "colonel", "maj", "major", "capt", "captain",
    "lt", "sgt", "imam", "emir", "amir", "na", "alias", "aka", "dit", "geboren", "roz", "born", "г", "гр",
    "гражданин", "гражданка", "господин", "господ", "др", "проф", "κ", "κος", "κα", "κυρ", "δρ", "د", "المهندس",
    "الأستاذ",
))  # fmt: skip
"""Words before or after a name that are no name.

Some are names too (Amir, Sayed): they are set aside only while at least two other parts remain.
"""
NAMES_AT_THE_END: Final = HONORIFICS | {"amir", "emir", "imam", "general", "major", "don", "lord"}
"""Titles that are family names where they come last: Naseem al-Sheikh, نسيم الشيخ."""
NO_INITIALS: Final = frozenset(
    {"ng", "st", "mc", "md", "wm", "sz", "dz", "ks", "hs", "sh", "kh", "zh", "ch", "th", "gh", "lj", "nj"}
)
"""Two consonants that are a name, a prefix, or one letter of another script in Latin."""

ABBREVIATED: Final = {
    **dict.fromkeys(("md", "mohd", "mohmd", "muhd", "mhd", "moh", "muh"), "mohammed"),
    "fco": "francisco", "gpe": "guadalupe", "hdez": "hernandez", "wm": "william", "chas": "charles", "thos": "thomas",
    "robt": "robert", "geo": "george", "jos": "joseph",
}  # fmt: skip
"""Names that clerks shorten, in South Asia, in Spanish and in English."""
