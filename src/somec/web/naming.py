"""What states and dates of birth are called in the reader's language; for filters and for pages alike."""

from __future__ import annotations

from typing import Final

from babel import Locale

from somec.web import times

_WITH_ARTICLE: Final = {"en": {"NL": "the Netherlands"}}
"""States whose name takes an article within a sentence; at its beginning the template writes it large."""


def state_name(code: str) -> str:
    """Write a state by its name in the reader's language; an unknown code stays as it is."""
    return str(Locale.parse(times.locale()).territories.get(code, code))


def in_text(code: str) -> str:
    """Write a state's name as it stands within a sentence: ``What the Netherlands will see``."""
    return _WITH_ARTICLE.get(times.locale()[:2], {}).get(str(code)) or state_name(code)


def born_words(born: str) -> str:
    """Write dates of birth as a list keeps them (``1984-03 / 1984-03-17``), part by part, nothing filled in."""
    dates = [one for one in born.split(" / ") if one]
    if not dates:
        return times.partial_date(None)
    return " / ".join(times.partial_date(*(int(part) for part in one.split("-") if part.isdecimal())) for one in dates)
