"""How a due instant is counted. Pure: instants and a calendar in, a deadline with all its steps out.

Regulation (EEC, Euratom) No 1182/71 as the project recalls it, marked "not verified" in each step that follows it:

* 3(1) the day on which the event falls is not counted;
* 3(2) a period in days ends with the expiry of the last hour of its last day, one in weeks, months or years on the same
  weekday or date as that of the event, or on the last day of a shorter month;
* 3(3) calendar days include holidays and weekends, working days do not;
* 3(4) a period not in hours whose last day is no working day ends on the next working day;
* 3(5) a period of two days or more includes at least two working days.

Hours are counted from the event itself to the second. The Regulation would let them begin with the next full hour; the
project keeps the earlier instant, so that nobody is late by either reading.

A suspension stops the clock: hours stand still for as long as it lasts; a day that it touches is not counted, as the
day of an event is not. It can only delay. Suspending is a rule of the mechanism;
how to count it is the project's reading.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from somec.deadlines.errors import LimitInvalid
from somec.deadlines.shapes import Calendar, Deadline, Holiday, Limit, Step, Suspension, Unit, step

ONE_DAY = timedelta(days=1)
DAYS_IN_WEEK = 7
MONTHS_IN_YEAR = 12
SATURDAY = 5
REGULATION = "Reg. 1182/71"
DAYS_TO_LOOK_AHEAD = 400  # no calendar has as many days in a row without a working one


def deadline(limit: Limit, start: datetime, calendar: Calendar, suspensions: Sequence[Suspension] = ()) -> Deadline:
    """Return when ``limit`` is due if it began at ``start`` (aware), in the calendar of the state that must act."""
    if start.tzinfo is None:
        raise LimitInvalid("deadline.instant_without_zone")
    begun = start.astimezone(UTC)
    pauses = _merged(suspensions)
    local = begun.astimezone(ZoneInfo(calendar.time_zone))
    steps = [step("started", day=local.date().isoformat(), state=calendar.state, zone=calendar.time_zone)]
    last_day: date | None = None
    due: datetime | None
    if limit.unit is Unit.NO_LIMIT:
        due = None
        steps.append(step("no-number-in-law"))
    elif limit.unit is Unit.IMMEDIATELY:
        due = begun
        steps.append(step("at-once"))
    elif limit.unit is Unit.INSTANT:
        due = begun + timedelta(hours=limit.value)
        steps.append(step("agreed-instant", grace_hours=limit.value))
    elif limit.unit is Unit.HOURS:
        due = _hours(begun, limit.value, pauses, steps)
    else:
        last_day = _DayCount(calendar, local.date(), pauses, steps).last_day(limit)
        due = None if last_day is None else _expiry(last_day, calendar.time_zone)
    return Deadline(
        limit=limit,
        start=begun,
        state=calendar.state,
        time_zone=calendar.time_zone,
        calendar_edition=calendar.edition,
        holidays=_holidays(calendar, local.date(), last_day),
        suspensions=pauses,
        due=due,
        last_day=last_day,
        steps=tuple(steps),
    )


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Return whether a day is neither Saturday, Sunday nor public holiday."""
    return day.weekday() < SATURDAY and calendar.holiday(day) is None


def _merged(suspensions: Sequence[Suspension]) -> tuple[Suspension, ...]:
    """Return suspensions in UTC by start; those that overlap become one that lasts as long as both."""
    merged: list[Suspension] = []
    for item in sorted(suspensions, key=lambda item: item.start):
        begin, end = item.start.astimezone(UTC), item.end and item.end.astimezone(UTC)
        if merged:
            last = merged[-1]
            if last.end is None:
                continue
            if begin <= last.end:
                longer = None if end is None else max(end, last.end)
                merged[-1] = Suspension(last.start, longer, last.reason)
                continue
        merged.append(Suspension(begin, end, item.reason))
    return tuple(merged)


def _hours(begun: datetime, hours: int, pauses: Sequence[Suspension], steps: list[Step]) -> datetime | None:
    """Return the instant at which ``hours`` have passed outside every pause; None if the clock stands still before."""
    steps.append(step("hours-counted", hours=hours))
    at, left = begun, timedelta(hours=hours)
    for pause in pauses:
        if pause.end is not None and pause.end <= at:
            continue
        if pause.start - at >= left:
            break
        left -= max(pause.start - at, timedelta())
        if pause.end is None:
            minutes = int(left.total_seconds() // 60)
            steps.append(step("standing-still", since=_stamp(pause.start), reason=pause.reason, minutes_left=minutes))
            return None
        steps.append(step("suspended", since=_stamp(pause.start), until=_stamp(pause.end), reason=pause.reason))
        at = max(pause.end, at)
    return at + left


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _expiry(day: date, zone: str) -> datetime:
    """Return the expiry of the last hour of a local day, in UTC: the midnight that ends it."""
    return datetime.combine(day + ONE_DAY, time.min, ZoneInfo(zone)).astimezone(UTC)


def _holidays(calendar: Calendar, first: date, last: date | None) -> tuple[Holiday, ...]:
    if last is None:
        return ()
    days = (first + timedelta(days=index) for index in range((last - first).days + 1))
    return tuple(Holiday(day, name) for day in days if (name := calendar.holiday(day)) is not None)


@dataclass(frozen=True, slots=True)
class _DayCount:
    """Counts days after ``first``, the day of the event, and writes down each step."""

    calendar: Calendar
    first: date
    pauses: tuple[Suspension, ...]
    steps: list[Step]

    def last_day(self, limit: Limit) -> date | None:
        """Return the day with whose expiry the period ends; None if the clock stands still before."""
        self.steps.append(step("event-day-not-counted", f"{REGULATION}, 3(1)", verified=False))
        working = limit.unit is Unit.WORKING_DAYS
        days = limit.value if working else self._calendar_days(limit)
        reached = self._reached(days, working=working)
        if reached is None:
            return None
        self._explain_count(limit, reached)
        if not working:
            reached = self._to_working_day(reached)
            if days > 1:
                reached = self._two_working_days(reached)
        self.steps.append(step("ends-with-last-hour", f"{REGULATION}, 3(2)", verified=False, day=reached.isoformat()))
        return reached

    def _calendar_days(self, limit: Limit) -> int:
        if limit.unit is Unit.CALENDAR_DAYS:
            return limit.value
        if limit.unit is Unit.WEEKS:
            return limit.value * DAYS_IN_WEEK
        months = limit.value * (MONTHS_IN_YEAR if limit.unit is Unit.YEARS else 1)
        year, month = divmod(self.first.year * MONTHS_IN_YEAR + self.first.month - 1 + months, MONTHS_IN_YEAR)
        day = min(self.first.day, monthrange(year, month + 1)[1])
        return (date(year, month + 1, day) - self.first).days

    def _reached(self, days: int, *, working: bool) -> date | None:
        day, left = self.first, days
        while left:
            day += ONE_DAY
            if self._stands_still_for_good(day, left):
                return None
            if not self._paused(day) and (not working or is_working_day(self.calendar, day)):
                left -= 1
        return day

    def _stands_still_for_good(self, day: date, left: int) -> bool:
        pause = next((item for item in self.pauses if item.end is None), None)
        if pause is None or _expiry(day, self.calendar.time_zone) <= pause.start:
            return False
        self.steps.append(step("standing-still", since=_stamp(pause.start), reason=pause.reason, days_left=left))
        return True

    def _paused(self, day: date) -> bool:
        """Return whether a suspension touches the day."""
        if not self.pauses:
            return False
        begin, end = _expiry(day - ONE_DAY, self.calendar.time_zone), _expiry(day, self.calendar.time_zone)
        return any(item.start < end and (item.end is None or item.end > begin) for item in self.pauses)

    def _explain_count(self, limit: Limit, reached: date) -> None:
        for pause in self.pauses:
            if pause.end is not None and pause.start < _expiry(reached, self.calendar.time_zone):
                self.steps.append(
                    step("suspended", since=_stamp(pause.start), until=_stamp(pause.end), reason=pause.reason)
                )
        self.steps.append(
            step(
                f"{limit.unit.value.replace('_', '-')}-counted",
                f"{REGULATION}, 3(3)",
                verified=False,
                value=limit.value,
                day=reached.isoformat(),
            )
        )

    def _to_working_day(self, day: date) -> date:
        moved = self._next_counting_day(day - ONE_DAY)
        if moved != day:
            why = self.calendar.holiday(day) or ("saturday" if day.weekday() == SATURDAY else "sunday")
            self.steps.append(
                step(
                    "moved-to-working-day",
                    f"{REGULATION}, 3(4)",
                    verified=False,
                    since=day.isoformat(),
                    day=moved.isoformat(),
                    because=why,
                )
            )
        return moved

    def _two_working_days(self, day: date) -> date:
        second = self._next_counting_day(self._next_counting_day(self.first))
        if second <= day:
            return day
        self.steps.append(step("two-working-days", f"{REGULATION}, 3(5)", verified=False, day=second.isoformat()))
        return second

    def _next_counting_day(self, after: date) -> date:
        """Return the next working day after ``after`` that no suspension touches."""
        for distance in range(1, DAYS_TO_LOOK_AHEAD + self._suspended_days()):
            day = after + timedelta(days=distance)
            if is_working_day(self.calendar, day) and not self._paused(day):
                return day
        raise LimitInvalid("deadline.no_working_day", state=self.calendar.state)

    def _suspended_days(self) -> int:
        return sum((item.end - item.start).days + 2 for item in self.pauses if item.end is not None)
