"""How much time is left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somec.deadlines.counting import count
from somec.deadlines.shapes import Limit, Suspension, Unit
from somec.deadlines.timeliness import Standing, Timeliness, timeliness, until

START = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("hours_on", "expected"),
    [
        (0, Timeliness(Standing.RUNNING, remaining=48 * HOUR)),
        (23.99, Timeliness(Standing.RUNNING, remaining=24.01 * HOUR)),
        (24, Timeliness(Standing.DUE_SOON, remaining=24 * HOUR)),
        (47, Timeliness(Standing.DUE_SOON, remaining=HOUR)),
        (48, Timeliness(Standing.DUE_SOON, remaining=timedelta())),
        (51, Timeliness(Standing.OVERDUE, passed=3 * HOUR)),
    ],
)
def test_forty_eight_hours_run_out(hours_on: float, expected: Timeliness) -> None:
    assert timeliness(count(Limit(Unit.HOURS, 48), START, "NL"), START + hours_on * HOUR) == expected


def test_a_microsecond_past_due_is_overdue() -> None:
    found = count(Limit(Unit.CALENDAR_DAYS, 1), START, "NL")
    assert found.due is not None
    assert until(found.due, found.due).standing is Standing.DUE_SOON
    assert until(found.due, found.due + timedelta(microseconds=1)).standing is Standing.OVERDUE


def test_what_soon_means_is_the_callers_choice() -> None:
    found = count(Limit(Unit.HOURS, 48), START, "NL")
    assert timeliness(found, START + 40 * HOUR, soon=4 * HOUR).standing is Standing.RUNNING


def test_without_limit_standing_still_and_at_once() -> None:
    later = START + 5 * HOUR
    assert timeliness(count(Limit(Unit.NO_LIMIT), START, "NL"), later) == Timeliness(Standing.NO_LIMIT)
    still = count(Limit(Unit.HOURS, 8), START, "NL", [Suspension(START + HOUR, None, "x")])
    assert timeliness(still, later) == Timeliness(Standing.SUSPENDED)
    at_once = count(Limit(Unit.IMMEDIATELY), START, "NL")
    assert timeliness(at_once, later) == Timeliness(Standing.AT_ONCE, passed=5 * HOUR)
    assert timeliness(at_once, START - HOUR) == Timeliness(Standing.AT_ONCE, passed=timedelta())


@given(
    st.datetimes(timezones=st.just(UTC), min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001
    st.timedeltas(timedelta(days=-900), timedelta(days=900)),
    st.timedeltas(timedelta(), timedelta(days=30)),
)
def test_time_left_and_time_passed_add_up(due: datetime, distance: timedelta, soon: timedelta) -> None:
    found = until(due, due - distance, soon=soon)
    assert (found.remaining is None) != (found.passed is None)
    assert (found.standing is Standing.OVERDUE) == (distance < timedelta())
    assert abs(distance) == (found.remaining if found.remaining is not None else found.passed)
    assert (found.standing is Standing.DUE_SOON) == (timedelta() <= distance <= soon)
