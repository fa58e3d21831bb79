"""Do both nodes hold the same of a conversation? Each document says what its writer held; the reader checks it (pure).

A document that follows in a conversation carries ``holds``: the ids of the documents that its writer had, and the
digest over them and the duties that follow from them. The reader computes the digest over the same documents: equal
numbers mean equal duties with equal due instants on both sides. Documents that crossed on the way are not in the
list, so they never look like a disagreement. Beside the digest stand the kinds of the documents and the duties
themselves, so that a reader who differs can say in which of them; writers before that said the digest only.
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
    rule: str = ""


@dataclass(frozen=True)
class Difference:
    """A duty on which the nodes differ, with what each holds of it; None on a side that does not know the duty."""

    id: str
    rule: str
    ours: Duty | None
    theirs: Duty | None


@dataclass(frozen=True)
class Agreement:
    """What came of the last comparison. ``agree`` is None when the other node has said nothing yet.

    ``lacking``: documents that the other node has and this one has not; ``lacking_kinds``: their kinds in the same
    order, as far as the other node said them. ``differing``: the duties on which they differ, empty where the other
    node did not list its own.
    """

    agree: bool | None
    at: datetime | None
    documents: int
    duties: int
    ours: str
    theirs: str
    lacking: tuple[str, ...] = ()
    lacking_kinds: tuple[str, ...] = ()
    differing: tuple[Difference, ...] = ()


def fingerprint(documents: Collection[str], duties: Iterable[Duty]) -> tuple[str, int]:
    """Return the digest over these documents and the duties that follow from them alone, and how many duties."""
    held = set(documents)
    rows = [(duty.id, duty.debtor, clock.iso(duty.due)) for duty in duties if duty.document in held]
    return messages.digest(held, rows), len(rows)


def claim(documents: Mapping[str, str], duties: Sequence[Duty]) -> dict[str, Json]:
    """Return the ``holds`` of a document that is being written; ``documents``: the kind of each by its id."""
    listed = sorted(documents)
    return {
        "documents": [*listed], "kinds": [documents[one] for one in listed],
        "duties": [
            {"id": one.id, "document": one.document, "rule": one.rule, "debtor": one.debtor, "due": clock.iso(one.due)}
            for one in sorted(duties, key=lambda duty: duty.id)
            if one.document in documents
        ],
        "digest": fingerprint(listed, duties)[0],
    }  # fmt: skip


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
    kinds = dict(zip(theirs, map(str, said.get("kinds", ())), strict=False))
    return Agreement(
        not lacking and digest == said["digest"], at, len(theirs), duty_count, digest, str(said["digest"]), lacking,
        tuple(kinds.get(one, "") for one in lacking), _differing(theirs, duties, said.get("duties")),
    )  # fmt: skip


def _differing(documents: Sequence[str], duties: Sequence[Duty], said: Any) -> tuple[Difference, ...]:
    """Return the duties that one side lacks or holds otherwise, in the order of their due instants."""
    if said is None:
        return ()
    ours = {one.id: one for one in duties if one.document in documents}
    theirs = {one.id: one for one in map(_said, said) if one is not None}
    differing = [
        Difference(duty, known.rule, ours.get(duty), theirs.get(duty))
        for duty, known in (theirs | ours).items()
        if _terms(ours.get(duty)) != _terms(theirs.get(duty))
    ]
    return tuple(sorted(differing, key=lambda one: (_first_due(one), one.id)))


def _said(duty: Mapping[str, str]) -> Duty | None:
    """Return a duty as the other node wrote it; None where its due instant is no day, which then differs from ours."""
    try:
        due = clock.parse(duty["due"])
    except ValueError:
        return None
    return Duty(duty["id"], duty["document"], duty["debtor"], due, duty["rule"])


def _terms(duty: Duty | None) -> tuple[str, datetime] | None:
    return (duty.debtor, duty.due) if duty else None


def _first_due(one: Difference) -> datetime:
    return min(duty.due for duty in (one.ours, one.theirs) if duty is not None)
