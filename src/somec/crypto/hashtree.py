"""The Merkle tree of RFC 6962 (section 2.1): leaf and node hashes, roots, inclusion and consistency proofs.

A tree of ``n`` leaves is kept as its *frontier*: the roots of the complete subtrees in ``n``'s binary form, largest
first. Appending needs the frontier alone, so the log never reads what it wrote before.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def append(size: int, frontier: Sequence[bytes], leaf: bytes) -> tuple[int, list[bytes]]:
    """Return size and frontier after one more leaf hash; cost is logarithmic in ``size``."""
    grown = [*frontier, leaf]
    carry = size
    while carry & 1:
        right, left = grown.pop(), grown.pop()
        grown.append(node_hash(left, right))
        carry >>= 1
    return size + 1, grown


def root(frontier: Sequence[bytes]) -> bytes:
    """Return the root of the tree whose frontier this is."""
    if not frontier:
        return EMPTY_ROOT
    result = frontier[-1]
    for left in reversed(frontier[:-1]):
        result = node_hash(left, result)
    return result


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes, computed from all of them."""
    size, frontier = 0, list[bytes]()
    for leaf in leaves:
        size, frontier = append(size, frontier, leaf)
    return root(frontier)


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of leaf ``index`` (RFC 6962 2.1.1), nearest sibling first."""
    if not 0 <= index < len(leaves):
        message = "leaf outside the tree"
        raise ValueError(message)
    path: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(root_of(leaves[middle:high]))
            high = middle
        else:
            path.append(root_of(leaves[low:middle]))
            low = middle
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected_root: bytes) -> bool:
    """Tell whether the path proves that ``leaf`` stands at ``index`` in the tree of ``size`` (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, result = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and hmac.compare_digest(result, expected_root)


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return the proof that the first ``old_size`` leaves are a prefix of the tree (RFC 6962 2.1.2)."""
    if not 0 < old_size <= len(leaves):
        message = "old size outside the tree"
        raise ValueError(message)
    return _subproof(old_size, leaves, whole=True)


def _subproof(old_size: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    size = len(leaves)
    if old_size == size:
        return [] if whole else [root_of(leaves)]
    middle = _split(size)
    if old_size <= middle:
        return [*_subproof(old_size, leaves[:middle], whole=whole), root_of(leaves[middle:])]
    return [*_subproof(old_size - middle, leaves[middle:], whole=False), root_of(leaves[:middle])]


def verify_consistency(old_size: int, old_root: bytes, size: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether the tree of ``size`` only appended to the tree of ``old_size`` (RFC 9162 2.1.4.2)."""
    if old_size == size:
        return not path and hmac.compare_digest(old_root, new_root)
    if old_size == 0:
        return not path
    if old_size > size or not path:
        return False
    proof = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old, new = proof[0], proof[0]
    for step in proof[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    return last == 0 and hmac.compare_digest(old, old_root) and hmac.compare_digest(new, new_root)
