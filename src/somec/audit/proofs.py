"""RFC 6962 proofs out of the database: from the stored subtrees and the leaf hashes of at most two tiles.

:mod:`somec.crypto.hashtree` has the same proofs over a list of all leaves; a test holds both to the same answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from somec.audit.models import Entry, Subtree
from somec.audit.rules import TILE
from somec.crypto import hashtree
from somec.kernel.errors import NotFound

_Known: TypeAlias = dict[tuple[int, int], bytes]


def root_at(size: int) -> bytes:
    """Return the root that the log had when it held ``size`` entries."""
    return _range(0, size, {}) if size else hashtree.EMPTY_ROOT


def inclusions(indexes: Sequence[int], size: int) -> list[list[bytes]]:
    """Return the audit paths of several leaves, reading what they have in common once."""
    known: _Known = {}
    return [inclusion(index, size, known) for index in indexes]


def inclusion(index: int, size: int, known: _Known | None = None) -> list[bytes]:
    """Return the audit path of leaf ``index`` in the log's first ``size`` entries, nearest sibling first."""
    known = {} if known is None else known
    if not 0 <= index < size:
        raise NotFound("audit.entry")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range(middle, high, known))
            high = middle
        else:
            path.append(_range(low, middle, known))
            low = middle
    return path[::-1]


def consistency(old_size: int, size: int) -> list[bytes]:
    """Return the proof that the first ``old_size`` entries are the beginning of the first ``size``."""
    if not 0 < old_size <= size:
        raise NotFound("audit.checkpoint")
    path: list[bytes] = []
    known: _Known = {}
    low, high, whole = 0, size, True
    while old_size != high:
        middle = low + _split(high - low)
        if old_size <= middle:
            path.append(_range(middle, high, known))
            high = middle
        else:
            path.append(_range(low, middle, known))
            low, whole = middle, False
    return path[::-1] if whole else [_range(low, high, known), *path[::-1]]


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def _range(low: int, high: int, known: _Known) -> bytes:
    """Return the Merkle tree hash of leaves ``low`` to ``high``, where ``low`` is where RFC 6962 would split."""
    if (low, high) not in known:
        size = high - low
        if size < TILE:
            known[low, high] = hashtree.root_of(_leaves(low, high, known))
        elif size & (size - 1) == 0:
            known[low, high] = _stored(size.bit_length() - 1, low // size)
        else:
            middle = low + _split(size)
            known[low, high] = hashtree.node_hash(_range(low, middle, known), _range(middle, high, known))
    return known[low, high]


def _leaves(low: int, high: int, known: _Known) -> list[bytes]:
    """Return the leaf hashes of a part of one tile, which is read whole."""
    first = low - low % TILE
    if (first, first + 1) not in known:
        rows = Entry.objects.filter(seq__gt=first, seq__lte=first + TILE).values_list("seq", "leaf_hash")
        known.update({(seq - 1, seq): bytes(leaf) for seq, leaf in rows})
    try:
        return [known[index, index + 1] for index in range(low, high)]
    except KeyError as error:
        raise NotFound("audit.entry") from error


def _stored(level: int, position: int) -> bytes:
    row = Subtree.objects.filter(level=level, position=position).first()
    if row is None:
        raise NotFound("audit.subtree")
    return bytes(row.root)
