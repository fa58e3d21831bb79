"""The words of movement notices and their two state charts, as data.

One chart is the sender's (a notice from draft to closed; once it is approved each destination has its own state), the
other the receiver's. A workflow is a table here and nowhere else: actions ask :func:`step`, screens ask
:func:`possible`, ``docs/reference/state-charts.md`` is printed from the same rows.

Kinds and fields follow the precedents collected in the needs (2.4): United Kingdom foreign-travel notification (seven
days ahead, points of arrival, carriers, first-night address, return), SORNA (itinerary, purpose), SIS Art. 37 (place,
time, route, company).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from somec.kernel.errors import NotPossibleNow


class Kind(StrEnum):
    """What sort of movement a notice tells of."""

    PLANNED_TRAVEL = "planned_travel"
    RELOCATION = "relocation"
    RELEASE = "release"
    DEPORTATION = "deportation"
    ABSCONDING = "absconding"
    FAILED_TO_ARRIVE = "failed_to_arrive"
    SIGHTING = "sighting"
    RETURN = "return"


class RequestedAction(StrEnum):
    """What the sender asks for. All but INFORMATION_ONLY opens a duty with the same due instant at both nodes."""

    INFORMATION_ONLY = "information_only"
    CONFIRM_ARRIVAL = "confirm_arrival"
    CONFIRM_AND_VISIT = "confirm_and_visit"
    FIND_AND_REPORT = "find_and_report"


class TravelPurpose(StrEnum):
    """Why the person travels, as stated or established (SORNA: purpose of travel)."""

    RESIDENCE = "residence"
    WORK = "work"
    STUDY = "study"
    FAMILY = "family"
    HOLIDAY = "holiday"
    TREATMENT = "treatment"
    ORDERED = "ordered"
    OTHER = "other"
    NOT_KNOWN = "not_known"


class Carrier(StrEnum):
    """How the person crosses the border."""

    AIR = "air"
    RAIL = "rail"
    COACH = "coach"
    SEA = "sea"
    CAR = "car"
    ON_FOOT = "on_foot"
    ESCORTED = "escorted"
    NOT_KNOWN = "not_known"


class Match(StrEnum):
    """What the receiver has decided about the person: always a person's judgement, never the node's."""

    UNDECIDED = "undecided"
    SAME = "same"
    NOT_SAME = "not_same"
    CANNOT_TELL = "cannot_tell"


class Service(StrEnum):
    """The services that can own an incoming notice; several may own it together."""

    POLICE = "police"
    PROBATION = "probation"
    PRISON = "prison"


class Outcome(StrEnum):
    """The coded answer to the sender (needs R27), so that it can be read in every language."""

    MANAGED = "managed"
    LOCATED = "located"
    SPOKEN_TO = "spoken_to"
    NOT_FOUND = "not_found"
    RETURNED_HOME = "returned_home"
    LEFT_FOR_ANOTHER_STATE = "left_for_another_state"
    NOT_SAME_PERSON = "not_same_person"
    UNUSABLE = "unusable"
    REFUSED = "refused"


class Progress(StrEnum):
    """What a ``movement-progress`` document says has happened at the receiver."""

    MATCHED = "matched"
    NOT_SAME = "not_same"
    CANNOT_TELL = "cannot_tell"
    ASSIGNED = "assigned"
    TAKEN = "taken"
    ARRIVED = "arrived"
    NOT_ARRIVED = "not_arrived"
    SIGHTING = "sighting"
    LEFT = "left"
    CLOSED = "closed"


class State(StrEnum):
    """Every state of the two charts. The same word means the same on both sides."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    RETURNED = "returned"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    SENT = "sent"
    RECEIPTED = "receipted"
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    ARRIVED = "arrived"
    NOT_ARRIVED = "not_arrived"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    CLOSED = "closed"


class Party(StrEnum):
    """Who acts next, or who made the step."""

    AUTHOR = "author"
    AUTHORISER = "authoriser"
    CONTACT_POINT = "contact_point"
    OWNER = "owner"
    OTHER_STATE = "other_state"
    NODE = "node"
    NOBODY = "nobody"


@dataclass(frozen=True)
class KindRule:
    """What one kind of notice needs.

    ``arrival``: an arrival is expected, so that a failed arrival can be noticed. ``lead`` is how long before the
    movement the notice should go (zero: at once). ``observed``: the notice rests on something that has happened.
    """

    arrival: bool
    observed: bool
    departure: bool
    lead: timedelta


WEEK, DAY = timedelta(days=7), timedelta(days=1)
# Lead times are a state's own rule (settings SOMEC_LEAD_HOURS); these are the project's, after the UK's seven days.
KINDS: Mapping[Kind, KindRule] = {
    Kind.PLANNED_TRAVEL: KindRule(arrival=True, observed=False, departure=True, lead=WEEK),
    Kind.RELOCATION: KindRule(arrival=True, observed=False, departure=True, lead=WEEK),
    Kind.RELEASE: KindRule(arrival=False, observed=False, departure=True, lead=2 * WEEK),
    Kind.DEPORTATION: KindRule(arrival=True, observed=False, departure=True, lead=3 * DAY),
    Kind.ABSCONDING: KindRule(arrival=False, observed=True, departure=False, lead=timedelta()),
    Kind.FAILED_TO_ARRIVE: KindRule(arrival=False, observed=True, departure=False, lead=timedelta()),
    Kind.SIGHTING: KindRule(arrival=False, observed=True, departure=False, lead=timedelta()),
    Kind.RETURN: KindRule(arrival=True, observed=False, departure=True, lead=DAY),
}
ARRIVAL_ACTIONS = frozenset({RequestedAction.CONFIRM_ARRIVAL, RequestedAction.CONFIRM_AND_VISIT})
CHANGE_LEAD = DAY  # a change should reach the other state a day before the movement (United Kingdom: 24 hours)

ACKNOWLEDGE_WITHIN = timedelta(hours=24)  # house rule: a named authority takes a notice within a day
ARRIVAL_GRACE = timedelta(hours=12)  # between the latest expected arrival and "did not arrive"; stated in the notice
FEEDBACK_WITHIN = timedelta(hours=12)  # what was done after a failed arrival, counted from that instant
MAX_GRACE = timedelta(days=30)
MAX_DESTINATIONS = 27
DEFAULT_LIFE = timedelta(days=365)  # as an SIS Art. 36 alert: one year, shorter by choice, longer only by a new notice


@dataclass(frozen=True)
class Transition:
    """One permitted step: ``action`` leads from any of ``sources`` to ``target``, made by ``by``.

    ``target`` None: the state stays. ``document`` is the type that goes to (or came from) the other state.
    """

    action: str
    sources: frozenset[State]
    target: State | None
    by: Party
    document: str = ""


@dataclass(frozen=True)
class Chart:
    """A state chart: for each state who must act next, and the permitted steps."""

    name: str
    initial: State
    acts_next: Mapping[State, Party]
    transitions: tuple[Transition, ...]

    @property
    def states(self) -> tuple[State, ...]:
        """All states, in the order in which a notice meets them."""
        return tuple(self.acts_next)


def _row(action: str, sources: Iterable[State], target: State | None, by: Party, document: str = "") -> Transition:
    return Transition(action, frozenset(sources), target, by, document)


_S = State
_UNDER_WAY = (_S.SENT, _S.RECEIPTED, _S.ACKNOWLEDGED, _S.ASSIGNED)
_LIVE = (*_UNDER_WAY, _S.ARRIVED, _S.NOT_ARRIVED)

SENDER = Chart(
    name="sender",
    initial=_S.DRAFT,
    acts_next={
        _S.DRAFT: Party.AUTHOR,
        _S.AWAITING_APPROVAL: Party.AUTHORISER,
        _S.RETURNED: Party.AUTHOR,
        _S.APPROVED: Party.CONTACT_POINT,
        _S.WITHDRAWN: Party.NOBODY,
        _S.SENT: Party.NODE,
        _S.RECEIPTED: Party.OTHER_STATE,
        _S.ACKNOWLEDGED: Party.OTHER_STATE,
        _S.ASSIGNED: Party.OTHER_STATE,
        _S.ARRIVED: Party.CONTACT_POINT,
        _S.NOT_ARRIVED: Party.OTHER_STATE,
        _S.CANCELLED: Party.CONTACT_POINT,
        _S.EXPIRED: Party.CONTACT_POINT,
        _S.CLOSED: Party.NOBODY,
    },
    transitions=(
        _row("notice.edit", (_S.DRAFT, _S.RETURNED), None, Party.AUTHOR),
        _row("notice.submit", (_S.DRAFT, _S.RETURNED), _S.AWAITING_APPROVAL, Party.AUTHOR),
        _row("notice.approve", (_S.AWAITING_APPROVAL,), _S.APPROVED, Party.AUTHORISER),
        _row("notice.return", (_S.AWAITING_APPROVAL,), _S.RETURNED, Party.AUTHORISER),
        _row("notice.send_back", (_S.APPROVED,), _S.RETURNED, Party.CONTACT_POINT),
        _row("notice.refuse", (_S.AWAITING_APPROVAL,), _S.WITHDRAWN, Party.AUTHORISER),
        _row("notice.withdraw", (_S.DRAFT, _S.RETURNED, _S.AWAITING_APPROVAL, _S.APPROVED), _S.WITHDRAWN, Party.AUTHOR),
        _row("notice.transmit", (_S.APPROVED,), _S.SENT, Party.CONTACT_POINT, "movement-notice"),
        _row("learn.receipted", (_S.SENT,), _S.RECEIPTED, Party.NODE),
        _row("notice.change", (*_UNDER_WAY, _S.ARRIVED), None, Party.AUTHOR, "movement-change"),
        _row("notice.change", (_S.NOT_ARRIVED,), _S.ACKNOWLEDGED, Party.AUTHOR, "movement-change"),
        _row("notice.cancel", _LIVE, _S.CANCELLED, Party.AUTHOR, "movement-cancellation"),
        _row("learn.acknowledged", (_S.SENT, _S.RECEIPTED), _S.ACKNOWLEDGED, Party.OTHER_STATE, "acknowledgement"),
        _row(
            "learn.assigned",
            (_S.SENT, _S.RECEIPTED, _S.ACKNOWLEDGED, _S.ASSIGNED),
            _S.ASSIGNED,
            Party.OTHER_STATE,
            "movement-progress",
        ),
        _row("learn.arrived", _LIVE, _S.ARRIVED, Party.OTHER_STATE, "movement-progress"),
        _row(
            "learn.not_arrived", (*_UNDER_WAY, _S.NOT_ARRIVED), _S.NOT_ARRIVED, Party.OTHER_STATE, "movement-progress"
        ),
        _row("learn.answered", (*_LIVE, _S.CANCELLED, _S.EXPIRED), None, Party.OTHER_STATE, "movement-answer"),
        _row("node.expire", _LIVE, _S.EXPIRED, Party.NODE),
        _row(
            "notice.close",
            (_S.ACKNOWLEDGED, _S.ASSIGNED, _S.ARRIVED, _S.NOT_ARRIVED, _S.CANCELLED, _S.EXPIRED),
            _S.CLOSED,
            Party.CONTACT_POINT,
        ),
    ),
)

_WAITING = (_S.RECEIVED, _S.ACKNOWLEDGED, _S.ASSIGNED)
_OPEN = (*_WAITING, _S.ARRIVED, _S.NOT_ARRIVED)
_TAKEN = (_S.ACKNOWLEDGED, _S.ASSIGNED, _S.ARRIVED, _S.NOT_ARRIVED)

RECEIVER = Chart(
    name="receiver",
    initial=_S.RECEIVED,
    acts_next={
        _S.RECEIVED: Party.CONTACT_POINT,
        _S.ACKNOWLEDGED: Party.CONTACT_POINT,
        _S.ASSIGNED: Party.OWNER,
        _S.ARRIVED: Party.OWNER,
        _S.NOT_ARRIVED: Party.OWNER,
        _S.CANCELLED: Party.CONTACT_POINT,
        _S.EXPIRED: Party.CONTACT_POINT,
        _S.CLOSED: Party.NOBODY,
    },
    transitions=(
        _row("incoming.acknowledge", (_S.RECEIVED,), _S.ACKNOWLEDGED, Party.CONTACT_POINT, "acknowledgement"),
        _row(
            "incoming.confirm_change",
            (*_TAKEN, _S.CANCELLED, _S.EXPIRED),
            None,
            Party.CONTACT_POINT,
            "acknowledgement",
        ),
        _row("incoming.judge", _TAKEN, None, Party.CONTACT_POINT, "movement-progress"),
        _row("incoming.assign", (_S.ACKNOWLEDGED, _S.ASSIGNED), _S.ASSIGNED, Party.CONTACT_POINT, "movement-progress"),
        _row("incoming.reassign", (_S.ARRIVED, _S.NOT_ARRIVED), None, Party.CONTACT_POINT, "movement-progress"),
        _row("incoming.take", (_S.ASSIGNED, _S.ARRIVED, _S.NOT_ARRIVED), None, Party.OWNER, "movement-progress"),
        _row(
            "incoming.record_arrival",
            (_S.ACKNOWLEDGED, _S.ASSIGNED, _S.NOT_ARRIVED),
            _S.ARRIVED,
            Party.OWNER,
            "movement-progress",
        ),
        _row(
            "incoming.record_no_arrival",
            (_S.ACKNOWLEDGED, _S.ASSIGNED),
            _S.NOT_ARRIVED,
            Party.OWNER,
            "movement-progress",
        ),
        _row("incoming.record_sighting", _TAKEN, None, Party.OWNER, "movement-progress"),
        _row("incoming.plan", _TAKEN, None, Party.OWNER),
        _row("incoming.answer", (*_TAKEN, _S.CANCELLED, _S.EXPIRED), None, Party.OWNER, "movement-answer"),
        _row(
            "incoming.close",
            (*_TAKEN, _S.CANCELLED, _S.EXPIRED),
            _S.CLOSED,
            Party.OWNER,
            "movement-progress",
        ),
        _row("learn.changed", (*_WAITING, _S.ARRIVED), None, Party.OTHER_STATE, "movement-change"),
        _row("learn.changed", (_S.NOT_ARRIVED, _S.CLOSED), _S.ACKNOWLEDGED, Party.OTHER_STATE, "movement-change"),
        _row(
            "learn.cancelled", (*_OPEN, _S.EXPIRED, _S.CLOSED), _S.CANCELLED, Party.OTHER_STATE, "movement-cancellation"
        ),
        _row("node.expire", _OPEN, _S.EXPIRED, Party.NODE),
    ),
)
CHARTS = (SENDER, RECEIVER)

DRAFTING = frozenset({_S.DRAFT, _S.AWAITING_APPROVAL, _S.RETURNED, _S.APPROVED, _S.WITHDRAWN})
FINAL = frozenset({_S.WITHDRAWN, _S.CLOSED})
ENDED = frozenset({_S.CANCELLED, _S.EXPIRED, _S.CLOSED, _S.WITHDRAWN})  # nobody waits for an arrival any more
AWAITING_ARRIVAL = frozenset({_S.SENT, _S.RECEIPTED, _S.RECEIVED, _S.ACKNOWLEDGED, _S.ASSIGNED})


def possible(chart: Chart, state: State) -> tuple[str, ...]:
    """Return the actions that the chart permits in this state, in the chart's order."""
    return tuple(row.action for row in chart.transitions if state in row.sources)


def find(chart: Chart, action: str, state: State) -> Transition | None:
    """Return the permitted step, or None."""
    return next((row for row in chart.transitions if row.action == action and state in row.sources), None)


def step(chart: Chart, action: str, state: State) -> State:
    """Return the state after ``action``; raises NotPossibleNow (``movement.state``) when the chart has no such step."""
    row = find(chart, action, state)
    if row is None:
        raise NotPossibleNow("movement.state", action=action, state=state.value, chart=chart.name)
    return row.target or state


_ORDER = {state: rank for rank, state in enumerate(SENDER.acts_next)}
_LEARNS: Mapping[Progress, str] = {
    Progress.ASSIGNED: "learn.assigned",
    Progress.TAKEN: "learn.assigned",
    Progress.ARRIVED: "learn.arrived",
    Progress.NOT_ARRIVED: "learn.not_arrived",
}


def learned(event: Progress, state: State) -> State:
    """Return the sender's state after a progress document; one that is late or repeated leaves it as it is."""
    action = _LEARNS.get(event)
    row = find(SENDER, action, state) if action else None
    return state if row is None else row.target or state


def rollup(states: Iterable[State]) -> State:
    """Return the state of a whole notice from its destinations: the least advanced of those not ended, else of all."""
    every = list(states)
    live = [state for state in every if state not in ENDED]
    return min(live or every, key=_ORDER.__getitem__)


def effective(state: State, *, receipted: bool) -> State:
    """Return what a destination's state reads: ``sent`` becomes ``receipted`` once the other node's receipt is here."""
    return _S.RECEIPTED if state is _S.SENT and receipted else state
