"""One spelling for the many Latin spellings of one sound.

`fold` is the form in which name parts are compared: Wolodymyr, Volodymyr and Володимир come out alike or nearly so.
It keeps vowels, because they tell names apart, and gives each
consonant sound one letter. What it cannot settle (is `j` the j of Jan or of Jamal? is `ch` the ch of Bach or of
Chavez?) it leaves to variants; small differences that remain are left to
`similarity`, which knows which letters are near each other. `skeleton` keeps only classes of consonants and is used
to find, never to judge.
"""

from __future__ import annotations

import re
from typing import Final

from somec.persons.matching.readings import asian_readings, readings
from somec.persons.matching.romanise import ascii_form
from somec.persons.matching.scripts import Script

_DIACRITICS: Final = str.maketrans(
    {
        "š": "sh",
        "č": "ch",
        "ć": "ch",
        "ž": "zh",
        "ş": "sh",
        "ș": "sh",
        "ś": "s",
        "ź": "z",
        "ż": "zh",
        "ť": "t",
        "ď": "d",
        "ň": "n",
        "ņ": "n",
        "ķ": "k",
        "ļ": "l",
        "ģ": "g",
        "ţ": "ts",
        "ț": "ts",
        "ñ": "n",
        "ğ": "g",
        "ä": "e",
        "æ": "e",
        "œ": "o",
        "ö": "o",
        "ő": "o",
        "ü": "u",
        "ű": "u",
        "å": "a",
        "ĉ": "ch",
        "ŝ": "sh",
        "ĝ": "j",
        "ə": "e",
    }
)
# Longest first; each left side is a spelling of the sound on the right. Capitals protect a result from the rules
# after it.
_SOUNDS: Final = (
    ("schtsch", "S"),
    ("shtsh", "S"),
    ("shch", "S"),
    ("sztsz", "S"),
    ("szcz", "S"),
    ("stsch", "S"),
    ("chtch", "S"),
    ("sht", "S"),
    ("tsch", "C"),
    ("tch", "C"),
    ("dzsch", "J"),
    ("dsch", "J"),
    ("dzsh", "J"),
    ("dzh", "J"),
    ("sch", "S"),
    ("sh", "S"),
    ("sz", "S"),
    ("zh", "Z"),
    ("tz", "C"),
    ("ts", "C"),
    ("cz", "C"),
    ("dj", "J"),
    ("dz", "z"),
    ("kh", "h"),
    ("gh", "g"),
    ("ph", "f"),
    ("th", "t"),
    ("dh", "d"),
    ("bh", "b"),
    ("rh", "r"),
    ("ck", "k"),
    ("qu", "k"),
    ("cqu", "k"),
    ("ks", "X"),
    ("x", "X"),
    ("ch", "C"),
    ("ce", "Ce"),
    ("ci", "Ci"),
    ("cy", "Cy"),
    ("c", "k"),
    ("q", "k"),
    ("w", "v"),
    ("oo", "u"),
    ("ou", "u"),
    ("ue", "u"),
    ("oe", "o"),
    ("ae", "e"),
    ("ee", "i"),
    ("ai", "ei"),
    ("ay", "ei"),
    ("ey", "ei"),
)
_SOUND: Final = re.compile("|".join(spelling for spelling, _ in sorted(_SOUNDS, key=lambda pair: -len(pair[0]))))
_SOUND_OF: Final = dict(_SOUNDS)
_GLIDES: Final = str.maketrans("jy", "ii")
_LITHUANIAN_WOMAN: Final = re.compile("(?<=[bcdfghjklmnprstvz])(?:i?ene|[ae]?ite|i?ute)$")
_CZECH_WOMAN: Final = re.compile("(?<=[^aeiou])ová$")
_CZECH_K: Final = re.compile("[aeic]kova$")
_SLAVIC_END: Final = re.compile("(ov|ev|in|sk|ck)(aia|aja|aya|oi|oy|ij|iy|yi|yj|ii|iu|i|y|a|as|s|is|e)$")
_BALTIC_END: Final = re.compile("(?<=[bcdfghjklmnprtvz])(s|as|is|us|ys)$")
_ABJAD_READINGS: Final = (("StS", "S"), ("tS", "C"), ("ts", "c"), ("Xwa", "Xa"))
"""Sounds that Arabic letters have no sign for: shch, ch and ts of other languages; and the silent w of Persian khw."""
_ABD: Final = re.compile(r"^abd[aeiou]{0,2}(?:l(?=[^l])|([rsztdn])(?=\1))?(?=.{3})")
_YE_AFTER_VOWEL: Final = re.compile(
    "(?<=[ae])[yij]?e(?=(?:v|w|ff?)(?:a|s|as|ich|itch|itsch|na)?$)|(?<=[ou])[yij]?e(?=va?$)"
)
_WRITTEN_ARTICLE: Final = re.compile(r"^[ae](?:l(?=[^aeiou])|([dnrstz])(?=\1))(?=.{5})")
_WRITTEN_PARTICLE: Final = re.compile(
    "^(?:(?:van|von|op|in)de[nrl]?|vant|ter|ten|zum|zur|de(?:l[aol]s?|gli|lla)|dalla|dos|(?:ben|bin)(?![ejn])|ibn|ould)(?=.{4})"
    "|^(?:ben|bin)(?=ali$)|^bel(?=[hkgmq].{3})|^(?:de|di|da|la|le)(?=[^aeiouy].{4})"
)
_CLASS_OF: Final = str.maketrans(
    {
        **dict.fromkeys("aeiouhy"),
        "z": "s",
        "c": "s",
        "j": "s",
        "x": "s",
        "g": "k",
        "q": "k",
        "b": "p",
        "v": "f",
        "w": "f",
        "d": "t",
    }
)
_ABJAD_FOLD: Final = str.maketrans(
    {
        "T": "t",
        "C": "c",
        "H": "h",
        "X": "h",
        "D": "d",
        "Z": "z",
        "S": "s",
        "G": "g",
        "A": "a",
        "B": "b",
        "K": "k",
        "P": "p",
        "w": "u",
        "y": "i",
    }
)


def fold(spelling: str) -> str:
    """The sound form of one Latin spelling; letters a-z only, doubled letters once.

    The servant of Abd al-Rahman has one article however it is spoken (Abdelrahman, Abderrahmane, Abdurrahman), and the
    Russian ye after a vowel one spelling (Musaev, Musayev, Mussajew).
    """
    low = ascii_form(spelling.translate(_DIACRITICS))
    if low.endswith("c"):
        low = low[:-1] + "C"
    if low.startswith("abd"):
        low = _ABD.sub("abdu", low)
    if "ev" in low or "ew" in low or "ef" in low:
        low = _YE_AFTER_VOWEL.sub("Ie", low)
    sounded = _SOUND.sub(_sound, low).replace("X", "ks")
    return _singled(sounded.translate(_GLIDES).lower())


def _abjad_reading(letters: str) -> str:
    for written, said in _ABJAD_READINGS:
        letters = letters.replace(written, said)
    return letters


def _sound(found: re.Match[str]) -> str:
    return _SOUND_OF[found.group()]


def _singled(text: str) -> str:
    """The text with letters that stand several times in a row once."""
    return "".join(letter for letter, before in zip(text, "\n" + text, strict=False) if letter != before)


def folds(spellings: tuple[str, ...], script: Script) -> tuple[str, ...]:
    """The sound forms of a word, at most five.

    Of each romanisation, and of the readings a Latin spelling leaves open.
    """
    if script in {Script.ARABIC, Script.HEBREW}:
        read = [variant for spelling in spellings for variant in (spelling, _abjad_reading(spelling))]
        return tuple(dict.fromkeys(spelling.translate(_ABJAD_FOLD) for spelling in read))
    out: dict[str, None] = {}
    for spelling in spellings:
        out.setdefault(fold(spelling))
    if script is Script.LATIN and spellings:
        word = spellings[0]
        for variant in readings(word):
            out.setdefault(fold(variant))
    elif script is Script.OTHER and spellings:
        for variant in asian_readings(spellings[0]):
            out.setdefault(fold(variant))
    return tuple(form for form in list(out)[:5] if form)


def stems(form: str) -> tuple[str, ...]:
    """A sound form without the endings that a surname takes by sex or language.

    Ivanova and Ivanov, Lavrovs and Lavrov, Novotná and Novotny, Kowalska and Kowalski, Petrauskaitė and Petrauskas,
    Horakova and Horak.
    """
    if len(form) < 6:
        return ()
    slavic = _SLAVIC_END.sub(r"\1", form)
    if slavic != form and len(slavic) >= 4:
        return (slavic, form[:-3]) if _CZECH_K.search(form) else (slavic,)
    if len(form) > 7 and (man := _LITHUANIAN_WOMAN.sub("", form)) != form:
        return (man,)
    baltic = _BALTIC_END.sub("", form)
    return (baltic,) if baltic != form and len(baltic) >= 4 else ()


def without_written_article(word: str) -> str:
    """A Latin word without an Arabic article written onto it: Alshaikh, Elmalki, and with its l turned, Ennajjar.

    Empty when there is none. Some words only look like it (Alfredo); what is left is one more spelling to find them by.
    """
    bare = _WRITTEN_ARTICLE.sub("", word)
    return bare if bare != word else ""


def without_written_particle(word: str) -> str:
    """A Latin word without particles written onto it: Vanderheyden, Delacruz, Digregorio, Benali.

    Empty when there are none. As with the article, what is left is one more spelling to find it by.
    """
    bare = _WRITTEN_PARTICLE.sub("", word)
    return bare if bare != word else ""


def czech_man(word: str) -> str:
    """The surname of the husband or father of a Czech woman: Nováková, Novák. Empty without the long á that tells."""
    bare = _CZECH_WOMAN.sub("", word)
    return bare if bare != word else ""


def skeleton(form: str) -> str:
    """The consonants of a sound form by coarse class.

    Labials, dentals, velars and sibilants are one class each; nasals and liquids stand alone; h and glides fall.
    """
    return _singled(form.translate(_CLASS_OF))


def abjad_skeletons(letters: str) -> tuple[str, ...]:
    """The skeletons an Arabic or Hebrew word may have in Latin.

    W read as vowel or v, the soft and hard readings of b, p, j, th. At most six.
    """
    forms = [""]
    for position, letter in enumerate(letters):
        choices = _ABJAD_CLASSES.get(letter, letter)
        if letter == "w" and position == 0:
            choices = "f"
        if len(forms) * len(choices) > 6:
            choices = choices[:1]
        forms = [form + choice.strip("-") for form in forms for choice in choices]
    return tuple(dict.fromkeys(_singled(form) for form in forms))


_ABJAD_CLASSES: Final = {
    "a": "-",
    "i": "-",
    "u": "-",
    "e": "-",
    "o": "-",
    "y": "-",
    "h": "-",
    "H": "-",
    "X": "-",
    "A": "-t",
    "w": "-f",
    "b": "p",
    "B": "pf",
    "P": "pf",
    "p": "p",
    "f": "f",
    "v": "f",
    "t": "t",
    "d": "t",
    "T": "ts",
    "D": "ts",
    "z": "s",
    "s": "s",
    "S": "s",
    "Z": "s",
    "C": "s",
    "c": "s",
    "j": "sk",
    "q": "k",
    "k": "k",
    "g": "k",
    "G": "k",
    "K": "k-",
    "l": "l",
    "m": "m",
    "n": "n",
    "r": "r",
}
