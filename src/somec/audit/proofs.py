"""RFC 6962 proofs out of the database: from the stored subtrees and the leaf hashes of at most two tiles.

:mod:`somec.crypto.hashtree` has the same proofs over a list of all leaves; a test holds both to the same answers.
"""

from __future__ import annotations

from somec.audit.models import Entry, Subtree
from somec.audit.rules import TILE, TILE_LEVEL
from somec.crypto import hashtree
from somec.kernel.errors import NotFound


def root_at(size: int) -> bytes:
    """Return the root that the log had when it held ``size`` entries."""
    return _range(0, size) if size else hashtree.EMPTY_ROOT


def inclusion(index: int, size: int) -> list[bytes]:
    """Return the audit path of leaf ``index`` in the log's first ``size`` entries, nearest sibling first."""
    if not 0 <= index < size:
        raise NotFound("audit.entry")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range(middle, high))
            high = middle
        else:
            path.append(_range(low, middle))
            low = middle
    return path[::-1]


def consistency(old_size: int, size: int) -> list[bytes]:
    """Return the proof that the first ``old_size`` entries are the beginning of the first ``size``."""
    if not 0 < old_size <= size:
        raise NotFound("audit.checkpoint")
    path: list[bytes] = []
    low, high, whole = 0, size, True
    while old_size != high:
        middle = low + _split(high - low)
        if old_size <= middle:
            path.append(_range(middle, high))
            high = middle
        else:
            path.append(_range(low, middle))
            low, whole = middle, False
    return path[::-1] if whole else [_range(low, high), *path[::-1]]


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def _range(low: int, high: int) -> bytes:
    """Return the Merkle tree hash of leaves ``low`` to ``high``, where ``low`` is where RFC 6962 would split."""
    size = high - low
    if size <= TILE:
        return _small(low, high)
    if size & (size - 1) == 0 and low % size == 0:
        return _stored(size.bit_length() - 1, low // size)
    middle = low + _split(size)
    return hashtree.node_hash(_range(low, middle), _range(middle, high))


def _small(low: int, high: int) -> bytes:
    if high - low == TILE and low % TILE == 0:
        return _stored(TILE_LEVEL, low // TILE)
    rows = Entry.objects.filter(seq__gt=low, seq__lte=high).order_by("seq").values_list("leaf_hash", flat=True)
    leaves = [bytes(leaf) for leaf in rows]
    if len(leaves) != high - low:
        raise NotFound("audit.entry")
    return hashtree.root_of(leaves)


def _stored(level: int, position: int) -> bytes:
    row = Subtree.objects.filter(level=level, position=position).first()
    if row is None:
        raise NotFound("audit.subtree")
    return bytes(row.root)
