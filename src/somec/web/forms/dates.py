"""Dates as people write them: whole days, and dates of which parts are unknown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from somec.kernel.errors import Invalid
from somec.persons.dates import PartialDate
from somec.web.words import Word

_APART: Final = r"\s*[./ -]\s*"
_PART: Final = r"(\d{1,2}|[xX?]{1,2})"
_DAY_FIRST: Final = re.compile(rf"{_PART}{_APART}{_PART}{_APART}(\d{{4}})\.?")
_MONTH_FIRST: Final = re.compile(rf"(\d{{1,2}}){_APART}(\d{{4}})\.?")
_YEAR_FIRST: Final = re.compile(rf"(\d{{4}})(?:{_APART}{_PART}(?:{_APART}{_PART})?)?\.?")


def _latin_digits(text: str) -> str:
    """Return the text with the digits of every script as 0 to 9."""
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)


def iso(text: str) -> str:
    """Return a date, written in any common order and script, as year, month, day (ISO 8601).

    What is zero or crossed out is left out, with everything below it. What is no date comes back as it is.
    """
    text = _latin_digits(text.strip())
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    elif found := _MONTH_FIRST.fullmatch(text):
        (month, year), day = found.groups(), ""
    elif found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (part or "" for part in found.groups())
    else:
        return text
    parts = [year]
    for part in (month, day):
        if not part.isdecimal() or not int(part):
            break
        parts.append(f"{int(part):02}")
    return "-".join(parts)


class DayField(forms.DateField):
    """A calendar day: chosen in the browser, or written as 21.11.2026 or 2026-11-21 where that has no calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        kwargs.setdefault("error_messages", {"invalid": _("Write the day, such as 21.11.2026.")})
        kwargs["error_messages"].setdefault("required", _("Write the day."))
        super().__init__(input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"], **kwargs)


MISTAKES: Final[Mapping[str, Word]] = {
    "date.malformed": _("Write a year, a month and year, or a day: 1984, 03.1984 or 17.03.1984."),
    "date.year": _("This year is not possible."),
    "date.month": _("A month is 01 to 12."),
    "date.day": _("This month has no such day."),
    "date.day_without_month": _("A day needs its month."),
    "date.not_a_leap_year": _("29 February exists in leap years only; this is none."),
}


class PartialDateField(forms.CharField):
    """A date of which only a part may be known, as people write it: 1984, 03.1984, 17.03.1984, 1984-03-17."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("As far as known: 1984, 03.1984 or 17.03.1984. Never fill in 1 January."))
        super().__init__(max_length=14, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return a partial date, or None where nothing was written."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return PartialDate.parse(iso(text))
        except Invalid as error:
            raise forms.ValidationError(str(MISTAKES[error.code])) from error
