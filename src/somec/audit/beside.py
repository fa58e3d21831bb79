"""What stands beside the log in tables of its own, and what the log says of it.

Signatures of peers under our checkpoints, what this node signed of other logs, and what came of each proof are rows
that no hash covers. So the log has an entry for each (:class:`~somec.audit.rules.Own`), made in the same transaction,
and :mod:`somec.audit.verify` compares the two: a row that was taken away or changed is named by its entry. A row older
than these entries has none and is passed over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import orjson

from somec.audit.models import Cosignature, Entry, Verification, Witnessed
from somec.audit.rules import Detail, Own
from somec.kernel import canonical, clock

ACTS: Final = frozenset(own.value for own in Own)
_KEYS: Final = {Own.COSIGNED: ("size", "witness"), Own.WITNESSED: ("origin",), Own.PROVED: ("id",)}
_NAMES: Final = {Own.COSIGNED: "cosignature", Own.WITNESSED: "witnessed", Own.PROVED: "verification"}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def of_cosignature(row: Cosignature) -> Detail:
    """Return what the log says of a peer's signature: everything, the line itself as SHA-256."""
    return {
        "size": row.checkpoint_id, "witness": row.witness, "at": clock.iso(row.at), "line": _digest(row.line),
    }  # fmt: skip


def of_witnessed(row: Witnessed) -> Detail:
    """Return what the log says of a checkpoint of another log that was signed here."""
    return {
        "origin": row.origin, "size": row.size, "root": bytes(row.root).hex(), "at": clock.iso(row.at),
        "note": _digest(row.note),
    }  # fmt: skip


def of_verification(row: Verification) -> Detail:
    """Return what the log says of a proof of itself."""
    return {
        "id": row.pk, "asked_at": clock.iso(row.asked_at), "asked_by": row.asked_by,
        "done_at": clock.iso(row.done_at) if row.done_at else "", "entries": row.entries, "code": row.code,
        "first": row.first, "last": row.last,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that is not what the log says of it: a code, and the entry that says it (0: none does)."""

    code: str
    seq: int


Key: TypeAlias = tuple[Any, ...]


@dataclass(slots=True)
class Said:
    """What the entries say: for each row its last entry's number and the hash of what it says."""

    rows: dict[Key, tuple[int, bytes]] = field(default_factory=dict)
    first_proof: int = 0

    def take(self, seq: int, action: str, detail: str) -> None:
        """Take in one entry; the later one about the same row stands."""
        own, said = Own(action), orjson.loads(detail)
        self.rows[_key(own, said)] = (seq, _hash(said))
        if own is Own.PROVED and not self.first_proof:
            self.first_proof = said["id"]


def _key(own: Own, said: Detail) -> Key:
    return (own, *(said[name] for name in _KEYS[own]))


def _hash(said: Detail) -> bytes:
    return hashlib.sha256(canonical.encode(dict(said))).digest()


def _stored() -> Iterator[tuple[Own, Detail]]:
    for signed in Cosignature.objects.iterator():
        yield Own.COSIGNED, of_cosignature(signed)
    for seen in Witnessed.objects.iterator():
        yield Own.WITNESSED, of_witnessed(seen)
    for proof in Verification.objects.filter(done_at__isnull=False).iterator():
        yield Own.PROVED, of_verification(proof)


def fault(said: Said, end: int) -> Fault | None:
    """Return the first row that the log does not bear out; uses ``said`` up.

    ``said`` is what the entries up to ``end`` say. The node may write meanwhile, so a row may also be what a later
    entry says of it; those are read after the rows.
    """
    doubts: dict[Key, tuple[Fault, bytes]] = {}
    for own, detail in _stored():
        key, found = _key(own, detail), _hash(detail)
        known = said.rows.pop(key, None)
        if known is not None and known[1] != found:
            doubts[key] = (Fault(f"{_NAMES[own]}.changed", known[0]), found)
        elif known is None and _claims(own, detail, said.first_proof):
            doubts[key] = (Fault(f"{_NAMES[own]}.added", 0), found)
    later = _later(end)
    faults = [one for key, (one, found) in doubts.items() if later.rows.get(key, (0, b""))[1] != found]
    faults += [Fault(f"{_NAMES[key[0]]}.missing", seq) for key, (seq, _) in said.rows.items()]
    return min(faults, key=lambda one: one.seq, default=None)


def _claims(own: Own, detail: Detail, first_proof: int) -> bool:
    """Tell whether an unrecorded row claims a whole log; a signature proves itself, and a fault may stand alone."""
    return own is Own.PROVED and not detail["code"] and 0 < first_proof < int(detail["id"] or 0)


def _later(end: int) -> Said:
    rows = Entry.objects.filter(seq__gt=end, action__in=ACTS).order_by("seq")
    later = Said()
    for seq, action, detail in rows.values_list("seq", "action", "detail"):
        later.take(seq, action, detail)
    return later
