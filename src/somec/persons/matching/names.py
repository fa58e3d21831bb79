"""From a written name to the parts that are compared.

A name is taken as it is written, in any order: "PUTIN, Vladimir", "Vladimir Putin", given and family name apart. What
carries no identity is set aside (titles, particles, the words for
son and daughter), what is one name in several words is put together (Abd al-Rahman, Saif al-Din, Mac Donald),
initials stay as initials.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from somec.persons.matching.compounds import is_article, joined
from somec.persons.matching.namewords import HONORIFICS, NAMES_AT_THE_END, NEVER_NAMES, NO_INITIALS, PARTICLES, TITLES
from somec.persons.matching.scripts import MAX_TOKEN_CHARACTERS, MAX_TOKENS, Script, script_of, words


class Role(IntEnum):
    """What a part of a name is, where the source says so; the number is stored in the index."""

    UNKNOWN = 0
    GIVEN = 1
    FAMILY = 2
    PATRONYMIC = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One comparable part of a name: its cleaned spelling, script, and role."""

    text: str
    script: Script
    role: Role = Role.UNKNOWN


_TWO_INITIALS: Final = re.compile("[bcdfghjklmnpqrstvwxz]{2}")
_PATRONYMIC: Final = re.compile(
    r"(?:(?:ov|ev|yev|iev|iov)i(?:ch|c|č|ć|ts|tsch)|[oiye]vych|(?:ov|ev|iv|iev|yiv|jiv)n[aа]|ini?chna|ович|евич|ьич|овна|евна|инична|ович|евич|івна|ївна|йович|ович|івич|авіч|евіч|аўна|еўна)$"
)
_DOTTED: Final = re.compile(r"(?i)\b(?:([yi](?=[uae]\.)|[zkcst](?=h\.)|t(?=s\.))[a-z]\.|(ma\.|m\.?ª))")
"""One letter of another script in two of Latin, as an initial (Yu. Zh. Kh. Ts.); the Spanish Ma. and Mª for María."""
_ARABIC_ARTICLE: Final = "ال"
_COMMA: Final = re.compile(r"[,،]")


def parts_of(full: str = "", *, given: str = "", family: str = "", patronymic: str = "") -> tuple[Part, ...]:
    """The comparable parts of one name, in written order, at most `MAX_TOKENS`.

    Empty when nothing in it can be a name.
    """
    if not (given or family or patronymic):
        return _parts(full, Role.UNKNOWN)
    labelled = (*_parts(given, Role.GIVEN), *_parts(patronymic, Role.PATRONYMIC), *_parts(family, Role.FAMILY))
    return labelled[:MAX_TOKENS] if labelled else _parts(full, Role.UNKNOWN)


@lru_cache(maxsize=65536)
def _parts(text: str, role: Role) -> tuple[Part, ...]:
    if text.isascii() and text.isalpha() and (text.istitle() or text.isupper() or text.islower()):
        return (Part(text.lower()[:MAX_TOKEN_CHARACTERS], Script.LATIN, role),)  # as below, for most names there are
    found = words(_DOTTED.sub(_written_out, text) if "." in text or "ª" in text else text)
    if not found:
        return ()
    if role is Role.UNKNOWN and _COMMA.search(text):
        found = _after_comma(text) or found
    kept = joined(_initials_apart(_without_titles(found)))
    bare = [word for position, word in enumerate(kept) if not _is_particle(word, position, kept)]
    if not bare or (len(bare) == 1 and len(bare[0]) < 3):
        bare = kept
    out = []
    for word in bare:
        script = script_of(word)
        shorn = _without_article(word, script)
        out.append(
            Part(
                shorn,
                script,
                Role.PATRONYMIC
                if role in {Role.UNKNOWN, Role.GIVEN} and is_patronymic(shorn) and len(bare) > 1
                else role,
            )
        )
    return tuple(out)


def _written_out(found: re.Match[str]) -> str:
    return "Maria " if found[2] else found[1] + " "


def is_patronymic(word: str) -> bool:
    """Whether a word has the form of an East Slavic patronymic (Ivanovich, Ивановна, Іванівна).

    Such a part is often left out, so its absence says little; South Slavic surnames in -ović share the form.
    """
    return len(word) > 5 and _PATRONYMIC.search(word) is not None


def _after_comma(text: str) -> list[str]:
    """Take "Family, Given" as given before family, so that written order means the same everywhere."""
    family, _, rest = _COMMA.sub(",", text).partition(",")
    return (words(rest) + words(family))[:MAX_TOKENS]


def _without_titles(found: list[str]) -> list[str]:
    kept = [word for word in found if word not in NEVER_NAMES] or found
    inside = [word for word in kept[1:-1] if word not in HONORIFICS]
    kept = [*kept[:1], *inside, *kept[1:][-1:]]
    while len(kept) > 2 and kept[0] in TITLES:
        kept = kept[1:]
    while len(kept) > 2 and kept[-1] in TITLES and kept[-1] not in NAMES_AT_THE_END:
        kept = kept[:-1]
    return kept


def _initials_apart(found: list[str]) -> list[str]:
    """Take the initials of "JC Juncker" apart: two consonants that make no name, beside a longer word."""
    if max(map(len, found)) < 3:
        return found
    return [
        piece
        for word in found
        for piece in (word if _TWO_INITIALS.fullmatch(word) and word not in NO_INITIALS else (word,))
    ]


def _is_particle(word: str, position: int, kept: list[str]) -> bool:
    """Ben, Al and Na are names at the start of a short name, particles inside one; y, e and i are initials outside."""
    count = len(kept)
    if len(word) == 1 and position in {0, count - 1}:
        return False
    if word not in PARTICLES:
        return len(word) < 4 and position + 1 < count > 2 and is_article(word, kept[position + 1])
    return not (count == 2 and len(word) > 1) and not (
        position == 0 and word in {"ben", "al", "na", "an", "van", "le", "lo"} and count <= 2
    )


def _without_article(word: str, script: Script) -> str:
    """Arabic writes the article onto the word (الحسن); Latin writes it apart, so it goes."""
    if script is Script.ARABIC and word.startswith(_ARABIC_ARTICLE) and len(word) > 4:
        return word[2:]
    return word
