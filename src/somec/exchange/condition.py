"""How this node itself is: do its certificates last, does it send, is there room on its disk."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from somec.exchange import identity, keyring, queries
from somec.exchange.lease import Lease
from somec.exchange.rules import Urgency, urgency
from somec.kernel import clock
from somec.kernel.errors import NotPossibleNow

LATE: Final = timedelta(minutes=10)  # a node that is well sends within seconds
ROOM: Final = 1 << 30  # bytes: two of the largest attachments with their copies, and a day of work
WORK: Final = "work"


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """One certificate that this node uses. ``days`` are whole days left, negative once it has ended."""

    name: str
    ends: datetime
    days: int
    urgency: Urgency | None


@dataclass(frozen=True, slots=True)
class Condition:
    """What is wrong with this node. ``working``: some process sends and raises alerts.

    ``stuck``: documents wait although the other nodes are reached. ``room``: free bytes where the node's folder lies.
    """

    certificates: tuple[OwnCertificate, ...]
    working: bool
    stuck: bool
    room: int

    @property
    def expired(self) -> bool:
        """Tell whether a certificate has ended, so that nothing is sent."""
        return any(one.urgency is Urgency.EXPIRED for one in self.certificates)

    @property
    def cramped(self) -> bool:
        """Tell whether the disk is nearly full."""
        return self.room < ROOM


def own_certificates() -> tuple[OwnCertificate, ...]:
    """Return the node's certificates, the one that ends first at the front; none where there are no keys yet."""
    now = clock.now()
    try:
        ring = keyring.keyring()
    except NotPossibleNow:
        return ()  # `somec serve` refuses to start like this; only commands and tests run without keys
    found = [
        OwnCertificate(
            name=name, ends=one.not_after, days=(one.not_after - now).days, urgency=urgency(one.not_after, now)
        )
        for name, one in ring.certificates.items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: one.ends))


def condition() -> Condition:
    """Return how the node is; one query on a good day."""
    return Condition(
        certificates=own_certificates(), working=Lease(WORK).taken(), stuck=_stuck(),
        room=shutil.disk_usage(identity.config().folder).free,
    )  # fmt: skip


def _stuck() -> bool:
    if not queries.stuck(LATE):
        return False
    late = clock.now() - LATE
    well = [one for one in queries.peer_troubles() if one.failing_since is None and not one.troubles]
    return any(one.waiting_since is not None and one.waiting_since < late for one in well)
