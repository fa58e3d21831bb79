"""Names of states and languages in the reader's language, from CLDR through Babel; no data of our own."""

from __future__ import annotations

from functools import cache

from babel import Locale, UnknownLocaleError

from somec.catalogue.labels import ENGLISH, Label, primary


@cache
def _locale(lang: str) -> Locale | None:
    try:
        return Locale.parse(lang)
    except (UnknownLocaleError, ValueError):
        return None


def territory_name(code: str, lang: str = ENGLISH) -> Label:
    """Return the name of a territory (ISO 3166 alpha-2); a code that CLDR does not know stands for itself."""
    for wanted in (primary(lang), ENGLISH):
        locale = _locale(wanted)
        name = locale.territories.get(code) if locale else None
        if name:
            return Label(str(name), wanted, translated=wanted == primary(lang))
    return Label(code, ENGLISH, translated=False)


# CLDR's names of what is no state: unions, the world's parts, test codes.
_NO_STATES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
# ISO 3166-3: states that were, as they stand in places of birth and in old papers.
_FORMER = frozenset({"AN", "BU", "CS", "DD", "SU", "TP", "YD", "YU", "ZR"})


@cache
def territories() -> frozenset[str]:
    """Return the ISO 3166-1 alpha-2 code of every state and territory of the world."""
    locale = _locale(ENGLISH)
    names = locale.territories if locale else {}
    return frozenset(code for code in names if len(code) == len("LV") and code.isalpha()) - _NO_STATES


@cache
def known_states() -> frozenset[str]:
    """Return every code under which a state can stand in a file: those of today, and those that no longer are."""
    return territories() | _FORMER


def language_name(code: str, lang: str = ENGLISH) -> Label:
    """Return the name of a language (ISO 639-1); a code that CLDR does not know stands for itself."""
    for wanted in (primary(lang), ENGLISH):
        locale = _locale(wanted)
        name = locale.languages.get(code) if locale else None
        if name:
            return Label(str(name), wanted, translated=wanted == primary(lang))
    return Label(code, ENGLISH, translated=False)
