"""How each peer answers: what the sending loop knows in memory, and writes down when it changes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from somec.exchange import problems
from somec.exchange.answers import Outcome
from somec.exchange.models import PeerHealth
from somec.exchange.problems import Refusal
from somec.exchange.rules import Direction, Retry

SAVE_EVERY: Final = timedelta(seconds=10)  # how exactly the last success of a busy peer is kept
HEARD_AFTER: Final = timedelta(seconds=1)  # a peer that calls us and refuses our calls is not called without end
NO_RECEIPT: Final = "delivery.no_receipt"
RETRY: Final = Retry()
_CHANCE = secrets.SystemRandom()


@dataclass(slots=True)
class _State:
    failures: int = 0
    failing_since: datetime | None = None
    failure_code: str = ""
    last_success: datetime | None = None
    last_failure: datetime | None = None
    next_try: datetime | None = None
    proven: bool = False
    warned: bool = False
    tried: bool = False
    saved_at: datetime | None = None
    changed: bool = False


class Reach:
    """Back-off and circuit breaker for each peer. Used by one thread only, but for :meth:`resting`."""

    def __init__(self) -> None:
        self._states: dict[str, _State] = {}

    def load(self) -> None:
        """Read what an earlier process knew.

        Every peer is tried at once: thereby those that fail know that we are back.
        """
        for row in PeerHealth.objects.all():
            self._states[row.peer_id] = _State(
                failures=row.failures, failing_since=row.failing_since, failure_code=row.failure_code,
                last_success=row.last_success, last_failure=row.last_failure,
            )  # fmt: skip

    def resting(self, state: str) -> bool:
        """Tell whether a peer that failed is left alone for a while; for any thread."""
        known = self._states.get(state)
        return known is not None and known.next_try is not None

    def heard(self, state: str, now: datetime) -> None:
        """Learn that a failing peer has just called us: it is there again, so it is tried at once."""
        known = self._of(state)
        if known.next_try is not None and (known.last_failure is None or now - known.last_failure >= HEARD_AFTER):
            known.next_try = None

    def look_again(self) -> None:
        """See whether a person asked to try a failing peer at once (the table then names no next time)."""
        failing = [state for state, known in self._states.items() if known.next_try is not None]
        if failing:
            for state in PeerHealth.objects.filter(peer_id__in=failing, next_try=None).values_list(
                "peer_id", flat=True
            ):
                self._states[state].next_try = None

    def _of(self, state: str) -> _State:
        return self._states.setdefault(state, _State())

    def open(self, state: str, now: datetime) -> bool:
        """Tell whether the peer may be called now."""
        known = self._of(state)
        return known.next_try is None or RETRY.is_due(known.next_try, now)

    def proven(self, state: str) -> bool:
        """Tell whether the peer's last answer was good: only then several messages are sent to it at once."""
        return self._of(state).proven

    def quiet(self, state: str, longer_than: timedelta, now: datetime) -> bool:
        """Tell whether nothing was heard or tried for so long, or not yet by this process."""
        known = self._of(state)
        if not known.tried:
            return True
        last = max((at for at in (known.last_success, known.last_failure) if at is not None), default=None)
        return last is None or now - last >= longer_than

    def note(self, state: str, outcome: Outcome, now: datetime) -> None:
        """Learn from one attempt. A document that was refused or put off is no failure of the peer: it answered."""
        known = self._of(state)
        known.tried = True
        if outcome.own_fault:
            return
        if not outcome.unreached:
            if known.failures:
                problems.settle_by_node(peer_state=state, code=NO_RECEIPT, at=now)
                known.changed = True
            known.failures, known.failing_since, known.failure_code, known.next_try = 0, None, "", None
            known.last_success, known.proven, known.warned = now, True, False
            return
        if known.next_try is not None and not RETRY.is_due(known.next_try, now):
            return  # several messages were on their way when it failed: that is one failure
        known.failures += 1
        known.failing_since = known.failing_since or now
        known.failure_code, known.last_failure, known.proven = outcome.code, now, False
        known.next_try = now + RETRY.pause(known.failures, _CHANCE.random())
        known.changed = True
        if not known.warned and now - known.failing_since >= RETRY.warn_after:
            known.warned = True
            problems.record([
                Refusal(direction=Direction.OUT, code=NO_RECEIPT, at=now, peer_state=state, authenticated=True,
                        ebms_code="EBMS:0301", detail=outcome.code)
            ])  # fmt: skip

    def unsaved(self, now: datetime) -> bool:
        """Tell whether :meth:`save` has something to write."""
        return any(known.changed or _stale(known, now) for known in self._states.values())

    def save(self, now: datetime) -> None:
        """Write down what changed, within the caller's transaction."""
        for state, known in self._states.items():
            if not (known.changed or _stale(known, now)):
                continue
            PeerHealth.objects.filter(peer_id=state).update(
                failures=known.failures, failing_since=known.failing_since, failure_code=known.failure_code,
                last_success=known.last_success, last_failure=known.last_failure, next_try=known.next_try,
            )  # fmt: skip
            known.changed, known.saved_at = False, now

    def distrust_saved(self) -> None:
        """Write everything down again next time: the last transaction did not commit."""
        for known in self._states.values():
            known.changed = True


def _stale(known: _State, now: datetime) -> bool:
    """Tell whether the table knows of a success that is no longer the last by more than a little."""
    if known.last_success is None:
        return False
    if known.saved_at is None:
        return True
    return known.last_success > known.saved_at and now - known.saved_at >= SAVE_EVERY
