"""What the sending loop reads and writes: statements over many rows, no row objects on the hot path."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from django.db import connection

from somec.access.rules import node_actor
from somec.as4.octets import Collector, Octets
from somec.audit import actions as audit
from somec.audit.rules import Kind, NewEntry, new_entry
from somec.exchange import identity, messages, problems
from somec.exchange.answers import Outcome
from somec.exchange.messages import AttachmentItem
from somec.exchange.models import Attachment, AttachmentChunk, Document, OutboundMessage
from somec.exchange.problems import Refusal
from somec.exchange.reach import RETRY
from somec.exchange.rules import Answer, DeliveryState, Direction
from somec.exchange.wire import Letter

_WAITING: Final = (
    "SELECT state FROM exchange_peer WHERE EXISTS (SELECT 1 FROM exchange_delivery"
    " WHERE exchange_delivery.peer_state = exchange_peer.state AND exchange_delivery.state = 'queued') ORDER BY state"
)
_DUE: Final = (
    "SELECT d.id FROM exchange_delivery d WHERE d.state = 'queued' AND d.peer_state = %s AND d.next_try <= %s"
    " AND NOT EXISTS (SELECT 1 FROM exchange_delivery b WHERE b.state = 'queued' AND b.conversation = d.conversation"
    " AND b.peer_state = d.peer_state AND b.id < d.id) ORDER BY d.id LIMIT %s"
)
_CLAIMED: Final = (
    "SELECT d.id, d.attempts, d.peer_state, d.message_id, d.queued, d.document_id, o.type, o.version, o.conversation,"
    " o.packed, m.content_type, m.body, m.spool, m.signed_parts,"
    " EXISTS (SELECT 1 FROM exchange_attachment a WHERE a.document_id = d.document_id) AS has_attachments"
    " FROM exchange_delivery d JOIN exchange_document o ON o.id = d.document_id"
    " LEFT JOIN exchange_outboundmessage m ON m.delivery_id = d.id WHERE d.id IN (%s) ORDER BY d.id"
)
_INSERT_BUILT: Final = (
    "INSERT INTO exchange_outboundmessage (delivery_id, content_type, body, spool, signed_parts, made)"
    " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (delivery_id) DO UPDATE SET content_type = EXCLUDED.content_type,"
    " body = EXCLUDED.body, spool = EXCLUDED.spool, signed_parts = EXCLUDED.signed_parts, made = EXCLUDED.made"
)
_INSERT_RECEIPT: Final = (
    "INSERT INTO exchange_receipt (delivery_id, message_id, at, body) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (delivery_id) DO UPDATE SET message_id = EXCLUDED.message_id, at = EXCLUDED.at, body = EXCLUDED.body"
)  # what is sent again after a peer's restore has a receipt already: the newest counts
_RECEIPTED: Final = (
    "UPDATE exchange_delivery SET state = 'receipted', receipted = %s, attempts = attempts + 1, last_sent = %s,"
    " first_sent = COALESCE(first_sent, %s), error_code = '' WHERE id = %s AND state <> 'receipted'"
)
_FAILED: Final = (
    "UPDATE exchange_delivery SET state = CASE WHEN state = 'queued' THEN %s ELSE state END, next_try = %s,"
    " attempts = attempts + %s, last_sent = CASE WHEN %s THEN %s ELSE last_sent END,"
    " first_sent = CASE WHEN %s THEN COALESCE(first_sent, %s) ELSE first_sent END, error_code = %s"
    " WHERE id = %s AND state <> 'receipted'"
)
ATTEMPTS_BEFORE_WARNING: Final = 5
_STATE_AFTER: Final = {
    Answer.REFUSED: DeliveryState.REFUSED, Answer.UNPROVEN: DeliveryState.UNPROVEN,
    Answer.CLOSED: DeliveryState.QUEUED, Answer.LATER: DeliveryState.QUEUED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stored:
    """The bytes of a message that was built before."""

    content_type: str
    body: Octets
    references: str
    spool: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is due, with what its message needs."""

    id: int
    attempts: int
    peer_state: str
    letter: Letter
    has_attachments: bool
    stored: Stored | None


class InFlight(Protocol):
    """What the loop says of a delivery that was built or answered."""

    claimed: Claimed
    body: Octets | None
    content_type: str
    references: str
    spool: str
    outcome: Outcome | None


def waiting_peers() -> list[str]:
    """Return every peer for which something is queued: one look into the queue for each, however much waits there."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return [str(state) for (state,) in cursor.fetchall()]


def claim(state: str, limit: int, busy: set[int], now: datetime) -> list[Claimed]:
    """Return the oldest deliveries to a peer that are due and first in their conversation, except those in flight."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [state, _instant(now), limit + len(busy)])
        wanted = [number for (number,) in cursor.fetchall() if number not in busy][:limit]
        if not wanted:
            return []
        cursor.execute(_CLAIMED % ", ".join(["%s"] * len(wanted)), wanted)
        names = [column[0] for column in cursor.description]
        return [_one(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _one(row: dict[str, Any]) -> Claimed:
    letter = Letter(
        message_id=row["message_id"], document_id=row["document_id"], type=row["type"], version=row["version"],
        conversation=row["conversation"], sender_authority=identity.own_state(), queued=_read_instant(row["queued"]),
        packed=bytes(row["packed"]),
    )  # fmt: skip
    return Claimed(row["id"], row["attempts"], row["peer_state"], letter, bool(row["has_attachments"]), _stored(row))


def _stored(row: dict[str, Any]) -> Stored | None:
    if row["content_type"] is None:
        return None
    name, body = row["spool"], row["body"]
    if body is None:
        file = _spool_folder() / name
        if not name or not file.exists():
            return None  # the file is gone (a restored backup): the message is built again
        octets = Octets.from_path(file)
    else:
        octets = Octets.of(bytes(body))
    return Stored(row["content_type"], octets, row["signed_parts"], name)


def attachments(document_id: str) -> list[tuple[AttachmentItem, Octets]]:
    """Return the files of a document, in the order of the document, each in a file of its own when it is large."""
    rows = {row.id: row for row in Attachment.objects.filter(document_id=document_id)}
    body = messages.read(Document.objects.get(id=document_id).data)
    found = []
    for entry in body.get("attachments", ()):
        row = rows[entry["id"]]
        with Collector() as collector:
            for number in range(AttachmentChunk.objects.filter(attachment_id=row.id).count()):
                collector.write(bytes(AttachmentChunk.objects.get(attachment_id=row.id, number=number).data))
            item = AttachmentItem(row.id, row.name, row.media_type, row.size, row.sha256)
            found.append((item, collector.finish()))
    return found


def store_built(jobs: Sequence[InFlight], now: datetime) -> None:
    """Keep the bytes of messages that were just built, in place of bytes that could not be used."""
    if not jobs:
        return
    at = _instant(now)
    rows = [
        (job.claimed.id, job.content_type, None if job.spool else _bytes(job.body), job.spool, job.references, at)
        for job in jobs
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT_BUILT, rows)


def record(jobs: Sequence[InFlight], now: datetime) -> None:
    """Keep what was answered: receipts, refusals, and when to try again; with entries in the log."""
    receipted = [job for job in jobs if job.outcome and job.outcome.answer is Answer.RECEIPTED]
    others = [job for job in jobs if job.outcome and job.outcome.answer is not Answer.RECEIPTED]
    if receipted:
        _record_receipts(receipted, now)
    if others:
        _record_failures(others, now)


def _record_receipts(jobs: Sequence[InFlight], now: datetime) -> None:
    at = _instant(now)
    rows = [(job.claimed.id, job.outcome.receipt_id[:250], at, job.outcome.receipt) for job in jobs if job.outcome]
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT_RECEIPT, rows)
        cursor.executemany(_RECEIPTED, [(at, at, at, job.claimed.id) for job in jobs])
    audit.record_many([_entry("document.receipted", job) for job in jobs])


def _record_failures(jobs: Sequence[InFlight], now: datetime) -> None:
    at = _instant(now)
    rows: list[Sequence[str | int | bool | None]] = []
    refusals: list[Refusal] = []
    entries: list[NewEntry] = []
    for job in jobs:
        outcome = job.outcome
        if outcome is None:
            continue
        sent = not outcome.own_fault
        again = now if outcome.unreached else now + RETRY.pause(job.claimed.attempts + 1, 0.5)
        code = f"{outcome.code} {outcome.reason}".strip()[:60]
        state = _STATE_AFTER[outcome.answer].value
        rows.append((state, _instant(again), int(sent), sent, at, sent, at, code, job.claimed.id))
        if outcome.answer in {Answer.REFUSED, Answer.UNPROVEN} or _keeps_failing(job, outcome):
            refusals.append(_refusal(job, outcome, now))
        if outcome.answer in {Answer.REFUSED, Answer.UNPROVEN}:
            entries.append(_entry("document.refused", job))
    with connection.cursor() as cursor:
        cursor.executemany(_FAILED, rows)
    problems.record(refusals)
    if entries:
        audit.record_many(entries)


def _refusal(job: InFlight, outcome: Outcome, now: datetime) -> Refusal:
    codes = {Answer.UNPROVEN: "delivery.receipt_lost", Answer.REFUSED: "delivery.refused"}
    return Refusal(
        direction=Direction.OUT, code=codes.get(outcome.answer, "delivery.keeps_failing"), at=now, authenticated=True,
        peer_state=job.claimed.peer_state, message_id=job.claimed.letter.message_id,
        document_id=job.claimed.letter.document_id,
        ebms_code=outcome.code if outcome.code.startswith("EBMS:") else "", detail=outcome.reason or outcome.code,
    )  # fmt: skip


def _keeps_failing(job: InFlight, outcome: Outcome) -> bool:
    """Tell whether this document alone fails again and again: a person is told once it is no accident any more."""
    return not outcome.unreached and job.claimed.attempts + 1 >= ATTEMPTS_BEFORE_WARNING


def _entry(action: str, job: InFlight) -> NewEntry:
    outcome = job.outcome
    detail = {"message": job.claimed.letter.message_id}
    if outcome is not None and outcome.code:
        detail["code"] = outcome.code
    if outcome is not None and outcome.receipt:
        detail["receipt"] = messages.digest(outcome.receipt)
    return new_entry(
        node_actor(identity.own_state()), action, Kind.DISCLOSURE, job.claimed.letter.document_id,
        recipient=job.claimed.peer_state,
        detail=detail,
    )  # fmt: skip


def _instant(at: datetime) -> str | None:
    """Return an instant as the database wants it in a statement of our own (psycopg gets the instant itself)."""
    return connection.ops.adapt_datetimefield_value(at)


def _read_instant(value: str | datetime) -> datetime:
    """Return an instant that a statement of our own has read: SQLite keeps them as text, in UTC."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value).replace(tzinfo=UTC)


def _bytes(body: Octets | None) -> bytes:
    return body.read() if body is not None else b""


# --- the spool: bytes of large messages, until they are receipted
# --------------------------------------------------------


def _spool_folder() -> Path:
    return identity.config().folder / "spool"


def spool(delivery: int, body: Octets) -> str:
    """Write a large message to a file that survives a crash; returns its name."""
    folder = _spool_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{delivery}.as4"
    fresh = folder / f"{name}.new"
    with fresh.open("wb") as target:
        for piece in body.chunks():
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
    fresh.replace(folder / name)
    return name


def forget_spool(name: str) -> None:
    """Remove a file of the spool whose message was answered for good; harmless when it is gone."""
    if name:
        (_spool_folder() / name).unlink(missing_ok=True)


def clean_spool() -> None:
    """Remove files of messages that are no longer waiting: left by a crash."""
    folder = _spool_folder()
    if not folder.exists():
        return
    waiting = OutboundMessage.objects.exclude(spool="").filter(delivery__state=DeliveryState.QUEUED.value)
    kept = set(waiting.values_list("spool", flat=True))
    for file in folder.iterdir():
        if file.name not in kept:
            file.unlink(missing_ok=True)
