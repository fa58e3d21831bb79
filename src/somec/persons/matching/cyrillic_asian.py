"""Chinese and Japanese names as Russian writes them, in the spelling that passports have.

Palladius writes Цзиньпин for pinyin Jinping, Polivanov Синдзо for Shinzo: letter by letter neither comes near. A word
is read this way only when it is made of nothing but such syllables and has something in it that tells.
"""

from __future__ import annotations

import re
from typing import Final

_FINALS: Final = {
    "уань": "uan", "уэй": "ui", "юань": "uan", "юнь": "un", "юэ": "ue", "юй": "u", "юн": "iong", "ань": "an",
    "ай": "ai", "ао": "ao", "ан": "ang", "эй": "ei", "энь": "en", "эн": "eng", "янь": "ian", "яо": "iao", "ян": "iang",
    "инь": "in", "ин": "ing", "уай": "uai", "уан": "uang", "уа": "ua", "уй": "ui", "унь": "un", "ун": "ong",
    "оу": "ou", "эр": "er", "а": "a", "э": "e", "я": "ia", "е": "ie", "ю": "iu", "и": "i", "о": "uo", "у": "u",
    "ы": "i",
}  # fmt: skip
_INITIALS: Final = {
    "чж": "zh", "цз": "z", "ш": "sh", "ч": "ch", "ц": "c", "с": "s", "ж": "r", "б": "b", "п": "p", "м": "m", "ф": "f",
    "д": "d", "т": "t", "н": "n", "л": "l", "г": "g", "к": "k", "х": "h", "в": "w",
}  # fmt: skip
_SOFT: Final = {"z": "j", "c": "q", "s": "x"}
"""What a hissing initial is before i and ü."""
_OPEN: Final = {"i": "yi", "in": "yin", "ing": "ying", "u": "wu", "iu": "yu", "uo": "e"}
"""Finals that stand alone."""
_SYLLABLE: Final = re.compile(f"({'|'.join(_INITIALS)})?({'|'.join(sorted(_FINALS, key=len, reverse=True))})(?![ьй])")
_CHINESE: Final = re.compile(f"(?:{_SYLLABLE.pattern}){{1,3}}")
_CHINESE_MARK: Final = re.compile("чж|цз|[аэиуюя]нь|юй|юэ|уэй|[сц]я[он]|^[сц]я$|[сц]ю|эн|^с[ие]$|^ху$")
_JAPANESE: Final = re.compile("(?:(?:дз|[кгстднхбпмрцвзф])?(?:[йья]?[аиуэо]|[яюё])й?|н(?![аиуэояюё]))+")
_JAPANESE_SOUNDS: Final = (
    ("дзи", "ji"), ("дз(?=[яюё])", "j"), ("дз", "z"), ("си", "shi"), ("с(?=[яюё].)", "sh"), ("ти", "chi"),
    ("т(?=[яюё].)", "ch"), ("(?<=sh|ch)я|(?<=j)я", "a"), ("(?<=sh|ch)ю|(?<=j)ю", "u"), ("(?<=sh|ch)ё|(?<=j)ё", "o"),
)  # fmt: skip
_COMPILED: Final = tuple((re.compile(written), said) for written, said in _JAPANESE_SOUNDS)


def asian_spellings(word: str) -> tuple[str, ...]:
    """The pinyin of a word by Palladius; a word by Polivanov with its Japanese sounds in Latin, the rest as it was."""
    found = []
    if _CHINESE_MARK.search(word) and _CHINESE.fullmatch(word):
        found.append(_SYLLABLE.sub(_pinyin, word))
    if _JAPANESE.fullmatch(word):
        said = word
        for written, sound in _COMPILED:
            said = written.sub(sound, said)
        if said != word:
            found.append(said)
    return tuple(found)


def _pinyin(syllable: re.Match[str]) -> str:
    initial, final = _INITIALS.get(syllable[1] or "", ""), _FINALS[syllable[2]]
    if not initial:
        return _OPEN.get(final, "y" + final[1:] if final[0] == "i" else "w" + final[1:] if final[0] == "u" else final)
    if syllable[2][0] in "яеюи":
        initial = _SOFT.get(initial, initial)
    return initial + ("o" if final == "uo" and initial in {"b", "p", "m", "f"} else final)
