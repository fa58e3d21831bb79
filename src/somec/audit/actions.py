"""Write the log: entries, checkpoints, countersignatures, and the erasure of a typed reason.

Everything runs inside the caller's transaction, so an act and its entry stand or fall together. The row of
:class:`~somec.audit.models.Tree` is the lock: on SQLite the IMMEDIATE transaction already excludes other writers, on
PostgreSQL the row is locked until the caller commits.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from django.db import connection, transaction

from somec.audit import beside, rules
from somec.audit.models import CheckpointNote, Cosignature, Reason, Witnessed
from somec.audit.rules import ActorLike, Detail, Kind, NewEntry
from somec.crypto import hashtree
from somec.crypto.signing import Signer, Verifier, open_note, sign_note
from somec.kernel import clock
from somec.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, NotPossibleNow

_INSERT_ENTRY = """INSERT INTO audit_entry (seq, at, actor, authority, action, kind, subject, case_file, purpose,
 reason_hash, recipient, detail, leaf_hash, link) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
_INSERT_REASON = "INSERT INTO audit_reason (seq, salt, text) VALUES (%s, %s, %s)"
_INSERT_SUBTREE = "INSERT INTO audit_subtree (level, position, root) VALUES (%s, %s, %s)"
_INSERT_TREE = "INSERT INTO audit_tree (id, size, frontier, link) VALUES (1, 0, %s, %s) ON CONFLICT DO NOTHING"
_SELECT_TREE = "SELECT size, frontier, link FROM audit_tree WHERE id = 1"
_UPDATE_TREE = "UPDATE audit_tree SET size = %s, frontier = %s, link = %s WHERE id = 1 AND size = %s"


def record(
    *, actor: ActorLike, action: str, kind: Kind, subject: str, case: str = "", purpose: str = "", reason: str = "",
    recipient: str = "", detail: Detail | None = None,
) -> int:  # fmt: skip
    """Record one act or reading and return its number; must run in the transaction of what it records.

    ``subject`` is the id of the thing, ``case`` the id of the person's file it belongs to, ``purpose`` a code,
    ``recipient`` the state or authority that was told, ``detail`` codes and field names. No name and no date of birth
    anywhere; only ``reason`` is a person's own text, and that is kept where it can be erased.
    """
    entry = rules.new_entry(
        actor, action, kind, subject, case=case, purpose=purpose, reason=reason, recipient=recipient, detail=detail
    )
    return record_many([entry])[0]


def record_many(entries: Sequence[NewEntry]) -> range:
    """Record several entries with one growth of the tree; returns their numbers in order."""
    if not connection.in_atomic_block:
        raise NotPossibleNow("audit.outside_transaction")
    details = [rules.check(entry) for entry in entries]
    size, frontier, chain = _locked_tree()
    at = clock.iso(clock.now())
    salts = [os.urandom(rules.SALT_SIZE) if entry.reason else b"" for entry in entries]
    rows = [
        rules.Recorded(
            size + 1 + place, at, entry.actor, entry.authority, entry.action, entry.kind.value, entry.subject,
            entry.case, entry.purpose, rules.reason_hash(salts[place], entry.reason), entry.recipient, details[place],
        )
        for place, entry in enumerate(entries)
    ]  # fmt: skip
    leaves = [hashtree.leaf_hash(rules.entry_bytes(row)) for row in rows]
    growth = rules.grow(size, rules.split_frontier(frontier), chain, leaves)
    reasons = [(row.seq, salts[place], entries[place].reason) for place, row in enumerate(rows) if row.reason_hash]
    _store(rows, leaves, growth, reasons, size)
    return range(size + 1, growth.size + 1)


def record_own(act: str, detail: Detail) -> None:
    """Record what a row beside the log holds, so that :mod:`somec.audit.verify` misses it when it is taken away.

    `act` is one of :class:`~somec.audit.rules.Own`.
    """
    record(actor=rules.NODE, action=act, kind=Kind.SECURITY, subject="log", detail=detail)


def _locked_tree() -> tuple[int, bytes, bytes]:
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(_SELECT_TREE + lock)
        row = cursor.fetchone()
        if row is None:
            cursor.execute("SELECT 1 FROM audit_entry LIMIT 1")
            begun = cursor.fetchone() is not None
            if not begun:
                cursor.execute(_INSERT_TREE, [b"", rules.EMPTY_LINK])
            cursor.execute(_SELECT_TREE + lock)  # another writer may have begun the log between the two looks
            row = cursor.fetchone()
            if row is None:  # somebody took the row away: do not begin a second log over the first
                raise Conflict("audit.tree_missing")
    return int(row[0]), bytes(row[1]), bytes(row[2])


def _store(
    rows: Sequence[rules.Recorded], leaves: Sequence[bytes], growth: rules.Growth,
    reasons: Sequence[tuple[int, bytes, str]], old_size: int,
) -> None:  # fmt: skip
    values = [
        (
            row.seq, row.at, row.actor, row.authority, row.action, row.kind, row.subject, row.case, row.purpose,
            row.reason_hash, row.recipient, row.detail, leaves[place], growth.links[place],
        )
        for place, row in enumerate(rows)
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT_ENTRY, values)
        if reasons:
            cursor.executemany(_INSERT_REASON, reasons)
        if growth.subtrees:
            cursor.executemany(_INSERT_SUBTREE, growth.subtrees)
        cursor.execute(_UPDATE_TREE, [growth.size, rules.join_frontier(growth.frontier), growth.link, old_size])
        if cursor.rowcount != 1:
            raise Conflict("audit.tree_moved")


@transaction.atomic
def erase_reason(*, actor: ActorLike, seq: int, ground: str) -> int:
    """Erase what a person typed as the reason of entry ``seq`` (LED Art. 16(2)); ``ground`` is a code.

    The entry, its hash and every proof stay. Returns the number of the entry that records the erasure.
    """
    reason = Reason.objects.select_for_update().filter(seq=seq, erased_by=None).first()
    if reason is None:
        raise NotFound("audit.reason")
    erasure = record(
        actor=actor, action="audit.erase_reason", kind=Kind.ERASURE, subject=f"entry-{seq}", detail={"ground": ground}
    )
    reason.text, reason.salt, reason.erased_by = "", b"", erasure
    reason.save()
    return erasure


def checkpoint(*, signer: Signer, every: timedelta = timedelta(0), copy_to: Path | None = None) -> str | None:
    """Seal the log as it stands: sign its size and root, store the note and return it.

    Returns None when nothing was added since the newest checkpoint, or that one is younger than ``every``. With
    ``copy_to`` the note is also written to that file once committed, so that a log cut short in the database is found
    without asking a peer.
    """
    last = CheckpointNote.objects.order_by("-size").first()
    if last is not None and clock.now() - last.at < every:
        return None  # asked each second: looking takes no lock
    with transaction.atomic():
        note = _sealed(signer)
        if note is not None and copy_to is not None:
            transaction.on_commit(lambda: _write(copy_to, note))
    return note


def _sealed(signer: Signer) -> str | None:
    size, frontier, _ = _locked_tree()
    if size == 0 or CheckpointNote.objects.filter(size__gte=size).exists():
        return None
    root, at = hashtree.root(rules.split_frontier(frontier)), clock.now()
    before = CheckpointNote.objects.order_by("-size").values_list("size", flat=True).first() or 0
    note = sign_note(rules.Checkpoint(signer.name, size, root, clock.iso(at), before).text(), signer)
    CheckpointNote(size=size, at=at, root=root, note=note).save()
    return note


def _write(file: Path, note: str) -> None:
    """Replace the file in one step, so that a crash leaves the old note or the new one."""
    fresh = file.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as target:
        target.write(note)
        target.flush()
        os.fsync(target.fileno())
    fresh.replace(file)


@transaction.atomic
def witness(*, signer: Signer, log: Verifier, note: str, old_size: int = 0, proof: Sequence[bytes] = ()) -> str:
    """Countersign another node's checkpoint and return the signature line.

    Signs only what is signed by that log's key and provably appends to the checkpoint signed here before
    (``old_size`` names it, ``proof`` is RFC 6962's consistency proof). Raises Conflict when the log was rewritten.
    """
    text, names = open_note(note, log)
    if log.name not in names:
        raise NotAllowed("checkpoint.not_signed")
    seen = rules.read_checkpoint(text)
    if seen.origin != log.name:
        raise Invalid("checkpoint.origin")
    known = Witnessed.objects.select_for_update().filter(origin=seen.origin).first()
    if known is not None:
        if seen.size < known.size:
            raise Conflict("checkpoint.rewritten", known=known.size, shown=seen.size)
        if old_size != known.size:
            raise NotPossibleNow("checkpoint.old_size", known=known.size)
        if not hashtree.verify_consistency(known.size, bytes(known.root), seen.size, seen.root, proof):
            raise Conflict("checkpoint.rewritten", known=known.size, shown=seen.size)
    kept = Witnessed(origin=seen.origin, size=seen.size, root=seen.root, note=note, at=clock.now())
    kept.save()
    record_own("log.witnessed", beside.of_witnessed(kept))
    return sign_note(text, signer).splitlines()[-1]


@transaction.atomic
def add_cosignature(*, size: int, line: str, peer: Verifier) -> None:
    """Keep a peer's countersignature under our checkpoint of ``size``; raises Invalid if it is not that peer's."""
    ours = CheckpointNote.objects.filter(size=size).first()
    if ours is None:
        raise NotFound("checkpoint")
    body = ours.note.rpartition("\n\n")[0]
    _, names = open_note(f"{body}\n\n{line}\n", peer)
    if peer.name not in names:
        raise Invalid("checkpoint.cosignature")
    if not ours.cosignatures.filter(witness=peer.name).exists():
        kept = Cosignature(checkpoint=ours, witness=peer.name, at=clock.now(), line=line)
        kept.save()
        record_own("log.cosigned", beside.of_cosignature(kept))
