"""Days and lengths as the reader's language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from somec.web import times

AT = datetime(2026, 11, 21, 1, 12, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "written", "short", "day"),
    [
        ("en", "Sat 21 Nov 2026, 03:12 EET", "21 Nov, 03:12 EET", "21 Nov 2026"),
        ("lv", "sestd. 21.11.2026, 03:12 EET", "21.11., 03:12 EET", "21.11.2026"),
        ("fi", "la 21.11.2026, 03:12 EET", "21.11., 03:12 EET", "21.11.2026"),  # no way of its own here: Unicode CLDR
    ],
)
def test_a_day_is_written_as_its_language_does(language: str, written: str, short: str, day: str) -> None:
    with translation.override(language), timezone.override("Europe/Riga"):
        assert times.instant(AT) == written
        assert times.short(AT) == short
        assert times.day(date(2026, 11, 21)) == day


def test_what_is_not_known_of_a_date_is_said() -> None:
    with translation.override("lv"):
        assert times.partial_date(1984, 3) == "1984. gada marts, diena nav zināma"
        assert times.partial_date(1984) == "1984, diena un mēnesis nav zināmi"
        assert times.partial_date(None) == "datums nav zināms"


@pytest.mark.parametrize(
    ("days", "words"), [(21, "21 diena"), (22, "22 dienas"), (30, "30 dienas"), (111, "111 dienas"), (14, "14 dienas")]
)
def test_latvian_counts_end_as_their_last_figure_asks(days: int, words: str) -> None:
    with translation.override("lv"):
        assert times.duration(timedelta(days=days)) == words
