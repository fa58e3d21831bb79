"""What must hold for every limit, start, state and suspension; counted a second time by other people's code."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from somec.catalogue import queries
from somec.deadlines.calendars import calendar_of, public_holidays
from somec.deadlines.counting import count
from somec.deadlines.rules import is_working_day
from somec.deadlines.shapes import Deadline, Limit, Suspension, Unit
from somec.kernel import canonical

STATES = st.sampled_from([state.id for state in queries.states()])
STARTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
COUNTED = st.sampled_from([Unit.HOURS, Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.WEEKS, Unit.MONTHS])
IN_DAYS = st.sampled_from([Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.WEEKS, Unit.MONTHS])
VALUES = st.integers(1, 40)


@st.composite
def suspensions(draw: st.DrawFn) -> Suspension:
    start = draw(STARTS)
    return Suspension(start, start + draw(st.timedeltas(timedelta(minutes=1), timedelta(days=60))), "x")


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, datetime, Unit, int, list[Suspension]]:
    start = draw(STARTS)
    pauses = [
        Suspension(
            start + draw(st.timedeltas(timedelta(days=-5), timedelta(days=40))),
            start + timedelta(days=40) + draw(st.timedeltas(timedelta(minutes=1), timedelta(days=20))),
            "x",
        )
        if draw(st.booleans())
        else _short(start, draw(st.timedeltas(timedelta(days=-5), timedelta(days=40))), draw(st.integers(1, 5000)))
        for _ in range(draw(st.integers(0, 3)))
    ]
    return draw(STATES), start, draw(COUNTED), draw(VALUES), pauses


def _short(start: datetime, after: timedelta, minutes: int) -> Suspension:
    return Suspension(start + after, start + after + timedelta(minutes=minutes), "x")


def _due(found: Deadline) -> datetime:
    assert found.due is not None
    return found.due


@given(cases())
def test_more_is_never_earlier(case: tuple[str, datetime, Unit, int, list[Suspension]]) -> None:
    state, start, unit, value, pauses = case
    less, more = (count(Limit(unit, many), start, state, pauses) for many in (value, value + 1))
    assert _due(more) >= _due(less) > start


@given(cases(), st.timedeltas(timedelta(days=-5), timedelta(days=60)), st.integers(1, 20_000))
def test_a_suspension_only_delays(
    case: tuple[str, datetime, Unit, int, list[Suspension]], after: timedelta, minutes: int
) -> None:
    state, start, unit, value, pauses = case
    before = _due(count(Limit(unit, value), start, state, pauses))
    assert _due(count(Limit(unit, value), start, state, [*pauses, _short(start, after, minutes)])) >= before


@given(cases(), st.timedeltas(timedelta(minutes=1), timedelta(days=20)))
def test_a_longer_suspension_never_ends_earlier(
    case: tuple[str, datetime, Unit, int, list[Suspension]], longer: timedelta
) -> None:
    state, start, unit, value, pauses = case
    stretched = [Suspension(item.start, item.end + longer, "x") for item in pauses if item.end is not None]
    before = _due(count(Limit(unit, value), start, state, pauses))
    assert _due(count(Limit(unit, value), start, state, stretched)) >= before


@given(cases(), st.timedeltas(timedelta(), timedelta(days=10)))
def test_a_later_start_is_never_due_earlier(
    case: tuple[str, datetime, Unit, int, list[Suspension]], later: timedelta
) -> None:
    state, start, unit, value, pauses = case
    first = _due(count(Limit(unit, value), start, state, pauses))
    assert _due(count(Limit(unit, value), start + later, state, pauses)) >= first


@given(STARTS, STATES, st.integers(1, 2000), st.lists(suspensions(), max_size=3))
def test_hours_last_as_long_as_they_say_outside_every_suspension(
    start: datetime, state: str, hours: int, pauses: list[Suspension]
) -> None:
    found = count(Limit(Unit.HOURS, hours), start, state, pauses)
    due = _due(found)
    stood_still = sum(
        (
            max(min(item.end, due) - max(item.start, start), timedelta())
            for item in found.suspensions
            if item.end is not None
        ),
        timedelta(),
    )
    assert due - start - stood_still == timedelta(hours=hours)


@given(STARTS, STATES, VALUES)
def test_working_days_agree_with_numpy(start: datetime, state: str, value: int) -> None:
    first = start.astimezone(ZoneInfo(queries.state(state).time_zone)).date()
    days = [day for year in range(first.year, first.year + 2) for day in public_holidays(state, year)]
    expected = np.busday_offset(np.datetime64(first), value, roll="backward", holidays=np.array(days, "datetime64[D]"))
    assert count(Limit(Unit.WORKING_DAYS, value), start, state).last_day == expected.astype(date)


@given(STARTS, STATES, VALUES, st.sampled_from([Unit.CALENDAR_DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS]))
@settings(max_examples=60)
def test_calendar_limits_agree_with_dateutil_up_to_the_moved_end(
    start: datetime, state: str, value: int, unit: Unit
) -> None:
    first = start.astimezone(ZoneInfo(queries.state(state).time_zone)).date()
    value = min(value, 5) if unit is Unit.YEARS else value
    names = {Unit.CALENDAR_DAYS: "days", Unit.WEEKS: "weeks", Unit.MONTHS: "months", Unit.YEARS: "years"}
    plain = first + relativedelta(**{names[unit]: value})
    found = count(Limit(unit, value), start, state)
    assert found.last_day is not None
    counted = next(step for step in found.steps if step.code.endswith("-counted") and "value" in step.parameters)
    assert counted.parameters["day"] == plain.isoformat()
    calendar = calendar_of(state)
    between = [plain + timedelta(days=index) for index in range((found.last_day - plain).days)]
    if "two-working-days" not in [step.code for step in found.steps]:
        assert not any(is_working_day(calendar, day) for day in between)


@given(cases())
def test_what_is_counted_in_days_ends_at_the_end_of_a_working_day(
    case: tuple[str, datetime, Unit, int, list[Suspension]],
) -> None:
    state, start, unit, value, pauses = case
    found = count(Limit(unit, value), start, state, pauses)
    if found.last_day is None:
        assert unit is Unit.HOURS
        return
    calendar = calendar_of(state)
    zone = ZoneInfo(calendar.time_zone)
    assert is_working_day(calendar, found.last_day)
    assert (_due(found) - timedelta(microseconds=1)).astimezone(zone).date() == found.last_day
    assert _due(found).astimezone(zone).date() == found.last_day + timedelta(days=1)
    if value > 1 or unit is not Unit.CALENDAR_DAYS:
        first = start.astimezone(zone).date()
        days = [first + timedelta(days=index) for index in range(1, (found.last_day - first).days + 1)]
        needed = 1 if unit is Unit.WORKING_DAYS and value == 1 else 2
        assert sum(is_working_day(calendar, day) for day in days) >= needed


@given(cases())
def test_storage_keeps_every_count(case: tuple[str, datetime, Unit, int, list[Suspension]]) -> None:
    state, start, unit, value, pauses = case
    found = count(Limit(unit, value), start, state, pauses)
    stored = canonical.decode(canonical.encode(found.as_json()))
    assert isinstance(stored, dict)
    assert Deadline.from_json(stored) == found


@given(cases())
def test_holidays_frozen_are_all_those_between_start_and_end(
    case: tuple[str, datetime, Unit, int, list[Suspension]],
) -> None:
    state, start, unit, value, pauses = case
    found = count(Limit(unit, value), start, state, pauses)
    if found.last_day is None:
        assert found.holidays == ()
        return
    first = start.astimezone(ZoneInfo(found.time_zone)).date()
    years = range(first.year, found.last_day.year + 1)
    expected = [day for year in years for day in sorted(public_holidays(state, year)) if first <= day <= found.last_day]
    assert [item.day for item in found.holidays] == expected
