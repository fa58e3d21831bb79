"""Dates of birth as people write and mistake them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somec.persons.matching.dateevidence import date_level
from somec.persons.matching.dates import DateLevel, PartialDate, parse_date

READ = [
    ("1984-04-23", (1984, 4, 23)),
    ("1984-04", (1984, 4, 0)),
    ("1984", (1984, 0, 0)),
    ("1984-04-XX", (1984, 4, 0)),
    ("1984-XX-XX", (1984, 0, 0)),
    ("1984-00-00", (1984, 0, 0)),
    ("19840423", (1984, 4, 23)),
    ("23.04.1984", (1984, 4, 23)),
    ("23/4/1984", (1984, 4, 23)),
    ("1984-23-04", (1984, 4, 23)),
    ("1990-02-31", (1990, 2, 0)),
    ("1990-13-40", (1990, 0, 0)),
    ("١٩٨٤-٠٤-٢٣", (1984, 4, 23)),
    ("1984-04-23T00:00:00", (1984, 4, 23)),
    ("1984?", (1984, 0, 0)),
    ("XXXX-04-23", (0, 4, 23)),
    ("1900-02-29", (1900, 2, 0)),
    ("0000-00-00", None),
    ("soon", None),
    ("", None),
    ("9999-01-01", (0, 1, 1)),
    ("12345", None),
    ("04.1984", (1984, 4, 0)),
    ("13.1984", (1984, 0, 0)),
    ("XX.04.1984", (1984, 4, 0)),
    ("XX.XX.1984", (1984, 0, 0)),
    ("00.00.1984", (1984, 0, 0)),
    ("23. 4. 1984", (1984, 4, 23)),
    ("23.04.1984 r.", (1984, 4, 23)),
    ("1984 г.", (1984, 0, 0)),
    ("23 April 1984", (1984, 4, 23)),
    ("23-OCT-1984", (1984, 10, 23)),
    ("Apr 23, 1984", (1984, 4, 23)),
    ("April 1984", (1984, 4, 0)),
    ("31 February 1984", (1984, 2, 0)),
    ("23 Foo 1984", None),
    ("May", None),
    ("X" * 10_000, None),
    ("1" * 10_000, None),
    ("10:20 1984", None),
]


@pytest.mark.parametrize(("text", "parts"), READ, ids=[row[0][:20] or "empty" for row in READ])
def test_reading(text: str, parts: tuple[int, int, int] | None) -> None:
    found = parse_date(text)
    assert (None if found is None else (found.year, found.month, found.day)) == parts


LEVELS = [
    ("1984-04-23", "1984-04-23", DateLevel.SAME_DAY),
    ("1984-04-05", "1984-05-04", DateLevel.DAY_MONTH_SWAPPED),
    ("1984-04-23", "1984-04-24", DateLevel.DAY_NEAR),
    ("1984-04-12", "1984-04-21", DateLevel.DAY_NEAR),
    ("1984-04-23", "1984-04-10", DateLevel.YEAR_AND_MONTH),
    ("1984-04-23", "1984-07-23", DateLevel.MONTH_NEAR),
    ("1984-04-23", "1985-04-23", DateLevel.YEAR_NEAR),
    ("1984-04-23", "1974-04-23", DateLevel.YEAR_NEAR),
    ("1981-04-23", "1918-04-23", DateLevel.YEAR_NEAR),
    ("1984-04-23", "1936-04-23", DateLevel.DAY_AND_MONTH),
    ("1984-04-23", "1984", DateLevel.YEAR_ONLY),
    ("1984-04-23", "1984-01-01", DateLevel.YEAR_ONLY),
    ("1984-04-23", "1984-04", DateLevel.YEAR_AND_MONTH),
    ("1984-04-23", "1984-07-11", DateLevel.YEAR_SAME),
    ("1984", "1985", DateLevel.YEAR_ADJACENT),
    ("1984", "1988", DateLevel.YEARS_CLOSE),
    ("1984-04-23", "1950-01-02", DateLevel.DIFFERENT),
    ("1984-01-01", "1950-01-01", DateLevel.DIFFERENT),
    ("XXXX-04-23", "1984-04-23", DateLevel.DAY_AND_MONTH),
    ("XXXX-04-22", "1984-04-23", DateLevel.MISSING),
]


@pytest.mark.parametrize(("left", "right", "level"), LEVELS, ids=[f"{row[0]} {row[1]}" for row in LEVELS])
def test_levels_of_evidence(left: str, right: str, level: DateLevel) -> None:
    one, two = parse_date(left), parse_date(right)
    assert one is not None
    assert two is not None
    assert DateLevel(date_level(one.packed, two.packed)) is level


DATES = st.builds(PartialDate, st.integers(1900, 2020), st.integers(0, 12), st.integers(0, 28)).map(
    lambda date: date if date.month else PartialDate(date.year)
)


@given(DATES, DATES)
def test_levels_do_not_depend_on_the_order(left: PartialDate, right: PartialDate) -> None:
    assert date_level(left.packed, right.packed) == date_level(right.packed, left.packed)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = parse_date(text)
    assert found is None or (found.year or found.month)


def test_a_partial_date_is_written_as_edtf() -> None:
    assert [
        str(date) for date in (PartialDate(1984, 4, 23), PartialDate(1984, 4), PartialDate(1984), PartialDate(0, 4, 23))
    ] == ["1984-04-23", "1984-04-XX", "1984", "XXXX-04-23"]
