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


def language_name(code: str, lang: str = ENGLISH) -> Label:
    """Return the name of a language (ISO 639-1); a code that CLDR does not know stands for itself."""
    for wanted in (primary(lang), ENGLISH):
        locale = _locale(wanted)
        name = locale.languages.get(code) if locale else None
        if name:
            return Label(str(name), wanted, translated=wanted == primary(lang))
    return Label(code, ENGLISH, translated=False)
