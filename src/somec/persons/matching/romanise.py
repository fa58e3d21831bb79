"""Names of other scripts in Latin letters, in several spellings side by side.

No single transliteration finds a person: one man is Щербаков in his passport, Shcherbakov by ICAO 9303, Ščerbakovs in
a Latvian register, Schtscherbakow in a German file.
The tables below give, letter by letter, the spellings that passports and registers of EU states really use. Sources:
ICAO Doc 9303-3 section 6 (Latin transliteration of Cyrillic
and Arabic), BGN/PCGN 1947-2019 romanisation systems, ISO 843 and ELOT 743 (Greek), the Bulgarian Transliteration Act
of 2009, Ukrainian Cabinet resolution 55 of 2010,
DUDEN (German), ISO 9:1995 (Baltic and scholarly use), the Georgian national system of 2002, ISO 9985 and BGN
(Armenian), DIN 31635 letter classes (Arabic), the Hebrew Academy's rules of 2006.
Letters that no table knows go through ICU's `Any-Latin; Latin-ASCII`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

import icu

from somec.persons.matching.cyrillic_asian import asian_spellings
from somec.persons.matching.scripts import Script


def _table(pairs: str) -> dict[str, str]:
    """`"а=a б=b ь="` as a mapping."""
    return dict(pair.split("=", 1) for pair in pairs.split())


_CYRILLIC_ICAO: Final = _table(
    "а=a б=b в=v г=g д=d е=e ё=e ж=zh з=z и=i й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh "
    "щ=shch ъ= ы=y ь= э=e ю=iu я=ia "
    "є=ie і=i ї=i ґ=g ў=u ђ=dj ј=j љ=lj њ=nj ћ=c џ=dz ѓ=g ќ=k ѕ=dz ѐ=e ѝ=i ә=a ғ=gh қ=q ң=n ө=o ұ=u ү=u һ=h ҳ=h ҷ=j "
    "ҹ=ch ҡ=k ҙ=z ҫ=s ӣ=i ӯ=u ѳ=f ѣ=e ѵ=i"
)
_CYRILLIC_SCHEMES: Final = (
    _CYRILLIC_ICAO,
    # BGN/PCGN and everyday English: Yuri, Yulia, Tsvetkov, Yevgeny
    _CYRILLIC_ICAO | _table("й=y ю=yu я=ya є=ye ї=yi ё=yo"),
    # Ukrainian 2010 (г=h, и=y) and Belarusian
    _CYRILLIC_ICAO | _table("г=h и=y й=y ю=yu я=ya є=ye ї=yi"),
    # Bulgarian 2009 (щ=sht, ъ=a, х=h), Serbian and Macedonian Latin
    _CYRILLIC_ICAO | _table("щ=sht ъ=a х=h ж=zh ц=ts ћ=ć ђ=đ џ=dž ч=č ш=š"),
    # German newspapers and registers
    _CYRILLIC_ICAO | _table("в=w ж=sch з=s х=ch ц=z ч=tsch ш=sch щ=schtsch ю=ju я=ja й=j"),
)
_GREEK: Final = _table(
    "α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s τ=t υ=y φ=f χ=ch ψ=ps ω=o"
)
_GREEK_PAIRS: Final = _table(
    "ου=ou αυ=av ευ=ev ηυ=iv γγ=ng γκ=gk γξ=nx γχ=nch μπ=mp ντ=nt αι=ai ει=ei οι=oi τζ=tz τσ=ts"
)
_GREEK_SPOKEN: Final = _table("ου=u αυ=af ευ=ef ηυ=if γγ=g γκ=g μπ=b ντ=d αι=e ει=i οι=i τζ=tz τσ=ts")
_GEORGIAN: Final = _table(
    "ა=a ბ=b გ=g დ=d ე=e ვ=v ზ=z თ=t ი=i კ=k ლ=l მ=m ნ=n ო=o პ=p ჟ=zh რ=r ს=s ტ=t უ=u ფ=p ქ=k ღ=gh ყ=q შ=sh ჩ=ch ც=ts"
    " ძ=dz წ=ts ჭ=ch ხ=kh ჯ=j ჰ=h ჲ=y ჳ=w"
)
_ARMENIAN: Final = _table(
    "ա=a բ=b գ=g դ=d ե=e զ=z է=e ը=y թ=t ժ=zh ի=i լ=l խ=kh ծ=ts կ=k հ=h ձ=dz ղ=gh ճ=ch մ=m յ=y ն=n շ=sh ո=o չ=ch պ=p "
    "ջ=j ռ=r ս=s վ=v տ=t ր=r ց=ts ւ=u փ=p ք=k օ=o ֆ=f և=ev ﬓ=mn"
)
_ARMENIAN_WESTERN: Final = _ARMENIAN | _table("բ=p գ=k դ=t ձ=ts ջ=ch պ=b կ=g տ=d ճ=j ծ=dz")

# One Latin letter for one Arabic letter; capital letters keep apart what Latin cannot (read back by `keys`).
# Carriers of hamza and the forms of alef fall together.
ARABIC_LETTERS: Final = _table(
    "ا=a أ=a إ=i آ=a ٱ=a ء= ؤ=u ئ=i ب=b پ=p ت=t ث=T ج=j چ=C ح=H خ=X د=d ذ=D ر=r ڑ=r ز=z ژ=Z س=s ش=S ص=s ض=D ط=t ظ=D "
    "ع= غ=G ف=f ڤ=v ق=q ك=k ک=k گ=g ل=l م=m ن=n ں=n "
    "ه=h ہ=h ھ=h ة=A ۃ=A و=w ي=y ی=y ى=A ې=y ے=y ٹ=t ڈ=d ڭ=g ڠ=g ێ=e ۆ=o ۇ=u ە=a "
    # Pashto, Kurdish, Uyghur, Malay
    "ځ=Z څ=c ډ=d ړ=r ږ=g ښ=S ټ=t ڼ=n ګ=g ۍ=y ڵ=l ڕ=r ۋ=v ۈ=u ڽ=n ڬ=g ۏ=v"
)
_ARABIC_SPELLINGS: Final = (
    (re.compile("^عبد ?ال(?=.{2})"), "عبد"),
    (re.compile("کھ"), "K"),
    (re.compile("(?<=[بپتٹجچدڈگ])ھ"), ""),
    (re.compile("ہ$"), "ة"),
)
"""The article after the servant of Abd al-Rahman, which Latin writes as it is spoken (see `folding.fold`); in Urdu the
breath after a consonant, which Latin leaves out as often as not, and the silent h at the end (Aisha)."""
HEBREW_LETTERS: Final = _table(
    "א=a ב=B ג=g ד=d ה=h ו=w ז=z ח=H ט=t י=y כ=K ך=K ל=l מ=m ם=m נ=n ן=n ס=s ע= פ=P ף=P צ=c ץ=c ק=k ר=r ש=S ת=t װ=w "
    "ױ=w ײ=y"
)

_SPECIAL_LATIN: Final = str.maketrans(
    {
        "ß": "ss",
        "ł": "l",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "ħ": "h",
        "ŋ": "n",
        "ŧ": "t",
        "ə": "a",
        "ɛ": "e",
        "ɔ": "o",
        "ĸ": "k",
        "ƒ": "f",
    }
)
_ICU: Final = icu.Transliterator.createInstance("Any-Latin; Latin-ASCII; Lower")


def ascii_form(word: str) -> str:
    """A Latin word without diacritics: "Müller" is "muller"; "Mueller" meets it in `folding`."""
    if word.isascii():
        return word
    bare = "".join(
        character
        for character in unicodedata.normalize("NFKD", word.translate(_SPECIAL_LATIN))
        if not unicodedata.combining(character)
    )
    return (
        bare
        if bare.isascii()
        else "".join(
            character for character in str(_ICU.transliterate(bare)) if character.isalnum() and character.isascii()
        )
    )


@lru_cache(maxsize=65536)
def romanisations(word: str, script: Script) -> tuple[str, ...]:
    """The Latin spellings of a word, the most official first.

    With diacritics where a national spelling has them. Abjads give one consonant spelling (see `ARABIC_LETTERS`).
    """
    if script is Script.LATIN:
        return (word,)
    base = word if script in {Script.ARABIC, Script.HEBREW} else unicodedata.normalize("NFC", word)
    spelled: tuple[str, ...]
    if script is Script.CYRILLIC:
        spelled = tuple(_spell(base, scheme) for scheme in _CYRILLIC_SCHEMES)
        spelled += tuple(_spell(one, _CYRILLIC_ICAO) for one in asian_spellings(base))
    elif script is Script.GREEK:
        bare = "".join(
            character for character in unicodedata.normalize("NFD", base) if not unicodedata.combining(character)
        )
        spelled = (
            _spell(bare, _GREEK, _GREEK_PAIRS),
            _spell(bare, _GREEK | {"υ": "i", "χ": "h", "β": "b"}, _GREEK_SPOKEN),
            _spell(bare, _GREEK | {"υ": "u", "η": "e", "χ": "kh"}, _GREEK_PAIRS),
        )
    elif script is Script.GEORGIAN:
        spelled = (_spell(base, _GEORGIAN),)
    elif script is Script.ARMENIAN:
        spelled = (_spell(base, _ARMENIAN, {"ու": "u"}), _spell(base, _ARMENIAN_WESTERN, {"ու": "u"}))
    elif script is Script.ARABIC:
        spelled = (_letters(_arabic_spelling(word), ARABIC_LETTERS),)
    elif script is Script.HEBREW:
        spelled = (_letters(word, HEBREW_LETTERS),)
    else:
        spelled = ("".join(character for character in str(_ICU.transliterate(base)) if character.isalnum()),)
    return tuple(dict.fromkeys(spelling for spelling in spelled if spelling))


def _spell(word: str, letters: dict[str, str], pairs: dict[str, str] | None = None) -> str:
    out, position = [], 0
    while position < len(word):
        pair = word[position : position + 2]
        if pairs is not None and pair in pairs:
            out.append(pairs[pair])
            position += 2
            continue
        character = word[position]
        known = letters.get(character)
        if known is None:
            known = _other(character)
        out.append(known)
        position += 1
    return "".join(out)


def _arabic_spelling(word: str) -> str:
    """An Arabic, Persian or Urdu word with one spelling for what is written in several ways."""
    for written, said in _ARABIC_SPELLINGS:
        word = written.sub(said, word)
    return word


def _letters(word: str, letters: dict[str, str]) -> str:
    """An abjad word letter by letter; vowel points and marks without a letter of their own disappear."""
    out = []
    for character in word:
        known = letters.get(character)
        if known is None:
            known = "" if unicodedata.category(character) == "Mn" else _other(character)
        out.append(known)
    return "".join(out)


@lru_cache(maxsize=4096)
def _other(character: str) -> str:
    if character.isascii():
        return character
    plain = unicodedata.normalize("NFD", character)[0]
    if plain != character:
        for table in (_CYRILLIC_ICAO, _GREEK, ARABIC_LETTERS):
            if plain in table:
                return table[plain]
    if unicodedata.combining(character):
        return ""
    return "".join(c for c in str(_ICU.transliterate(character)) if c.isalnum() and c.isascii())
