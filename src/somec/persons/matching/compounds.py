"""Names that are one name in several words, and the words that only link others.

Abd al-Rahman, Saif al-Din, Fazl ur-Rehman, Abu Bakr, Mac Donald, Hossein Zadeh: each is written in one word, in two or
in three, with the article as it is spelled or as it is spoken. All of them come out as one word here, with one spelling
of the article, in Latin, Cyrillic and Arabic letters.
"""

from __future__ import annotations

import re
from typing import Final

from somec.persons.matching.folding import without_written_article
from somec.persons.matching.namewords import ABBREVIATED, PARTICLES

SERVANT: Final = {
    **dict.fromkeys(("abd", "abdul", "abdal", "abdel", "abdoul", "abdol", "abdur", "abdus", "abde", "abdou"), "abdul"),
    **dict.fromkeys(("абд", "абдул", "абдуль", "абдель", "абдаль", "абдур", "абдоль"), "абдул"),
    "عبد": "عبد",
}
"""Abd: the servant of what follows (al-Rahman, al-Aziz), and how the whole begins."""
FATHER: Final = {
    **dict.fromkeys(("abu", "abou", "abi", "abo"), "abu"),
    **{word: word for word in ("umm", "um", "ابو", "أبو", "أبي", "ابي", "ام", "أم", "абу", "умм")},
}
"""Abu and Umm: the father or mother of whoever follows."""
MAC: Final = frozenset({"mac", "mc", "fitz"})
SECOND: Final = {
    **dict.fromkeys(("din", "deen", "dine", "ddin"), "ud"),
    **dict.fromkeys(("rahman", "rehman"), "ur"),
    **dict.fromkeys(("eddin", "eddine", "uddin", "addin", "allah", "ullah", "الدين", "الله", "الرحمن", "аллах"), ""),
    "дин": "уд",
    **dict.fromkeys(("рахман", "рехман"), "ур"),
}
"""What makes one name together with the word before, and the article as it is spoken there."""
OFFSPRING: Final = frozenset(
    ("zadeh", "zade", "zada", "zadah", "nejad", "nezhad", "زاده", "زادہ", "نژاد", "заде", "нежад")
)
"""Persian endings of family names that are written apart as well."""
_ARTICLE: Final = re.compile("[aeiou]l|ال|[аэу]ль?")
_SPOKEN_ARTICLE: Final = re.compile("([aeou])(sh|ch|[rsztdn])|([аэу])([шрсзтдн])")
"""The article with its l turned into the sun letter that follows: ar-Rahman, ed-Din, ush-Shams, ас-Сади."""


def is_article(word: str, following: str) -> bool:
    """Whether a word is the Arabic article before the word that follows, as written (al) or as spoken (as-Sadi)."""
    if _ARTICLE.fullmatch(word):
        return True
    found = _SPOKEN_ARTICLE.fullmatch(word)
    return found is not None and following.startswith((found[2] or found[4])[0])


def joined(found: list[str]) -> list[str]:
    """The words of a name with compounds put together."""
    out: list[str] = []
    position = 0
    while position < len(found):
        whole, used = _compound(ABBREVIATED.get(found[position], found[position]), found[position + 1 :], len(out))
        out.append(whole)
        position += used
    return out


def _compound(word: str, rest: list[str], before: int) -> tuple[str, int]:
    """The compound that begins with `word`, and of how many words it is made; the word itself when it begins none."""
    if not rest:
        return word, 1
    article = len(rest) > 1 and is_article(rest[0], rest[1])
    after = rest[1] if article else rest[0]
    used = 3 if article else 2
    beginning = _beginning(word, after, article=article)
    if beginning:
        bare = without_written_article(after) if beginning == "abdul" else ""
        return beginning + (bare or after), used
    if word in PARTICLES:
        return word, 1
    if after in SECOND:
        return word.removesuffix(SECOND[after]) + SECOND[after] + after.removeprefix("ال"), used
    if article and rest[0][0] in "uoу":
        return word + rest[0] + after, used  # Zia ul-Haq: with a u inside a compound only, never before a family name
    return (word + rest[0], 2) if before and rest[0] in OFFSPRING else (word, 1)


def _beginning(word: str, after: str, *, article: bool) -> str:
    """How a compound with a first part of its own begins; empty for other words. Abdou alone is a name in Senegal."""
    if word in SERVANT:
        return SERVANT[word] if word != "abdou" or article or after in SECOND else ""
    return FATHER.get(word, word if word in MAC else "")
