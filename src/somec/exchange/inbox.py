"""Takes messages in: everything that arrived meanwhile in one transaction, and no receipt before its commit.

Request threads verify, decrypt and prepare the receipt; then they hand over an :class:`Arrival` and wait. One thread
writes. While it commits, the next arrivals gather; and as long as other messages are being judged it waits a moment for
them, so the batch grows with the load and a lone message waits for nobody.
If a batch fails, each of its arrivals is tried alone: one bad document stops no other. What is answered follows what is
committed: a repeat of a message gets the stored receipt, a refusal leaves a problem that a person can read.
"""

from __future__ import annotations

import itertools
import logging
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, close_old_connections, connection, transaction

from somec.access.rules import node_actor
from somec.as4.errors import DELIVERY_FAILURE, VALUE_INCONSISTENT, As4Error
from somec.as4.receiving import Received
from somec.as4.signals import Signal
from somec.audit import actions as audit
from somec.audit.rules import Kind, new_entry
from somec.exchange import identity, ledger, problems, rows, wire
from somec.exchange.messages import InboundDocument
from somec.exchange.models import Attachment, AttachmentChunk, Document, InboundMessage, PeerHealth
from somec.exchange.problems import Refusal
from somec.exchange.rules import Direction
from somec.exchange.wire import Believed
from somec.kernel.errors import SomecError
from somec.kernel.text import without_controls

BATCH: Final = 64  # messages in one transaction at most: bounds how long the first of them waits
LINGER: Final = 0.02  # seconds to wait at most for messages that are being judged
HEARD_EVERY: Final = timedelta(minutes=1)  # how exactly "last heard" is kept

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Arrival:
    """A message that holds, with the receipt that will leave once it is stored."""

    received: Received
    document: Believed
    receipt: Signal
    peer_state: str
    remote: str
    at: datetime
    answer: Future[bytes] = field(default_factory=Future)

    @property
    def message_id(self) -> str:
        """Return the AS4 message id."""
        return self.received.message.message_id

    @property
    def document_id(self) -> str:
        """Return the document's id."""
        return str(self.document.body["header"]["id"])

    @property
    def identity(self) -> tuple[str, str, str]:
        """Return what makes two arrivals the same document: way, peer, content."""
        return (Direction.IN.value, self.peer_state, self.document.digest)

    @property
    def signed(self) -> str:
        """Return the hash over everything that was signed."""
        return wire.references_digest(self.received.references)


class Inbox:
    """The one writer of what comes in. :meth:`take` is for any thread; :meth:`run` is its own thread."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Arrival | Refusal | None] = queue.SimpleQueue()
        self._heard: dict[str, datetime] = {}
        self._thread: threading.Thread | None = None
        self._coming = 0
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to write, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="inbox", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what is waiting, then end."""
        self._queue.put(None)
        if self._thread is not None:
            self._thread.join()

    @contextmanager
    def expecting(self) -> Iterator[None]:
        """Say that a message is being judged which may soon be handed over."""
        with self._lock:
            self._coming += 1
        try:
            yield
        finally:
            with self._lock:
                self._coming -= 1

    def take(self, arrival: Arrival) -> bytes:
        """Store a message and return the receipt to answer with; raises As4Error when it was refused."""
        self._queue.put(arrival)
        return arrival.answer.result()

    def refuse(self, refusal: Refusal) -> None:
        """Have a problem written down; does not wait."""
        self._queue.put(refusal)

    def _run(self) -> None:
        while True:
            waiting, ended = self._gather()
            try:
                close_old_connections()
                self._write(waiting)
            except Exception:  # noqa: BLE001 - the writer must outlive whatever a database does; each arrival has its answer
                _log.exception("exchange.inbox_failed")
            for one in waiting:
                if isinstance(one, Arrival) and not one.answer.done():
                    one.answer.set_exception(_later(one))
            if ended:
                connection.close()
                return

    def _gather(self) -> tuple[list[Arrival | Refusal], bool]:
        waiting: list[Arrival | Refusal] = []
        one = self._queue.get()
        until = time.monotonic() + LINGER
        while one is not None:
            waiting.append(one)
            if len(waiting) >= BATCH:
                return waiting, False
            try:
                patience = until - time.monotonic() if self._coming > len(waiting) else 0
                one = self._queue.get(timeout=patience) if patience > 0 else self._queue.get_nowait()
            except queue.Empty:
                return waiting, False
        return waiting, True

    def _write(self, waiting: Sequence[Arrival | Refusal]) -> None:
        arrivals = [one for one in waiting if isinstance(one, Arrival)]
        refusals = [one for one in waiting if isinstance(one, Refusal)]
        if refusals:
            with transaction.atomic():
                problems.record(refusals)
        if arrivals:
            self._write_arrivals(arrivals)

    def _write_arrivals(self, arrivals: Sequence[Arrival]) -> None:
        try:
            self._commit_or_repeat(arrivals)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, it is this arrival's alone
            if len(arrivals) == 1:
                self._reject(arrivals[0], error)
                return
            _log.info("exchange.batch_split", extra={"size": len(arrivals)})
            for arrival in arrivals:
                self._write_arrivals([arrival])

    def _commit_or_repeat(self, arrivals: Sequence[Arrival]) -> None:
        """Commit; if another process stored the same message meanwhile, see it and answer with its receipt."""
        try:
            self._commit(arrivals)
        except IntegrityError:
            self._commit(arrivals)

    def _commit(self, arrivals: Sequence[Arrival]) -> None:
        with transaction.atomic():
            answers = store(arrivals)
            self._note_heard(arrivals)
        for arrival, answer in zip(arrivals, answers, strict=True):
            arrival.answer.set_result(answer)

    def _note_heard(self, arrivals: Sequence[Arrival]) -> None:
        for arrival in arrivals:
            last = self._heard.get(arrival.peer_state)
            if last is None or arrival.at - last >= HEARD_EVERY:
                PeerHealth.objects.filter(peer_id=arrival.peer_state).update(last_heard=arrival.at)
                self._heard[arrival.peer_state] = arrival.at

    @staticmethod
    def _reject(arrival: Arrival, error: Exception) -> None:
        if isinstance(error, As4Error):
            answer = error
        elif isinstance(error, SomecError):
            answer = As4Error(VALUE_INCONSISTENT, error.code, ref_to_message_id=arrival.message_id)
        else:
            _log.exception("exchange.document_failed", extra={"document": arrival.document_id})
            answer = _later(arrival)
        with transaction.atomic():
            problems.record([refusal_of(arrival, answer, error)])
        arrival.answer.set_exception(answer)


def _later(arrival: Arrival) -> As4Error:
    return As4Error(DELIVERY_FAILURE, "node.failed", ref_to_message_id=arrival.message_id)


def refusal_of(arrival: Arrival, answer: As4Error, error: Exception) -> Refusal:
    """Return what a person is told about a document that was not taken.

    Of an unforeseen error only its kind is kept.
    """
    detail = answer.place if isinstance(error, SomecError) else type(error).__name__
    return Refusal(
        direction=Direction.IN, code=answer.reason, at=arrival.at, peer_state=arrival.peer_state, authenticated=True,
        remote=arrival.remote, message_id=arrival.message_id, document_id=arrival.document_id,
        ebms_code=answer.ebms.code, detail=detail,
    )  # fmt: skip


def store(arrivals: Sequence[Arrival]) -> list[bytes]:
    """Store what is new, within the caller's transaction; return the receipt for each arrival, in order."""
    receipts, documents = _known_receipts(arrivals), _known_documents(arrivals)
    fresh: list[Arrival] = []
    again: list[Arrival] = []
    answers: list[bytes] = []
    for arrival in arrivals:
        key, known = (arrival.peer_state, arrival.message_id), documents.get(arrival.document_id)
        if key in receipts:
            answers.append(_receipt_for_repeat(arrival, *receipts[key], same=known == arrival.identity))
            continue
        if known is not None and known != arrival.identity:
            raise As4Error(VALUE_INCONSISTENT, "document.id_used", ref_to_message_id=arrival.message_id)
        (fresh if known is None else again).append(arrival)
        receipts[key], documents[arrival.document_id] = (arrival.signed, arrival.receipt.body), arrival.identity
        answers.append(arrival.receipt.body)
    if fresh:
        _store_fresh(fresh)
    if again:
        _store_messages(again)
    return answers


def _receipt_for_repeat(arrival: Arrival, signed: str, receipt: bytes, *, same: bool) -> bytes:
    """Return the receipt for a message id that was seen before.

    A sender that lost its stored bytes builds the message anew: the same document under another signature. It gets a
    receipt for what it signed now; the document has no second effect. Another document under the id is refused.
    """
    if arrival.signed == signed:
        return receipt
    if not same:
        raise As4Error(VALUE_INCONSISTENT, "message.id_used", ref_to_message_id=arrival.message_id)
    return arrival.receipt.body


def _known_receipts(arrivals: Sequence[Arrival]) -> dict[tuple[str, str], tuple[str, bytes]]:
    before = InboundMessage.objects.filter(
        peer_state__in={arrival.peer_state for arrival in arrivals},  # leads the index: without it every row is read
        message_id__in=[arrival.message_id for arrival in arrivals],
    )
    return {
        (state, message_id): (signed, bytes(receipt))
        for state, message_id, signed, receipt in before.values_list(
            "peer_state", "message_id", "references_digest", "receipt"
        )
    }


def _known_documents(arrivals: Sequence[Arrival]) -> dict[str, tuple[str, str, str]]:
    before = Document.objects.filter(id__in=[arrival.document_id for arrival in arrivals])
    return {
        number: (way, state, digest)
        for number, way, state, digest in before.values_list("id", "direction", "peer_state", "digest")
    }


def _store_fresh(arrivals: Sequence[Arrival]) -> None:
    entries = [_entry(arrival) for arrival in arrivals]
    ledger.store(entries)
    _store_attachments(arrivals)
    _store_messages(arrivals)
    node = node_actor(identity.own_state())
    audit.record_many([
        new_entry(
            node, "document.receive", Kind.COLLECTION, entry.row.id, purpose=entry.body["header"]["purpose"],
            detail={"type": entry.row.type, "from": entry.row.peer_state, "conversation": entry.row.conversation,
                    "digest": entry.row.digest},
        )
        for entry in entries
    ])  # fmt: skip
    _hand_over(entries)


def _entry(arrival: Arrival) -> ledger.Entry:
    document = arrival.document
    row = ledger.new_row(
        document.body, direction=Direction.IN, peer_state=arrival.peer_state, digest=document.digest,
        packed=document.packed, gzipped=document.gzipped, stored=arrival.at,
    )  # fmt: skip
    return ledger.Entry(body=document.body, type=document.type, row=row)


def _store_messages(arrivals: Sequence[Arrival]) -> None:
    rows.insert([
        InboundMessage(
            peer_state=arrival.peer_state, message_id=arrival.message_id, document_id=arrival.document_id,
            references_digest=arrival.signed, received=arrival.at, envelope=arrival.received.soap,
            receipt=arrival.receipt.body,
        )
        for arrival in arrivals
    ])  # fmt: skip


def _store_attachments(arrivals: Sequence[Arrival]) -> None:
    for arrival in arrivals:
        for item, content in arrival.document.attachments:
            Attachment(
                id=item.id, document_id=arrival.document_id, name=without_controls(item.name), sha256=item.sha256,
                media_type=item.media_type, size=item.size, stored=arrival.at, author=problems.NODE,
            ).save(force_insert=True)  # fmt: skip
            for number, data in enumerate(content.chunks()):
                AttachmentChunk(attachment_id=item.id, number=number, data=data).save(force_insert=True)


def _hand_over(entries: Sequence[ledger.Entry]) -> None:
    """Give documents to the parts that handle them: in order of arrival, neighbours of one type together."""
    for _, group in itertools.groupby(entries, key=lambda entry: entry.type.type):
        batch = list(group)
        handler = batch[0].type.on_receive
        if handler is not None:
            handler([_inbound(entry) for entry in batch])


def _inbound(entry: ledger.Entry) -> InboundDocument:
    row = entry.row
    return InboundDocument(
        id=row.id, type=row.type, version=row.version, conversation=row.conversation, refers_to=row.refers_to,
        reference=without_controls(row.reference), peer_state=row.peer_state, created=row.created, received=row.stored,
        body=without_controls(dict(entry.body)),  # the stored document stays as it was signed
    )  # fmt: skip
