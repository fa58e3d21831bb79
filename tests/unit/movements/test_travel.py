"""What a notice says: nothing is lost between form, table and wire; contradictions are found, gaps are no mistake."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somec.movements.rules import Carrier, Kind, RequestedAction, TravelPurpose
from somec.movements.travel import (
    Basis,
    Companion,
    Content,
    Destination,
    Observation,
    Place,
    default_expiry,
    feedback_by,
    from_json,
    lead,
    mistakes,
    say_arrival_by,
    starts,
    to_json,
)

NOW = datetime(2026, 11, 6, 8, 20, tzinfo=UTC)
DAY = timedelta(days=1)
INSTANTS = st.none() | st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))
TEXT = st.text(max_size=20)
PLACES = st.builds(Place, TEXT, TEXT, TEXT)
DESTINATIONS = st.builds(
    Destination, state=st.sampled_from(["NL", "ES", "DE"]), arrival_point=TEXT, arrives_from=INSTANTS,
    arrives_until=INSTANTS,
    carrier=st.sampled_from(Carrier), carrier_reference=TEXT, first_night=PLACES, first_night_unknown=TEXT,
    stays_until=INSTANTS,
)  # fmt: skip
CONTENTS = st.builds(
    Content, kind=st.sampled_from(Kind), destinations=st.lists(DESTINATIONS, max_size=3).map(tuple), departs=INSTANTS,
    departure_place=PLACES, returns=INSTANTS, return_point=TEXT, travel_purpose=st.sampled_from(TravelPurpose),
    travel_note=TEXT,
    companions=st.lists(st.builds(Companion, TEXT, st.booleans(), st.integers(1, 9)), max_size=2).map(tuple),
    observed=st.builds(Observation, INSTANTS, st.just("NL"), PLACES, TEXT), source=TEXT, evaluation=st.just("B3"),
    as_of=INSTANTS, requested=st.none() | st.sampled_from(RequestedAction), reply_by=INSTANTS,
    grace_hours=st.integers(0, 48),
    basis=st.builds(Basis, TEXT, TEXT, st.booleans(), TEXT, TEXT, TEXT, TEXT, TEXT), expires=INSTANTS, text=TEXT,
    language=st.just("lv"), translations=st.dictionaries(st.sampled_from(["en", "nl"]), TEXT), late_reason=TEXT,
    selected=st.lists(TEXT, max_size=3).map(tuple), allowed_missing=st.dictionaries(TEXT, TEXT, max_size=2),
)  # fmt: skip


@given(CONTENTS)
def test_content_survives_the_table(content: Content) -> None:
    assert from_json(to_json(content)) == content


def test_a_field_of_a_newer_release_is_ignored() -> None:
    written = to_json(Content(kind=Kind.SIGHTING)) | {"horoscope": "none"}
    assert from_json(written) == Content(kind=Kind.SIGHTING)


def notice(**changes: Any) -> Content:
    one = Destination("NL", arrives_from=NOW + 11 * DAY, arrives_until=NOW + 14 * DAY)
    return replace(
        Content(
            kind=Kind.RELOCATION, destinations=(one,), departs=NOW + 11 * DAY, expires=NOW + 100 * DAY,
            requested=RequestedAction.CONFIRM_ARRIVAL,
        ),
        **changes,
    )  # fmt: skip


def to_nl(**changes: Any) -> tuple[Destination, ...]:
    return (replace(notice().destinations[0], **changes),)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"destinations": to_nl() + to_nl()}, "destinations", "notice.destinations.repeated"),
        ({"destinations": to_nl(state="LV")}, "destinations", "notice.destinations.own_state"),
        ({"destinations": to_nl(state="nl")}, "destinations.0.state", "notice.state.form"),
        (
            {"destinations": to_nl(arrives_from=NOW + 13 * DAY, arrives_until=NOW + 12 * DAY)},
            "destinations.0.arrives_until",
            "notice.arrival.order",
        ),
        ({"departs": NOW + 15 * DAY}, "destinations.0.arrives_from", "notice.arrival.before_departure"),
        (
            {"departs": NOW + 11 * DAY, "destinations": to_nl(arrives_from=NOW + 10 * DAY)},
            "destinations.0.arrives_from",
            "notice.arrival.before_departure",
        ),
        ({"destinations": to_nl(stays_until=NOW)}, "destinations.0.stays_until", "notice.stay.before_arrival"),
        ({"destinations": to_nl(arrival_point="x" * 201)}, "destinations.0.arrival_point", "notice.line.too_long"),
        (
            {"destinations": to_nl(carrier_reference="x" * 201)},
            "destinations.0.carrier_reference",
            "notice.line.too_long",
        ),
        ({"returns": NOW}, "returns", "notice.returns.before_departure"),
        ({"grace_hours": -1}, "grace_hours", "notice.grace.range"),
        ({"grace_hours": 721}, "grace_hours", "notice.grace.range"),
        ({"expires": NOW - DAY}, "expires", "notice.expires.past"),
        ({"expires": NOW + 367 * DAY}, "expires", "notice.expires.too_far"),
        ({"reply_by": NOW - DAY}, "reply_by", "notice.reply_by.past"),
        ({"observed": Observation(at=NOW + DAY)}, "observed.at", "notice.observed.future"),
        ({"text": "x" * 4001, "language": "en"}, "text", "notice.text.too_long"),
        ({"text": "Brauks"}, "text", "notice.text.language"),
        ({"text": "Au \u202erevoir", "language": "fr"}, "text", "control_characters"),
        ({"observed": Observation(place=Place(town="A\u2066b"))}, "observed.place.town", "control_characters"),
        ({"translations": {"en": "a\ufeff"}}, "translations.en", "control_characters"),
        (
            {"destinations": to_nl(first_night=Place(lines="1\u202d"))},
            "destinations.0.first_night.lines",
            "control_characters",
        ),
        ({"companions": (Companion("partner", count=0),)}, "companions", "notice.companions.count"),
    ],
)
def test_contradictions_are_named_at_their_field(changes: dict[str, Any], field: str, code: str) -> None:
    assert mistakes(notice(), own_state="LV", now=NOW) == {}
    assert mistakes(notice(**changes), own_state="LV", now=NOW) == {field: [code]}


def test_too_many_states() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    many = tuple(Destination(f"{one}{two}") for one in "XYZ" for two in letters)[:28]
    assert mistakes(notice(destinations=many, departs=None), own_state="LV", now=NOW) == {
        "destinations": ["notice.destinations.too_many"]
    }


def test_gaps_are_no_mistakes() -> None:
    assert mistakes(Content(kind=Kind.PLANNED_TRAVEL), own_state="LV", now=NOW) == {}


@pytest.mark.parametrize(
    ("requested", "until", "due"),
    [
        (RequestedAction.CONFIRM_ARRIVAL, NOW + 14 * DAY, NOW + 14 * DAY + timedelta(hours=12)),
        (RequestedAction.CONFIRM_AND_VISIT, None, NOW + 11 * DAY + timedelta(hours=12)),
        (RequestedAction.INFORMATION_ONLY, NOW + 14 * DAY, None),
        (RequestedAction.FIND_AND_REPORT, NOW + 14 * DAY, None),
        (None, NOW + 14 * DAY, None),
    ],
)
def test_by_when_the_arrival_is_to_be_said(
    requested: RequestedAction | None, until: datetime | None, due: datetime | None
) -> None:
    content = notice(requested=requested, destinations=to_nl(arrives_until=until))
    assert say_arrival_by(content, "NL") == due
    if due:
        assert feedback_by(due) == due + timedelta(hours=12)


@pytest.mark.parametrize(
    ("kind", "left", "amends", "hours", "late"),
    [
        (Kind.PLANNED_TRAVEL, timedelta(days=7), False, {}, False),
        (Kind.PLANNED_TRAVEL, timedelta(days=7, seconds=-1), False, {}, True),
        (Kind.PLANNED_TRAVEL, timedelta(days=7, seconds=-1), False, {"planned_travel": 72}, False),
        (Kind.RELEASE, timedelta(days=13), False, {}, True),
        (Kind.DEPORTATION, timedelta(days=2), False, {}, True),
        (Kind.ABSCONDING, timedelta(0), False, {}, False),
        (Kind.PLANNED_TRAVEL, timedelta(hours=23), True, {}, True),
        (Kind.PLANNED_TRAVEL, timedelta(hours=25), True, {}, False),
        (Kind.PLANNED_TRAVEL, timedelta(hours=13), True, {"change": 12}, False),
    ],
)
def test_lead_time(kind: Kind, left: timedelta, amends: bool, hours: dict[str, int], late: bool) -> None:
    content = notice(kind=kind, departs=NOW + left, destinations=to_nl(arrives_from=None, arrives_until=None))
    result = lead(content, now=NOW, amends=amends, hours=hours)
    assert result.late is late
    assert result.left == left


def test_without_a_date_nothing_is_late() -> None:
    assert not lead(Content(kind=Kind.RELEASE), now=NOW, amends=False, hours={}).late


def test_the_movement_starts_with_the_first_thing_known() -> None:
    assert starts(notice()) == NOW + 11 * DAY
    assert starts(notice(departs=None)) == NOW + 11 * DAY
    assert starts(Content(kind=Kind.SIGHTING)) is None
    assert default_expiry(NOW) == NOW + timedelta(days=365)
