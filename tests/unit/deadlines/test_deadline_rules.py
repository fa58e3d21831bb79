"""How limits are counted, as tables that a lawyer can read; expected values were worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from somec.catalogue import queries
from somec.deadlines.counting import count, count_statutory, limit_of, recount
from somec.deadlines.errors import LimitInvalid
from somec.deadlines.rules import deadline, is_working_day
from somec.deadlines.shapes import Deadline, FixedCalendar, Limit, Suspension, Unit
from somec.kernel import canonical

DAYS, WORKING, HOURS = Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.HOURS


def _at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def _codes(found: Deadline) -> list[str]:
    return [step.code for step in found.steps]


# state, start (local), limit, last day
DAY_TABLE = [
    ("NL", "2026-11-10 09:58", Limit(DAYS, 60), "2027-01-11"),  # day 60 is a Saturday
    ("NL", "2026-11-10 09:58", Limit(DAYS, 1), "2026-11-11"),
    ("NL", "2026-11-10 00:00", Limit(DAYS, 1), "2026-11-11"),
    ("NL", "2026-11-10 23:59", Limit(DAYS, 1), "2026-11-11"),
    ("NL", "2026-11-20 12:00", Limit(DAYS, 1), "2026-11-23"),  # Friday, day 1 is a Saturday
    ("NL", "2026-11-20 12:00", Limit(DAYS, 3), "2026-11-24"),  # Monday is the only working day of three
    (
        "NL",
        "2026-11-19 12:00",
        Limit(DAYS, 3),
        "2026-11-23",
    ),  # moved from Sunday; Friday and Monday are two working days
    ("NL", "2026-11-16 12:00", Limit(DAYS, 3), "2026-11-19"),
    ("NL", "2026-11-16 12:00", Limit(DAYS, 7), "2026-11-23"),
    ("LV", "2026-11-11 12:00", Limit(DAYS, 7), "2026-11-19"),  # Wed 18 November is Proclamation Day
    ("DE", "2026-12-18 12:00", Limit(DAYS, 7), "2026-12-28"),  # Christmas and the weekend behind it
    ("ES", "2026-12-31 23:30", Limit(DAYS, 1), "2027-01-04"),  # New Year's Day, then a weekend
    ("LV", "2026-12-30 12:00", Limit(DAYS, 2), "2027-01-05"),  # three days off, then two working days are needed
    ("FR", "2028-02-22 12:00", Limit(DAYS, 7), "2028-02-29"),  # leap day
    ("FR", "2027-02-22 12:00", Limit(DAYS, 7), "2027-03-01"),
    ("NL", "2026-11-19 12:00", Limit(WORKING, 1), "2026-11-20"),
    ("NL", "2026-11-20 12:00", Limit(WORKING, 1), "2026-11-23"),
    ("NL", "2026-11-21 12:00", Limit(WORKING, 1), "2026-11-23"),
    ("NL", "2026-12-18 12:00", Limit(WORKING, 10), "2027-01-05"),  # 25 December and 1 January are Fridays
    ("LV", "2026-12-18 12:00", Limit(WORKING, 10), "2027-01-07"),  # 24, 25, 31 December and 1 January
    ("NL", "2026-11-20 12:00", Limit(WORKING, 20), "2026-12-18"),
    ("IE", "2026-03-16 12:00", Limit(WORKING, 1), "2026-03-18"),  # Saint Patrick's Day
    ("GR", "2026-04-09 12:00", Limit(WORKING, 2), "2026-04-15"),  # Orthodox Good Friday and Easter Monday
    ("IE", "2026-04-02 12:00", Limit(WORKING, 1), "2026-04-03"),  # Good Friday is a working day in Ireland
    ("NL", "2026-04-02 12:00", Limit(WORKING, 1), "2026-04-07"),  # not in the Netherlands, nor is Easter Monday
    ("ES", "2026-04-02 12:00", Limit(WORKING, 1), "2026-04-06"),  # Spain as a whole keeps Good Friday only
    ("NL", "2026-11-10 12:00", Limit(Unit.WEEKS, 1), "2026-11-17"),
    ("NL", "2026-11-10 12:00", Limit(Unit.WEEKS, 6), "2026-12-22"),
    ("NL", "2026-11-10 12:00", Limit(Unit.MONTHS, 1), "2026-12-10"),
    ("NL", "2026-08-31 12:00", Limit(Unit.MONTHS, 6), "2027-03-01"),  # 28 February is a Sunday
    ("NL", "2027-12-31 12:00", Limit(Unit.MONTHS, 2), "2028-02-29"),
    ("NL", "2027-12-10 12:00", Limit(Unit.MONTHS, 1), "2028-01-10"),
    ("NL", "2024-02-29 12:00", Limit(Unit.YEARS, 1), "2025-02-28"),
    ("NL", "2024-02-29 12:00", Limit(Unit.YEARS, 4), "2028-02-29"),
    ("NL", "2026-11-06 12:00", Limit(Unit.YEARS, 1), "2027-11-08"),  # a Saturday
]


@pytest.mark.parametrize(("state", "start", "limit", "last"), DAY_TABLE)
def test_limits_in_days_end_with_the_last_hour_of_their_last_day(
    state: str, start: str, limit: Limit, last: str
) -> None:
    zone = queries.state(state).time_zone
    found = count(limit, _at(start, zone), state)
    assert found.last_day == date.fromisoformat(last)
    assert found.due is not None
    local = found.due.astimezone(ZoneInfo(zone))
    assert (local - timedelta(microseconds=1)).date() == found.last_day
    assert (local.hour, local.minute, local.date()) == (0, 0, found.last_day + timedelta(days=1))


# each row: state, start in UTC, number of hours, due in UTC
HOUR_TABLE = [
    ("NL", "2026-11-21 01:41", 8, "2026-11-21 09:41"),
    ("NL", "2026-11-21 01:41:07.250", 8, "2026-11-21 09:41:07.250"),
    ("NL", "2026-10-24 20:00", 8, "2026-10-25 04:00"),  # the night with 25 hours: eight hours stay eight hours
    ("NL", "2026-03-28 22:00", 8, "2026-03-29 06:00"),  # the night with 23 hours
    ("FI", "2026-12-31 20:00", 48, "2027-01-02 20:00"),  # hours run through holidays and weekends
    ("PT", "2028-02-28 12:00", 48, "2028-03-01 12:00"),
]


@pytest.mark.parametrize(("state", "start", "hours", "due"), HOUR_TABLE)
def test_hours_run_from_the_event_through_every_night(state: str, start: str, hours: int, due: str) -> None:
    found = count(Limit(HOURS, hours), _at(start), state)
    assert found.due == _at(due)
    assert found.last_day is None
    assert found.holidays == ()
    assert found.verified


DST = [  # a day ends at local midnight, whatever the offset then is
    ("NL", "2026-10-22 10:00", 5, "2026-10-27", "2026-10-27 23:00"),  # summer time at the start, winter time at the end
    ("NL", "2026-03-26 10:00", 5, "2026-03-31", "2026-03-31 22:00"),
    ("PT", "2026-10-22 10:00", 5, "2026-10-27", "2026-10-28 00:00"),
    ("FI", "2026-10-22 10:00", 5, "2026-10-27", "2026-10-27 22:00"),
    ("CY", "2026-03-27 10:00", 3, "2026-03-31", "2026-03-31 21:00"),
]


@pytest.mark.parametrize(("state", "start", "days", "last", "due"), DST)
def test_change_of_summer_time(state: str, start: str, days: int, last: str, due: str) -> None:
    found = count(Limit(DAYS, days), _at(start), state)
    assert (found.last_day, found.due) == (date.fromisoformat(last), _at(due))


def test_the_day_of_the_event_is_that_of_the_state_that_must_act() -> None:
    """At 22:30 UTC it is already Tuesday in Riga and Amsterdam, still Monday in Lisbon."""
    start = _at("2026-06-15 22:30")
    last = {state: count(Limit(DAYS, 1), start, state).last_day for state in ("LV", "NL", "PT")}
    assert last == {"LV": date(2026, 6, 17), "NL": date(2026, 6, 17), "PT": date(2026, 6, 16)}


@pytest.mark.parametrize("state", queries.states(), ids=lambda state: state.id)
def test_new_years_day_moves_the_end_in_all_27_states(state: object) -> None:
    assert hasattr(state, "id")
    found = count(Limit(DAYS, 1), _at("2026-12-31 11:00"), state.id)
    assert found.last_day is not None
    assert found.last_day >= date(2027, 1, 4)  # 1 January 2027 is a Friday
    assert date(2027, 1, 1) in [holiday.day for holiday in found.holidays]
    assert all(holiday.name for holiday in found.holidays)
    assert found.calendar_edition.startswith("holidays ")


def test_every_step_of_the_dutch_decision_is_shown() -> None:
    found = count_statutory("FD947", "decision", _at("2026-11-10 08:58"), "NL")
    assert [(step.code, dict(step.parameters), step.rule, step.verified) for step in found.steps] == [
        ("started", {"day": "2026-11-10", "state": "NL", "zone": "Europe/Amsterdam"}, "", True),
        ("event-day-not-counted", {}, "Reg. 1182/71, 3(1)", False),
        ("calendar-days-counted", {"value": 60, "day": "2027-01-09"}, "Reg. 1182/71, 3(3)", False),
        (
            "moved-to-working-day",
            {"since": "2027-01-09", "day": "2027-01-11", "because": "saturday"},
            "Reg. 1182/71, 3(4)",
            False,
        ),
        ("ends-with-last-hour", {"day": "2027-01-11"}, "Reg. 1182/71, 3(2)", False),
    ]
    assert not found.verified
    assert [(item.day.isoformat(), item.name) for item in found.holidays] == [
        ("2026-12-25", "Eerste kerstdag"),
        ("2026-12-26", "Tweede kerstdag"),
        ("2027-01-01", "Nieuwjaarsdag"),
    ]


@pytest.mark.parametrize(
    ("start", "days", "because"),
    [("2026-11-20", 1, "saturday"), ("2026-11-21", 1, "sunday"), ("2026-11-17", 1, "Latvijas Republikas Proklam")],
)
def test_why_an_end_was_moved_is_said(start: str, days: int, because: str) -> None:
    found = count(Limit(DAYS, days), _at(f"{start} 12:00"), "LV")
    moved = next(step for step in found.steps if step.code == "moved-to-working-day")
    assert str(moved.parameters["because"]).startswith(because)


def test_two_working_days_are_needed_from_two_days_on() -> None:
    one, two = (count(Limit(DAYS, days), _at("2026-11-20 12:00"), "NL") for days in (1, 2))
    assert (one.last_day, "two-working-days" in _codes(one)) == (date(2026, 11, 23), False)
    assert (two.last_day, "two-working-days" in _codes(two)) == (date(2026, 11, 24), True)


def test_at_once_agreed_instant_and_no_limit() -> None:
    start = _at("2026-11-20 12:00")
    at_once = count(Limit(Unit.IMMEDIATELY), start, "NL")
    assert (at_once.due, at_once.last_day, at_once.suspended) == (start, None, False)
    agreed = count(Limit(Unit.INSTANT, 0), start, "NL")
    assert agreed.due == start
    assert count(Limit(Unit.INSTANT, 12), start, "NL").due == _at("2026-11-21 00:00")
    none = count(Limit(Unit.NO_LIMIT), start, "NL")
    assert (none.due, none.suspended, _codes(none)) == (None, False, ["started", "no-number-in-law"])


def _pause(start: str, end: str | None, reason: str = "judicial-authorisation") -> Suspension:
    return Suspension(_at(start), None if end is None else _at(end), reason)


# limit, suspensions, last day or due (UTC); start Mon 16 Nov 2026 10:00 UTC, Netherlands
SUSPENDED: dict[str, tuple[Limit, Sequence[Suspension], str]] = {
    "eight hours, one hour off": (
        Limit(HOURS, 8),
        [_pause("2026-11-16 12:00", "2026-11-16 13:00")],
        "2026-11-16 19:00",
    ),
    "off before it began": (Limit(HOURS, 8), [_pause("2026-11-16 08:00", "2026-11-16 09:00")], "2026-11-16 18:00"),
    "off when it began": (Limit(HOURS, 8), [_pause("2026-11-16 08:00", "2026-11-16 11:00")], "2026-11-16 19:00"),
    "off after the end": (Limit(HOURS, 8), [_pause("2026-11-16 18:00", "2026-11-16 19:00")], "2026-11-16 18:00"),
    "off in the last minute": (Limit(HOURS, 8), [_pause("2026-11-16 17:59", "2026-11-16 18:59")], "2026-11-16 19:00"),
    "two that overlap count once": (
        Limit(HOURS, 8),
        [_pause("2026-11-16 12:00", "2026-11-16 14:00"), _pause("2026-11-16 13:00", "2026-11-16 15:00")],
        "2026-11-16 21:00",
    ),
    "two apart, in any order": (
        Limit(HOURS, 8),
        [_pause("2026-11-16 15:00", "2026-11-16 16:00"), _pause("2026-11-16 12:00", "2026-11-16 13:00")],
        "2026-11-16 20:00",
    ),
    "two days off": (Limit(DAYS, 3), [_pause("2026-11-17 09:00", "2026-11-18 09:00")], "2026-11-23"),
    "one working day off": (Limit(WORKING, 3), [_pause("2026-11-17 09:00", "2026-11-17 10:00")], "2026-11-20"),
    "off over the weekend changes no working day": (
        Limit(WORKING, 5),
        [_pause("2026-11-21 09:00", "2026-11-22 10:00")],
        "2026-11-23",
    ),
    "resumed at midnight": (Limit(WORKING, 3), [_pause("2026-11-16 23:00", "2026-11-17 23:00")], "2026-11-20"),
    "moved end meets a suspension": (Limit(DAYS, 5), [_pause("2026-11-22 09:00", "2026-11-24 09:00")], "2026-11-25"),
    "a month with ten days off": (
        Limit(Unit.MONTHS, 1),
        [_pause("2026-11-20 00:00", "2026-11-29 12:00")],
        "2026-12-28",
    ),
}


@pytest.mark.parametrize(("limit", "pauses", "expected"), SUSPENDED.values(), ids=SUSPENDED)
def test_a_suspension_stops_the_clock(limit: Limit, pauses: Sequence[Suspension], expected: str) -> None:
    found = count(limit, _at("2026-11-16 10:00"), "NL", pauses)
    if limit.unit is HOURS:
        assert found.due == _at(expected)
    else:
        assert found.last_day == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("limit", "since", "left"),
    [
        (Limit(HOURS, 8), "2026-11-16 12:00", {"minutes_left": 360}),
        (Limit(DAYS, 7), "2026-11-18 12:00", {"days_left": 6}),
        (Limit(WORKING, 10), "2026-11-23 12:00", {"days_left": 6}),
    ],
)
def test_a_clock_that_stands_still_has_no_due_instant_but_says_what_is_left(
    limit: Limit, since: str, left: dict[str, int]
) -> None:
    found = count(limit, _at("2026-11-16 10:00"), "NL", [_pause(since, None)])
    assert (found.due, found.last_day, found.suspended) == (None, None, True)
    still = next(step for step in found.steps if step.code == "standing-still")
    assert left.items() <= still.parameters.items()
    assert still.parameters["reason"] == "judicial-authorisation"


def test_once_the_clock_stands_still_a_later_pause_changes_nothing() -> None:
    pauses = [_pause("2026-11-17 12:00", None), _pause("2026-11-18 12:00", "2026-11-19 12:00", "holidays-of-judge")]
    found = count(Limit(DAYS, 7), _at("2026-11-16 10:00"), "NL", pauses)
    assert [(item.end, item.reason) for item in found.suspensions] == [(None, "judicial-authorisation")]
    swallowed = [_pause("2026-11-17 12:00", "2026-11-18 12:00"), _pause("2026-11-18 00:00", None, "later")]
    assert count(Limit(DAYS, 7), _at("2026-11-16 10:00"), "NL", swallowed).suspended


def test_a_suspension_after_the_end_is_too_late() -> None:
    open_end = [_pause("2026-12-01 00:00", None)]
    assert count(Limit(DAYS, 3), _at("2026-11-16 10:00"), "NL", open_end).last_day == date(2026, 11, 19)
    assert count(Limit(HOURS, 8), _at("2026-11-16 10:00"), "NL", open_end).due == _at("2026-11-16 18:00")


def test_what_is_agreed_or_due_at_once_cannot_be_suspended() -> None:
    start, pause = _at("2026-11-16 10:00"), [_pause("2026-11-16 09:00", None)]
    assert count(Limit(Unit.IMMEDIATELY), start, "NL", pause).due == start
    assert count(Limit(Unit.INSTANT, 1), start, "NL", pause).due == _at("2026-11-16 11:00")


def test_a_recount_keeps_the_holidays_that_were_frozen() -> None:
    """A holiday that a later calendar no longer knows still counts up to the end that was stored."""
    given = FixedCalendar("NL", "Europe/Amsterdam", "an older edition", {date(2026, 11, 18): "Given day"})
    first = deadline(Limit(WORKING, 3), _at("2026-11-16 10:00"), given)
    assert first.last_day == date(2026, 11, 20)
    again = recount(first, [_pause("2026-11-19 09:00", "2026-11-19 10:00")])
    assert again.last_day == date(2026, 11, 23)
    assert [item.name for item in again.holidays] == ["Given day"]
    assert again.calendar_edition.startswith("an older edition; later holidays ")
    assert recount(first, []).due == first.due


def test_a_recount_does_not_turn_a_stored_working_day_into_a_holiday() -> None:
    older = FixedCalendar("NL", "Europe/Amsterdam", "an older edition", {})
    first = deadline(Limit(WORKING, 4), _at("2026-12-21 10:00"), older)
    assert first.last_day == date(2026, 12, 25)
    assert recount(first, []).last_day == date(2026, 12, 25)


def test_a_recount_uses_what_is_known_now_after_the_stored_end() -> None:
    first = count(Limit(WORKING, 3), _at("2026-12-21 10:00"), "NL")
    assert first.last_day == date(2026, 12, 24)
    again = recount(first, [_pause("2026-12-24 09:00", "2026-12-24 10:00")])
    assert again.last_day == date(2026, 12, 28)  # Friday 25 December is a holiday
    assert again.calendar_edition == first.calendar_edition


@pytest.mark.parametrize(
    ("unit", "value"),
    [(HOURS, 0), (DAYS, 0), (DAYS, -1), (WORKING, 4001), (Unit.IMMEDIATELY, 1), (Unit.NO_LIMIT, 3), (Unit.INSTANT, -1)],
)
def test_senseless_limits_are_refused(unit: Unit, value: int) -> None:
    with pytest.raises(LimitInvalid) as caught:
        Limit(unit, value)
    assert caught.value.code == "deadline.value"


def test_instants_without_zone_and_suspensions_backwards_are_refused() -> None:
    naive = datetime(2026, 11, 16, 10, 0)  # noqa: DTZ001 - that is what must be refused
    with pytest.raises(LimitInvalid, match="instant_without_zone"):
        count(Limit(DAYS, 1), naive, "NL")
    with pytest.raises(LimitInvalid, match="instant_without_zone"):
        Suspension(naive, None, "x")
    for end in ("2026-11-16 10:00", "2026-11-16 09:59"):
        with pytest.raises(LimitInvalid, match="ends_before_start"):
            _pause("2026-11-16 10:00", end)


def test_a_calendar_without_working_days_is_refused_instead_of_searched_for_ever() -> None:
    never = FixedCalendar(
        "XX", "UTC", "test", {date(2026, 1, 1) + timedelta(days=index): "off" for index in range(900)}
    )
    with pytest.raises(LimitInvalid) as caught:
        deadline(Limit(DAYS, 1), _at("2026-01-05 10:00"), never)
    assert caught.value.code == "deadline.no_working_day"
    assert not is_working_day(never, date(2026, 1, 5))


@pytest.mark.parametrize(
    ("mechanism", "limit", "expected"),
    [
        ("FD947", "decision", Limit(DAYS, 60)),
        ("FD829_ESO", "recognition", Limit(WORKING, 20)),
        ("DIR977_REQUEST", "urgent-direct", Limit(HOURS, 8)),
        ("REG606", "max-effect", Limit(Unit.MONTHS, 12)),
        ("SIS36", "validity", Limit(Unit.YEARS, 1)),
        ("FD909", "transit-decision", Limit(Unit.WEEKS, 1)),
        ("FD947", "max-custody-info", Limit(Unit.IMMEDIATELY)),
        ("EPO", "recognition", Limit(Unit.NO_LIMIT)),
        ("ECRIS", "notify-conviction", Limit(Unit.NO_LIMIT)),
    ],
)
def test_limits_of_the_catalogue_become_limits_to_count(mechanism: str, limit: str, expected: Limit) -> None:
    assert limit_of(queries.time_limit(mechanism, limit)) == expected


def test_every_limit_of_the_catalogue_can_be_counted() -> None:
    for mechanism in queries.mechanisms():
        for entry in mechanism.time_limits:
            found = count_statutory(mechanism.id, entry.id, _at("2026-11-16 10:00"), "LV")
            assert (found.due is None) == (found.limit.unit is Unit.NO_LIMIT), (mechanism.id, entry.id)


def test_storage_keeps_the_whole_count() -> None:
    pauses = [_pause("2026-11-18 09:00", "2026-11-19 09:00"), _pause("2026-12-24 09:00", None)]
    for found in (
        count(Limit(DAYS, 60), _at("2026-11-16 10:00:00.123456"), "LV", pauses),
        count(Limit(WORKING, 10), _at("2026-12-18 10:00"), "ES", pauses[:1]),
        count(Limit(Unit.NO_LIMIT), _at("2026-12-18 10:00"), "ES"),
    ):
        stored = canonical.decode(canonical.encode(found.as_json()))
        assert isinstance(stored, dict)
        assert Deadline.from_json(stored) == found


def test_both_ends_count_the_same_from_any_zone() -> None:
    instant = _at("2026-11-10 09:58", "Europe/Amsterdam")
    there = count(Limit(DAYS, 60), instant, "NL")
    here = count(Limit(DAYS, 60), instant.astimezone(ZoneInfo("Europe/Riga")), "NL")
    assert canonical.encode(there.as_json()) == canonical.encode(here.as_json())
    assert there.start.tzinfo is UTC
