"""Times and dates in words, in the reader's language and zone (shared/ui: words first, the exact instant below)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from babel.dates import format_date, format_skeleton, get_timezone_name
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

WORDS_FROM_DAYS = 14  # from here on hours say nothing to a reader


PATTERNS: Mapping[str, Mapping[str, str]] = {
    "en": {  # in the order of the European style guide, not the American
        "yMMMEd": "EEE d MMM yyyy",
        "MMMEd": "EEE d MMM",
        "yMMMd": "d MMM yyyy",
        "MMMd": "d MMM",
        "yMMMM": "LLLL yyyy",
    },
    "lv": {  # in figures: a written month would need the case that the sentence around it asks for
        "yMMMEd": "EEE dd.MM.yyyy",
        "MMMEd": "EEE dd.MM.",
        "yMMMd": "dd.MM.yyyy",
        "MMMd": "dd.MM.",
        "yMMMM": "yyyy. 'gada' LLLL",
    },
}
"""How days are written, by language and by what CLDR calls the skeleton: the parts that are shown."""


def locale() -> str:
    """Return the language that Babel should write in."""
    return (get_language() or "en").replace("-", "_")


def _written(value: date, skeleton: str) -> str:
    """Return a day in the way of its language; languages without a way of their own get the one of Unicode CLDR."""
    pattern = PATTERNS.get(locale(), {}).get(skeleton)
    if pattern is None:
        return format_skeleton(skeleton, value, locale=locale())
    return format_date(value, pattern, locale=locale())


def instant(at: datetime, *, year: bool = True) -> str:
    """Return ``Sat 21 Nov 2026, 03:12 CET`` in the reader's language and zone."""
    local = timezone.localtime(at)
    written = _written(local, "yMMMEd" if year else "MMMEd")
    zone = local.tzname() or get_timezone_name(local, locale=locale())
    return f"{written}, {local:%H:%M} {zone}"


def short(at: datetime) -> str:
    """Return ``21 Nov, 03:12 CET``: where the year stands beside it."""
    local = timezone.localtime(at)
    zone = local.tzname() or get_timezone_name(local, locale=locale())
    return f"{_written(local, 'MMMd')}, {local:%H:%M} {zone}"


def instant_to_the_second(at: datetime) -> str:
    """Return ``21 Nov, 03:12:04 CET``: receipts are compared to the second."""
    local = timezone.localtime(at)
    zone = local.tzname() or get_timezone_name(local, locale=locale())
    return f"{_written(local, 'MMMd')}, {local:%H:%M:%S} {zone}"


def clock_time(at: datetime) -> str:
    """Return ``08:55`` in the reader's zone."""
    return f"{timezone.localtime(at):%H:%M}"


def day(on: date) -> str:
    """Return ``6 Nov 2026`` in the reader's language."""
    value = timezone.localtime(on) if isinstance(on, datetime) else on
    return _written(value, "yMMMd")


def partial_date(year: int | None, month: int | None = None, on_day: int | None = None) -> str:
    """Return a date of which parts may be unknown, saying what is unknown; nothing is ever filled in."""
    if year is None:
        return _("date not known")
    if month is None:
        return _("%(year)s, day and month not known") % {"year": year}
    if on_day is None:
        words = _written(date(year, month, 1), "yMMMM")
        return _("%(month)s, day not known") % {"month": words}
    return day(date(year, month, on_day))


def known_parts(year: int, month: int | None = None, on_day: int | None = None) -> str:
    """Return only the parts of a date that are known, for the middle of a sentence: ``1984``, ``March 1984``."""
    if month is None:
        return f"{year:04}"
    return day(date(year, month, on_day)) if on_day else _written(date(year, month, 1), "yMMMM")


def duration(length: timedelta) -> str:
    """Return a positive length in words: ``7 h 29 min``, ``1 day 14 h``, ``51 days``."""
    minutes = max(0, int(length.total_seconds() // 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days >= WORDS_FROM_DAYS:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    if days:
        words = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
        return words if not hours else _("%(days)s %(hours)s h") % {"days": words, "hours": hours}
    if hours and not minutes:
        return _("%(hours)s h") % {"hours": hours}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)s min") % {"minutes": minutes}


def due(at: datetime | None, now: datetime) -> str:
    """Return how much time is left or gone: ``In 7 h 29 min``, ``Overdue 3 h 12 min``, ``No limit``."""
    if at is None:
        return _("No limit")
    if at >= now:
        return _("In %(time)s") % {"time": duration(at - now)}
    return _("Overdue %(time)s") % {"time": duration(now - at)}


def waiting(since: datetime, now: datetime) -> str:
    """Return ``Waiting 9 days``."""
    return _("Waiting %(time)s") % {"time": duration(now - since)}
