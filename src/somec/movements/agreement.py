"""Do both nodes hold the same of a conversation? Each document says what its writer held; the reader checks it (pure).

A document that follows in a conversation carries ``holds``: the ids of the documents that its writer had, and the
digest over them and the duties that follow from them. The reader computes the digest over the same documents: equal
numbers mean equal duties with equal due instants on both sides. Documents that crossed on the way are not in the
list, so they never look like a disagreement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from somec.kernel import clock
from somec.kernel.canonical import Json
from somec.movements import messages


@dataclass(frozen=True)
class Duty:
    """An obligation as far as both nodes must agree on it."""

    id: str
    document: str
    debtor: str
    due: datetime


@dataclass(frozen=True)
class Agreement:
    """What came of the last comparison. ``agree`` is None when the other node has said nothing yet.

    ``lacking``: documents that the other node has and this one has not.
    """

    agree: bool | None
    at: datetime | None
    documents: int
    duties: int
    ours: str
    theirs: str
    lacking: tuple[str, ...] = ()


def fingerprint(documents: Collection[str], duties: Iterable[Duty]) -> tuple[str, int]:
    """Return the digest over these documents and the duties that follow from them alone, and how many duties."""
    held = set(documents)
    rows = [(duty.id, duty.debtor, clock.iso(duty.due)) for duty in duties if duty.document in held]
    return messages.digest(held, rows), len(rows)


def claim(documents: Sequence[str], duties: Iterable[Duty]) -> dict[str, Json]:
    """Return the ``holds`` of a document that is being written."""
    listed: list[Json] = [*sorted(documents)]
    return {"documents": listed, "digest": fingerprint(documents, duties)[0]}


def compare(
    documents: Collection[str], duties: Sequence[Duty], *, said: Mapping[str, Any] | None, at: datetime | None
) -> Agreement:
    """Compare what this node holds with what the other said it held."""
    own, count = fingerprint(documents, duties)
    if not said:
        return Agreement(None, None, len(documents), count, own, "")
    theirs = [str(one) for one in said["documents"]]
    lacking = tuple(one for one in theirs if one not in documents)
    digest, duty_count = fingerprint(theirs, duties)
    return Agreement(
        not lacking and digest == said["digest"], at, len(theirs), duty_count, digest, str(said["digest"]), lacking
    )
