"""Dates of which only a part is known."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somec.kernel.errors import Invalid
from somec.persons import dates
from somec.persons.dates import PartialDate


@pytest.mark.parametrize(
    ("text", "year", "month", "day"),
    [("1984", 1984, None, None), ("1984-03", 1984, 3, None), (" 1984-03-07 ", 1984, 3, 7), ("2024-02-29", 2024, 2, 29)],
)
def test_read_what_is_known(text: str, year: int, month: int | None, day: int | None) -> None:
    known = PartialDate.parse(text)
    assert (known.year, known.month, known.day) == (year, month, day)
    assert str(known) == text.strip()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "date.malformed"),
        ("84-03-07", "date.malformed"),
        ("1984-3", "date.malformed"),
        ("7.3.1984", "date.malformed"),
        ("١٩٨٤", "date.malformed"),
        ("0000-01-01", "date.year"),
        ("1984-13", "date.month"),
        ("1984-00", "date.month"),
        ("1984-04-31", "date.day"),
        ("1983-02-29", "date.not_a_leap_year"),
        ("1984-02-30", "date.day"),
        ("1984-03-00", "date.day"),
    ],
)
def test_an_impossible_date_is_named(text: str, code: str) -> None:
    with pytest.raises(Invalid) as error:
        PartialDate.parse(text)
    assert error.value.code == code


def test_a_day_without_a_month_is_no_date() -> None:
    with pytest.raises(Invalid, match="day_without_month"):
        PartialDate(1984, None, 7)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1984", "1984-03-07", True),
        ("1984-03", "1984-03-07", True),
        ("1984-03-07", "1984-03-17", False),
        ("1984-03", "1984-04", False),
        ("1984", "1985", False),
        ("1984", "1984", True),
    ],
)
def test_two_dates_agree_where_no_known_part_differs(one: str, other: str, same: bool) -> None:
    assert PartialDate.parse(one).agrees(PartialDate.parse(other)) is same
    assert PartialDate.parse(other).agrees(PartialDate.parse(one)) is same


@pytest.mark.parametrize(
    ("born", "at", "ages"),
    [
        ("1984-03-07", "2002-03-07", (18, 18)),
        ("1984-03-07", "2002-03-06", (17, 17)),
        ("1984", "2002", (17, 18)),
        ("1984-03", "2002-03", (17, 18)),
        ("2004-02-29", "2022-02-28", (17, 17)),
        ("1984", "2002-12-31", (18, 18)),
    ],
)
def test_age_is_a_range_where_dates_are_partial(born: str, at: str, ages: tuple[int, int]) -> None:
    assert dates.age(PartialDate.parse(born), PartialDate.parse(at)) == ages


def test_only_the_first_of_january_is_a_placeholder() -> None:
    assert PartialDate(1984, 1, 1).placeholder
    assert not PartialDate(1984, 1).placeholder
    assert not PartialDate(1984, 1, 2).placeholder


@given(st.dates(min_value=date(1880, 1, 1)), st.integers(1, 3))
def test_what_is_written_is_read_again_and_lies_within_its_bounds(day: date, parts: int) -> None:
    known = PartialDate(day.year, day.month if parts > 1 else None, day.day if parts > 2 else None)
    assert PartialDate.parse(str(known)) == known
    assert known.earliest <= day <= known.latest
    assert known.full == (day if parts == 3 else None)
    assert known.agrees(PartialDate.of(day))
