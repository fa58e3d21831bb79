"""Prove the whole log, or name the first entry that is wrong.

The table is read once, in order, in constant memory. For each entry its number, its bytes against its leaf hash, its
leaf hash against the chain, and its typed reason against the salted hash are checked; the tree is grown beside it. At
each size for which a checkpoint exists, root and signatures are checked; at the end the tree's own row, the stored
subtrees and the counts. What is found is a :class:`Finding`, a code and numbers, never content.

What each fault looks like: a changed column is ``entry.changed``; a row taken away ``entry.missing``; two rows
exchanged ``entry.changed`` at the first; a changed row whose leaf hash was rewritten too ``entry.rewritten``; rows
added past the end ``entry.added``; rows cut from the end ``log.cut``; a log rebuilt in every table of the database
``checkpoint.root`` between two checkpoints, because the signing key is not in the database.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, connection

from somec.audit import beside, rules
from somec.audit.models import CheckpointNote
from somec.audit.rules import Recorded
from somec.crypto import hashtree
from somec.crypto.signing import Verifier, open_note
from somec.kernel import clock
from somec.kernel.errors import Invalid

_CHUNK = 2_000
_ENTRIES = """SELECT seq, at, actor, authority, action, kind, subject, case_file, purpose, reason_hash, recipient,
 detail, leaf_hash, link FROM audit_entry WHERE seq <= %s ORDER BY seq"""
_BEYOND = "SELECT MIN(seq) FROM {table} WHERE seq > (SELECT size FROM audit_tree)"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong: a code, the first entry it concerns, and, where it cannot be told more closely, the last."""

    code: str
    first: int
    last: int

    def __str__(self) -> str:
        place = f"entry {self.first}" if self.first == self.last else f"entries {self.first} to {self.last}"
        return f"{self.code}: {place}"


@dataclass(frozen=True, slots=True)
class Result:
    """Outcome of a verification. ``rate`` is entries a second; ``signatures`` how many checkpoint signatures held."""

    ok: bool
    entries: int
    root: bytes = field(repr=False)
    checkpoints: int
    signatures: int
    finding: Finding | None
    seconds: float

    @property
    def first_wrong(self) -> int | None:
        """Return the number of the first wrong entry, if there is one."""
        return self.finding.first if self.finding else None

    @property
    def rate(self) -> float:
        """Return how many entries were checked a second."""
        return self.entries / self.seconds if self.seconds else 0.0


class _WrongError(Exception):
    """Ends the walk at the first fault."""

    def __init__(self, code: str, first: int, last: int | None = None) -> None:
        super().__init__(code)
        self.finding = Finding(code, first, first if last is None else last)


@dataclass(slots=True)
class _Walk:
    """The log as far as it has been read. ``end`` is the size at which the reading began to be compared."""

    verifiers: Sequence[Verifier]
    notes: dict[int, list[rules.Checkpoint]]
    end: int = 0
    size: int = 0
    frontier: list[bytes] = field(default_factory=list)
    link: bytes = rules.EMPTY_LINK
    subtrees: list[tuple[int, int, bytes]] = field(default_factory=list)
    own: beside.Said = field(default_factory=beside.Said)
    sealed: int = 0
    checkpoints: int = 0
    signatures: int = 0


def verify(*, verifiers: Sequence[Verifier] = (), notes: Sequence[str] = ()) -> Result:
    """Check the log against itself, its stored checkpoints, and ``notes`` that were kept elsewhere (a file, a peer).

    ``verifiers`` are the keys of this node and of witnesses; give at least the node's own, since without it only roots
    are compared, not signatures. The node may go on writing meanwhile: what was there at the start is checked.
    """
    begun = time.perf_counter()
    walk, finding = _walked(verifiers, notes)
    if finding is not None and finding.code == "tree.missing" and _tree(walk) is not None:
        walk, finding = _walked(verifiers, notes)  # the log's first entries were committed while it was read
    return Result(
        ok=finding is None, entries=walk.size, root=hashtree.root(walk.frontier), checkpoints=walk.checkpoints,
        signatures=walk.signatures, finding=finding, seconds=time.perf_counter() - begun,
    )  # fmt: skip


def _walked(verifiers: Sequence[Verifier], notes: Sequence[str]) -> tuple[_Walk, Finding | None]:
    """Walk the log once; returns how far it went and the first fault."""
    walk = _Walk(verifiers, {})
    try:
        _notes(walk, notes)
        tree = _tree(walk)
        _entries(walk)
        _ends(walk, tree)
        _subtrees(walk)
        _beside(walk)
    except _WrongError as wrong:
        return walk, wrong.finding
    return walk, None


def _rows(query: str, *parameters: int) -> Iterator[tuple[Any, ...]]:
    """Stream rows in constant memory on both databases."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, parameters)
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows


# Entries and their reasons


def _entries(walk: _Walk) -> None:
    reasons = _Reasons(walk.end)
    try:
        for row in _rows(_ENTRIES, walk.end):
            _entry(walk, row, reasons)
            if walk.size in walk.notes:
                _sealed(walk)
    except DatabaseError as error:  # a column that no longer holds what it may
        raise _WrongError("entry.unreadable", walk.size + 1) from error
    reasons.finish(walk.size)


def _entry(walk: _Walk, row: tuple[Any, ...], reasons: _Reasons) -> None:
    expected = walk.size + 1
    if row[0] != expected:
        raise _WrongError("entry.missing" if row[0] > expected else "entry.added", min(row[0], expected))
    try:
        leaf = hashtree.leaf_hash(rules.entry_bytes(Recorded(*row[:12])))
    except Invalid as error:
        raise _WrongError("entry.changed", expected) from error
    if not _same(row[12], leaf):
        raise _WrongError("entry.changed", expected)
    growth = rules.grow(walk.size, walk.frontier, walk.link, (leaf,))
    walk.size, walk.frontier, walk.link = growth.size, growth.frontier, growth.link
    if growth.subtrees:
        walk.subtrees.extend(growth.subtrees)
    if not _same(row[13], walk.link):
        raise _WrongError("entry.rewritten", expected)
    reasons.check(expected, row[9])
    if row[4] in beside.ACTS:
        walk.own.take(expected, row[4], row[11])


def _same(stored: object, computed: bytes) -> bool:
    return isinstance(stored, bytes | memoryview) and bytes(stored) == computed


class _Reasons:
    """Walks the typed reasons beside the entries: each belongs to an entry that holds its salted hash."""

    def __init__(self, end: int) -> None:
        self._rows = _rows("SELECT seq, salt, text, erased_by FROM audit_reason WHERE seq <= %s ORDER BY seq", end)
        self._next = next(self._rows, None)

    def check(self, seq: int, kept: str) -> None:
        """Check the reason of one entry, and that none stands where no entry has one."""
        row = self._next
        if row is not None and (row[0] < seq or (row[0] == seq and not kept)):
            raise _WrongError("reason.added", max(row[0], 1))
        if not kept:
            return
        if row is None or row[0] != seq:
            raise _WrongError("reason.missing", seq)
        self._next = next(self._rows, None)
        _, salt, text, erased_by = row
        if erased_by is not None:
            _erasure(seq, erased_by, text)
        elif not isinstance(text, str) or not _salted(salt, text, kept):
            raise _WrongError("reason.changed", seq)

    def finish(self, size: int) -> None:
        """Check that no reason is left over."""
        if self._next is not None:
            raise _WrongError("reason.added", size + 1)


def _salted(salt: object, text: str, kept: str) -> bool:
    return isinstance(salt, bytes | memoryview) and rules.reason_hash(bytes(salt), text) == kept


def _erasure(seq: int, erased_by: int, text: object) -> None:
    """Check that an erased reason is empty and was erased by an entry that says so."""
    found = next(_rows("SELECT action, subject FROM audit_entry WHERE seq = %s", erased_by), None)
    if found != ("audit.erase_reason", f"entry-{seq}") or text:
        raise _WrongError("reason.missing", seq)


# Checkpoints


def _notes(walk: _Walk, outside: Sequence[str]) -> None:
    """Read every checkpoint, stored or brought from outside, and check who signed it."""
    lines: dict[int, list[tuple[str, str]]] = {}
    for size, witness, line in _rows("SELECT checkpoint_id, witness, line FROM audit_cosignature ORDER BY id"):
        lines.setdefault(size, []).append((witness, line))
    for row in CheckpointNote.objects.order_by("size").iterator():
        said = _said(row.note, row.size)
        before = max(walk.notes, default=0)
        stored = rules.Checkpoint(said.origin, row.size, bytes(row.root), clock.iso(row.at), said.after)
        if said != stored:
            raise _WrongError("checkpoint.changed", before + 1, row.size)
        if said.after is not None and said.after != before:
            raise _WrongError("checkpoint.missing", before + 1, max(said.after, before + 1))
        cosigned = lines.pop(row.size, [])
        if any(line.split(" ")[1:2] != [witness] for witness, line in cosigned):
            raise _WrongError("checkpoint.signature", max(row.size, 1))
        note = row.note + "".join(f"{line}\n" for _, line in cosigned)
        _signed(walk, note, said, {witness for witness, _ in cosigned})
        walk.notes.setdefault(row.size, []).append(said)
    if lines:
        raise _WrongError("checkpoint.missing", 1, min(lines))
    for note in outside:
        said = _said(note, 0)
        _signed(walk, note, said, set())
        walk.notes.setdefault(said.size, []).append(said)


def _said(note: str, size: int) -> rules.Checkpoint:
    try:
        return rules.read_checkpoint(note.rpartition("\n\n")[0] + "\n")
    except Invalid as error:
        raise _WrongError("checkpoint.changed", max(size, 1)) from error


def _signed(walk: _Walk, note: str, said: rules.Checkpoint, witnesses: set[str]) -> None:
    """Check that the log's own key and each witness have signed, as far as their keys were given."""
    known = {verifier.name for verifier in walk.verifiers}
    try:
        _, names = open_note(note, *walk.verifiers)
    except Invalid as error:
        raise _WrongError("checkpoint.signature", max(said.size, 1)) from error
    if walk.verifiers and not ((witnesses & known) | {said.origin}) <= set(names):
        raise _WrongError("checkpoint.signature", max(said.size, 1))
    walk.signatures += len(names)


def _sealed(walk: _Walk) -> None:
    """Compare the tree as grown so far with every checkpoint of this size."""
    root = hashtree.root(walk.frontier)
    for said in walk.notes[walk.size]:
        if said.root != root:
            raise _WrongError("checkpoint.root", walk.sealed + 1, walk.size)
        walk.checkpoints += 1
    walk.sealed = walk.size


# What the log says of itself as a whole


def _tree(walk: _Walk) -> tuple[Any, ...] | None:
    """Read the tree's row, and until where the entries are to be read."""
    rows = list(_rows("SELECT size, frontier, link FROM audit_tree"))
    walk.end = rows[0][0] if rows else sys.maxsize
    if not isinstance(walk.end, int):
        raise _WrongError("tree.changed", 1, max(walk.notes, default=1))
    return rows[0] if rows else None


def _ends(walk: _Walk, tree: tuple[Any, ...] | None) -> None:
    """Compare the end of the walk with checkpoints and with the tree's row."""
    latest = max(walk.notes, default=0)
    cut = max(latest, walk.end if tree else 0)
    if cut > walk.size:
        raise _WrongError("log.cut", walk.size + 1, cut)
    if tree is None and walk.size:
        raise _WrongError("tree.missing", walk.sealed + 1, max(walk.size, walk.sealed + 1))
    if tree and not (_same(tree[1], rules.join_frontier(walk.frontier)) and _same(tree[2], walk.link)):
        raise _WrongError("tree.changed", walk.sealed + 1, max(walk.size, walk.sealed + 1))
    for table, code in (("audit_entry", "entry.added"), ("audit_reason", "reason.added")):
        beyond = next(_rows(_BEYOND.format(table=table)))[0]
        if beyond is not None:
            raise _WrongError(code, beyond)


def _subtrees(walk: _Walk) -> None:
    """Compare the subtrees that proofs are made from with those that the leaves make."""
    stored = {(row[0], row[1]): row[2] for row in _rows("SELECT level, position, root FROM audit_subtree")}
    grown = next(_rows("SELECT size FROM audit_tree"), (0,))[0]
    for level, position, root in walk.subtrees:
        if not _same(stored.pop((level, position), None), root):
            raise _WrongError("subtree.changed", (position << level) + 1, (position + 1) << level)
    for level, position in sorted(stored):
        first, last = (position << level) + 1, (position + 1) << level
        if not walk.size < last <= grown:  # one that came to be while the log was read is no fault
            raise _WrongError("subtree.added", max(first, 1), max(last, 1))


def _beside(walk: _Walk) -> None:
    """Compare what the log said of the rows beside it with these rows."""
    fault = beside.fault(walk.own, walk.end)
    if fault is not None:
        raise _WrongError(fault.code, max(fault.seq, 1))
