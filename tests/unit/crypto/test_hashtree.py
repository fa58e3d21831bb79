"""The hash tree against RFC 6962's own shape and an independent implementation."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from somec.crypto import hashtree

LEAVES = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


def hashed(entries: list[bytes]) -> list[bytes]:
    return [hashtree.leaf_hash(entry) for entry in entries]


@given(LEAVES)
def test_root_equals_an_independent_tree(entries: list[bytes]) -> None:
    oracle = InmemoryTree(algorithm="sha256")
    for entry in entries:
        oracle.append_entry(entry)
    assert hashtree.root_of(hashed(entries)) == oracle.get_root()


def test_known_roots() -> None:
    """Roots of the certificate-transparency test vectors (inputs of the RFC 6962 reference implementation)."""
    inputs = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        bytes(range(0x50, 0x58)),
        bytes(range(0x60, 0x70)),
    ]
    assert hashtree.root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert (
        hashtree.root_of(hashed(inputs[:1])).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    assert hashtree.root_of(hashed(inputs)).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(LEAVES, st.data())
def test_inclusion_is_proved_and_nothing_else(entries: list[bytes], data: st.DataObject) -> None:
    leaves = hashed(entries)
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = hashtree.inclusion_proof(leaves, index)
    root = hashtree.root_of(leaves)
    assert hashtree.verify_inclusion(leaves[index], index, len(leaves), path, root)
    assert not hashtree.verify_inclusion(hashtree.leaf_hash(b"longer than any leaf"), index, len(leaves), path, root)
    assert not hashtree.verify_inclusion(leaves[index], len(leaves), len(leaves), path, root)
    assert not hashtree.verify_inclusion(leaves[index], index, len(leaves), [*path, root], root)


@settings(max_examples=200)
@given(LEAVES, st.data())
def test_consistency_is_proved_and_nothing_else(entries: list[bytes], data: st.DataObject) -> None:
    leaves = hashed(entries)
    old = data.draw(st.integers(1, len(leaves)))
    path = hashtree.consistency_proof(leaves, old)
    old_root, new_root = hashtree.root_of(leaves[:old]), hashtree.root_of(leaves)
    assert hashtree.verify_consistency(old, old_root, len(leaves), new_root, path)
    if old < len(leaves):
        assert not hashtree.verify_consistency(
            old, hashtree.leaf_hash(b"longer than any leaf"), len(leaves), new_root, path
        )
        assert not hashtree.verify_consistency(
            old, old_root, len(leaves), hashtree.leaf_hash(b"longer than any leaf"), path
        )
        assert not hashtree.verify_consistency(old, old_root, len(leaves), new_root, path[:-1])


@pytest.mark.parametrize("index", [-1, 3])
def test_a_leaf_outside_the_tree_has_no_proof(index: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        hashtree.inclusion_proof(hashed([b"a", b"b", b"c"]), index)
