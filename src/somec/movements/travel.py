"""What a notice says about the movement: its fields, their checks, and the moments that follow from them (pure).

Fields follow official precedent (needs 2.4): departure, for each country the point of arrival and the carrier, address
of the first night, return, purpose, companions. Nothing here is a sentence: mistakes are codes at their fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from somec.kernel import clock
from somec.kernel.canonical import Json
from somec.kernel.text import has_controls
from somec.movements.rules import (
    ARRIVAL_ACTIONS,
    ARRIVAL_GRACE,
    CHANGE_LEAD,
    DEFAULT_LIFE,
    FEEDBACK_WITHIN,
    KINDS,
    MAX_DESTINATIONS,
    MAX_GRACE,
    Carrier,
    Kind,
    RequestedAction,
    TravelPurpose,
)

MAX_TEXT = 4000  # characters of free text; more belongs into an attachment
MAX_LINE = 200
_STATE = re.compile("[A-Z]{2}")  # ISO 3166-1 alpha-2


@dataclass(frozen=True)
class Place:
    """A place as recorded: lines as written, town, postcode. Empty lines and town: not known."""

    lines: str = ""
    town: str = ""
    postcode: str = ""

    @property
    def known(self) -> bool:
        """Tell whether anything is said."""
        return bool(self.lines or self.town)


NOWHERE = Place()


@dataclass(frozen=True)
class Destination:
    """One state that is told, with where and when the person is expected there.

    ``arrives_from``/``arrives_until`` bound the expected arrival; ``first_night_unknown`` says why no address is known.
    """

    state: str
    arrival_point: str = ""
    arrives_from: datetime | None = None
    arrives_until: datetime | None = None
    carrier: Carrier = Carrier.NOT_KNOWN
    carrier_reference: str = ""
    first_night: Place = Place()
    first_night_unknown: str = ""
    stays_until: datetime | None = None

    @property
    def latest(self) -> datetime | None:
        """Return the latest expected arrival, when one is known."""
        return self.arrives_until or self.arrives_from


@dataclass(frozen=True)
class Companion:
    """Somebody who travels along: the relation, and whether a child. Names are not part of a notice."""

    relation: str
    child: bool = False
    count: int = 1


@dataclass(frozen=True)
class Observation:
    """What has happened, for kinds that rest on it: when, where, what was seen (compare SIS Art. 37)."""

    at: datetime | None = None
    state: str = ""
    place: Place = Place()
    circumstances: str = ""


@dataclass(frozen=True)
class Basis:
    """The lawful ground: catalogue mechanism and article, channel, purpose, handling code, and the officer's reason."""

    mechanism: str = ""
    article: str = ""
    verified: bool = False
    channel: str = ""
    purpose: str = ""
    handling_code: str = ""
    handling_note: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Content:
    """Everything an author writes into a notice. Instants are aware; ``language`` is that of the free text."""

    kind: Kind
    destinations: tuple[Destination, ...] = ()
    departs: datetime | None = None
    departure_place: Place = Place()
    returns: datetime | None = None
    return_point: str = ""
    travel_purpose: TravelPurpose = TravelPurpose.NOT_KNOWN
    travel_note: str = ""
    companions: tuple[Companion, ...] = ()
    observed: Observation = Observation()
    source: str = ""
    evaluation: str = "X4"
    as_of: datetime | None = None
    requested: RequestedAction | None = None
    reply_by: datetime | None = None
    grace_hours: int = int(ARRIVAL_GRACE.total_seconds() // 3600)
    basis: Basis = Basis()
    expires: datetime | None = None
    text: str = ""
    language: str = ""
    translations: Mapping[str, str] = field(default_factory=dict)
    late_reason: str = ""
    selected: tuple[str, ...] = ()
    allowed_missing: Mapping[str, str] = field(default_factory=dict)

    def destination(self, state: str) -> Destination:
        """Return the destination of this state; raises KeyError when it is not told."""
        for one in self.destinations:
            if one.state == state:
                return one
        raise KeyError(state)


def _plain(value: object) -> Json:
    if isinstance(value, datetime):
        return clock.iso(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)


def to_json(content: Content) -> dict[str, Json]:
    """Write content as JSON values (instants in RFC 3339)."""
    written = _plain(asdict(content))
    assert isinstance(written, dict)  # noqa: S101 - a dataclass becomes an object
    return written


def _instant(value: object) -> datetime | None:
    return clock.parse(value) if isinstance(value, str) and value else None


def _place(value: Mapping[str, Any] | None) -> Place:
    given = value or {}
    return Place(str(given.get("lines", "")), str(given.get("town", "")), str(given.get("postcode", "")))


def _destination(value: Mapping[str, Any]) -> Destination:
    return Destination(
        state=str(value["state"]),
        arrival_point=str(value.get("arrival_point", "")),
        arrives_from=_instant(value.get("arrives_from")),
        arrives_until=_instant(value.get("arrives_until")),
        carrier=Carrier(value.get("carrier", Carrier.NOT_KNOWN)),
        carrier_reference=str(value.get("carrier_reference", "")),
        first_night=_place(value.get("first_night")),
        first_night_unknown=str(value.get("first_night_unknown", "")),
        stays_until=_instant(value.get("stays_until")),
    )


def _observation(value: Mapping[str, Any] | None) -> Observation:
    given = value or {}
    return Observation(
        at=_instant(given.get("at")),
        state=str(given.get("state", "")),
        place=_place(given.get("place")),
        circumstances=str(given.get("circumstances", "")),
    )


def from_json(value: Mapping[str, Any]) -> Content:
    """Read what :func:`to_json` wrote. Fields it does not know are ignored (a newer release may have written them)."""
    known = {one.name for one in fields(Content)}
    given: dict[str, Any] = {name: item for name, item in value.items() if name in known}
    given["kind"] = Kind(given["kind"])
    given["destinations"] = tuple(_destination(one) for one in given.get("destinations", ()))
    given["companions"] = tuple(
        Companion(str(one["relation"]), bool(one.get("child", False)), int(one.get("count", 1)))
        for one in given.get("companions", ())
    )
    given["observed"] = _observation(given.get("observed"))
    given["departure_place"] = _place(given.get("departure_place"))
    basis_fields = {one.name for one in fields(Basis)}
    given["basis"] = Basis(**{name: item for name, item in (given.get("basis") or {}).items() if name in basis_fields})
    for name in ("departs", "returns", "as_of", "reply_by", "expires"):
        given[name] = _instant(given.get(name))
    if given.get("requested"):
        given["requested"] = RequestedAction(given["requested"])
    if given.get("travel_purpose"):
        given["travel_purpose"] = TravelPurpose(given["travel_purpose"])
    given["selected"] = tuple(given.get("selected", ()))
    return Content(**given)


# --- moments that follow from the content ---------------------------------------------------------------------------


def starts(content: Content) -> datetime | None:
    """Return when the movement starts: departure, else the earliest expected arrival."""
    if content.departs:
        return content.departs
    return min((one.arrives_from for one in content.destinations if one.arrives_from), default=None)


def say_arrival_by(content: Content, state: str) -> datetime | None:
    """Return by when this state owes word of the arrival: latest expected arrival plus grace; None if it owes none."""
    latest = content.destination(state).latest
    if content.requested not in ARRIVAL_ACTIONS or latest is None:
        return None
    return latest + timedelta(hours=content.grace_hours)


def feedback_by(say_by: datetime) -> datetime:
    """Return by when the receiver tells what was done after a failed arrival."""
    return say_by + FEEDBACK_WITHIN


@dataclass(frozen=True)
class Lead:
    """The lead-time check: how long before the movement the notice should go, what is left, and whether it is late."""

    required: timedelta
    left: timedelta | None
    late: bool


def lead(content: Content, *, now: datetime, amends: bool, hours: Mapping[str, int]) -> Lead:
    """Compare the time left with the state's rule (``hours`` by kind; ``change`` for changes), else the project's."""
    if amends:
        required = timedelta(hours=hours["change"]) if "change" in hours else CHANGE_LEAD
    else:
        own = hours.get(content.kind.value)
        required = KINDS[content.kind].lead if own is None else timedelta(hours=own)
    begin = starts(content)
    left = None if begin is None else begin - now
    return Lead(required, left, late=bool(required) and left is not None and left < required)


# --- mistakes -------------------------------------------------------------------------------------------------------


def default_expiry(now: datetime) -> datetime:
    """Return one year from now: after that a notice needs a new decision."""
    return now + DEFAULT_LIFE


def mistakes(content: Content, *, own_state: str, now: datetime) -> dict[str, list[str]]:
    """Return the codes of contradictions by field. Gaps are no mistakes: a draft may be saved with gaps."""
    found: dict[str, list[str]] = {}

    def wrong(name: str, code: str, *, when: bool) -> None:
        if when:
            found.setdefault(name, []).append(code)

    states = [one.state for one in content.destinations]
    wrong("destinations", "notice.destinations.repeated", when=len(set(states)) != len(states))
    wrong("destinations", "notice.destinations.own_state", when=own_state in states)
    wrong("destinations", "notice.destinations.too_many", when=len(states) > MAX_DESTINATIONS)
    for number, one in enumerate(content.destinations):
        _destination_mistakes(content, one, f"destinations.{number}", wrong)
    for name, text in _texts("", to_json(content)):
        wrong(name, "control_characters", when=has_controls(text))
    wrong("returns", "notice.returns.before_departure", when=_before(content.returns, content.departs))
    wrong("grace_hours", "notice.grace.range", when=not 0 <= content.grace_hours <= MAX_GRACE // timedelta(hours=1))
    wrong("expires", "notice.expires.past", when=_before(content.expires, now))
    wrong(
        "expires",
        "notice.expires.too_far",
        when=content.expires is not None and content.expires > now + DEFAULT_LIFE + timedelta(days=1),
    )
    wrong("reply_by", "notice.reply_by.past", when=_before(content.reply_by, now))
    wrong("observed.at", "notice.observed.future", when=content.observed.at is not None and content.observed.at > now)
    wrong("text", "notice.text.too_long", when=len(content.text) > MAX_TEXT)
    wrong("text", "notice.text.language", when=bool(content.text) and not content.language)
    wrong("companions", "notice.companions.count", when=any(one.count < 1 for one in content.companions))
    return found


def _texts(name: str, value: Json) -> Iterator[tuple[str, str]]:
    """Yield every text of a written content with its field, as ``destinations.0.first_night.lines``."""
    if isinstance(value, str):
        yield name.removeprefix("."), value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _texts(f"{name}.{key}", one)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _texts(f"{name}.{number}", one)


def _before(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one < other


def _destination_mistakes(content: Content, one: Destination, name: str, wrong: Any) -> None:
    wrong(
        f"{name}.state",
        "notice.state.form",
        when=not _STATE.fullmatch(one.state),
    )
    wrong(f"{name}.arrives_until", "notice.arrival.order", when=_before(one.arrives_until, one.arrives_from))
    earliest = one.arrives_from or one.arrives_until
    wrong(f"{name}.arrives_from", "notice.arrival.before_departure", when=_before(earliest, content.departs))
    wrong(f"{name}.stays_until", "notice.stay.before_arrival", when=_before(one.stays_until, one.arrives_from))
    wrong(f"{name}.arrival_point", "notice.line.too_long", when=len(one.arrival_point) > MAX_LINE)
    wrong(f"{name}.carrier_reference", "notice.line.too_long", when=len(one.carrier_reference) > MAX_LINE)
