"""What queries give out: frozen values that a screen or the JSON interface shows. No sentence, no row of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from somec.movements.agreement import Agreement
from somec.movements.readiness import Readiness
from somec.movements.rules import Kind, Match, RequestedAction, Service, State
from somec.movements.travel import Content

PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """A person as a list shows him. ``id`` empty: none of our files; then the name is as the other state wrote it."""

    id: str
    label: str = field(repr=False)
    born: str = field(default="", repr=False)
    case_number: str = ""


@dataclass(frozen=True, kw_only=True)
class StateLine:
    """One state that is told, and how far it is."""

    disclosure_id: str
    state: str
    status: State


@dataclass(frozen=True, kw_only=True)
class NoticeRow:
    """A notice of ours in a list."""

    id: str
    reference: str
    kind: Kind
    state: State
    person: PersonLine
    author_id: str
    author_name: str = field(repr=False)
    authority_id: str
    starts: datetime | None
    expires: datetime | None
    changed: datetime
    late: bool
    version: int
    amends_id: str
    destinations: tuple[StateLine, ...]


@dataclass(frozen=True, kw_only=True)
class NoticePage:
    """One page of notices."""

    rows: tuple[NoticeRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, kw_only=True)
class NoticeFilter:
    """What a list of notices is narrowed to. ``open_only`` leaves out what needs nobody any more."""

    states: frozenset[State] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    to_state: str = ""
    person_id: str = ""
    author_id: str = ""
    reference: str = ""
    open_only: bool = False


@dataclass(frozen=True, kw_only=True)
class DisclosureView:
    """One state that was told. Times of the wire and of people are apart: stored is not read.

    ``queued``: handed to the outbox; ``sent``: first left; ``receipted``: the other node proved that it has it;
    ``acknowledged``: a named authority took it; then ``assigned``, ``answered``.
    """

    id: str
    to_state: str
    conversation: str
    state: State
    document_id: str
    queued: datetime | None
    sent: datetime | None
    receipted: datetime | None
    delivery_error: str
    acknowledged: datetime | None
    taken_by: str = field(repr=False)
    taken_authority: str
    assigned: datetime | None
    owners: tuple[Mapping[str, str], ...] = field(repr=False)
    match: Match
    answered: datetime | None
    outcome: str
    arrives_from: datetime | None
    arrives_until: datetime | None
    say_arrival_by: datetime | None
    feedback_by: datetime | None
    arrived: datetime | None
    arrival_said: datetime | None
    ended: datetime | None
    end_confirmed: datetime | None
    peer_closed: datetime | None
    actions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NoticeView:
    """A notice of ours with everything a page of it shows. ``actions``: what the reader may do now."""

    row: NoticeRow
    content: Content = field(repr=False)
    decision_id: str
    created: datetime
    submitted: datetime | None
    approver_id: str
    approver_name: str = field(repr=False)
    approved: datetime | None
    said: str = field(repr=False)
    disclosures: tuple[DisclosureView, ...]
    amendments: tuple[NoticeRow, ...]
    readiness: Readiness | None
    actions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Something that is not in a notice: ``code`` says what and why, ``count`` how many; never which."""

    code: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The document that a state would get now, made by the code that sends, and what is left out of it."""

    to_state: str
    document: Mapping[str, Any] = field(repr=False)
    left_out: tuple[LeftOut, ...]
    sent: bool


@dataclass(frozen=True, kw_only=True)
class OwnerView:
    """Who looks after an incoming notice for one service."""

    service: Service
    authority_id: str
    authority_name: str
    user_id: str
    user_name: str = field(repr=False)
    taken: datetime | None


@dataclass(frozen=True, kw_only=True)
class PlanView:
    """One planned thing."""

    id: str
    what: str = field(repr=False)
    service: Service
    owner_id: str
    owner_name: str = field(repr=False)
    due: datetime
    done: datetime | None
    done_by_name: str = field(repr=False)
    result: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class IncomingRow:
    """A notice of another state in a list."""

    id: str
    reference: str
    kind: Kind
    from_state: str
    from_authority: str
    state: State
    match: Match
    person: PersonLine
    requested: RequestedAction
    received: datetime
    arrives_from: datetime | None
    arrives_until: datetime | None
    say_arrival_by: datetime | None
    reply_by: datetime | None
    expires: datetime
    late: bool
    unconfirmed: int
    version: int
    owners: tuple[OwnerView, ...]


@dataclass(frozen=True, kw_only=True)
class IncomingPage:
    """One page of incoming notices."""

    rows: tuple[IncomingRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, kw_only=True)
class IncomingFilter:
    """What a list of incoming notices is narrowed to. ``ownerless``: taken by nobody yet."""

    states: frozenset[State] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    matches: frozenset[Match] = frozenset()
    from_state: str = ""
    person_id: str = ""
    owner_id: str = ""
    reference: str = ""
    ownerless: bool = False
    open_only: bool = False


@dataclass(frozen=True, kw_only=True)
class IncomingView:
    """A notice of another state with everything a page of it shows.

    ``document`` is the newest notice or change as it came; ``movement`` and ``identity`` are the data of those items.
    """

    row: IncomingRow
    conversation: str
    document: Mapping[str, Any] = field(repr=False)
    identity: Mapping[str, Any] = field(repr=False)
    movement: Mapping[str, Any] = field(repr=False)
    mechanism: str
    article: str
    basis_verified: bool
    purpose: str
    handling_code: str
    acknowledged: datetime | None
    acknowledged_by_name: str = field(repr=False)
    authority_name: str
    assigned: datetime | None
    arrived: datetime | None
    arrival_said: datetime | None
    feedback_by: datetime | None
    answered: datetime | None
    outcome: str
    ended: datetime | None
    unconfirmed: tuple[tuple[str, str], ...]
    plan: tuple[PlanView, ...]
    actions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StepLine:
    """One step of "where it stands, for both": ``at`` None while it has not happened; ``by`` is whose step it is."""

    code: str
    by: str
    at: datetime | None
    due: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DutyLine:
    """Who owes what to whom; the same on both nodes. ``running``: its start has come."""

    id: str
    rule: str
    debtor: str
    creditor: str
    mechanism: str
    article: str
    statutory: bool
    start: datetime
    due: datetime
    state: str
    settled: datetime | None
    settled_by: str
    running: bool
    overdue: bool


@dataclass(frozen=True, kw_only=True)
class DocumentLine:
    """A document with its two receipts: ``stored`` by the other node, ``taken`` by an authority (None: not yet).

    ``needs_taking``: taking it is owed at all. ``what``: its coded content (event, outcome, kind of notice).
    """

    id: str
    number: int
    type: str
    what: str
    from_state: str
    to_state: str
    created: datetime
    sent: datetime | None
    stored: datetime | None
    needs_taking: bool
    taken: datetime | None
    taken_by: str = field(repr=False)
    answered_by: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FollowView:
    """A conversation as both ends see it: where it stands, duties, documents, and whether both nodes agree."""

    conversation: str
    own_state: str
    other_state: str
    side: str
    subject_id: str
    reference: str
    person: PersonLine
    state: State
    steps: tuple[StepLine, ...]
    duties: tuple[DutyLine, ...]
    documents: tuple[DocumentLine, ...]
    agreement: Agreement
    silent_since: datetime | None


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What is known of a person in one state at one instant: an event kind, ``not_told`` or ``not_seen``."""

    kind: str
    certainty: str
    place: str = field(default="", repr=False)
    at: datetime | None = None
    source_state: str = ""
    event_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One state: told or not, and a cell for each instant."""

    state: str
    told: datetime | None
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, kw_only=True)
class Lanes:
    """Where a person is and was: one lane per state, one column per instant that matters."""

    columns: tuple[datetime, ...]
    lanes: tuple[Lane, ...]
    expected_unmet: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MovementEvent:
    """One statement of the movement line, for the time line of a person."""

    id: str
    kind: str
    certainty: str
    state: str
    place: str = field(repr=False)
    at: datetime
    source_state: str
    document_id: str
    notice_id: str
    incoming_id: str
    note: str = field(repr=False)
    recorded: datetime


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many need whom, for navigation and the overview."""

    drafts: int
    to_approve: int
    to_transmit: int
    waiting_for_others: int
    to_take: int
    to_judge: int
    to_assign: int
    unconfirmed: int


@dataclass(frozen=True, kw_only=True)
class LinkInQuestion:
    """A confirmed link that a correction has made unlikely: a person looks again, nothing is undone by itself.

    ``before`` and ``after`` are probabilities; ``side`` says whose correction it was (ours, theirs, both).
    """

    incoming_id: str
    reference: str
    from_state: str
    person: PersonLine
    before: float
    after: float
    side: str
    since: datetime
    judged_by: str = field(repr=False)
    judged_at: datetime | None
    reason: str = field(repr=False)
