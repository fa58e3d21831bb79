"""The sending loop: one for each node. It alone reads the outbox, and it alone writes what became of each delivery.

A turn of the loop is one transaction: what was built is stored (so that a repeat sends the same bytes), what was
answered is recorded (receipt, refusal, or when to try again), and what is due is claimed. Between turns a few threads
build messages and many short-lived ones post them; they never touch the outbox. Turns grow with the load: while one
commits, the next results gather.

Order: within a conversation the next document is claimed only when the one before it is receipted or decided; across
conversations and peers everything runs in parallel. A peer that fails is called ever more rarely, with one message at a
time, so that a dead peer costs the living nothing; what waits for it stays queued for as long as a person lets it.
After a crash everything that has no receipt is posted again, byte for byte; the other node answers repeats with the
receipt it gave before.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import close_old_connections, transaction

from somec.as4.octets import Octets
from somec.exchange import identity, journal, signals, wire
from somec.exchange.answers import Outcome, judge
from somec.exchange.directory import Directory, KnownPeer, terms_out
from somec.exchange.journal import Claimed
from somec.exchange.keyring import Keyring
from somec.exchange.pool import DaemonPool
from somec.exchange.reach import Reach
from somec.exchange.rules import Answer
from somec.exchange.transport import Transport, Unreached
from somec.kernel import clock

POLL_SECONDS: Final = 0.5  # how soon the loop sees what another process queued
LINGER: Final = 0.02  # seconds to wait at most, under load, for a turn to be about several deliveries
ENOUGH: Final = 12  # deliveries that make a turn worth its cost
AT_ONCE: Final = 72  # messages built or posted at a time, all peers together
EACH_PEER: Final = 32  # of these, to one healthy peer: half of them are being built or recorded at any moment
BUILDERS: Final = 2
POSTERS: Final = 40  # threads are made when needed; dead peers hold one each
FINISH_SECONDS: Final = 5.0  # how long an ending node waits for answers; without one the message is posted again later
PING_EVERY: Final = timedelta(minutes=5)  # the test service proves that a quiet peer is still there

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Job:
    """A delivery in flight: claimed, then built (or taken from the store), then posted."""

    claimed: Claimed
    peer: KnownPeer
    body: Octets | None = None
    content_type: str = ""
    references: str = ""
    spool: str = ""
    outcome: Outcome | None = None

    @property
    def id(self) -> int:
        """Return the delivery's number."""
        return self.claimed.id


@dataclass(slots=True)
class _Ping:
    """An answer of a peer's test service."""

    state: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class _Heard:
    """A peer has just called this node."""

    state: str


@dataclass(slots=True)
class _Turn:
    """What happened since the last turn."""

    built: list[Job] = field(default_factory=list)
    answered: list[Job] = field(default_factory=list)
    pings: list[_Ping] = field(default_factory=list)
    heard: set[str] = field(default_factory=set)

    @property
    def size(self) -> int:
        """Return how many deliveries the turn is about."""
        return len(self.built) + len(self.answered)


class Sender:
    """Runs the loop. Make one, call :meth:`run` in a thread; :meth:`stop` lets it finish what is in flight."""

    def __init__(self, ring: Keyring, directory: Directory, transport: Transport) -> None:
        self._ring = ring
        self._directory = directory
        self._transport = transport
        self._reach = Reach()
        self._events: queue.SimpleQueue[Job | _Ping | _Heard | None] = queue.SimpleQueue()
        self._flying: dict[int, Job] = {}
        self._pinging: set[str] = set()
        self._builders = DaemonPool(BUILDERS, "build")
        self._posters = DaemonPool(POSTERS, "post")
        self._stopping = threading.Event()
        self._patience = 0.0

    def stop(self) -> None:
        """Claim nothing more; :meth:`run` returns when what is in flight has been answered, or soon anyway."""
        self._stopping.set()
        self._events.put(None)

    def hear(self, state: str) -> None:
        """Learn, from any thread, that a peer has just called: of use only where it is left alone for a while."""
        if self._reach.resting(state):
            self._events.put(_Heard(state))

    def run(self) -> None:
        """Send until stopped. Whatever fails is logged and tried again; the loop itself goes on."""
        journal.clean_spool()
        self._reach.load()
        with signals.listening(lambda: self._events.put(None), self.hear):
            while not self._ended():
                turn = self._wait()
                try:
                    close_old_connections()
                    self._do(turn)
                except Exception:  # noqa: BLE001 - a database that is away: nothing was committed, everything is still queued
                    _log.exception("exchange.turn_failed")
                    self._drop(turn)
                    self._reach.distrust_saved()
                    self._stopping.wait(POLL_SECONDS)
        self._transport.close()
        close_old_connections()

    def _ended(self) -> bool:
        """Tell whether to end: told to, and nothing more to record, or waited long enough for peers that hang."""
        if not self._stopping.is_set():
            return False
        self._patience = self._patience or time.monotonic() + FINISH_SECONDS
        return not (self._flying or self._pinging) or time.monotonic() > self._patience

    def _wait(self) -> _Turn:
        turn = _Turn()
        try:
            self._sort(self._events.get(timeout=POLL_SECONDS), turn)
            until = time.monotonic() + LINGER
            while True:
                patience = until - time.monotonic() if turn.size < min(len(self._flying), ENOUGH) else 0
                self._sort(self._events.get(timeout=patience) if patience > 0 else self._events.get_nowait(), turn)
        except queue.Empty:
            return turn

    @staticmethod
    def _sort(event: Job | _Ping | _Heard | None, turn: _Turn) -> None:
        if isinstance(event, _Ping):
            turn.pings.append(event)
        elif isinstance(event, _Heard):
            turn.heard.add(event.state)
        elif event is not None:
            (turn.answered if event.outcome else turn.built).append(event)

    def _do(self, turn: _Turn) -> None:
        now = clock.now()
        for state in turn.heard:
            self._reach.heard(state, now)
        if self._nothing_to_do(turn, now):
            self._ping(now)
            return
        with transaction.atomic():
            journal.store_built(turn.built, now)
            journal.record(turn.answered, now)
            self._learn(turn, now)
            claimed = [] if self._stopping.is_set() else self._claim(now)
        for job in turn.answered:
            self._flying.pop(job.id, None)
            if job.outcome and job.outcome.answer is Answer.RECEIPTED:
                journal.forget_spool(job.spool)
        self._pinging -= {ping.state for ping in turn.pings}
        for job in turn.built:
            self._posters.submit(self._guarded, job, self._post)
        for job in claimed:
            self._flying[job.id] = job
            work = self._build if job.body is None else self._post
            (self._builders if job.body is None else self._posters).submit(self._guarded, job, work)
        self._ping(now)

    def _nothing_to_do(self, turn: _Turn, now: datetime) -> bool:
        """Tell whether a transaction would be for nothing: an idle node must not take the write lock twice a second."""
        happened = turn.size or turn.pings
        return not happened and not self._reach.unsaved(now) and not journal.waiting_peers()

    def _drop(self, turn: _Turn) -> None:
        """Forget what could not be written down: it is still queued, and will be claimed again."""
        for job in (*turn.built, *turn.answered):
            self._flying.pop(job.id, None)
        self._pinging -= {ping.state for ping in turn.pings}

    def _learn(self, turn: _Turn, now: datetime) -> None:
        for job in turn.answered:
            if job.outcome is not None:
                self._reach.note(job.peer.card.state, job.outcome, now)
        for ping in turn.pings:
            self._reach.note(ping.state, ping.outcome, now)
        self._reach.save(now)

    def _claim(self, now: datetime) -> list[Job]:
        room = AT_ONCE - len(self._flying)
        if room <= 0:
            return []
        waiting = journal.waiting_peers()
        self._reach.look_again()
        peers = self._directory.peers()
        busy: dict[str, set[int]] = defaultdict(set)
        for job in self._flying.values():
            busy[job.peer.card.state].add(job.id)
        jobs: list[Job] = []
        for state in waiting:
            peer = peers.get(state)
            limit = self._limit(peer, len(busy[state]), now) if peer else 0
            if peer is None or limit <= 0 or room <= len(jobs):
                continue
            claimed = journal.claim(state, min(limit, room - len(jobs)), busy[state], now)
            jobs.extend(_job(one, peer) for one in claimed)
        return jobs

    def _limit(self, peer: KnownPeer, flying: int, now: datetime) -> int:
        """Return how many more messages may go to this peer now."""
        if not peer.active or peer.card.ends <= now or self._ring.ends <= now:
            return 0
        if not self._reach.open(peer.card.state, now):
            return 0
        return (EACH_PEER if self._reach.proven(peer.card.state) else 1) - flying

    def _guarded(self, job: Job, work: Callable[[Job], None]) -> None:
        try:
            work(job)
        except Exception as error:  # noqa: BLE001 - a delivery that cannot even be built waits, and a person sees why
            _log.exception("exchange.delivery_failed", extra={"document": job.claimed.letter.document_id})
            job.outcome = Outcome(Answer.LATER, code=str(getattr(error, "code", "node.failed")), own_fault=True)
        self._events.put(job)

    def _build(self, job: Job) -> None:
        attachments = journal.attachments(job.claimed.letter.document_id) if job.claimed.has_attachments else ()
        outgoing = wire.pack(job.claimed.letter, attachments, terms_out(job.peer, self._ring))
        job.content_type, job.references = outgoing.content_type, wire.references_json(outgoing.references)
        job.body = outgoing.body
        if not outgoing.body.in_memory:
            job.spool = journal.spool(job.id, outgoing.body)

    def _post(self, job: Job) -> None:
        if job.body is None:
            job.outcome = Outcome(Answer.LATER, code="node.spool_missing", own_fault=True)
            return
        try:
            response = self._transport.post(job.peer.card, job.content_type, job.body)
        except Unreached as error:
            job.outcome = Outcome(Answer.LATER, code=error.code)
            return
        job.outcome = judge(
            response, message_id=job.claimed.letter.message_id, references=wire.read_references(job.references),
            terms=terms_out(job.peer, self._ring), sent_before=job.claimed.attempts > 0,
        )  # fmt: skip

    def _ping(self, now: datetime) -> None:
        if self._stopping.is_set():
            return
        busy = {job.peer.card.state for job in self._flying.values()} | self._pinging
        for state, peer in self._directory.peers().items():
            if state not in busy and self._limit(peer, 0, now) > 0 and self._reach.quiet(state, PING_EVERY, now):
                self._pinging.add(state)
                self._posters.submit(self._call_test_service, peer)

    def _call_test_service(self, peer: KnownPeer) -> None:
        try:
            terms = terms_out(peer, self._ring)
            outgoing = wire.ping(terms, f"{identity.own_state().lower()}.node.somec")
            response = self._transport.post(peer.card, outgoing.content_type, outgoing.body)
            outcome = judge(
                response, message_id=outgoing.message_id, references=outgoing.references, terms=terms, sent_before=False
            )
        except Unreached as error:
            outcome = Outcome(Answer.LATER, code=error.code)
        except Exception:  # noqa: BLE001 - a ping must not end the loop; a person sees the log
            _log.exception("exchange.ping_failed")
            outcome = Outcome(Answer.LATER, code="node.failed", own_fault=True)
        self._events.put(_Ping(peer.card.state, outcome))


def _job(claimed: Claimed, peer: KnownPeer) -> Job:
    stored = claimed.stored
    if stored is None:
        return Job(claimed, peer)
    return Job(
        claimed,
        peer,
        body=stored.body,
        content_type=stored.content_type,
        references=stored.references,
        spool=stored.spool,
    )
