"""Other ways to read a Latin spelling, by the language or the system it may have been written in.

A Latin spelling does not say whose it is: the ch of Bach, Chavez and Bachir are three sounds, the j of Jan, Jamal and
Joukov as well. Each row below says what some language or system writes in a way of its own and how English would write
the sound. A word is known by its own sound form and by a few of these; a reading that is wrong for its language stands
beside the right one and does no harm there.
"""

from __future__ import annotations

import re
from typing import Final

MOST: Final = 4
"""Readings kept of one word, in the order of the tables."""
_SLAVIC: Final = "(?:ov|ev|off|eff|in|ich|itch|sk[iy]|enko)a?$"
_UKRAINIAN_H: Final = "(?<![bcdgkprstwz])h(?=.+(?:i[iy]|yi|[nv]ko|[cs]h?uk|[iy]uk|ych|or)$)|(?<=[ol]e)h$|^h(?=or$)"

READINGS: Final = (
    ("j is dj: Jamal, Jones", "(?<!d)j", "dj"),
    ("ch is kh: Bach, Christos", "(?<![st])ch", "kh"),
    ("x and hs at the start are s: Xi, Hsi", "^(?:xs?|hs)", "s"),
    ("pinyin q: Qiang", "^q(?=i|ua)", "ch"),
    ("old -off, -eff: Smirnoff", "(?<=[oe])ff$", "v"),
    ("French ch is sh: Bachir, Ghannouchi", "(?<![st])ch(?!r|$)", "sh"),
    ("French ou before a vowel is w: Oualid, Alaoui, Marouane", "ou(?=[aeiy])", "w"),
    ("French j is zh in Slavic names: Joukov, Jeliazkov", f"(?<!d)j(?=.*{_SLAVIC})", "zh"),
    ("French -ine in Slavic names: Kouzmine", "^(.*(?:ou|tch|kh).*)ine$", r"\1in"),
    ("gu before e and i is g: Guennadi, Gueorgui, Guerra", "gu(?=[eéiï])", "g"),
    ("x is kh: Xalid, Raximov", "(?<!t)x(?=.)", "kh"),
    ("Turkish c is j: Cüneyt, Ağca", "(?<=[ğışüöç])c|c(?=.*[ğışüöç])", "dj"),
    ("Turkish and Kurdish c at the start is j: Cemil, Ciwan", "^c(?=[eiu])", "dj"),
    ("Basque tx is ch: Etxeberria", "tx", "ch"),
    ("Ukrainian h is Russian g: Hryhorii, Holovko", _UKRAINIAN_H, "g"),
    ("c at the end is k: Rusnac, Marc", "c$", "k"),
    ("old Indonesian tj is ch: Tjandra", "tj", "ch"),
    ("Greek nt at the start is d: Ntalianis", "^nt", "d"),
    ("Greek mp at the start is b: Mpampis", "^mp", "b"),
    ("Persian khw is kh: Khwaja", "khwa", "kha"),
    ("ow before a consonant is au: Chowdhury, Browne", "ow(?=[bcdfghjklmnpqrstvxz])", "au"),
    ("Polish rz is zh: Grzegorz, Wierzbicki", "rz(?=.)", "zh"),
    ("Belarusian dz before e and i is d: Uladzimir, Dzmitry", "dz(?=[eimy])", "d"),
    ("d and z are two letters before a: Ahmadzai, Khudzadov", "dz(?=a)", "dZ"),
    ("Polish ę is en: Grzędziński", "ę", "en"),
    ("Polish ą is on: Dąbrowski", "ą", "on"),
)
"""What the row is about, what is written (a pattern), and what it stands for."""
_COMPILED: Final = tuple((re.compile(pattern), said) for _, pattern, said in READINGS)
_ANY: Final = re.compile("|".join(f"(?:{pattern})" for _, pattern, _ in READINGS if "\\" not in pattern))
_UMLAUTS: Final = str.maketrans({"ö": "oe", "ü": "ue", "ä": "a"})

_GERMAN_SLAVIC: Final = re.compile("(?:[oe]wa?|witsch|enko)$")
_GERMAN: Final = (("(?<=[aeiouy])s(?=[aeiouy])|^s(?=[aeiouy])", "Z"), ("z", "ts"), ("Z", "z"), ("ss", "s"))
_DUTCH: Final = (("sjtsj", "shch"), ("tsj", "ch"), ("sj", "sh"), ("zj", "zh"), ("oe", "u"))
_HUNGARIAN: Final = (("sz", "S"), ("zs", "zh"), ("cs", "ch"), ("gy", "d"), ("s(?!h)", "sh"), ("S", "s"))
SYSTEMS: Final = (
    ("German spelling of Slavic names: Saizew, Kusnezow", _GERMAN_SLAVIC, _GERMAN),
    ("Dutch spelling of Slavic and Arabic names: Zjoekov, Sjevtsjenko", re.compile("[sz]j"), _DUTCH),
    ("Hungarian: György, Csizmadia, Szabó, Zsigmond", re.compile("cs|zs|gy|^sz[aáeéoóöőuúü]"), _HUNGARIAN),
)
"""Systems that differ in several letters at once: what, how a word of theirs is known, and what is written for what."""
_STEPS: Final = tuple(
    (known, tuple((re.compile(written), said) for written, said in steps)) for _, known, steps in SYSTEMS
)


def readings(word: str) -> list[str]:
    """The other readings of a Latin word in lower case, as English would write them; at most `MOST`."""
    found: list[str] = []
    if _ANY.search(word):
        for pattern, said in _COMPILED:
            other = pattern.sub(said, word)
            if other != word:
                found.append(other)
    if not word.isascii() and (other := word.translate(_UMLAUTS)) != word:
        found.append(other)
    for known, steps in _STEPS:
        if known.search(word):
            other = word
            for written, said in steps:
                other = written.sub(said, other)
            found.append(other)
    return list(dict.fromkeys([*found, *asian_readings(word)]))[:MOST]


_KOREAN: Final = re.compile(
    "(?:(?:kk|tt|pp|ss|jj|ch|[gkndtrlmbpsjhy])?(?:yeo|yae|wae|eo|eu|ou|ae|oe|wa|we|wo|wi|ui|ya|ye|yo|yu|oo|ee|[aeiou])"
    "(?:ng|[gknlmbpt](?![aeiouwy]))?){1,3}"
)
_KOREAN_SPELLINGS: Final = (("young", "yong"), ("eo", "o"), ("eu", "u"))
"""The vowels that McCune-Reischauer (ŏ, ŭ), the system of 2000 (eo, eu) and passports write differently."""

_FINALS: Final = (
    "iang iung ieh ien iao uang uan ueh uai uei ung ang eng ing ih ai ei ao ou an en eh ia iu in ua uo ui un a e i o u"
)
_WADE_GILES: Final = re.compile(f"(ch|ts|tz|ss|sz|hs|sh|[ptkmnflhjwy])?({'|'.join(_FINALS.split())})")
_WADE_GILES_WORD: Final = re.compile(f"(?:{_WADE_GILES.pattern}){{1,3}}")
_WADE_GILES_MARK: Final = re.compile("hs|tz|ss|sz|ih|[^aeiou]ung|ieh|ien|ueh|uei")
_INITIALS: Final = {
    "ch": "zh",
    "ts": "z",
    "tz": "z",
    "ss": "s",
    "sz": "s",
    "hs": "x",
    "j": "r",
    "k": "g",
    "p": "b",
    "t": "d",
}
_PINYIN: Final = {"ih": "i", "ung": "ong", "iung": "iong", "ieh": "ie", "ien": "ian", "ueh": "ue", "uei": "ui"}


def asian_readings(word: str) -> list[str]:
    """Readings of words that are made of Korean or Chinese syllables: one vowel system, pinyin for Wade-Giles."""
    found = []
    if ("eo" in word or "eu" in word or "young" in word) and _KOREAN.fullmatch(word):
        other = word
        for written, said in _KOREAN_SPELLINGS:
            other = other.replace(written, said)
        found.append(other)
    if _WADE_GILES_MARK.search(word) and _WADE_GILES_WORD.fullmatch(word):
        found.append(_WADE_GILES.sub(_pinyin, word))
    return found


def _pinyin(syllable: re.Match[str]) -> str:
    initial, final = syllable[1] or "", syllable[2]
    soft = initial == "ch" and final[0] == "i" and final != "ih"
    return ("j" if soft else _INITIALS.get(initial, initial)) + _PINYIN.get(final, final)
