"""Read the log: the trail of a case, one entry, checkpoints, and proofs that others can check.

Audit stands below access and so cannot ask who is reading: screens and the JSON interface come through
:mod:`somec.access.trails`, which does.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Max, QuerySet

from somec.audit import proofs
from somec.audit.models import CheckpointNote, Cosignature, Entry, Reason, Tree
from somec.audit.rules import Kind, Own, Recorded, entry_bytes, read_checkpoint
from somec.crypto import hashtree
from somec.kernel import canonical, clock
from somec.kernel.canonical import Json
from somec.kernel.errors import NotFound

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry; ``sealed`` tells whether a signed checkpoint covers it, ``reason_erased`` that its text was erased."""

    seq: int
    at: datetime
    actor: str
    authority: str
    action: str
    kind: Kind
    subject: str
    case: str
    purpose: str
    reason: str = field(repr=False)
    reason_erased: bool
    recipient: str
    detail: Mapping[str, Json]
    sealed: bool


@dataclass(frozen=True, slots=True)
class CheckpointView:
    """A sealed state of the log and who countersigned it, when."""

    size: int
    at: datetime
    root: bytes
    note: str
    witnesses: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class Trail:
    """One page of a trail, newest first. ``counts`` is by kind over all pages; ``unsealed`` entries await a seal."""

    entries: tuple[EntryView, ...]
    total: int
    page: int
    pages: int
    counts: Mapping[Kind, int]
    unsealed: int
    checkpoint: CheckpointView | None


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry stands in the log whose checkpoint note this is (RFC 6962 audit path)."""

    seq: int
    entry: bytes
    path: tuple[bytes, ...]
    checkpoint: CheckpointView


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What part of a trail is asked for; empty means everything. ``actors`` are ids."""

    kinds: frozenset[Kind] = frozenset()
    actions: frozenset[str] = frozenset()
    actors: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = TrailFilter()


def size() -> int:
    """Return how many entries the log holds."""
    tree = Tree.objects.first()
    return tree.size if tree else 0


def trail(case: str, page: int = 1, *, only: TrailFilter = EVERYTHING, also: Collection[str] = ()) -> Trail:
    """Return the entries about one person's file, and about those that are read as one with it (``also``)."""
    return _page(Entry.objects.filter(case__in={case, *also} - {""}), page, only)


def trail_of(actor: str, page: int = 1, *, only: TrailFilter = EVERYTHING) -> Trail:
    """Return what one person did and read."""
    return _page(Entry.objects.filter(actor=actor), page, only)


def whole(page: int = 1, *, only: TrailFilter = EVERYTHING) -> Trail:
    """Return the whole log, for the data protection officer."""
    return _page(Entry.objects.all(), page, only)


def _page(rows: QuerySet[Entry], page: int, only: TrailFilter) -> Trail:
    rows = _narrow(rows, only)
    counts = {Kind(row["kind"]): row["n"] for row in rows.values("kind").annotate(n=Count("seq")).order_by("kind")}
    if only.kinds:
        rows = rows.filter(kind__in=sorted(only.kinds))
    total = sum(n for kind, n in counts.items() if not only.kinds or kind in only.kinds)
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, page), pages)
    last = checkpoint()
    sealed = last.size if last else 0
    shown = list(rows.order_by("-seq")[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return Trail(
        entries=_views(shown, sealed), total=total, page=page, pages=pages, counts=counts,
        unsealed=rows.filter(seq__gt=sealed).count(), checkpoint=last,
    )  # fmt: skip


def _narrow(rows: QuerySet[Entry], only: TrailFilter) -> QuerySet[Entry]:
    if only.actions:
        rows = rows.filter(action__in=sorted(only.actions))
    if only.actors:
        rows = rows.filter(actor__in=sorted(only.actors))
    if only.since is not None:
        rows = rows.filter(at__gte=clock.iso(only.since))
    if only.until is not None:
        rows = rows.filter(at__lt=clock.iso(only.until))
    return rows


def _views(rows: Sequence[Entry], sealed: int) -> tuple[EntryView, ...]:
    reasons = {row.seq: row for row in Reason.objects.filter(seq__in=[row.seq for row in rows if row.reason_hash])}
    return tuple(_view(row, reasons.get(row.seq), sealed) for row in rows)


def _view(row: Entry, reason: Reason | None, sealed: int) -> EntryView:
    detail = canonical.decode(row.detail.encode())
    return EntryView(
        row.seq, clock.parse(row.at), row.actor, row.authority, row.action, Kind(row.kind), row.subject, row.case,
        row.purpose, reason.text if reason else "", reason is not None and reason.erased_by is not None, row.recipient,
        detail if isinstance(detail, dict) else {}, row.seq <= sealed,
    )  # fmt: skip


def entry(seq: int) -> EntryView:
    """Return one entry; raises NotFound."""
    row = Entry.objects.filter(seq=seq).first()
    if row is None:
        raise NotFound("audit.entry")
    last = checkpoint()
    return _views([row], last.size if last else 0)[0]


def last(subject: str, action: str) -> EntryView | None:
    """Return the newest entry of an action on a thing, or None."""
    row = Entry.objects.filter(subject=subject, action=action).order_by("-seq").first()
    return _view(row, None, 0) if row is not None else None


def checkpoint(at_least: int = 0) -> CheckpointView | None:
    """Return the newest checkpoint, or the first that covers ``at_least`` entries; None when there is none."""
    rows = CheckpointNote.objects.prefetch_related("cosignatures")
    row = rows.filter(size__gte=at_least).order_by("size").first() if at_least else rows.order_by("-size").first()
    if row is None:
        return None
    signatures = sorted(row.cosignatures.all(), key=lambda one: one.witness)
    lines = "".join(f"{one.line}\n" for one in signatures)
    return CheckpointView(
        row.size, row.at, bytes(row.root), row.note + lines, tuple((one.witness, one.at) for one in signatures)
    )


def proof(seq: int) -> Proof:
    """Return the proof that entry ``seq`` stands under the first checkpoint that covers it; NotFound before one."""
    row = Entry.objects.filter(seq=seq).first()
    sealed = checkpoint(at_least=seq)
    if row is None or sealed is None:
        raise NotFound("audit.proof")
    return Proof(seq, entry_bytes(recorded(row)), tuple(proofs.inclusion(seq - 1, sealed.size)), sealed)


def recorded(row: Entry) -> Recorded:
    """Return the hashed columns of a row."""
    return Recorded(
        row.seq, row.at, row.actor, row.authority, row.action, row.kind, row.subject, row.case, row.purpose,
        row.reason_hash, row.recipient, row.detail,
    )  # fmt: skip


def consistency(old_size: int, new_size: int) -> list[bytes]:
    """Return the proof for a witness that the log of ``new_size`` only appends to the one of ``old_size``."""
    return proofs.consistency(old_size, new_size)


def first_sealed() -> datetime | None:
    """Return when the first checkpoint was made."""
    return CheckpointNote.objects.order_by("size").values_list("at", flat=True).first()


def said_size(note: str) -> int:
    """Return the size that a checkpoint note speaks of; raises Invalid."""
    return read_checkpoint(note.rpartition("\n\n")[0] + "\n").size


def cosigned_size(witness: str) -> int:
    """Return the size of our newest checkpoint that this witness has signed; 0 if it signed none."""
    return Cosignature.objects.filter(witness=witness).aggregate(size=Max("checkpoint_id"))["size"] or 0


def grew_beyond(size: int, *, not_about: Collection[str]) -> bool:
    """Tell whether anything was recorded after entry ``size`` that is not about one of these subjects."""
    rows = Entry.objects.filter(seq__gt=size).exclude(subject__in=set(not_about))
    return rows.exclude(action__in=[own.value for own in Own]).exists()


def export(case: str, also: Collection[str] = ()) -> dict[str, Json]:
    """Return every sealed entry of a case (``also``: of those read as one with it) with its proof.

    Format ``somec-trail-1``: ``checkpoint`` is the signed note; each of ``entries`` has ``entry`` (the hashed text),
    ``index`` (of the leaf) and ``path`` (base64 hashes, nearest sibling first). See docs/reference/audit.md.
    """
    last = checkpoint()
    size = last.size if last else 0
    rows = list(Entry.objects.filter(case__in={case, *also} - {""}, seq__lte=size).order_by("seq"))
    paths = proofs.inclusions([row.seq - 1 for row in rows], size)
    entries: list[Json] = [
        {
            "entry": entry_bytes(recorded(row)).decode(),
            "index": row.seq - 1,
            "path": [base64.b64encode(step).decode() for step in path],
        }
        for row, path in zip(rows, paths, strict=True)
    ]
    return {"format": "somec-trail-1", "checkpoint": last.note if last else None, "entries": entries}


def head() -> tuple[int, bytes]:
    """Return size and root of the log as it stands."""
    tree = Tree.objects.first()
    return (tree.size, proofs.root_at(tree.size)) if tree else (0, hashtree.EMPTY_ROOT)
