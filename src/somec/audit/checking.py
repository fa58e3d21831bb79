"""Proves the whole log again and again while the node runs, and keeps what came of it for those who must know.

``somec verify`` says the same to whoever stands at the machine; this says it on the screens. A row of the database
is no proof by itself (who can change the log can change the row): what counts are the checkpoints that others hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError, IntegrityError, transaction

from somec.audit import actions, beside
from somec.audit.models import Verification
from somec.audit.rules import ActorLike, Kind
from somec.audit.verify import Result, verify
from somec.crypto.signing import Verifier
from somec.kernel import clock
from somec.kernel.errors import Conflict

EVERY: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class VerificationView:
    """The last proof that was done; ``waits``: another was asked for and is not done yet.

    ``code`` is empty when the log is whole, else says what is wrong with the entries ``first`` to ``last``.
    """

    at: datetime | None
    entries: int
    code: str
    first: int
    last: int
    waits: bool

    @property
    def broken(self) -> bool:
        """Tell whether the log does not match its checkpoints, or not itself."""
        return bool(self.code)


def latest() -> VerificationView:
    """Return what the last proof found; one query."""
    rows = list(Verification.objects.order_by("-id")[:2])
    done = next((row for row in rows if row.done_at is not None), None)
    waits = bool(rows) and rows[0].done_at is None
    if done is None:
        return VerificationView(None, 0, "", 0, 0, waits)
    return VerificationView(done.done_at, done.entries, done.code, done.first or 0, done.last or 0, waits)


@transaction.atomic
def ask(*, actor: ActorLike) -> None:
    """Ask for a proof; the node's worker does it within seconds. Asking while one waits asks for nothing more."""
    if not _asked(actor.id):
        return
    actions.record(actor=actor, action="audit.verify", kind=Kind.SECURITY, subject="log")


def _asked(by: str) -> bool:
    try:
        with transaction.atomic():
            Verification.objects.create(asked_at=clock.now(), asked_by=by)
    except IntegrityError:
        return False
    return True


def run_due(*, verifiers: Callable[[], Sequence[Verifier]], notes: Callable[[], Sequence[str]]) -> Result | None:
    """Prove the log if somebody asked for it or the last proof is old; None when nothing was to be done.

    ``verifiers`` and ``notes`` are asked only then: keys of this node and its witnesses, checkpoints kept elsewhere.
    """
    newest = Verification.objects.order_by("-id").first()
    if newest is not None and newest.done_at is not None and clock.now() - newest.asked_at < EVERY:
        return None
    if newest is None or newest.done_at is not None:
        _asked("")
    result = verify(verifiers=verifiers(), notes=notes())
    found = result.finding
    with transaction.atomic():
        row = Verification.objects.select_for_update().filter(done_at__isnull=True).first()
        if row is not None:  # else another process was faster
            row.done_at, row.entries = clock.now(), result.entries
            if found is not None:
                row.code, row.first, row.last = found.code, max(found.first, 1), max(found.last, found.first, 1)
            row.save()
            _record(row)
    return result


def _record(row: Verification) -> None:
    """Say in the log what came of a proof; one that found a fault stands even where the log takes no entry."""
    try:
        with transaction.atomic():
            actions.record_own("log.proved", beside.of_verification(row))
    except (Conflict, DatabaseError):
        if not row.code:
            raise
