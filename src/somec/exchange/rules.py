"""What the exchange decides, free of tables, clocks and network.

A document is sent at least once and takes effect exactly once. Whatever both nodes must agree on (the id of an
obligation, its due instant, what settled it) is computed here from the document alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from somec.kernel.ids import derived_id

Body = Mapping[str, Any]
"""A decoded document: ``header``, ``items`` and whatever else its type allows."""


class Direction(StrEnum):
    """Whether this node wrote the document or took it in."""

    OUT = "out"
    IN = "in"


class DeliveryState(StrEnum):
    """Where a document on its way out stands. QUEUED is the only state in which it is still tried."""

    QUEUED = "queued"
    RECEIPTED = "receipted"  # the peer's node proved that it stored the document
    REFUSED = "refused"  # the peer's node answered that it will not take this document; a person decides
    UNPROVEN = "unproven"  # the peer says that it has the document already, but its receipt never reached us
    WITHDRAWN = "withdrawn"  # a person decided not to try again


class PeerState(StrEnum):
    """Whether documents flow to and from a peer."""

    ACTIVE = "active"
    SUSPENDED = "suspended"  # outbound is kept, inbound refused, until somebody lifts it


class ProposalState(StrEnum):
    """A peer's card on its way to being trusted: it needs a second person."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


class ObligationState(StrEnum):
    """Whether a duty still stands. Overdue is not a state: it is open and past due."""

    OPEN = "open"
    MET = "met"
    CANCELLED = "cancelled"


class ProblemState(StrEnum):
    """Whether somebody has dealt with what was refused."""

    OPEN = "open"
    SETTLED = "settled"


class Trouble(StrEnum):
    """Why a peer is not reached, or will soon not be; each is shown with what to do about it."""

    SILENT = "peer.silent"
    SUSPENDED = "peer.suspended"
    REFUSES = "peer.refuses"
    CERTIFICATE_EXPIRED = "peer.certificate_expired"
    CERTIFICATE_EXPIRING = "peer.certificate_expiring"
    OWN_CERTIFICATE_EXPIRED = "node.certificate_expired"
    OWN_CERTIFICATE_EXPIRING = "node.certificate_expiring"


@dataclass(frozen=True, slots=True)
class DueSpec:
    """How a due instant is counted.

    ``start`` is aware; ``value`` counts ``unit``; ``state`` is whose calendar counts days. ``instant`` means: due at
    ``start`` itself, plus ``value`` hours of agreed grace.
    """

    start: datetime
    unit: Literal["hours", "calendar_days", "working_days", "weeks", "months", "years", "immediately", "instant"]
    value: int = 0
    state: str = ""


@dataclass(frozen=True, slots=True)
class Basis:
    """What makes a duty a duty. ``statutory`` is false for a rule of the house, which screens must not call law."""

    mechanism: str
    article: str = ""
    statutory: bool = False


def always(_document: Body) -> bool:
    """Hold for every document of the type."""
    return True


@dataclass(frozen=True, slots=True)
class Settles:
    """A document type that settles a duty, where ``when`` holds for it.

    ``bound``: only where its ``refers_to`` names the very document that made the duty, so that word on an earlier
    document of the conversation never settles what a later one asks.
    """

    type: str
    when: Callable[[Body], bool] = always
    bound: bool = False

    def holds(self, document: Body, about: str) -> bool:
        """Tell whether this document settles a duty that the document ``about`` made."""
        header = document["header"]
        return (
            header["type"] == self.type and (not self.bound or header.get("refers_to") == about) and self.when(document)
        )


@dataclass(frozen=True, slots=True)
class ObligationRule:
    """What a document of some type makes its receiver or sender owe.

    ``due`` and ``applies`` see the document only, so that both nodes reach the same answer. A duty is met by a document
    of the debtor (``met_by``) or falls away by one of the creditor (``cancelled_by``) in the same conversation.
    """

    id: str
    debtor: Literal["receiver", "sender"]
    basis: Basis
    due: Callable[[Body], DueSpec]
    applies: Callable[[Body], bool] = always
    met_by: tuple[Settles, ...] = ()
    cancelled_by: tuple[Settles, ...] = ()


def obligation_id(document_id: str, rule_id: str) -> str:
    """Return the id under which both nodes know this duty."""
    return derived_id("obl", document_id, rule_id)


def settlement(rule: ObligationRule, *, debtor: str, sender: str, document: Body, about: str) -> ObligationState | None:
    """Return what a later document does to a duty that ``about`` (an id) made: MET, CANCELLED, or None for nothing."""
    if sender == debtor:
        if any(settles.holds(document, about) for settles in rule.met_by):
            return ObligationState.MET
    elif any(settles.holds(document, about) for settles in rule.cancelled_by):
        return ObligationState.CANCELLED
    return None


def settles_first(*, created: datetime, document_id: str, present: tuple[datetime, str] | None) -> bool:
    """Tell whether this document settles a duty rather than the one that did so far.

    Documents of both sides may cross on the way. The one that was made first counts, whichever arrived first, so that
    both nodes end at the same answer; equal instants are told apart by id.
    """
    return present is None or (created, document_id) < present


@dataclass(frozen=True, slots=True)
class Retry:
    """How patiently a silent peer is called: seconds to the first repeat, factor, longest pause, the warning."""

    first: float = 1.0
    factor: float = 2.0
    longest: float = 60.0
    warn_after: timedelta = field(default=timedelta(minutes=15))

    def pause(self, failures: int, chance: float) -> timedelta:
        """Return the pause after so many failures in a row; ``chance`` (0..1) spreads callers, so none march alike."""
        if failures <= 0:
            return timedelta()
        grown: float = min(self.longest, self.first * self.factor ** min(failures - 1, 32))
        return timedelta(seconds=grown * (0.75 + 0.5 * chance))

    def is_due(self, at: datetime, now: datetime) -> bool:
        """Tell whether it is time to call; a time further ahead than any pause was set by a clock that ran ahead."""
        return at <= now or at > now + self.furthest

    @property
    def furthest(self) -> timedelta:
        """How far ahead the next call can lie at most."""
        return 2 * timedelta(seconds=self.longest)


class Answer(StrEnum):
    """What an answer to a message means for the sender."""

    RECEIPTED = "receipted"
    REFUSED = "refused"  # this document will never be taken as it is
    UNPROVEN = "unproven"  # the peer has it already, but its receipt is lost
    CLOSED = "closed"  # the peer's node takes nothing from us at present: certificates, agreement, suspension
    LATER = "later"  # the peer's node could not, this time


_CLOSED_CODES = frozenset({"EBMS:0010", "EBMS:0101"})
_LATER_CODES = frozenset({"EBMS:0004", "EBMS:0005", "EBMS:0202", "EBMS:0301", "EBMS:0302"})
# 0004 is "other": phase4 and Domibus use it for their own trouble; our own nodes refuse a document with 0001, 0003,
# 0008, 0011.


def meaning_of_error(ebms_code: str) -> Answer:
    """Return what an ebMS error signal means for the message it answers (AS4 profile 1.0, ebMS core 6.7)."""
    if ebms_code in _CLOSED_CODES:
        return Answer.CLOSED
    return Answer.LATER if ebms_code in _LATER_CODES else Answer.REFUSED


EXPIRY_WARNING = timedelta(days=30)
"""How long before the end of a certificate its holder and its users are told."""


class Urgency(StrEnum):
    """How near the end of one of our own certificates is: each step is said more loudly, and to more people."""

    SOON = "soon"
    NEAR = "near"
    LAST_DAYS = "last_days"
    EXPIRED = "expired"


OWN_EXPIRY_STEPS = (
    (timedelta(), Urgency.EXPIRED), (timedelta(days=7), Urgency.LAST_DAYS), (timedelta(days=30), Urgency.NEAR),
    (timedelta(days=60), Urgency.SOON),
)  # fmt: skip
"""A state's PKI may take weeks, and every peer must get the new card: so the first word comes two months before."""


def urgency(ends: datetime, now: datetime) -> Urgency | None:
    """Return how urgent the renewal of an own certificate is that ends at ``ends``; None while there is time."""
    return next((step for left, step in OWN_EXPIRY_STEPS if ends - now <= left), None)


def certificate_warning(not_after: datetime, now: datetime, *, own: bool) -> Trouble | None:
    """Return what is to be said about a certificate that ends at ``not_after``."""
    if not_after <= now:
        return Trouble.OWN_CERTIFICATE_EXPIRED if own else Trouble.CERTIFICATE_EXPIRED
    if not_after - now <= EXPIRY_WARNING:
        return Trouble.OWN_CERTIFICATE_EXPIRING if own else Trouble.CERTIFICATE_EXPIRING
    return None


def troubles(
    *, status: PeerState, certificate_ends: datetime, failing_since: datetime | None, failure_code: str, now: datetime,
    patience: timedelta = timedelta(minutes=15),
) -> tuple[Trouble, ...]:  # fmt: skip
    """Return what a person should know about a peer, worst first."""
    found: list[Trouble] = []
    if status is PeerState.SUSPENDED:
        found.append(Trouble.SUSPENDED)
    expiry = certificate_warning(certificate_ends, now, own=False)
    if expiry is not None:
        found.append(expiry)
    if failing_since is not None and failure_code.startswith("EBMS:"):
        found.append(Trouble.REFUSES)
    elif failing_since is not None and now - failing_since >= patience:
        found.append(Trouble.SILENT)
    return tuple(found)
