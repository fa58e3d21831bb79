"""Which writing system a name is in, and the cleaning that must happen before anything else looks at it.

Names reach a node pasted from web pages, PDF files and telexes: with bidirectional controls around Arabic, zero-width
joiners, full-width letters, soft hyphens, and
letters of one script that look like letters of another. Cleaning removes what carries no meaning and keeps what does;
it never raises.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache
from typing import Final

MAX_TOKENS: Final = 16
"""Parts of one name that are looked at; the longest real names in the reference lists have 12."""
MAX_TOKEN_CHARACTERS: Final = 32
"""Characters of one part that are looked at."""
MAX_NAME_CHARACTERS: Final = 400
"""Characters of a name that are looked at; the rest cannot be a name."""


class Script(IntEnum):
    """Writing system of a name part; the number is stored in the index."""

    LATIN = 0
    GREEK = 1
    CYRILLIC = 2
    ARABIC = 3
    HEBREW = 4
    GEORGIAN = 5
    ARMENIAN = 6
    OTHER = 7


ABJADS: Final = frozenset({Script.ARABIC, Script.HEBREW})
"""Scripts that do not write short vowels; names in them are compared by their consonants."""

_RANGES: Final = (
    (0x0041, 0x024F, Script.LATIN),
    (0x0250, 0x02AF, Script.LATIN),
    (0x0370, 0x03FF, Script.GREEK),
    (0x0400, 0x052F, Script.CYRILLIC),
    (0x0530, 0x058F, Script.ARMENIAN),
    (0x0590, 0x05FF, Script.HEBREW),
    (0x0600, 0x06FF, Script.ARABIC),
    (0x0750, 0x077F, Script.ARABIC),
    (0x08A0, 0x08FF, Script.ARABIC),
    (0x10A0, 0x10FF, Script.GEORGIAN),
    (0x1C80, 0x1C8F, Script.CYRILLIC),
    (0x1C90, 0x1CBF, Script.GEORGIAN),
    (0x1E00, 0x1EFF, Script.LATIN),
    (0x1F00, 0x1FFF, Script.GREEK),
    (0x2C60, 0x2C7F, Script.LATIN),
    (0x2DE0, 0x2DFF, Script.CYRILLIC),
    (0xA640, 0xA69F, Script.CYRILLIC),
    (0xFB13, 0xFB17, Script.ARMENIAN),
    (0xFB1D, 0xFB4F, Script.HEBREW),
    (0xFB50, 0xFDFF, Script.ARABIC),
    (0xFE70, 0xFEFF, Script.ARABIC),
)

# Bidirectional controls (UAX 9), zero-width characters, soft hyphen, byte order mark, Arabic tatweel: no letter
# among them.
_INVISIBLE: Final = re.compile("[\u00ad\u034f\u061c\u0640\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_VOWEL_POINTS: Final = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8]"
)
"""Vowel points and other marks of Hebrew and Arabic, written in schoolbooks and scripture and hardly ever in names."""
_APOSTROPHES: Final = re.compile("['`´ʹʺʻʼʽʾʿˈ‘’‛′՚׳ꞌ＇]")
_SEPARATORS: Final = re.compile(r"[\s\-‐-―−_./,;:·・•|\\()\[\]{}<>«»\"“”„?!*+=#&@~^%$־]+")
_WORD_START: Final = re.compile(r"(?<=[^\W\d_])(?=[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĢĪĮİĶĹĻĽŁŃŅŇŐŘŚŞŠŢŤŪŮŰŲŹŻŽΑ-ΩΆΈ-ΏА-ЯЁІЇЄҐ])")
_DIGIT_LETTERS: Final = str.maketrans("0134578", "oieastb")


def script_of(text: str) -> Script:
    """The script most letters of `text` are written in.

    `OTHER` for scripts without rules of their own, `LATIN` for text without letters.
    """
    if text.isascii():
        return Script.LATIN
    counts = [0] * len(Script)
    for character in text:
        script = _script_of_character(character)
        if script is not None:
            counts[script] += 1
    best = max(counts)
    return Script(counts.index(best)) if best else Script.LATIN


@lru_cache(maxsize=16384)
def _script_of_character(character: str) -> Script | None:
    """The script of a letter; None for what belongs to any script."""
    if character.isascii():
        return Script.LATIN if character.isalpha() else None
    if unicodedata.combining(character):
        return None
    point = ord(character)
    return next((script for low, high, script in _RANGES if low <= point <= high), Script.OTHER)


def is_syllable(character: str) -> bool:
    """Whether one character is a syllable or a word, and so a whole name: Han, Hangul, Kana."""
    return "\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7a3" or character >= "\U00020000"


def clean(text: str) -> str:
    """`text` in NFKC, lower case, without invisible characters.

    Apostrophes and vowel points are removed because they are written or left out at will ("O'Brien", "Ba'asyir", محمّد).
    """
    visible = _INVISIBLE.sub("", text[: MAX_NAME_CHARACTERS * 2])
    folded = unicodedata.normalize("NFKC", visible)[:MAX_NAME_CHARACTERS]
    return _VOWEL_POINTS.sub("", _APOSTROPHES.sub("", folded)).casefold().replace("ς", "σ")


def words(text: str) -> list[str]:
    """The words of a name, cleaned, at most `MAX_TOKENS`.

    A joined name in mixed case ("VladimirPutin") is opened at the capital, except for the prefixes Mc, Mac, De, Di,
    La, Le, Van, O' which people write joined.
    """
    if text.isascii():
        pieces = _SEPARATORS.split(_APOSTROPHES.sub("", _open_joined(text[:MAX_NAME_CHARACTERS])).lower())
    else:
        pieces = _SEPARATORS.split(clean(_open_joined(text)))
    found = []
    for piece in pieces:
        word = _letters_only(piece)
        if word:
            found.append(word[:MAX_TOKEN_CHARACTERS])
            if len(found) == MAX_TOKENS:
                break
    return found


def _letters_only(piece: str) -> str:
    """A word without marks that are no letters.

    Digits that stand for letters ("Ig0r", "Sech1n") are read as the letters they look like.
    """
    if piece.isalpha():
        return piece
    if any(character.isdigit() for character in piece):
        if sum(character.isalpha() for character in piece) * 2 < len(piece):
            return "".join(character for character in piece if character.isalnum())
        piece = piece.replace("9", "g").translate(_DIGIT_LETTERS)
    return "".join(
        character for character in piece if character.isalnum() or unicodedata.category(character) in {"Mn", "Mc"}
    )


def _open_joined(text: str) -> str:
    if text.isupper() or text.islower() or " " in text.strip() or "," in text:
        return text
    parts = _WORD_START.sub(" ", text).split(" ")
    if len(parts) == 1 or any(len(part) < 3 for part in parts):
        return text
    return " ".join(parts)
