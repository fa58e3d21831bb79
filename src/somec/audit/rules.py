"""What one log entry is, which bytes of it are hashed, and what a checkpoint says.

An entry holds ids, codes and field names only. What a person typed as a reason may hold personal data, so the entry
keeps a salted SHA-256 of it and the text lies in a table of its own, from which it can be erased without breaking
the log.

Two values bind the entries: the Merkle tree of RFC 6962, whose root is signed and shown to peers, and a chain
``link(n) = SHA-256(0x02 || link(n-1) || leaf(n))``. The tree proves the log to others in few hashes; the chain lets
:mod:`somec.audit.verify` name the very entry that was changed even when its leaf hash was rewritten with it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeAlias

import orjson

from somec.crypto import hashtree
from somec.kernel import canonical
from somec.kernel.errors import Invalid

Detail: TypeAlias = Mapping[str, str | int | bool | None]

EMPTY_LINK = bytes(32)
SALT_SIZE = 16
TILE = 256  # entries below one stored subtree; a proof reads at most two tiles and a few subtrees
TILE_LEVEL = 8  # log2(TILE)
LIMITS: Mapping[str, int] = {
    "actor": 64, "authority": 40, "action": 64, "subject": 64, "case": 40, "purpose": 64, "recipient": 64,
}  # fmt: skip
"""Longest text of each field; the columns have the same width."""
_SEALED, _AFTER = "sealed ", "after "
MAX_DETAIL = 4_000  # characters of canonical JSON


class Kind(StrEnum):
    """What happened to personal data (the six operations of LED Art. 25), or to the node itself."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"
    SECURITY = "security"  # sign-in, administration, refusals: LED Art. 29


class Own(StrEnum):
    """The entries that the log makes about itself: of each row that stands in a table beside it, what it holds."""

    COSIGNED = "log.cosigned"
    WITNESSED = "log.witnessed"
    PROVED = "log.proved"


class ActorLike(Protocol):
    """Whoever acts: a person of an authority, or the node itself."""

    @property
    def id(self) -> str:
        """Return the id of the person, or ``node``."""

    @property
    def authority_id(self) -> str:
        """Return the id of the authority in whose name the actor acts; empty for the node."""


@dataclass(frozen=True, slots=True)
class _Node:
    """The node itself, as the log knows it."""

    id: str = "node"
    authority_id: str = ""


NODE: ActorLike = _Node()


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What is to be recorded; the log adds number, instant and hashes."""

    actor: str
    authority: str
    action: str
    kind: Kind
    subject: str
    case: str = ""
    purpose: str = ""
    reason: str = field(default="", repr=False)
    recipient: str = ""
    detail: Detail = field(default_factory=dict)


def new_entry(
    actor: ActorLike, action: str, kind: Kind, subject: str, *, case: str = "", purpose: str = "", reason: str = "",
    recipient: str = "", detail: Detail | None = None,
) -> NewEntry:  # fmt: skip
    """Return the entry for an act of ``actor``."""
    return NewEntry(actor.id, actor.authority_id, action, kind, subject, case, purpose, reason, recipient, detail or {})


@dataclass(frozen=True, slots=True)
class Recorded:
    """The columns of one stored entry that are hashed, as they stand in the table."""

    seq: int
    at: str
    actor: str
    authority: str
    action: str
    kind: str
    subject: str
    case: str
    purpose: str
    reason_hash: str
    recipient: str
    detail: str


def entry_bytes(entry: Recorded) -> bytes:
    """Return the canonical JSON (RFC 8785) of an entry: the leaf that RFC 6962 hashes; raises Invalid for other types.

    ``detail`` stands in it as the text that is stored, so that even a change of its white space is seen. The same bytes
    as :func:`somec.kernel.canonical.encode` gives, without its search for nested values: a log is checked at the speed
    of this function.
    """
    texts = (
        entry.action, entry.actor, entry.at, entry.authority, entry.case, entry.detail, entry.kind, entry.purpose,
        entry.reason_hash, entry.recipient, entry.subject,
    )  # fmt: skip
    if set(map(type, texts)) != {str} or type(entry.seq) is not int or abs(entry.seq) > canonical.MAX_INTEGER:
        raise Invalid("audit.entry_types")
    action, actor, at, authority, case, detail, kind, purpose, reason, recipient, subject = texts
    try:
        return orjson.dumps({
            "action": action, "actor": actor, "at": at, "authority": authority, "case": case, "detail": detail,
            "kind": kind, "purpose": purpose, "reason_hash": reason, "recipient": recipient, "seq": entry.seq,
            "subject": subject,
        })  # fmt: skip
    except orjson.JSONEncodeError as error:  # half of a surrogate pair
        raise Invalid("audit.entry_text") from error


def link(previous: bytes, leaf: bytes) -> bytes:
    """Return the chain value after an entry with this leaf hash."""
    return hashlib.sha256(b"\x02" + previous + leaf).digest()


def reason_hash(salt: bytes, text: str) -> str:
    """Return what an entry keeps of a typed reason: hexadecimal SHA-256 of salt and text; empty for no reason."""
    return hashlib.sha256(salt + text.encode()).hexdigest() if text else ""


def check(entry: NewEntry) -> str:
    """Return the canonical text of the detail; raises Invalid naming the fields that cannot be taken."""
    wrong = {name: ["too_long"] for name, limit in LIMITS.items() if len(getattr(entry, name)) > limit}
    if not entry.action:
        wrong["action"] = ["missing"]
    detail = canonical.encode(dict(entry.detail)).decode() if entry.detail else "{}"
    if len(detail) > MAX_DETAIL:
        wrong["detail"] = ["too_long"]
    if wrong:
        raise Invalid("audit.entry", fields=wrong)
    return detail


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log at one size: C2SP tlog-checkpoint (origin, size, root), signed as a note."""

    origin: str
    size: int
    root: bytes
    sealed: str = ""  # RFC 3339; an extension line, which other readers of the form pass over
    after: int | None = None  # size of the checkpoint before, 0: the first; so that one taken away is missed

    def text(self) -> str:
        """Return the body of the note."""
        extension = f"{_SEALED}{self.sealed}\n" if self.sealed else ""
        extension += "" if self.after is None else f"{_AFTER}{self.after}\n"
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n{extension}"


def read_checkpoint(text: str) -> Checkpoint:
    """Read the body of a checkpoint note (unknown extension lines are passed over); raises Invalid."""
    try:
        origin, size, encoded, *extensions = text.removesuffix("\n").split("\n")
        root = base64.b64decode(encoded, validate=True)
        number = int(size)
        before = next((int(line.removeprefix(_AFTER)) for line in extensions if line.startswith(_AFTER)), None)
    except ValueError as error:  # binascii.Error is one
        raise Invalid("checkpoint.malformed") from error
    if not origin or size != str(number) or number < 0 or len(root) != hashtree.HASH_SIZE:
        raise Invalid("checkpoint.malformed")
    sealed = next((line.removeprefix(_SEALED) for line in extensions if line.startswith(_SEALED)), "")
    return Checkpoint(origin, number, root, sealed, before)


def split_frontier(data: bytes) -> list[bytes]:
    """Return the roots that a stored frontier holds one after the other."""
    return [data[start : start + 32] for start in range(0, len(data), 32)]


def join_frontier(frontier: Sequence[bytes]) -> bytes:
    """Return a frontier as it is stored."""
    return b"".join(frontier)


@dataclass(frozen=True, slots=True)
class Growth:
    """A log that has grown: its size, frontier and chain value, and the complete subtrees that came to be."""

    size: int
    frontier: list[bytes]
    link: bytes
    links: list[bytes]
    subtrees: list[tuple[int, int, bytes]]


def grow(size: int, frontier: Sequence[bytes], chain: bytes, leaves: Sequence[bytes]) -> Growth:
    """Append leaf hashes to a tree known by its frontier and to the chain."""
    grown, links, subtrees = list(frontier), list[bytes](), list[tuple[int, int, bytes]]()
    for leaf in leaves:
        grown.append(leaf)
        carry, level = size, 0
        while carry & 1:
            right, left = grown.pop(), grown.pop()
            grown.append(hashtree.node_hash(left, right))
            carry, level = carry >> 1, level + 1
            if level >= TILE_LEVEL:
                subtrees.append((level, carry, grown[-1]))
        chain = link(chain, leaf)
        links.append(chain)
        size += 1
    return Growth(size, grown, chain, links, subtrees)
