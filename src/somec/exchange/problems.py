"""Keeps what was refused on the wire, readable for a person, without letting anybody fill the disk with it.

The same problem (same peer or address, same code, same message) that is still open is counted, not stored again. No
content of a message is kept: it was not believed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F

from somec.exchange.models import Problem
from somec.exchange.rules import Direction, ProblemState
from somec.kernel.ids import new_id

MAX_OPEN_STRANGERS = 1000  # open problems with unauthenticated senders; beyond, they are counted in one
NODE = "node"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused: who claims to have sent it, whether that was proven, the code, parameters without content."""

    direction: Direction
    code: str
    at: datetime
    peer_state: str = ""
    authenticated: bool = False
    remote: str = ""
    message_id: str = ""
    document_id: str = ""
    ebms_code: str = ""
    detail: str = field(default="", repr=False)

    @property
    def key(self) -> str:
        """Return what makes two refusals the same problem.

        A stranger's message id counts for nothing: it is his choice.
        """
        own = (self.message_id,) if self.authenticated else (self.remote,)
        parts = (self.direction.value, self.peer_state if self.authenticated else "", self.code, *own)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def record(refusals: Sequence[Refusal]) -> None:
    """Store or count problems, within the caller's transaction."""
    for refusal in refusals:
        open_ones = Problem.objects.filter(key=refusal.key, status=ProblemState.OPEN.value)
        if not open_ones.update(times=F("times") + 1, last_at=refusal.at):
            _create(refusal)


def _create(refusal: Refusal) -> None:
    if not refusal.authenticated and refusal.direction is Direction.IN:
        strangers = Problem.objects.filter(status=ProblemState.OPEN.value, authenticated=False)
        if strangers.count() >= MAX_OPEN_STRANGERS:
            strangers.filter(id=strangers.order_by("last_at").values_list("id", flat=True)[:1].get()).delete()
    Problem(
        id=new_id("prb"), key=refusal.key, direction=refusal.direction.value, peer_state=refusal.peer_state[:2],
        authenticated=refusal.authenticated, remote=refusal.remote[:60], message_id=refusal.message_id[:250],
        document_id=refusal.document_id[:40], ebms_code=refusal.ebms_code, code=refusal.code[:80],
        detail=refusal.detail[:2000],
        first_at=refusal.at, last_at=refusal.at,
    ).save(force_insert=True)  # fmt: skip


def settle_by_node(*, peer_state: str, code: str, at: datetime) -> None:
    """Settle a problem that has gone away by itself: a silent peer that answers again."""
    Problem.objects.filter(
        peer_state=peer_state, code=code, direction=Direction.OUT.value, status=ProblemState.OPEN.value
    ).update(status=ProblemState.SETTLED.value, settled_by=NODE, settled_at=at, settled_note="")
