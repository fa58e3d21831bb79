"""Figures of the matching engine as people read them: bits with a sign, probabilities in a hundred and in words."""

from __future__ import annotations

from typing import Final

from babel.numbers import format_decimal
from django.utils.translation import gettext as _

from somec.web import times, words_matching

MOST_SHOWN: Final = 99.9
"""Per hundred; the engine never says that it is certain, and rounding must not say it either."""


def date_words(text: str) -> str:
    """Return a date of the engine (EDTF: unknown parts are X) with the parts that are known."""
    year, *rest = (int(part) if part.isdecimal() else None for part in text.split("-"))
    return times.known_parts(year, *rest) if year else text


def number(value: float, digits: int = 1) -> str:
    """Return a number in the reader's way of writing: ``12.4``, ``12,4``, ``41,306``."""
    pattern = "#,##0" if isinstance(value, int) else f"#,##0.{'0' * digits}"
    return str(format_decimal(value, pattern, locale=times.locale()))


def signed(bits: float) -> str:
    """Return bits with their sign, a true minus where they are negative: ``+7.4``."""
    return f"{'−' if bits < 0 else '+'}{number(abs(bits))}"


def in_hundred(probability: float) -> str:
    """Return a probability as ``96.7 in 100``; what rounds to certainty is said as a bound."""
    share = probability * 100
    if share > MOST_SHOWN:
        return _("more than %(n)s in 100") % {"n": number(MOST_SHOWN)}
    if share < 100 - MOST_SHOWN:
        return _("less than %(n)s in 100") % {"n": number(100 - MOST_SHOWN)}
    return _("%(n)s in 100") % {"n": number(share)}


def in_hundred_parts(probability: float) -> tuple[str, str, str]:
    """Return the same in three parts, so that the number can be drawn large: before it, the number, after it."""
    shown = number(min(max(probability * 100, 100 - MOST_SHOWN), MOST_SHOWN))
    return in_hundred(probability).partition(shown)


def likely_words(probability: float) -> str:
    """Return a probability in words."""
    return str(next(text for bound, text in words_matching.LIKELIHOODS if probability >= bound))
