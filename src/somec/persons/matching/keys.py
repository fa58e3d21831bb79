"""What the index knows of one name part: its spellings, sound forms, equivalents, and the keys under which it is found.

Everything here depends on the word alone, so it is worked out once for each different word and kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Final
from zlib import crc32

from somec.persons.matching import folding
from somec.persons.matching.equivalence import equivalents
from somec.persons.matching.romanise import ascii_form, romanisations
from somec.persons.matching.scripts import ABJADS, MAX_TOKEN_CHARACTERS, Script, is_syllable, script_of

MAX_FORMS: Final = 6
SHORT_FORM: Final = 5
"""Letters of a sound form up to which a word with one letter less, more or other is looked for by that alone."""


@dataclass(frozen=True, slots=True)
class WordKeys:
    """The comparable nature of one word.

    `plain` is one Latin spelling, `forms` the sound forms (the last `stems` of them without ending), `names` and
    `nicks` hashed equivalents, `sounds` a mask of consonant classes, `sure` the keys that alone make another word
    worth comparing (sound form, skeleton, equivalents), `loose` the keys of words one error away (a skeleton without
    one consonant, a short sound form without one letter), `grams` the trigrams of sound forms of which several must
    agree.
    """

    plain: bytes
    forms: tuple[bytes, ...]
    stems: int
    script: Script
    names: tuple[int, ...]
    nicks: tuple[int, ...]
    sounds: int
    sure: tuple[int, ...]
    loose: tuple[int, ...]
    grams: tuple[int, ...]


def key_hash(text: str) -> int:
    """A 64-bit hash of a key that is the same in every process and release (BLAKE2b).

    Documents and ids are found by it alone or nearly so; two CRCs together would be no better than one of 32 bits.
    """
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def bucket_key(text: str) -> int:
    """A 32-bit hash for keys that only choose a bucket (CRC-32)."""
    return crc32(text.encode())


@lru_cache(maxsize=131072)
def word_keys(word: str) -> WordKeys:
    """Everything the index and the comparison need of one cleaned word."""
    script = script_of(word)
    spellings = romanisations(word, script)
    abjad = script in ABJADS
    plain = spellings[0] if abjad and spellings else ascii_form(spellings[0]) if spellings else ""
    if len(word) == 1:  # Ш. is an initial, and of Sharov as well; 张 and 이 are names
        plain = plain[:1] if not is_syllable(word) else plain if len(plain) > 1 else plain * 2
    forms = folding.folds(spellings, script)
    stems = _stems(word, forms, script)[: MAX_FORMS - len(forms)] if not abjad else ()
    everything = forms + stems
    names, nicks = equivalents(word)
    sure = set(names) | {nick ^ 0x5BD1E995 for nick in nicks}
    sure |= {bucket_key("f" + form) for form in everything}
    loose: set[int] = set()
    for bones in (
        folding.abjad_skeletons(spellings[0])
        if abjad and spellings
        else (folding.skeleton(form) for form in everything)
    ):
        if len(bones) >= 2:
            sure.add(bucket_key("k" + bones))
        loose |= _one_left_out("d", bones, 3)
    for form in everything:
        if len(form) <= SHORT_FORM:
            loose |= _one_left_out("x", form, 2)
    grams: set[int] = set()
    for form in everything if not abjad else ():
        grams |= {bucket_key("g" + gram) for gram in _grams(form)}
    return WordKeys(
        plain.encode("ascii", "replace")[:MAX_TOKEN_CHARACTERS],
        tuple(form.encode("ascii", "replace")[:MAX_TOKEN_CHARACTERS] for form in everything),
        len(stems),
        script,
        names,
        nicks,
        _sounds(everything),
        tuple(sure),
        tuple(loose),
        tuple(grams),
    )


def _stems(word: str, forms: tuple[str, ...], script: Script) -> tuple[str, ...]:
    """The sound forms of a word without its grammatical ending or a written-on article or particle."""
    found = [stem for form in forms for stem in folding.stems(form)]
    if script is Script.LATIN:
        bare = folding.without_written_article(word), folding.without_written_particle(word), folding.czech_man(word)
        found += [folding.fold(one) for one in bare if one]
    return tuple(dict.fromkeys(stem for stem in found if stem not in forms))


def _sounds(forms: tuple[str, ...]) -> int:
    """One bit for each class of consonants in any of the forms."""
    mask = 0
    for form in forms:
        for letter in folding.skeleton(form):
            mask |= 1 << (ord(letter) & 31)
    return mask & 0x7FFFFFFF


def _grams(form: str) -> set[str]:
    """Trigrams with the edges marked; the first letter counts by a bigram of its own because errors there are rare."""
    marked = f"^{form}$"
    return {marked[start : start + 3] for start in range(len(marked) - 2)}


def _one_left_out(kind: str, letters: str, least: int) -> set[int]:
    """`letters` whole and with each one left out, so that one wrong, missing or added one on either side is forgiven.

    Shorter ones than `least` are too common; those of that length are whole only, for others that have one more.
    """
    if len(letters) < least:
        return set()
    keys = {bucket_key(kind + letters)}
    if len(letters) > least:
        keys |= {bucket_key(kind + letters[:cut] + letters[cut + 1 :]) for cut in range(len(letters))}
    return keys
