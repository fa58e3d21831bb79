"""How work is sorted by the time that is left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from somec.alerts.rules import Bar, Group, bar, group

NOW = datetime(2026, 11, 21, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "part", "mark"),
    [
        (timedelta(microseconds=-1), Group.OVERDUE, Bar.OVERDUE),
        (timedelta(days=-40), Group.OVERDUE, Bar.OVERDUE),
        (timedelta(0), Group.TODAY, Bar.SHIFT),
        (timedelta(hours=8), Group.TODAY, Bar.SHIFT),
        (timedelta(hours=8, microseconds=1), Group.TODAY, Bar.NONE),
        (timedelta(hours=24), Group.TODAY, Bar.NONE),
        (timedelta(hours=24, microseconds=1), Group.WEEK, Bar.NONE),
        (timedelta(days=7), Group.WEEK, Bar.NONE),
        (timedelta(days=7, microseconds=1), Group.LATER, Bar.NONE),
    ],
)
def test_parts_of_the_list(left: timedelta, part: Group, mark: Bar) -> None:
    assert group(NOW + left, NOW) is part
    assert bar(NOW + left, NOW) is mark


def test_no_limit_is_a_part_of_its_own() -> None:
    assert group(None, NOW) is Group.NO_LIMIT
    assert bar(None, NOW) is Bar.NONE


def test_the_shift_is_the_nodes_own() -> None:
    assert bar(NOW + timedelta(hours=9), NOW, shift=timedelta(hours=12)) is Bar.SHIFT
